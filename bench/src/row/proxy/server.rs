//! The programs around row `proxy`: the backend, and proxies in front of it.

use std::fs;
use std::io;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take until it listens.
const START: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(10);
/// What every answer of the backend is: 64 bytes.
const ANSWER: &str = "0123456789012345678901234567890123456789012345678901234567890123";
/// The backend in a sandbox, which has this machine's /usr: the port is in it.
pub(super) const BACKEND_COMMAND: [&str; 3] = ["sh", "-c", IN_SANDBOX];
const IN_SANDBOX: &str = r#"
mkdir -p /root/nginx /var/log/nginx && cat > /root/nginx/conf <<'END'
daemon off; worker_processes 1; pid /root/nginx/pid; error_log /root/nginx/error;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 100000000;
  client_body_temp_path /root/nginx/a; proxy_temp_path /root/nginx/b; fastcgi_temp_path /root/nginx/c;
  uwsgi_temp_path /root/nginx/d; scgi_temp_path /root/nginx/e;
  server { listen 127.0.0.1:8000; location / { default_type text/plain;
    return 200 "0123456789012345678901234567890123456789012345678901234567890123"; } }
}
END
exec nginx -c /root/nginx/conf
"#;

/// A server that ends with this value.
pub(super) struct Server {
    pub(super) port: u16,
    child: Child,
}

impl Server {
    /// One worker that answers with 64 bytes.
    pub(super) fn backend(nginx: &Path, dir: &Path) -> io::Result<Self> {
        let answer = format!("default_type text/plain; return 200 \"{ANSWER}\";");
        Self::start_nginx(nginx, dir, "backend", 1, "", &answer, "")
    }

    /// As nginx's own documentation has it for connections that are kept.
    /// `/ws` leads to the WebSockets' backend.
    pub(super) fn nginx(nginx: &Path, dir: &Path, backend: u16, sockets: u16) -> io::Result<Self> {
        let upstream = format!(
            "upstream app {{ server 127.0.0.1:{backend}; keepalive 256; keepalive_requests 100000000; }}"
        );
        let location = "proxy_pass http://app; proxy_http_version 1.1; \
            proxy_set_header Connection \"\"; proxy_set_header Host $host; \
            proxy_set_header X-Forwarded-For $remote_addr; \
            proxy_set_header X-Forwarded-Proto $scheme; \
            proxy_set_header X-Forwarded-Host $host;";
        let sockets = format!(
            "location /ws {{ proxy_pass http://127.0.0.1:{sockets}; proxy_http_version 1.1; \
             proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; \
             proxy_read_timeout 1h; }}"
        );
        Self::start_nginx(nginx, dir, "nginx", 2, &upstream, location, &sockets)
    }

    /// As it comes, without its own API and certificates.
    pub(super) fn caddy(caddy: &Path, dir: &Path, backend: u16, sockets: u16) -> io::Result<Self> {
        let (folder, port) = (dir.join("caddy"), free_port()?);
        fs::create_dir_all(&folder)?;
        let file = folder.join("Caddyfile");
        let text = format!(
            "{{\n admin off\n auto_https off\n}}\nhttp://:{port} {{\n bind 127.0.0.1\n reverse_proxy /ws 127.0.0.1:{sockets}\n reverse_proxy 127.0.0.1:{backend}\n}}\n"
        );
        fs::write(&file, text)?;
        let mut command = Command::new(caddy);
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(&file).env("HOME", folder);
        Self::start(command, port)
    }

    fn start_nginx(
        nginx: &Path,
        dir: &Path,
        name: &str,
        workers: u8,
        upstream: &str,
        location: &str,
        more: &str,
    ) -> io::Result<Self> {
        let (folder, port) = (dir.join(name), free_port()?);
        fs::create_dir_all(&folder)?;
        let path = |name: &str| folder.join(name).display().to_string();
        let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let temporary: String =
            kinds.iter().map(|kind| format!("{kind}_temp_path {};", path(kind))).collect();
        let text = format!(
            "daemon off; worker_processes {workers}; pid {}; error_log {};\n\
             events {{ worker_connections 8192; }}\n\
             http {{ access_log off; keepalive_requests 100000000; {temporary} {upstream}\n\
             server {{ listen 127.0.0.1:{port}; location / {{ {location} }} {more} }} }}\n",
            path("pid"),
            path("error")
        );
        let file = folder.join("conf");
        fs::write(&file, text)?;
        let mut command = Command::new(nginx);
        command.arg("-c").arg(&file);
        Self::start(command, port)
    }

    /// Its process.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    fn start(mut command: Command, port: u16) -> io::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut server = Self { port, child: command.spawn()? };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = server.child.try_wait()?.is_some();
            if ended || started.elapsed() > START {
                return Err(io::Error::other("it does not listen"));
            }
            std::thread::sleep(PAUSE);
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Workers end with their master's control; the enclosure ends the rest.
        if let Some(pid) =
            i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw)
        {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let _ = self.child.wait();
    }
}

/// Waits for who is about to.
pub(super) fn wait_until_it_listens(port: u16) -> io::Result<()> {
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if started.elapsed() > START {
            return Err(io::Error::other("it does not listen"));
        }
        std::thread::sleep(PAUSE);
    }
    Ok(())
}

/// A port that was free a moment ago.
pub(super) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
