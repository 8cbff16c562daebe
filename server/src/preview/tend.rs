//! Follows the sandboxes: connections end with what they lead to.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use super::Inner;
use crate::engine::{EngineError, SandboxChange, SandboxEvent};
use crate::model::{Sandbox, SandboxState};

/// Between two looks for connections that nobody uses.
const TIDY_EVERY: Duration = Duration::from_secs(5);

/// The task, which ends with this.
pub(super) struct Tending(JoinHandle<()>);

impl Tending {
    pub(super) fn start(inner: &Arc<Inner>) -> Self {
        Self(tokio::spawn(follow(Arc::downgrade(inner))))
    }
}

impl Drop for Tending {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Until the daemon goes down. A watch that fell behind begins anew.
async fn follow(inner: Weak<Inner>) {
    loop {
        let Some(watched) = inner.upgrade().map(|inner| (inner.engine.watch(), inner.all_held()))
        else {
            return;
        };
        let (Ok(mut watch), ()) = watched else { return };
        drop(watch.take_existing());
        let mut tidy = tokio::time::interval(TIDY_EVERY);
        tidy.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                event = watch.next() => match (event, inner.upgrade()) {
                    (Ok(event), Some(inner)) => inner.heard(&event),
                    (Err(_), Some(_)) => break,
                    (_, None) => return,
                },
                _ = tidy.tick() => match inner.upgrade() {
                    Some(inner) => inner.tidy(),
                    None => return,
                },
            }
        }
    }
}

impl Inner {
    fn heard(&self, event: &SandboxEvent) {
        let sandbox = &event.sandbox;
        match (event.change, sandbox.state) {
            (SandboxChange::Deleted, _) | (_, SandboxState::Deleting) => self.gone(sandbox),
            (_, SandboxState::Stopped | SandboxState::Failed) => self.of(&sandbox.id, |target| {
                target.cut();
                true
            }),
            (_, SandboxState::Running) => self.hold_to(sandbox),
            _ => {
                self.of(&sandbox.id, |target| {
                    target.rest();
                    true
                });
                self.hold_to(sandbox);
            }
        }
    }

    /// A target that a request has, which it got under this lock, stays.
    fn tidy(&self) {
        let mut targets = self.targets.lock();
        targets.retain(|_, target| !target.tidy() || Arc::strong_count(target) > 1);
    }

    fn gone(&self, sandbox: &Sandbox) {
        self.of(&sandbox.id, |target| {
            target.close();
            false
        });
    }

    /// Looks at every sandbox that has a target.
    fn all_held(&self) {
        let places: Vec<_> = self.targets.lock().keys().cloned().collect();
        for place in places {
            match self.engine.get(place.sandbox.as_str()) {
                Ok(sandbox) => self.hold_to(&sandbox),
                Err(EngineError::NotFound { .. }) => self.of(&place.sandbox, |target| {
                    target.close();
                    false
                }),
                Err(_) => {}
            }
        }
    }
}
