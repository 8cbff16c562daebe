//! Directories that outlive sandboxes.

use std::collections::BTreeMap;

use crate::client::Client;
use crate::error::Error;
use crate::retry::retrying;
use crate::v1::{CreateVolumeRequest, Volume};

/// All volumes. A sandbox has one by [`CreateSandbox::volume`].
///
/// [`CreateSandbox::volume`]: super::CreateSandbox::volume
#[derive(Debug, Clone)]
pub struct Volumes {
    pub(super) client: Client,
}

impl Volumes {
    /// Makes an empty one. An empty name is its id.
    ///
    /// # Errors
    ///
    /// `VOLUME_NAME_TAKEN`; `INVALID_FIELD`; `DISK_FULL`.
    pub async fn create(&self, name: &str) -> Result<Volume, Error> {
        self.create_with(CreateVolumeRequest { name: name.to_owned(), ..Default::default() }).await
    }

    /// The same with all that can be said: a size, labels.
    ///
    /// # Errors
    ///
    /// As [`Volumes::create`]; `DISK_LIMIT_UNSUPPORTED` for a size where the
    /// storage holds none.
    pub async fn create_with(&self, request: CreateVolumeRequest) -> Result<Volume, Error> {
        self.client.create_volume(request).await
    }

    /// By id or name.
    ///
    /// # Errors
    ///
    /// `VOLUME_NOT_FOUND`.
    pub async fn get(&self, volume: &str) -> Result<Volume, Error> {
        retrying(|| self.client.volume(volume)).await
    }

    /// All, by name.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn list(&self) -> Result<Vec<Volume>, Error> {
        self.list_with(BTreeMap::new()).await
    }

    /// Those that have all these labels, by name.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn list_with(&self, labels: BTreeMap<String, String>) -> Result<Vec<Volume>, Error> {
        retrying(|| self.client.list_volumes(labels.clone())).await
    }

    /// Removes one with all in it; one that is gone is no error.
    ///
    /// # Errors
    ///
    /// `VOLUME_IN_USE` while a sandbox has it, stopped ones included.
    pub async fn delete(&self, volume: &str) -> Result<(), Error> {
        retrying(|| self.client.delete_volume(volume, false)).await
    }

    /// Removes one though sandboxes have it: those that run keep what they have
    /// open until they stop, and can't be started again.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn force_delete(&self, volume: &str) -> Result<(), Error> {
        retrying(|| self.client.delete_volume(volume, true)).await
    }
}
