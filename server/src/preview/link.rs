//! Links to private previews: a JWT (HS256) for one port of one sandbox, good
//! until it expires or its generation is revoked.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::host::Place;
use crate::store::PrivateFile;

/// Its file in the data directory.
const KEY_FILE: &str = "preview.key";
const KEY_BYTES: usize = 32;
/// 64 digits and the end of the line.
const MAX_KEY_FILE_BYTES: u64 = 256;
/// The one header that is written, and the one that is taken: no algorithm is
/// chosen by who shows a token.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
const AUDIENCE: &str = "skerry-preview";
/// A token has some 300 bytes.
const MAX_TOKEN_BYTES: usize = 1024;

/// Why there is no key for links.
#[derive(Debug, thiserror::Error)]
#[error("{}: {error}", path.display())]
pub struct KeyError {
    path: PathBuf,
    error: io::Error,
}

/// What makes and checks links.
pub(super) struct Links {
    mac: Hmac<Sha256>,
}

/// What a token says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    aud: String,
    sub: String,
    port: u16,
    generation: u64,
    iat: u64,
    exp: u64,
}

/// A link that is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Good {
    /// When it was made, in generations of its sandbox.
    pub(super) generation: u64,
    /// Until it expires.
    pub(super) left: Duration,
}

impl Links {
    /// Reads the key, or makes it where there is none.
    pub(super) fn open(data_dir: &Path) -> Result<Self, KeyError> {
        let path = data_dir.join(KEY_FILE);
        let key = read_key(&path).and_then(|key| match key {
            Some(key) => Ok(key),
            None => make_key(data_dir),
        });
        let key = key.map_err(|error| KeyError { path, error })?;
        Ok(Self::new(key))
    }

    fn new(key: [u8; KEY_BYTES]) -> Self {
        Self { mac: Hmac::new_from_slice(&key).expect("a key of any length will do") }
    }

    /// Makes a token that is good from now on for `ttl`.
    pub(super) fn make(&self, place: &Place, generation: u64, ttl: Duration) -> String {
        let now = seconds(SystemTime::now());
        let claims = Claims {
            aud: AUDIENCE.to_owned(),
            sub: place.sandbox.to_string(),
            port: place.port,
            generation,
            iat: now,
            exp: now.saturating_add(ttl.as_secs()),
        };
        let claims = serde_json::to_vec(&claims).expect("texts and numbers are JSON");
        let signed = format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(claims));
        let mac = self.mac.clone().chain_update(&signed).finalize().into_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac))
    }

    /// Checks a token for a place; its generation is for the caller to check.
    pub(super) fn check(&self, token: &str, place: &Place) -> Option<Good> {
        if token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let (signed, mac) = token.rsplit_once('.')?;
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
        // In constant time.
        self.mac.clone().chain_update(signed).verify_slice(&mac).ok()?;
        let claims = signed.strip_prefix(HEADER)?.strip_prefix('.')?;
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        let here = claims.aud == AUDIENCE
            && claims.sub == place.sandbox.as_str()
            && claims.port == place.port;
        let left = claims.exp.checked_sub(seconds(SystemTime::now())).filter(|left| *left > 0)?;
        here.then_some(Good { generation: claims.generation, left: Duration::from_secs(left) })
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn read_key(path: &Path) -> io::Result<Option<[u8; KEY_BYTES]>> {
    match PrivateFile::read(path, MAX_KEY_FILE_BYTES)? {
        PrivateFile::Missing => Ok(None),
        // Others may have made links with it.
        PrivateFile::OpenToOthers => {
            tracing::warn!(path = %path.display(), "the key was open to others; it is replaced");
            Ok(None)
        }
        PrivateFile::Text(text) => {
            let key = blake3::Hash::from_hex(text.trim_ascii()).map_err(io::Error::other)?;
            Ok(Some(*key.as_bytes()))
        }
    }
}

fn make_key(data_dir: &Path) -> io::Result<[u8; KEY_BYTES]> {
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
    let text = format!("{}\n", blake3::Hash::from_bytes(key).to_hex());
    PrivateFile::write(data_dir, KEY_FILE, &text)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::model::SandboxId;

    const HOUR: Duration = Duration::from_secs(3600);

    fn place(port: u16) -> Place {
        Place { sandbox: SandboxId::from_uuid(7), port }
    }

    #[test]
    fn a_token_opens_its_own_place_until_it_expires() {
        let links = Links::new([7; 32]);
        let token = links.make(&place(80), 3, HOUR);
        let good = links.check(&token, &place(80)).unwrap();
        assert_eq!(good.generation, 3);
        assert!(good.left <= HOUR && good.left > HOUR / 2);
        let other = Place { sandbox: SandboxId::from_uuid(8), port: 80 };
        assert_eq!(links.check(&token, &place(81)), None);
        assert_eq!(links.check(&token, &other), None);
        assert_eq!(Links::new([8; 32]).check(&token, &place(80)), None);
        assert_eq!(links.check(&links.make(&place(80), 3, Duration::ZERO), &place(80)), None);
    }

    #[test]
    fn a_token_that_was_changed_opens_nothing() {
        let links = Links::new([7; 32]);
        let token = links.make(&place(80), 3, HOUR);
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            // The last digit of a MAC has two bits that mean nothing, and
            // must be zero.
            assert_eq!(links.check(&changed, &place(80)), None, "{at}");
        }
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        let unsigned = token.replacen(HEADER, &none, 1);
        for token in ["", ".", "..", "a.b.c", &unsigned, &"a".repeat(5000)] {
            assert_eq!(links.check(token, &place(80)), None);
        }
        assert_eq!(URL_SAFE_NO_PAD.decode(HEADER).unwrap(), br#"{"alg":"HS256","typ":"JWT"}"#);
    }

    #[test]
    fn the_key_is_made_once_private_and_replaced_when_it_was_public() {
        let dir = tempfile::tempdir().unwrap();
        let token = Links::open(dir.path()).unwrap().make(&place(80), 0, HOUR);
        assert!(Links::open(dir.path()).unwrap().check(&token, &place(80)).is_some());
        let path = dir.path().join(KEY_FILE);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(Links::open(dir.path()).unwrap().check(&token, &place(80)).is_none());
        fs::write(&path, "no key").unwrap();
        assert!(Links::open(dir.path()).is_err());
    }
}
