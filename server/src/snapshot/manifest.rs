//! What an archive of a snapshot says of it: its first member.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::SnapshotError;
use crate::model::{Limits, Retention, Snapshot, SnapshotScope};

/// The format that is written. Another one is not read.
pub const FORMAT: u32 = 1;

/// A snapshot, told to another daemon, which believes none of it unchecked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// Its name.
    pub name: String,
    /// The id of the sandbox that it is of.
    pub sandbox_id: String,
    /// That sandbox's image.
    pub image: String,
    /// The digest of the image's manifest; empty where it has none.
    pub image_digest: String,
    /// How much of the sandbox it has.
    pub scope: Scope,
    /// When it was taken: seconds since 1970.
    pub create_time: u64,
    /// The caller's labels.
    pub labels: BTreeMap<String, String>,
    /// The sandbox's environment.
    pub env: BTreeMap<String, String>,
    /// The sandbox's limits.
    pub limits: Limits,
    /// Bytes of the disk, where they were counted.
    pub size_bytes: Option<u64>,
    /// The volume that it has.
    pub volume: Option<ManifestVolume>,
}

/// How much of the sandbox a snapshot has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The disk, and the sandbox's own volume.
    Disk,
    /// What is at /workspace.
    Workspace,
}

/// A snapshot's volume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestVolume {
    /// Where it is mounted.
    pub path: String,
    /// The sandbox can't change it.
    pub read_only: bool,
    /// Bytes that it may hold; 0: no bound.
    pub size_bytes: u64,
    /// Whether it stays when its sandbox goes.
    pub keep: bool,
    /// Bytes that it had, where they were counted.
    pub used_bytes: Option<u64>,
}

impl Manifest {
    /// Of a snapshot whose image has this digest.
    pub(super) fn of(snapshot: &Snapshot, image_digest: String) -> Self {
        let since = snapshot.create_time.duration_since(SystemTime::UNIX_EPOCH);
        let volume = snapshot.own_volume.as_ref().map(|(own, mount)| ManifestVolume {
            path: mount.path.clone(),
            read_only: mount.read_only,
            size_bytes: own.size_bytes,
            keep: own.retention == Retention::Keep,
            used_bytes: snapshot.volume_bytes,
        });
        Self {
            format: FORMAT,
            name: snapshot.name.clone(),
            sandbox_id: snapshot.sandbox.to_string(),
            image: snapshot.image.clone(),
            image_digest,
            scope: match snapshot.scope {
                SnapshotScope::Disk => Scope::Disk,
                SnapshotScope::Workspace => Scope::Workspace,
            },
            create_time: since.map_or(0, |since| since.as_secs()),
            labels: snapshot.labels.clone(),
            env: snapshot.env.clone(),
            limits: snapshot.limits,
            size_bytes: snapshot.size_bytes,
            volume,
        }
    }

    /// Reads one; of another format only that.
    pub(super) fn read(text: &[u8]) -> Result<Self, SnapshotError> {
        #[derive(Deserialize)]
        struct Only {
            format: u32,
        }
        let bad = |error: serde_json::Error| SnapshotError::NoArchive(format!("manifest: {error}"));
        let Only { format } = serde_json::from_slice(text).map_err(bad)?;
        match format {
            FORMAT => serde_json::from_slice(text).map_err(bad),
            other => Err(SnapshotError::OtherFormat(other)),
        }
    }

    /// When it was taken; `None` where that is no time.
    pub fn taken(&self) -> Option<SystemTime> {
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(self.create_time))
    }
}

impl From<Scope> for SnapshotScope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Disk => Self::Disk,
            Scope::Workspace => Self::Workspace,
        }
    }
}
