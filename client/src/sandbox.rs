//! Sandboxes.

use std::collections::BTreeMap;
use std::time::Duration;

use prost_types::FieldMask;
use tonic::Streaming;

use crate::client::Client;
use crate::error::Error;
use crate::page::{PAGE_SIZE, all_pages};
use crate::span::longest_possible;
use crate::v1::watch_sandboxes_response::EventType;
use crate::v1::{
    CoalesceSandboxesRequest, CoalesceSandboxesResponse, CreateSandboxRequest,
    DeleteSandboxRequest, ForkSandboxRequest, GetSandboxRequest, KeepAliveRequest,
    ListSandboxesRequest, PauseSandboxRequest, ResumeSandboxRequest, Sandbox, StartSandboxRequest,
    StopSandboxRequest, UpdateSandboxRequest, WatchSandboxesRequest, WatchSandboxesResponse,
};

/// Changes of sandboxes as they happen: first an `EXISTING` event for each
/// that is there, then `CURRENT`, then each change.
#[derive(Debug)]
pub struct Watch {
    events: Streaming<WatchSandboxesResponse>,
}

impl Watch {
    /// The next event; `None` when the daemon ended the watch in order.
    /// Keep-alives are left out. Cancel-safe.
    ///
    /// # Errors
    ///
    /// `ResourceExhausted` for a watcher that fell too far behind: watch
    /// anew. Otherwise a connection that was lost.
    pub async fn next(&mut self) -> Result<Option<WatchSandboxesResponse>, Error> {
        loop {
            match self.events.message().await? {
                Some(event) if event.r#type() == EventType::KeepAlive => {}
                event => return Ok(event),
            }
        }
    }
}

impl Client {
    /// Makes a sandbox and starts it; answers when it runs. Set `request_id`
    /// where the call may be repeated after a cut: the second answers with
    /// the first one's sandbox.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` with the fields named; `IMAGE_NOT_FOUND`,
    /// `SNAPSHOT_NOT_FOUND`, `VOLUME_NOT_FOUND`; a name in use; the host's
    /// bound; `DISK_LIMIT_UNSUPPORTED` for a size where the storage holds none.
    pub async fn create_sandbox(&self, request: CreateSandboxRequest) -> Result<Sandbox, Error> {
        Ok(self.sandboxes().create_sandbox(request).await?.into_inner())
    }

    /// Counts as work on a sandbox for this long, or at this moment: its idle
    /// timeout starts anew then.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`; `InvalidArgument` for more than 24 hours.
    pub async fn keep_alive(
        &self,
        sandbox: &str,
        period: Option<Duration>,
    ) -> Result<Sandbox, Error> {
        let period = period.map(longest_possible);
        let request = KeepAliveRequest { sandbox_id: sandbox.to_owned(), period };
        Ok(self.sandboxes().keep_alive(request).await?.into_inner())
    }

    /// Reads one sandbox.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`.
    pub async fn sandbox(&self, sandbox: &str) -> Result<Sandbox, Error> {
        let request = GetSandboxRequest { sandbox_id: sandbox.to_owned() };
        Ok(self.sandboxes().get_sandbox(request).await?.into_inner())
    }

