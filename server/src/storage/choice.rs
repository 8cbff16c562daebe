//! Which driver a data directory has: chosen at its first start, written down
//! there, and never changed.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use clap::ValueEnum;

use super::btrfs::BtrfsPool;
use super::dir::DirPool;
use super::loop_file::LoopFile;
use super::mount::is_btrfs;
use super::{Driver, Pool, StorageError, TreeKind};

/// Where it is written down.
const FILE: &str = "storage";

/// What is asked for at a first start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum StorageChoice {
    /// btrfs where the host can, else dir.
    #[default]
    Auto,
    /// btrfs, or no start.
    Btrfs,
    /// Plain directories.
    Dir,
}

/// Opens the pool of a data directory. Where the driver needs a mount it is
/// made in this thread's view of mounts: see [`super::own_mounts`].
///
/// # Errors
/// [`StorageError::OtherDriver`] where another driver is asked for than the
/// directory has; [`StorageError::NoBtrfs`].
pub fn open(data_dir: &Path, choice: StorageChoice) -> Result<Arc<dyn Pool>, StorageError> {
    let has = written(data_dir)?;
    match (has, choice) {
        (None, StorageChoice::Auto) => first(data_dir),
        (None, StorageChoice::Btrfs) => begin(data_dir, Driver::Btrfs),
        (None, StorageChoice::Dir) => begin(data_dir, Driver::Dir),
        (Some(has), StorageChoice::Btrfs) if has != Driver::Btrfs => other(has),
        (Some(has), StorageChoice::Dir) if has != Driver::Dir => other(has),
        (Some(has), _) => open_driver(data_dir, has),
    }
}

fn other(has: Driver) -> Result<Arc<dyn Pool>, StorageError> {
    Err(StorageError::OtherDriver { has: has.name() })
}

/// Takes btrfs where that works.
fn first(data_dir: &Path) -> Result<Arc<dyn Pool>, StorageError> {
    begin(data_dir, Driver::Btrfs).or_else(|reason| {
        tracing::warn!(%reason, "the storage driver is dir: it holds no sizes");
        begin(data_dir, Driver::Dir)
    })
}

fn begin(data_dir: &Path, driver: Driver) -> Result<Arc<dyn Pool>, StorageError> {
    let in_file = driver == Driver::Btrfs && !on_btrfs(data_dir)?;
    if in_file && !LoopFile::exists(data_dir) {
        LoopFile::make(data_dir)?;
    }
    let pool = open_driver(data_dir, driver)?;
    write(data_dir, driver).map_err(StorageError::at(&data_dir.join(FILE)))?;
    Ok(pool)
}

fn open_driver(data_dir: &Path, driver: Driver) -> Result<Arc<dyn Pool>, StorageError> {
    match driver {
        Driver::Dir => Ok(Arc::new(DirPool::open(data_dir)?)),
        Driver::Btrfs if LoopFile::exists(data_dir) => {
            let (file, root) = LoopFile::mount(data_dir)?;
            Ok(Arc::new(BtrfsPool::open(&root, Some(file))?))
        }
        Driver::Btrfs => Ok(Arc::new(BtrfsPool::open(data_dir, None)?)),
    }
}

fn on_btrfs(data_dir: &Path) -> Result<bool, StorageError> {
    is_btrfs(data_dir).map_err(StorageError::at(data_dir))
}

/// What is written down. A data directory of before the choice has plain
/// directories.
fn written(data_dir: &Path) -> Result<Option<Driver>, StorageError> {
    let path = data_dir.join(FILE);
    match fs::read_to_string(&path) {
        Ok(text) => match text.trim() {
            "btrfs" => Ok(Some(Driver::Btrfs)),
            "dir" => Ok(Some(Driver::Dir)),
            other => {
                let error = io::Error::other(format!("no storage driver is named {other:?}"));
                Err(StorageError::at(&path)(error))
            }
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let disks = data_dir.join(TreeKind::Disk.directory());
            Ok((disks.is_dir() && !LoopFile::exists(data_dir)).then_some(Driver::Dir))
        }
        Err(error) => Err(StorageError::at(&path)(error)),
    }
}

fn write(data_dir: &Path, driver: Driver) -> io::Result<()> {
    let new = data_dir.join(format!("{FILE}.new"));
    let mut file = fs::File::create(&new)?;
    writeln!(file, "{}", driver.name())?;
    file.sync_all()?;
    fs::rename(&new, data_dir.join(FILE))?;
    fs::File::open(data_dir)?.sync_all()
}
