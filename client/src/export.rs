//! Archives that the daemon sends.

use bytes::Bytes;
use tonic::Streaming;

use crate::error::Error;
use crate::v1::{ExportImageResponse, ExportSnapshotResponse};

/// An image or a snapshot as an archive, in pieces; dropping it ends the
/// export.
#[derive(Debug)]
pub struct Export(Pieces);

#[derive(Debug)]
enum Pieces {
    Image(Streaming<ExportImageResponse>),
    Snapshot(Streaming<ExportSnapshotResponse>),
}

impl Export {
    pub(crate) fn of_image(pieces: Streaming<ExportImageResponse>) -> Self {
        Self(Pieces::Image(pieces))
    }

    pub(crate) fn of_snapshot(pieces: Streaming<ExportSnapshotResponse>) -> Self {
        Self(Pieces::Snapshot(pieces))
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    ///
    /// `DISK_FULL`; `SNAPSHOT_NOT_FOUND` for one that was removed meanwhile.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        Ok(match &mut self.0 {
            Pieces::Image(pieces) => pieces.message().await?.map(|piece| piece.chunk),
            Pieces::Snapshot(pieces) => pieces.message().await?.map(|piece| piece.chunk),
        })
    }
}
