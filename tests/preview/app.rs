//! What stands in for an app in a sandbox: it shows the very bytes that came,
//! and answers with those that the test gives.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The plainest answer.
pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";

/// An app; it ends when it is dropped.
pub(crate) struct App {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl App {
    /// Answers each request so.
    pub(crate) async fn start(answer: impl Into<String>) -> Self {
        let answer = answer.into();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        Self::serve(seen, move |stream| converse(stream, answer.clone(), Arc::clone(&noted))).await
    }

    /// Does this with each connection.
    pub(crate) async fn with<F>(serve: impl Fn(TcpStream) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self::serve(Arc::default(), serve).await
    }

    async fn serve<F>(
        seen: Arc<Mutex<Vec<String>>>,
        serve: impl Fn(TcpStream) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("ports are left");
        let address = listener.local_addr().expect("it is bound");
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream));
            }
        });
        Self { address, seen, task }
    }

    /// The requests that came, each as it came.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("nobody panics with it").clone()
    }

    /// The last one.
    pub(crate) fn last(&self) -> String {
        self.seen().pop().expect("a request came")
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(mut stream: TcpStream, answer: String, seen: Arc<Mutex<Vec<String>>>) {
    let mut bytes = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut bytes).await {
        seen.lock().expect("nobody panics with it").push(request);
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// One request, body and all; what comes after it stays in `bytes`.
pub(crate) async fn read_request(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<String> {
    loop {
        if let Some(length) = whole(bytes) {
            let rest = bytes.split_off(length);
            let request = std::mem::replace(bytes, rest);
            return Some(String::from_utf8_lossy(&request).into_owned());
        }
        if stream.read_buf(bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// Bytes of the first request, once they are all there.
fn whole(bytes: &[u8]) -> Option<usize> {
    let head = find(bytes, b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
    if text.contains("\r\ntransfer-encoding: chunked\r\n") {
        return find(&bytes[head..], b"0\r\n\r\n").map(|end| head + end + 5);
    }
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let end = head + length.unwrap_or(0);
    (bytes.len() >= end).then_some(end)
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
