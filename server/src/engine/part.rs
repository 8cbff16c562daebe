//! How much of a sandbox a copy has: the disk with the sandbox's own volume,
//! or what is at /workspace.

use std::sync::Arc;

use super::EngineError;
use super::shared::Shared;
use crate::failpoint;
use crate::model::{
    DEFAULT_MOUNT_PATH, OwnVolume, Retention, Sandbox, SnapshotId, SnapshotScope, VolumeMount,
};
use crate::snapshot;
use crate::storage::{self, blocking, disk, extract_workspace};

/// What of a disk is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DiskPart {
    /// All.
    Whole,
    /// The directory /workspace.
    Workspace,
    /// Nothing: a volume is at /workspace.
    Nothing,
}

/// What of a sandbox is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) disk: DiskPart,
    /// The volume, as the own one of who is made from the copy.
    pub(super) volume: Option<(OwnVolume, VolumeMount)>,
}

impl Part {
    /// What of a sandbox is copied. A volume that was deleted by force can't
    /// be.
    pub(super) fn of(
        shared: &Shared,
        record: &Sandbox,
        scope: SnapshotScope,
    ) -> Result<Self, EngineError> {
        let own = record.own_volume.clone().and_then(|own| {
            let mount = record.mounts.iter().find(|mount| mount.volume == own.volume)?;
            Some((own, mount.clone()))
        });
        let there = record.mounts.iter().find(|mount| mount.path == DEFAULT_MOUNT_PATH);
        let part = match (scope, there) {
            (SnapshotScope::Disk, _) => Self { disk: DiskPart::Whole, volume: own },
            (SnapshotScope::Workspace, None) => {
                let below = |path: &str| path.starts_with(&format!("{DEFAULT_MOUNT_PATH}/"));
                let volume = own.filter(|(_, mount)| below(&mount.path));
                Self { disk: DiskPart::Workspace, volume }
            }
            (SnapshotScope::Workspace, Some(mount)) => {
                let own = own.filter(|(own, _)| own.volume == mount.volume);
                let copy = own.map_or_else(|| as_own(shared, mount), Ok)?;
                Self { disk: DiskPart::Nothing, volume: Some(copy) }
            }
        };
        if let Some((own, _)) = &part.volume {
            shared.volumes.get(own.volume.as_str())?;
        }
        Ok(part)
    }

    /// Makes the disk's tree where it is not the copy itself.
    pub(super) async fn take_out(
        &self,
        shared: &Arc<Shared>,
        record: &Sandbox,
        to: &SnapshotId,
    ) -> Result<(), EngineError> {
        let (part, whole, to) = (self.disk, snapshot::whole_disk(to), snapshot::disk(to));
        if part == DiskPart::Whole {
            return Ok(());
        }
        failpoint::hit("snapshot.workspace.copied");
        let (_, image) = shared.images.source(&record.image)?;
        let pool = Arc::clone(&shared.pool);
        let made = blocking(move || {
            let from = pool.path(&whole);
            storage::fill(&*pool, &to, |tree| match part {
                DiskPart::Workspace => extract_workspace(&from, &image.lowers, tree),
                _ => disk::make(tree),
            })?;
            pool.remove(&whole)
        });
        made.await?;
        failpoint::hit("snapshot.workspace.extracted");
        Ok(())
    }
}

/// The volume of others, as one that is made for whoever has its copy.
fn as_own(shared: &Shared, mount: &VolumeMount) -> Result<(OwnVolume, VolumeMount), EngineError> {
    let volume = shared.volumes.get(mount.volume.as_str())?;
    let (size_bytes, retention) = (volume.size_bytes, Retention::default());
    let own = OwnVolume { volume: volume.id, size_bytes, retention };
    Ok((own, VolumeMount { read_only: false, ..mount.clone() }))
}
