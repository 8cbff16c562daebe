//! What a record looks like on disk: one byte of version, one of form, then
//! either its JSON or, where that is long, where its parts are.
//!
//! Long values are kept in parts because sled moves a node of more than an
//! eighth of a mebibyte into a file of its own, which nothing can make durable
//! in the right order. A node holds up to 17 values, so that a value of 4 KiB
//! keeps it well below.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::model::{Image, Sandbox, Snapshot, Volume};

use super::StoreError;

/// The longest value that stands in its own place, and a part's length.
pub(super) const INLINE_BYTES: usize = 4096;
/// Version and form.
const HEADER_BYTES: usize = 2;
const FORM_INLINE: u8 = 0;
const FORM_PARTS: u8 = 1;
/// First byte of a part's key; tables have lower ones.
pub(super) const PART_PREFIX: u8 = 0xff;

/// The tables. The number is on disk and never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum TableName {
    /// Sandboxes, by id.
    Sandboxes = 1,
    /// Imported images, by id.
    Images = 2,
    /// Access tokens, by the hash of their secret.
    Tokens = 3,
    /// Public SSH keys of tokens, by id.
    SshKeys = 4,
    /// Short-lived SSH access to sandboxes, by id.
    SshAccesses = 5,
    /// Volumes, by id.
    Volumes = 6,
    /// Snapshots, by id.
    Snapshots = 7,
    /// What apple-sandboxes knows of images, by id.
    AppleImages = 40,
    /// What apple-sandboxes knows of sandboxes, by id.
    AppleSandboxes = 41,
}

/// A kind of record.
pub trait Record: Serialize + DeserializeOwned {
    /// Its table.
    const TABLE: TableName;
    /// The version of what is written now; older ones are still read.
    const VERSION: u8;

    /// Its key in the table: at most 255 bytes.
    fn key(&self) -> &str;

    /// Reads the payload of an older version; the default takes it as JSON of
    /// the present type, which serves as long as new fields have defaults.
    fn migrate(_version: u8, payload: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(payload)
    }
}

impl Record for Sandbox {
    const TABLE: TableName = TableName::Sandboxes;
    /// 2: its tenant; older ones are the admin's.
    const VERSION: u8 = 2;

    fn key(&self) -> &str {
        self.id.as_str()
    }
}

impl Record for Image {
    const TABLE: TableName = TableName::Images;
    /// 2: origin, config and shared files, which have defaults.
    const VERSION: u8 = 2;

    fn key(&self) -> &str {
        self.id.as_str()
    }
}

impl Record for Volume {
    const TABLE: TableName = TableName::Volumes;
    /// 2: its tenant; older ones are the admin's.
    const VERSION: u8 = 2;

    fn key(&self) -> &str {
        self.id.as_str()
    }
}

impl Record for Snapshot {
    const TABLE: TableName = TableName::Snapshots;
    /// 2: its scope, which has a default; 3: its tenant, older ones are the
    /// admin's.
    const VERSION: u8 = 3;

    fn key(&self) -> &str {
        self.id.as_str()
    }
}

/// Where a long value's parts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parts {
    /// Shared by all of them, never used again.
    pub(super) number: u64,
    /// How many.
    pub(super) count: u32,
}

/// A value as it stands under its key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Form<'a> {
    Inline(&'a [u8]),
    Parts(Parts),
}

/// The database key of a record.
pub(super) fn key_of(table: TableName, key: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + key.len());
    bytes.push(table as u8);
    bytes.extend_from_slice(key.as_bytes());
    bytes
}

impl Parts {
    /// The database key of one part.
    pub(super) fn key(self, index: u32) -> [u8; 13] {
        let mut key = [PART_PREFIX; 13];
        key[1..9].copy_from_slice(&self.number.to_be_bytes());
        key[9..].copy_from_slice(&index.to_be_bytes());
        key
    }

    /// The number in a part's key.
    pub(super) fn number_of(key: &[u8]) -> Option<u64> {
        Some(u64::from_be_bytes(key.get(1..9)?.try_into().ok()?))
    }

    /// What stands under the record's key.
    pub(super) fn head(self, version: u8) -> Vec<u8> {
        let mut bytes = vec![version, FORM_PARTS];
        bytes.extend_from_slice(&self.number.to_be_bytes());
        bytes.extend_from_slice(&self.count.to_be_bytes());
        bytes
    }
}

/// A record as bytes: version, inline form, JSON.
pub(super) fn encode<R: Record>(record: &R) -> Result<Vec<u8>, StoreError> {
    let mut bytes = vec![R::VERSION, FORM_INLINE];
    serde_json::to_writer(&mut bytes, record).map_err(|error| bad::<R>(record.key(), &error))?;
    Ok(bytes)
}

/// Splits a value into its version and its form; `None` is no value of ours.
pub(super) fn split(bytes: &[u8]) -> Option<(u8, Form<'_>)> {
    let (header, payload) = bytes.split_at_checked(HEADER_BYTES)?;
    match header[1] {
        FORM_INLINE => Some((header[0], Form::Inline(payload))),
        FORM_PARTS if payload.len() == 12 => {
            let number = u64::from_be_bytes(payload[..8].try_into().ok()?);
            let count = u32::from_be_bytes(payload[8..].try_into().ok()?);
            Some((header[0], Form::Parts(Parts { number, count })))
        }
        _ => None,
    }
}

/// Reads a payload of a version.
pub(super) fn decode<R: Record>(key: &str, version: u8, payload: &[u8]) -> Result<R, StoreError> {
    match version {
        version if version == R::VERSION => serde_json::from_slice(payload),
        version if version < R::VERSION => R::migrate(version, payload),
        version => {
            return Err(StoreError::NewerRecord {
                table: R::TABLE,
                key: key.to_owned(),
                version,
                known: R::VERSION,
            });
        }
    }
    .map_err(|error| bad::<R>(key, &error))
}

pub(super) fn bad<R: Record>(key: &str, cause: &dyn std::fmt::Display) -> StoreError {
    StoreError::BadRecord { table: R::TABLE, key: key.to_owned(), cause: cause.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_of_the_first_version_is_still_read() {
        let payload = br#"{"id":"img_00000000000000000000000001","name":"debian:12",
            "size_bytes":7,"entries":3,
            "create_time":{"secs_since_epoch":5,"nanos_since_epoch":0}}"#;
        let image: Image = decode("img_00000000000000000000000001", 1, payload).unwrap();
        assert_eq!((image.name.as_str(), image.size_bytes, image.entries), ("debian:12", 7, 3));
        assert_eq!(image.files(), &image.id);
        assert!(image.config.env.is_empty() && image.origin.digest.is_empty());
    }

    #[test]
    fn an_image_of_a_later_version_is_refused() {
        let read = decode::<Image>("img_x", Image::VERSION + 1, b"{}");
        assert!(matches!(read, Err(StoreError::NewerRecord { .. })));
    }
}
