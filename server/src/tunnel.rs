//! Tunnels: the world's way to a sandbox's port through Cloudflare. Each is a
//! `cloudflared`, and a listener on 127.0.0.1 that leads to that one port and
//! never to the API.
//!
//! ```text
//!  the world ─▶ Cloudflare ─▶ cloudflared ─▶ 127.0.0.1:… ─▶ preview ─▶ the port
//! ```
//!
//! One task owns a tunnel: its listener, its process, what is known of it.

mod entry;
mod follow;
mod health;
mod log;
mod own;
mod program;
mod sandbox;
mod serve;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use tokio::task::JoinSet;

use self::entry::{Entry, Status};
use self::follow::Following;
use self::health::{PublicDns, check};
use crate::engine::{Engine, EngineError};
use crate::model::{Reach, Sandbox, SandboxId, SandboxState};
use crate::preview::{Place, Previews};

pub use entry::TunnelState;
pub use health::Health;
pub use own::OwnTunnel;

/// Each is a process.
const MAX_TUNNELS: usize = 100;
/// A create's check asks so long.
const CHECK_TIME: Duration = Duration::from_secs(30);
/// Bytes of a token; Cloudflare's have some 200.
const MAX_TOKEN_BYTES: usize = 4096;

/// Why there is no tunnel.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TunnelError {
    /// The sandbox, or its port.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// There is no `cloudflared`.
    #[error("cloudflared is not on skerryd's PATH, and tunnels are made by it")]
    Missing,
    /// There is one with another token.
    #[error("port {0} has a tunnel with another token: delete that first")]
    Exists(u16),
    /// The port of this host is not free.
    #[error("port {port} of 127.0.0.1 can't be listened on: {cause}")]
    LocalPort {
        /// Which.
        port: u16,
        /// Why.
        cause: String,
    },
    /// It has ended, or never got ready.
    #[error("{0}")]
    Failed(String),
    /// Its URL does not answer as it should.
    #[error("the tunnel is not healthy: {0}")]
    Unhealthy(String),
    /// There is none.
    #[error("port {0} has no tunnel, or one that tells no URL")]
    NotFound(u16),
    /// At the bound.
    #[error("there are {0} tunnels already")]
    TooMany(usize),
    /// The daemon goes down.
    #[error("the daemon is shutting down")]
    ShuttingDown,
}

/// What opens a named tunnel at Cloudflare. `Debug` doesn't show it.
#[derive(Clone, PartialEq, Eq)]
pub struct TunnelToken(String);

impl TunnelToken {
    /// Takes visible ASCII, not too much of it.
    pub fn read(text: &str) -> Option<Self> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        let fits = (1..=MAX_TOKEN_BYTES).contains(&text.len());
        (visible && fits).then(|| Self(text.to_owned()))
    }

    fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TunnelToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TunnelToken(…)")
    }
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct NewTunnel {
    /// Id or name.
    pub sandbox: String,
    /// One of its ports.
    pub port: u16,
    /// A named tunnel's; `None`: a quick one.
    pub token: Option<TunnelToken>,
    /// Where cloudflared finds it; 0: anywhere.
    pub local_port: u16,
    /// It must pass a check.
    pub check: bool,
}

/// A tunnel as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tunnel {
    /// Where it leads.
    pub place: Place,
    /// How it is.
    pub state: TunnelState,
    /// Where the world finds it.
    pub url: Option<String>,
    /// Made with a token.
    pub named: bool,
    /// Where cloudflared finds it.
    pub local_port: u16,
    /// When it was asked for.
    pub create_time: SystemTime,
}

/// The daemon's tunnels; cheap to clone.
#[derive(Clone)]
pub struct Tunnels {
    inner: Arc<Inner>,
    _following: Arc<Following>,
}

struct Inner {
    /// `None`: whichever PATH has.
    program: Option<PathBuf>,
    engine: Engine,
    previews: Previews,
    entries: Mutex<BTreeMap<(SandboxId, u16), Arc<Entry>>>,
    /// What owns tunnels; `None` once the daemon goes down.
    tasks: Mutex<Option<JoinSet<()>>>,
}

