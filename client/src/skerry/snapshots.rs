//! Disks of sandboxes as they were at one instant.

use std::collections::BTreeMap;

use crate::client::Client;
use crate::error::Error;
use crate::retry::retrying;
use crate::v1::{CreateSnapshotRequest, ListSnapshotsRequest, Snapshot, SnapshotScope};

/// All snapshots. A sandbox starts from one by [`CreateSandbox::snapshot`].
///
/// [`CreateSandbox::snapshot`]: super::CreateSandbox::snapshot
#[derive(Debug, Clone)]
pub struct Snapshots {
    pub(super) client: Client,
}

impl Snapshots {
    /// By id or name.
    ///
    /// # Errors
    ///
    /// `SNAPSHOT_NOT_FOUND`.
    pub async fn get(&self, snapshot: &str) -> Result<Snapshot, Error> {
        retrying(|| self.client.snapshot(snapshot)).await
    }

    /// All, by name.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn list(&self) -> Result<Vec<Snapshot>, Error> {
        list(&self.client, ListSnapshotsRequest::default()).await
    }

    /// Those that have all these labels, by name.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn list_with(
        &self,
        labels: BTreeMap<String, String>,
    ) -> Result<Vec<Snapshot>, Error> {
        list(&self.client, ListSnapshotsRequest { labels, ..ListSnapshotsRequest::default() }).await
    }

    /// Removes one; sandboxes that were made from it stay. One that is gone is
    /// no error.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn delete(&self, snapshot: &str) -> Result<(), Error> {
        retrying(|| self.client.delete_snapshot(snapshot)).await
    }
}

/// Snapshots of one sandbox.
#[derive(Debug, Clone)]
pub struct SandboxSnapshots {
    pub(super) client: Client,
    pub(super) sandbox: String,
}

impl SandboxSnapshots {
    /// Takes one of the disk. An empty name is its id.
    ///
    /// # Errors
    ///
    /// `SNAPSHOT_NAME_TAKEN`; `DISK_FULL`; `SANDBOX_NOT_FOUND`.
    pub async fn create(&self, name: &str) -> Result<Snapshot, Error> {
        self.take(name, SnapshotScope::Disk).await
    }

    /// Takes one of /workspace alone.
    ///
    /// # Errors
    ///
    /// As [`SandboxSnapshots::create`].
    pub async fn create_of_workspace(&self, name: &str) -> Result<Snapshot, Error> {
        self.take(name, SnapshotScope::Workspace).await
    }

    async fn take(&self, name: &str, scope: SnapshotScope) -> Result<Snapshot, Error> {
        let request = CreateSnapshotRequest {
            sandbox_id: self.sandbox.clone(),
            name: name.to_owned(),
            scope: scope.into(),
            ..CreateSnapshotRequest::default()
        };
        self.client.create_snapshot(request).await
    }

    /// The sandbox's, by name.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn list(&self) -> Result<Vec<Snapshot>, Error> {
        let sandbox_id = self.sandbox.clone();
        list(&self.client, ListSnapshotsRequest { sandbox_id, ..ListSnapshotsRequest::default() })
            .await
    }
}

async fn list(client: &Client, filter: ListSnapshotsRequest) -> Result<Vec<Snapshot>, Error> {
    retrying(|| client.list_snapshots(filter.clone())).await
}
