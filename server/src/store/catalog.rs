//! All records of one kind in memory, by their names, which are unique.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Bound;
use std::sync::Arc;

use parking_lot::Mutex;

use super::{Record, Store, StoreError, Table};

/// A record with a name beside its key.
pub trait Named: Record + Clone {
    /// Unique among its kind.
    fn name(&self) -> &str;
}

/// The records of one kind; cheap to clone.
pub struct Catalog<R> {
    table: Table<R>,
    names: Arc<Mutex<Names<R>>>,
}

struct Names<R> {
    records: BTreeMap<String, R>,
    /// The name of each record, by its key.
    by_key: HashMap<String, String>,
    /// Of records that are being made.
    claimed: HashSet<String>,
}

impl<R> Clone for Catalog<R> {
    fn clone(&self) -> Self {
        Self { table: self.table.clone(), names: Arc::clone(&self.names) }
    }
}

/// A name that is taken until this is dropped.
pub struct NameClaim<R> {
    names: Arc<Mutex<Names<R>>>,
    name: String,
}

impl<R: Named> Catalog<R> {
    /// Reads all of them.
    pub fn open(store: &Store) -> Result<Self, StoreError> {
        let table = store.table::<R>();
        let mut names =
            Names { records: BTreeMap::new(), by_key: HashMap::new(), claimed: HashSet::new() };
        table.all()?.into_iter().for_each(|record| names.insert(record));
        Ok(Self { table, names: Arc::new(Mutex::new(names)) })
    }

    /// One of them, by name or key.
    pub fn get(&self, name_or_key: &str) -> Option<R> {
        self.names.lock().find(name_or_key).cloned()
    }

    /// Those that pass, by name, after one name, at most `limit`.
    pub fn list(&self, after: Option<&str>, limit: usize, pass: impl Fn(&R) -> bool) -> Vec<R> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let names = self.names.lock();
        let passing = names.records.range::<str, _>((start, Bound::Unbounded));
        passing
            .map(|(_, record)| record)
            .filter(|record| pass(record))
            .take(limit)
            .cloned()
            .collect()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.names.lock().records.len()
    }

    /// Takes a name that no record and no other claim has.
    pub fn claim(&self, name: &str) -> Option<NameClaim<R>> {
        let mut names = self.names.lock();
        if names.find(name).is_some() || !names.claimed.insert(name.to_owned()) {
            return None;
        }
        Some(NameClaim { names: Arc::clone(&self.names), name: name.to_owned() })
    }

    /// Adds a record under a claimed name: durable, then to be found.
    pub async fn add(&self, claim: NameClaim<R>, record: R) -> Result<(), StoreError> {
        self.table.put(&record).await?;
        self.names.lock().insert(record);
        drop(claim);
        Ok(())
    }

    /// Replaces a record of the same name and key, if it is still there.
    pub async fn replace(&self, record: R) -> Result<(), StoreError> {
        self.table.put(&record).await?;
        if let Some(place) = self.names.lock().records.get_mut(record.name()) {
            *place = record;
        }
        Ok(())
    }

    /// Takes a record out, so that nobody finds it any more.
    pub fn take(&self, name_or_key: &str) -> Option<R> {
        let mut names = self.names.lock();
        let name = names.find(name_or_key)?.name().to_owned();
        let taken = names.records.remove(&name)?;
        names.by_key.remove(taken.key());
        Some(taken)
    }

    /// Puts back what was taken.
    pub fn put_back(&self, record: R) {
        self.names.lock().insert(record);
    }

    /// Forgets a record that was taken, durably.
    pub async fn forget(&self, record: &R) -> Result<(), StoreError> {
        self.table.delete(record.key()).await
    }
}

impl<R: Named> Names<R> {
    fn find(&self, name_or_key: &str) -> Option<&R> {
        let by_key = || self.records.get(self.by_key.get(name_or_key)?);
        self.records.get(name_or_key).or_else(by_key)
    }

    fn insert(&mut self, record: R) {
        self.by_key.insert(record.key().to_owned(), record.name().to_owned());
        self.records.insert(record.name().to_owned(), record);
    }
}

impl<R> Drop for NameClaim<R> {
    fn drop(&mut self) {
        self.names.lock().claimed.remove(&self.name);
    }
}
