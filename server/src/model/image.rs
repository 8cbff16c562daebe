//! Images: the root file systems that sandboxes are made from.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::ImageId;

/// The name of the built-in image, which is also its id.
pub const HOST_IMAGE: &str = "host";

/// An image's record. Several may share their files: each is a name of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Its id.
    pub id: ImageId,
    /// Unique among images.
    pub name: String,
    /// Bytes of its files.
    pub size_bytes: u64,
    /// Files, directories and links.
    pub entries: u64,
    /// When it was made.
    pub create_time: SystemTime,
    /// Names the directory of its files; `None`: its id does.
    #[serde(default)]
    pub files: Option<ImageId>,
    /// Where it comes from.
    #[serde(default)]
    pub origin: ImageOrigin,
    /// What it says of how it is to be run.
    #[serde(default)]
    pub config: ImageConfig,
}

impl Image {
    /// Names the directory of its files.
    pub fn files(&self) -> &ImageId {
        self.files.as_ref().unwrap_or(&self.id)
    }
}

/// Where an image comes from; empty where that is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageOrigin {
    /// Registry, repository and tag or digest.
    pub reference: String,
    /// Of its manifest: `sha256:` and 64 digits.
    pub digest: String,
    /// As Go names it: `linux`.
    pub os: String,
    /// As Go names it: `amd64`.
    pub architecture: String,
    /// Digests of its layers, the lowest first: as a registry has them, or
    /// where it came without a registry, of what they unwrap to.
    pub layers: Vec<String>,
}

/// What an image says of how it is to be run. It is data: nothing of it
/// selects what happens outside a sandbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageConfig {
    /// The program and its first arguments.
    pub entrypoint: Vec<String>,
    /// Arguments, or the program where there is no entrypoint.
    pub cmd: Vec<String>,
    /// Environment.
    pub env: BTreeMap<String, String>,
    /// `user` or `user:group`; empty for root.
    pub user: String,
    /// Absolute, or empty.
    pub working_dir: String,
    /// `80/tcp`.
    pub exposed_ports: Vec<String>,
    /// `SIGTERM`, or empty.
    pub stop_signal: String,
    /// Paths that are meant to outlive a sandbox.
    pub volumes: Vec<String>,
    /// Whatever its maker wanted to say.
    pub labels: BTreeMap<String, String>,
}

/// What an image says of commands that do not say it themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExecDefaults {
    /// Environment.
    pub env: BTreeMap<String, String>,
    /// `user` or `user:group`; empty where it does not say.
    pub user: String,
    /// Absolute; empty where it does not say.
    pub working_dir: String,
}

impl ImageConfig {
    /// What it says of commands.
    pub fn exec_defaults(&self) -> ExecDefaults {
        ExecDefaults {
            env: self.env.clone(),
            user: self.user.clone(),
            working_dir: self.working_dir.clone(),
        }
    }
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
