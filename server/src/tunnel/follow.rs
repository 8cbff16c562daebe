//! Follows the sandboxes: a tunnel ends with what it leads to.

use std::sync::{Arc, Weak};

use tokio::task::JoinHandle;

use super::Inner;
use crate::engine::SandboxChange;

/// The task, which ends with this.
pub(super) struct Following(JoinHandle<()>);

impl Following {
    pub(super) fn start(inner: &Arc<Inner>) -> Self {
        Self(tokio::spawn(follow(Arc::downgrade(inner))))
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Until the daemon goes down. A watch that fell behind begins anew.
async fn follow(inner: Weak<Inner>) {
    loop {
        let Some(Ok(mut watch)) = inner.upgrade().map(|inner| inner.engine.watch()) else {
            return;
        };
        let existing = watch.take_existing();
        if let Some(inner) = inner.upgrade() {
            inner.hold_to_all(&existing);
        }
        while let Ok(event) = watch.next().await {
            let Some(inner) = inner.upgrade() else { return };
            inner.hold_to(&event.sandbox, event.change == SandboxChange::Deleted);
        }
    }
}
