//! The stage's snapshots.

use skerry_client::v1::snapshot_service_server::SnapshotService;
use skerry_client::v1::{
    CreateSnapshotRequest, DeleteSnapshotRequest, DeleteSnapshotResponse, GetSnapshotRequest,
    ListSnapshotsRequest, ListSnapshotsResponse, Snapshot,
};
use tonic::{Code, Request, Response, Status};

use super::{Services, refusal};

/// The id of what a stage creates.
const CREATED: &str = "snap_00000000000000000000000001";

#[tonic::async_trait]
impl SnapshotService for Services {
    async fn create_snapshot(
        &self,
        request: Request<CreateSnapshotRequest>,
    ) -> Result<Response<Snapshot>, Status> {
        let request = request.into_inner();
        let asked = format!("{} {:?} {:?}", request.sandbox_id, request.name, request.labels);
        self.0.call("create-snapshot", &asked)?;
        let name = if request.name.is_empty() { CREATED.to_owned() } else { request.name };
        Ok(Response::new(Snapshot { id: CREATED.to_owned(), name, ..Snapshot::default() }))
    }

    async fn get_snapshot(
        &self,
        request: Request<GetSnapshotRequest>,
    ) -> Result<Response<Snapshot>, Status> {
        let name = request.into_inner().snapshot_id;
        self.0.call("get-snapshot", &name)?;
        let found = |one: &&Snapshot| one.name == name || one.id == name;
        let snapshot = self.0.script.snapshots.iter().find(found).cloned().ok_or_else(|| {
            let message = format!("there is no snapshot {name}");
            refusal(Code::NotFound, "SNAPSHOT_NOT_FOUND", &message)
        });
        Ok(Response::new(snapshot?))
    }

    /// Pages of two, so that every list has several.
    async fn list_snapshots(
        &self,
        request: Request<ListSnapshotsRequest>,
    ) -> Result<Response<ListSnapshotsResponse>, Status> {
        let request = request.into_inner();
        let asked =
            format!("{:?} {:?} {:?}", request.sandbox_id, request.labels, request.page_token);
        self.0.call("snapshots", &asked)?;
        let (snapshots, next_page_token) =
            super::page_of_two(&self.0.script.snapshots, &request.page_token);
        Ok(Response::new(ListSnapshotsResponse { snapshots, next_page_token }))
    }

    async fn delete_snapshot(
        &self,
        request: Request<DeleteSnapshotRequest>,
    ) -> Result<Response<DeleteSnapshotResponse>, Status> {
        self.0.call("delete-snapshot", &request.into_inner().snapshot_id)?;
        Ok(Response::new(DeleteSnapshotResponse {}))
    }
}
