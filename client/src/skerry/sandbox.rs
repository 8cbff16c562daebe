//! One sandbox.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::commands::Commands;
use super::events::Events;
use super::files::Files;
use super::ports::Ports;
use super::pty::Pty;
use super::snapshots::SandboxSnapshots;
use crate::client::Client;
use crate::error::Error;
use crate::retry::retrying;
use crate::span::longest_possible;
use crate::v1::{self, ForkSandboxRequest, SandboxState, SandboxStats, WatchSandboxStatsRequest};

/// An isolated Linux machine.
///
/// Clones are the same sandbox. Dropping it does nothing to it: what is not
/// needed any more is deleted by [`Sandbox::delete`], or by the timeouts that
/// it was made with.
#[derive(Debug, Clone)]
pub struct Sandbox {
    client: Client,
    id: String,
    /// As it was when it was last looked at.
    info: Arc<Mutex<Arc<v1::Sandbox>>>,
}

impl Sandbox {
    pub(super) fn new(client: Client, info: v1::Sandbox) -> Self {
        Self { client, id: info.id.clone(), info: Arc::new(Mutex::new(Arc::new(info))) }
    }

    /// Made by the daemon: `sbx_…`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// As it was when it was last looked at: see [`Sandbox::refresh`].
    pub fn info(&self) -> Arc<v1::Sandbox> {
        Arc::clone(&self.info.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Its name; the id where none was given.
    pub fn name(&self) -> String {
        self.info().name.clone()
    }

    /// Where in its life it was when it was last looked at.
    pub fn state(&self) -> SandboxState {
        self.info().state()
    }

    /// Commands in it.
    pub fn commands(&self) -> Commands {
        Commands { client: self.client.clone(), sandbox: self.id.clone() }
    }

    /// Its files.
    pub fn files(&self) -> Files {
        Files { client: self.client.clone(), sandbox: self.id.clone() }
    }

    /// Terminals in it.
    pub fn pty(&self) -> Pty {
        Pty { commands: self.commands() }
    }

    /// Its ports, seen from outside.
    pub fn ports(&self) -> Ports {
        Ports { client: self.client.clone(), sandbox: self.id.clone() }
    }

    /// Snapshots of its disk.
    pub fn snapshots(&self) -> SandboxSnapshots {
        SandboxSnapshots { client: self.client.clone(), sandbox: self.id.clone() }
    }

    /// Looks at it again.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.become_what(|| self.client.sandbox(&self.id)).await
    }

    /// Starts one that is stopped, on its own disk.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`; `WRONG_STATE` for a paused one.
    pub async fn start(&self) -> Result<(), Error> {
        self.become_what(|| self.client.start_sandbox(&self.id)).await
    }

    /// Ends its processes and keeps its disk: SIGTERM, then SIGKILL after 10
    /// seconds.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`; `WRONG_STATE` for a failed one.
    pub async fn stop(&self) -> Result<(), Error> {
        self.become_what(|| self.client.stop_sandbox(&self.id, None)).await
    }

    /// The same with another time after SIGTERM: at most 10 minutes.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::stop`].
    pub async fn stop_within(&self, grace: Duration) -> Result<(), Error> {
        self.become_what(|| self.client.stop_sandbox(&self.id, Some(grace))).await
    }

    /// Freezes its processes in memory.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`; `WRONG_STATE` unless it runs.
    pub async fn pause(&self) -> Result<(), Error> {
        self.become_what(|| self.client.pause_sandbox(&self.id)).await
    }

    /// Lets a paused one go on.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`; `WRONG_STATE` unless it is paused.
    pub async fn resume(&self) -> Result<(), Error> {
        self.become_what(|| self.client.resume_sandbox(&self.id)).await
    }

    /// Counts as work: its idle timeout starts anew.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`.
    pub async fn keep_alive(&self) -> Result<(), Error> {
        self.become_what(|| self.client.keep_alive(&self.id, None)).await
    }

    /// Counts as work for so long, at most 24 hours: its idle timeout starts
    /// anew then.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`; `INVALID_FIELD` for a longer period.
    pub async fn keep_alive_for(&self, period: Duration) -> Result<(), Error> {
        self.become_what(|| self.client.keep_alive(&self.id, Some(period))).await
    }

    /// Makes sandboxes whose disks are what its disk is now; each starts anew.
    /// All are made, or none.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`; the host's bounds; `DISK_FULL`.
    pub async fn fork(&self, count: u16) -> Result<Vec<Sandbox>, Error> {
        let request = ForkSandboxRequest {
            sandbox_id: self.id.clone(),
            count: count.into(),
            ..ForkSandboxRequest::default()
        };
        let forks = self.client.fork_sandbox(request).await?;
        Ok(forks.into_iter().map(|info| Self::new(self.client.clone(), info)).collect())
    }

    /// What it uses now: processor, memory, processes, disk, network. Of one
    /// that does not run, only the disk is told. It is no work on it.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`.
    pub async fn stats(&self) -> Result<SandboxStats, Error> {
        retrying(|| self.client.sandbox_stats(&self.id)).await
    }

    /// The same at once and every `interval`: 100 milliseconds to 10 seconds.
    pub fn watch_stats(&self, interval: Duration) -> Events<SandboxStats> {
        let client = self.client.clone();
        let interval = Some(longest_possible(interval));
        let request = WatchSandboxStatsRequest { sandbox_id: self.id.clone(), interval };
        Events::new(
            |_| true,
            move || {
                let (client, request) = (client.clone(), request.clone());
                async move { Ok(client.sandboxes().watch_sandbox_stats(request).await?.into_inner()) }
            },
        )
    }

    /// Ends it and removes its disk; one that is gone is no error.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn delete(&self) -> Result<(), Error> {
        retrying(|| self.client.delete_sandbox(&self.id)).await
    }

    async fn become_what<F>(&self, call: impl Fn() -> F) -> Result<(), Error>
    where
        F: Future<Output = Result<v1::Sandbox, Error>>,
    {
        let info = Arc::new(retrying(call).await?);
        *self.info.lock().unwrap_or_else(PoisonError::into_inner) = info;
        Ok(())
    }
}
