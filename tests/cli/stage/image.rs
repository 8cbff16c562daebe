//! The stage's images.

use futures::stream::{self, BoxStream, StreamExt};
use skerry_client::v1::image_service_server::ImageService;
use skerry_client::v1::import_image_request::Part;
use skerry_client::v1::pull_image_response::Event;
use skerry_client::v1::{
    BuildImageRequest, BuildImageResponse, DeleteImageRequest, DeleteImageResponse,
    ExportImageRequest, ExportImageResponse, GetImageRequest, Image, ImportImageRequest,
    ListImagesRequest, ListImagesResponse, PruneImagesRequest, PruneImagesResponse,
    PullImageRequest, PullImageResponse, PullPhase, PullProgress, TagImageRequest,
};
use skerry_client::v1::{build_image_request, build_image_response};
use tonic::{Code, Request, Response, Status, Streaming};

use super::{Services, refusal};

/// What every whole archive ends with. A stream's end alone does not tell: it
/// looks the same where the caller has taken the call back.
pub(crate) const END: [u8; 1024] = [0; 1024];

#[tonic::async_trait]
impl ImageService for Services {
    type PullImageStream = BoxStream<'static, Result<PullImageResponse, Status>>;

    async fn pull_image(
        &self,
        request: Request<PullImageRequest>,
    ) -> Result<Response<Self::PullImageStream>, Status> {
        let request = request.into_inner();
        self.0.call("pull", &request.reference)?;
        let progress = |phase: PullPhase| {
            Event::Progress(PullProgress {
                layer: format!("sha256:{}", "ab".repeat(32)),
                downloaded_bytes: 1 << 20,
                total_bytes: 3 << 20,
                phase: phase.into(),
            })
        };
        let name = if request.name.is_empty() { &request.reference } else { &request.name };
        let image = Image { name: name.clone(), ..Image::default() };
        self.0.asked().pulls.push(request);
        let events = [
            progress(PullPhase::Downloading),
            progress(PullPhase::Downloading),
            progress(PullPhase::Done),
            Event::Image(image),
        ];
        let events = events.map(|event| Ok(PullImageResponse { event: Some(event) }));
        Ok(Response::new(stream::iter(events).boxed()))
    }

    type ExportImageStream = BoxStream<'static, Result<ExportImageResponse, Status>>;

    async fn export_image(
        &self,
        request: Request<ExportImageRequest>,
    ) -> Result<Response<Self::ExportImageStream>, Status> {
        self.0.call("export-image", &request.into_inner().image_id)?;
        let chunks = ["one ", "two"].map(|text| Ok(ExportImageResponse { chunk: text.into() }));
        Ok(Response::new(stream::iter(chunks).boxed()))
    }

    type BuildImageStream = BoxStream<'static, Result<BuildImageResponse, Status>>;

    async fn build_image(
        &self,
        request: Request<Streaming<BuildImageRequest>>,
    ) -> Result<Response<Self::BuildImageStream>, Status> {
        let mut parts = request.into_inner();
        let first = parts.message().await?.and_then(|message| message.part);
        let Some(build_image_request::Part::Start(start)) = first else {
            return Err(Status::invalid_argument("the first message is not start"));
        };
        self.0.call("build-image", &start.name)?;
        while parts.message().await?.is_some() {}
        let image = Image { name: start.name.clone(), ..Image::default() };
        self.0.asked().builds.push(start);
        let log = build_image_response::Event::Log("STEP 1/1\n".into());
        let events = [log, build_image_response::Event::Image(image)];
        let events = events.map(|event| Ok(BuildImageResponse { event: Some(event) }));
        Ok(Response::new(stream::iter(events).boxed()))
    }

    async fn tag_image(
        &self,
        request: Request<TagImageRequest>,
    ) -> Result<Response<Image>, Status> {
        let request = request.into_inner();
        self.0.call("tag-image", &format!("{} {}", request.image_id, request.name))?;
        Ok(Response::new(Image { name: request.name, ..Image::default() }))
    }

    async fn prune_images(
        &self,
        request: Request<PruneImagesRequest>,
    ) -> Result<Response<PruneImagesResponse>, Status> {
        let PruneImagesRequest { dry_run, only_blobs } = request.into_inner();
        self.0.call("prune-images", &format!("{dry_run} {only_blobs}"))?;
        let images = if only_blobs { Vec::new() } else { vec!["old".to_owned()] };
        Ok(Response::new(PruneImagesResponse { images, blobs: 2, freed_bytes: 3 << 20 }))
    }

    async fn import_image(
        &self,
        request: Request<Streaming<ImportImageRequest>>,
    ) -> Result<Response<Image>, Status> {
        let mut parts = request.into_inner();
        let first = parts.message().await?.and_then(|message| message.part);
        let Some(Part::Start(start)) = first else {
            return Err(Status::invalid_argument("the first message is not start"));
        };
        self.0.call("import", &start.name)?;
        let mut archive = Vec::new();
        while let Some(message) = parts.message().await? {
            match message.part {
                Some(Part::Chunk(chunk)) => archive.extend_from_slice(&chunk),
                _ => return Err(Status::invalid_argument("a message is not a chunk")),
            }
        }
        if !archive.ends_with(&END) {
            return Err(refusal(Code::InvalidArgument, "BAD_ARCHIVE", "it has no end"));
        }
        self.0.asked().imports.push((start.name.clone(), archive));
        Ok(Response::new(Image { name: start.name, ..Image::default() }))
    }

    async fn get_image(
        &self,
        request: Request<GetImageRequest>,
    ) -> Result<Response<Image>, Status> {
        let wanted = request.into_inner().image_id;
        if let Some(image) = self.0.script.images.iter().find(|image| image.name == wanted) {
            return Ok(Response::new(image.clone()));
        }
        Err(refusal(Code::NotFound, "IMAGE_NOT_FOUND", "there is no such image"))
    }

    async fn list_images(
        &self,
        _: Request<ListImagesRequest>,
    ) -> Result<Response<ListImagesResponse>, Status> {
        self.0.call("images", "")?;
        Ok(Response::new(ListImagesResponse {
            images: self.0.script.images.clone(),
            next_page_token: String::new(),
        }))
    }

    async fn delete_image(
        &self,
        request: Request<DeleteImageRequest>,
    ) -> Result<Response<DeleteImageResponse>, Status> {
        self.0.call("delete-image", &request.into_inner().image_id)?;
        Ok(Response::new(DeleteImageResponse {}))
    }
}
