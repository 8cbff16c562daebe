//! The API as JSON over HTTP: one call beside the same by gRPC, many calls
//! beside a predecessor's Express server, and a stream of output.

mod express;
mod http;

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use async_trait::async_trait;

use self::express::Express;
use self::http::Http;
use super::{Contender, Field, Row, RowError, take_turns};
use crate::command::{find_program, output};
use crate::report::Bound;
use crate::skerry::Skerry;

/// Calls of one turn, one after the other.
const CALLS: u32 = 200;
const GRPC: &str = "GetSandbox by gRPC, µs";
const REST: &str = "by REST, µs";
const ADDED: &str = "what JSON adds, µs";
const RATE: &str = "GetSandbox by REST, req/s";
const RATE_H2: &str = "by REST over HTTP/2, req/s";
const EXPRESS: &str = "apple-sandboxes' GetVolume, req/s";
const STREAM: &str = "output by gRPC, MiB/s";
const EVENTS: &str = "output as events, MiB/s";
/// What is written in one turn of a stream.
const MIB: u64 = 64;

pub(super) async fn measure(field: &Field<'_>) -> Row {
    let mut row = Row::new("rest", "the API as JSON over HTTP", "µs, req/s, MiB/s");
    let Some(skerry) = field.skerry else { return row };
    let id = match skerry.create().await {
        Ok(id) => id,
        Err(error) => {
            row.leave_out("skerry", error);
            return row;
        }
    };
    measure_calls(&mut row, field, skerry, &id).await;
    measure_rates(&mut row, field, skerry, &id).await;
    let mut streams: Vec<Box<dyn Contender>> = vec![
        Box::new(Stream { skerry, id: &id, events: false }),
        Box::new(Stream { skerry, id: &id, events: true }),
    ];
    take_turns(&mut row, &mut streams, field.options.file_n).await;
    drop(streams);
    if let Err(error) = skerry.delete(&id).await {
        row.leave_out("skerry", error);
    }
    row.bound(ADDED, Bound::AtMost(150.0));
    row.bound(RATE, Bound::AtLeast(10_000.0));
    row.ratio(RATE, EXPRESS, Bound::AtLeast(1.0));
    row.ratio(EVENTS, STREAM, Bound::AtLeast(0.5));
    row
}

async fn measure_calls(row: &mut Row, field: &Field<'_>, skerry: &Skerry, id: &str) {
    let path = format!("/api/v1/sandboxes/{id}");
    match Http::connect(skerry.address(), skerry.token(), &path).await {
        Ok(http) => {
            let mut calls: Vec<Box<dyn Contender>> = vec![Box::new(Calls { skerry, id, http })];
            take_turns(row, &mut calls, field.options.n).await;
        }
        Err(error) => row.leave_out(REST, error),
    }
}

async fn measure_rates(row: &mut Row, field: &Field<'_>, skerry: &Skerry, id: &str) {
    let Some(h2load) = find_program("h2load") else {
        return row.leave_out(RATE, "h2load (Debian's nghttp2-client) is not installed");
    };
    let load = |name, url: String, token: &str, http_1| -> Box<dyn Contender> {
        let (h2load, token) = (h2load.clone(), token.to_owned());
        Box::new(Load { h2load, name, url, token, http_1 })
    };
    let url = format!("http://{}/api/v1/sandboxes/{id}", skerry.address());
    let mut loads = vec![
        load(RATE, url.clone(), skerry.token(), true),
        load(RATE_H2, url, skerry.token(), false),
    ];
    let express = match &field.options.apple_sandboxes {
        None => Err("no --apple-sandboxes".to_owned()),
        Some(program) => Express::start(program, field.dir).await.map_err(|e| e.to_string()),
    };
    match &express {
        Ok(server) => loads.push(load(EXPRESS, server.url(), express::KEY, true)),
        Err(reason) => row.leave_out(EXPRESS, reason),
    }
    take_turns(row, &mut loads, field.options.file_n).await;
}

/// The same call by both ways.
struct Calls<'a> {
    skerry: &'a Skerry,
    id: &'a str,
    http: Http,
}

