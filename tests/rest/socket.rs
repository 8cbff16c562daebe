//! A command with input, over a WebSocket.

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use skerry_test_support::{Daemon, eventually, needs_root};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::web::{get, sandbox};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn connect(daemon: &Daemon, query: &str, protocols: &str) -> Result<Socket, Error> {
    let url = format!("ws://{}/api/v1/execs:interact{query}", daemon.address());
    let mut request = url.into_client_request().expect("an address");
    let protocols = HeaderValue::from_str(protocols).expect("plain");
    request.headers_mut().insert("sec-websocket-protocol", protocols);
    let (socket, answer) = connect_async(request).await?;
    assert_eq!(answer.headers()["sec-websocket-protocol"], "skerry.exec.v1");
    Ok(socket)
}

/// As a web page does it, which can send no other header.
async fn open(daemon: &Daemon, query: &str) -> Socket {
    let protocols = format!("skerry.exec.v1, skerry.token.{}", daemon.token());
    connect(daemon, query, &protocols).await.expect("it opens")
}

fn input(data: &[u8]) -> Message {
    Message::Binary([&[0], data].concat().into())
}

fn control(message: Value) -> Message {
    Message::Binary([&[3], message.to_string().as_bytes()].concat().into())
}

/// What came on each channel, until the socket is closed, and how.
#[derive(Debug, Default)]
struct Heard {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    control: Vec<Value>,
    close: Option<u16>,
}

impl Heard {
    fn take(&mut self, message: Message) {
        match message {
            Message::Binary(frame) => match frame[0] {
                1 => self.stdout.extend_from_slice(&frame[1..]),
                2 => self.stderr.extend_from_slice(&frame[1..]),
                3 => self.control.push(serde_json::from_slice(&frame[1..]).expect("JSON")),
                channel => panic!("channel {channel}"),
            },
            Message::Close(frame) => self.close = frame.map(|frame| frame.code.into()),
            other => panic!("{other:?}"),
        }
    }

    async fn until_closed(mut self, socket: &mut Socket) -> Self {
        while let Some(Ok(message)) = socket.next().await {
            self.take(message);
        }
        self
    }

    async fn until(mut self, socket: &mut Socket, text: &str) -> Self {
        while !String::from_utf8_lossy(&self.stdout).contains(text) {
            self.take(socket.next().await.expect("it is open").expect("a frame"));
        }
        self
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_reads_writes_and_ends() {
    needs_root!();
    let daemon = Daemon::start().await;
    sandbox(&daemon, "one").await;
    let mut socket = open(&daemon, "").await;
    let spec = json!({ "shell": "cat; echo err >&2; exit 7" });
    let start = json!({ "start": { "sandboxId": "one", "spec": spec } });
    socket.send(control(start)).await.expect("it is open");
    socket.send(input(b"hello\n")).await.expect("it is open");
    let heard = Heard::default().until(&mut socket, "hello").await;
    socket.send(Message::Text(r#"{"stdinEnd": {}}"#.into())).await.expect("it is open");
    let heard = heard.until_closed(&mut socket).await;
    assert_eq!((&heard.stdout[..], &heard.stderr[..]), (&b"hello\n"[..], &b"err\n"[..]));
    assert!(heard.control[0]["started"]["id"].is_string(), "{heard:?}");
    assert_eq!(heard.control.last().expect("an end")["exited"]["exitCode"], 7);
    assert_eq!(heard.close, Some(1000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_has_the_size_that_it_is_given() {
    needs_root!();
    let daemon = Daemon::start().await;
    sandbox(&daemon, "one").await;
    let query = "?start.sandbox_id=one&start.spec.command=sh\
                 &start.spec.terminal.rows=24&start.spec.terminal.columns=80";
    let mut socket = open(&daemon, query).await;
    socket.send(input(b"stty size\n")).await.expect("it is open");
    let heard = Heard::default().until(&mut socket, "24 80").await;
    let resize = json!({ "resize": { "rows": 40, "columns": 132 } });
    socket.send(control(resize)).await.expect("it is open");
    socket.send(input(b"stty size\n")).await.expect("it is open");
    let heard = heard.until(&mut socket, "40 132").await;
    socket.send(control(json!({ "signal": 9 }))).await.expect("it is open");
    let heard = heard.until_closed(&mut socket).await;
    assert_eq!(heard.control.last().expect("an end")["exited"]["signal"], 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_told_before_the_socket_closes() {
    needs_root!();
    let daemon = Daemon::start().await;
    sandbox(&daemon, "one").await;
    let start = |command: &str| {
        let spec = json!({ "command": [command] });
        control(json!({ "start": { "sandboxId": "one", "spec": spec } }))
    };
    for (frame, status) in [
        (start("/no/such"), "NOT_FOUND"),
        (input(b"too early"), "INVALID_ARGUMENT"),
        (control(json!({ "noSuch": 1 })), "INVALID_ARGUMENT"),
        (Message::Text("{".into()), "INVALID_ARGUMENT"),
        (Message::Binary(vec![9, 1].into()), "INVALID_ARGUMENT"),
        (Message::Binary(Vec::new().into()), "INVALID_ARGUMENT"),
    ] {
        let mut socket = open(&daemon, "").await;
        socket.send(frame).await.expect("it is open");
        let heard = Heard::default().until_closed(&mut socket).await;
        assert_eq!(heard.control[0]["error"]["status"], status, "{heard:?}");
        assert_eq!(heard.close, Some(1011));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_needs_a_token_and_the_protocol() {
    needs_root!();
    let daemon = Daemon::start().await;
    let token = format!("skerry.token.{}", daemon.token());
    for (protocols, code) in [
        ("skerry.exec.v1".to_owned(), 401),
        (format!("skerry.exec.v1, skerry.token.tok_{}", "0".repeat(64)), 401),
        (format!("other.v1, {token}"), 426),
    ] {
        match connect(&daemon, "", &protocols).await {
            Err(Error::Http(answer)) => assert_eq!(answer.status(), code, "{protocols}"),
            other => panic!("{protocols}: {other:?}"),
        }
    }
    get(&daemon, "/api/v1/execs:interact").await.refused(
        426,
        "FAILED_PRECONDITION",
        "UPGRADE_REQUIRED",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_leaves_takes_its_command_along_where_it_asked_so() {
    needs_root!();
    let daemon = Daemon::start().await;
    sandbox(&daemon, "one").await;
    let mut socket = open(&daemon, "").await;
    let spec = json!({ "shell": "echo here; cat", "onDisconnect": "ON_DISCONNECT_KILL" });
    let start = json!({ "start": { "sandboxId": "one", "spec": spec } });
    socket.send(control(start)).await.expect("it is open");
    Heard::default().until(&mut socket, "here").await;
    drop(socket);
    eventually("the command is killed with its caller", async || {
        let running = get(&daemon, "/api/v1/sandboxes/one/execs?running_only=true").await.success();
        running["execs"].as_array().is_some_and(Vec::is_empty).then_some(())
    })
    .await;
}
