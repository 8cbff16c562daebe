//! A btrfs in a file: made sparse, mounted through a loop device in the
//! daemon's own view of mounts, and grown as the host has room.
//!
//! A file must never be two devices at once. The one that an earlier daemon's
//! machines still use is found again; with its last user the kernel frees it.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use skerry_linux::btrfs;
use skerry_linux::loop_device::LoopDevice;

use super::mount::mount_btrfs;
use super::{StorageError, dir};

const FILE: &str = "pool.btrfs";
const NEW_FILE: &str = "pool.btrfs.new";
const DIRECTORY: &str = "pool";
/// Makes the file system; Debian has it in `btrfs-progs`.
const MAKE: &str = "mkfs.btrfs";
/// Less than this, `mkfs.btrfs` makes other file systems.
const MIN_BYTES: u64 = 1 << 30;
/// Of what the host has free, so many in ten are the pool's to fill. A file
/// that the host has no room for any more would break the file system in it.
const SHARE_TENTHS: u64 = 9;
/// It is grown when it can be by an eighth: each time costs a transaction.
const STEP: u64 = 8;

pub(super) struct LoopFile {
    path: PathBuf,
    device: LoopDevice,
}

impl LoopFile {
    /// Whether a data directory has one.
    pub(super) fn exists(data_dir: &Path) -> bool {
        data_dir.join(FILE).exists()
    }

    /// Makes the file with an empty file system: all of it or nothing.
    pub(super) fn make(data_dir: &Path) -> Result<(), StorageError> {
        let path = data_dir.join(NEW_FILE);
        let room = share(dir::space(data_dir)?.free);
        let file = File::options().create(true).truncate(true).write(true).mode(0o600).open(&path);
        let made = file.and_then(|file| {
            file.set_len(room.max(MIN_BYTES))?;
            make_file_system(&path)?;
            file.sync_all()?;
            fs::rename(&path, data_dir.join(FILE))?;
            File::open(data_dir)?.sync_all()
        });
        if made.is_err() {
            // It is what is to be said; the next try truncates this one.
            let _ = fs::remove_file(&path);
        }
        made.map_err(StorageError::at(&path))
    }

    /// Mounts it; says where.
    pub(super) fn mount(data_dir: &Path) -> Result<(Self, PathBuf), StorageError> {
        let (path, directory) = (data_dir.join(FILE), data_dir.join(DIRECTORY));
        let file = File::options().read(true).write(true).open(&path);
        let file = file.map_err(StorageError::at(&path))?;
        dir::make_private(&directory)?;
        let found = LoopDevice::find(&file).map_err(StorageError::at(&path))?;
        let device = match found {
            Some(device) => device,
            None => LoopDevice::attach(&file)
                .map_err(|error| StorageError::NoBtrfs(format!("no loop device: {error}")))?,
        };
        mount_btrfs(device.path(), &directory)
            .map_err(|error| StorageError::NoBtrfs(format!("it can't be mounted: {error}")))?;
        let this = Self { path, device };
        this.grow(&directory)?;
        Ok((this, directory))
    }

    /// Takes up what the host has free.
    pub(super) fn grow(&self, root: &Path) -> Result<(), StorageError> {
        let at = StorageError::at;
        let file = fs::metadata(&self.path).map_err(at(&self.path))?;
        let host = dir::space(self.path.parent().unwrap_or(root))?;
        let wanted = whole_mebibytes(file.blocks() * 512) + share(host.free);
        if wanted < file.len() + file.len() / STEP {
            return Ok(());
        }
        let opened = File::options().write(true).open(&self.path).map_err(at(&self.path))?;
        opened.set_len(wanted).map_err(at(&self.path))?;
        self.device.grow().map_err(at(self.device.path()))?;
        let root_file = File::open(root).map_err(at(root))?;
        btrfs::grow(root_file.as_fd()).map_err(at(root))?;
        tracing::info!(bytes = wanted, "the storage has grown");
        Ok(())
    }
}

/// What of the host's bytes the pool may fill, in whole mebibytes.
fn share(bytes: u64) -> u64 {
    whole_mebibytes(bytes / 10 * SHARE_TENTHS)
}

fn whole_mebibytes(bytes: u64) -> u64 {
    (bytes >> 20) << 20
}

/// One copy of everything: two in one file would protect from nothing.
fn make_file_system(path: &Path) -> io::Result<()> {
    let made = Command::new(MAKE)
        .args(["--quiet", "--nodiscard", "--metadata", "single", "--label", "skerry"])
        .arg(path)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                io::Error::other(format!("{MAKE} is not installed; Debian has it in btrfs-progs"))
            }
            _ => error,
        })?;
    if made.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&made.stderr);
    let said = said.lines().rfind(|line| !line.is_empty()).unwrap_or("it failed").to_owned();
    Err(io::Error::other(format!("{MAKE}: {said}")))
}
