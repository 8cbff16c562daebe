//! The store's files: who may open them, whether they are whole, and the
//! fsyncs that sled leaves out.
//!
//! ```text
//! <dir>/lock       held while the store is open
//! <dir>/sled/      the database: db, conf, snap.*, blobs/
//! <dir>/sled.new/  a database in the making; renamed when it is durable
//! ```
//!
//! sled starts over, and truncates `db`, where `conf` is empty, as it is after
//! a power cut. So a database is made aside and renamed when all of it is on
//! the disk, and one that is there is checked before sled sees it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{Barrier, StoreError};

const DATABASE: &str = "sled";
const DATABASE_NEW: &str = "sled.new";
/// sled's cache: the daemon reads its tables once, at its start.
const CACHE_BYTES: u64 = 4 << 20;
/// A process that was being started as the store's last owner closed it holds
/// copies of its locks until it executes its program.
const LOCK_WAIT: Duration = Duration::from_secs(1);
/// sled lets go of its own lock a moment after its last handle is dropped.
const SLED_LOCK_WAIT: Duration = Duration::from_secs(5);
const LOCK_POLL: Duration = Duration::from_millis(5);

/// The store's directory, locked.
pub(super) struct Layout {
    dir: PathBuf,
    _lock: File,
}

impl Layout {
    /// Locks the directory and opens its database, made where there is none.
    pub(super) fn open(dir: &Path) -> Result<(Self, sled::Db), StoreError> {
        fs::create_dir_all(dir).map_err(io_error(dir))?;
        let layout = Self { dir: dir.to_owned(), _lock: lock(dir)? };
        let path = layout.dir.join(DATABASE);
        if !path.exists() {
            layout.make(&path)?;
        }
        layout.check(&path)?;
        remove_unfinished_snapshots(&path)?;
        // sled's snapshot refers to what it reads in the log now, and is
        // fsynced at once; the log must not be behind it.
        sync(&path.join("db"))?;
        let database = layout.open_database(&path)?;
        sync_database(&path)?;
        sync(&layout.dir)?;
        Ok((layout, database))
    }

    /// A handle on sled's log, to fsync it with; none without the barrier.
    pub(super) fn barrier_file(&self, barrier: Barrier) -> Result<Option<File>, StoreError> {
        match barrier {
            Barrier::Fsync => {
                let path = self.dir.join(DATABASE).join("db");
                File::open(&path).map(Some).map_err(io_error(&path))
            }
            #[cfg(feature = "fake")]
            Barrier::SledFlushOnly => Ok(None),
        }
    }

    /// Makes an empty database. Until the rename nothing was ever
    /// acknowledged, so what an earlier try left is removed.
    fn make(&self, path: &Path) -> Result<(), StoreError> {
        let new = self.dir.join(DATABASE_NEW);
        if new.exists() {
            fs::remove_dir_all(&new).map_err(io_error(&new))?;
        }
        let database = self.open_database(&new)?;
        database.flush().map_err(super::table::database_error)?;
        drop(database);
        sync_database(&new)?;
        fs::rename(&new, path).map_err(io_error(&new))?;
        sync(&self.dir)?;
        match self.dir.parent().filter(|parent| parent.is_dir()) {
            Some(parent) => sync(parent),
            None => Ok(()),
        }
    }

    /// Refuses what sled would take for an empty database.
    fn check(&self, path: &Path) -> Result<(), StoreError> {
        let damaged = |what: String| StoreError::Damaged { dir: self.dir.clone(), what };
        let log = fs::metadata(path.join("db"))
            .map_err(|error| damaged(format!("{DATABASE}/db: {error}")))?;
        if log.len() == 0 {
            return Err(damaged(format!("{DATABASE}/db is empty")));
        }
        let conf = fs::read(path.join("conf"))
            .map_err(|error| damaged(format!("{DATABASE}/conf: {error}")))?;
        match conf.split_last_chunk::<4>() {
            Some((body, sum)) if body.len() > 4 && crc32(body) == u32::from_le_bytes(*sum) => {
                Ok(())
            }
            _ => Err(damaged(format!(
                "{DATABASE}/conf is {} bytes and its checksum does not hold",
                conf.len()
            ))),
        }
    }

    fn open_database(&self, path: &Path) -> Result<sled::Db, StoreError> {
        let deadline = Instant::now() + SLED_LOCK_WAIT;
        loop {
            // sled panics on some damage that it finds while it opens.
            let opened = std::panic::catch_unwind(|| sled_config(path).open()).map_err(|_| {
                StoreError::Damaged { dir: self.dir.clone(), what: "sled can't read it".to_owned() }
            })?;
            match opened {
                Ok(database) => return Ok(database),
                Err(sled::Error::Io(error))
                    if error.to_string().contains("could not acquire lock")
                        && Instant::now() < deadline =>
                {
                    std::thread::sleep(LOCK_POLL);
                }
                Err(sled::Error::Io(error)) => return Err(io_error(path)(error)),
                Err(error) => {
                    return Err(StoreError::Damaged {
                        dir: self.dir.clone(),
                        what: error.to_string(),
                    });
                }
            }
        }
    }
}

fn sled_config(path: &Path) -> sled::Config {
    sled::Config::new().path(path).cache_capacity(CACHE_BYTES).flush_every_ms(None)
}

fn lock(dir: &Path) -> Result<File, StoreError> {
    let path = dir.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(io_error(&path))?;
    let deadline = Instant::now() + LOCK_WAIT;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                std::thread::sleep(LOCK_POLL);
            }
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked { dir: dir.to_owned() });
            }
            Err(TryLockError::Error(error)) => return Err(io_error(&path)(error)),
        }
    }
}

/// sled writes a snapshot aside and renames it, but takes the unfinished one
/// that a kill has left for the newest, and fails. The one before it is still
/// there, so the unfinished one can go.
fn remove_unfinished_snapshots(path: &Path) -> Result<(), StoreError> {
    for entry in fs::read_dir(path).map_err(io_error(path))? {
        let entry = entry.map_err(io_error(path))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            fs::remove_file(entry.path()).map_err(io_error(&entry.path()))?;
        }
    }
    Ok(())
}

/// Everything that sled made in its directory, then the directory.
fn sync_database(path: &Path) -> Result<(), StoreError> {
    for entry in fs::read_dir(path).map_err(io_error(path))? {
        let entry = entry.map_err(io_error(path))?;
        sync(&entry.path())?;
    }
    sync(path)
}

fn sync(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(io_error(path))
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> StoreError + use<> {
    let path = path.to_owned();
    move |error| StoreError::Io { path, cause: error.to_string() }
}

/// CRC-32 as sled's `conf` has it (IEEE, reflected).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(sum & 1))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
