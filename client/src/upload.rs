//! What is sent in pieces: an archive, a file.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream, Stream, StreamExt};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::oneshot;
use tonic::{Response, Status};

use crate::error::Error;

/// How much goes into one message; the API takes up to 1 MiB.
const CHUNK_SIZE: usize = 256 << 10;

/// Why something could not be sent.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// What was to be sent could not be read on this side. Nothing arrived.
    #[error("what is sent can't be read: {0}")]
    Source(#[source] io::Error),
    /// The daemon refused it.
    #[error(transparent)]
    Call(#[from] Error),
}

/// What a reader gives, in pieces that a message can hold.
pub fn chunks<R>(reader: R) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static
where
    R: AsyncRead + Send + Unpin + 'static,
{
    stream::unfold(reader, |mut reader| async move {
        let mut chunk = BytesMut::with_capacity(CHUNK_SIZE);
        match reader.read_buf(&mut chunk).await {
            Ok(0) => None,
            Ok(_) => Some((Ok(chunk.freeze()), reader)),
            Err(error) => Some((Err(error), reader)),
        }
    })
}

/// The messages of a call. A type without a lifetime, or the compiler does not
/// see that the call may be made by a task of its own.
pub(crate) struct Requests<R>(BoxStream<'static, R>);

impl<R> Stream for Requests<R> {
    type Item = R;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<R>> {
        self.0.poll_next_unpin(context)
    }
}

/// Sends what comes first, all pieces, and what comes last, in one call. An
/// error of the pieces takes the call back.
pub(crate) async fn send<R, T, F>(
    first: R,
    chunks: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    piece: impl Fn(Bytes) -> R + Send + 'static,
    last: Option<R>,
    call: impl FnOnce(Requests<R>) -> F,
) -> Result<T, UploadError>
where
    R: Send + 'static,
    F: Future<Output = Result<Response<T>, Status>>,
{
    let (failed, failure) = oneshot::channel();
    let pieces = until_failed(chunks, failed).map(piece);
    let requests = stream::iter([first]).chain(pieces).chain(stream::iter(last));
    sent(call(Requests(requests.boxed())), failure).await
}

/// The pieces, until one can't be read; that error goes to `failed`, and then
/// nothing comes any more: not even the end.
fn until_failed<S>(
    chunks: S,
    failed: oneshot::Sender<io::Error>,
) -> impl Stream<Item = Bytes> + Send
where
    S: Stream<Item = io::Result<Bytes>> + Send + 'static,
{
    stream::unfold((Box::pin(chunks), failed), |(mut chunks, failed)| async move {
        match chunks.next().await {
            None => None,
            Some(Ok(chunk)) => Some((chunk, (chunks, failed))),
            Some(Err(error)) => {
                // The receiver is gone only with the call, and then so is this.
                failed.send(error).ok();
                std::future::pending().await
            }
        }
    })
}

/// Waits for the call, or for the failure of what it sends.
async fn sent<T>(
    call: impl Future<Output = Result<Response<T>, Status>>,
    failure: oneshot::Receiver<io::Error>,
) -> Result<T, UploadError> {
    tokio::select! {
        biased;
        // The requests' end would be the end of what is sent, and half of it
        // would arrive: dropping the call is what takes it back.
        Ok(error) = failure => Err(UploadError::Source(error)),
        answer = call => Ok(answer.map_err(Error::from)?.into_inner()),
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_failed_source_never_looks_like_its_end() {
        let (failed, mut failure) = oneshot::channel();
        let chunks = stream::iter([
            Ok(Bytes::from_static(b"one")),
            Err(io::Error::other("torn")),
            Ok(Bytes::from_static(b"two")),
        ]);
        let mut parts = Box::pin(until_failed(chunks, failed));
        assert_eq!(parts.next().await, Some(Bytes::from_static(b"one")));
        assert_eq!(parts.next().now_or_never(), None);
        assert_eq!(failure.try_recv().expect("the error").to_string(), "torn");
    }
}
