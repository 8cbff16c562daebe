//! Volumes: a record and a tree of the pool each. A volume is there when its
//! record is; a tree without one is swept at start.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use tokio::sync::Mutex;

use crate::failpoint;
use crate::model::{SandboxId, Tenant, Volume, VolumeId};
use crate::storage::{Pool, StorageError, Tree, TreeKind, blocking, copy};
use crate::store::{Catalog, Named, Store, StoreError};
use crate::whole::whole;

/// Why a volume could not be made, found, changed or removed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum VolumeError {
    /// No volume has that name or id.
    #[error("there is no volume {0:?}")]
    NotFound(String),
    /// Another one has the name.
    #[error("there is a volume named {0:?} already")]
    NameTaken(String),
    /// Sandboxes have it.
    #[error("the volume {name:?} is in use; sandboxes that have it: {sandboxes}")]
    InUse {
        /// Its name.
        name: String,
        /// How many.
        sandboxes: usize,
    },
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] Arc<StorageError>),
    /// The record could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What of a volume changes; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VolumePatch {
    /// All of them.
    pub labels: Option<BTreeMap<String, String>>,
    /// Bytes that it may hold; 0: no bound.
    pub size_bytes: Option<u64>,
}

/// A new volume.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewVolume {
    /// `None`: made here.
    pub id: Option<VolumeId>,
    /// `None`: its id.
    pub name: Option<String>,
    /// Bytes that it may hold; 0: no bound.
    pub size_bytes: u64,
    /// The caller's labels.
    pub labels: BTreeMap<String, String>,
    /// The sandbox that it is made for.
    pub owner: Option<SandboxId>,
    /// Whose it will be.
    pub tenant: Tenant,
    /// What it is a copy of, and how many bytes that has where they are
    /// counted; `None`: it is empty.
    pub from: Option<(Tree, Option<u64>)>,
}

/// The volumes of one daemon; cheap to clone.
#[derive(Clone)]
pub struct Volumes {
    pool: Arc<dyn Pool>,
    catalog: Catalog<Volume>,
    /// Held while one is changed or removed: neither undoes the other.
    changing: Arc<Mutex<()>>,
}

impl Named for Volume {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Volumes {
    /// Opens the volumes and sweeps trees without a record. Blocks on the disk.
    pub fn open(pool: Arc<dyn Pool>, store: &Store) -> Result<Self, VolumeError> {
        let catalog = Catalog::<Volume>::open(store)?;
        for id in pool.list(TreeKind::Volume).map_err(Arc::new)? {
            if catalog.get(&id).is_none() {
                tracing::info!(volume = id, "removing what no volume's record knows");
                let tree = Tree { kind: TreeKind::Volume, id };
                pool.remove(&tree).map_err(Arc::new)?;
            }
        }
        Ok(Self { pool, catalog, changing: Arc::default() })
    }

    /// One volume, by name or id.
    pub fn get(&self, name_or_id: &str) -> Result<Volume, VolumeError> {
        self.catalog.get(name_or_id).ok_or_else(|| VolumeError::NotFound(name_or_id.to_owned()))
    }

    /// Those that pass, by name, after one name, at most `limit`.
    pub fn list(
        &self,
        after: Option<&str>,
        limit: usize,
        pass: impl Fn(&Volume) -> bool,
    ) -> Vec<Volume> {
        self.catalog.list(after, limit, pass)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.catalog.count()
    }

    /// Where its files are.
    pub fn path(&self, id: &VolumeId) -> PathBuf {
        self.pool.path(&tree(id))
    }

    /// Bytes that it holds, where they are counted.
    pub fn used_bytes(&self, volume: &Volume) -> Option<u64> {
        Some(self.pool.usage(&tree(&volume.id))? + volume.inherited_bytes)
    }

