//! Names: one image each, and several of them for the same files.
//!
//! A record is a name. Files are there as long as a record, or a claim that is
//! about to become one, has them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::SystemTime;

use super::{ImageError, ImageStore, Shared, remove_files};
use crate::model::{HOST_IMAGE, Image, ImageId};
use crate::store::Batch;
use crate::whole::whole;

/// Images by name.
#[derive(Default)]
pub(super) struct Index {
    pub(super) images: BTreeMap<String, Image>,
    /// Names that something under way will have, and the files of another
    /// image that it will have with it.
    claimed: HashMap<String, Option<ImageId>>,
    /// Files that something under way reads.
    held: Vec<ImageId>,
}

impl Index {
    pub(super) fn new(images: BTreeMap<String, Image>) -> Self {
        Self { images, claimed: HashMap::new(), held: Vec::new() }
    }

    pub(super) fn find(&self, name_or_id: &str) -> Result<&Image, ImageError> {
        let by_id = || self.images.values().find(|image| image.id.as_str() == name_or_id);
        let found = self.images.get(name_or_id).or_else(by_id);
        found.ok_or_else(|| ImageError::NotFound(name_or_id.to_owned()))
    }

    pub(super) fn take(&mut self, name_or_id: &str) -> Result<Image, ImageError> {
        let name = self.find(name_or_id)?.name.clone();
        self.images.remove(&name).ok_or(ImageError::NotFound(name))
    }

    /// Whether any image has these files, or will have.
    pub(super) fn has_files(&self, files: &ImageId) -> bool {
        self.images.values().any(|image| image.files() == files)
            || self.claimed.values().flatten().any(|claimed| claimed == files)
            || self.held.contains(files)
    }

    /// Keeps files until they are let go.
    pub(super) fn hold(&mut self, files: &ImageId) {
        self.held.push(files.clone());
    }

    pub(super) fn let_go(&mut self, files: &ImageId) {
        if let Some(place) = self.held.iter().position(|held| held == files) {
            self.held.swap_remove(place);
        }
    }
}

/// A name that is taken by an import, a pull or a tag until this is dropped.
pub(super) struct NameClaim {
    shared: Arc<Shared>,
    name: String,
}

impl NameClaim {
    /// Takes a name that no image and nothing under way has.
    pub(super) fn new(shared: Arc<Shared>, name: &str) -> Result<Self, ImageError> {
        if shared.index.lock().images.contains_key(name) {
            return Err(ImageError::NameTaken(name.to_owned()));
        }
        Self::replacing(shared, name)
    }

    /// Takes a name that an image may have, which is to be replaced.
    pub(super) fn replacing(shared: Arc<Shared>, name: &str) -> Result<Self, ImageError> {
        let mut index = shared.index.lock();
        if index.claimed.contains_key(name) {
            return Err(ImageError::NameTaken(name.to_owned()));
        }
        index.claimed.insert(name.to_owned(), None);
        drop(index);
        Ok(Self { shared, name: name.to_owned() })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// An image of this name with the files of another, which stay as long as
    /// the claim is held.
    pub(super) fn share(&self, other: &str) -> Result<Image, ImageError> {
        let mut index = self.shared.index.lock();
        let other = index.find(other)?.clone();
        index.claimed.insert(self.name.clone(), Some(other.files().clone()));
        drop(index);
        Ok(Image {
            id: new_id(),
            name: self.name.clone(),
            create_time: SystemTime::now(),
            files: Some(other.files().clone()),
            ..other
        })
    }
}

impl Drop for NameClaim {
    fn drop(&mut self) {
        self.shared.index.lock().claimed.remove(&self.name);
    }
}

/// An id that no image has.
pub(super) fn new_id() -> ImageId {
    ImageId::from_uuid(uuid::Uuid::now_v7().as_u128())
}

impl ImageStore {
    /// Gives an image one more name; one that it has already is no error.
    pub async fn tag(&self, name_or_id: &str, name: &str) -> Result<Image, ImageError> {
        if name_or_id == HOST_IMAGE || name == HOST_IMAGE {
            return Err(ImageError::BuiltIn);
        }
        let source = self.get(name_or_id)?;
        if let Some(there) = self.shared.index.lock().images.get(name)
            && there.files() == source.files()
        {
            return Ok(there.clone());
        }
        let claim = NameClaim::new(Arc::clone(&self.shared), name)?;
        let image = claim.share(&source.name)?;
        let shared = Arc::clone(&self.shared);
        whole(async move {
            let kept = shared.keep(image, &|_| 0).await;
            drop(claim);
            kept
        })
        .await
    }
}

impl Shared {
    /// Lists an image whose files are there, in the place of one that has its
    /// name and of which `users` counts no sandbox. Where that fails its files
    /// go.
    pub(super) async fn keep(
        &self,
        image: Image,
        users: &(dyn Fn(&Image) -> usize + Send + Sync),
    ) -> Result<Image, ImageError> {
        // It can't be found while its users are counted: no new one slips in.
        let old = self.index.lock().images.remove(&image.name);
        let kept = match old.as_ref().map_or(0, users) {
            0 => self.record(&image, old.as_ref()).await,
            users => Err(ImageError::InUse { name: image.name.clone(), users }),
        };
        let (listed, gone) = match kept {
            Ok(()) => (Some(image.clone()), old),
            Err(_) => (old, Some(image.clone())),
        };
        if let Some(listed) = listed {
            self.index.lock().images.insert(listed.name.clone(), listed);
        }
        if let Some(gone) = gone {
            self.remove_files(&gone).await;
        }
        kept.map(|()| image)
    }

    async fn record(&self, image: &Image, old: Option<&Image>) -> Result<(), ImageError> {
        let mut batch = Batch::default();
        if let Some(old) = old {
            batch.delete::<Image>(old.id.as_str());
        }
        batch.put(image)?;
        Ok(self.store.commit(batch).await?)
    }

    /// Removes the files of an image without a record, unless another image
    /// has them too; what can't be removed now is swept at the next start.
    pub(super) async fn remove_files(&self, image: &Image) {
        if self.index.lock().has_files(image.files()) {
            return;
        }
        let (pool, path) = (Arc::clone(&self.pool), self.dir.join(image.files().as_str()));
        let removed = tokio::task::spawn_blocking(move || remove_files(&*pool, &path)).await;
        if let Err(error) = removed.map_err(std::io::Error::from).and_then(|result| result) {
            tracing::warn!(id = %image.id, %error, "can't remove an image's files");
        }
    }
}
