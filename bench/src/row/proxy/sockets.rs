//! WebSockets that are open and say nothing, while others are busy.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::server::free_port;

/// So many through each proxy.
pub(super) const COUNT: usize = 1000;
/// One that does not open.
const PATIENCE: Duration = Duration::from_secs(30);
/// Takes WebSockets and says nothing.
const BACKEND: &str = r"
import asyncio, resource, sys
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
HEAD = b'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'
async def serve(reader, writer):
    await reader.readuntil(b'\r\n\r\n')
    writer.write(HEAD)
    await writer.drain()
    await reader.read()
    writer.close()
async def main():
    server = await asyncio.start_server(serve, '127.0.0.1', int(sys.argv[1]), backlog=4096)
    await server.serve_forever()
asyncio.run(main())
";

/// Open until they are dropped.
pub(super) struct Sockets(#[expect(dead_code, reason = "held open")] Vec<TcpStream>);

impl Sockets {
    pub(super) fn open(address: SocketAddr, host: &str) -> io::Result<Self> {
        (0..COUNT).map(|_| open(address, host)).collect::<io::Result<_>>().map(Self)
    }
}

fn open(address: SocketAddr, host: &str) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let request = format!(
        "GET /ws HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    match &head == b"HTTP/1.1 101" {
        true => Ok(stream),
        false => Err(io::Error::other(String::from_utf8_lossy(&head).into_owned())),
    }
}

/// The command of a backend at a port.
pub(super) fn backend_command(port: u16) -> Vec<String> {
    ["python3", "-c", BACKEND].into_iter().map(str::to_owned).chain([port.to_string()]).collect()
}

/// A backend beside the proxies.
pub(super) struct Backend {
    pub(super) port: u16,
    child: Child,
}

impl Backend {
    pub(super) fn start() -> io::Result<Self> {
        let port = free_port()?;
        let command = backend_command(port);
        let mut child = Command::new(&command[0]);
        child.args(&command[1..]).stdin(Stdio::null());
        let child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let backend = Self { port, child };
        super::server::wait_until_it_listens(port)?;
        Ok(backend)
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        // One that has ended is only waited for.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Resident memory in MiB of a process and those that it has started.
pub(super) fn resident_mib(pid: u32) -> f64 {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
    let children: Vec<u32> = children
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|child| child.parse().ok())
        .collect();
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = kib.and_then(|kib| kib.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0 + children.into_iter().map(resident_mib).sum::<f64>()
}
