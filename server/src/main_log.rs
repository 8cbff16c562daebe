//! What main processes have written, kept beyond the machines that they ran
//! in.
//!
//! ```text
//! <data>/logs/<sandbox>/<start>.log   pieces; the last two files are kept
//! ```
//!
//! A position is a byte of all that a sandbox's log ever had; a file's name is
//! that of its first one. A piece that a crash cut short is cut off when the
//! log is written again.

mod piece;
mod reader;
mod writer;

use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{OwnedMutexGuard, watch};

pub use piece::{Content, Piece};
pub use reader::{LogEvent, LogReader};
pub use writer::{LastRun, LogWriter};

use crate::model::SandboxId;

/// Bytes of a file when the next one begins.
const FILE_BYTES: u64 = 8 << 20;
const SUFFIX: &str = ".log";

/// The logs of one daemon; cheap to clone.
#[derive(Clone)]
pub struct MainLogs {
    dir: PathBuf,
    lines: Arc<Mutex<HashMap<SandboxId, Arc<Line>>>>,
}

/// What who writes a log and who reads it have in common.
#[derive(Default)]
struct Line {
    /// Held by who writes.
    writing: Arc<tokio::sync::Mutex<()>>,
    progress: watch::Sender<Progress>,
}

/// How far a log is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Progress {
    /// Counts what was written.
    pieces: u64,
    /// More may come.
    written: bool,
}

impl MainLogs {
    /// Opens the logs in a directory. Blocks on the disk.
    pub fn open(dir: &Path) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        Ok(Self { dir: dir.to_owned(), lines: Arc::default() })
    }

    /// Opens a log to write to it; waits for who does.
    pub async fn write(&self, id: &SandboxId) -> io::Result<LogWriter> {
        let line = self.line(id);
        let turn = Arc::clone(&line.writing).lock_owned().await;
        let turn = Turn::take(line, turn);
        let dir = self.dir.join(id.as_str());
        blocking(move || LogWriter::open(dir, turn)).await
    }

    /// Reads a log from a position on.
    pub fn read(&self, id: &SandboxId, position: u64) -> LogReader {
        let progress = self.line(id).progress.subscribe();
        LogReader::new(self.dir.join(id.as_str()), position, progress)
    }

    /// Resolves when nobody writes to a log.
    pub async fn written(&self, id: &SandboxId) {
        let mut progress = self.line(id).progress.subscribe();
        // The sender lives as long as the log.
        let _ = progress.wait_for(|progress| !progress.written).await;
    }

    /// Removes a log; one that is not there is no error.
    pub async fn remove(&self, id: &SandboxId) -> io::Result<()> {
        self.lines.lock().remove(id);
        let dir = self.dir.join(id.as_str());
        blocking(move || match fs::remove_dir_all(dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        })
        .await
    }

    /// The sandboxes that there are logs of. Blocks on the disk.
    pub fn list(&self) -> io::Result<Vec<SandboxId>> {
        let names = fs::read_dir(&self.dir)?.map(|entry| Ok(entry?.file_name()));
        let names = names.collect::<io::Result<Vec<_>>>()?;
        Ok(names.iter().filter_map(|name| name.to_str()?.parse().ok()).collect())
    }

    fn line(&self, id: &SandboxId) -> Arc<Line> {
        Arc::clone(self.lines.lock().entry(id.clone()).or_default())
    }
}

/// The right to write; readers hear when it is given back.
struct Turn {
    line: Arc<Line>,
    _turn: OwnedMutexGuard<()>,
}

impl Turn {
    fn take(line: Arc<Line>, turn: OwnedMutexGuard<()>) -> Self {
        line.progress.send_modify(|progress| progress.written = true);
        Self { line, _turn: turn }
    }

    fn wrote(&self) {
        self.line.progress.send_modify(|progress| progress.pieces += 1);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.line.progress.send_modify(|progress| progress.written = false);
    }
}

/// The files of a log by the position of their first byte, in order.
fn files(dir: &Path) -> io::Result<Vec<u64>> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut starts = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let start = name.to_str().and_then(|name| name.strip_suffix(SUFFIX));
        starts.extend(start.and_then(|start| start.parse::<u64>().ok()));
    }
    starts.sort_unstable();
    Ok(starts)
}

fn file(dir: &Path, start: u64) -> PathBuf {
    dir.join(format!("{start:020}{SUFFIX}"))
}

async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(call).await.unwrap_or_else(|error| Err(error.into()))
}
