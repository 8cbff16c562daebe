//! Calls on files: to which machine they go, and that they count as work.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::time::Instant;

use super::disk::{self, DiskUse};
use super::entry::Entry;
use super::shared::Shared;
use super::{Engine, EngineError};
use crate::model::{FileEvent, FileInput, FileRequest, SandboxId, SandboxState};
use crate::runtime::{FileCall, FileError, Machine};

impl Engine {
    /// Begins a call on a sandbox's files, which counts as work while it goes
    /// on. Of a STOPPED sandbox they are those of its disk; a start or delete
    /// ends such calls.
    pub async fn file(
        &self,
        id_or_name: &str,
        request: FileRequest,
    ) -> Result<Box<dyn FileCall>, EngineError> {
        begin(&self.core.shared, &self.find(id_or_name)?, request).await
    }
}

/// Begins a call on the files of a RUNNING, PAUSED or STOPPED sandbox.
pub(super) async fn begin(
    shared: &Arc<Shared>,
    entry: &Arc<Entry>,
    request: FileRequest,
) -> Result<Box<dyn FileCall>, EngineError> {
    let (call, disk) = match machine_with_files(entry)? {
        Some(machine) => (machine.file(request).await.map_err(EngineError::File)?, None),
        None => {
            let (call, used) = disk::begin(shared, entry, request).await?;
            (call, Some(used))
        }
    };
    Ok(Box::new(Counted { call, entry: Arc::clone(entry), _disk: disk }))
}

/// `None` for one that is STOPPED.
fn machine_with_files(entry: &Entry) -> Result<Option<Arc<dyn Machine>>, EngineError> {
    entry.live(|live| match (&live.machine, live.record.state) {
        (Some(machine), SandboxState::Running | SandboxState::Paused) => {
            Ok(Some(Arc::clone(machine)))
        }
        (_, SandboxState::Stopped) => Ok(None),
        (_, state) => Err(wrong_state(&entry.id, state)),
    })
}

pub(super) fn wrong_state(id: &SandboxId, state: SandboxState) -> EngineError {
    let wanted = "it must be RUNNING, PAUSED or STOPPED";
    EngineError::WrongState { sandbox: id.clone(), state, wanted }
}

/// A call whose every step is work on the sandbox.
struct Counted {
    call: Box<dyn FileCall>,
    entry: Arc<Entry>,
    /// After the call: the last use of a stopped disk ends what serves it.
    _disk: Option<DiskUse>,
}

impl Counted {
    fn count(&self) {
        self.entry.live(|live| live.active = Instant::now());
    }
}

#[async_trait]
impl FileCall for Counted {
    async fn send(&mut self, input: FileInput) -> Result<(), FileError> {
        self.count();
        self.call.send(input).await
    }

    async fn next(&mut self) -> Result<Option<FileEvent>, FileError> {
        let event = self.call.next().await;
        self.count();
        event
    }
}
