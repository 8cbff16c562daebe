//! The machine's mounts, attached by init inside the new namespaces.
//!
//! The image is hostile: a mount point that is a link is refused, and no name
//! is resolved outside the new root (CVE-2019-19921, CVE-2021-30465,
//! CVE-2025-31133, CVE-2025-52565, CVE-2025-52881). Covers are attached
//! inside file systems that were mounted here just before.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MoveMountFlags, OpenTreeFlags, UnmountFlags,
    fsconfig_create, fsconfig_set_string, fsmount, fsopen, move_mount, open_tree, unmount,
};
use skerry_api::init::{Bind, SmallFile};
use skerry_linux::idmap::{TreeAttributes, set_tree_attributes};

use crate::guard::Guard;
use crate::small_file;
use crate::wire::{SetupError, Step};

/// What the stage made.
pub(crate) struct Trees {
    pub(crate) root: OwnedFd,
    pub(crate) binds: Vec<OwnedFd>,
}

/// Covered with nothing, as runc has them; those that this kernel lacks are
/// passed over.
const MASKED: &[&str] = &[
    "proc/acpi",
    "proc/asound",
    "proc/interrupts",
    "proc/kcore",
    "proc/keys",
    "proc/latency_stats",
    "proc/sched_debug",
    "proc/scsi",
    "proc/timer_list",
    "proc/timer_stats",
    "sys/devices/virtual/powercap",
    "sys/firmware",
];

/// Shown but not writable, as runc has them.
const READ_ONLY: &[&str] = &["proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"];

/// /dev/shm is memory of the machine's own, which its limit bounds as well.
const SHM_SIZE: &str = "67108864";
/// Group `tty` of every distribution.
const TTY_GROUP: &str = "5";

const QUIET: MountAttrFlags = MountAttrFlags::MOUNT_ATTR_NOSUID
    .union(MountAttrFlags::MOUNT_ATTR_NODEV)
    .union(MountAttrFlags::MOUNT_ATTR_NOEXEC);

/// Makes the new root and turns into it; the old one is gone after.
pub(crate) fn set_up(trees: &Trees, binds: &[Bind], files: &[SmallFile]) -> Result<(), SetupError> {
    attach(&trees.root, CWD, "/root").step("attach the root")?;
    let root = rustix::fs::open("/root", OFlags::PATH | OFlags::CLOEXEC, Mode::empty())
        .step("open the root")?;
    let root = root.as_fd();
    // Into the disk, before a volume may lie over it.
    small_file::write_all(root, files);
    mount_at(root, "proc", "proc", &[], QUIET)?;
    // Only the owner of a network namespace may mount its sysfs.
    if Guard::NetNamespace.is_up() {
        let read_only = if Guard::ReadOnlyPaths.is_up() {
            MountAttrFlags::MOUNT_ATTR_RDONLY
        } else {
            MountAttrFlags::empty()
        };
        mount_at(root, "sys", "sysfs", &[], QUIET | read_only)?;
    }
    let devices = clone_tree_at("/dev").step("clone the devices")?;
    attach_at(root, "dev", &devices)?;
    let pts = [("newinstance", ""), ("ptmxmode", "0666"), ("mode", "0620"), ("gid", TTY_GROUP)];
    let quiet_devices = MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NOEXEC;
    mount_at(root, "dev/pts", "devpts", &pts, quiet_devices)?;
    mount_at(root, "dev/shm", "tmpfs", &[("mode", "1777"), ("size", SHM_SIZE)], QUIET)?;
    for (tree, bind) in trees.binds.iter().zip(binds) {
        attach_at(root, bind.path.trim_start_matches('/'), tree)?;
    }
    cover(root)?;
    make_directory(root, "workspace").step("make /workspace")?;
    turn_into(root).step("pivot_root")
}

fn attach(tree: impl AsFd, directory: BorrowedFd<'_>, path: &str) -> rustix::io::Result<()> {
    let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
    move_mount(tree.as_fd(), "", directory, path, flags)
}

/// Opens a mount point below the root without following any link.
pub(crate) fn open_beneath(root: BorrowedFd<'_>, path: &str) -> rustix::io::Result<OwnedFd> {
    rustix::fs::openat2(
        root,
        path,
        OFlags::PATH | OFlags::CLOEXEC,
        Mode::empty(),
        ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS,
    )
}

