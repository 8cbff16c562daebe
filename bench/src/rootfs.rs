//! The root file system that every program runs: busybox and little else, as
//! a directory and as a tar archive.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::command::find_program;

/// Directories that runtimes mount over or expect.
const DIRECTORIES: [&str; 8] = ["bin", "dev", "etc", "proc", "root", "sys", "tmp", "workspace"];

/// The programs of busybox that are used.
const APPLETS: [&str; 8] = ["cat", "dd", "ls", "mkdir", "rm", "sh", "sleep", "true"];

/// A root file system could not be made.
#[derive(Debug, Error)]
pub(crate) enum RootFsError {
    /// There is no busybox to make it from.
    #[error("busybox is not installed: apt-get install busybox-static")]
    NoBusybox,
    /// A file of it could not be written.
    #[error("can't make {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The root file system.
#[derive(Debug)]
pub(crate) struct RootFs {
    /// Its directory.
    pub(crate) dir: PathBuf,
    /// The same as a tar archive.
    pub(crate) tar: PathBuf,
}

impl RootFs {
    /// Makes both in `dir`.
    pub(crate) fn build(dir: &Path) -> Result<Self, RootFsError> {
        let busybox = find_program("busybox").ok_or(RootFsError::NoBusybox)?;
        let root = dir.join("rootfs");
        for name in DIRECTORIES {
            let path = root.join(name);
            fs::create_dir_all(&path).map_err(|source| write(&path, source))?;
        }
        let program = root.join("bin/busybox");
        fs::copy(busybox, &program).map_err(|source| write(&program, source))?;
        for applet in APPLETS {
            let path = root.join("bin").join(applet);
            symlink("busybox", &path).map_err(|source| write(&path, source))?;
        }
        for (name, text) in
            [("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"), ("etc/group", "root:x:0:\n")]
        {
            let path = root.join(name);
            fs::write(&path, text).map_err(|source| write(&path, source))?;
        }
        let tar = dir.join("rootfs.tar");
        pack(&root, &tar).map_err(|source| write(&tar, source))?;
        Ok(Self { dir: root, tar })
    }

    /// A program of it, as the host sees it.
    pub(crate) fn program(&self, applet: &str) -> PathBuf {
        self.dir.join("bin").join(applet)
    }
}

fn pack(root: &Path, tar: &Path) -> io::Result<()> {
    let mut archive = tar::Builder::new(File::create(tar)?);
    archive.follow_symlinks(false);
    archive.append_dir_all(".", root)?;
    archive.into_inner()?.sync_all()
}

fn write(path: &Path, source: io::Error) -> RootFsError {
    RootFsError::Write { path: path.to_owned(), source }
}
