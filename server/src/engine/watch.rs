//! Watching sandboxes: what is there, then every change, in order.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::broadcast;

use crate::model::Sandbox;

/// How far a watcher may fall behind; as the API documents it.
pub const WATCH_BACKLOG: usize = 1024;

/// What happened to a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SandboxChange {
    /// It was made.
    Created,
    /// Its state or another field changed.
    Updated,
    /// It is gone.
    Deleted,
}

/// One change.
#[derive(Debug, Clone)]
pub struct SandboxEvent {
    /// What happened.
    pub change: SandboxChange,
    /// The sandbox after it; of a deleted one, its last record.
    pub sandbox: Arc<Sandbox>,
}

/// Why a watch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WatchEnd {
    /// More than [`WATCH_BACKLOG`] changes behind.
    #[error("the watch fell more than {WATCH_BACKLOG} changes behind; watch anew")]
    Lagged,
    /// The engine is going down.
    #[error("the daemon is shutting down")]
    ShuttingDown,
}

/// A watch: what was there when it began, then every change after.
pub struct Watch {
    existing: Vec<Arc<Sandbox>>,
    changes: broadcast::Receiver<SandboxEvent>,
}

impl Watch {
    /// What was there, in order of creation; empty from the second call on.
    pub fn take_existing(&mut self) -> Vec<Arc<Sandbox>> {
        std::mem::take(&mut self.existing)
    }

    /// The next change. Cancel-safe.
    pub async fn next(&mut self) -> Result<SandboxEvent, WatchEnd> {
        self.changes.recv().await.map_err(|error| match error {
            broadcast::error::RecvError::Lagged(_) => WatchEnd::Lagged,
            broadcast::error::RecvError::Closed => WatchEnd::ShuttingDown,
        })
    }
}

/// Where changes are announced. A record is replaced and announced under one
/// lock, under which a watch also begins: nothing is missed or told twice.
pub(super) struct Announcer {
    sender: Mutex<Option<broadcast::Sender<SandboxEvent>>>,
}

impl Announcer {
    pub(super) fn new() -> Self {
        Self { sender: Mutex::new(Some(broadcast::Sender::new(WATCH_BACKLOG))) }
    }

    /// Makes a change by `apply`, which answers with what to announce, if
    /// anything has changed.
    pub(super) fn announce(
        &self,
        change: SandboxChange,
        apply: impl FnOnce() -> Option<Arc<Sandbox>>,
    ) {
        let sender = self.sender.lock();
        if let (Some(sandbox), Some(sender)) = (apply(), &*sender) {
            // Without watchers there is no one to tell.
            let _ = sender.send(SandboxEvent { change, sandbox });
        }
    }

    /// Begins a watch; `existing` reads what is there. `None` after `close`.
    pub(super) fn watch(&self, existing: impl FnOnce() -> Vec<Arc<Sandbox>>) -> Option<Watch> {
        let sender = self.sender.lock();
        let changes = sender.as_ref()?.subscribe();
        Some(Watch { existing: existing(), changes })
    }

    /// Ends every watch.
    pub(super) fn close(&self) {
        *self.sender.lock() = None;
    }
}
