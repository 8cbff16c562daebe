//! The disks: one directory each, with the overlay's upper and work
//! directories.

use std::fs::{self, DirBuilder};
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::fs::CWD;
use rustix::io::Errno;
use rustix::mount::{OpenTreeFlags, open_tree};

use super::trash::Trash;
use super::{Step, ids_in};
use crate::model::SandboxId;
use crate::runtime::RuntimeError;

pub(super) struct Disks {
    directory: PathBuf,
    trash: Trash,
}

impl Disks {
    pub(super) fn open(data_dir: &Path) -> Result<Self, RuntimeError> {
        let directory = data_dir.join("sandboxes");
        make_private(&directory)?;
        Ok(Self { directory, trash: Trash::open(data_dir)? })
    }

    /// The disk's tree, detached; made where there is none.
    pub(super) fn tree(&self, id: &SandboxId) -> Result<OwnedFd, RuntimeError> {
        let path = self.directory.join(id.as_str());
        if !path.join("work").exists() {
            make_private(&path)?;
            make(&path.join("upper"), 0o755)?;
            // Last: its presence says that the disk is whole.
            make(&path.join("work"), 0o700)?;
        }
        clone_tree(&path).step("open the disk")
    }

    /// Takes the disk away; its files go soon after, but nothing that someone
    /// has mounted among them.
    pub(super) fn remove(&self, id: &SandboxId) -> Result<(), RuntimeError> {
        let path = self.directory.join(id.as_str());
        self.trash.take(&path, id.as_str()).step("remove the disk")
    }

    pub(super) fn list(&self) -> Result<Vec<SandboxId>, RuntimeError> {
        ids_in(&self.directory, "")
    }
}

/// A copy of the mount tree at `path`, attached nowhere.
pub(super) fn clone_tree(path: &Path) -> Result<OwnedFd, Errno> {
    open_tree(CWD, path, OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC)
}

/// A directory for the daemon alone: what is below belongs to whoever a
/// sandbox says, setuid programs included.
pub(super) fn make_private(path: &Path) -> Result<(), RuntimeError> {
    make(path, 0o700)
}

fn make(path: &Path, mode: u32) -> Result<(), RuntimeError> {
    match DirBuilder::new().mode(mode).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error).step(format!("make {}", path.display())),
    }
    // Whatever the daemon's umask is.
    let permissions = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(mode);
    fs::set_permissions(path, permissions).step(format!("protect {}", path.display()))
}
