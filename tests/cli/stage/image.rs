//! The stage's images.

use skerry_client::v1::image_service_server::ImageService;
use skerry_client::v1::import_image_request::Part;
use skerry_client::v1::{
    DeleteImageRequest, DeleteImageResponse, GetImageRequest, Image, ImportImageRequest,
    ListImagesRequest, ListImagesResponse,
};
use tonic::{Code, Request, Response, Status, Streaming};

use super::{Services, refusal};

/// What every whole archive ends with. A stream's end alone does not tell: it
/// looks the same where the caller has taken the call back.
pub(crate) const END: [u8; 1024] = [0; 1024];

#[tonic::async_trait]
impl ImageService for Services {
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

    async fn get_image(&self, _: Request<GetImageRequest>) -> Result<Response<Image>, Status> {
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
