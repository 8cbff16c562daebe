//! What is open with a token ends with it.

use std::time::{Duration, SystemTime};

use futures::{SinkExt, StreamExt};
use serde_json::json;
use skerry_client::v1::{
    CreateSandboxRequest, CreateTokenRequest, CreateTokenResponse, ExecSpec, Port, Sandbox,
    StreamLogsRequest, TokenScope, WatchSandboxesRequest,
};
use skerry_client::{Client, Code, Error, ExecEvent};
use skerry_test_support::{Daemon, needs_root};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// Until when a token is good that expires: its stream is open long before.
const EXPIRES: Duration = Duration::from_secs(20);
/// Until when a call that shows nothing waits in the daemon, on a busy machine too.
const SETTLE: Duration = Duration::from_secs(2);

/// A daemon, a tenant's token, and a sandbox that it made.
struct Open {
    daemon: Daemon,
    made: CreateTokenResponse,
    client: Client,
    sandbox: Sandbox,
}

impl Open {
    async fn new(expires: Option<Duration>) -> Self {
        let daemon = Daemon::start().await;
        let scope = TokenScope { tenant: "shop".to_owned(), ..Default::default() };
        let expire_time = expires.map(|span| (SystemTime::now() + span).into());
        let request = CreateTokenRequest { scope: Some(scope), expire_time, ..Default::default() };
        let made = daemon.client().create_token(request).await.expect("a token");
        let client = Client::connect(daemon.address(), Some(&made.secret)).expect("a client");
        let ports = vec![Port { port: 80, ..Port::default() }];
        let request = CreateSandboxRequest { ports, ..Default::default() };
        let sandbox = client.create_sandbox(request).await.expect("a sandbox");
        Self { daemon, made, client, sandbox }
    }

    async fn revoke(&self) {
        let id = &self.made.token.as_ref().expect("a token").id;
        self.daemon.client().revoke_token(id).await.expect("revoked");
    }

    async fn http(&self, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.daemon.address()).await.expect("it listens");
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
             accept: text/event-stream\r\nconnection: close\r\n\r\n",
            self.daemon.address(),
            self.made.secret
        );
        stream.write_all(request.as_bytes()).await.expect("it is sent");
        stream
    }
}

fn endless() -> ExecSpec {
    let command = ["sh", "-c", "echo begun; exec sleep 100000"].map(str::to_owned).to_vec();
    ExecSpec { command, ..ExecSpec::default() }
}