/// Makes a directory where there is none, with those above it; links are not
/// followed.
fn make_directory(root: BorrowedFd<'_>, path: &str) -> rustix::io::Result<OwnedFd> {
    match open_beneath(root, path) {
        Err(Errno::NOENT) => {}
        found => return found,
    }
    let (above, name) = path.rsplit_once('/').unwrap_or((".", path));
    let above = make_directory(root, above)?;
    match rustix::fs::mkdirat(&above, name, Mode::from_raw_mode(0o755)) {
        Ok(()) | Err(Errno::EXIST) => open_beneath(root, path),
        Err(error) => Err(error),
    }
}

fn attach_at(root: BorrowedFd<'_>, path: &str, tree: &OwnedFd) -> Result<(), SetupError> {
    let target = make_directory(root, path).map_err(name_link).step(format!("make /{path}"))?;
    attach(tree, target.as_fd(), "").step(format!("attach /{path}"))
}

fn mount_at(
    root: BorrowedFd<'_>,
    path: &str,
    kind: &str,
    options: &[(&str, &str)],
    attributes: MountAttrFlags,
) -> Result<(), SetupError> {
    let mount = new_mount(kind, options, attributes).step(format!("mount /{path}"))?;
    attach_at(root, path, &mount)
}

/// ELOOP says nothing to who made the image.
fn name_link(errno: Errno) -> io::Error {
    match errno {
        Errno::LOOP => io::Error::other("the image has a symbolic link there"),
        Errno::NOTDIR => io::Error::other("the image has no directory there"),
        other => other.into(),
    }
}

fn new_mount(
    kind: &str,
    options: &[(&str, &str)],
    attributes: MountAttrFlags,
) -> rustix::io::Result<OwnedFd> {
    let context = fsopen(kind, FsOpenFlags::FSOPEN_CLOEXEC)?;
    for (key, value) in options {
        if value.is_empty() {
            rustix::mount::fsconfig_set_flag(context.as_fd(), *key)?;
        } else {
            fsconfig_set_string(context.as_fd(), *key, *value)?;
        }
    }
    fsconfig_create(context.as_fd())?;
    fsmount(context.as_fd(), FsMountFlags::FSMOUNT_CLOEXEC, attributes)
}

fn cover(root: BorrowedFd<'_>) -> Result<(), SetupError> {
    if Guard::MaskedPaths.is_up() {
        let null = open_beneath(root, "dev/null").step("open /dev/null")?;
        for path in MASKED {
            mask(root, path, null.as_fd()).step(format!("mask /{path}"))?;
        }
    }
    if Guard::ReadOnlyPaths.is_up() {
        for path in READ_ONLY {
            make_read_only(root, path).step(format!("make /{path} read-only"))?;
        }
    }
    Ok(())
}

/// Covers a file with /dev/null, a directory with an empty one.
fn mask(root: BorrowedFd<'_>, path: &str, null: BorrowedFd<'_>) -> io::Result<()> {
    let target = match open_beneath(root, path) {
        Err(Errno::NOENT) => return Ok(()),
        found => found?,
    };
    let kind = rustix::fs::FileType::from_raw_mode(rustix::fs::fstat(&target)?.st_mode);
    let cover = if kind.is_dir() {
        let options = [("mode", "0555"), ("nr_inodes", "1")];
        new_mount("tmpfs", &options, QUIET | MountAttrFlags::MOUNT_ATTR_RDONLY)?
    } else {
        clone_tree(null)?
    };
    Ok(attach(cover, target.as_fd(), "")?)
}

fn make_read_only(root: BorrowedFd<'_>, path: &str) -> io::Result<()> {
    let target = match open_beneath(root, path) {
        Err(Errno::NOENT) => return Ok(()),
        found => found?,
    };
    let cover = clone_tree(target.as_fd())?;
    let attributes = TreeAttributes { read_only: true, ..TreeAttributes::default() };
    set_tree_attributes(cover.as_fd(), attributes)?;
    Ok(attach(cover, target.as_fd(), "")?)
}

fn clone_tree(source: BorrowedFd<'_>) -> rustix::io::Result<OwnedFd> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE
        | OpenTreeFlags::OPEN_TREE_CLOEXEC
        | OpenTreeFlags::AT_EMPTY_PATH;
    open_tree(source, "", flags)
}

fn clone_tree_at(path: &str) -> rustix::io::Result<OwnedFd> {
    open_tree(CWD, path, OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC)
}

fn turn_into(root: BorrowedFd<'_>) -> rustix::io::Result<()> {
    rustix::process::fchdir(root)?;
    rustix::process::pivot_root(".", ".")?;
    unmount(".", UnmountFlags::DETACH)?;
    rustix::process::chdir("/")
}
