//! `WatchSandboxes`: what is there, then each change.

use std::collections::BTreeMap;

use futures::stream::{self, BoxStream, StreamExt};
use skerry_api::v1::WatchSandboxesResponse;
use skerry_api::v1::watch_sandboxes_response::EventType;

use tonic::Status;

use super::{Drain, KEEP_ALIVE, convert, status};
use crate::engine::{SandboxChange, SandboxEvent, Watch};
use crate::model::{Reach, Sandbox, has_labels};

/// What a watch is of.
pub(super) struct Wanted {
    /// Who watches reaches it.
    pub(super) reach: Reach,
    /// Id or name; empty: all.
    pub(super) sandbox: String,
    pub(super) labels: BTreeMap<String, String>,
}

impl Wanted {
    fn matches(&self, sandbox: &Sandbox) -> bool {
        let named = self.sandbox.is_empty()
            || self.sandbox == sandbox.id.as_str()
            || self.sandbox == sandbox.name;
        self.reach.includes_sandbox(sandbox) && named && has_labels(&sandbox.labels, &self.labels)
    }
}

fn event(kind: EventType, sandbox: Option<Sandbox>) -> WatchSandboxesResponse {
    WatchSandboxesResponse { r#type: kind.into(), sandbox: sandbox.map(convert::sandbox) }
}

fn change(change: &SandboxEvent) -> WatchSandboxesResponse {
    let kind = match change.change {
        SandboxChange::Created => EventType::Created,
        SandboxChange::Updated => EventType::Updated,
        SandboxChange::Deleted => EventType::Deleted,
    };
    event(kind, Some(Sandbox::clone(&change.sandbox)))
}

/// What was there, CURRENT, then changes until an error ends it.
pub(super) fn events(
    mut watch: Watch,
    wanted: Wanted,
    drain: Drain,
) -> BoxStream<'static, Result<WatchSandboxesResponse, Status>> {
    let mut existing = watch.take_existing();
    existing.retain(|sandbox| wanted.matches(sandbox));
    let existing = existing
        .into_iter()
        .map(|sandbox| Ok(event(EventType::Existing, Some(Sandbox::clone(&sandbox)))));
    let changes = Changes { watch, wanted, drain };
    let changes = stream::unfold(Some(changes), |changes| async move {
        let mut changes = changes?;
        match changes.next().await {
            Ok(event) => Some((Ok(event), Some(changes))),
            Err(status) => Some((Err(status), None)),
        }
    });
    let current = stream::iter([Ok(event(EventType::Current, None))]);
    stream::iter(existing).chain(current).chain(changes).boxed()
}

struct Changes {
    watch: Watch,
    wanted: Wanted,
    drain: Drain,
}

impl Changes {
    async fn next(&mut self) -> Result<WatchSandboxesResponse, Status> {
        // Changes of other sandboxes don't put the keep-alive off.
        let silence = tokio::time::sleep(KEEP_ALIVE);
        tokio::pin!(silence);
        loop {
            tokio::select! {
                biased;
                () = self.drain.begun() => {
                    return Err(status::shutting_down("the daemon is shutting down; watch anew"));
                }
                next = self.watch.next() => match next? {
                    next if self.wanted.matches(&next.sandbox) => return Ok(change(&next)),
                    _ => {}
                },
                () = &mut silence => return Ok(event(EventType::KeepAlive, None)),
            }
        }
    }
}
