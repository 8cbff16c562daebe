//! Trees that were removed, which a thread of their own takes apart.
//!
//! Removing a tree takes as long as it has files, and on a file system that
//! discards freed blocks at once some milliseconds even for none. A delete
//! waits for a rename alone. What is here belongs to no sandbox any more; a
//! later daemon goes on with what this one has not removed.

use std::collections::HashSet;
use std::ffi::{CString, OsString};
use std::fs::{self, File};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use skerry_linux::tree::remove_tree_while;

use super::StorageError;
use super::dir::make_private;

/// How long a tree stays: the disk has the delete's own record to write, and
/// often the next sandbox's, which callers wait for.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) struct Trash {
    directory: PathBuf,
    /// Wakes the thread; what there is to do, it sees in the directory.
    wake: Option<SyncSender<()>>,
    closing: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Trash {
    /// Opens it and begins to remove what is there.
    pub(super) fn open(root: &Path) -> Result<Self, StorageError> {
        let directory = root.join("trash");
        make_private(&directory)?;
        let opened = File::open(&directory).map_err(StorageError::at(&directory))?;
        let (wake, woken) = sync_channel(1);
        let closing = Arc::new(AtomicBool::new(false));
        let emptying = Emptying {
            path: directory.clone(),
            directory: opened,
            closing: Arc::clone(&closing),
            kept: HashSet::new(),
        };
        let thread = std::thread::Builder::new()
            .name("trash".to_owned())
            .spawn(move || emptying.run(&woken))
            .map_err(StorageError::at(&directory))?;
        Ok(Self { directory, wake: Some(wake), closing, thread: Some(thread) })
    }

    /// Takes a directory away from where it is; what is not there is taken.
    pub(super) fn take(&self, path: &Path, name: &str) -> io::Result<()> {
        match fs::rename(path, self.directory.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            taken => taken?,
        }
        if let Some(wake) = &self.wake {
            // One that is full wakes the thread all the same.
            let _ = wake.try_send(());
        }
        Ok(())
    }
}

impl Drop for Trash {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Relaxed);
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread leaves the rest to the next daemon.
            let _ = thread.join();
        }
    }
}

/// Waits for [`PAUSE`]; `false` where the daemon ends meanwhile.
fn pause(woken: &Receiver<()>) -> bool {
    let end = Instant::now() + PAUSE;
    loop {
        match woken.recv_timeout(end.saturating_duration_since(Instant::now())) {
            // What was added is found as well.
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// The thread's own.
struct Emptying {
    path: PathBuf,
    directory: File,
    closing: Arc<AtomicBool>,
    /// What can't be removed; it is said once, and met again by the next daemon.
    kept: HashSet<OsString>,
}

impl Emptying {
    fn run(mut self, woken: &Receiver<()>) {
        loop {
            self.empty();
            if woken.recv().is_err() || !pause(woken) {
                return;
            }
        }
    }

    fn empty(&mut self) {
        let names = match fs::read_dir(&self.path) {
            Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.file_name())),
            Err(error) => {
                tracing::warn!(%error, "can't list the trash");
                return;
            }
        };
        for name in names.filter(|name| !self.kept.contains(name)).collect::<Vec<_>>() {
            if self.closing.load(Ordering::Relaxed) {
                return;
            }
            self.remove(name);
        }
    }

    fn remove(&mut self, name: OsString) {
        let path = CString::new(name.clone().into_vec()).expect("a file name has no NUL");
        let mut wanted = || !self.closing.load(Ordering::Relaxed);
        match remove_tree_while(self.directory.as_fd(), &path, &mut wanted) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                tracing::warn!(tree = %name.display(), %error, "a deleted tree can't be removed");
                self.kept.insert(name);
            }
        }
    }
}
