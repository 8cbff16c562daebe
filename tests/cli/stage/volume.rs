//! The stage's volumes.

use skerry_client::v1::volume_service_server::VolumeService;
use skerry_client::v1::{
    BatchDeleteVolumesRequest, BatchDeleteVolumesResponse, CreateVolumeRequest,
    DeleteVolumeRequest, DeleteVolumeResponse, GetVolumeRequest, ListVolumesRequest,
    ListVolumesResponse, UpdateVolumeRequest, Volume, batch_delete_volumes_response as batch,
};
use tonic::{Code, Request, Response, Status};

use super::{Services, refusal};

/// The id of what a stage creates.
const CREATED: &str = "vol_00000000000000000000000001";

impl Services {
    fn volume(&self, name: &str) -> Result<Response<Volume>, Status> {
        let found = |one: &&Volume| one.name == name || one.id == name;
        match self.0.script.volumes.iter().find(found) {
            Some(volume) => Ok(Response::new(volume.clone())),
            None => {
                let message = format!("there is no volume {name}");
                Err(refusal(Code::NotFound, "VOLUME_NOT_FOUND", &message))
            }
        }
    }

    /// A volume stays where a sandbox has it.
    fn delete(&self, volume_id: String, force: bool) -> batch::Answer {
        let users = self.volume(&volume_id).map_or(0, |found| found.get_ref().sandbox_ids.len());
        if users == 0 || force {
            return batch::Answer { volume_id, deleted: true, ..batch::Answer::default() };
        }
        let (reason, message) = ("VOLUME_IN_USE".to_owned(), format!("{users} sandboxes have it"));
        batch::Answer { volume_id, deleted: false, reason, message }
    }
}

#[tonic::async_trait]
impl VolumeService for Services {
    async fn create_volume(
        &self,
        request: Request<CreateVolumeRequest>,
    ) -> Result<Response<Volume>, Status> {
        let request = request.into_inner();
        let asked = format!("{:?} {} {:?}", request.name, request.size_bytes, request.labels);
        self.0.call("create-volume", &asked)?;
        let name = if request.name.is_empty() { CREATED.to_owned() } else { request.name };
        let (size_bytes, labels) = (request.size_bytes, request.labels);
        let id = CREATED.to_owned();
        Ok(Response::new(Volume { id, name, size_bytes, labels, ..Volume::default() }))
    }

    async fn get_volume(
        &self,
        request: Request<GetVolumeRequest>,
    ) -> Result<Response<Volume>, Status> {
        let name = request.into_inner().volume_id;
        self.0.call("get-volume", &name)?;
        self.volume(&name)
    }

    /// Pages of two, so that every list has several.
    async fn list_volumes(
        &self,
        request: Request<ListVolumesRequest>,
    ) -> Result<Response<ListVolumesResponse>, Status> {
        let request = request.into_inner();
        self.0.call("volumes", &format!("{:?} {:?}", request.labels, request.page_token))?;
        let (volumes, next_page_token) =
            super::page_of_two(&self.0.script.volumes, &request.page_token);
        Ok(Response::new(ListVolumesResponse { volumes, next_page_token }))
    }

    async fn update_volume(
        &self,
        request: Request<UpdateVolumeRequest>,
    ) -> Result<Response<Volume>, Status> {
        let request = request.into_inner();
        let values = request.volume.unwrap_or_default();
        let paths = request.update_mask.unwrap_or_default().paths;
        let asked = format!("{paths:?} {} {:?}", values.size_bytes, values.labels);
        self.0.call("update-volume", &format!("{} {asked}", request.volume_id))?;
        self.volume(&request.volume_id)
    }

    async fn delete_volume(
        &self,
        _: Request<DeleteVolumeRequest>,
    ) -> Result<Response<DeleteVolumeResponse>, Status> {
        Err(Status::unimplemented("volumes are removed several at once"))
    }

    async fn batch_delete_volumes(
        &self,
        request: Request<BatchDeleteVolumesRequest>,
    ) -> Result<Response<BatchDeleteVolumesResponse>, Status> {
        let BatchDeleteVolumesRequest { volume_ids, force } = request.into_inner();
        self.0.call("delete-volumes", &format!("{volume_ids:?} {force}"))?;
        let answers = volume_ids.into_iter().map(|id| self.delete(id, force)).collect();
        Ok(Response::new(BatchDeleteVolumesResponse { answers }))
    }
}
