//! Published ports: bytes from a port of the host to one of a sandbox, which
//! is woken as by a preview.

use std::sync::{Arc, Weak};

use tokio::io::copy_bidirectional;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

use super::Inner;
use super::host::Place;
use super::refusal::Refusal;
use crate::publish::Caller;

/// Takes who comes in, until it is dropped.
pub(super) struct Published(JoinHandle<()>);

impl Published {
    pub(super) fn start(inner: &Arc<Inner>, callers: mpsc::Receiver<Caller>) -> Self {
        Self(tokio::spawn(take(Arc::downgrade(inner), callers)))
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn take(inner: Weak<Inner>, mut callers: mpsc::Receiver<Caller>) {
    let mut waiting = JoinSet::new();
    loop {
        let caller = tokio::select! {
            Some(_ended) = waiting.join_next() => continue,
            caller = callers.recv() => caller,
        };
        let (Some(caller), Some(inner)) = (caller, inner.upgrade()) else { return };
        waiting.spawn(async move {
            let (sandbox, port) = (caller.sandbox.clone(), caller.port);
            if let Err(error) = inner.lead(caller).await {
                tracing::debug!(%sandbox, port, %error, "a published port leads nowhere");
            }
        });
    }
}

impl Inner {
    async fn lead(&self, caller: Caller) -> Result<(), Refusal> {
        let Caller { sandbox, port, mut stream } = caller;
        let place = Place { sandbox, port };
        let (target, open) = self.open(&place)?;
        let leads = target.connect(&self.engine, &open.visit, self.config.patience);
        // Who leaves while it wakes is noticed when it is awake.
        let mut app = leads.await?;
        target.spawn(async move {
            // A connection that broke has ended, for both.
            let _ = copy_bidirectional(&mut stream, &mut app).await;
            drop(open);
        })
    }
}
