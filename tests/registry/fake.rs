//! A registry in this process: serves images that it is given, counts what it
//! is asked, and fails as it is told.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

/// What it does to calls for layers.
#[derive(Debug, Clone, Default)]
pub(crate) enum Fault {
    #[default]
    None,
    /// This answer to every call.
    Status(u16, &'static str),
    /// So many bytes and then the connection's end.
    Cut(usize),
    /// So many bytes and then nothing.
    Stall(usize),
    /// All bytes, one of them another.
    Corrupt,
    /// More bytes than there are.
    Longer,
    /// Elsewhere, at this address.
    Redirect(String),
    /// A pause before each answer.
    Slow(Duration),
}

#[derive(Default)]
struct State {
    content: HashMap<String, Vec<u8>>,
    asked: Vec<Asked>,
    fault: Fault,
    /// Calls without the first are answered with the second.
    guard: Option<(String, String)>,
}

/// A call.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    /// In lower case.
    pub(crate) head: String,
}

pub(crate) struct Fake {
    pub(crate) address: String,
    state: Arc<Mutex<State>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// An image of the test's own.
pub(crate) struct Picture {
    pub(crate) manifest: Vec<u8>,
    pub(crate) config: Vec<u8>,
    pub(crate) layers: Vec<Vec<u8>>,
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

impl Picture {
    /// Of plain layers.
    pub(crate) fn new(layers: Vec<Vec<u8>>) -> Self {
        let diff_ids: Vec<_> = layers.iter().map(|layer| digest(layer)).collect();
        Self::with_diff_ids(layers, &diff_ids)
    }

    pub(crate) fn with_diff_ids(layers: Vec<Vec<u8>>, diff_ids: &[String]) -> Self {
        let config = serde_json::to_vec(&serde_json::json!({
            "os": "linux", "architecture": architecture(),
            "config": {"Env": ["A=1"]}, "rootfs": {"type": "layers", "diff_ids": diff_ids}}))
        .expect("it is JSON");
        let descriptor = |kind: &str, bytes: &[u8]| {
            serde_json::json!({"mediaType": format!("application/vnd.oci.image.{kind}"),
                "digest": digest(bytes), "size": bytes.len()})
        };
        let described: Vec<_> =
            layers.iter().map(|layer| descriptor("layer.v1.tar", layer)).collect();
        let manifest = serde_json::to_vec(&serde_json::json!({"schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": descriptor("config.v1+json", &config), "layers": described}))
        .expect("it is JSON");
        Self { manifest, config, layers }
    }
}

/// This machine's, as Go names it.
pub(crate) fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" }
}

/// A layer with one file of so many bytes that do not repeat.
pub(crate) fn layer(name: &str, bytes: usize) -> Vec<u8> {
    let mut content = Vec::with_capacity(bytes);
    let mut state =
        name.bytes().fold(88_172_645_463_325_252_u64, |sum, byte| sum ^ u64::from(byte));
    while content.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        content.extend_from_slice(&state.to_le_bytes());
    }
    content.truncate(bytes);
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes as u64);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_data(&mut header, name, &content[..]).expect("in memory");
    builder.into_inner().expect("in memory")
}

