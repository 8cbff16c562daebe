//! Requests through a reverse proxy to one backend: previews, nginx, Caddy.
//! Each holds a thousand WebSockets that say nothing meanwhile.

mod server;
mod sockets;

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use async_trait::async_trait;

use self::server::Server;
use self::sockets::{Backend, COUNT, Sockets, backend_command, resident_mib};
use super::{Contender, Field, Row, RowError, take_turns};
use crate::command::{find_program, output};
use crate::report::Bound;
use crate::skerry::{Preview, Skerry};

/// Connections that are busy all the time.
const CONNECTIONS: &str = "-c200";
/// One turn.
const TIME: &str = "-d2s";
/// Where the preview's WebSockets lead.
const SOCKETS_PORT: u16 = 8001;
/// The series of what a contender gets through.
const RATE: &str = "req/s";
/// And of its slowest hundredth.
const SLOWEST: &str = "p99 ms";

pub(super) async fn measure(field: &Field<'_>) -> Row {
    let title = "200 busy connections through a proxy to one backend, nginx; 1,000 idle WebSockets";
    let mut row = Row::new("proxy", title, "req/s, ms");
    let (Some(wrk), Some(nginx)) = (find_program("wrk"), find_program("nginx")) else {
        row.leave_out("skerry", "wrk or nginx is not installed");
        return row;
    };
    let mut held = Held::default();
    let mut contenders: Vec<Box<dyn Contender>> = Vec::new();
    for (name, started) in proxies(field, &nginx, &mut held) {
        let opened = started.and_then(|proxy| held.open(&mut row, name, proxy));
        match opened {
            Err(error) => row.leave_out(name, error),
            Ok(port) => {
                let url = format!("http://127.0.0.1:{port}/");
                contenders.push(Box::new(Load { wrk: wrk.clone(), name, url, host: None }));
            }
        }
    }
    let mut preview = None;
    if let Some(skerry) = field.skerry {
        match through_preview(skerry, &mut row, &mut held).await {
            Err(error) => row.leave_out("skerry", error),
            Ok(made) => {
                let (url, host) = (made.url.clone(), Some(made.host.clone()));
                contenders.push(Box::new(Load { wrk, name: "skerry", url, host }));
                preview = Some((skerry, made));
            }
        }
    }
    take_turns(&mut row, &mut contenders, field.options.file_n).await;
    drop((contenders, held));
    if let Some((skerry, preview)) = preview
        && let Err(error) = skerry.delete(&preview.id).await
    {
        row.leave_out("skerry", error);
    }
    row.ratio(&format!("skerry {RATE}"), &format!("nginx {RATE}"), Bound::AtLeast(0.7));
    row.ratio(&format!("skerry {RATE}"), &format!("caddy {RATE}"), Bound::AtLeast(1.0));
    row
}

/// What has to be there as long as it is measured.
#[derive(Default)]
struct Held {
    sockets: Vec<Sockets>,
    servers: Vec<Server>,
    backend: Option<Backend>,
}

impl Held {
    /// Holds a proxy with its idle WebSockets, and tells what those take.
    fn open(&mut self, row: &mut Row, name: &str, proxy: Server) -> io::Result<u16> {
        let (port, before) = (proxy.port, resident_mib(proxy.pid()));
        let sockets = Sockets::open(([127, 0, 0, 1], port).into(), "localhost")?;
        row.notes.push(note(name, before, resident_mib(proxy.pid())));
        self.sockets.push(sockets);
        self.servers.push(proxy);
        Ok(port)
    }
}

fn note(name: &str, before: f64, after: f64) -> String {
    format!("{COUNT} idle WebSockets: {name} {before:.0} MiB before, {after:.0} MiB with them")
}

/// nginx and Caddy in front of their backends; Caddy where it is installed.
fn proxies(
    field: &Field<'_>,
    nginx: &Path,
    held: &mut Held,
) -> Vec<(&'static str, io::Result<Server>)> {
    let started = Server::backend(nginx, field.dir)
        .and_then(|backend| Backend::start().map(|sockets| (backend, sockets)));
    let (backend, sockets) = match started {
        Ok(started) => started,
        Err(error) => return vec![("nginx", Err(error))],
    };
    let (to, ws) = (backend.port, sockets.port);
    let caddy = match find_program("caddy") {
        Some(caddy) => Server::caddy(&caddy, field.dir, to, ws),
        None => Err(io::Error::other("is not installed")),
    };
    let found = vec![("nginx", Server::nginx(nginx, field.dir, to, ws)), ("caddy", caddy)];
    held.servers.push(backend);
    held.backend = Some(sockets);
    found
}

/// The same through a preview, with both backends in the sandbox.
async fn through_preview(
    skerry: &Skerry,
    row: &mut Row,
    held: &mut Held,
) -> Result<Preview, RowError> {
    let preview = skerry.preview(&server::BACKEND_COMMAND).await?;
    skerry.detach(&preview.id, backend_command(SOCKETS_PORT)).await?;
    let before = skerry.daemon_mib().unwrap_or(0.0);
    let (address, host) = (preview.address, preview.sockets_host.clone());
    let opened = tokio::task::spawn_blocking(move || Sockets::open(address, &host)).await;
    let opened = opened.map_err(|error| RowError::Copy(error.to_string()))?;
    held.sockets.push(opened.map_err(|error| RowError::Copy(error.to_string()))?);
    row.notes.push(note("skerryd", before, skerry.daemon_mib().unwrap_or(0.0)));
    Ok(preview)
}

/// wrk at one address.
struct Load {
    wrk: PathBuf,
    name: &'static str,
    url: String,
    host: Option<String>,
}

#[async_trait(?Send)]
impl Contender for Load {
    fn series(&self) -> Vec<String> {
        vec![format!("{} {RATE}", self.name), format!("{} {SLOWEST}", self.name)]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let mut command = Command::new(&self.wrk);
        command.args(["-t1", CONNECTIONS, TIME, "--latency"]);
        if let Some(host) = &self.host {
            command.args(["-H", &format!("Host: {host}")]);
        }
        command.arg(&self.url);
        // The connection to Skerry answers pings meanwhile.
        let text = tokio::task::spawn_blocking(move || output(&mut command)).await;
        let text = text.map_err(|error| RowError::Copy(error.to_string()))??;
        read(&text).ok_or(RowError::Copy(text))
    }
}

/// The rate and the 99th percentile, where every answer was good.
fn read(text: &str) -> Option<Vec<f64>> {
    let value = |name: &str| text.lines().find_map(|line| line.trim().strip_prefix(name));
    if value("Non-2xx").or(value("Socket errors")).is_some() {
        return None;
    }
    let rate = value("Requests/sec:")?.trim().parse().ok()?;
    let slowest = value("99%")?.trim();
    let units = [("us", 1e-3), ("ms", 1.0), ("s", 1e3)];
    let slowest = units
        .iter()
        .find_map(|(unit, times)| Some(slowest.strip_suffix(unit)?.parse::<f64>().ok()? * times))?;
    Some(vec![rate, slowest])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrks_answer_is_read() {
        let text = "    50%    3.72ms\n    99%    7.85ms\nRequests/sec:  48841.91\n";
        assert_eq!(read(text), Some(vec![48841.91, 7.85]));
        assert_eq!(read(&text.replace("7.85ms", "1.50s")), Some(vec![48841.91, 1500.0]));
        assert_eq!(read(&format!("{text}  Non-2xx or 3xx responses: 3\n")), None);
        assert_eq!(read("unable to connect"), None);
    }
}
