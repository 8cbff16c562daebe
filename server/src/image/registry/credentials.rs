//! Credentials: what a registry is shown. They are kept as long as a pull
//! takes, and never written anywhere.

use std::collections::HashMap;
use std::fmt;
use std::io::Read;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::{Reference, RegistryError};

/// The most bytes of a docker config.
const MAX_CONFIG_BYTES: u64 = 1 << 20;

/// A text that no log and no error shows.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the registry alone.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(secret)")
    }
}

/// What a registry is shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Credentials {
    /// A user and a password.
    Basic {
        /// The user.
        username: String,
        /// The password.
        password: Secret,
    },
    /// A token that the registry gave before.
    Bearer(Secret),
}

#[derive(Deserialize)]
struct DockerConfig {
    #[serde(default)]
    auths: HashMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
}

/// What a docker config has for a registry. Programs that it names are not
/// run.
pub(in crate::image) fn from_docker_config(
    path: &Path,
    reference: &Reference,
) -> Result<Option<Credentials>, RegistryError> {
    let failed = |cause: &dyn fmt::Display| {
        RegistryError::DockerConfig(format!("{}: {cause}", path.display()))
    };
    let file = std::fs::File::open(path).map_err(|error| failed(&error))?;
    let mut text = Vec::new();
    file.take(MAX_CONFIG_BYTES).read_to_end(&mut text).map_err(|error| failed(&error))?;
    // The cause would repeat what stands there.
    let config: DockerConfig =
        serde_json::from_slice(&text).map_err(|_| failed(&"it is no docker config"))?;
    let entry = config.auths.iter().find(|(server, _)| is_same(server, reference.registry()));
    let Some((server, entry)) = entry else { return Ok(None) };
    entry.credentials().ok_or_else(|| failed(&format!("the entry of {server} has no user")))
}

/// Keys are hosts, or addresses as Docker's own of old.
fn is_same(server: &str, registry: &str) -> bool {
    let host = server.strip_prefix("https://").or(server.strip_prefix("http://")).unwrap_or(server);
    let host = host.split('/').next().unwrap_or(host);
    host == registry || (registry == "docker.io" && host == "index.docker.io")
}

impl Entry {
    /// The inner `None`: it is empty, as a credential helper leaves it.
    fn credentials(&self) -> Option<Option<Credentials>> {
        if let (Some(username), Some(password)) = (&self.username, &self.password) {
            let password = Secret::new(password.clone());
            return Some(Some(Credentials::Basic { username: username.clone(), password }));
        }
        let Some(auth) = self.auth.as_deref().filter(|auth| !auth.is_empty()) else {
            return Some(None);
        };
        let text = String::from_utf8(STANDARD.decode(auth).ok()?).ok()?;
        let (username, password) = text.split_once(':')?;
        // Docker once filled it up with NUL bytes.
        let password = Secret::new(password.trim_end_matches('\0').to_owned());
        Some(Some(Credentials::Basic { username: username.to_owned(), password }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, reference: &str) -> Result<Option<Credentials>, RegistryError> {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("config.json");
        std::fs::write(&path, text).unwrap();
        from_docker_config(&path, &reference.parse().unwrap())
    }

    #[test]
    fn a_docker_config_opens_the_registry_that_it_names() {
        let config = r#"{"auths": {
            "https://index.docker.io/v1/": {"auth": "YTpiOmM="},
            "localhost:5000": {"username": "u", "password": "p"},
            "helped.example": {},
            "broken.example": {"auth": "?"}
        }, "credsStore": "desktop", "credHelpers": {"x": "y"}}"#;
        let basic = |username: &str, password: &str| {
            let password = Secret::new(password.to_owned());
            Some(Credentials::Basic { username: username.to_owned(), password })
        };
        assert_eq!(read(config, "alpine").unwrap(), basic("a", "b:c"));
        assert_eq!(read(config, "localhost:5000/a").unwrap(), basic("u", "p"));
        assert_eq!(read(config, "localhost:5001/a").unwrap(), None);
        assert_eq!(read(config, "helped.example/a").unwrap(), None);
        assert!(read(config, "broken.example/a").is_err());
        let error = read(r#"{"auths": "secret"}"#, "alpine").unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
        assert!(!format!("{:?}", basic("u", "hidden")).contains("hidden"));
    }
}
