//! Snapshots out to archives and in from them.

use std::sync::Arc;
use std::time::SystemTime;

use tokio::sync::oneshot;

use super::request::{check_env, check_labels, check_snapshot_name};
use super::shared::Shared;
use super::{Engine, EngineError};
use crate::archive::pieces::{Pieces, incoming};
use crate::archive::{Intake, UnpackError};
use crate::failpoint;
use crate::model::{
    Limits, LimitsPatch, MIN_DISK_BYTES, OwnVolume, Retention, SandboxId, Snapshot, SnapshotId,
    SnapshotScope, Tenant, VolumeId, VolumeMount, check_image_name, check_mount_path, check_name,
};
use crate::snapshot::{Manifest, Room, SnapshotError};

/// An import of a snapshot under way.
pub type SnapshotImport = Intake<Snapshot, EngineError>;
/// A snapshot's archive, in pieces.
pub type SnapshotExport = Pieces<SnapshotError>;

impl Engine {
    /// Begins to export a snapshot.
    pub fn export_snapshot(&self, name_or_id: &str) -> Result<SnapshotExport, EngineError> {
        let shared = &self.core.shared;
        Ok(shared.snapshots.export(name_or_id, |image| shared.images.digest(image))?)
    }

    /// Begins to import a snapshot; `None`: by the name that the archive has.
    pub fn import_snapshot(
        &self,
        name: Option<String>,
        tenant: Tenant,
    ) -> Result<SnapshotImport, EngineError> {
        if let Some(name) = &name {
            check_snapshot_name(name)?;
        }
        self.check_open()?;
        let shared = Arc::clone(&self.core.shared);
        let permit = shared.snapshots.transfer()?;
        let (pieces, received) = incoming();
        let (answer, outcome) = oneshot::channel();
        tokio::spawn(async move {
            // A caller that has gone does not hear the answer.
            let _unheard = answer.send(import(&shared, (name, tenant), received).await);
            drop(permit);
        });
        Ok(Intake::new(pieces, outcome))
    }
}

async fn import(
    shared: &Arc<Shared>,
    (name, tenant): (Option<String>, Tenant),
    source: impl std::io::Read + Send + 'static,
) -> Result<Snapshot, EngineError> {
    let id = SnapshotId::from_uuid(uuid::Uuid::now_v7().as_u128());
    let (unpacking, unpacked_id) = (Arc::clone(shared), id.clone());
    let unpacked = tokio::task::spawn_blocking(move || {
        let (shared, id) = (unpacking, unpacked_id);
        let mut claim = None;
        let unpacked = shared.snapshots.unpack(&id, source, |manifest| {
            let (mut snapshot, room) = accept(&shared, &id, name, manifest)?;
            snapshot.tenant = tenant;
            claim = Some(shared.snapshots.claim(&snapshot.name)?);
            Ok::<_, EngineError>((snapshot, room))
        })?;
        Ok((claim.expect("a manifest was accepted"), unpacked))
    });
    let (claim, snapshot) = match unpacked.await.unwrap_or(Err(EngineError::ShuttingDown)) {
        Ok(unpacked) => unpacked,
        Err(error) => {
            // What was wrong may have come after the trees.
            shared.snapshots.remove_trees(&id).await;
            return Err(error);
        }
    };
    failpoint::hit("snapshot.import.unpacked");
    shared.snapshots.add(claim, snapshot.clone()).await?;
    failpoint::hit("snapshot.import.recorded");
    // From now on it counts as a user of its image, which may have gone before.
    if let Err(error) = check_image(shared, &snapshot, "") {
        shared.snapshots.delete(id.as_str()).await?;
        return Err(error);
    }
    Ok(snapshot)
}

