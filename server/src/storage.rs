//! Where the trees are: the disks of sandboxes, volumes, snapshots and the
//! files of images, each a directory of a [`Pool`].
//!
//! ```text
//!              ┌─ btrfs  subvolumes: copied at once, bounded in size
//!  dyn Pool ───┤
//!              └─ dir    directories of any file system: copied file by file
//!
//!  <pool>/sandboxes/<id>   /volumes/<id>   /snapshots/<id>   /images/…
//! ```
//!
//! Which driver a data directory has is chosen at its first start, written
//! down there, and never changed: see [`open`].
//!
//! A tree is whole or not there: one that is half made has another name until
//! it is done, and [`open`] removes what has.

mod btrfs;
mod choice;
mod dir;
pub mod disk;
mod loop_file;
mod measure;
mod mount;
mod trash;
mod workspace;

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use choice::{StorageChoice, open};
pub use dir::{make_private, remove_tree};
pub use mount::own_mounts;
pub use workspace::extract as extract_workspace;

/// What the name of a tree that is being made starts with.
const HALF_MADE: &str = ".new-";

/// A driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Driver {
    /// Subvolumes of a btrfs, in a file of its own where the data directory
    /// is none.
    Btrfs,
    /// Directories.
    Dir,
}

impl Driver {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Btrfs => "btrfs",
            Self::Dir => "dir",
        }
    }
}

/// What a tree belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TreeKind {
    /// A sandbox's disk.
    Disk,
    /// A volume.
    Volume,
    /// A snapshot.
    Snapshot,
}

impl TreeKind {
    const ALL: [Self; 3] = [Self::Disk, Self::Volume, Self::Snapshot];

    /// Its directory's name in the pool.
    fn directory(self) -> &'static str {
        match self {
            Self::Disk => "sandboxes",
            Self::Volume => "volumes",
            Self::Snapshot => "snapshots",
        }
    }
}

/// A tree's name: what it belongs to, and that one's id, which is safe as a
/// file name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tree {
    /// What it belongs to.
    pub kind: TreeKind,
    /// Whose it is.
    pub id: String,
}

impl Tree {
    /// The tree of an id.
    pub fn new(kind: TreeKind, id: &impl fmt::Display) -> Self {
        Self { kind, id: id.to_string() }
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.kind.directory(), self.id)
    }
}

/// Why a pool could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The driver can't hold a tree to a size.
    #[error("the storage holds no sizes: its driver is dir, or its btrfs has no quotas enabled")]
    NoLimits,
    /// The disk is full.
    #[error("the storage is full")]
    Full,
    /// The data directory was made with another driver.
    #[error(
        "the data directory has the storage driver {has}: leave --storage out, or use another --data-dir"
    )]
    OtherDriver {
        /// What it has.
        has: &'static str,
    },
    /// The host can't do what the driver needs.
    #[error("the storage driver btrfs can't be used: {0}; use --storage dir")]
    NoBtrfs(String),
    /// A sandbox has put something else in its place.
    #[error("/workspace is no directory")]
    NoWorkspace,
    /// The host refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// At which path.
        path: PathBuf,
        /// Its answer.
        error: io::Error,
    },
}

impl StorageError {
    pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io { path, error },
        }
    }
}

/// Runs a call that blocks on the disk where that holds nobody up.
pub async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, StorageError> + Send + 'static,
) -> Result<T, StorageError> {
    tokio::task::spawn_blocking(call).await.unwrap_or_else(|error| {
        Err(StorageError::Io { path: PathBuf::new(), error: io::Error::other(error) })
    })
}

/// Makes a tree of another that has so many bytes; says how many of them count
/// to that other one.
pub fn copy(
    pool: &dyn Pool,
    from: &Tree,
    to: &Tree,
    size: Option<u64>,
) -> Result<u64, StorageError> {
    pool.copy(from, to)?;
    Ok(size.unwrap_or(0).saturating_sub(pool.usage(to).unwrap_or(0)))
}

