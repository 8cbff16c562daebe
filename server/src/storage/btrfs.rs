//! Trees as subvolumes of a btrfs: the data directory's own, or one in a file
//! of the pool's.

mod seed;

use std::ffi::CString;
use std::fs::{self, File};
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use skerry_linux::btrfs::{self, Quota};

use super::dir::{half_made, make_kinds, names_in, remove_tree, space};
use super::loop_file::LoopFile;
use super::{Driver, Pool, Space, StorageError, Tree, TreeKind};
use seed::Seed;

pub(super) struct BtrfsPool {
    root: PathBuf,
    /// `/sys/fs/btrfs/<id>/qgroups`, where sizes are counted.
    groups: Option<PathBuf>,
    /// What disks begin with.
    seed: Seed,
    /// Where the file system is in a file of the pool's.
    file: Option<LoopFile>,
}

impl BtrfsPool {
    /// Opens the pool in a directory of a btrfs. Only of one that is the
    /// pool's own are sizes counted without being asked.
    pub(super) fn open(root: &Path, file: Option<LoopFile>) -> Result<Self, StorageError> {
        make_kinds(root)?;
        let opened = File::open(root).map_err(StorageError::at(root))?;
        let id = btrfs::file_system_id(opened.as_fd()).map_err(StorageError::at(root))?;
        let groups = Path::new("/sys/fs/btrfs").join(id).join("qgroups");
        if file.is_some() && !groups.exists() {
            count_sizes(&opened);
        }
        let groups = groups.exists().then_some(groups);
        let seed = Seed::open(root).map_err(StorageError::at(root))?;
        let pool = Self { root: root.to_owned(), groups, seed, file };
        for tree in half_made(&pool)? {
            pool.remove(&tree)?;
        }
        Ok(pool)
    }

    fn open_tree(&self, tree: &Tree) -> Result<File, StorageError> {
        let path = self.path(tree);
        File::open(&path).map_err(StorageError::at(&path))
    }
}

/// What it can't do is missing from the capabilities.
fn count_sizes(root: &File) {
    let simple = btrfs::enable_quota(root.as_fd(), Quota::Simple);
    if let Err(error) = simple.or_else(|_| btrfs::enable_quota(root.as_fd(), Quota::Full)) {
        tracing::warn!(%error, "this kernel can't bound the size of a subvolume");
    }
}

/// A path's directory, opened, and its name there.
fn place(path: &Path) -> io::Result<(File, CString)> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    Ok((File::open(parent)?, CString::new(name.as_encoded_bytes())?))
}

fn create(path: &Path) -> io::Result<()> {
    let (parent, name) = place(path)?;
    match btrfs::create(parent.as_fd(), &name) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        created => created,
    }
}

fn remove(path: &Path) -> io::Result<()> {
    let (parent, name) = match place(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    match btrfs::remove(parent.as_fd(), &name) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        // No subvolume, or something is mounted or nested in it.
        Err(_) => {
            // One that is read-only would keep its files.
            if let Ok(tree) = File::open(path) {
                let _ = btrfs::set_read_only(tree.as_fd(), false);
            }
            remove_tree(path)
        }
    }
}

impl Pool for BtrfsPool {
    fn driver(&self) -> Driver {
        Driver::Btrfs
    }

    fn has_limits(&self) -> bool {
        self.groups.is_some()
    }

    fn root(&self) -> &Path {
        &self.root
    }

    fn make_directory(&self, path: &Path) -> Result<(), StorageError> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(StorageError::at(parent))?;
        }
        create(path).map_err(StorageError::at(path))
    }

    fn seal(&self, path: &Path) -> Result<(), StorageError> {
        let opened = File::open(path).map_err(StorageError::at(path))?;
        btrfs::set_read_only(opened.as_fd(), true).map_err(StorageError::at(path))
    }

    fn seal_root(&self, path: &Path) -> Result<(), StorageError> {
        self.seed.raise(path).map_err(StorageError::at(path))?;
        self.seal(path)
    }

    fn bound_directory(&self, path: &Path, bytes: u64) -> Result<(), StorageError> {
        if !self.has_limits() {
            return Err(StorageError::NoLimits);
        }
        let opened = File::open(path).map_err(StorageError::at(path))?;
        btrfs::set_limit(opened.as_fd(), Some(bytes)).map_err(StorageError::at(path))
    }

    fn remove_directory(&self, path: &Path) -> Result<(), StorageError> {
        remove(path).map_err(StorageError::at(path))
    }

    fn create(&self, tree: &Tree) -> Result<(), StorageError> {
        let path = self.path(tree);
        let created = match tree.kind {
            TreeKind::Volume => create(&path),
            TreeKind::Disk | TreeKind::Snapshot => self.seed.sow(&path),
        };
        created.map_err(StorageError::at(&path))
    }

    fn copy(&self, from: &Tree, to: &Tree) -> Result<(), StorageError> {
        let (source, path) = (self.open_tree(from)?, self.path(to));
        let read_only = to.kind == TreeKind::Snapshot;
        let copied = place(&path).and_then(|(parent, name)| {
            btrfs::snapshot(source.as_fd(), parent.as_fd(), &name, read_only)
        });
        copied.map_err(StorageError::at(&path))
    }

    fn remove(&self, tree: &Tree) -> Result<(), StorageError> {
        let path = self.path(tree);
        remove(&path).map_err(StorageError::at(&path))
    }

    fn set_limit(&self, tree: &Tree, bytes: Option<u64>) -> Result<(), StorageError> {
        match (self.has_limits(), bytes) {
            (false, None) => Ok(()),
            (false, Some(_)) => Err(StorageError::NoLimits),
            (true, bytes) => btrfs::set_limit(self.open_tree(tree)?.as_fd(), bytes)
                .map_err(StorageError::at(&self.path(tree))),
        }
    }

    fn usage(&self, tree: &Tree) -> Option<u64> {
        let opened = self.open_tree(tree).ok()?;
        let id = btrfs::subvolume_id(opened.as_fd()).ok()?;
        let path = self.groups.as_ref()?.join(format!("0_{id}/referenced"));
        fs::read_to_string(path).ok()?.trim().parse().ok()
    }

    fn list(&self, kind: TreeKind) -> Result<Vec<String>, StorageError> {
        names_in(&self.root.join(kind.directory()))
    }

    fn space(&self) -> Result<Space, StorageError> {
        space(&self.root)
    }

    fn tend(&self) -> Result<(), StorageError> {
        match &self.file {
            Some(file) => file.grow(&self.root),
            None => Ok(()),
        }
    }
}
