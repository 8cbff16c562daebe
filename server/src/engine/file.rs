//! Calls on files: to which machine they go, and that they count as work.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::time::Instant;

use super::EngineError;
use super::entry::Entry;
use crate::model::{FileEvent, FileInput, FileRequest, SandboxState};
use crate::runtime::{FileCall, FileError, Machine};

/// Begins a call on the files of a RUNNING or PAUSED sandbox.
pub(super) async fn begin(
    entry: &Arc<Entry>,
    request: FileRequest,
) -> Result<Box<dyn FileCall>, EngineError> {
    let machine = machine_with_files(entry)?;
    let call = machine.file(request).await.map_err(EngineError::File)?;
    Ok(Box::new(Counted { call, entry: Arc::clone(entry) }))
}

fn machine_with_files(entry: &Entry) -> Result<Arc<dyn Machine>, EngineError> {
    entry.live(|live| match (&live.machine, live.record.state) {
        (Some(machine), SandboxState::Running | SandboxState::Paused) => Ok(Arc::clone(machine)),
        (_, state) => Err(EngineError::WrongState {
            sandbox: entry.id.clone(),
            state,
            wanted: "it must be RUNNING or PAUSED",
        }),
    })
}

/// A call whose every step is work on the sandbox.
struct Counted {
    call: Box<dyn FileCall>,
    entry: Arc<Entry>,
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
