//! `VolumeService`.

use skerry_api::v1::volume_service_server::VolumeService;
use skerry_api::v1::{self, batch_delete_volumes_response as batch};
use tonic::{Request, Response, Status};
use tonic_types::StatusExt;

use super::caller::caller;
use super::check::{Checks, field};
use super::convert;
use super::page::{ListKey, page, page_size};
use crate::engine::{Engine, MountRequest, StorageRequest};
use crate::model::{MIN_DISK_BYTES, SandboxId, Volume, VolumeId, check_mount_path, has_labels};
use crate::volume::{NewVolume, VolumeError, VolumePatch};

/// Volumes of one batch.
const MAX_BATCH: usize = 1000;

/// Keeps volumes.
pub(super) struct VolumeCalls {
    pub(super) engine: Engine,
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl VolumeService for VolumeCalls {
    async fn create_volume(&self, request: Request<v1::CreateVolumeRequest>) -> Answer<v1::Volume> {
        let tenant = caller(&request)?.tenant();
        let request = request.into_inner();
        let mut checks = Checks::default();
        checks.name("name", &request.name);
        checks.labels("labels", &request.labels);
        let size_bytes = size(&mut checks, "size_bytes", request.size_bytes);
        checks.finish()?;
        let name = (!request.name.is_empty()).then_some(request.name);
        let labels = request.labels;
        let new = NewVolume { name, size_bytes, labels, tenant, ..NewVolume::default() };
        Ok(Response::new(self.volume(self.engine.volumes().create(new).await?)))
    }

    async fn get_volume(&self, request: Request<v1::GetVolumeRequest>) -> Answer<v1::Volume> {
        let id = volume_ref(request.into_inner().volume_id)?;
        Ok(Response::new(self.volume(self.engine.volumes().get(&id)?)))
    }

    async fn list_volumes(
        &self,
        request: Request<v1::ListVolumesRequest>,
    ) -> Answer<v1::ListVolumesResponse> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let mut checks = Checks::default();
        let size = page_size(&mut checks, request.page_size);
        checks.labels("labels", &request.labels);
        checks.finish()?;
        let key = ListKey::labelled("volumes", &request.labels, []);
        let after = key.cursor(&request.page_token)?;
        let passes = |one: &Volume| {
            caller.reach().includes(&one.tenant, None) && has_labels(&one.labels, &request.labels)
        };
        let found = self.engine.volumes().list(after.as_deref(), size + 1, passes);
        let (found, next_page_token) = page(&key, found, size, |volume| volume.name.as_str());
        let mut users = self.engine.users_of_volumes();
        let mut users_of = |volume: &Volume| users.remove(&volume.id).unwrap_or_default();
        let volumes = found.into_iter().map(|volume| {
            let users = users_of(&volume);
            self.message(volume, users)
        });
        let volumes = volumes.collect();
        Ok(Response::new(v1::ListVolumesResponse { volumes, next_page_token }))
    }

    async fn update_volume(&self, request: Request<v1::UpdateVolumeRequest>) -> Answer<v1::Volume> {
        let request = request.into_inner();
        let id = volume_ref(request.volume_id)?;
        let paths = request.update_mask.unwrap_or_default().paths;
        let given = request.volume.ok_or_else(|| field("volume", "must hold the new values"))?;
        let patch = patch(given, &paths)?;
        Ok(Response::new(self.volume(self.engine.volumes().update(&id, patch).await?)))
    }

    async fn delete_volume(
        &self,
        request: Request<v1::DeleteVolumeRequest>,
    ) -> Answer<v1::DeleteVolumeResponse> {
        let request = request.into_inner();
        let id = volume_ref(request.volume_id)?;
        self.delete(&id, request.force).await?;
        Ok(Response::new(v1::DeleteVolumeResponse {}))
    }

    async fn batch_delete_volumes(
        &self,
        request: Request<v1::BatchDeleteVolumesRequest>,
    ) -> Answer<v1::BatchDeleteVolumesResponse> {
        let request = request.into_inner();
        if !(1..=MAX_BATCH).contains(&request.volume_ids.len()) {
            return Err(field("volume_ids", format!("must be 1 to {MAX_BATCH}")));
        }
        let mut answers = Vec::with_capacity(request.volume_ids.len());
        for volume_id in request.volume_ids {
            let deleted = match volume_ref(volume_id.clone()) {
                Ok(id) => self.delete(&id, request.force).await.map_err(Status::from),
                Err(status) => Err(status),
            };
            answers.push(one_answer(volume_id, deleted));
        }
        Ok(Response::new(v1::BatchDeleteVolumesResponse { answers }))
    }
}

