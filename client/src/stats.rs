//! What sandboxes use.

use std::time::Duration;

use tonic::Streaming;

use crate::client::Client;
use crate::error::Error;
use crate::span::longest_possible;
use crate::v1::{GetSandboxStatsRequest, SandboxStats, WatchSandboxStatsRequest};

/// What a sandbox uses, again and again.
#[derive(Debug)]
pub struct StatsWatch {
    stats: Streaming<SandboxStats>,
}

impl StatsWatch {
    /// The next reading; `None` when the daemon ended the watch in order.
    /// Cancel-safe.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND` once the sandbox is deleted; a connection that was
    /// lost.
    pub async fn next(&mut self) -> Result<Option<SandboxStats>, Error> {
        Ok(self.stats.message().await?)
    }
}

impl Client {
    /// Reads what a sandbox uses now: processor, memory, processes, disk,
    /// network. Of one that does not run, only the disk is told. It is no work
    /// on it.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`.
    pub async fn sandbox_stats(&self, sandbox: &str) -> Result<SandboxStats, Error> {
        let request = GetSandboxStatsRequest { sandbox_id: sandbox.to_owned() };
        Ok(self.sandboxes().get_sandbox_stats(request).await?.into_inner())
    }

    /// Reads the same at once and every `interval`: 100 milliseconds to 10
    /// seconds, `None` for a second.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`; `InvalidArgument` for another interval.
    pub async fn watch_sandbox_stats(
        &self,
        sandbox: &str,
        interval: Option<Duration>,
    ) -> Result<StatsWatch, Error> {
        let interval = interval.map(longest_possible);
        let request = WatchSandboxStatsRequest { sandbox_id: sandbox.to_owned(), interval };
        Ok(StatsWatch { stats: self.sandboxes().watch_sandbox_stats(request).await?.into_inner() })
    }
}
