//! Snapshots: a record, and a tree of the pool for the disk and one for a
//! volume where it has one. A snapshot is there when its record
//! is; a tree without one is swept at start.

use std::sync::Arc;

use crate::failpoint;
use crate::model::{Snapshot, SnapshotId, SnapshotScope};
use crate::storage::{Pool, StorageError, Tree, TreeKind, blocking};
use crate::store::{Catalog, NameClaim, Named, Store, StoreError};
use crate::whole::whole;

/// What the tree of the volume has after the snapshot's id.
const VOLUME_SUFFIX: &str = ".volume";
/// What a disk has there that only a part is wanted of; no snapshot has it.
const WHOLE_SUFFIX: &str = ".whole";

/// Why a snapshot could not be made, found or removed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SnapshotError {
    /// No snapshot has that name or id.
    #[error("there is no snapshot {0:?}")]
    NotFound(String),
    /// Another one has the name.
    #[error("there is a snapshot named {0:?} already")]
    NameTaken(String),
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] Arc<StorageError>),
    /// The record could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The snapshots of one daemon; cheap to clone.
#[derive(Clone)]
pub struct Snapshots {
    pool: Arc<dyn Pool>,
    catalog: Catalog<Snapshot>,
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
        Ok(Self { pool, catalog })
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
