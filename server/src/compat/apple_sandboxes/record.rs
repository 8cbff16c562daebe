//! What the API has no place for: definitions of images, and what was asked of
//! sandboxes, also of those that are gone.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::failure::Failure;
use crate::model::{Reach, SandboxId, Tenant};
use crate::store::{Record, Store, StoreError, Table, TableName};

/// Definitions of images at once.
const MAX_IMAGES: usize = 1000;
/// Sandboxes that are remembered; of more, the oldest are forgotten.
const MAX_SANDBOXES: usize = 4096;

/// All of them.
pub(in super::super) struct Records {
    pub(super) images: Kept<ImageRecord>,
    pub(super) sandboxes: Kept<SandboxRecord>,
}

impl Records {
    /// Reads them.
    pub(in super::super) fn open(store: &Store) -> Result<Self, StoreError> {
        Ok(Self { images: Kept::open(store)?, sandboxes: Kept::open(store)? })
    }
}

/// A definition of an image.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImageRecord {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) tenant: Tenant,
    /// A reference, or the name of what is built.
    pub(super) image: String,
    pub(super) state: String,
    pub(super) dockerfile: Option<String>,
    pub(super) cpus: f64,
    pub(super) memory: String,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) created_at: String,
    pub(super) updated_at: String,
    pub(super) error: Option<String>,
}

/// What was asked of a sandbox.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SandboxRecord {
    pub(super) id: SandboxId,
    pub(super) name: String,
    pub(super) tenant: Tenant,
    /// Of its image's definition.
    pub(super) image_id: Option<String>,
    /// Its volumes as they were named.
    pub(super) volumes: Vec<String>,
    /// What it may reach, as that was asked for.
    pub(super) network: Value,
    /// It has never been started.
    pub(super) waits: bool,
    /// As it is told, when it was last looked at.
    pub(super) last: Value,
}

impl Record for ImageRecord {
    const TABLE: TableName = TableName::AppleImages;
    const VERSION: u8 = 1;

    fn key(&self) -> &str {
        &self.id
    }
}

impl Record for SandboxRecord {
    const TABLE: TableName = TableName::AppleSandboxes;
    const VERSION: u8 = 1;

    fn key(&self) -> &str {
        self.id.as_str()
    }
}

/// A record that is somebody's.
pub(super) trait Owned: Record + Clone {
    /// Not too many are kept: `true` forgets the oldest, `false` refuses.
    const FORGETS: bool;
    /// As many are kept.
    const MOST: usize;

    fn name(&self) -> &str;
    fn is_in(&self, reach: &Reach) -> bool;
}

impl Owned for ImageRecord {
    const FORGETS: bool = false;
    const MOST: usize = MAX_IMAGES;

    fn name(&self) -> &str {
        &self.name
    }

    fn is_in(&self, reach: &Reach) -> bool {
        reach.includes(&self.tenant, None)
    }
}

impl Owned for SandboxRecord {
    const FORGETS: bool = true;
    const MOST: usize = MAX_SANDBOXES;

    fn name(&self) -> &str {
        &self.name
    }

    fn is_in(&self, reach: &Reach) -> bool {
        reach.includes(&self.tenant, Some(&self.id))
    }
}

/// Records of one kind, in memory and on the disk.
pub(super) struct Kept<R> {
    table: Table<R>,
    /// By key: those of sandboxes are in order of time.
    all: Mutex<BTreeMap<String, R>>,
}

impl<R: Owned> Kept<R> {
    fn open(store: &Store) -> Result<Self, StoreError> {
        let table = store.table::<R>();
        let all = table.all()?.into_iter().map(|record| (record.key().to_owned(), record));
        let all = Mutex::new(all.collect());
        Ok(Self { table, all })
    }

    /// One that is reached, by key or by name; of several with a name, the
    /// newest.
    pub(super) fn find(&self, key_or_name: &str, reach: &Reach) -> Option<R> {
        let all = self.all.lock();
        let named = || all.values().rev().find(|one| one.name() == key_or_name && one.is_in(reach));
        let found = all.get(key_or_name).filter(|one| one.is_in(reach)).or_else(named);
        found.cloned()
    }

    /// One by its key.
    pub(super) fn get(&self, key: &str) -> Option<R> {
        self.all.lock().get(key).cloned()
    }

    /// All that are reached, the newest first.
    pub(super) fn list(&self, reach: &Reach) -> Vec<R> {
        self.all.lock().values().rev().filter(|one| one.is_in(reach)).cloned().collect()
    }

    /// Keeps one.
    pub(super) async fn put(&self, record: R) -> Result<(), Failure> {
        let oldest = {
            let all = self.all.lock();
            let full = all.len() >= R::MOST && !all.contains_key(record.key());
            if full && !R::FORGETS {
                let message = format!("there are {} already", R::MOST);
                return Err(Failure::said(StatusCode::TOO_MANY_REQUESTS, message));
            }
            full.then(|| all.keys().next().cloned()).flatten()
        };
        self.table.put(&record).await.map_err(broken)?;
        self.all.lock().insert(record.key().to_owned(), record);
        match oldest {
            Some(key) => self.remove(&key).await,
            None => Ok(()),
        }
    }

    /// Forgets one.
    pub(super) async fn remove(&self, key: &str) -> Result<(), Failure> {
        self.table.delete(key).await.map_err(broken)?;
        self.all.lock().remove(key);
        Ok(())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is used with map_err")]
fn broken(error: StoreError) -> Failure {
    tracing::error!(%error, "a record of apple-sandboxes can't be written");
    Failure::said(StatusCode::INTERNAL_SERVER_ERROR, "the daemon failed; its log says why")
}
