//! What a failed action leaves: the record says so, durably.

use std::sync::Arc;
use std::time::SystemTime;

use tokio::time::Instant;

use super::Supervisor;
use crate::engine::EngineError;
use crate::engine::action::Settled;
use crate::model::{Sandbox, SandboxState};

impl Supervisor {
    pub(super) fn failed(&mut self, to: SandboxState, error: &EngineError) {
        let mut record = Sandbox::clone(&self.entry.record());
        tracing::warn!(sandbox = %record.id, state = ?record.state, %error, "an action failed");
        record.state_reason = match to {
            SandboxState::Deleting => format!("its delete failed: {error}"),
            _ => error.to_string(),
        };
        record.state = to;
        record.update_time = SystemTime::now();
        if to == SandboxState::Failed {
            record.machine = None;
            record.stop_time = Some(record.update_time);
            self.ended = None;
        }
        let deleting = to == SandboxState::Deleting;
        let record = self.shared.publish(&self.entry, record, |live| {
            live.stopped = Instant::now();
            live.delete_failed = deleting.then(Instant::now);
            if !deleting {
                live.machine = None;
            }
        });
        self.record_failure(&record, error.clone());
    }

    /// Writes a failure down, then tells the waiters of it: as an action of
    /// its own where it is FAILED, so that the loop does not wait.
    fn record_failure(&mut self, record: &Arc<Sandbox>, error: EngineError) {
        self.answer_all(&Err(error));
        let (shared, record) = (Arc::clone(&self.shared), Sandbox::clone(record));
        if record.state == SandboxState::Failed {
            self.set_action(async move {
                shared.table.put(&record).await?;
                Ok(Settled::new(record, None))
            });
        }
    }
}