/// Makes a tree by filling an empty one, which nobody changes any more then:
/// all of it, durable, or nothing stays.
pub fn fill<T, E: From<StorageError>>(
    pool: &dyn Pool,
    tree: &Tree,
    filling: impl FnOnce(&Path) -> Result<T, E>,
) -> Result<T, E> {
    pool.create(tree)?;
    let path = pool.path(tree);
    let filled = filling(&path).and_then(|filled| {
        pool.seal(&path)?;
        let opened = File::open(&path).map_err(StorageError::at(&path))?;
        let synced = rustix::fs::syncfs(&opened).map_err(io::Error::from);
        synced.map_err(StorageError::at(&path))?;
        Ok(filled)
    });
    if filled.is_err() {
        pool.remove(tree)?;
    }
    filled
}

/// How much room a pool has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes in all.
    pub total: u64,
    /// Bytes that are free.
    pub free: u64,
}

/// Keeps trees. Every call blocks on the disk, and is safe to repeat after a
/// crash: what is to be made may not be there, what is to be removed may be
/// gone.
pub trait Pool: Send + Sync + 'static {
    /// The driver.
    fn driver(&self) -> Driver;

    /// Whether a tree's size can be bounded and told.
    fn has_limits(&self) -> bool;

    /// Where the pool's directories are.
    fn root(&self) -> &Path;

    /// Makes an empty directory that [`Pool::seal`] may make read-only; for
    /// what has a place and name of its own, as images have.
    fn make_directory(&self, path: &Path) -> Result<(), StorageError>;

    /// Makes what is in such a directory read-only, where the driver can.
    fn seal(&self, path: &Path) -> Result<(), StorageError>;

    /// Makes an image's root read-only where the driver can, and sees to it that
    /// no disk begun after it has a number of one of its files.
    fn seal_root(&self, path: &Path) -> Result<(), StorageError> {
        self.seal(path)
    }

    /// Bounds the bytes of such a directory.
    fn bound_directory(&self, path: &Path, bytes: u64) -> Result<(), StorageError>;

    /// Removes such a directory with all in it.
    fn remove_directory(&self, path: &Path) -> Result<(), StorageError>;

    /// Makes an empty tree; one that is there stays as it is.
    fn create(&self, tree: &Tree) -> Result<(), StorageError>;

    /// Makes a tree with all that another one has at this instant. Whoever
    /// writes to that one has to be stopped or frozen. It is durable when this
    /// returns.
    fn copy(&self, from: &Tree, to: &Tree) -> Result<(), StorageError>;

    /// Removes a tree with all in it: nothing finds it any more, and its space
    /// is free soon after. What is mounted in it stays untouched.
    fn remove(&self, tree: &Tree) -> Result<(), StorageError>;

    /// Bounds the bytes that are written to a tree; `None` lets it grow. What
    /// is there stays.
    fn set_limit(&self, tree: &Tree, bytes: Option<u64>) -> Result<(), StorageError>;

    /// Bytes that were written to a tree and are still there: those that it
    /// has from another one by [`Pool::copy`] count to that one. `None` where
    /// it can't be told.
    fn usage(&self, tree: &Tree) -> Option<u64>;

    /// Bytes of a tree that nobody writes to, of which so many count to others:
    /// those that were counted at most, less what is not there any more. `None`
    /// where sizes are not counted.
    fn size(&self, tree: &Tree, counted: Option<u64>, inherited: u64) -> Option<u64> {
        let counted = counted? + inherited;
        // Only what was inherited may be gone and still be counted.
        match inherited {
            0 => Some(counted),
            _ => Some(measure::allocated(&self.path(tree)).map_or(counted, |now| now.min(counted))),
        }
    }

    /// The ids of all trees of a kind.
    fn list(&self, kind: TreeKind) -> Result<Vec<String>, StorageError>;

    /// How much room there is.
    fn space(&self) -> Result<Space, StorageError>;

    /// Takes up what the host gives, where the pool can grow; to be called
    /// from time to time.
    fn tend(&self) -> Result<(), StorageError>;

    /// Where a tree is.
    fn path(&self, tree: &Tree) -> PathBuf {
        self.root().join(tree.kind.directory()).join(&tree.id)
    }

    /// Whether a tree is there.
    fn has(&self, tree: &Tree) -> bool {
        self.path(tree).is_dir()
    }
}
