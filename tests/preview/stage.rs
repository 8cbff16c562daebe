//! The whole daemon in this process, and a client that writes bytes.

use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use skerry_client::Client;
use skerry_client::v1::{CreateSandboxRequest, Port, Sandbox};
use skerry_server::config::Config;
use skerry_server::runtime::fake::FakeRuntime;
use skerry_server::server::{Server, token_path};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::app::App;

/// Longer than anything takes on a slow machine under load.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A daemon on which nothing runs but what the test listens with.
pub(crate) struct Stage {
    pub(crate) address: String,
    pub(crate) token: String,
    pub(crate) client: Client,
    pub(crate) runtime: Arc<FakeRuntime>,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
    dir: Option<tempfile::TempDir>,
}

impl Stage {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    pub(crate) async fn start_with(flags: &[&str]) -> Self {
        Self::start_in(tempfile::tempdir().expect("a temporary directory"), flags).await
    }

    /// Ends the daemon in order, and starts another on the same data.
    pub(crate) async fn restart(mut self, flags: &[&str]) -> Self {
        drop(self.stop.take());
        if let Some(serving) = self.serving.take() {
            serving.await.expect("it ends well");
        }
        Self::start_in(self.dir.take().expect("it is there until now"), flags).await
    }

    async fn start_in(dir: tempfile::TempDir, flags: &[&str]) -> Self {
        let (data, host) = (dir.path().join("data"), dir.path().join("host"));
        std::fs::create_dir_all(&host).expect("a directory for the host");
        let data_dir = data.to_str().expect("it is plain");
        let always = ["skerryd", "--listen", "127.0.0.1:0", "--storage", "dir", "--network", "off"];
        let arguments = [&always[..], &["--data-dir", data_dir], flags].concat();
        let config = Config::try_parse_from(arguments).expect("good flags");
        let runtime = Arc::new(FakeRuntime::new(&host));
        let opened = Arc::clone(&runtime);
        let config = config.checked().expect("a good configuration");
        let server = Server::bind(&config, |_, _| Ok(opened)).await.expect("it starts");
        let address = server.local_addr().to_string();
        let token = std::fs::read_to_string(token_path(&data)).expect("it has a token");
        let token = token.trim().to_owned();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(server.run(async {
            let _dropped = stopped.await;
        }));
        let client = Client::connect(&address, Some(&token)).expect("an address and a token");
        let (stop, serving, dir) = (Some(stop), Some(serving), Some(dir));
        Self { address, token, client, runtime, stop, serving, dir }
    }

    /// Where it keeps its data.
    pub(crate) fn data_dir(&self) -> std::path::PathBuf {
        self.dir.as_ref().expect("it is there until now").path().join("data")
    }

    /// A sandbox with a public port 80, which is the app.
    pub(crate) async fn public(&self, app: &App) -> Sandbox {
        self.runtime.listen(80, app.address);
        self.sandbox(vec![Port { port: 80, public: true, ..Port::default() }]).await
    }

    /// A sandbox with a private port 80, which is the app.
    pub(crate) async fn private(&self, app: &App) -> Sandbox {
        self.runtime.listen(80, app.address);
        self.sandbox(vec![Port { port: 80, ..Port::default() }]).await
    }

    pub(crate) async fn sandbox(&self, ports: Vec<Port>) -> Sandbox {
        let request = CreateSandboxRequest { ports, ..CreateSandboxRequest::default() };
        self.client.create_sandbox(request).await.expect("a sandbox")
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).await.expect("it listens")
    }

    /// Sends bytes on a connection of their own, and reads all that comes
    /// until it is closed.
    pub(crate) async fn say(&self, bytes: &str) -> String {
        let mut stream = self.connect().await;
        // A connection that was refused early may be closed by now.
        let _ = stream.write_all(bytes.as_bytes()).await;
        read_all(&mut stream).await
    }

    /// A GET of a sandbox's port 80 with more headers, each with its `\r\n`.
    pub(crate) async fn get(&self, sandbox: &Sandbox, path: &str, headers: &str) -> String {
        let host = host(sandbox, 80);
        self.say(&format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n"
        ))
        .await
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(serving) = &self.serving {
            serving.abort();
        }
    }
}

/// The name of a preview.
pub(crate) fn host(sandbox: &Sandbox, port: u16) -> String {
    let digits = sandbox.id.strip_prefix("sbx_").expect("an id");
    format!("s-{digits}-{port}.preview.localhost")
}

/// Until the other end closes.
pub(crate) async fn read_all(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    // A reset is an end as well.
    let _ = read.expect("the connection ends");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Until this has come; fails when the other end closes before.
pub(crate) async fn read_until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut bytes = Vec::new();
    let reading = async {
        while !String::from_utf8_lossy(&bytes).contains(wanted) {
            let read = stream.read_buf(&mut bytes).await.expect("the connection holds");
            assert!(read > 0, "closed before {wanted:?}: {}", String::from_utf8_lossy(&bytes));
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("it comes");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The status of an answer.
pub(crate) fn status(answer: &str) -> u16 {
    let code = answer.split(' ').nth(1).and_then(|code| code.parse().ok());
    code.unwrap_or_else(|| panic!("no answer: {answer:?}"))
}

/// The body of an answer with a length.
pub(crate) fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").expect("an answer").1
}