impl Tunnels {
    /// None is there yet. `program` is the `cloudflared` to run; without, the
    /// one on PATH.
    pub fn open(program: Option<PathBuf>, engine: Engine, previews: Previews) -> Self {
        let inner = Arc::new(Inner {
            program,
            engine,
            previews,
            entries: Mutex::default(),
            tasks: Mutex::new(Some(JoinSet::new())),
        });
        let following = Arc::new(Following::start(&inner));
        Self { inner, _following: following }
    }

    /// Makes one, or finds it, and waits until it is ready. It goes on being
    /// made when the caller leaves.
    pub async fn create(&self, new: NewTunnel) -> Result<Tunnel, TunnelError> {
        let inner = Arc::clone(&self.inner);
        let made = tokio::spawn(async move { inner.create(new).await });
        made.await.unwrap_or(Err(TunnelError::ShuttingDown))
    }

    /// Those of a sandbox, or all.
    pub fn list(&self, sandbox: Option<&str>, reach: &Reach) -> Result<Vec<Tunnel>, TunnelError> {
        let engine = &self.inner.engine;
        let id = sandbox.map(|sandbox| engine.record(sandbox)).transpose()?;
        let reached = |entry: &&Arc<Entry>| {
            let record = engine.record(entry.place.sandbox.as_str());
            record.is_ok_and(|record| reach.includes_sandbox(&record))
        };
        let entries = self.inner.entries.lock();
        let wanted = entries
            .values()
            .filter(|entry| id.as_ref().is_none_or(|record| record.id == entry.place.sandbox))
            .filter(reached);
        Ok(wanted.map(|entry| entry.tunnel()).collect())
    }

    /// Where the world finds a port, if it does.
    pub fn url(&self, sandbox: &SandboxId, port: u16) -> Option<String> {
        self.inner.ready(sandbox, port).ok()?.1.url
    }

    /// Ends one, and waits until it has ended.
    pub async fn delete(&self, sandbox: &str, port: u16) -> Result<(), TunnelError> {
        let record = self.inner.engine.record(sandbox)?;
        let entry = self.inner.entries.lock().remove(&(record.id.clone(), port));
        if let Some(entry) = entry {
            entry.end().await;
        }
        Ok(())
    }

    /// Asks for its URL, for so long at the most.
    pub async fn check(
        &self,
        sandbox: &str,
        port: u16,
        patience: Duration,
    ) -> Result<Health, TunnelError> {
        let record = self.inner.engine.record(sandbox)?;
        let (entry, _) = self.inner.ready(&record.id, port)?;
        Ok(self.inner.check(&entry, patience).await)
    }

    /// Ends all, and lets none begin: the daemon goes down.
    pub async fn close(&self) {
        let tasks = self.inner.tasks.lock().take();
        for entry in self.inner.entries.lock().values() {
            entry.ask_to_end();
        }
        if let Some(mut tasks) = tasks {
            while tasks.join_next().await.is_some() {}
        }
    }
}

impl Inner {
    async fn create(&self, new: NewTunnel) -> Result<Tunnel, TunnelError> {
        let (place, check) = (self.place(&new)?, new.check);
        let key = (place.sandbox.clone(), place.port);
        let program = self.program.clone().or_else(program::find).ok_or(TunnelError::Missing)?;
        let entry = self.begin(place, &program, new)?;
        // Its sandbox may have stopped before it was among them.
        let record = self.engine.record(key.0.as_str());
        if let Err(error) = record.map_err(TunnelError::from).and_then(|record| may_have(&record)) {
            self.remove(&entry).await;
            return Err(error);
        }
        match entry.ready().await {
            Status { state: TunnelState::Ready, .. } => {}
            Status { state: TunnelState::Failed(why), .. } => {
                self.remove(&entry).await;
                return Err(TunnelError::Failed(why));
            }
            Status { state: TunnelState::Starting, .. } => return Err(TunnelError::ShuttingDown),
        }
        if check {
            let health = self.check(&entry, CHECK_TIME).await;
            if let Some(why) = health.reason {
                self.remove(&entry).await;
                return Err(TunnelError::Unhealthy(why));
            }
        }
        Ok(entry.tunnel())
    }

    /// What a tunnel would lead to.
    fn place(&self, new: &NewTunnel) -> Result<Place, TunnelError> {
        let record = self.engine.record(&new.sandbox)?;
        may_have(&record)?;
        match record.port(new.port) {
            Some(_) => Ok(Place { sandbox: record.id.clone(), port: new.port }),
            None => {
                Err(EngineError::PortNotOpen { sandbox: record.id.clone(), port: new.port }.into())
            }
        }
    }

