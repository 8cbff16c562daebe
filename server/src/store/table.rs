//! Tables and batches, and how values are read.

use std::collections::HashSet;
use std::marker::PhantomData;
use std::sync::Arc;

use super::record::{self, Form, PART_PREFIX, Parts, Record};
use super::writer::Change;
use super::{Inner, StoreError};

/// One kind of record. Keys sort as their bytes do.
pub struct Table<R> {
    pub(super) inner: Arc<Inner>,
    pub(super) record: PhantomData<fn() -> R>,
}

impl<R> Clone for Table<R> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), record: PhantomData }
    }
}

impl<R: Record> Table<R> {
    /// Reads one record.
    pub fn get(&self, key: &str) -> Result<Option<R>, StoreError> {
        let Some(value) = self.inner.reader.value(&record::key_of(R::TABLE, key))? else {
            return Ok(None);
        };
        self.inner.reader.record(key, &value).map(Some)
    }

    /// Reads all records in order of their keys.
    pub fn all(&self) -> Result<Vec<R>, StoreError> {
        self.inner.reader.all()
    }

    /// Writes a record; it is durable when this resolves. Dropping the call
    /// does not take it back.
    pub async fn put(&self, record: &R) -> Result<(), StoreError> {
        self.inner.writer.write(vec![put_change(record)?]).await
    }

    /// Writes a record in its turn, before every later write, and does not
    /// wait for the disk. Where it fails, every later write fails too.
    pub async fn put_soon(&self, record: &R) -> Result<(), StoreError> {
        self.inner.writer.write_soon(vec![put_change(record)?]).await
    }

    /// Removes a record, if it is there; durable when this resolves.
    pub async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.inner.writer.write(vec![delete_change::<R>(key)]).await
    }
}

/// Several changes, also of several tables, that happen together or not at
/// all. A later change of the same record wins.
#[derive(Default)]
pub struct Batch {
    changes: Vec<Change>,
}

impl Batch {
    /// Adds the writing of a record.
    pub fn put<R: Record>(&mut self, record: &R) -> Result<(), StoreError> {
        self.changes.push(put_change(record)?);
        Ok(())
    }

    /// Adds the removal of a record.
    pub fn delete<R: Record>(&mut self, key: &str) {
        self.changes.push(delete_change::<R>(key));
    }

    pub(super) fn into_changes(self) -> Vec<Change> {
        self.changes
    }
}

fn put_change<R: Record>(record: &R) -> Result<Change, StoreError> {
    let key = record::key_of(R::TABLE, record.key());
    Ok(Change { key, value: Some(record::encode(record)?) })
}

fn delete_change<R: Record>(key: &str) -> Change {
    Change { key: record::key_of(R::TABLE, key), value: None }
}

/// Reads from the database.
pub(super) struct Reader {
    database: sled::Db,
}

impl Reader {
    pub(super) fn new(database: sled::Db) -> Self {
        Self { database }
    }

    fn value(&self, key: &[u8]) -> Result<Option<sled::IVec>, StoreError> {
        self.database.get(key).map_err(database_error)
    }

    fn record<R: Record>(&self, key: &str, value: &[u8]) -> Result<R, StoreError> {
        match record::split(value) {
            Some((version, Form::Inline(payload))) => record::decode(key, version, payload),
            Some((version, Form::Parts(parts))) => {
                let whole = self
                    .joined(parts)?
                    .ok_or_else(|| record::bad::<R>(key, &"a part of it is missing"))?;
                record::decode(key, version, &whole)
            }
            None => Err(record::bad::<R>(key, &"no header")),
        }
    }

    fn joined(&self, parts: Parts) -> Result<Option<Vec<u8>>, StoreError> {
        let mut whole = Vec::new();
        for index in 0..parts.count {
            match self.value(&parts.key(index))? {
                Some(part) => whole.extend_from_slice(&part),
                None => return Ok(None),
            }
        }
        Ok(Some(whole))
    }

    fn all<R: Record>(&self) -> Result<Vec<R>, StoreError> {
        let mut records = Vec::new();
        for entry in self.database.scan_prefix([R::TABLE as u8]) {
            let (key, value) = entry.map_err(database_error)?;
            let key = String::from_utf8_lossy(&key[1..]);
            records.push(self.record(&key, &value)?);
        }
        Ok(records)
    }

    /// Removes parts that no record refers to (their write was cut short) and
    /// answers with a number that no part has.
    pub(super) fn sweep_parts(&self) -> Result<u64, StoreError> {
        let Some((last, _)) = self.database.last().map_err(database_error)? else { return Ok(0) };
        if last[0] != PART_PREFIX {
            return Ok(0);
        }
        let mut used = HashSet::new();
        for entry in self.database.range(..[PART_PREFIX]) {
            let (_, value) = entry.map_err(database_error)?;
            if let Some((_, Form::Parts(parts))) = record::split(&value) {
                used.insert(parts.number);
            }
        }
        for key in self.database.scan_prefix([PART_PREFIX]).keys() {
            let key = key.map_err(database_error)?;
            if Parts::number_of(&key).is_none_or(|number| !used.contains(&number)) {
                self.database.remove(key).map_err(database_error)?;
            }
        }
        Ok(Parts::number_of(&last).map_or(0, |number| number + 1))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is used with map_err")]
pub(super) fn database_error(error: sled::Error) -> StoreError {
    StoreError::Database(error.to_string())
}
