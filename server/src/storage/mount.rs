//! The daemon's own view of mounts: what it mounts there is gone with it,
//! however it ends, and is nobody else's to see or to unmount. Machines keep
//! what they use of it.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, StatFs, open};
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MountPropagationFlags, MoveMountFlags,
    fsconfig_create, fsconfig_set_string, fsmount, fsopen, mount_change, move_mount,
};

/// `BTRFS_SUPER_MAGIC`.
const BTRFS: u64 = 0x9123_683e;

/// Gives this thread, and all that it starts from now on, a view of its own.
/// What the host mounts later is seen in it.
///
/// # Errors
/// EPERM without CAP_SYS_ADMIN.
pub fn own_mounts() -> io::Result<()> {
    skerry_linux::fork::unshare_mounts()?;
    let downstream = MountPropagationFlags::DOWNSTREAM | MountPropagationFlags::REC;
    Ok(mount_change("/", downstream)?)
}

/// Whether a directory is in a btrfs.
pub(super) fn is_btrfs(path: &Path) -> io::Result<bool> {
    let found: StatFs = rustix::fs::statfs(path)?;
    Ok(found.f_type as u64 == BTRFS)
}

/// Directories over one another, the first one on top, as one that can only be
/// read; mounted nowhere, and gone with the descriptor.
pub(super) fn merged(layers: &[&PathBuf]) -> io::Result<OwnedFd> {
    let open = |path: &&PathBuf| open(*path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty());
    let opened = layers.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    // By descriptor: a path may have what divides two of them.
    let paths = opened.iter().map(|layer| format!("/proc/self/fd/{}", layer.as_raw_fd()));
    let paths = paths.collect::<Vec<_>>().join(":");
    let context = fsopen("overlay", FsOpenFlags::FSOPEN_CLOEXEC)?;
    fsconfig_set_string(context.as_fd(), "source", "skerry")?;
    fsconfig_set_string(context.as_fd(), "lowerdir", paths)?;
    fsconfig_create(context.as_fd())?;
    let attributes = MountAttrFlags::MOUNT_ATTR_RDONLY | MountAttrFlags::MOUNT_ATTR_NODEV;
    Ok(fsmount(context.as_fd(), FsMountFlags::FSMOUNT_CLOEXEC, attributes)?)
}

/// Mounts a btrfs. Freed blocks are given back to the device little by little.
pub(super) fn mount_btrfs(device: &Path, directory: &Path) -> io::Result<()> {
    let context = fsopen("btrfs", FsOpenFlags::FSOPEN_CLOEXEC)?;
    let device = device.to_str().ok_or(io::ErrorKind::InvalidFilename)?;
    fsconfig_set_string(context.as_fd(), "source", device)?;
    fsconfig_set_string(context.as_fd(), "discard", "async")?;
    fsconfig_create(context.as_fd())?;
    let attributes = MountAttrFlags::MOUNT_ATTR_NOATIME;
    let mount = fsmount(context.as_fd(), FsMountFlags::FSMOUNT_CLOEXEC, attributes)?;
    Ok(move_mount(&mount, "", CWD, directory, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)?)
}
