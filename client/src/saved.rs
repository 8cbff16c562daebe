//! Tokens that this user has paired for, by the daemon's address.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::address::Address;
use crate::config::Token;

/// Below the folder of the user's configuration.
const FILE: &str = "skerry/tokens.json";

/// Where they are: `$XDG_CONFIG_HOME/skerry/tokens.json`, else
/// `~/.config/skerry/tokens.json`; `None` where there is no home.
pub fn saved_tokens_path() -> Option<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let config = set("XDG_CONFIG_HOME").or_else(|| Some(set("HOME")?.join(".config")))?;
    Some(config.join(FILE))
}

/// The token for an address, where there is one.
pub(crate) fn find(path: &Path, address: &Address) -> Option<Token> {
    read(path).ok()?.get(&address.to_string())?.parse().ok()
}

/// Keeps a token for an address, in a file that is the user's alone, in place
/// of the one before.
///
/// # Errors
///
/// The file can't be read or written.
pub fn save_token(path: &Path, address: &Address, secret: &str) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let mut tokens = match read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
        tokens => tokens?,
    };
    tokens.insert(address.to_string(), secret.to_owned());
    // Beside it and then over it, so that it is never half there.
    let half = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&half)?;
    let written = serde_json::to_vec_pretty(&tokens)
        .map_err(io::Error::other)
        .and_then(|text| file.write_all(&text))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&half, path));
    if written.is_err() {
        // It may be there or not.
        let _removed = fs::remove_file(&half);
    }
    written
}

fn read(path: &Path) -> io::Result<BTreeMap<String, String>> {
    let text = fs::read(path)?;
    serde_json::from_slice(&text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_token_is_kept_for_its_address_and_this_user_alone() {
        let folder = tempfile::tempdir().expect("a directory");
        let path = folder.path().join("config").join(FILE);
        let (one, other): (Address, Address) =
            ("10.0.0.7".parse().expect("an address"), "10.0.0.8".parse().expect("an address"));
        assert_eq!(find(&path, &one), None);
        save_token(&path, &one, "tok_1").expect("saved");
        save_token(&path, &other, "tok_2").expect("saved");
        save_token(&path, &one, "tok_3").expect("saved");
        assert_eq!(find(&path, &one), "tok_3".parse().ok());
        assert_eq!(find(&path, &other), "tok_2".parse().ok());
        let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode();
        assert_eq!(mode(&path) & 0o7777, 0o600);
        assert_eq!(mode(path.parent().expect("a folder")) & 0o7777, 0o700);
        fs::write(&path, "no json").expect("written");
        let kind = save_token(&path, &one, "tok_4").map_err(|error| error.kind());
        assert_eq!(kind, Err(io::ErrorKind::InvalidData));
    }
}