    /// The one that is there, or a new one that starts.
    fn begin(
        &self,
        place: Place,
        program: &std::path::Path,
        new: NewTunnel,
    ) -> Result<Arc<Entry>, TunnelError> {
        let mut entries = self.entries.lock();
        let key = (place.sandbox.clone(), place.port);
        match entries.get(&key) {
            Some(entry) if entry.has_failed() => drop(entries.remove(&key)),
            Some(entry) if entry.is_of(new.token.as_ref()) => return Ok(Arc::clone(entry)),
            Some(_) => return Err(TunnelError::Exists(new.port)),
            None => {}
        }
        if entries.len() >= MAX_TUNNELS {
            return Err(TunnelError::TooMany(MAX_TUNNELS));
        }
        let unusable = |error: io::Error| TunnelError::LocalPort {
            port: new.local_port,
            cause: error.to_string(),
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, new.local_port))
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .and_then(tokio::net::TcpListener::from_std)
            .map_err(unusable)?;
        let local_port = listener.local_addr().map_err(unusable)?.port();
        let (entry, owner) = Entry::new(place, new.token.as_ref(), local_port);
        let mut tasks = self.tasks.lock();
        let tasks = tasks.as_mut().ok_or(TunnelError::ShuttingDown)?;
        while tasks.try_join_next().is_some() {}
        let previews = self.previews.clone();
        tasks.spawn(owner.run(program.to_owned(), new.token, listener, previews));
        entries.insert(key, Arc::clone(&entry));
        Ok(entry)
    }

    fn ready(&self, sandbox: &SandboxId, port: u16) -> Result<(Arc<Entry>, Status), TunnelError> {
        let entry = self.entries.lock().get(&(sandbox.clone(), port)).cloned();
        let entry = entry.ok_or(TunnelError::NotFound(port))?;
        let status = entry.status();
        match status.state {
            TunnelState::Ready => Ok((entry, status)),
            _ => Err(TunnelError::NotFound(port)),
        }
    }

    async fn check(&self, entry: &Entry, patience: Duration) -> Health {
        let Some(url) = entry.url(patience).await else {
            let reason = "its settings at Cloudflare lead no host to its local port";
            return Health { status: None, reason: Some(reason.to_owned()) };
        };
        let cookie = self.previews.visitor_cookie(&entry.place);
        check(&url, cookie.as_deref(), patience, &PublicDns, &[]).await
    }

    /// Takes out one that is still there, and ends it.
    async fn remove(&self, entry: &Arc<Entry>) {
        let key = (entry.place.sandbox.clone(), entry.place.port);
        {
            let mut entries = self.entries.lock();
            if entries.get(&key).is_some_and(|found| Arc::ptr_eq(found, entry)) {
                entries.remove(&key);
            }
        }
        entry.end().await;
    }

    /// Ends those of sandboxes that are not among all there are.
    fn hold_to_all(&self, existing: &[Arc<Sandbox>]) {
        for sandbox in existing {
            self.hold_to(sandbox, false);
        }
        self.entries.lock().retain(|(id, _), entry| {
            let stays = existing.iter().any(|sandbox| sandbox.id == *id);
            if !stays {
                entry.ask_to_end();
            }
            stays
        });
    }

    /// Ends those that a sandbox's record does not allow any more.
    fn hold_to(&self, sandbox: &Sandbox, gone: bool) {
        let runs = !gone && may_have(sandbox).is_ok();
        self.entries.lock().retain(|(id, port), entry| {
            let stays = *id != sandbox.id || (runs && sandbox.port(*port).is_some());
            if !stays {
                entry.ask_to_end();
            }
            stays
        });
    }
}

/// Whether a sandbox in its state may have a tunnel.
fn may_have(sandbox: &Sandbox) -> Result<(), TunnelError> {
    match sandbox.state {
        state @ (SandboxState::Stopping
        | SandboxState::Stopped
        | SandboxState::Failed
        | SandboxState::Deleting) => {
            let (sandbox, wanted) = (sandbox.id.clone(), "start it first: a tunnel ends with it");
            Err(EngineError::WrongState { sandbox, state, wanted }.into())
        }
        _ => Ok(()),
    }
}
