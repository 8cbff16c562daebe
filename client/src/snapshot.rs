//! Snapshots.

use crate::client::Client;
use crate::error::Error;
use crate::page::{PAGE_SIZE, all_pages};
use crate::v1::{
    CreateSnapshotRequest, DeleteSnapshotRequest, GetSnapshotRequest, ListSnapshotsRequest,
    ListSnapshotsResponse, Snapshot,
};

impl Client {
    /// Takes a snapshot of a sandbox's disk, and of the volume that was made
    /// for it. It is whole and durable when this answers. A sandbox is made
    /// from it by `snapshot_id` of a create.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` with the fields named; `SANDBOX_NOT_FOUND`;
    /// `SNAPSHOT_NAME_TAKEN`; `DISK_FULL` on a full disk.
    pub async fn create_snapshot(&self, request: CreateSnapshotRequest) -> Result<Snapshot, Error> {
        Ok(self.snapshots().create_snapshot(request).await?.into_inner())
    }

    /// Reads one snapshot, by id or name.
    ///
    /// # Errors
    ///
    /// `SNAPSHOT_NOT_FOUND`.
    pub async fn snapshot(&self, snapshot: &str) -> Result<Snapshot, Error> {
        let request = GetSnapshotRequest { snapshot_id: snapshot.to_owned() };
        Ok(self.snapshots().get_snapshot(request).await?.into_inner())
    }

    /// Reads all snapshots that have all labels of `filter` and are of its
    /// sandbox, by name. Its page is not looked at.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn list_snapshots(
        &self,
        filter: ListSnapshotsRequest,
    ) -> Result<Vec<Snapshot>, Error> {
        all_pages(async |page_token| {
            let request =
                ListSnapshotsRequest { page_size: PAGE_SIZE, page_token, ..filter.clone() };
            let page = self.snapshots_page(request).await?;
            Ok((page.snapshots, page.next_page_token))
        })
        .await
    }

    /// Reads one page of snapshots, by name.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a bad page size, or a page token of another list.
    pub async fn snapshots_page(
        &self,
        request: ListSnapshotsRequest,
    ) -> Result<ListSnapshotsResponse, Error> {
        Ok(self.snapshots().list_snapshots(request).await?.into_inner())
    }

    /// Removes a snapshot; one that is not there is no error. Sandboxes that
    /// were made from it stay as they are.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn delete_snapshot(&self, snapshot: &str) -> Result<(), Error> {
        let request = DeleteSnapshotRequest { snapshot_id: snapshot.to_owned() };
        self.snapshots().delete_snapshot(request).await?;
        Ok(())
    }
}
