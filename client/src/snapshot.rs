//! Snapshots.

use std::io;

use bytes::Bytes;
use futures::stream::Stream;

use crate::client::Client;
use crate::error::Error;
use crate::export::Export;
use crate::page::{PAGE_SIZE, all_pages};
use crate::upload::{self, UploadError};
use crate::v1::import_snapshot_request::{Part, Start};
use crate::v1::{
    CreateSnapshotRequest, DeleteSnapshotRequest, ExportSnapshotRequest, GetSnapshotRequest,
    ImportSnapshotRequest, ListSnapshotsRequest, ListSnapshotsResponse, Snapshot,
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

    /// Exports a snapshot as an archive, which [`Client::import_snapshot`] takes
    /// where its image is.
    ///
    /// # Errors
    ///
    /// `SNAPSHOT_NOT_FOUND`; `TOO_MANY_TRANSFERS`.
    pub async fn export_snapshot(&self, snapshot: &str) -> Result<Export, Error> {
        let request = ExportSnapshotRequest { snapshot_id: snapshot.to_owned() };
        Ok(Export::of_snapshot(self.snapshots().export_snapshot(request).await?.into_inner()))
    }

    /// Makes a snapshot of such an archive, in pieces of at most 1 MiB each. It
    /// is whole or it is not there. An error of the stream cancels the import.
    /// An empty name is the one that the snapshot had.
    ///
    /// # Errors
    ///
    /// `BAD_ARCHIVE`, `BAD_MEMBER`, `NOT_A_SNAPSHOT`; `IMAGE_MISSING` where its
    /// image is not here, `IMAGE_DIFFERS` where that is another one;
    /// `SNAPSHOT_NAME_TAKEN`; `DISK_FULL`.
    pub async fn import_snapshot<S>(&self, name: &str, chunks: S) -> Result<Snapshot, UploadError>
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        let request = |part| ImportSnapshotRequest { part: Some(part) };
        let start = request(Part::Start(Start { name: name.to_owned() }));
        let piece = move |chunk| request(Part::Chunk(chunk));
        let mut snapshots = self.snapshots();
        let call = |requests| async move { snapshots.import_snapshot(requests).await };
        upload::send(start, chunks, piece, None, call).await
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