impl Fake {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    // A caller that goes away is what some tests are about.
                    let _ended = serve(stream, &shared).await;
                });
            }
        });
        Self { address, state, serving }
    }

    /// `127.0.0.1:port/a:tag`, once it is served.
    pub(crate) async fn serve(&self, tag: &str, picture: &Picture) -> String {
        let mut state = self.state.lock().await;
        let content = &mut state.content;
        content.insert(format!("/v2/a/manifests/{tag}"), picture.manifest.clone());
        let by_digest = format!("/v2/a/manifests/{}", digest(&picture.manifest));
        content.insert(by_digest, picture.manifest.clone());
        for blob in picture.layers.iter().chain([&picture.config]) {
            content.insert(format!("/v2/a/blobs/{}", digest(blob)), blob.clone());
        }
        format!("{}/a:{tag}", self.address)
    }

    /// Serves these bytes at this path.
    pub(crate) async fn put(&self, path: &str, bytes: Vec<u8>) {
        self.state.lock().await.content.insert(path.to_owned(), bytes);
    }

    pub(crate) async fn fail(&self, fault: Fault) {
        self.state.lock().await.fault = fault;
    }

    /// Answers calls without this authorization with that challenge from here
    /// on; those for tokens aside.
    pub(crate) async fn guard(&self, authorization: &str, challenge: &str) {
        let guard = (authorization.to_owned(), challenge.to_owned());
        self.state.lock().await.guard = Some(guard);
    }

    /// What it was asked, and forgets it.
    pub(crate) async fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.state.lock().await.asked)
    }
}

async fn serve(mut stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await?);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let (content, fault, denied) = {
            let mut state = state.lock().await;
            state.asked.push(Asked { path: path.clone(), head: head.to_lowercase() });
            let open = |wanted: &str| path.starts_with("/token") || head.contains(wanted);
            let denied = state.guard.clone().filter(|(wanted, _)| !open(wanted));
            (state.content.get(&path).cloned(), state.fault.clone(), denied)
        };
        if let Some((_, challenge)) = denied {
            let answer = format!(
                "HTTP/1.1 401 X\r\nwww-authenticate: {challenge}\r\ncontent-length: 0\r\n\r\n"
            );
            stream.write_all(answer.as_bytes()).await?;
            continue;
        }
        let Some(content) = content else {
            stream.write_all(b"HTTP/1.1 404 X\r\ncontent-length: 0\r\n\r\n").await?;
            continue;
        };
        let is_layer = path.contains("/blobs/") && !content.starts_with(b"{");
        let fault = if is_layer { fault } else { Fault::None };
        answer(&mut stream, &head.to_lowercase(), &path, content, fault).await?;
    }
}

async fn answer(
    stream: &mut TcpStream,
    head: &str,
    path: &str,
    mut content: Vec<u8>,
    fault: Fault,
) -> std::io::Result<()> {
    match &fault {
        Fault::Status(status, headers) => {
            let text = format!("HTTP/1.1 {status} X\r\n{headers}content-length: 0\r\n\r\n");
            return stream.write_all(text.as_bytes()).await;
        }
        Fault::Redirect(to) => {
            let text = format!(
                "HTTP/1.1 307 X\r\nlocation: http://{to}{path}\r\ncontent-length: 0\r\n\r\n"
            );
            return stream.write_all(text.as_bytes()).await;
        }
        Fault::Corrupt => *content.last_mut().expect("not empty") ^= 1,
        Fault::Longer => content.push(0),
        Fault::Slow(pause) => tokio::time::sleep(*pause).await,
        Fault::None | Fault::Cut(_) | Fault::Stall(_) => {}
    }
    let total = content.len();
    let range = head.lines().find_map(|line| line.strip_prefix("range: bytes="));
    let start: usize =
        range.and_then(|range| range.trim_end_matches('-').parse().ok()).unwrap_or(0);
    let body = &content[start.min(total)..];
    let status = match range {
        Some(_) => format!("206 X\r\ncontent-range: bytes {start}-{}/{total}", total - 1),
        None => "200 X".to_owned(),
    };
    let text = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(text.as_bytes()).await?;
    match fault {
        Fault::Cut(bytes) => {
            stream.write_all(&body[..bytes.min(body.len())]).await?;
            stream.flush().await?;
            Err(std::io::ErrorKind::ConnectionReset.into())
        }
        Fault::Stall(bytes) => {
            stream.write_all(&body[..bytes.min(body.len())]).await?;
            stream.flush().await?;
            // Until the caller goes away.
            stream.read_u8().await?;
            Err(std::io::ErrorKind::ConnectionReset.into())
        }
        _ => stream.write_all(body).await,
    }
}
