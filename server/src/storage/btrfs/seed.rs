//! Where the inode numbers of disks begin: beyond those of every image.
//!
//! An overlay whose layers are in one file system shows their numbers as they
//! are, but btrfs counts in each subvolume from 257. Whoever tells files apart
//! by device and number would take one of the disk for one of the image:
//! `find` tells of loops, `cp` of a file onto itself. Numbers can't be chosen,
//! but a subvolume counts on from its highest one, and so does a copy of it:
//!
//! ```text
//!  image 257 … 9,120          ─ raise ─▶  seed 9,121  (one file, the mark)
//!                                           │ copy
//!                             disk          ▼ 9,122 …
//! ```
//!
//! A copy waits for the file system's transaction, about 4 ms, which a new
//! subvolume does not: some are made ahead.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use parking_lot::Mutex;
use rustix::fs::{CWD, Mode, OFlags, RenameFlags, open, renameat_with};
use skerry_linux::btrfs;

use super::{create, place, remove};

/// The seed, in the pool's directory.
const SEED: &str = "seed";
/// Copies made ahead, in the pool's directory.
const SPARES: &str = "spares";
/// The seed's file with its highest number.
const MARK: &str = "mark";
/// Its successor, until it has its place.
const NEXT_MARK: &str = ".new-mark";
/// Copies that are kept ready: a burst of creates larger than this waits.
const READY: usize = 16;

/// Makes empty subvolumes whose numbers are no image's.
pub(super) struct Seed {
    path: PathBuf,
    spares: Arc<Spares>,
    /// Told when a spare was taken; its end ends the thread.
    taken: SyncSender<()>,
}

struct Spares {
    dir: PathBuf,
    ready: Mutex<Ready>,
}

/// The spares that may be taken, oldest first.
#[derive(Default)]
struct Ready {
    paths: VecDeque<PathBuf>,
    /// How often the seed was raised: what was copied before is of no use.
    age: u64,
    made: u64,
}

impl Seed {
    /// Opens or makes the seed of a pool; spares of an earlier daemon go.
    pub(super) fn open(pool: &Path) -> io::Result<Self> {
        let (path, dir) = (pool.join(SEED), pool.join(SPARES));
        create(&path)?;
        fs::create_dir_all(&dir)?;
        for entry in fs::read_dir(&dir)? {
            remove(&entry?.path())?;
        }
        let spares = Arc::new(Spares { dir, ready: Mutex::default() });
        let (taken, wake) = sync_channel(1);
        let (seed, filled) = (path.clone(), Arc::clone(&spares));
        std::thread::Builder::new()
            .name("spares".to_owned())
            .spawn(move || keep_ready(&seed, &filled, &wake))?;
        Ok(Self { path, spares, taken })
    }

    /// Makes an empty subvolume; one that is there stays as it is.
    pub(super) fn sow(&self, path: &Path) -> io::Result<()> {
        let spare = self.spares.ready.lock().paths.pop_front();
        // A thread that has ended makes no more: each is made when asked for.
        let _ = self.taken.try_send(());
        match spare {
            Some(spare) => self.spares.give(&spare, path),
            None => copy(&self.path, path),
        }
    }

    /// Makes all to come count on from the highest number of a subvolume that
    /// is writable still, and that nobody writes to any more.
    pub(super) fn raise(&self, subvolume: &Path) -> io::Result<()> {
        let highest = next_number(subvolume)?;
        // Two that raise it do so one after the other.
        let mut ready = self.spares.ready.lock();
        if fs::metadata(self.path.join(MARK)).is_ok_and(|mark| mark.ino() >= highest) {
            return Ok(());
        }
        while next_number(&self.path)? < highest {}
        let next = self.path.join(NEXT_MARK);
        File::create(&next)?;
        fs::rename(&next, self.path.join(MARK))?;
        ready.age += 1;
        let stale = std::mem::take(&mut ready.paths);
        drop(ready);
        let _ = self.taken.try_send(());
        stale.iter().try_for_each(|spare| remove(spare))
    }
}

impl Spares {
    fn give(&self, spare: &Path, path: &Path) -> io::Result<()> {
        match renameat_with(CWD, spare, CWD, path, RenameFlags::NOREPLACE) {
            Ok(()) => Ok(()),
            Err(errno) => {
                remove(spare)?;
                match errno.into() {
                    error if is_there(&error) => Ok(()),
                    error => Err(error),
                }
            }
        }
    }

    /// One more spare; `None` where there are enough.
    fn add(&self, seed: &Path) -> io::Result<Option<()>> {
        let (age, path) = {
            let mut ready = self.ready.lock();
            if ready.paths.len() >= READY {
                return Ok(None);
            }
            ready.made += 1;
            (ready.age, self.dir.join(ready.made.to_string()))
        };
        copy(seed, &path)?;
        let mut ready = self.ready.lock();
        if ready.age == age {
            ready.paths.push_back(path);
            return Ok(Some(()));
        }
        drop(ready);
        remove(&path).map(Some)
    }
}

/// Makes spares whenever some were taken, until nobody can take any more.
fn keep_ready(seed: &Path, spares: &Spares, taken: &Receiver<()>) {
    while taken.recv().is_ok() {
        loop {
            match spares.add(seed) {
                Ok(Some(())) => {}
                Ok(None) => break,
                Err(error) => {
                    tracing::warn!(%error, "no disk can be made ahead");
                    break;
                }
            }
        }
    }
}

/// A copy of the seed without its mark; one that is there stays as it is.
fn copy(seed: &Path, path: &Path) -> io::Result<()> {
    let source = File::open(seed)?;
    let (parent, name) = place(path)?;
    match btrfs::snapshot(source.as_fd(), parent.as_fd(), &name, false) {
        Err(error) if is_there(&error) => Ok(()),
        Err(error) => Err(error),
        Ok(()) => {
            // The kernel has found the highest number now and counts on from
            // it; once the disk's own files are there, those say it as well.
            next_number(path)?;
            match fs::remove_file(path.join(MARK)) {
                // No image has raised the seed yet.
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                removed => removed,
            }
        }
    }
}

fn is_there(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AlreadyExists
}

/// The number that the next file of a subvolume would have, which nobody has
/// then: it is used up.
fn next_number(subvolume: &Path) -> io::Result<u64> {
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    let nameless: OwnedFd = open(subvolume, flags, Mode::RUSR)?;
    Ok(File::from(nameless).metadata()?.ino())
}
