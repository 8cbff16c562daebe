//! Images: the root file systems that sandboxes are made from.

use std::path::PathBuf;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::ImageId;

/// The name of the built-in image, which is also its id.
pub const HOST_IMAGE: &str = "host";

/// An imported image's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Its id, which also names its directory.
    pub id: ImageId,
    /// Unique among images.
    pub name: String,
    /// Bytes of its files.
    pub size_bytes: u64,
    /// Files, directories and links.
    pub entries: u64,
    /// When it was made.
    pub create_time: SystemTime,
}

/// Where an image's files are, for a runtime to build a root from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageSource {
    /// Read-only directories, topmost first; their owners are the sandbox's
    /// own ids 0 to 65,535.
    pub lowers: Vec<PathBuf>,
    /// Attach the host's /usr read-only, as its owner shows it.
    pub host_usr: bool,
}
