//! Writing a log: pieces at its end, and the oldest file goes when it is long.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

use super::piece::{Content, Piece};
use super::{FILE_BYTES, Turn, blocking, file, files};
use crate::model::ExecId;

/// The run that a log ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastRun {
    /// Of the main process.
    pub exec: ExecId,
    /// Where what it writes next begins.
    pub offset: u64,
    /// The log has its end.
    pub ended: bool,
}

/// Writes a log; it alone does.
pub struct LogWriter {
    open: Option<Open>,
    last_run: Option<LastRun>,
}

struct Open {
    dir: PathBuf,
    /// Position of its first byte.
    start: u64,
    length: u64,
    file: File,
    turn: Turn,
}

impl LogWriter {
    /// Opens a log at its last whole piece. Blocks on the disk.
    pub(super) fn open(dir: PathBuf, turn: Turn) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&dir)?;
        let starts = files(&dir)?;
        let mut last_run = None;
        let mut length = 0;
        for start in &starts {
            length = scan(File::open(file(&dir, *start))?, &mut last_run)?;
        }
        let start = starts.last().copied().unwrap_or_default();
        let end = append(&dir, start)?;
        // What a crash cut short.
        end.set_len(length)?;
        Ok(Self { open: Some(Open { dir, start, length, file: end, turn }), last_run })
    }

    /// The run that the log ends with.
    pub fn last_run(&self) -> Option<&LastRun> {
        self.last_run.as_ref()
    }

    /// Adds a piece. One that can't be written is not there at all.
    pub async fn add(&mut self, piece: Piece) -> io::Result<()> {
        // Not there where an earlier call was dropped.
        let mut open = self.open.take().ok_or(io::ErrorKind::BrokenPipe)?;
        follow(&mut self.last_run, &piece.content);
        let (open, added) = blocking(move || {
            let added = open.add(&piece);
            Ok((open, added))
        })
        .await?;
        self.open = Some(open);
        added
    }
}

impl Open {
    fn add(&mut self, piece: &Piece) -> io::Result<()> {
        if self.length >= FILE_BYTES {
            self.next_file()?;
        }
        let bytes = piece.encode();
        if let Err(error) = self.file.write_all(&bytes) {
            // A half piece would hide what follows.
            self.file.set_len(self.length)?;
            return Err(error);
        }
        self.length += bytes.len() as u64;
        self.turn.wrote();
        Ok(())
    }

    fn next_file(&mut self) -> io::Result<()> {
        let start = self.start + self.length;
        self.file = append(&self.dir, start)?;
        let starts = files(&self.dir)?;
        for old in starts.iter().filter(|old| **old < self.start) {
            fs::remove_file(file(&self.dir, *old))?;
        }
        (self.start, self.length) = (start, 0);
        Ok(())
    }
}

fn append(dir: &std::path::Path, start: u64) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(file(dir, start))
}

/// Reads a file's pieces; says how many bytes they have.
fn scan(file: File, last_run: &mut Option<LastRun>) -> io::Result<u64> {
    let mut file = BufReader::new(file);
    let mut length = 0;
    // What can't be read is cut off as what was cut short is.
    while let Ok(Some((piece, bytes))) = Piece::read(&mut file) {
        follow(last_run, &piece.content);
        length += bytes;
    }
    Ok(length)
}

fn follow(last_run: &mut Option<LastRun>, content: &Content) {
    match (content, last_run) {
        (Content::Started(exec), last_run) => {
            *last_run = Some(LastRun { exec: exec.clone(), offset: 0, ended: false });
        }
        (Content::Output { offset, data, .. }, Some(run)) => {
            run.offset = offset.saturating_add(data.len() as u64);
        }
        (Content::Exited(_), Some(run)) => run.ended = true,
        // Its start is not kept any more.
        (_, None) => {}
    }
}
