//! The stage's snapshots.

use futures::stream::{self, BoxStream, StreamExt};
use skerry_client::v1::import_snapshot_request::Part;
use skerry_client::v1::snapshot_service_server::SnapshotService;
use skerry_client::v1::{
    CreateSnapshotRequest, DeleteSnapshotRequest, DeleteSnapshotResponse, ExportSnapshotRequest,
    ExportSnapshotResponse, GetSnapshotRequest, ImportSnapshotRequest, ListSnapshotsRequest,
    ListSnapshotsResponse, Snapshot, SnapshotScope,
};
use tonic::{Code, Request, Response, Status, Streaming};

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
        let scope = match request.scope() {
            SnapshotScope::Workspace => " workspace",
            _ => "",
        };
        let asked =
            format!("{} {:?} {:?}{scope}", request.sandbox_id, request.name, request.labels);
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

    type ExportSnapshotStream = BoxStream<'static, Result<ExportSnapshotResponse, Status>>;

    async fn export_snapshot(
        &self,
        request: Request<ExportSnapshotRequest>,
    ) -> Result<Response<Self::ExportSnapshotStream>, Status> {
        self.0.call("export-snapshot", &request.into_inner().snapshot_id)?;
        let chunks = ["one ", "two"].map(|text| Ok(ExportSnapshotResponse { chunk: text.into() }));
        Ok(Response::new(stream::iter(chunks).boxed()))
    }

    async fn import_snapshot(
        &self,
        request: Request<Streaming<ImportSnapshotRequest>>,
    ) -> Result<Response<Snapshot>, Status> {
        let mut parts = request.into_inner();
        let (mut name, mut bytes) = (String::new(), 0);
        while let Some(message) = parts.message().await? {
            match message.part {
                Some(Part::Start(start)) => name = start.name,
                Some(Part::Chunk(chunk)) => bytes += chunk.len(),
                None => {}
            }
        }
        self.0.call("import-snapshot", &format!("{name:?} {bytes}"))?;
        let name = if name.is_empty() { "theirs".to_owned() } else { name };
        Ok(Response::new(Snapshot { id: CREATED.to_owned(), name, ..Snapshot::default() }))
    }

    async fn delete_snapshot(
        &self,
        request: Request<DeleteSnapshotRequest>,
    ) -> Result<Response<DeleteSnapshotResponse>, Status> {
        self.0.call("delete-snapshot", &request.into_inner().snapshot_id)?;
        Ok(Response::new(DeleteSnapshotResponse {}))
    }
}
