//! The daemon's own key, by which clients know it: made at the first start,
//! and kept.

use std::io;
use std::path::Path;

use russh::keys::PrivateKey;
use russh::keys::ssh_key::LineEnding;

use super::{SshError, key};
use crate::store::PrivateFile;

/// Its file in the data directory.
const FILE: &str = "ssh_host_ed25519_key";
/// An Ed25519 key takes 400 bytes; nothing longer is read.
const MAX_FILE_BYTES: u64 = 4096;

/// Reads the key, or makes it where there is none. One that can't be read is
/// no reason to make another: clients would refuse that.
pub(super) fn open(data_dir: &Path) -> Result<PrivateKey, SshError> {
    let path = data_dir.join(FILE);
    let found = match PrivateFile::read(&path, MAX_FILE_BYTES) {
        Ok(PrivateFile::Text(text)) => PrivateKey::from_openssh(&text).map_err(io::Error::other),
        Ok(PrivateFile::Missing) => make(data_dir),
        Ok(PrivateFile::OpenToOthers) => {
            Err(io::Error::other("is open to others: chmod it to 0600, or remove it"))
        }
        Err(error) => Err(error),
    };
    found.map_err(|error| SshError::HostKey { path, error })
}

fn make(data_dir: &Path) -> io::Result<PrivateKey> {
    let key = key::generate().map_err(io::Error::other)?;
    let text = key.to_openssh(LineEnding::LF).map_err(io::Error::other)?;
    PrivateFile::write(data_dir, FILE, &text)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_key_is_made_once_and_private() {
        let dir = tempfile::tempdir().unwrap();
        let made = open(dir.path()).unwrap();
        let path = dir.path().join(FILE);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        assert_eq!(open(dir.path()).unwrap().public_key(), made.public_key());
    }

    #[test]
    fn a_damaged_or_public_key_is_an_error_not_a_new_key() {
        let dir = tempfile::tempdir().unwrap();
        open(dir.path()).unwrap();
        let path = dir.path().join(FILE);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(open(dir.path()).is_err());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "not a key").unwrap();
        assert!(open(dir.path()).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "not a key");
    }
}
