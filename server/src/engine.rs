//! The engine: what makes, keeps and ends sandboxes.
//!
//! Each sandbox is an [`entry`] in the [`index`], owned by one task, its
//! [`supervisor`], which follows the table in [`lifecycle`] and does what it
//! says by an [`action`]. [`recovery`] brings an earlier daemon's sandboxes
//! back; the [`reaper`] ends those whose time has run out.

mod action;
mod alive;
mod command;
mod copy;
mod counts;
mod create;
mod disk;
mod entry;
mod error;
mod exec;
mod file;
mod fork;
mod health;
mod images;
mod index;
mod layout;
mod lifecycle;
mod main_process;
mod network;
mod part;
mod probe;
mod reaper;
mod recovery;
mod request;
mod shared;
mod snapshot;
mod stats;
mod supervisor;
mod transfer;
mod trust;
mod update;
mod visit;
mod watch;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;

pub use counts::Counts;
pub use error::EngineError;
pub use images::Images;
pub use probe::{ProbeError, probe};
pub use request::{
    CreateSandbox, Filter, MountRequest, Revoke, SandboxPatch, StorageRequest, TimeoutsPatch,
};
pub use stats::Stats;
pub use transfer::{SnapshotExport, SnapshotImport};
pub use visit::Visit;
pub use watch::{SandboxChange, SandboxEvent, WATCH_BACKLOG, Watch, WatchEnd};

use crate::main_log::MainLogs;
use crate::model::{EgressMode, Limits, Sandbox, SandboxId};
use crate::network::Network;
use crate::publish::HostPorts;
use crate::runtime::Runtime;
use crate::snapshot::Snapshots;
use crate::storage::{Pool, Tree, TreeKind};
use crate::store::Store;
use crate::volume::Volumes;
use command::{Command, Reply};
use entry::Entry;
use index::Index;
use lifecycle::Event;
use shared::Shared;
use supervisor::DEFAULT_GRACE;

/// How long a shutdown waits for actions under way. What is not over then is
/// taken up by the next daemon's recovery.
const SHUTDOWN_WAIT: Duration = Duration::from_secs(10);

/// What an engine holds to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineConfig {
    /// The most sandboxes there may be at once, stopped ones included.
    pub max_sandboxes: usize,
    /// The most that one sandbox may ask for.
    pub max_limits: Limits,
    /// What a sandbox gets that names no limits.
    pub default_limits: Limits,
    /// What a sandbox may reach that names no policy.
    pub default_egress: EgressMode,
}

/// What an engine works with.
pub struct EngineParts {
    /// The records.
    pub store: Store,
    /// What makes machines.
    pub runtime: Arc<dyn Runtime>,
    /// What sandboxes are made from.
    pub images: Arc<dyn Images>,
    /// What joins them to the world.
    pub network: Arc<dyn Network>,
    /// Where the disks are.
    pub pool: Arc<dyn Pool>,
    /// The volumes.
    pub volumes: Volumes,
    /// The snapshots.
    pub snapshots: Snapshots,
    /// What main processes have written.
    pub logs: MainLogs,
    /// The ports of the host.
    pub host_ports: Arc<HostPorts>,
}

/// The engine; cheap to clone. It works until [`Engine::shutdown`]; when the
/// last clone is dropped without it, its tasks end where they are, as in a
/// crash.
#[derive(Clone)]
pub struct Engine {
    core: Arc<Core>,
}

struct Core {
    shared: Arc<Shared>,
    reaper: Mutex<Option<JoinHandle<()>>>,
}

impl Engine {
    /// Opens the engine: finds an earlier daemon's machines again, ends what
    /// was half done, sweeps what has no record, and starts the reaper.
    pub async fn open(config: EngineConfig, parts: EngineParts) -> Result<Self, EngineError> {
        let shared = Arc::new(Shared {
            config,
            table: parts.store.table(),
            store: parts.store,
            runtime: parts.runtime,
            images: parts.images,
            index: Mutex::new(Index::new(parts.network.addresses())),
            network: parts.network,
            pool: parts.pool,
            volumes: parts.volumes,
            snapshots: parts.snapshots,
            logs: parts.logs,
            host_ports: parts.host_ports,
            announcer: watch::Announcer::new(),
            deadlines: reaper::Deadlines::default(),
            closing: AtomicBool::new(false),
        });
        let core = Core { shared: Arc::clone(&shared), reaper: Mutex::new(None) };
        let lost = recovery::recover(&shared).await?;
        *core.reaper.lock() = Some(tokio::spawn(reaper::run(shared)));
        let engine = Self { core: Arc::new(core) };
        tokio::spawn(engine.clone().start_again(lost));
        Ok(engine)
    }

    /// Reads one sandbox.
    pub fn get(&self, id_or_name: &str) -> Result<Sandbox, EngineError> {
        let sandbox = self.core.shared.find(id_or_name)?.sandbox();
        Ok(self.with_usage(sandbox))
    }

    fn with_usage(&self, mut sandbox: Sandbox) -> Sandbox {
        let used = self.core.shared.pool.usage(&Tree::new(TreeKind::Disk, &sandbox.id));
        sandbox.disk_used_bytes = used.map(|used| used + sandbox.inherited_bytes);
        sandbox
    }

    /// Reads sandboxes in order of creation, after one, at most `limit`.
    pub fn list(&self, filter: &Filter, after: Option<&SandboxId>, limit: usize) -> Vec<Sandbox> {
        let index = self.core.shared.index.lock();
        let passing = index.after(after).filter(|entry| filter.matches(&entry.record()));
        let found: Vec<_> = passing.take(limit).map(|entry| entry.sandbox()).collect();
        drop(index);
        found.into_iter().map(|sandbox| self.with_usage(sandbox)).collect()
    }

