//! The server of apple-sandboxes, on its own state, with a volume to read.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What it wants to be shown.
pub(super) const KEY: &str = "bench";
const VOLUME: &str = "data";
/// How long it may take until it listens.
const START: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(50);

/// It ends with this value.
pub(super) struct Express {
    address: SocketAddr,
    child: Child,
}

impl Express {
    /// Starts `dist/cli.js` of the package `@unionstreet/apple-sandboxes`.
    pub(super) async fn start(program: &Path, dir: &Path) -> io::Result<Self> {
        let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
        let child = Command::new("node")
            .arg(program)
            .args(["serve", "--no-reaper", "--api-key", KEY, "--port"])
            .arg(address.port().to_string())
            .arg("--root")
            .arg(dir.join("apple-sandboxes"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Self { address, child };
        let started = Instant::now();
        while server.make_volume().await.is_err() {
            if started.elapsed() > START {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "it does not listen"));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(server)
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/v1/volumes/{VOLUME}", self.address)
    }

    async fn make_volume(&self) -> io::Result<()> {
        let mut connection = TcpStream::connect(self.address).await?;
        let body = format!("{{\"name\":\"{VOLUME}\"}}");
        let request = format!(
            "POST /v1/volumes HTTP/1.1\r\nhost: localhost\r\nx-api-key: {KEY}\r\n\
             content-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        connection.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await?;
        match answer.starts_with("HTTP/1.1 2") {
            true => Ok(()),
            false => Err(io::Error::other(answer)),
        }
    }
}

impl Drop for Express {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