    /// Makes a volume: whole and durable, or not at all.
    pub async fn create(&self, new: NewVolume) -> Result<Volume, VolumeError> {
        let id = new.id.unwrap_or_else(|| VolumeId::from_uuid(uuid::Uuid::now_v7().as_u128()));
        let name = new.name.unwrap_or_else(|| id.to_string());
        let claim = self.catalog.claim(&name).ok_or(VolumeError::NameTaken(name.clone()))?;
        let now = SystemTime::now();
        let mut volume = Volume {
            id,
            name,
            size_bytes: new.size_bytes,
            labels: new.labels,
            create_time: now,
            update_time: now,
            owner: new.owner,
            tenant: new.tenant,
            inherited_bytes: 0,
        };
        let (volumes, from) = (self.clone(), new.from);
        whole(async move {
            let made = volumes.make_tree(&volume, from).await;
            failpoint::hit("volume.made");
            let recorded = match made {
                Ok(inherited) => {
                    volume.inherited_bytes = inherited;
                    volumes.catalog.add(claim, volume.clone()).await.map_err(VolumeError::from)
                }
                Err(error) => Err(error),
            };
            if recorded.is_err() {
                volumes.remove_tree(&volume.id).await;
            }
            recorded.map(|()| volume)
        })
        .await
    }

    /// Says how much of it counts to what it is a copy of.
    async fn make_tree(
        &self,
        volume: &Volume,
        from: Option<(Tree, Option<u64>)>,
    ) -> Result<u64, VolumeError> {
        let (pool, tree, mut volume) = (Arc::clone(&self.pool), tree(&volume.id), volume.clone());
        let made = blocking(move || {
            if let Some((from, size)) = from {
                volume.inherited_bytes = copy(&*pool, &from, &tree, size)?;
            } else {
                pool.create(&tree)?;
                let (path, open) = (pool.path(&tree), fs::Permissions::from_mode(0o755));
                fs::set_permissions(&path, open).map_err(StorageError::at(&path))?;
            }
            if let Some(limit) = volume.limit() {
                pool.set_limit(&tree, Some(limit))?;
            }
            Ok(volume.inherited_bytes)
        });
        Ok(made.await.map_err(Arc::new)?)
    }

    /// Changes what the patch names: all of it or nothing.
    pub async fn update(
        &self,
        name_or_id: &str,
        patch: VolumePatch,
    ) -> Result<Volume, VolumeError> {
        let changing = Arc::clone(&self.changing).lock_owned().await;
        let (volumes, mut volume) = (self.clone(), self.get(name_or_id)?);
        whole(async move {
            let _changing = changing;
            if let Some(size) = patch.size_bytes {
                let (pool, tree) = (Arc::clone(&volumes.pool), tree(&volume.id));
                volume.size_bytes = size;
                let limit = volume.limit();
                blocking(move || pool.set_limit(&tree, limit)).await.map_err(Arc::new)?;
            }
            volume.labels = patch.labels.unwrap_or(volume.labels);
            volume.update_time = SystemTime::now();
            volumes.catalog.replace(volume.clone()).await?;
            Ok(volume)
        })
        .await
    }

    /// Removes a volume that `users` counts no sandbox of. It can't be found
    /// any more while they are counted, so that no new one slips in.
    pub async fn delete(
        &self,
        name_or_id: &str,
        users: impl FnOnce(&Volume) -> usize,
    ) -> Result<(), VolumeError> {
        let changing = Arc::clone(&self.changing).lock_owned().await;
        let taken = self.catalog.take(name_or_id);
        let volume = taken.ok_or_else(|| VolumeError::NotFound(name_or_id.to_owned()))?;
        failpoint::hit("volume.delete.begun");
        let sandboxes = users(&volume);
        if sandboxes > 0 {
            let name = volume.name.clone();
            self.catalog.put_back(volume);
            return Err(VolumeError::InUse { name, sandboxes });
        }
        let volumes = self.clone();
        whole(async move {
            let _changing = changing;
            if let Err(error) = volumes.catalog.forget(&volume).await {
                volumes.catalog.put_back(volume);
                return Err(error.into());
            }
            failpoint::hit("volume.delete.forgotten");
            volumes.remove_tree(&volume.id).await;
            Ok(())
        })
        .await
    }

    /// What can't be removed now is swept at the next start.
    async fn remove_tree(&self, id: &VolumeId) {
        let (pool, tree) = (Arc::clone(&self.pool), tree(id));
        if let Err(error) = blocking(move || pool.remove(&tree)).await {
            tracing::warn!(volume = %id, %error, "a volume's files can't be removed");
        }
    }
}

fn tree(id: &VolumeId) -> Tree {
    Tree::new(TreeKind::Volume, id)
}
