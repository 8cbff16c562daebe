//! What a sandbox is made of before its machine is: its disk, its volumes,
//! and what the runtime is told of them.

use std::collections::HashSet;
use std::sync::Arc;

use super::copy::Counted;
use super::shared::Shared;
use super::{EngineError, network};
use crate::model::{
    DEFAULT_MOUNT_PATH, MAX_MOUNTS, OwnVolume, Retention, Sandbox, SnapshotId, Volume, VolumeId,
    VolumeMount, check_mount_path,
};
use crate::runtime::{MachineSpec, Mount};
use crate::snapshot;
use crate::storage::{Tree, TreeKind, blocking, copy};
use crate::volume::{NewVolume, VolumeError};

use super::request::{CreateSandbox, StorageRequest};

/// What a new sandbox's disk is a copy of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    /// Names the trees.
    pub(super) trees: SnapshotId,
    /// Bytes of the trees.
    pub(super) size: Counted,
    /// The own volume that there is a copy of.
    pub(super) own_volume: Option<(OwnVolume, VolumeMount)>,
}

/// Gives a record its volumes: those that are asked for, and one of its own
/// by the request or as its origin has it.
pub(super) fn plan_volumes(
    shared: &Shared,
    request: &CreateSandbox,
    origin: &mut Option<Origin>,
    record: &mut Sandbox,
) -> Result<(), EngineError> {
    for (index, mount) in request.mounts.iter().enumerate() {
        let volume = shared.volumes.get(&mount.volume).map_err(|error| match error {
            VolumeError::NotFound(volume) => EngineError::UnknownVolume { volume, index },
            other => other.into(),
        })?;
        let (path, read_only) = (place(&mount.path), mount.read_only);
        record.mounts.push(VolumeMount { volume: volume.id, path, read_only });
    }
    if let Some(storage) = &request.storage {
        if let Some(origin) = origin {
            origin.own_volume = None;
        }
        add_own(record, storage);
    } else if let Some((own, mount)) = origin.as_ref().and_then(|origin| origin.own_volume.clone())
    {
        let volume = new_volume();
        record.own_volume = Some(OwnVolume { volume: volume.clone(), ..own });
        record.mounts.push(VolumeMount { volume, ..mount });
    }
    check_mounts(&record.mounts)
}

fn add_own(record: &mut Sandbox, storage: &StorageRequest) {
    let (volume, path) = (new_volume(), place(&storage.path));
    let (size_bytes, retention) = (storage.size_bytes, storage.retention);
    record.own_volume = Some(OwnVolume { volume: volume.clone(), size_bytes, retention });
    record.mounts.push(VolumeMount { volume, path, read_only: false });
}

fn new_volume() -> VolumeId {
    VolumeId::from_uuid(uuid::Uuid::now_v7().as_u128())
}

fn place(path: &str) -> String {
    if path.is_empty() { DEFAULT_MOUNT_PATH.to_owned() } else { path.to_owned() }
}

fn check_mounts(mounts: &[VolumeMount]) -> Result<(), EngineError> {
    let invalid = |message: String| Err(EngineError::Invalid { field: "mounts", message });
    if mounts.len() > MAX_MOUNTS {
        return invalid(format!("must be at most {MAX_MOUNTS}, are {}", mounts.len()));
    }
    let mut paths = HashSet::new();
    for mount in mounts {
        if let Err(error) = check_mount_path(&mount.path) {
            return invalid(format!("path {:?}: {error}", mount.path));
        }
        if !paths.insert(&mount.path) {
            return invalid(format!("two are at {}", mount.path));
        }
    }
    Ok(())
}

/// Makes the own volume of a new sandbox, and the disk where it is a copy.
/// What is there when this fails, a delete removes.
pub(super) async fn lay_out(
    shared: &Arc<Shared>,
    record: &mut Sandbox,
    origin: Option<&Origin>,
) -> Result<(), EngineError> {
    if let Some(own) = &record.own_volume {
        let copied = origin.filter(|origin| origin.own_volume.is_some());
        let new = NewVolume {
            id: Some(own.volume.clone()),
            size_bytes: own.size_bytes,
            owner: Some(record.id.clone()),
            tenant: record.tenant.clone(),
            from: copied.map(|origin| (snapshot::volume(&origin.trees), origin.size.volume)),
            ..NewVolume::default()
        };
        shared.volumes.create(new).await?;
    }
    let Some(origin) = origin else { return Ok(()) };
    let (from, to) = (snapshot::disk(&origin.trees), Tree::new(TreeKind::Disk, &record.id));
    let pool = Arc::clone(&shared.pool);
    let size = origin.size.disk;
    match blocking(move || copy(&*pool, &from, &to, size)).await {
        Ok(inherited) => record.inherited_bytes = inherited,
        Err(error) => {
            if let Some(snapshot) = &record.snapshot {
                // It may have been deleted meanwhile.
                shared.snapshots.get(snapshot.as_str())?;
            }
            return Err(error.into());
        }
    }
    Ok(())
}

/// What the runtime makes a machine from. A volume that was deleted by force
/// fails it.
pub(super) fn machine_spec(shared: &Shared, record: &Sandbox) -> Result<MachineSpec, EngineError> {
    let (_, image) = shared.images.source(&record.image)?;
    let mounts = record.mounts.iter().map(|mount| {
        shared.volumes.get(mount.volume.as_str())?;
        let (path, read_only) = (mount.path.clone(), mount.read_only);
        Ok(Mount { source: shared.volumes.path(&mount.volume), path, read_only })
    });
    Ok(MachineSpec {
        id: record.id.clone(),
        hostname: record.hostname.clone(),
        host_uid_base: record.host_uid_base,
        image,
        limits: record.limits,
        disk_limit: record.disk_limit().filter(|_| shared.pool.has_limits()),
        mounts: mounts.collect::<Result<_, EngineError>>()?,
        files: network::files(shared, record),
    })
}

/// Removes the volume that was made for a sandbox, unless it is to stay or
/// another sandbox has it by now.
pub(super) async fn remove_own_volume(
    shared: &Shared,
    record: &Sandbox,
) -> Result<(), EngineError> {
    let Some(own) = record.own_volume.as_ref().filter(|own| own.retention == Retention::Delete)
    else {
        return Ok(());
    };
    let others = |volume: &Volume| {
        let users = shared.users_of_volume(&volume.id);
        users.iter().filter(|user| **user != record.id).count()
    };
    match shared.volumes.delete(own.volume.as_str(), others).await {
        Ok(()) | Err(VolumeError::NotFound(_)) => Ok(()),
        Err(VolumeError::InUse { name, .. }) => {
            tracing::info!(volume = name, "a deleted sandbox's volume stays: others have it");
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
