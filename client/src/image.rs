//! Images.

use std::io;

use bytes::{Bytes, BytesMut};
use futures::stream::{self, Stream, StreamExt};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::oneshot;

use crate::client::Client;
use crate::error::Error;
use crate::v1::import_image_request::{Part, Start};
use crate::v1::{
    DeleteImageRequest, GetImageRequest, Image, ImportImageRequest, ListImagesRequest,
};

/// The most that one page holds.
const PAGE_SIZE: i32 = 1000;
/// How much of an archive goes into one message; the API takes up to 1 MiB.
const CHUNK_SIZE: usize = 256 << 10;

/// Why an import failed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The archive could not be read on this side. Nothing was imported.
    #[error("the archive can't be read: {0}")]
    Archive(#[source] io::Error),
    /// The daemon refused it.
    #[error(transparent)]
    Call(#[from] Error),
}

impl Client {
    /// Makes an image of a root file system in a tar archive (plain, gzip or
    /// zstd). It is whole or it is not there.
    ///
    /// # Errors
    ///
    /// An archive that can't be read, is damaged, or holds what an image may
    /// not; a bad name, or one in use.
    pub async fn import_image<R>(&self, name: &str, archive: R) -> Result<Image, ImportError>
    where
        R: AsyncRead + Send + Unpin + 'static,
    {
        let chunks = stream::unfold(archive, |mut archive| async move {
            let mut chunk = BytesMut::with_capacity(CHUNK_SIZE);
            match archive.read_buf(&mut chunk).await {
                Ok(0) => None,
                Ok(_) => Some((Ok(chunk.freeze()), archive)),
                Err(error) => Some((Err(error), archive)),
            }
        });
        self.import_image_chunks(name, chunks).await
    }

    /// As [`Client::import_image`], of an archive that comes in pieces of at
    /// most 1 MiB each. An error of the stream cancels the import.
    ///
    /// # Errors
    ///
    /// As [`Client::import_image`].
    pub async fn import_image_chunks<S>(&self, name: &str, chunks: S) -> Result<Image, ImportError>
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        let (failed, failure) = oneshot::channel();
        let start = Part::Start(Start { name: name.to_owned() });
        let parts = stream::once(async { start }).chain(chunk_parts(chunks, failed));
        let requests = parts.map(|part| ImportImageRequest { part: Some(part) });
        let mut images = self.images();
        tokio::select! {
            biased;
            // The requests' end would be the archive's end, and half an
            // archive an image: dropping the call is what takes it back.
            Ok(error) = failure => Err(ImportError::Archive(error)),
            answer = images.import_image(requests) => {
                Ok(answer.map_err(Error::from)?.into_inner())
            }
        }
    }

    /// Reads one image, by id or name.
    ///
    /// # Errors
    ///
    /// `IMAGE_NOT_FOUND`.
    pub async fn image(&self, image: &str) -> Result<Image, Error> {
        let request = GetImageRequest { image_id: image.to_owned() };
        Ok(self.images().get_image(request).await?.into_inner())
    }

    /// Reads all images, by name.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn list_images(&self) -> Result<Vec<Image>, Error> {
        let mut request =
            ListImagesRequest { page_size: PAGE_SIZE, ..ListImagesRequest::default() };
        let mut all = Vec::new();
        loop {
            let page = self.images().list_images(request.clone()).await?.into_inner();
            all.extend(page.images);
            if page.next_page_token.is_empty() {
                return Ok(all);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Removes an image; one that is not there is no error.
    ///
    /// # Errors
    ///
    /// `FailedPrecondition` for `host`, and while a sandbox was made from it.
    pub async fn delete_image(&self, image: &str) -> Result<(), Error> {
        let request = DeleteImageRequest { image_id: image.to_owned() };
        self.images().delete_image(request).await?;
        Ok(())
    }
}

/// The pieces as parts of a request. The first error goes to `failed`, and
/// then nothing comes any more: not even the end.
fn chunk_parts<S>(chunks: S, failed: oneshot::Sender<io::Error>) -> impl Stream<Item = Part> + Send
where
    S: Stream<Item = io::Result<Bytes>> + Send + 'static,
{
    stream::unfold((Box::pin(chunks), failed), |(mut chunks, failed)| async move {
        match chunks.next().await {
            None => None,
            Some(Ok(chunk)) => Some((Part::Chunk(chunk), (chunks, failed))),
            Some(Err(error)) => {
                // The receiver is gone only with the call, and then so is this.
                failed.send(error).ok();
                std::future::pending().await
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_failed_archive_never_looks_like_its_end() {
        let (failed, mut failure) = oneshot::channel();
        let chunks = stream::iter([
            Ok(Bytes::from_static(b"one")),
            Err(io::Error::other("torn")),
            Ok(Bytes::from_static(b"two")),
        ]);
        let mut parts = Box::pin(chunk_parts(chunks, failed));
        assert_eq!(parts.next().await, Some(Part::Chunk(Bytes::from_static(b"one"))));
        assert_eq!(parts.next().now_or_never(), None);
        assert_eq!(failure.try_recv().expect("the error").to_string(), "torn");
    }
}
