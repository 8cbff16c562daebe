//! Idmapped mounts: files that belong to host ids 0 to 65,535 are shown as a
//! machine's own.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// How a detached mount tree is changed before it is attached.
#[derive(Debug, Clone, Copy, Default)]
pub struct TreeAttributes<'a> {
    /// Show owners as this user namespace maps them.
    pub user_namespace: Option<BorrowedFd<'a>>,
    /// Refuse writes.
    pub read_only: bool,
    /// Refuse device nodes.
    pub no_devices: bool,
    /// Ignore setuid and setgid bits.
    pub no_setuid: bool,
}

/// Changes every mount of a tree that `open_tree` detached.
///
/// # Errors
/// EINVAL where the file system knows no idmapped mounts.
pub fn set_tree_attributes(tree: BorrowedFd<'_>, wanted: TreeAttributes<'_>) -> io::Result<()> {
    // SAFETY: all zeroes is a valid mount_attr.
    let mut attr: libc::mount_attr = unsafe { std::mem::zeroed() };
    // What the host mounts later below the source stays out of the copy.
    attr.propagation = libc::MS_PRIVATE;
    for (set, bit) in [
        (wanted.read_only, libc::MOUNT_ATTR_RDONLY),
        (wanted.no_devices, libc::MOUNT_ATTR_NODEV),
        (wanted.no_setuid, libc::MOUNT_ATTR_NOSUID),
        (wanted.user_namespace.is_some(), libc::MOUNT_ATTR_IDMAP),
    ] {
        if set {
            attr.attr_set |= bit;
        }
    }
    if let Some(namespace) = wanted.user_namespace {
        attr.userns_fd = namespace.as_raw_fd() as u64;
    }
    // SAFETY: the path is empty and NUL-terminated, `attr` outlives the call.
    let done = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            tree.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_EMPTY_PATH | libc::AT_RECURSIVE,
            std::ptr::from_mut(&mut attr),
            size_of::<libc::mount_attr>(),
        )
    };
    if done == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
