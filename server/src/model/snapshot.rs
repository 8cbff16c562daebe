//! Snapshots: sandboxes' disks as they were at one instant.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::{Limits, OwnVolume, SandboxId, SnapshotId, Tenant, VolumeMount};

/// How much of a sandbox a snapshot has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SnapshotScope {
    /// The disk, and the sandbox's own volume.
    #[default]
    Disk,
    /// What is at /workspace.
    Workspace,
}

/// A snapshot's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Its id, which also names its trees.
    pub id: SnapshotId,
    /// Unique among snapshots.
    pub name: String,
    /// The sandbox that it is of.
    pub sandbox: SandboxId,
    /// That sandbox's image.
    pub image: String,
    /// Bytes that the sandbox had on its disk; `None` where they are not
    /// counted.
    pub size_bytes: Option<u64>,
    /// Bytes that its own volume had.
    pub volume_bytes: Option<u64>,
    /// The caller's labels.
    pub labels: BTreeMap<String, String>,
    /// The sandbox's limits.
    pub limits: Limits,
    /// The sandbox's environment.
    pub env: BTreeMap<String, String>,
    /// The volume that the snapshot has a copy of, and where it is mounted: one
    /// of the sandbox's own, or of others at its /workspace.
    pub own_volume: Option<(OwnVolume, VolumeMount)>,
    /// When it was taken.
    pub create_time: SystemTime,
    /// How much of the sandbox it has.
    #[serde(default)]
    pub scope: SnapshotScope,
    /// Whose it is.
    #[serde(default)]
    pub tenant: Tenant,
}