    /// Reads all sandboxes that have all these labels, in order of creation.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn list_sandboxes(
        &self,
        labels: BTreeMap<String, String>,
    ) -> Result<Vec<Sandbox>, Error> {
        all_pages(async |page_token| {
            let request = ListSandboxesRequest {
                page_size: PAGE_SIZE,
                labels: labels.clone(),
                page_token,
                ..ListSandboxesRequest::default()
            };
            let page = self.sandboxes().list_sandboxes(request).await?.into_inner();
            Ok((page.sandboxes, page.next_page_token))
        })
        .await
    }

    /// Changes the fields of a sandbox that `paths` names, for example
    /// `limits.memory_bytes`, to those of `values`.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a path that can't change, `SANDBOX_NOT_FOUND`, a
    /// name in use.
    pub async fn update_sandbox(
        &self,
        sandbox: &str,
        values: Sandbox,
        paths: Vec<String>,
    ) -> Result<Sandbox, Error> {
        let request = UpdateSandboxRequest {
            sandbox_id: sandbox.to_owned(),
            sandbox: Some(values),
            update_mask: Some(FieldMask { paths }),
        };
        Ok(self.sandboxes().update_sandbox(request).await?.into_inner())
    }

    /// Ends a sandbox's processes and removes its disk, in whatever state it
    /// is. One that is not there is no error.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn delete_sandbox(&self, sandbox: &str) -> Result<(), Error> {
        let request = DeleteSandboxRequest { sandbox_id: sandbox.to_owned() };
        self.sandboxes().delete_sandbox(request).await?;
        Ok(())
    }

    /// Starts a stopped or failed sandbox on its own disk.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`; `FailedPrecondition` for a paused one.
    pub async fn start_sandbox(&self, sandbox: &str) -> Result<Sandbox, Error> {
        let request = StartSandboxRequest { sandbox_id: sandbox.to_owned() };
        Ok(self.sandboxes().start_sandbox(request).await?.into_inner())
    }

    /// Ends a sandbox's processes and keeps its disk: SIGTERM, then SIGKILL
    /// after `grace` (at most 10 minutes; `None`: 10 seconds).
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`; `FailedPrecondition` for a failed one.
    pub async fn stop_sandbox(
        &self,
        sandbox: &str,
        grace: Option<Duration>,
    ) -> Result<Sandbox, Error> {
        // A span too long for the wire is too long for the daemon as well.
        let request = StopSandboxRequest {
            sandbox_id: sandbox.to_owned(),
            grace_period: grace.map(longest_possible),
        };
        Ok(self.sandboxes().stop_sandbox(request).await?.into_inner())
    }

    /// Freezes a sandbox's processes in memory.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`; `FailedPrecondition` unless it is running.
    pub async fn pause_sandbox(&self, sandbox: &str) -> Result<Sandbox, Error> {
        let request = PauseSandboxRequest { sandbox_id: sandbox.to_owned() };
        Ok(self.sandboxes().pause_sandbox(request).await?.into_inner())
    }

    /// Lets a paused sandbox's processes go on.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`; `FailedPrecondition` unless it is paused.
    pub async fn resume_sandbox(&self, sandbox: &str) -> Result<Sandbox, Error> {
        let request = ResumeSandboxRequest { sandbox_id: sandbox.to_owned() };
        Ok(self.sandboxes().resume_sandbox(request).await?.into_inner())
    }

    /// Makes sandboxes whose disks are what a sandbox's disk is at one
    /// instant; each starts anew. All are made, or none.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` with the fields named; `SANDBOX_NOT_FOUND`, a name in
    /// use, the host's bound, `DISK_FULL` on a full disk.
    pub async fn fork_sandbox(&self, request: ForkSandboxRequest) -> Result<Vec<Sandbox>, Error> {
        Ok(self.sandboxes().fork_sandbox(request).await?.into_inner().sandboxes)
    }

    /// Deletes a sandbox and all that was forked from it, at any depth, but
    /// the one to keep.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`; `NOT_A_FORK` where the one to keep is neither the
    /// sandbox nor forked from it.
    pub async fn coalesce_sandboxes(
        &self,
        sandbox: &str,
        keep: &str,
    ) -> Result<CoalesceSandboxesResponse, Error> {
        let request =
            CoalesceSandboxesRequest { sandbox_id: sandbox.to_owned(), keep_id: keep.to_owned() };
        Ok(self.sandboxes().coalesce_sandboxes(request).await?.into_inner())
    }

    /// Watches sandboxes: one by id or name, or all that have the labels.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`.
    pub async fn watch_sandboxes(&self, request: WatchSandboxesRequest) -> Result<Watch, Error> {
        let events = self.sandboxes().watch_sandboxes(request).await?.into_inner();
        Ok(Watch { events })
    }
}
