//! Small files beside the database that only the daemon's own user may read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// What was found of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrivateFile {
    /// Nothing.
    Missing,
    /// Others may have read it already.
    OpenToOthers,
    /// Its text.
    Text(String),
}

impl PrivateFile {
    /// Reads one, of so many bytes at the most.
    ///
    /// # Errors
    /// The operating system's, and `InvalidData` for what is no text.
    pub fn read(path: &Path, most: u64) -> io::Result<Self> {
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::Missing),
            opened => opened?,
        };
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            return Ok(Self::OpenToOthers);
        }
        let mut text = String::new();
        file.take(most).read_to_string(&mut text)?;
        Ok(Self::Text(text))
    }

    /// Puts one in its place whole: written and synced under another name.
    ///
    /// # Errors
    /// The operating system's; what was there before is there then.
    pub fn write(directory: &Path, name: &str, text: &str) -> io::Result<()> {
        let new = directory.join(format!(".{name}.new"));
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, directory.join(name))?;
        File::open(directory)?.sync_all()
    }
}
