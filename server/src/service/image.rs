//! `ImageService`.

use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use skerry_api::v1::image_service_server::ImageService;
use skerry_api::v1::import_image_request::Part;
use skerry_api::v1::{self, ImportImageRequest};
use tonic::{Request, Response, Status, Streaming};

use super::build::{self, BuildStream};
use super::check::{Checks, field};
use super::page::{ListKey, page, page_size};
use super::pull::{self, PullStream};
use super::transfer::{exported, received};
use super::{Drain, convert, status};
use crate::engine::Engine;
use crate::image::{ImageError, ImageStore};
use crate::model::HOST_IMAGE;

/// Keeps images.
pub(super) struct Images {
    pub(super) images: Arc<ImageStore>,
    pub(super) engine: Engine,
    pub(super) drain: Drain,
}

type ExportStream = BoxStream<'static, Result<v1::ExportImageResponse, Status>>;
type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl ImageService for Images {
    type PullImageStream = PullStream;

    async fn pull_image(
        &self,
        request: Request<v1::PullImageRequest>,
    ) -> Answer<Self::PullImageStream> {
        let request = pull::request(request.into_inner())?;
        let pull = self.images.pull(request, pull::users(&self.engine)).await?;
        Ok(Response::new(pull::events(pull, self.drain.clone())))
    }

    type ExportImageStream = ExportStream;

    async fn export_image(
        &self,
        request: Request<v1::ExportImageRequest>,
    ) -> Answer<Self::ExportImageStream> {
        let id = image_ref(request.into_inner().image_id)?;
        let pieces = exported(self.images.export(&id)?, self.drain.clone());
        Ok(Response::new(pieces.map_ok(|chunk| v1::ExportImageResponse { chunk }).boxed()))
    }

    type BuildImageStream = BuildStream;

    async fn build_image(
        &self,
        request: Request<Streaming<v1::BuildImageRequest>>,
    ) -> Answer<Self::BuildImageStream> {
        let building = build::started(&self.images, request.into_inner()).await?;
        Ok(Response::new(build::events(building, self.drain.clone())))
    }

    async fn tag_image(&self, request: Request<v1::TagImageRequest>) -> Answer<v1::Image> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        checks.image_ref("image_id", &request.image_id);
        checks.image_name("name", &request.name);
        checks.finish()?;
        let tagged = self.images.tag(&request.image_id, &request.name).await?;
        Ok(Response::new(convert::image(tagged)))
    }

    async fn prune_images(
        &self,
        request: Request<v1::PruneImagesRequest>,
    ) -> Answer<v1::PruneImagesResponse> {
        let request = request.into_inner();
        let users = pull::users(&self.engine);
        let pruned = self.images.prune(request.only_blobs, request.dry_run, &*users).await?;
        Ok(Response::new(v1::PruneImagesResponse {
            images: pruned.images,
            blobs: convert::signed(pruned.blobs),
            freed_bytes: convert::signed(pruned.bytes),
        }))
    }

    async fn import_image(
        &self,
        request: Request<Streaming<ImportImageRequest>>,
    ) -> Answer<v1::Image> {
        let mut parts = request.into_inner();
        let name = first_part(&mut parts).await?;
        let import = self.images.import(&name).map_err(|error| match error {
            ImageError::BuiltIn => ImageError::NameTaken(name),
            other => other,
        })?;
        let chunks = parts.map(|message| piece(message.map_err(status::of_stream)?.part));
        Ok(Response::new(convert::image(received(import, chunks).await?)))
    }

    async fn get_image(&self, request: Request<v1::GetImageRequest>) -> Answer<v1::Image> {
        let id = image_ref(request.into_inner().image_id)?;
        if id == HOST_IMAGE {
            return Ok(Response::new(self.host()?));
        }
        Ok(Response::new(convert::image(self.images.get(&id)?)))
    }

    async fn list_images(
        &self,
        request: Request<v1::ListImagesRequest>,
    ) -> Answer<v1::ListImagesResponse> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        let size = page_size(&mut checks, request.page_size);
        checks.finish()?;
        let key = ListKey::new("images", []);
        let after = key.cursor(&request.page_token)?;
        let found = self.images.list(after.as_deref(), size + 1);
        let mut images: Vec<_> = found.into_iter().map(convert::listed_image).collect();
        if after.as_deref().is_none_or(|after| after < HOST_IMAGE) {
            images.extend(self.host().ok());
            images.sort_by(|one, other| one.name.cmp(&other.name));
        }
        let (images, next_page_token) = page(&key, images, size, |image| image.name.as_str());
        Ok(Response::new(v1::ListImagesResponse { images, next_page_token }))
    }

    async fn delete_image(
        &self,
        request: Request<v1::DeleteImageRequest>,
    ) -> Answer<v1::DeleteImageResponse> {
        let id = image_ref(request.into_inner().image_id)?;
        match self.images.delete(&id, |image| self.engine.users_of(image)).await {
            Ok(()) | Err(ImageError::NotFound(_)) => Ok(Response::new(v1::DeleteImageResponse {})),
            Err(error) => Err(error.into()),
        }
    }
}

impl Images {
    fn host(&self) -> Result<v1::Image, ImageError> {
        Ok(v1::Image {
            id: HOST_IMAGE.to_owned(),
            name: HOST_IMAGE.to_owned(),
            create_time: Some(convert::timestamp(self.images.host()?)),
            ..v1::Image::default()
        })
    }
}

/// The name that the first message gives.
async fn first_part(parts: &mut Streaming<ImportImageRequest>) -> Result<String, Status> {
    let first = parts.message().await.map_err(status::of_stream)?.and_then(|message| message.part);
    let Some(Part::Start(start)) = first else {
        return Err(field("start", "must be the first message"));
    };
    let mut checks = Checks::default();
    checks.image_name("start.name", &start.name);
    checks.finish()?;
    Ok(start.name)
}

fn piece(part: Option<Part>) -> Result<Bytes, Status> {
    match part {
        Some(Part::Chunk(chunk)) => Ok(chunk),
        Some(Part::Start(_)) => Err(field("start", "must be the first message alone")),
        None => Err(field("chunk", "must be set")),
    }
}

fn image_ref(text: String) -> Result<String, Status> {
    let mut checks = Checks::default();
    checks.image_ref("image_id", &text);
    checks.finish().map(|()| text)
}
