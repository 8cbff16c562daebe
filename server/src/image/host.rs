//! The image `host`: the machine's own /usr under a root that was made here.
//!
//! ```text
//! images/host/<fingerprint>/root   what `recipe` lists
//!                          /boot   the boot in which it was last the current one
//! ```
//!
//! When the machine's packages change, so does the fingerprint, and a new root
//! is made. Machines that run keep theirs: an old root is removed after a
//! reboot, which no machine survives.

mod recipe;

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{PermissionsExt, lchown, symlink};
use std::path::{Path, PathBuf};

pub use recipe::RecipeError;
use recipe::{Item, fingerprint, plan};

use super::remove_files;
use crate::storage::{Pool, StorageError};

/// Names the present boot.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";
/// What the name of a root that is being made starts with.
const HALF_MADE: &str = ".new-";

/// Why the image `host` could not be made.
#[derive(Debug, thiserror::Error)]
pub enum HostImageError {
    /// The machine is laid out in a way that is not supported.
    #[error(transparent)]
    Recipe(#[from] RecipeError),
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A step failed.
    #[error("{path}: {error}")]
    Io {
        /// At which path.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

fn at<T>(path: &Path, result: io::Result<T>) -> Result<T, HostImageError> {
    result.map_err(|error| HostImageError::Io { path: path.to_owned(), error })
}

/// Makes the image below `dir` where the present one is missing or out of
/// date, and returns its root directory.
pub(super) fn open(pool: &dyn Pool, dir: &Path) -> Result<PathBuf, HostImageError> {
    let items = plan(Path::new("/"))?;
    at(dir, fs::create_dir_all(dir))?;
    let boot = at(Path::new(BOOT_ID), fs::read_to_string(BOOT_ID))?;
    let current = dir.join(fingerprint(&items));
    if !current.is_dir() {
        make(pool, dir, &current, &items)?;
    }
    let boot_file = current.join("boot");
    at(&boot_file, fs::write(&boot_file, &boot))?;
    sweep(pool, dir, &current, &boot)?;
    Ok(current.join("root"))
}

fn make(pool: &dyn Pool, dir: &Path, current: &Path, items: &[Item]) -> Result<(), HostImageError> {
    let name = current.file_name().unwrap_or_default().to_string_lossy();
    let half_made = dir.join(format!("{HALF_MADE}{name}"));
    at(&half_made, remove_files(pool, &half_made))?;
    let root = half_made.join("root");
    pool.make_directory(&root)?;
    at(&root, fs::set_permissions(&root, Permissions::from_mode(0o755)))?;
    for item in items {
        let path = root.join(item.path());
        at(&path, place(&path, item))?;
    }
    pool.seal_root(&root)?;
    let opened = at(dir, fs::File::open(dir))?;
    // Whole before it has its name, also after a power cut.
    at(dir, rustix::fs::syncfs(&opened).map_err(io::Error::from))?;
    at(current, fs::rename(&half_made, current))?;
    at(dir, opened.sync_all())
}

fn place(path: &Path, item: &Item) -> io::Result<()> {
    match item {
        Item::Directory { mode, owner, .. } => {
            fs::create_dir(path)?;
            lchown(path, Some(*owner), Some(*owner))?;
            fs::set_permissions(path, Permissions::from_mode(*mode))
        }
        Item::File { mode, content, .. } => {
            let mut file = fs::File::create_new(path)?;
            file.write_all(content)?;
            file.set_permissions(Permissions::from_mode(*mode))
        }
        Item::Link { target, .. } => symlink(target, path),
    }
}

/// Removes what is half made, and roots of earlier boots.
fn sweep(pool: &dyn Pool, dir: &Path, current: &Path, boot: &str) -> Result<(), HostImageError> {
    for entry in at(dir, fs::read_dir(dir))? {
        let path = at(dir, entry)?.path();
        let of_this_boot = fs::read_to_string(path.join("boot")).is_ok_and(|text| text == boot);
        if path != current && !of_this_boot {
            at(&path, remove_files(pool, &path))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::StorageChoice;

    fn skip_without_root() -> bool {
        let skip = !rustix::process::geteuid().is_root() || !Path::new("/bin").is_symlink();
        if skip {
            eprintln!("skipped: needs root and a merged /usr");
        }
        skip
    }

    #[test]
    fn the_image_is_made_once_and_old_ones_go_after_a_reboot() {
        if skip_without_root() {
            return;
        }
        let temp = tempfile::tempdir().unwrap();
        let (old, running) = (temp.path().join("0123"), temp.path().join("4567"));
        let half_made = temp.path().join(".new-89ab");
        for dir in [&old, &running, &half_made] {
            fs::create_dir_all(dir.join("root")).unwrap();
        }
        fs::write(old.join("boot"), "another boot").unwrap();
        fs::copy(BOOT_ID, running.join("boot")).unwrap();
        let data = tempfile::tempdir().unwrap();
        let pool = crate::storage::open(data.path(), StorageChoice::Dir).unwrap();
        let root = open(&*pool, temp.path()).unwrap();
        assert_eq!(root, open(&*pool, temp.path()).unwrap());
        assert!(!old.exists() && !half_made.exists() && running.exists());
        assert_eq!(fs::read_link(root.join("bin")).unwrap(), fs::read_link("/bin").unwrap());
        assert!(root.join("etc/passwd").is_file() && !root.join("etc/shadow").exists());
        assert_eq!(fs::metadata(root.join("tmp")).unwrap().permissions().mode() & 0o7777, 0o1777);
        assert!(fs::read_dir(root.join("usr")).unwrap().next().is_none());
    }
}
