//! Taking snapshots; making a sandbox from one is a create.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::SystemTime;

use super::request::{CreateSandbox, check_labels, check_snapshot_name};
use super::{Engine, EngineError, copy};
use crate::failpoint;
use crate::model::{SandboxId, Snapshot, SnapshotId, SnapshotScope, VolumeId};
use crate::snapshot::Snapshots;
use crate::storage::Space;
use crate::volume::Volumes;
use crate::whole::whole;

impl Engine {
    /// Takes a snapshot; it is whole and durable when this resolves. Dropping
    /// the call does not stop it.
    pub async fn snapshot(
        &self,
        id_or_name: &str,
        scope: SnapshotScope,
        name: Option<String>,
        labels: BTreeMap<String, String>,
    ) -> Result<Snapshot, EngineError> {
        check_labels("labels", &labels)?;
        if let Some(name) = &name {
            check_snapshot_name(name)?;
        }
        let shared = Arc::clone(&self.core.shared);
        let entry = self.find(id_or_name)?;
        let id = SnapshotId::from_uuid(uuid::Uuid::now_v7().as_u128());
        let name = name.unwrap_or_else(|| id.to_string());
        let claim = shared.snapshots.claim(&name)?;
        whole(async move {
            let (record, copied) = copy::ask(&shared, &entry, scope, &id).await?;
            failpoint::hit("snapshot.copied");
            let snapshot = Snapshot {
                id,
                name,
                sandbox: record.id,
                image: record.image,
                size_bytes: copied.size.disk,
                volume_bytes: copied.size.volume,
                labels,
                limits: record.limits,
                env: record.env,
                own_volume: copied.volume,
                create_time: SystemTime::now(),
                scope,
                tenant: record.tenant,
            };
            shared.snapshots.add(claim, snapshot.clone()).await?;
            failpoint::hit("snapshot.recorded");
            Ok(snapshot)
        })
        .await
    }

    /// What a request asks for over what a snapshot has.
    pub(super) fn over_snapshot(
        &self,
        request: CreateSandbox,
        snapshot: Snapshot,
    ) -> Result<CreateSandbox, EngineError> {
        let image = match request.image.as_str() {
            "" => snapshot.image.clone(),
            given => self.core.shared.images.source(given)?.0,
        };
        if snapshot.scope == SnapshotScope::Disk && image != snapshot.image {
            let message = format!("must be empty or the snapshot's: {}", snapshot.image);
            return Err(EngineError::Invalid { field: "image", message });
        }
        Ok(request.over(snapshot, image))
    }

    /// The snapshots.
    pub fn snapshots(&self) -> &Snapshots {
        &self.core.shared.snapshots
    }

    /// The volumes.
    pub fn volumes(&self) -> &Volumes {
        &self.core.shared.volumes
    }

    /// The sandboxes that have volumes, by volume.
    pub fn users_of_volumes(&self) -> HashMap<VolumeId, Vec<SandboxId>> {
        self.core.shared.users_of_volumes()
    }

    /// The sandboxes that have a volume.
    pub fn users_of_volume(&self, volume: &VolumeId) -> Vec<SandboxId> {
        self.core.shared.users_of_volume(volume)
    }

    /// The storage's driver, whether it holds sizes, and its room.
    pub fn storage(&self) -> (&'static str, bool, Option<Space>) {
        let pool = &self.core.shared.pool;
        (pool.driver().name(), pool.has_limits(), pool.space().ok())
    }
}
