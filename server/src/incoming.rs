//! Connections that come in, so many at once.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Pause after the kernel refused to accept, most likely for want of
/// descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// A listener with a bound; what is over it waits in the kernel's queue.
pub(crate) struct Incoming {
    listener: TcpListener,
    slots: Arc<Semaphore>,
}

impl Incoming {
    /// `most` connections at once.
    pub(crate) fn new(listener: TcpListener, most: usize) -> Self {
        Self { listener, slots: Arc::new(Semaphore::new(most)) }
    }

    /// The next connection, and its slot, which is free when that is dropped.
    /// Cancel-safe.
    pub(crate) async fn next(&self) -> (TcpStream, OwnedSemaphorePermit) {
        loop {
            match self.accept().await {
                Ok(accepted) => return accepted,
                Err(error) => {
                    tracing::warn!(%error, "can't accept a connection");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn accept(&self) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(io::Error::other)?;
        let (stream, _) = self.listener.accept().await?;
        // Without it a small answer, or what is typed, waits for the delayed
        // ACK of what went before: 40 ms.
        stream.set_nodelay(true)?;
        Ok((stream, slot))
    }
}
