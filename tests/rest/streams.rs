//! Streams of answers: events and lines.

use std::process::Stdio;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};
use skerry_test_support::{Daemon, eventually, needs_root};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::web::{curl, get, post, run, sandbox};

/// One server-sent event.
#[derive(Debug, PartialEq)]
struct Event {
    name: String,
    id: Option<String>,
    data: Value,
}

fn events(text: &str) -> Vec<Event> {
    let blocks = text.split("\n\n").filter(|block| !block.is_empty() && !block.starts_with(':'));
    blocks
        .map(|block| {
            let field = |name: &str| {
                let prefix = format!("{name}: ");
                block.lines().find_map(|line| line.strip_prefix(&prefix)).map(str::to_owned)
            };
            let data = field("data").expect("an event has data");
            let data = serde_json::from_str(&data).expect("the data is JSON");
            Event { name: field("event").unwrap_or_default(), id: field("id"), data }
        })
        .collect()
}

/// Text of stdout in events.
fn stdout(events: &[Event]) -> String {
    let pieces = events.iter().filter_map(|event| event.data["stdout"]["data"].as_str());
    pieces.map(|piece| String::from_utf8(decode(piece)).expect("the test's own text")).collect()
}

fn decode(text: &str) -> Vec<u8> {
    BASE64_STANDARD.decode(text).expect("bytes are base64")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exec_streams_as_events_and_ends() {
    needs_root!();
    let daemon = Daemon::start().await;
    sandbox(&daemon, "one").await;
    let body = json!({ "spec": { "shell": "echo out; echo err >&2; exit 7" } });
    let answer = post(&daemon, "/api/v1/sandboxes/one/exec:stream", body).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/event-stream")));
    let events = events(&answer.text());
    let names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!((names.first(), names.last()), (Some(&"started"), Some(&"end")), "{names:?}");
    assert!(names.contains(&"stdout") && names.contains(&"stderr"), "{names:?}");
    assert_eq!(events[events.len() - 2].data["exited"]["exitCode"], 7);
    assert_eq!(stdout(&events), "out\n");
    let last = events.iter().rev().find_map(|event| event.id.clone());
    assert_eq!(last.as_deref(), Some("8"), "{events:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exec_streams_as_lines() {
    needs_root!();
    let daemon = Daemon::start().await;
    sandbox(&daemon, "one").await;
    let body = json!({ "spec": { "command": ["echo", "hello"] } }).to_string();
    let arguments =
        ["-H", "accept: application/x-ndjson", "-H", "content-type: application/json", "-d", &body];
    let answer = run(curl(&daemon, "/api/v1/sandboxes/one/exec:stream", &arguments), b"").await;
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let lines: Vec<Value> = answer
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect();
    assert_eq!(lines[0]["result"]["started"]["spec"]["command"], json!(["echo", "hello"]));
    assert_eq!(lines[1]["result"]["stdout"], json!({ "offset": "0", "data": "aGVsbG8K" }));
    assert_eq!(lines[lines.len() - 1]["result"]["exited"]["exitCode"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_can_not_begin_is_an_error_as_any() {
    needs_root!();
    let daemon = Daemon::start().await;
    sandbox(&daemon, "one").await;
    let path = "/api/v1/sandboxes/one/exec:stream";
    let answer = post(&daemon, path, json!({ "spec": { "command": ["/no/such"] } })).await;
    answer.refused(404, "NOT_FOUND", "COMMAND_NOT_FOUND");
    let missing = get(&daemon, "/api/v1/sandboxes/one/execs/exec_none:attach").await;
    assert_eq!(missing.status / 100, 4, "{}", missing.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_comes_again_goes_on_where_it_was() {
    needs_root!();
    let daemon = Daemon::start().await;
    sandbox(&daemon, "one").await;
    let body = json!({ "spec": { "shell": "printf 0123456789; sleep 0.2; printf abcdef" } });
    let started = post(&daemon, "/api/v1/sandboxes/one/execs", body).await.success();
    let exec = format!("/api/v1/sandboxes/one/execs/{}", started["id"].as_str().expect("an id"));
    get(&daemon, &format!("{exec}:wait")).await.success();
    let attach = format!("{exec}:attach");
    let all = events(&get(&daemon, &attach).await.text());
    assert_eq!(stdout(&all), "0123456789abcdef");
    for (id, wanted) in [("0", "0123456789abcdef"), ("4", "456789abcdef"), ("16", "")] {
        let header = format!("last-event-id: {id}");
        let again = run(curl(&daemon, &attach, &["-H", &header]), b"").await;
        let again = events(&again.text());
        assert_eq!(stdout(&again), wanted);
        assert_eq!(again.last().map(|event| event.name.as_str()), Some("end"));
    }
    let bad = run(curl(&daemon, &attach, &["-H", "last-event-id: soon"]), b"").await;
    bad.invalid("last-event-id");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_whose_reader_leaves_is_dropped() {
    needs_root!();
    let daemon = Daemon::start().await;
    sandbox(&daemon, "one").await;
    let spec = json!({ "shell": "echo here; sleep 1000", "onDisconnect": "ON_DISCONNECT_KILL" });
    let json = "content-type: application/json";
    let path = "/api/v1/sandboxes/one/exec:stream";
    let mut child = curl(&daemon, path, &["-H", json, "--data-binary", "@-"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("curl can be run");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(json!({ "spec": spec }).to_string().as_bytes()).await.expect("it reads");
    drop(stdin);
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    while let Some(line) = lines.next_line().await.expect("it prints lines") {
        if line == "event: stdout" {
            break;
        }
    }
    let running = "/api/v1/sandboxes/one/execs?running_only=true";
    assert_eq!(get(&daemon, running).await.success()["execs"].as_array().map(Vec::len), Some(1));
    child.kill().await.expect("it runs");
    eventually("the command is killed with its caller", async || {
        let execs = get(&daemon, running).await.success();
        execs["execs"].as_array().is_some_and(Vec::is_empty).then_some(())
    })
    .await;
}
