//! Where the engine finds images.

use crate::image::{ImageError, ImageStore};
use crate::model::ImageSource;
use crate::runtime::RuntimeError;

use super::EngineError;

/// What the engine wants of a store of images.
pub trait Images: Send + Sync + 'static {
    /// An image's name and files, by name or id;
    /// [`EngineError::UnknownImage`] where there is none.
    fn source(&self, name_or_id: &str) -> Result<(String, ImageSource), EngineError>;
}

impl Images for ImageStore {
    fn source(&self, name_or_id: &str) -> Result<(String, ImageSource), EngineError> {
        self.source(name_or_id).map_err(|error| match error {
            ImageError::NotFound(name) => EngineError::UnknownImage(name),
            error => RuntimeError::BadImage(error.to_string()).into(),
        })
    }
}
