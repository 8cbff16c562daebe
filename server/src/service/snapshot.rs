//! `SnapshotService`.

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use skerry_api::v1;
use skerry_api::v1::import_snapshot_request::Part;
use skerry_api::v1::snapshot_service_server::SnapshotService;
use tonic::{Request, Response, Status, Streaming};

use super::caller::caller;
use super::check::{Checks, field};
use super::page::{ListKey, page, page_size};
use super::transfer::{exported, received};
use super::{Drain, convert, status};
use crate::engine::Engine;
use crate::model::{Snapshot, SnapshotId, SnapshotScope, has_labels};
use crate::snapshot::SnapshotError;

/// Keeps snapshots.
pub(super) struct SnapshotCalls {
    pub(super) engine: Engine,
    pub(super) drain: Drain,
}

type ExportStream = BoxStream<'static, Result<v1::ExportSnapshotResponse, Status>>;

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl SnapshotService for SnapshotCalls {
    async fn create_snapshot(
        &self,
        request: Request<v1::CreateSnapshotRequest>,
    ) -> Answer<v1::Snapshot> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        checks.sandbox_ref(&request.sandbox_id);
        checks.name("name", &request.name);
        checks.labels("labels", &request.labels);
        let scope = scope(&mut checks, request.scope);
        checks.finish()?;
        let name = (!request.name.is_empty()).then_some(request.name);
        let taken = self.engine.snapshot(&request.sandbox_id, scope, name, request.labels).await?;
        Ok(Response::new(snapshot(taken)))
    }

    async fn get_snapshot(&self, request: Request<v1::GetSnapshotRequest>) -> Answer<v1::Snapshot> {
        let id = snapshot_ref(request.into_inner().snapshot_id)?;
        Ok(Response::new(snapshot(self.engine.snapshots().get(&id)?)))
    }

    async fn list_snapshots(
        &self,
        request: Request<v1::ListSnapshotsRequest>,
    ) -> Answer<v1::ListSnapshotsResponse> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let mut checks = Checks::default();
        let size = page_size(&mut checks, request.page_size);
        checks.labels("labels", &request.labels);
        checks.finish()?;
        let key = ListKey::labelled("snapshots", &request.labels, [request.sandbox_id.as_str()]);
        let after = key.cursor(&request.page_token)?;
        let passes = |one: &Snapshot| {
            let of = request.sandbox_id.is_empty() || one.sandbox.as_str() == request.sandbox_id;
            let seen = caller.reach().includes(&one.tenant, None);
            seen && of && has_labels(&one.labels, &request.labels)
        };
        let found = self.engine.snapshots().list(after.as_deref(), size + 1, passes);
        let (found, next_page_token) = page(&key, found, size, |one| one.name.as_str());
        let snapshots = found.into_iter().map(snapshot).collect();
        Ok(Response::new(v1::ListSnapshotsResponse { snapshots, next_page_token }))
    }

    type ExportSnapshotStream = ExportStream;

    async fn export_snapshot(
        &self,
        request: Request<v1::ExportSnapshotRequest>,
    ) -> Answer<Self::ExportSnapshotStream> {
        let id = snapshot_ref(request.into_inner().snapshot_id)?;
        let export = self.engine.export_snapshot(&id)?;
        let pieces = exported(export, self.drain.clone());
        Ok(Response::new(pieces.map_ok(|chunk| v1::ExportSnapshotResponse { chunk }).boxed()))
    }

    async fn import_snapshot(
        &self,
        request: Request<Streaming<v1::ImportSnapshotRequest>>,
    ) -> Answer<v1::Snapshot> {
        let tenant = caller(&request)?.tenant();
        let mut parts = request.into_inner();
        let name = import_name(&mut parts).await?;
        let import = self.engine.import_snapshot(name, tenant)?;
        let chunks = parts.map(|message| piece(message.map_err(status::of_stream)?.part));
        Ok(Response::new(snapshot(received(import, chunks).await?)))
    }

    async fn delete_snapshot(
        &self,
        request: Request<v1::DeleteSnapshotRequest>,
    ) -> Answer<v1::DeleteSnapshotResponse> {
        let id = snapshot_ref(request.into_inner().snapshot_id)?;
        match self.engine.snapshots().delete(&id).await {
            Ok(()) | Err(SnapshotError::NotFound(_)) => {
                Ok(Response::new(v1::DeleteSnapshotResponse {}))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The name that the first message gives.
async fn import_name(
    parts: &mut Streaming<v1::ImportSnapshotRequest>,
) -> Result<Option<String>, Status> {
    let first = parts.message().await.map_err(status::of_stream)?.and_then(|message| message.part);
    let Some(Part::Start(start)) = first else {
        return Err(field("start", "must be the first message"));
    };
    let mut checks = Checks::default();
    checks.name("start.name", &start.name);
    checks.finish()?;
    Ok((!start.name.is_empty()).then_some(start.name))
}

fn piece(part: Option<Part>) -> Result<Bytes, Status> {
    match part {
        Some(Part::Chunk(chunk)) => Ok(chunk),
        Some(Part::Start(_)) => Err(field("start", "must be the first message alone")),
        None => Err(field("chunk", "must be set")),
    }
}

fn scope(checks: &mut Checks, given: i32) -> SnapshotScope {
    match v1::SnapshotScope::try_from(given) {
        Ok(v1::SnapshotScope::Unspecified | v1::SnapshotScope::Disk) => SnapshotScope::Disk,
        Ok(v1::SnapshotScope::Workspace) => SnapshotScope::Workspace,
        Err(error) => {
            checks.fail("scope", error.to_string());
            SnapshotScope::Disk
        }
    }
}

fn snapshot(snapshot: Snapshot) -> v1::Snapshot {
    let scope = match snapshot.scope {
        SnapshotScope::Disk => v1::SnapshotScope::Disk,
        SnapshotScope::Workspace => v1::SnapshotScope::Workspace,
    };
    v1::Snapshot {
        id: snapshot.id.into(),
        name: snapshot.name,
        sandbox_id: snapshot.sandbox.into(),
        image: snapshot.image,
        size_bytes: snapshot.size_bytes.map(convert::signed),
        labels: snapshot.labels,
        limits: Some(convert::limits(&snapshot.limits)),
        env: snapshot.env,
        create_time: Some(convert::timestamp(snapshot.create_time)),
        scope: scope.into(),
        tenant: snapshot.tenant.into(),
    }
}

fn snapshot_ref(text: String) -> Result<String, Status> {
    let mut checks = Checks::default();
    checks.reference::<SnapshotId>("snapshot_id", &text);
    checks.finish().map(|()| text)
}
