//! Images.

use std::io;

use bytes::Bytes;
use futures::stream::Stream;
use tokio::io::AsyncRead;
use tonic::Streaming;

use crate::client::Client;
use crate::error::Error;
use crate::export::Export;
use crate::page::{PAGE_SIZE, all_pages};
use crate::upload::{self, UploadError};
use crate::v1::import_image_request::{Part, Start};
use crate::v1::pull_image_response::Event;
use crate::v1::{
    BuildImageRequest, BuildImageResponse, DeleteImageRequest, ExportImageRequest, GetImageRequest,
    Image, ImportImageRequest, ListImagesRequest, PruneImagesRequest, PruneImagesResponse,
    PullImageRequest, PullImageResponse, TagImageRequest,
};
use crate::v1::{build_image_request, build_image_response};

/// A pull under way; dropping it takes it back, unless others wait for it.
#[derive(Debug)]
pub struct Pull {
    events: Streaming<PullImageResponse>,
}

impl Pull {
    /// The next event; the image is the last one.
    ///
    /// # Errors
    ///
    /// Why it is not pulled.
    pub async fn next(&mut self) -> Result<Option<Event>, Error> {
        Ok(self.events.message().await?.and_then(|message| message.event))
    }
}

/// A build under way; dropping it ends it.
#[derive(Debug)]
pub struct Build {
    events: Streaming<BuildImageResponse>,
}

impl Build {
    /// The next event; the image is the last one.
    ///
    /// # Errors
    ///
    /// `BUILD_FAILED` with the end of the log, `BUILD_TIMED_OUT`.
    pub async fn next(&mut self) -> Result<Option<build_image_response::Event>, Error> {
        Ok(self.events.message().await?.and_then(|message| message.event))
    }
}

impl Client {
    /// Builds an image of a Containerfile and a context, a tar archive in
    /// pieces of at most 1 MiB each. An error of the stream cancels the build.
    ///
    /// # Errors
    ///
    /// `BUILDER_MISSING` where the daemon's machine has no buildah; a bad
    /// name, or one in use; a context that can't be read.
    pub async fn build_image<S>(
        &self,
        start: build_image_request::Start,
        context: S,
    ) -> Result<Build, UploadError>
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        use build_image_request::Part;
        let request = |part| BuildImageRequest { part: Some(part) };
        let piece = move |chunk| request(Part::Chunk(chunk));
        let mut images = self.images();
        let call = |requests| async move { images.build_image(requests).await };
        let events = upload::send(request(Part::Start(start)), context, piece, None, call).await?;
        Ok(Build { events })
    }

    /// Exports an image as an OCI archive.
    ///
    /// # Errors
    ///
    /// `IMAGE_NOT_FOUND`; `FailedPrecondition` for `host`.
    pub async fn export_image(&self, image: &str) -> Result<Export, Error> {
        let request = ExportImageRequest { image_id: image.to_owned() };
        Ok(Export::of_image(self.images().export_image(request).await?.into_inner()))
    }

    /// Pulls an image from a registry.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a reference that is none; why it is not pulled,
    /// from [`Pull::next`].
    pub async fn pull_image(&self, request: PullImageRequest) -> Result<Pull, Error> {
        Ok(Pull { events: self.images().pull_image(request).await?.into_inner() })
    }

    /// Gives an image one more name.
    ///
    /// # Errors
    ///
    /// `IMAGE_NOT_FOUND`, `IMAGE_NAME_TAKEN`; `FailedPrecondition` for `host`.
    pub async fn tag_image(&self, image: &str, name: &str) -> Result<Image, Error> {
        let request = TagImageRequest { image_id: image.to_owned(), name: name.to_owned() };
        Ok(self.images().tag_image(request).await?.into_inner())
    }

    /// Removes images that no sandbox was made from, and layers without an
    /// image.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn prune_images(
        &self,
        request: PruneImagesRequest,
    ) -> Result<PruneImagesResponse, Error> {
        Ok(self.images().prune_images(request).await?.into_inner())
    }

    /// Makes an image of a tar archive (plain, gzip or zstd) of a root file
    /// system, or of one image's layers. It is whole or it is not there.
    ///
    /// # Errors
    ///
    /// An archive that can't be read, is damaged, or holds what an image may
    /// not; a bad name, or one in use.
    pub async fn import_image<R>(&self, name: &str, archive: R) -> Result<Image, UploadError>
    where
        R: AsyncRead + Send + Unpin + 'static,
    {
        self.import_image_chunks(name, upload::chunks(archive)).await
    }

    /// As [`Client::import_image`], of an archive that comes in pieces of at
    /// most 1 MiB each. An error of the stream cancels the import.
    ///
    /// # Errors
    ///
    /// As [`Client::import_image`].
    pub async fn import_image_chunks<S>(&self, name: &str, chunks: S) -> Result<Image, UploadError>
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        let request = |part| ImportImageRequest { part: Some(part) };
        let start = request(Part::Start(Start { name: name.to_owned() }));
        let piece = move |chunk| request(Part::Chunk(chunk));
        let mut images = self.images();
        let call = |requests| async move { images.import_image(requests).await };
        upload::send(start, chunks, piece, None, call).await
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
        all_pages(async |page_token| {
            let request = ListImagesRequest { page_size: PAGE_SIZE, page_token };
            let page = self.images().list_images(request).await?.into_inner();
            Ok((page.images, page.next_page_token))
        })
        .await
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
