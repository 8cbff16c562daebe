//! Volumes, and where sandboxes have them.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::{SandboxId, Tenant, VolumeId};

/// Where a volume is mounted when nobody says.
pub const DEFAULT_MOUNT_PATH: &str = "/workspace";
/// Volumes of one sandbox.
pub const MAX_MOUNTS: usize = 16;
/// Bytes of a path.
const MAX_PATH_BYTES: usize = 4096;
/// What may be written to a full copy: enough to be mounted and emptied.
const ROOM: u64 = 1 << 20;
/// The kernel's, not a volume's.
const RESERVED: [&str; 3] = ["/proc", "/sys", "/dev"];

/// A volume's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// Its id, which also names its tree.
    pub id: VolumeId,
    /// Unique among volumes.
    pub name: String,
    /// Bytes that it may hold; 0: no bound.
    pub size_bytes: u64,
    /// The caller's labels.
    pub labels: BTreeMap<String, String>,
    /// When it was made.
    pub create_time: SystemTime,
    /// When it last changed.
    pub update_time: SystemTime,
    /// The sandbox that it was made for.
    pub owner: Option<SandboxId>,
    /// Bytes of it that the storage counts to the one that it was copied from.
    #[serde(default)]
    pub inherited_bytes: u64,
    /// Whose it is.
    #[serde(default)]
    pub tenant: Tenant,
}

impl Volume {
    /// Bytes that may be written to it; `None` where nothing bounds them.
    pub fn limit(&self) -> Option<u64> {
        limit(self.size_bytes, self.inherited_bytes)
    }
}

/// What of a size is left to write where so much is another's; 0 is no size. A
/// tree that may hold nothing more can still be used.
pub(super) fn limit(size: u64, inherited: u64) -> Option<u64> {
    (size > 0).then(|| size.saturating_sub(inherited).max(ROOM))
}

/// A volume in a sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeMount {
    /// Which.
    pub volume: VolumeId,
    /// Absolute path inside.
    pub path: String,
    /// The sandbox can't change it.
    pub read_only: bool,
}

/// What becomes of a sandbox's own volume with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Retention {
    /// It is deleted with the sandbox.
    #[default]
    Delete,
    /// It stays.
    Keep,
}

/// A volume that is made for a sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnVolume {
    /// Its id.
    pub volume: VolumeId,
    /// Bytes that it may hold; 0: no bound.
    pub size_bytes: u64,
    /// What becomes of it.
    pub retention: Retention,
}

/// Why nothing can be mounted at a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MountPathError {
    /// Not an absolute path in its plain form.
    #[error("must be an absolute path without `.`, `..`, `//`, NUL or a slash at its end")]
    NotPlain,
    /// Too long.
    #[error("must have at most {MAX_PATH_BYTES} bytes")]
    TooLong,
    /// The root, or the kernel's.
    #[error("must not be /, /proc, /sys or /dev, nor below those")]
    Reserved,
}

/// Holds a path to what a volume can be mounted at.
pub fn check_mount_path(path: &str) -> Result<(), MountPathError> {
    if path.len() > MAX_PATH_BYTES {
        return Err(MountPathError::TooLong);
    }
    let parts = path.strip_prefix('/').ok_or(MountPathError::NotPlain)?;
    if parts.is_empty() {
        return Err(MountPathError::Reserved);
    }
    let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains('\0');
    if !parts.split('/').all(plain) {
        return Err(MountPathError::NotPlain);
    }
    let below = |above: &str| {
        path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    match RESERVED.into_iter().any(below) {
        true => Err(MountPathError::Reserved),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_path_is_plain_and_not_the_kernels() {
        for path in ["/workspace", "/a/b c", "/procedures", "/.a", "/srv/data-1"] {
            assert_eq!(check_mount_path(path), Ok(()), "{path}");
        }
        for path in ["", "a", "a/b", "/a/", "//a", "/a//b", "/./a", "/a/..", "/a\0"] {
            assert_eq!(check_mount_path(path), Err(MountPathError::NotPlain), "{path:?}");
        }
        for path in ["/", "/proc", "/proc/1", "/sys", "/dev/shm"] {
            assert_eq!(check_mount_path(path), Err(MountPathError::Reserved), "{path}");
        }
        let long = format!("/{}", "a".repeat(4096));
        assert_eq!(check_mount_path(&long), Err(MountPathError::TooLong));
    }
}