#[async_trait(?Send)]
impl Contender for Calls<'_> {
    fn series(&self) -> Vec<String> {
        [GRPC, REST, ADDED].map(str::to_owned).to_vec()
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let started = Instant::now();
        for _ in 0..CALLS {
            self.skerry.get(self.id).await?;
        }
        let grpc = each(started.elapsed());
        let started = Instant::now();
        for _ in 0..CALLS {
            let body = self.http.call().await.map_err(|error| RowError::Copy(error.to_string()))?;
            if !body.windows(self.id.len()).any(|part| part == self.id.as_bytes()) {
                return Err(RowError::Copy(String::from_utf8_lossy(&body).into_owned()));
            }
        }
        let rest = each(started.elapsed());
        Ok(vec![grpc, rest, rest - grpc])
    }
}

/// Microseconds of one call.
fn each(all: Duration) -> f64 {
    all.as_secs_f64() * 1e6 / f64::from(CALLS)
}

/// h2load at one address: 2 seconds of 10 connections, one thread.
struct Load {
    h2load: PathBuf,
    name: &'static str,
    url: String,
    token: String,
    http_1: bool,
}

#[async_trait(?Send)]
impl Contender for Load {
    fn series(&self) -> Vec<String> {
        vec![self.name.to_owned()]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let mut command = Command::new(&self.h2load);
        command.args(["-t1", "-c10", "-D2"]);
        command.args(["-H", &format!("authorization: Bearer {}", self.token)]);
        match self.http_1 {
            true => command.arg("--h1"),
            false => command.arg("-m10"),
        };
        command.arg(&self.url);
        // Beside this thread: what is idle meanwhile still answers pings.
        let run = tokio::task::spawn_blocking(move || output(&mut command));
        let text = run.await.map_err(|error| RowError::Copy(error.to_string()))??;
        read(&text).map(|rate| vec![rate]).ok_or(RowError::Copy(text))
    }
}

/// The rate, where every answer was good.
fn read(text: &str) -> Option<f64> {
    let line = |start: &str| text.lines().find_map(|line| line.strip_prefix(start));
    let codes = line("status codes: ")?;
    if !codes.contains(" 0 3xx, 0 4xx, 0 5xx") || codes.starts_with("0 2xx") {
        return None;
    }
    let rate = line("finished in ")?.split(", ").nth(1)?;
    rate.strip_suffix(" req/s")?.parse().ok()
}

/// A command's output, as messages or as events.
struct Stream<'a> {
    skerry: &'a Skerry,
    id: &'a str,
    events: bool,
}

#[async_trait(?Send)]
impl Contender for Stream<'_> {
    fn series(&self) -> Vec<String> {
        vec![if self.events { EVENTS } else { STREAM }.to_owned()]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let count = format!("count={MIB}");
        let argv = ["/bin/dd", "if=/dev/zero", "bs=1M", &count];
        let started = Instant::now();
        if self.events {
            let spec = serde_json::json!({ "spec": { "command": argv } });
            let path = format!("/api/v1/sandboxes/{}/exec:stream", self.id);
            let bytes = http::stream(self.skerry.address(), self.skerry.token(), &path, &spec);
            let bytes = bytes.await.map_err(|error| RowError::Copy(error.to_string()))?;
            // As text it is a third more.
            if bytes < (MIB << 20) / 3 * 4 {
                return Err(RowError::Copy(format!("{bytes} bytes of events")));
            }
        } else {
            self.skerry.stream(self.id, &argv, MIB << 20).await?;
        }
        Ok(vec![MIB as f64 / started.elapsed().as_secs_f64()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h2loads_answer_is_read() {
        let text = "finished in 2.00s, 12345.50 req/s, 9.1MB/s\n\
                    requests: 24691 total, 24691 started, 24691 done, 24691 succeeded\n\
                    status codes: 24691 2xx, 0 3xx, 0 4xx, 0 5xx\n";
        assert_eq!(read(text), Some(12345.5));
        assert_eq!(read(&text.replace("0 4xx", "7 4xx")), None);
        assert_eq!(read(&text.replace("24691 2xx", "0 2xx")), None);
        assert_eq!(read("unable to connect"), None);
    }
}
