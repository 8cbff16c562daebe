//! What callers do against a sandbox's end: use it, keep it, have it always
//! on.

use std::time::{Duration, SystemTime};

use futures::stream::{self, StreamExt};
use tokio::time::Instant;

use super::{Engine, EngineError, SandboxPatch};
use crate::model::{Sandbox, SandboxId};

/// Sandboxes started at once at the daemon's own start.
const STARTS_AT_ONCE: usize = 8;

impl Engine {
    /// Counts as work on a sandbox, for its idle time.
    pub fn touch(&self, id_or_name: &str) {
        if let Ok(entry) = self.core.shared.find(id_or_name) {
            entry.live(|live| live.active = Instant::now());
        }
    }

    /// Counts as work on a sandbox until this span is over; without one, as a
    /// touch does.
    pub async fn keep_alive(
        &self,
        id_or_name: &str,
        span: Option<Duration>,
    ) -> Result<Sandbox, EngineError> {
        let Some(span) = span.filter(|span| !span.is_zero()) else {
            self.touch(id_or_name);
            return self.get(id_or_name);
        };
        let keep_alive = Some(SystemTime::now() + span);
        let patch = SandboxPatch { keep_alive, ..SandboxPatch::default() };
        let kept = self.update(id_or_name, patch).await?;
        let end = Instant::now() + span;
        self.core.shared.find(kept.id.as_str())?.live(|live| live.kept = live.kept.max(end));
        Ok(kept)
    }

    /// Starts what is always on and was lost with the host.
    pub(super) async fn start_again(self, lost: Vec<SandboxId>) {
        let each = |id: SandboxId| {
            let engine = self.clone();
            async move {
                if let Err(error) = engine.start(id.as_str()).await {
                    tracing::warn!(sandbox = %id, %error, "is always on and can't be started");
                }
            }
        };
        stream::iter(lost).for_each_concurrent(STARTS_AT_ONCE, each).await;
    }
}
