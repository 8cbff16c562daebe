//! Where the engine finds images.

use crate::model::{ExecDefaults, ImageConfig, ImageSource};

use super::EngineError;

/// What the engine wants of a store of images.
pub trait Images: Send + Sync + 'static {
    /// An image's name and files, by name or id;
    /// [`EngineError::UnknownImage`] where there is none.
    fn source(&self, name_or_id: &str) -> Result<(String, ImageSource), EngineError>;

    /// The digest of an image's manifest; empty where it has none, or is not
    /// there.
    fn digest(&self, _name_or_id: &str) -> String {
        String::new()
    }

    /// What an image says of commands in its sandboxes; nothing where it says
    /// nothing, or is not there.
    fn exec_defaults(&self, _name_or_id: &str) -> ExecDefaults {
        ExecDefaults::default()
    }

    /// What an image says of how it is to be run; nothing where it says
    /// nothing, or is not there.
    fn config(&self, _name_or_id: &str) -> ImageConfig {
        ImageConfig::default()
    }
}
