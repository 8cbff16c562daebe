//! Pruning: images that no sandbox was made from, and layers that no image
//! has any more.

use std::collections::HashSet;
use std::sync::Arc;

use super::{ImageError, ImageStore};
use crate::model::Image;

/// What was removed, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Images, by name.
    pub images: Vec<String>,
    /// Layers as they came from registries.
    pub blobs: u64,
    /// Bytes on the disk.
    pub bytes: u64,
}

impl ImageStore {
    /// Removes imported images that `users` counts no sandbox of, unless
    /// `only_blobs`, and blobs without an image. With `dry_run` nothing
    /// changes.
    pub async fn prune(
        &self,
        only_blobs: bool,
        dry_run: bool,
        users: &(dyn Fn(&Image) -> usize + Send + Sync),
    ) -> Result<Pruned, ImageError> {
        let mut pruned = Pruned::default();
        let all: Vec<Image> = self.shared.index.lock().images.values().cloned().collect();
        let (mut gone, mut freed) = (HashSet::new(), HashSet::new());
        for image in all.iter().filter(|_| !only_blobs) {
            let removed = match dry_run {
                true => users(image) == 0,
                false => match self.delete(image.id.as_str(), users).await {
                    Ok(()) => true,
                    // Used meanwhile, or gone.
                    Err(ImageError::InUse { .. } | ImageError::NotFound(_)) => false,
                    Err(error) => return Err(error),
                },
            };
            if removed {
                gone.insert(image.id.clone());
                pruned.images.push(image.name.clone());
            }
        }
        let stays = |image: &&Image| !gone.contains(&image.id);
        for image in all.iter().filter(|image| gone.contains(&image.id)) {
            let shared = all.iter().filter(stays).any(|other| other.files() == image.files());
            if !shared && freed.insert(image.files().clone()) {
                pruned.bytes += image.size_bytes;
            }
        }
        let shared = Arc::clone(&self.shared);
        let blobs = tokio::task::spawn_blocking(move || {
            shared.blobs.prune(
                || {
                    let index = shared.index.lock();
                    let left = index.images.values().filter(|image| !gone.contains(&image.id));
                    left.flat_map(|image| image.origin.layers.iter().cloned()).collect()
                },
                dry_run,
            )
        });
        let (count, bytes) = blobs.await.map_err(|error| ImageError::Io {
            path: self.shared.dir.clone(),
            error: error.into(),
        })??;
        pruned.blobs = count;
        pruned.bytes += bytes;
        Ok(pruned)
    }
}
