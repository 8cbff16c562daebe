//! Callers at a sandbox's ports: they count as work as long as they stay, and
//! they wake it.

use std::sync::Arc;

use tokio::time::Instant;

use super::entry::Entry;
use super::lifecycle::Event;
use super::supervisor::DEFAULT_GRACE;
use super::{Engine, EngineError};
use crate::model::{Sandbox, SandboxState};
use crate::runtime::Machine;

/// A caller at a sandbox. Until it is dropped, the sandbox is not idle.
pub struct Visit {
    entry: Arc<Entry>,
}

impl Engine {
    /// A sandbox's record as it is now. Looking is no work on it.
    pub fn record(&self, id_or_name: &str) -> Result<Arc<Sandbox>, EngineError> {
        self.check_open()?;
        Ok(self.core.shared.find(id_or_name)?.record())
    }

    /// Begins a visit.
    pub fn visit(&self, id_or_name: &str) -> Result<Visit, EngineError> {
        let entry = self.find(id_or_name)?;
        entry.live(|live| live.visits += 1);
        Ok(Visit { entry })
    }

    /// Starts or resumes a sandbox that does not run, and waits for one whose
    /// start or stop is under way. A FAILED one is refused.
    pub async fn wake(&self, visit: &Visit) -> Result<(), EngineError> {
        if visit.machine().is_some() {
            return Ok(());
        }
        self.ask(&visit.entry, Event::Wake, DEFAULT_GRACE).await.map(drop)
    }
}

impl Visit {
    /// The record as it is now.
    pub fn sandbox(&self) -> Arc<Sandbox> {
        self.entry.record()
    }

    /// The machine, where the sandbox is RUNNING.
    pub fn machine(&self) -> Option<Arc<dyn Machine>> {
        self.entry.live(|live| match live.record.state {
            SandboxState::Running => live.machine.clone(),
            _ => None,
        })
    }

    /// When it was last started.
    pub fn started(&self) -> Instant {
        self.entry.live(|live| live.started)
    }
}

impl Clone for Visit {
    fn clone(&self) -> Self {
        self.entry.live(|live| live.visits += 1);
        Self { entry: Arc::clone(&self.entry) }
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.entry.live(|live| {
            live.visits -= 1;
            live.active = Instant::now();
        });
    }
}
