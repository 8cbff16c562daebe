//! Calls by curl, and what they answer.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// Longer than any call takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where calls go, and with which token.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// `http://127.0.0.1:4000/compat/mac-sandbox`.
    pub(crate) base: String,
    pub(crate) token: Option<String>,
    /// An address of this machine's.
    pub(crate) from: Option<String>,
}

impl Caller {
    pub(crate) fn new(base: impl Into<String>, token: Option<&str>) -> Self {
        Self { base: base.into(), token: token.map(str::to_owned), from: None }
    }

    /// A call with a body in JSON, or without one.
    pub(crate) async fn call(&self, line: &str, body: &str) -> Answer {
        let headers: &[&str] =
            if body.is_empty() { &[] } else { &["content-type: application/json"] };
        self.call_with(line, headers, body.as_bytes()).await
    }

    /// The same with other headers.
    pub(crate) async fn call_with(&self, line: &str, headers: &[&str], body: &[u8]) -> Answer {
        let (method, path) = line.split_once(' ').expect("a method and a path");
        let mut command = Command::new("curl");
        command
            .args(["--silent", "--show-error", "--include", "--no-buffer", "--path-as-is"])
            .args(["--globoff", "-H", "expect:", "--request", method]);
        for header in headers {
            command.args(["-H", header]);
        }
        if let Some(token) = &self.token {
            command.args(["-H", &format!("authorization: Bearer {token}")]);
        }
        if let Some(from) = &self.from {
            command.args(["--interface", from]);
        }
        if !body.is_empty() {
            command.args(["--data-binary", "@-"]);
        }
        command
            .arg(format!("{}{path}", self.base))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().expect("curl can be run");
        let mut stdin = child.stdin.take().expect("it is piped");
        let written = async {
            // It may be refused before all is read.
            let _refused = stdin.write_all(body).await;
            drop(stdin);
        };
        let ended = async { tokio::join!(child.wait_with_output(), written).0 };
        let ended = tokio::time::timeout(PATIENCE, ended).await.expect("it ends");
        Answer::parse(&ended.expect("it can be waited for").stdout)
    }
}

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
            100..=199 => Self::parse(&printed[end + 4..]),
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
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()
    }
}
