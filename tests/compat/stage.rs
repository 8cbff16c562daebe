//! A server in this process, over a runtime in which nothing runs, with a
//! listener for each of the systems.

use std::sync::Arc;

use clap::Parser;
use serde_json::{Value, json};
use skerry_server::compat::Name;
use skerry_server::config::Config;
use skerry_server::runtime::fake::FakeRuntime;
use skerry_server::server::{Server, token_path};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::answer::Caller;

/// The server.
pub(crate) struct Stage {
    /// Of its own API.
    pub(crate) address: String,
    alone: Vec<(Name, String)>,
    admin: Option<String>,
    dir: tempfile::TempDir,
    _stop: oneshot::Sender<()>,
    pub(crate) serving: JoinHandle<()>,
}

impl Stage {
    pub(crate) async fn start(flags: &[&str]) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let (data, host) = (dir.path().join("data"), dir.path().join("host"));
        std::fs::create_dir_all(&host).expect("a directory for the host");
        let data_dir = data.to_str().expect("it is plain");
        let always = ["skerryd", "--listen", "127.0.0.1:0", "--storage", "dir"];
        let more = ["--ssh-listen", "127.0.0.1:0", "--data-dir", data_dir];
        let compat = ["--compat", "mac-sandbox=127.0.0.1:0,apple-sandboxes=127.0.0.1:0"];
        let arguments = [&always[..], &more, &compat].concat();
        let config = Config::try_parse_from(arguments.iter().chain(flags)).expect("good flags");
        let config = config.checked().expect("a good configuration");
        let runtime = Arc::new(FakeRuntime::new(&host));
        let server = Server::bind(&config, |_, _| Ok(runtime)).await.expect("it starts");
        let address = server.local_addr().to_string();
        let alone = server.compat_addrs().into_iter();
        let alone = alone.map(|(name, address)| (name, address.to_string())).collect();
        let admin = std::fs::read_to_string(token_path(&data)).ok();
        let admin = admin.map(|token| token.trim().to_owned());
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(server.run(async {
            let _dropped = stopped.await;
        }));
        Self { address, alone, admin, dir, _stop: stop, serving }
    }

    /// A caller of a system at its own listener.
    pub(crate) fn alone(&self, name: Name, token: Option<&str>) -> Caller {
        let found = self.alone.iter().find(|(known, _)| *known == name).expect("it listens");
        Caller::new(format!("http://{}", found.1), token)
    }

    /// The same beside the API.
    pub(crate) fn below(&self, name: Name, token: Option<&str>) -> Caller {
        Caller::new(format!("http://{}/compat/{name}", self.address), token)
    }

    /// At the root, where that is served.
    pub(crate) fn root(&self, token: Option<&str>) -> Caller {
        Caller::new(format!("http://{}", self.address), token)
    }

    /// Its data directory, which no answer names.
    pub(crate) fn data(&self) -> std::path::PathBuf {
        self.dir.path().join("data")
    }

    pub(crate) fn admin(&self) -> Option<&str> {
        self.admin.as_deref()
    }

    /// The API itself, by the admin.
    pub(crate) async fn api(&self, line: &str, body: Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.root(self.admin()).call(line, &body).await.success()
    }

    /// A token of this scope.
    pub(crate) async fn token(&self, scope: Value) -> (String, String) {
        let made = self.api("POST /api/v1/tokens", json!({ "scope": scope })).await;
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        (text(&made["secret"]), text(&made["token"]["id"]))
    }

    /// A sandbox's name, which a tenant's token has made.
    pub(crate) async fn sandbox(&self, token: &str) -> String {
        let made = self.root(Some(token)).call("POST /api/v1/sandboxes", "{}").await.success();
        let id = made["id"].as_str().expect("an id").to_owned();
        // What a runtime in which something runs would have made.
        std::fs::create_dir_all(self.dir.path().join("data/sandboxes").join(&id)).expect("a disk");
        id
    }
}
