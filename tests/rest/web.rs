//! Running curl and reading what it prints.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use skerry_test_support::Daemon;
use tokio::io::AsyncWriteExt;

/// Longer than any call takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a call answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn parse(printed: &[u8]) -> Self {
        let end = printed.windows(4).position(|four| four == b"\r\n\r\n").expect("it has headers");
        let headers = String::from_utf8(printed[..end].to_vec()).expect("headers are text");
        let status = headers.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status: u16 = status.expect("it has a code");
        match status {
            100 | 102..=199 => Self::parse(&printed[end + 4..]),
            _ => Self { status, headers, body: printed[end + 4..].to_vec() },
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Its JSON, where it succeeded.
    #[track_caller]
    pub(crate) fn success(&self) -> Value {
        assert_eq!(self.status, 200, "{} {}", self.headers, self.text());
        self.json()
    }

    /// The error, which must have this code, status and reason.
    #[track_caller]
    pub(crate) fn refused(&self, code: u16, status: &str, reason: &str) -> Value {
        let text = self.text();
        assert_eq!(self.header("content-type"), Some("application/json"), "{text}");
        let error = self.json()["error"].clone();
        assert_eq!((self.status, &error["code"]), (code, &json!(code)), "{text}");
        assert_eq!((&error["status"], self.reason().as_str()), (&json!(status), reason), "{text}");
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{text}");
        error
    }

    /// Holds it to INVALID_ARGUMENT with this field first.
    #[track_caller]
    pub(crate) fn invalid(&self, field: &str) {
        let error = self.refused(400, "INVALID_ARGUMENT", "INVALID_FIELD");
        let request = detail(&error, "BadRequest");
        assert_eq!(request["fieldViolations"][0]["field"], field, "{error}");
    }

    /// The stable reason of an error.
    #[track_caller]
    pub(crate) fn reason(&self) -> String {
        let info = detail(&self.json()["error"], "ErrorInfo");
        assert_eq!(info["domain"], "skerry.dev", "{}", self.text());
        info["reason"].as_str().expect("a reason").to_owned()
    }
}

/// The detail of this type.
#[track_caller]
pub(crate) fn detail(error: &Value, kind: &str) -> Value {
    let wanted = format!("type.googleapis.com/google.rpc.{kind}");
    let details = error["details"].as_array().unwrap_or_else(|| panic!("no details: {error}"));
    let found = details.iter().find(|detail| detail["@type"] == wanted.as_str());
    found.unwrap_or_else(|| panic!("no {kind}: {error}")).clone()
}

/// curl, with a token.
pub(crate) fn curl(daemon: &Daemon, path: &str, arguments: &[&str]) -> tokio::process::Command {
    let mut command = anonymous(daemon, path, arguments);
    command.args(["-H", &format!("authorization: Bearer {}", daemon.token())]);
    command
}

/// curl, without one.
pub(crate) fn anonymous(
    daemon: &Daemon,
    path: &str,
    arguments: &[&str],
) -> tokio::process::Command {
    let mut command = tokio::process::Command::new("curl");
    command
        .args(["--silent", "--show-error", "--include", "--no-buffer", "--path-as-is", "--globoff"])
        .args(["-H", "expect:"])
        .args(arguments)
        .arg(format!("http://{}{path}", daemon.address()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Runs it to its end, with this as what it reads.
pub(crate) async fn run(mut command: tokio::process::Command, input: &[u8]) -> Answer {
    let mut child = command.spawn().expect("curl can be run");
    let mut stdin = child.stdin.take().expect("it is piped");
    let written = async {
        // It may be refused before all is read.
        let _refused = stdin.write_all(input).await;
        drop(stdin);
    };
    let ended =
        tokio::time::timeout(PATIENCE, async { tokio::join!(child.wait_with_output(), written).0 });
    Answer::parse(&ended.await.expect("it ends").expect("it can be waited for").stdout)
}

pub(crate) async fn get(daemon: &Daemon, path: &str) -> Answer {
    run(curl(daemon, path, &[]), b"").await
}

pub(crate) async fn send(daemon: &Daemon, method: &str, path: &str, body: &str) -> Answer {
    let json = "content-type: application/json";
    let arguments = ["--request", method, "-H", json, "--data-binary", "@-"];
    run(curl(daemon, path, &arguments), body.as_bytes()).await
}

pub(crate) async fn post(daemon: &Daemon, path: &str, body: Value) -> Answer {
    send(daemon, "POST", path, &body.to_string()).await
}

/// A sandbox of this name.
pub(crate) async fn sandbox(daemon: &Daemon, name: &str) {
    let made = post(daemon, "/api/v1/sandboxes", json!({ "name": name })).await.success();
    assert_eq!(made["state"], "SANDBOX_STATE_RUNNING", "{made}");
}