    /// Changes what the patch names: all of it or nothing.
    pub async fn update(
        &self,
        id_or_name: &str,
        patch: SandboxPatch,
    ) -> Result<Sandbox, EngineError> {
        patch.check()?;
        let entry = self.find(id_or_name)?;
        self.tell(&entry, |reply| Command::Update { patch: Box::new(patch), reply }).await
    }

    /// Ends a sandbox and removes all of it, in every state; what is not there
    /// is deleted already.
    pub async fn delete(&self, id_or_name: &str) -> Result<(), EngineError> {
        let entry = match self.find(id_or_name) {
            Err(EngineError::NotFound { .. }) => return Ok(()),
            found => found?,
        };
        match self.ask(&entry, Event::Delete, DEFAULT_GRACE).await {
            Ok(_) | Err(EngineError::NotFound { .. } | EngineError::Deleted { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Starts a STOPPED or FAILED sandbox on its own disk.
    pub async fn start(&self, id_or_name: &str) -> Result<Sandbox, EngineError> {
        self.ask(&self.find(id_or_name)?, Event::Start, DEFAULT_GRACE).await
    }

    /// Ends a sandbox's processes: SIGTERM, and SIGKILL after `grace`.
    pub async fn stop(&self, id_or_name: &str, grace: Duration) -> Result<Sandbox, EngineError> {
        self.ask(&self.find(id_or_name)?, Event::Stop, grace).await
    }

    /// Freezes a RUNNING sandbox's processes.
    pub async fn pause(&self, id_or_name: &str) -> Result<Sandbox, EngineError> {
        self.ask(&self.find(id_or_name)?, Event::Pause, DEFAULT_GRACE).await
    }

    /// Lets a PAUSED sandbox's processes go on.
    pub async fn resume(&self, id_or_name: &str) -> Result<Sandbox, EngineError> {
        self.ask(&self.find(id_or_name)?, Event::Resume, DEFAULT_GRACE).await
    }

    /// Watches all sandboxes.
    pub fn watch(&self) -> Result<Watch, EngineError> {
        let shared = &self.core.shared;
        let existing = || shared.index.lock().after(None).map(|entry| entry.record()).collect();
        shared.announcer.watch(existing).ok_or(EngineError::ShuttingDown)
    }

    /// Where a port of the host is.
    pub fn host_address(&self, host_port: u16) -> SocketAddr {
        self.core.shared.host_ports.address(host_port)
    }

    /// What it holds to.
    pub fn config(&self) -> &EngineConfig {
        &self.core.shared.config
    }

    /// The driver's name.
    pub fn runtime_name(&self) -> &'static str {
        self.core.shared.runtime.name()
    }

    /// Takes no new call, waits for actions under way, writes everything down.
    /// Machines go on.
    pub async fn shutdown(&self) {
        let shared = &self.core.shared;
        shared.closing.store(true, Ordering::SeqCst);
        let reaper = self.core.reaper.lock().take();
        if let Some(reaper) = reaper {
            reaper.abort();
            // It was aborted: there is no result.
            let _ = reaper.await;
        }
        let deadline = Instant::now() + SHUTDOWN_WAIT;
        let seats = self.core.seats();
        for (mailbox, _) in &seats {
            // One that has ended needs no word.
            let _ = mailbox.send(Command::Close).await;
        }
        for (_, mut task) in seats {
            if tokio::time::timeout_at(deadline, &mut task).await.is_err() {
                task.abort();
                let _ = task.await;
            }
        }
        let entries: Vec<_> = shared.index.lock().after(None).map(Arc::clone).collect();
        for entry in entries {
            // One that stays, the next daemon's recovery ends.
            let _ = tokio::time::timeout_at(deadline, entry.disk.close(shared, &entry.id)).await;
        }
        shared.network.close().await;
        shared.announcer.close();
        if let Err(error) = shared.store.flush().await {
            tracing::error!(%error, "the store could not be flushed");
        }
    }

    fn check_open(&self) -> Result<(), EngineError> {
        match self.core.shared.closing.load(Ordering::SeqCst) {
            true => Err(EngineError::ShuttingDown),
            false => Ok(()),
        }
    }

    /// For a call that counts as work.
    fn find(&self, id_or_name: &str) -> Result<Arc<Entry>, EngineError> {
        self.check_open()?;
        let entry = self.core.shared.find(id_or_name)?;
        entry.live(|live| live.active = Instant::now());
        Ok(entry)
    }

    async fn ask(
        &self,
        entry: &Arc<Entry>,
        event: Event,
        grace: Duration,
    ) -> Result<Sandbox, EngineError> {
        self.tell(entry, |reply| Command::Ask { event, grace, reply }).await
    }

    async fn tell(
        &self,
        entry: &Arc<Entry>,
        command: impl FnOnce(Reply) -> Command,
    ) -> Result<Sandbox, EngineError> {
        let (reply, answer) = oneshot::channel();
        // A supervisor that has ended drops the command, and so the reply.
        let _ = self.core.shared.supervisor(entry).send(command(reply)).await;
        answer.await.unwrap_or_else(|_| {
            self.check_open()?;
            Err(EngineError::NotFound { sandbox: entry.id.to_string() })
        })
    }
}

impl Core {
    fn seats(&self) -> Vec<(tokio::sync::mpsc::Sender<Command>, JoinHandle<()>)> {
        let index = self.shared.index.lock();
        index.after(None).filter_map(|entry| entry.leave()).collect()
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::SeqCst);
        let reaper = self.reaper.get_mut().take();
        for task in reaper.into_iter().chain(self.seats().into_iter().map(|(_, task)| task)) {
            task.abort();
        }
    }
}
