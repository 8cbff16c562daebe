//! Images: the root file systems that sandboxes are made from.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::{ImageId, MAX_PORTS, Port};

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

impl ImageConfig {
    /// The TCP ports that it names, private to previews, as many as a sandbox
    /// may have. What is no port is left out: an image is data.
    pub fn ports(&self) -> Vec<Port> {
        let mut ports: Vec<Port> = Vec::new();
        for exposed in &self.exposed_ports {
            let (number, protocol) = exposed.split_once('/').unwrap_or((exposed, "tcp"));
            let number = number.parse().unwrap_or(0);
            let known = ports.iter().any(|port| port.port == number);
            if protocol == "tcp" && number > 0 && !known && ports.len() < MAX_PORTS {
                ports.push(Port { port: number, ..Port::default() });
            }
        }
        ports
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_images_ports_are_those_of_tcp() {
        let ports = |exposed: &[&str]| {
            let exposed_ports = exposed.iter().map(|text| (*text).to_owned()).collect();
            let config = ImageConfig { exposed_ports, ..ImageConfig::default() };
            let ports = config.ports();
            assert!(ports.iter().all(|port| !port.public && !port.lan && port.host_port == 0));
            ports.iter().map(|port| port.port).collect::<Vec<_>>()
        };
        assert_eq!(ports(&["80/tcp", "53/udp", "8080", "80", "443/tcp"]), [80, 8080, 443]);
        assert!(ports(&["", "0", "65536", "http", "80/tcp/x", "-1", "1-9/tcp"]).is_empty());
        let many: Vec<String> = (1..=40).map(|port| format!("{port}/tcp")).collect();
        assert_eq!(ports(&many.iter().map(String::as_str).collect::<Vec<_>>()).len(), MAX_PORTS);
    }
}
