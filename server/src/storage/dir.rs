//! Trees as directories of whatever file system the pool is on. A copy shares
//! what it has with the original where the file system can (`reflink`), and is
//! made file by file where it can't.

use std::ffi::CString;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::trash::Trash;
use super::{Driver, HALF_MADE, Pool, Space, StorageError, Tree, TreeKind};

/// Copies trees: every file type, owner, mode, hard link and attribute, holes
/// left out. Every Linux has it.
const COPY: &str = "cp";

pub(super) struct DirPool {
    root: PathBuf,
    trash: Trash,
}

impl DirPool {
    pub(super) fn open(root: &Path) -> Result<Self, StorageError> {
        make_kinds(root)?;
        let pool = Self { root: root.to_owned(), trash: Trash::open(root)? };
        for tree in half_made(&pool)? {
            pool.remove(&tree)?;
        }
        Ok(pool)
    }
}

/// Makes a directory for each kind.
pub(super) fn make_kinds(root: &Path) -> Result<(), StorageError> {
    TreeKind::ALL.iter().try_for_each(|kind| make_private(&root.join(kind.directory())))
}

/// The trees that were not made to their end.
pub(super) fn half_made(pool: &impl Pool) -> Result<Vec<Tree>, StorageError> {
    let mut found = Vec::new();
    for kind in TreeKind::ALL {
        let names = names_in(&pool.root().join(kind.directory()))?;
        let half = names.into_iter().filter(|name| name.starts_with(HALF_MADE));
        found.extend(half.map(|id| Tree { kind, id }));
    }
    Ok(found)
}

/// A directory for the daemon alone: what is below belongs to whoever a
/// sandbox says, setuid programs included.
pub fn make_private(path: &Path) -> Result<(), StorageError> {
    make_directory(path, 0o700)
}

/// A directory; one that is there gets the mode.
pub(super) fn make_directory(path: &Path, mode: u32) -> Result<(), StorageError> {
    match DirBuilder::new().mode(mode).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(StorageError::at(path)(error)),
    }
    // Whatever the daemon's umask is.
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(StorageError::at(path))
}

/// The names in a directory that are text, as all of ours are.
pub(super) fn names_in(directory: &Path) -> Result<Vec<String>, StorageError> {
    let entries = fs::read_dir(directory).map_err(StorageError::at(directory))?;
    Ok(entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect())
}

/// What the file system has in all, and what is free.
pub(super) fn space(root: &Path) -> Result<Space, StorageError> {
    let found =
        rustix::fs::statvfs(root).map_err(io::Error::from).map_err(StorageError::at(root))?;
    Ok(Space { total: found.f_blocks * found.f_frsize, free: found.f_bavail * found.f_frsize })
}

/// Removes a tree, whatever is in it; one that is not there is no error.
pub fn remove_tree(path: &Path) -> io::Result<()> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let parent = match File::open(parent) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    let name = CString::new(name.as_bytes())?;
    skerry_linux::tree::remove_tree(parent.as_fd(), &name)
}

pub(super) fn copy_files(from: &Path, to: &Path) -> Result<(), StorageError> {
    let copied = Command::new(COPY)
        .args(["--archive", "--reflink=auto", "--one-file-system", "--"])
        .arg(from.join("."))
        .arg(to)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .map_err(StorageError::at(Path::new(COPY)))?;
    if copied.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&copied.stderr);
    if said.contains("No space left") || said.contains("Disk quota exceeded") {
        return Err(StorageError::Full);
    }
    let said = said.lines().next().unwrap_or("cp failed").to_owned();
    Err(StorageError::at(from)(io::Error::other(said)))
}

impl Pool for DirPool {
    fn driver(&self) -> Driver {
        Driver::Dir
    }

    fn has_limits(&self) -> bool {
        false
    }

    fn root(&self) -> &Path {
        &self.root
    }

    fn make_directory(&self, path: &Path) -> Result<(), StorageError> {
        fs::create_dir_all(path).map_err(StorageError::at(path))
    }

    fn seal(&self, _path: &Path) -> Result<(), StorageError> {
        Ok(())
    }

    fn bound_directory(&self, _path: &Path, _bytes: u64) -> Result<(), StorageError> {
        Err(StorageError::NoLimits)
    }

    fn remove_directory(&self, path: &Path) -> Result<(), StorageError> {
        remove_tree(path).map_err(StorageError::at(path))
    }

    fn create(&self, tree: &Tree) -> Result<(), StorageError> {
        make_private(&self.path(tree))
    }

    fn copy(&self, from: &Tree, to: &Tree) -> Result<(), StorageError> {
        let half = Tree { kind: to.kind, id: format!("{HALF_MADE}{}", to.id) };
        make_private(&self.path(&half))?;
        let (path, whole) = (self.path(&half), self.path(to));
        let copied = copy_files(&self.path(from), &path).and_then(|()| {
            let opened = File::open(&path).map_err(StorageError::at(&path))?;
            let synced = rustix::fs::syncfs(&opened).map_err(io::Error::from);
            synced.map_err(StorageError::at(&path))?;
            fs::rename(&path, &whole).map_err(StorageError::at(&whole))
        });
        if copied.is_err() {
            self.remove(&half)?;
        }
        copied
    }

    fn remove(&self, tree: &Tree) -> Result<(), StorageError> {
        let path = self.path(tree);
        self.trash.take(&path, &tree.id).map_err(StorageError::at(&path))
    }

    fn set_limit(&self, _tree: &Tree, bytes: Option<u64>) -> Result<(), StorageError> {
        match bytes {
            None => Ok(()),
            Some(_) => Err(StorageError::NoLimits),
        }
    }

    fn usage(&self, _tree: &Tree) -> Option<u64> {
        None
    }

    fn list(&self, kind: TreeKind) -> Result<Vec<String>, StorageError> {
        names_in(&self.root.join(kind.directory()))
    }

    fn space(&self) -> Result<Space, StorageError> {
        space(&self.root)
    }

    fn tend(&self) -> Result<(), StorageError> {
        Ok(())
    }
}
