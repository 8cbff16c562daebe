//! The disks: a tree of the pool each, with the overlay's upper and work
//! directories.

use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::CWD;
use rustix::io::Errno;
use rustix::mount::{OpenTreeFlags, open_tree};

use super::Step;
use crate::model::SandboxId;
use crate::runtime::{MachineSpec, RuntimeError};
use crate::storage::{Pool, StorageError, Tree, TreeKind, disk};

pub(super) struct Disks {
    pool: Arc<dyn Pool>,
}

impl Disks {
    pub(super) fn new(pool: Arc<dyn Pool>) -> Self {
        Self { pool }
    }

    /// The disk's tree, detached; made where there is none.
    pub(super) fn tree(&self, spec: &MachineSpec) -> Result<OwnedFd, RuntimeError> {
        let tree = Tree::new(TreeKind::Disk, &spec.id);
        let path = self.pool.path(&tree);
        if !disk::is_made(&path) {
            self.pool.create(&tree)?;
            disk::make(&path)?;
        }
        if self.pool.has_limits() {
            self.pool.set_limit(&tree, spec.disk_limit)?;
        }
        clone_tree(&path).step("open the disk")
    }

    /// Takes the disk away; its files go soon after, but nothing that someone
    /// has mounted among them.
    pub(super) fn remove(&self, id: &SandboxId) -> Result<(), RuntimeError> {
        Ok(self.pool.remove(&Tree::new(TreeKind::Disk, id))?)
    }

    pub(super) fn list(&self) -> Result<Vec<SandboxId>, RuntimeError> {
        let names = self.pool.list(TreeKind::Disk)?;
        Ok(names.into_iter().filter_map(|name| name.parse().ok()).collect())
    }

    /// Whether a disk's size can be bounded.
    pub(super) fn has_limits(&self) -> bool {
        self.pool.has_limits()
    }
}

impl From<StorageError> for RuntimeError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Full => Self::Exhausted("disk space".to_owned()),
            other => Self::Failed { step: "storage".to_owned(), cause: other.to_string() },
        }
    }
}

/// A copy of the mount tree at `path`, attached nowhere.
pub(super) fn clone_tree(path: &Path) -> Result<OwnedFd, Errno> {
    open_tree(CWD, path, OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC)
}
