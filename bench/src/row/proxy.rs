//! Requests through a reverse proxy to one backend: previews, nginx, Caddy.

mod server;

use std::path::PathBuf;
use std::process::Command;

use async_trait::async_trait;

use self::server::Server;
use super::{Contender, Field, Row, RowError, take_turns};
use crate::command::{find_program, output};
use crate::report::Bound;

/// Connections that are busy all the time.
const CONNECTIONS: &str = "-c200";
/// One turn.
const TIME: &str = "-d2s";
/// The series of what a contender gets through.
const RATE: &str = "req/s";
/// And of its slowest hundredth.
const SLOWEST: &str = "p99 ms";

pub(super) async fn measure(field: &Field<'_>) -> Row {
    let title = "200 busy connections through a proxy to one backend, nginx";
    let mut row = Row::new("proxy", title, "req/s, ms");
    let (Some(wrk), Some(nginx)) = (find_program("wrk"), find_program("nginx")) else {
        row.leave_out("skerry", "wrk or nginx is not installed");
        return row;
    };
    let mut servers = Vec::new();
    let mut contenders: Vec<Box<dyn Contender>> = Vec::new();
    let backend = Server::backend(&nginx, field.dir);
    let caddy = find_program("caddy");
    let proxies = backend.as_ref().map(|backend| {
        let caddy = caddy.as_ref().map(|caddy| Server::caddy(caddy, field.dir, backend.port));
        [("nginx", Some(Server::nginx(&nginx, field.dir, backend.port))), ("caddy", caddy)]
    });
    match proxies {
        Err(error) => row.leave_out("nginx", error),
        Ok(proxies) => {
            for (name, proxy) in proxies {
                match proxy {
                    None => row.leave_out(name, "is not installed"),
                    Some(Err(error)) => row.leave_out(name, error),
                    Some(Ok(proxy)) => {
                        let url = format!("http://127.0.0.1:{}/", proxy.port);
                        contenders.push(Box::new(Load { wrk: wrk.clone(), name, url, host: None }));
                        servers.push(proxy);
                    }
                }
            }
        }
    }
    let preview = match field.skerry {
        Some(skerry) => Some(skerry.preview(&server::BACKEND_COMMAND).await),
        None => None,
    };
    match &preview {
        None => {}
        Some(Err(error)) => row.leave_out("skerry", error),
        Some(Ok(preview)) => contenders.push(Box::new(Load {
            wrk,
            name: "skerry",
            url: preview.url.clone(),
            host: Some(preview.host.clone()),
        })),
    }
    take_turns(&mut row, &mut contenders, field.options.file_n).await;
    drop(contenders);
    if let (Some(skerry), Some(Ok(preview))) = (field.skerry, preview)
        && let Err(error) = skerry.delete(&preview.id).await
    {
        row.leave_out("skerry", error);
    }
    row.ratio(&format!("skerry {RATE}"), &format!("nginx {RATE}"), Bound::AtLeast(0.7));
    row.ratio(&format!("skerry {RATE}"), &format!("caddy {RATE}"), Bound::AtLeast(1.0));
    row
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
        let text = output(command.arg(&self.url))?;
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
