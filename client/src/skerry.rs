//! The face of a daemon: sandboxes and what is in them, as things.

mod command;
mod commands;
mod content;
mod create;
mod data;
mod events;
mod exec;
mod files;
mod images;
mod path;
mod ports;
mod pty;
mod result;
mod run;
mod sandbox;
mod sandboxes;
mod snapshots;
mod tokens;
mod volumes;
mod write;

pub use command::Command;
pub use commands::Commands;
pub use content::{Content, Download};
pub use create::CreateSandbox;
pub use data::Data;
pub use events::Events;
pub use exec::{Exec, ExecInput};
pub use files::Files;
pub use images::Images;
pub use path::FilePath;
pub use ports::Ports;
pub use pty::Pty;
pub use result::{CommandFailed, CommandResult, MAX_OUTPUT, Output};
pub use run::Run;
pub use sandbox::Sandbox;
pub use sandboxes::Sandboxes;
pub use snapshots::{SandboxSnapshots, Snapshots};
pub use tokens::Tokens;
pub use volumes::Volumes;
pub use write::Write;

use std::collections::BTreeMap;

use crate::client::Client;
use crate::config::{Config, ConfigError};
use crate::error::Error;
use crate::retry::retrying;
use crate::v1::watch_sandboxes_response::EventType;
use crate::v1::{SystemInfo, WatchSandboxesRequest, WatchSandboxesResponse};

/// A daemon.
///
/// It is cheap to clone, connects on the first call and again after the daemon
/// was away. No call has a deadline of its own; drop its future to give up. A
/// peer that has vanished is noticed after 40 seconds, so that nothing hangs
/// for ever.
///
/// ```no_run
/// use skerry_client::Skerry;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let skerry = Skerry::from_env()?;
/// let sandbox = skerry.sandboxes().create("host").await?;
/// let result = sandbox.commands().run("echo $((6 * 7))").await?.check()?;
/// assert_eq!(result.stdout(), "42\n");
/// sandbox.delete().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Skerry {
    client: Client,
}

impl Skerry {
    /// The daemon that `config` names. Must be called in a tokio runtime.
    pub fn new(config: &Config) -> Self {
        Client::new(config).into()
    }

    /// The daemon at `address`: `host:port`, `https://host:port` or
    /// `unix:/path`. Without a token, `SKERRY_TOKEN`, else the one that a
    /// daemon on this machine keeps for its clients, or one that was paired
    /// for. Must be called in a tokio runtime.
    ///
    /// # Errors
    ///
    /// An address or a token that is none.
    pub fn connect(address: &str, token: Option<&str>) -> Result<Self, ConfigError> {
        let parsed = address
            .parse()
            .map_err(|cause| ConfigError::Address { value: address.to_owned(), cause })?;
        let token = token.map(str::parse).transpose()?;
        Ok(Self::new(&Config::or_env(Some(parsed), token, None)?))
    }

    /// The daemon that the environment names, else the one on this machine: see
    /// [`Config::from_env`]. Must be called in a tokio runtime.
    ///
    /// # Errors
    ///
    /// A variable that doesn't hold what it should.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self::new(&Config::from_env()?))
    }

    /// Every call of the API, for what has no method here. It tries nothing
    /// again by itself.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Making and finding sandboxes.
    pub fn sandboxes(&self) -> Sandboxes {
        Sandboxes { client: self.client.clone() }
    }

    /// Disks of sandboxes as they were at one instant.
    pub fn snapshots(&self) -> Snapshots {
        Snapshots { client: self.client.clone() }
    }

    /// Directories that outlive sandboxes.
    pub fn volumes(&self) -> Volumes {
        Volumes { client: self.client.clone() }
    }

    /// What sandboxes are made from.
    pub fn images(&self) -> Images {
        Images { client: self.client.clone() }
    }

    /// What callers are known by.
    pub fn tokens(&self) -> Tokens {
        Tokens { client: self.client.clone() }
    }

    /// Changes of sandboxes: one `EXISTING` for each that is there, then
    /// `CURRENT`, then what happens. After a lost connection it begins anew,
    /// with `EXISTING`.
    pub fn events(&self) -> Events<WatchSandboxesResponse> {
        self.watch(WatchSandboxesRequest::default())
    }

    /// The same of one sandbox, by id or name.
    pub fn events_of(&self, sandbox: &str) -> Events<WatchSandboxesResponse> {
        let sandbox_id = sandbox.to_owned();
        self.watch(WatchSandboxesRequest { sandbox_id, ..WatchSandboxesRequest::default() })
    }

    /// The same of those sandboxes that have all these labels.
    pub fn events_with(&self, labels: BTreeMap<String, String>) -> Events<WatchSandboxesResponse> {
        self.watch(WatchSandboxesRequest { labels, ..WatchSandboxesRequest::default() })
    }

    fn watch(&self, request: WatchSandboxesRequest) -> Events<WatchSandboxesResponse> {
        let client = self.client.clone();
        let is_told = |event: &WatchSandboxesResponse| event.r#type() != EventType::KeepAlive;
        Events::new(is_told, move || {
            let (client, request) = (client.clone(), request.clone());
            async move { Ok(client.sandboxes().watch_sandboxes(request).await?.into_inner()) }
        })
    }

    /// What the daemon is, and what isolation its host gives.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn info(&self) -> Result<SystemInfo, Error> {
        retrying(|| self.client.system_info()).await
    }
}

impl From<Client> for Skerry {
    fn from(client: Client) -> Self {
        Self { client }
    }
}

#[cfg(test)]
mod tests {
    use std::future::IntoFuture;

    use super::*;

    fn is_send<T: Send>(_: T) {}

    /// What a program spawns. Nothing is called.
    #[tokio::test]
    async fn every_call_may_be_made_by_another_task() {
        let skerry = Skerry::connect("127.0.0.1:1", Some("t")).expect("an address");
        let client = skerry.client().clone();
        let sandbox = Sandbox::new(client, crate::v1::Sandbox::default());
        is_send(skerry.sandboxes().list());
        is_send(skerry.sandboxes().get_or_create("host", "web").into_future());
        is_send(skerry.volumes().list());
        is_send(skerry.events().next());
        is_send(sandbox.refresh());
        is_send(sandbox.fork(2));
        is_send(sandbox.files().list(""));
        is_send(sandbox.files().read("a"));
        is_send(sandbox.files().write("a", "b").into_future());
        is_send(sandbox.files().upload("a", "b"));
        is_send(sandbox.commands().run("true").input("a").into_future());
        is_send(sandbox.commands().attach("exec_1", 0).wait());
        is_send(sandbox.pty().start("bash", 24, 80));
        is_send(sandbox.snapshots().list());
        is_send(skerry.images().pull("alpine"));
        is_send(skerry.tokens().list());
    }
}
