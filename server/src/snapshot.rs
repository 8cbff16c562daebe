//! Snapshots: a record, and a tree of the pool for the disk and one for a
//! volume where it has one. A snapshot is there when its record
//! is; a tree without one is swept at start.

mod export;
mod import;
mod manifest;

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use import::Room;
pub use manifest::{FORMAT, Manifest};

use crate::archive::UnpackError;
use crate::failpoint;
use crate::model::{Snapshot, SnapshotId, SnapshotScope};
use crate::storage::{Pool, StorageError, Tree, TreeKind, blocking};
use crate::store::{Catalog, NameClaim, Named, Store, StoreError};
use crate::whole::whole;

/// What the tree of the volume has after the snapshot's id.
const VOLUME_SUFFIX: &str = ".volume";
/// What a disk has there that only a part is wanted of; no snapshot has it.
const WHOLE_SUFFIX: &str = ".whole";
/// Exports and imports at once: each has a thread, and they share the disk.
const MAX_TRANSFERS: usize = 4;
/// The members of an archive.
const MANIFEST: &str = "manifest.json";
const DISK: &str = "disk";
const VOLUME: &str = "volume";
const DIGEST: &str = "sha256";

/// Why a snapshot could not be made, found or removed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SnapshotError {
    /// No snapshot has that name or id.
    #[error("there is no snapshot {0:?}")]
    NotFound(String),
    /// Another one has the name.
    #[error("there is a snapshot named {0:?} already")]
    NameTaken(String),
    /// As many archives are written or read as may be.
    #[error("{MAX_TRANSFERS} exports and imports of snapshots are under way already")]
    Busy,
    /// No archive of a snapshot.
    #[error("this is no archive of a snapshot: {0}")]
    NoArchive(String),
    /// An archive of a format that is not known here.
    #[error("the archive has the format {0}, which this skerryd does not know")]
    OtherFormat(u32),
    /// The image that it is of is not here.
    #[error("the snapshot is of the image {0:?}, which is not here")]
    ImageMissing(String),
    /// The image that it is of is another one here.
    #[error("the snapshot is of the image {image:?} with the digest {wanted}; here it has {has}")]
    OtherImage {
        /// Its name.
        image: String,
        /// The digest that the archive names.
        wanted: String,
        /// The digest of the one that is here.
        has: String,
    },
    /// The archive was not unpacked.
    #[error(transparent)]
    Archive(#[from] Arc<UnpackError>),
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] Arc<StorageError>),
    /// The record could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<UnpackError> for SnapshotError {
    fn from(error: UnpackError) -> Self {
        Self::Archive(Arc::new(error))
    }
}

/// The snapshots of one daemon; cheap to clone.
#[derive(Clone)]
pub struct Snapshots {
    pool: Arc<dyn Pool>,
    catalog: Catalog<Snapshot>,
    transfers: Arc<Semaphore>,
}

impl Named for Snapshot {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Snapshots {
    /// Opens the snapshots and sweeps trees without a record. Blocks on the
    /// disk.
    pub fn open(pool: Arc<dyn Pool>, store: &Store) -> Result<Self, SnapshotError> {
        let catalog = Catalog::<Snapshot>::open(store)?;
        for id in pool.list(TreeKind::Snapshot).map_err(Arc::new)? {
            if catalog.get(id.trim_end_matches(VOLUME_SUFFIX)).is_none() {
                tracing::info!(snapshot = id, "removing what no snapshot's record knows");
                let tree = Tree { kind: TreeKind::Snapshot, id };
                pool.remove(&tree).map_err(Arc::new)?;
            }
        }
        Ok(Self { pool, catalog, transfers: Arc::new(Semaphore::new(MAX_TRANSFERS)) })
    }

    /// One snapshot, by name or id.
    pub fn get(&self, name_or_id: &str) -> Result<Snapshot, SnapshotError> {
        self.catalog.get(name_or_id).ok_or_else(|| SnapshotError::NotFound(name_or_id.to_owned()))
    }

    /// Those that pass, by name, after one name, at most `limit`.
    pub fn list(
        &self,
        after: Option<&str>,
        limit: usize,
        pass: impl Fn(&Snapshot) -> bool,
    ) -> Vec<Snapshot> {
        self.catalog.list(after, limit, pass)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.catalog.count()
    }

    /// How many are of an image and nothing without it.
    pub fn users_of(&self, image: &str) -> usize {
        let uses = |one: &Snapshot| one.scope == SnapshotScope::Disk && one.image == image;
        self.catalog.list(None, usize::MAX, uses).len()
    }

    /// Takes one of the places of exports and imports.
    pub fn transfer(&self) -> Result<OwnedSemaphorePermit, SnapshotError> {
        Arc::clone(&self.transfers).try_acquire_owned().map_err(|_| SnapshotError::Busy)
    }

    /// Takes a name for a snapshot in the making.
    pub fn claim(&self, name: &str) -> Result<NameClaim<Snapshot>, SnapshotError> {
        self.catalog.claim(name).ok_or_else(|| SnapshotError::NameTaken(name.to_owned()))
    }

    /// Adds a snapshot whose trees are there: durable, then to be found. On
    /// failure they are removed.
    pub async fn add(
        &self,
        claim: NameClaim<Snapshot>,
        snapshot: Snapshot,
    ) -> Result<(), SnapshotError> {
        let id = snapshot.id.clone();
        let added = self.catalog.add(claim, snapshot).await;
        if added.is_err() {
            self.remove_trees(&id).await;
        }
        Ok(added?)
    }

    /// Removes a snapshot.
    pub async fn delete(&self, name_or_id: &str) -> Result<(), SnapshotError> {
        let taken = self.catalog.take(name_or_id);
        let snapshot = taken.ok_or_else(|| SnapshotError::NotFound(name_or_id.to_owned()))?;
        failpoint::hit("snapshot.delete.begun");
        let snapshots = self.clone();
        whole(async move {
            if let Err(error) = snapshots.catalog.forget(&snapshot).await {
                snapshots.catalog.put_back(snapshot);
                return Err(error.into());
            }
            failpoint::hit("snapshot.delete.forgotten");
            snapshots.remove_trees(&snapshot.id).await;
            Ok(())
        })
        .await
    }

    /// Removes the trees of an id that has no record (any more). What can't be
    /// removed now is swept at the next start.
    pub async fn remove_trees(&self, id: &SnapshotId) {
        let (pool, trees) = (Arc::clone(&self.pool), [disk(id), volume(id), whole_disk(id)]);
        let removed = blocking(move || trees.iter().try_for_each(|tree| pool.remove(tree)));
        if let Err(error) = removed.await {
            tracing::warn!(snapshot = %id, %error, "a snapshot's files can't be removed");
        }
    }
}

/// The tree with the copy of the disk.
pub fn disk(id: &SnapshotId) -> Tree {
    Tree::new(TreeKind::Snapshot, id)
}

/// The tree with the copy of the volume.
pub fn volume(id: &SnapshotId) -> Tree {
    Tree { kind: TreeKind::Snapshot, id: format!("{id}{VOLUME_SUFFIX}") }
}

/// The tree with the copy of a disk that a part is taken out of.
pub fn whole_disk(id: &SnapshotId) -> Tree {
    Tree { kind: TreeKind::Snapshot, id: format!("{id}{WHOLE_SUFFIX}") }
}