/// Holds what an archive says to what this daemon would have made itself.
fn accept(
    shared: &Shared,
    id: &SnapshotId,
    name: Option<String>,
    manifest: Manifest,
) -> Result<(Snapshot, Room), EngineError> {
    // One without a name of its own has its id, which is another here.
    let own = || Some(manifest.name.clone()).filter(|name| check_name(name).is_ok());
    let name = name.or_else(own).unwrap_or_else(|| id.to_string());
    check_labels("chunk", &manifest.labels)?;
    check_env("chunk", &manifest.env)?;
    check_image_name(&manifest.image).map_err(|error| invalid("image", &error))?;
    let sandbox: SandboxId =
        manifest.sandbox_id.parse().map_err(|error| invalid("sandbox_id", &error))?;
    let create_time = manifest.taken().filter(|time| *time <= SystemTime::now());
    let own_volume = volume(shared, &manifest)?;
    let snapshot = Snapshot {
        id: id.clone(),
        name,
        sandbox,
        limits: limits(shared, &manifest.limits)?,
        size_bytes: None,
        volume_bytes: None,
        own_volume,
        // The clock of its daemon may be ahead.
        create_time: create_time.unwrap_or_else(SystemTime::now),
        scope: manifest.scope.into(),
        tenant: Tenant::default(),
        image: manifest.image,
        labels: manifest.labels,
        env: manifest.env,
    };
    check_image(shared, &snapshot, &manifest.image_digest)?;
    let room = room(shared, &snapshot)?;
    Ok((snapshot, room))
}

/// A snapshot of a disk is nothing without its image, and nothing good with
/// another of that name.
fn check_image(shared: &Shared, snapshot: &Snapshot, digest: &str) -> Result<(), EngineError> {
    if snapshot.scope == SnapshotScope::Workspace {
        return Ok(());
    }
    let image = &snapshot.image;
    shared.images.source(image).map_err(|_| SnapshotError::ImageMissing(image.clone()))?;
    let has = shared.images.digest(image);
    if digest.is_empty() || has.is_empty() || digest == has {
        return Ok(());
    }
    let (image, wanted) = (image.clone(), digest.to_owned());
    Err(SnapshotError::OtherImage { image, wanted, has }.into())
}

/// The limits of the sandbox, as far as this host goes.
fn limits(shared: &Shared, given: &Limits) -> Result<Limits, EngineError> {
    let max = &shared.config.max_limits;
    let clipped = Limits {
        memory_bytes: given.memory_bytes.min(max.memory_bytes),
        cpu_millis: given.cpu_millis.min(max.cpu_millis),
        pids: given.pids.min(max.pids),
        disk_bytes: given.disk_bytes.min(max.disk_bytes),
    };
    let patched = shared.config.default_limits.patched(&LimitsPatch::of(&clipped), max);
    patched.map_err(|error| invalid(error.field, &error))
}

fn volume(
    shared: &Shared,
    manifest: &Manifest,
) -> Result<Option<(OwnVolume, VolumeMount)>, EngineError> {
    let Some(volume) = &manifest.volume else { return Ok(None) };
    check_mount_path(&volume.path).map_err(|error| invalid("volume.path", &error))?;
    let least = MIN_DISK_BYTES.unsigned_abs();
    if volume.size_bytes > 0 && !(least..=i64::MAX.unsigned_abs()).contains(&volume.size_bytes) {
        return Err(invalid("volume.size_bytes", &format_args!("must be 0, or at least {least}")));
    }
    let id = VolumeId::from_uuid(uuid::Uuid::now_v7().as_u128());
    let own = OwnVolume {
        volume: id.clone(),
        // A storage that holds no sizes would refuse one.
        size_bytes: if shared.pool.has_limits() { volume.size_bytes } else { 0 },
        retention: if volume.keep { Retention::Keep } else { Retention::Delete },
    };
    let mount = VolumeMount { volume: id, path: volume.path.clone(), read_only: volume.read_only };
    Ok(Some((own, mount)))
}

/// As much as a sandbox and a volume may have here, and never more than there
/// is.
fn room(shared: &Shared, snapshot: &Snapshot) -> Result<Room, EngineError> {
    let free = shared.pool.space()?.free;
    let within = |bytes: u64| if bytes == 0 { free } else { bytes.min(free) };
    let volume = snapshot.own_volume.as_ref().map_or(0, |(own, _)| own.size_bytes);
    Ok(Room { disk: within(snapshot.limits.disk_bytes.unsigned_abs()), volume: within(volume) })
}

fn invalid(field: &str, error: &dyn std::fmt::Display) -> EngineError {
    EngineError::Invalid { field: "chunk", message: format!("the manifest's {field}: {error}") }
}

impl From<UnpackError> for EngineError {
    fn from(error: UnpackError) -> Self {
        Self::Snapshot(error.into())
    }
}
