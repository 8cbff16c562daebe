//! The config of an image: what it was made for, what its layers unwrap to,
//! and how it is to be run.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{DocumentError, MAX_CONFIG_BYTES, MAX_LAYERS, Platform, shown};
use crate::archive::digest::Digest;
use crate::model::ImageConfig;

/// Bytes of all of an environment, as an exec may have.
const MAX_ENV_BYTES: usize = 1 << 20;
/// Bytes of the texts of each other list or map.
const MAX_TEXT_BYTES: usize = 1 << 20;
/// Bytes of `user:group`.
const MAX_USER_BYTES: usize = 255;
/// Bytes of a path.
const MAX_PATH_BYTES: usize = 4095;
/// Bytes of a signal's name.
const MAX_SIGNAL_BYTES: usize = 32;

/// A config, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::image) struct Config {
    pub(in crate::image) os: String,
    pub(in crate::image) architecture: String,
    variant: String,
    /// What each layer unwraps to, the lowest first.
    pub(in crate::image) diff_ids: Vec<Digest>,
    pub(in crate::image) config: ImageConfig,
}

#[derive(Deserialize)]
struct Raw {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    variant: Option<String>,
    config: Option<RawConfig>,
    rootfs: RawRootfs,
}

#[derive(Deserialize)]
struct RawRootfs {
    diff_ids: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct RawConfig {
    entrypoint: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
    env: Option<Vec<String>>,
    user: Option<String>,
    working_dir: Option<String>,
    exposed_ports: Option<BTreeMap<String, IgnoredAny>>,
    stop_signal: Option<String>,
    volumes: Option<BTreeMap<String, IgnoredAny>>,
    labels: Option<BTreeMap<String, String>>,
}

impl Config {
    /// Reads a config.
    pub(in crate::image) fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        const WHAT: &str = "config";
        if bytes.len() as u64 > MAX_CONFIG_BYTES {
            return Err(DocumentError::TooBig { what: WHAT, max: MAX_CONFIG_BYTES });
        }
        let raw: Raw = serde_json::from_slice(bytes)
            .map_err(|error| DocumentError::unreadable(WHAT, error))?;
        let diff_ids = raw.rootfs.diff_ids.unwrap_or_default();
        if diff_ids.len() > MAX_LAYERS {
            return Err(DocumentError::TooManyLayers(diff_ids.len()));
        }
        let diff_ids = diff_ids.iter().map(|text| text.parse());
        let diff_ids = diff_ids.collect::<Result<_, _>>();
        Ok(Self {
            os: shown(&raw.os),
            architecture: shown(&raw.architecture),
            variant: raw.variant.unwrap_or_default(),
            diff_ids: diff_ids.map_err(|error| DocumentError::unreadable(WHAT, error))?,
            config: checked(raw.config.unwrap_or_default())?,
        })
    }

    /// Whether it is for this platform, and of so many layers.
    pub(in crate::image) fn check_layers(&self, layers: usize) -> Result<(), DocumentError> {
        let diff_ids = self.diff_ids.len();
        if diff_ids == layers {
            return Ok(());
        }
        Err(DocumentError::LayersDiffer { diff_ids, layers })
    }

    /// Refuses one for another machine.
    pub(in crate::image) fn check_platform(&self, wanted: &Platform) -> Result<(), DocumentError> {
        if wanted.takes(&self.os, &self.architecture, &self.variant) {
            return Ok(());
        }
        let found = format!("{}/{}", self.os, self.architecture);
        Err(DocumentError::NoPlatform { wanted: wanted.to_string(), found })
    }
}

fn checked(raw: RawConfig) -> Result<ImageConfig, DocumentError> {
    let config = ImageConfig {
        entrypoint: raw.entrypoint.unwrap_or_default(),
        cmd: raw.cmd.unwrap_or_default(),
        env: env(raw.env.unwrap_or_default())?,
        user: user(raw.user.unwrap_or_default())?,
        working_dir: working_dir(raw.working_dir.unwrap_or_default())?,
        exposed_ports: raw.exposed_ports.unwrap_or_default().into_keys().collect(),
        stop_signal: raw.stop_signal.unwrap_or_default(),
        volumes: raw.volumes.unwrap_or_default().into_keys().collect(),
        labels: raw.labels.unwrap_or_default(),
    };
    let signal = config.stop_signal.as_str();
    if signal.len() > MAX_SIGNAL_BYTES
        || !signal.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'-')
    {
        return Err(bad("StopSignal", "is no signal's name or number"));
    }
    for (field, texts) in [
        ("Entrypoint", &config.entrypoint),
        ("Cmd", &config.cmd),
        ("ExposedPorts", &config.exposed_ports),
        ("Volumes", &config.volumes),
    ] {
        texts_fit(field, texts.iter())?;
    }
    texts_fit("Labels", config.labels.iter().flat_map(|(key, value)| [key, value]))?;
    Ok(config)
}

fn bad(field: &'static str, why: impl Into<String>) -> DocumentError {
    DocumentError::BadConfig { field, why: why.into() }
}

