//! The files of a STOPPED sandbox: a machine is made from its disk in which
//! nothing runs, kept while calls come, and ended before the sandbox is
//! started or deleted. Nobody sees it: the sandbox stays STOPPED. One that a
//! daemon leaves behind, the next one's recovery ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::entry::Entry;
use super::shared::Shared;
use super::{EngineError, layout};
use crate::model::{FileRequest, SandboxId, SandboxState};
use crate::runtime::{FileCall, FileError, Machine, RuntimeError};
use crate::whole::whole;

/// How long the machine stays after the last call.
const IDLE_TIME: Duration = Duration::from_secs(5);

/// A stopped sandbox's machine for its files, if there is one.
#[derive(Default)]
pub(super) struct Disk {
    /// Held while it is made or ended, so that a start waits for that.
    machine: tokio::sync::Mutex<Option<Arc<dyn Machine>>>,
    /// Calls that use it.
    calls: AtomicUsize,
    /// Ends it when it has been idle for long enough.
    closer: Mutex<Option<JoinHandle<()>>>,
}

/// Begins a call on a STOPPED sandbox's files.
pub(super) async fn begin(
    shared: &Arc<Shared>,
    entry: &Arc<Entry>,
    request: FileRequest,
) -> Result<(Box<dyn FileCall>, DiskUse), EngineError> {
    let used = DiskUse::new(shared, entry);
    let call = open(shared, entry).await?.file(request.clone()).await;
    let call = match call {
        // It has ended by itself since the last call.
        Err(FileError::Machine(RuntimeError::Gone)) => {
            entry.disk.close(shared, &entry.id).await?;
            open(shared, entry).await?.file(request).await
        }
        begun => begun,
    };
    Ok((call.map_err(EngineError::File)?, used))
}

/// Finds the machine or makes it, to the end even where the caller leaves: one
/// that is half made must not meet a start.
async fn open(shared: &Arc<Shared>, entry: &Arc<Entry>) -> Result<Arc<dyn Machine>, EngineError> {
    let (shared, entry) = (Arc::clone(shared), Arc::clone(entry));
    whole(async move {
        let mut machine = entry.disk.machine.lock().await;
        let record = entry.record();
        // A start or delete says so in the record before it closes this.
        if record.state != SandboxState::Stopped {
            return Err(super::file::wrong_state(&entry.id, record.state));
        }
        if let Some(machine) = &*machine {
            return Ok(Arc::clone(machine));
        }
        let spec = layout::machine_spec(&shared, &record)?;
        // No record has it: what a crash leaves of it is ended by the state.
        let (born, _) = oneshot::channel();
        let made = shared.runtime.create(&spec, born).await?;
        *machine = Some(Arc::clone(&made));
        Ok(made)
    })
    .await
}

impl Disk {
    /// Ends the machine, if there is one, and every call on it.
    pub(super) async fn close(&self, shared: &Shared, id: &SandboxId) -> Result<(), EngineError> {
        end(&mut *self.machine.lock().await, shared, id).await
    }

    /// The same, unless a call uses it: who does has said so before it asked
    /// for the machine.
    async fn close_if_idle(&self, shared: &Shared, id: &SandboxId) -> Result<(), EngineError> {
        let mut machine = self.machine.lock().await;
        match self.calls.load(Ordering::SeqCst) {
            0 => end(&mut machine, shared, id).await,
            _ => Ok(()),
        }
    }
}

async fn end(
    machine: &mut Option<Arc<dyn Machine>>,
    shared: &Shared,
    id: &SandboxId,
) -> Result<(), EngineError> {
    let Some(open) = machine.as_ref() else { return Ok(()) };
    if open.stop(Duration::ZERO).await.is_err() {
        shared.runtime.destroy(id).await?;
    }
    *machine = None;
    Ok(())
}

/// A call that uses the machine; the last one to go leaves it to the closer.
pub(super) struct DiskUse {
    shared: Arc<Shared>,
    entry: Arc<Entry>,
}

impl DiskUse {
    fn new(shared: &Arc<Shared>, entry: &Arc<Entry>) -> Self {
        entry.disk.calls.fetch_add(1, Ordering::SeqCst);
        Self { shared: Arc::clone(shared), entry: Arc::clone(entry) }
    }
}

impl Drop for DiskUse {
    fn drop(&mut self) {
        let disk = &self.entry.disk;
        if disk.calls.fetch_sub(1, Ordering::SeqCst) > 1 {
            return;
        }
        let Ok(handle) = tokio::runtime::Handle::try_current() else { return };
        let (shared, entry) = (Arc::clone(&self.shared), Arc::clone(&self.entry));
        let closer = handle.spawn(async move {
            tokio::time::sleep(IDLE_TIME).await;
            if let Err(error) = entry.disk.close_if_idle(&shared, &entry.id).await {
                tracing::warn!(sandbox = %entry.id, %error, "a stopped disk's machine stays");
            }
        });
        // An earlier one finds this call's successors, or nothing to do.
        disk.closer.lock().replace(closer);
    }
}
