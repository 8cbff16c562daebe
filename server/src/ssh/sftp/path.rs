//! Names as they come over SFTP.

use russh_sftp::protocol::StatusCode;

use super::Refusal;
use crate::model::FilePath;

/// What russh-sftp puts where a name is not UTF-8.
const REPLACED: char = '\u{fffd}';

/// The path that a name means; relative ones start in /workspace.
pub(super) fn absolute(name: &str) -> Result<FilePath, Refusal> {
    check(name)?;
    if name.is_empty() {
        return Ok(FilePath::default());
    }
    FilePath::new(name).map_err(|error| Refusal(StatusCode::Failure, error.to_string()))
}

/// Refuses a name that stands for another one.
pub(super) fn check(name: &str) -> Result<(), Refusal> {
    match name.contains(REPLACED) {
        true => Err(Refusal(StatusCode::Failure, "a name must be UTF-8 over SFTP".to_owned())),
        false => Ok(()),
    }
}

/// The same path without `.`, `..` and doubled slashes: by its text alone, for
/// also what is not there has one.
pub(super) fn clean(name: &str) -> Result<String, Refusal> {
    let path = absolute(name)?;
    let text = String::from_utf8_lossy(path.as_bytes());
    let mut parts = Vec::new();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Ok(format!("/{}", parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_and_never_lead_above_the_root() {
        for (name, wanted) in [
            ("", "/workspace"),
            (".", "/workspace"),
            ("a/./b//c/", "/workspace/a/b/c"),
            ("..", "/"),
            ("../../../etc/hostname", "/etc/hostname"),
            ("/", "/"),
            ("/a/../..", "/"),
        ] {
            assert_eq!(clean(name).unwrap(), wanted, "{name}");
        }
    }

    #[test]
    fn a_name_that_was_replaced_is_refused() {
        assert!(absolute("a\u{fffd}b").is_err());
        assert!(absolute("a\0b").is_err());
        assert_eq!(absolute("ä b").unwrap().as_bytes(), "/workspace/ä b".as_bytes());
    }
}
