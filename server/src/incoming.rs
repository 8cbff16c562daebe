//! Connections that come in, so many at once.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustix::net::sockopt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Pause after the kernel refused to accept, most likely for want of
/// descriptors.
const PAUSE: Duration = Duration::from_millis(100);
/// A connection without a byte for so long is asked whether it is there.
const SILENCE: Duration = Duration::from_secs(60);
/// So often, and so many times until it is cut.
const PROBE_INTERVAL: Duration = Duration::from_secs(15);
const PROBES: u32 = 4;

/// Makes a connection that came in lively: a small answer, or what is typed,
/// does not wait for the delayed ACK of what went before, 40 ms; and one whose
/// other end has vanished is found out, though nothing is sent on it.
pub(crate) fn set_up(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    sockopt::set_tcp_keepidle(stream, SILENCE)?;
    sockopt::set_tcp_keepintvl(stream, PROBE_INTERVAL)?;
    sockopt::set_tcp_keepcnt(stream, PROBES)?;
    Ok(sockopt::set_socket_keepalive(stream, true)?)
}

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
        set_up(&stream)?;
        Ok((stream, slot))
    }
}