fn texts_fit<'a>(
    field: &'static str,
    texts: impl Iterator<Item = &'a String>,
) -> Result<(), DocumentError> {
    let mut bytes = 0_usize;
    for text in texts {
        if text.contains('\0') {
            return Err(bad(field, "has a NUL byte"));
        }
        bytes += text.len();
    }
    if bytes > MAX_TEXT_BYTES {
        return Err(bad(field, format!("has more than {MAX_TEXT_BYTES} bytes")));
    }
    Ok(())
}

/// `KEY=value`; the last of a key wins, and one without `=` is empty.
fn env(entries: Vec<String>) -> Result<BTreeMap<String, String>, DocumentError> {
    const FIELD: &str = "Env";
    let mut env = BTreeMap::new();
    for entry in &entries {
        let (key, value) = entry.split_once('=').unwrap_or((entry, ""));
        if key.is_empty() || entry.contains('\0') {
            return Err(bad(FIELD, "has an entry without a name, or with a NUL byte"));
        }
        env.insert(key.to_owned(), value.to_owned());
    }
    let bytes: usize = env.iter().map(|(key, value)| key.len() + value.len() + 2).sum();
    if bytes > MAX_ENV_BYTES {
        return Err(bad(FIELD, format!("has more than {MAX_ENV_BYTES} bytes")));
    }
    Ok(env)
}

fn user(user: String) -> Result<String, DocumentError> {
    let parts = user.split(':').count();
    let empty_part = !user.is_empty() && user.split(':').any(str::is_empty);
    if parts > 2 || empty_part || user.chars().any(char::is_control) || user.len() > MAX_USER_BYTES
    {
        return Err(bad("User", "must be `user` or `user:group`"));
    }
    Ok(user)
}

/// Docker takes a relative one from the root.
fn working_dir(dir: String) -> Result<String, DocumentError> {
    if dir.contains('\0') || dir.len() > MAX_PATH_BYTES {
        return Err(bad("WorkingDir", "has a NUL byte or is too long"));
    }
    Ok(if dir.is_empty() || dir.starts_with('/') { dir } else { format!("/{dir}") })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(config: serde_json::Value) -> Result<Config, DocumentError> {
        let whole = json!({"os": "linux", "architecture": "amd64", "config": config,
            "rootfs": {"type": "layers", "diff_ids": [Digest::of(b"").as_str()]}});
        Config::parse(&serde_json::to_vec(&whole).unwrap())
    }

    #[test]
    fn what_docker_writes_is_read() {
        let read = parse(
            json!({"Hostname": "", "User": "app:33", "Env": ["PATH=/bin", "A=b=c", "E"],
            "Cmd": ["sh"], "Entrypoint": null, "WorkingDir": "srv", "ExposedPorts": {"80/tcp": {}},
            "Volumes": {"/data": {}}, "Labels": {"a": "b"}, "StopSignal": "SIGQUIT", "OnBuild": []}),
        );
        let read = read.unwrap();
        read.check_layers(1).unwrap();
        assert!(matches!(read.check_layers(2), Err(DocumentError::LayersDiffer { .. })));
        read.check_platform(&"linux/amd64".parse().unwrap()).unwrap();
        assert!(read.check_platform(&"linux/arm64".parse().unwrap()).is_err());
        let config = read.config;
        assert_eq!((config.user.as_str(), config.working_dir.as_str()), ("app:33", "/srv"));
        assert_eq!((&*config.env["A"], &*config.env["E"]), ("b=c", ""));
        assert_eq!((&*config.exposed_ports[0], &*config.volumes[0]), ("80/tcp", "/data"));
        assert_eq!((&*config.labels["a"], &*config.stop_signal), ("b", "SIGQUIT"));
        assert_eq!((config.cmd, config.entrypoint), (vec!["sh".to_owned()], vec![]));
        assert!(parse(serde_json::Value::Null).is_ok());
    }

    #[test]
    fn a_hostile_config_is_refused_by_its_field() {
        let long = "a".repeat(2 << 20);
        for (config, wanted) in [
            (json!({"Env": ["A=\0"]}), "Env"),
            (json!({"Env": ["=x"]}), "Env"),
            (json!({"Env": [format!("A={long}")]}), "Env"),
            (json!({"User": "a:b:c"}), "User"),
            (json!({"User": "a\nroot"}), "User"),
            (json!({"User": long}), "User"),
            (json!({"WorkingDir": "/a\0"}), "WorkingDir"),
            (json!({"WorkingDir": long}), "WorkingDir"),
            (json!({"StopSignal": "SIGTERM; reboot"}), "StopSignal"),
            (json!({"Cmd": ["a\0"]}), "Cmd"),
            (json!({"Entrypoint": [long]}), "Entrypoint"),
            (json!({"Labels": {"a": long}}), "Labels"),
            (json!({"Volumes": {"/\0": {}}}), "Volumes"),
        ] {
            match parse(config) {
                Err(DocumentError::BadConfig { field, .. }) => assert_eq!(field, wanted),
                other => panic!("{wanted}: {other:?}"),
            }
        }
        let spaces = vec![b' '; MAX_CONFIG_BYTES as usize + 1];
        assert!(matches!(Config::parse(&spaces), Err(DocumentError::TooBig { .. })));
        assert!(matches!(Config::parse(b"{}"), Err(DocumentError::Unreadable { .. })));
    }
}