impl VolumeCalls {
    async fn delete(&self, id: &str, force: bool) -> Result<(), VolumeError> {
        let users = |volume: &Volume| match force {
            true => 0,
            false => self.engine.users_of_volume(&volume.id).len(),
        };
        match self.engine.volumes().delete(id, users).await {
            Err(VolumeError::NotFound(_)) => Ok(()),
            deleted => deleted,
        }
    }

    fn volume(&self, volume: Volume) -> v1::Volume {
        let users = self.engine.users_of_volume(&volume.id);
        self.message(volume, users)
    }

    fn message(&self, volume: Volume, users: Vec<SandboxId>) -> v1::Volume {
        v1::Volume {
            used_bytes: self.engine.volumes().used_bytes(&volume).map(convert::signed),
            id: volume.id.into(),
            name: volume.name,
            size_bytes: convert::signed(volume.size_bytes),
            labels: volume.labels,
            create_time: Some(convert::timestamp(volume.create_time)),
            update_time: Some(convert::timestamp(volume.update_time)),
            sandbox_ids: users.into_iter().map(String::from).collect(),
            owner_id: volume.owner.map(String::from).unwrap_or_default(),
            tenant: volume.tenant.into(),
        }
    }
}

fn one_answer(volume_id: String, deleted: Result<(), Status>) -> batch::Answer {
    match deleted {
        Ok(()) => batch::Answer { volume_id, deleted: true, ..batch::Answer::default() },
        Err(status) => {
            let reason = status.get_details_error_info().map(|info| info.reason);
            batch::Answer {
                volume_id,
                deleted: false,
                reason: reason.unwrap_or_default(),
                message: status.message().to_owned(),
            }
        }
    }
}

fn patch(given: v1::Volume, paths: &[String]) -> Result<VolumePatch, Status> {
    if paths.is_empty() {
        return Err(field("update_mask", "must name at least one field"));
    }
    let (mut checks, mut patch) = (Checks::default(), VolumePatch::default());
    for path in paths {
        match path.as_str() {
            "labels" => {
                checks.labels("volume.labels", &given.labels);
                patch.labels = Some(given.labels.clone());
            }
            "size_bytes" => {
                patch.size_bytes = Some(size(&mut checks, "volume.size_bytes", given.size_bytes));
            }
            other => {
                checks.fail("update_mask", format!("{other:?} is no field that an update may name"))
            }
        }
    }
    checks.finish().map(|()| patch)
}

/// A volume's size; 0 is none.
pub(super) fn size(checks: &mut Checks, path: &str, bytes: i64) -> u64 {
    if bytes != 0 && bytes < MIN_DISK_BYTES {
        checks.fail(path, format!("must be 0 or at least {MIN_DISK_BYTES}, is {bytes}"));
    }
    bytes.unsigned_abs()
}

fn volume_ref(text: String) -> Result<String, Status> {
    let mut checks = Checks::default();
    checks.reference::<VolumeId>("volume_id", &text);
    checks.finish().map(|()| text)
}

/// The volumes that a new sandbox is to have.
pub(super) fn mounts(checks: &mut Checks, given: Vec<v1::VolumeMount>) -> Vec<MountRequest> {
    let mut mounts = Vec::new();
    for (index, mount) in given.into_iter().enumerate() {
        checks.reference::<VolumeId>(&format!("mounts[{index}].volume_id"), &mount.volume_id);
        mount_path(checks, &format!("mounts[{index}].path"), &mount.path);
        let (volume, path) = (mount.volume_id, mount.path);
        mounts.push(MountRequest { volume, path, read_only: mount.read_only });
    }
    mounts
}

/// The volume that is made for a new sandbox.
pub(super) fn own_storage(checks: &mut Checks, given: v1::Storage) -> StorageRequest {
    let size_bytes = size(checks, "storage.size_bytes", given.size_bytes);
    mount_path(checks, "storage.path", &given.path);
    let retention = v1::Retention::try_from(given.retention).unwrap_or_else(|error| {
        checks.fail("storage.retention", error.to_string());
        v1::Retention::Unspecified
    });
    let retention = convert::model_retention(retention);
    StorageRequest { size_bytes, path: given.path, retention }
}

/// Where a volume is mounted; empty leaves it to the daemon.
fn mount_path(checks: &mut Checks, field: &str, path: &str) {
    if let Some(error) = check_mount_path(path).err().filter(|_| !path.is_empty()) {
        checks.fail(field, error.to_string());
    }
}