#[track_caller]
fn ended(error: &Error) {
    assert_eq!(error.code, Code::Unauthenticated, "{error:?}");
    assert_eq!(error.reason.as_deref(), Some("TOKEN_ENDED"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_of_calls_end_when_their_token_is_revoked() {
    needs_root!();
    let open = Open::new(None).await;
    let mut exec = open.client.exec_stream(&open.sandbox.id, endless()).await.expect("an exec");
    while !matches!(exec.next().await.expect("an event"), Some(ExecEvent::Stdout(_))) {}
    let request = WatchSandboxesRequest::default();
    let running = open.client.start_exec(&open.sandbox.id, endless()).await.expect("an exec");
    let (client, id) = (open.client.clone(), open.sandbox.id.clone());
    let waiting = tokio::spawn(async move { client.wait_exec(&id, &running.id).await });
    tokio::time::sleep(SETTLE).await;
    let mut watch = open.client.watch_sandboxes(request).await.expect("a watch");
    watch.next().await.expect("what is there");
    let admins = WatchSandboxesRequest::default();
    let mut admins = open.daemon.client().watch_sandboxes(admins).await.expect("a watch");
    admins.next().await.expect("what is there");
    open.revoke().await;
    let watched = loop {
        match watch.next().await {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    ended(&watched);
    ended(&exec.next().await.expect_err("it has ended"));
    let waited = waiting.await.expect("no panic");
    ended(&waited.expect_err("it has ended"));
    let again = open.client.sandbox(&open.sandbox.id).await.expect_err("it opens nothing");
    assert_eq!(again.reason.as_deref(), Some("TOKEN_UNKNOWN"));
    // The command goes on, and so do others' streams.
    let execs = open.daemon.client().sandbox(&open.sandbox.id).await.expect("it is there");
    assert_eq!(execs.id, open.sandbox.id);
    let labels = skerry_client::v1::Sandbox {
        labels: [("a".to_owned(), "b".to_owned())].into(),
        ..Default::default()
    };
    let paths = vec!["labels".to_owned()];
    let updated = open.daemon.client().update_sandbox(&open.sandbox.id, labels, paths).await;
    updated.expect("it is changed");
    let event = loop {
        let event = admins.next().await.expect("an event").expect("more");
        if event.sandbox.as_ref().is_some_and(|sandbox| !sandbox.labels.is_empty()) {
            break event;
        }
    };
    assert_eq!(event.sandbox.expect("a sandbox").id, open.sandbox.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_logs_and_websockets_end_when_their_token_is_revoked() {
    needs_root!();
    let open = Open::new(None).await;
    let exec = open.client.start_exec(&open.sandbox.id, endless()).await.expect("an exec");
    let attach = format!("/api/v1/sandboxes/{}/execs/{}:attach", open.sandbox.id, exec.id);
    let mut events = open.http("/api/v1/sandboxes:watch").await;
    let mut output = open.http(&attach).await;
    let url = format!(
        "ws://{}/api/v1/execs:interact?attach.sandboxId={}&attach.execId={}",
        open.daemon.address(),
        open.sandbox.id,
        exec.id
    );
    let mut request = url.into_client_request().expect("an address");
    let protocols = format!("skerry.exec.v1, skerry.token.{}", open.made.secret);
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", protocols.parse().expect("plain"));
    let (mut socket, _) = connect_async(request).await.expect("it opens");
    while !matches!(socket.next().await, Some(Ok(Message::Binary(frame))) if frame[0] == 1) {}
    open.revoke().await;
    for stream in [&mut events, &mut output] {
        let mut text = String::new();
        stream.read_to_string(&mut text).await.expect("it ends well");
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
        let last = text.rsplit("event: ").next().expect("events");
        assert!(last.starts_with("error") && last.contains("TOKEN_ENDED"), "{text}");
    }
    let mut told = String::new();
    while let Some(Ok(message)) = socket.next().await {
        match message {
            Message::Binary(frame) if frame[0] == 3 => {
                told += &String::from_utf8_lossy(&frame[1..])
            }
            Message::Close(frame) => {
                assert_eq!(frame.map(|frame| u16::from(frame.code)), Some(1011))
            }
            _ => {}
        }
    }
    assert!(told.contains("TOKEN_ENDED"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_sandbox_is_not_reached_over_a_websocket_or_a_port() {
    needs_root!();
    let open = Open::new(None).await;
    let scope = TokenScope { tenant: "other".to_owned(), ..Default::default() };
    let request = CreateTokenRequest { scope: Some(scope), ..Default::default() };
    let other = open.daemon.client().create_token(request).await.expect("a token").secret;
    let url = format!("ws://{}/api/v1/execs:interact", open.daemon.address());
    let mut request = url.into_client_request().expect("an address");
    let protocols = format!("skerry.exec.v1, skerry.token.{other}");
    request.headers_mut().insert("sec-websocket-protocol", protocols.parse().expect("plain"));
    let (mut socket, _) = connect_async(request).await.expect("it opens");
    let start = json!({"start": {"sandboxId": open.sandbox.id, "spec": {"command": ["id"]}}});
    socket.send(Message::Text(start.to_string().into())).await.expect("sent");
    let mut told = String::new();
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Binary(frame) = message {
            told += &String::from_utf8_lossy(&frame[1..]);
        }
    }
    assert!(told.contains("SANDBOX_NOT_FOUND"), "{told}");
    let path = format!("/api/v1/sandboxes/{}/proxy/81/", open.sandbox.id);
    let ask = async |secret: &str| {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nx-api-key: {secret}\r\nconnection: close\r\n\r\n",
            open.daemon.address()
        );
        let to = open.daemon.address().parse().expect("an address");
        crate::caller::http(to, [127, 0, 0, 1].into(), &request).await
    };
    let (code, body) = ask(&other).await;
    assert!(code == 404 && body.contains("SANDBOX_NOT_FOUND"), "{code} {body}");
    // That port is not open: but it was let through.
    let (code, body) = ask(&open.made.secret).await;
    assert!(!body.contains("SANDBOX_NOT_FOUND") && code != 403, "{code} {body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_end_when_their_token_expires() {
    needs_root!();
    let open = Open::new(Some(EXPIRES)).await;
    let mut exec = open.client.exec_stream(&open.sandbox.id, endless()).await.expect("an exec");
    let error = loop {
        match exec.next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the command has ended"),
            Err(error) => break error,
        }
    };
    ended(&error);
    let request = StreamLogsRequest { sandbox_id: open.sandbox.id.clone(), ..Default::default() };
    let refused = open.client.logs(request).await.err().expect("it opens nothing");
    assert_eq!(refused.code, Code::Unauthenticated);
}
