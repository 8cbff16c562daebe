//! Archives of images and snapshots as streams, out and in.

use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt};
use tokio::sync::mpsc;
use tonic::Status;

use super::check::field;
use super::{Drain, status};
use crate::archive::{Intake, UnpackError};

/// Bytes of one piece of an archive.
const MAX_CHUNK_BYTES: usize = 1 << 20;

/// The pieces of an export, until the daemon goes down.
pub(super) fn exported<E: Send + 'static>(
    pieces: mpsc::Receiver<Result<Bytes, E>>,
    drain: Drain,
) -> impl Stream<Item = Result<Bytes, Status>> + Send + 'static
where
    Status: From<E>,
{
    stream::unfold((pieces, drain), |(mut pieces, mut drain)| async move {
        let next = tokio::select! {
            () = drain.begun() => Err(status::shutting_down("the daemon goes down")),
            next = pieces.recv() => next?.map_err(Status::from),
        };
        if next.is_err() {
            pieces.close();
        }
        Some((next, (pieces, drain)))
    })
}

/// Hands over the pieces of an import and says what was made of them. One that
/// has failed needs no more of them; one whose caller has is undone.
pub(super) async fn received<T, E: From<UnpackError>>(
    mut import: Intake<T, E>,
    mut chunks: impl Stream<Item = Result<Bytes, Status>> + Unpin,
) -> Result<T, Status>
where
    Status: From<E>,
{
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.and_then(|chunk| match chunk.len() {
            0..=MAX_CHUNK_BYTES => Ok(chunk),
            bytes => {
                let message = format!("must have at most {MAX_CHUNK_BYTES} bytes, has {bytes}");
                Err(field("chunk", message))
            }
        });
        match chunk {
            Ok(chunk) => {
                if import.piece(chunk).await.is_err() {
                    break;
                }
            }
            Err(status) => {
                import.abort().await;
                return Err(status);
            }
        }
    }
    Ok(import.finish().await?)
}
