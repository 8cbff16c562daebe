//! Reading a log, also while it is written.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bytes::Bytes;
use tokio::sync::watch;

use super::piece::{Content, Piece};
use super::{Progress, blocking, file, files};

/// Bytes of pieces that are read at once.
const BATCH_BYTES: u64 = 1 << 20;

/// What a reader gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogEvent {
    /// A piece.
    Piece(Piece),
    /// What was before is not kept any more.
    Truncated,
}

/// Reads a log, the oldest first.
pub struct LogReader {
    place: Option<Place>,
    progress: watch::Receiver<Progress>,
    /// What was read and not given out, each with the position after it.
    read: VecDeque<(LogEvent, u64)>,
    position: u64,
    /// Lines that are left out.
    skip_lines: u64,
    since: Option<SystemTime>,
}

/// Where in the files it is.
struct Place {
    dir: PathBuf,
    position: u64,
    /// Which file, by its start.
    file: Option<(u64, BufReader<File>)>,
}

impl LogReader {
    pub(super) fn new(dir: PathBuf, position: u64, progress: watch::Receiver<Progress>) -> Self {
        let place = Some(Place { dir, position, file: None });
        Self { place, progress, read: VecDeque::new(), position, skip_lines: 0, since: None }
    }

    /// Leaves out what came before.
    pub fn since(&mut self, time: SystemTime) {
        self.since = Some(time);
    }

    /// Leaves out all but the last lines of output that are there now.
    pub async fn last_lines(&mut self, wanted: u64) -> io::Result<()> {
        let place = self.place.as_ref().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut counted = Place { dir: place.dir.clone(), position: place.position, file: None };
        let since = self.since;
        let there = blocking(move || {
            let (mut lines, mut open) = (0, false);
            loop {
                let batch = counted.batch()?;
                if batch.is_empty() {
                    return Ok(lines + u64::from(open));
                }
                for (event, _) in batch {
                    if let Some(data) = output(&event).filter(|_| is_since(&event, since)) {
                        lines += data.iter().filter(|byte| **byte == b'\n').count() as u64;
                        open = data.last().is_some_and(|last| *last != b'\n');
                    }
                }
            }
        });
        self.skip_lines = there.await?.saturating_sub(wanted);
        Ok(())
    }

    /// Where it goes on.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The next event that is there; `None` at the end. A call that is dropped
    /// ends the reader.
    pub async fn next(&mut self) -> io::Result<Option<LogEvent>> {
        loop {
            // What is written after this look is noticed.
            self.progress.mark_unchanged();
            if self.read.is_empty() && !self.fill().await? {
                // What comes from here on is new.
                self.skip_lines = 0;
                return Ok(None);
            }
            let Some((event, position)) = self.read.pop_front() else { continue };
            self.position = position;
            if let Some(event) = self.passed(event) {
                return Ok(Some(event));
            }
        }
    }

    /// Resolves when there may be more; `false` where nobody writes.
    pub async fn more(&mut self) -> bool {
        if !self.progress.borrow().written && !self.progress.has_changed().unwrap_or(false) {
            return false;
        }
        self.progress.changed().await.is_ok()
    }

    async fn fill(&mut self) -> io::Result<bool> {
        let mut place = self.place.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let (place, batch) = blocking(move || {
            let batch = place.batch();
            Ok((place, batch))
        })
        .await?;
        self.place = Some(place);
        self.read.extend(batch?);
        Ok(!self.read.is_empty())
    }

    /// What is left of an event when what is not wanted is left out.
    fn passed(&mut self, event: LogEvent) -> Option<LogEvent> {
        if !is_since(&event, self.since) {
            return None;
        }
        if self.skip_lines == 0 {
            return Some(event);
        }
        let LogEvent::Piece(Piece { time, content: Content::Output { stream, offset, data } }) =
            event
        else {
            return None;
        };
        let skipped = self.pass_lines(&data);
        let data = data.slice(skipped..);
        let offset = offset + skipped as u64;
        let content = Content::Output { stream, offset, data };
        (self.skip_lines == 0).then_some(LogEvent::Piece(Piece { time, content }))
    }

    /// How many bytes of output belong to lines that are left out.
    fn pass_lines(&mut self, data: &Bytes) -> usize {
        for (place, byte) in data.iter().enumerate() {
            if *byte == b'\n' {
                self.skip_lines -= 1;
                if self.skip_lines == 0 {
                    return place + 1;
                }
            }
        }
        data.len()
    }
}

fn output(event: &LogEvent) -> Option<&Bytes> {
    match event {
        LogEvent::Piece(Piece { content: Content::Output { data, .. }, .. }) => Some(data),
        _ => None,
    }
}

fn is_since(event: &LogEvent, since: Option<SystemTime>) -> bool {
    match (event, since) {
        (LogEvent::Piece(piece), Some(since)) => piece.time >= since,
        _ => true,
    }
}

impl Place {
    /// Some of what is there; nothing at the end. Blocks on the disk.
    fn batch(&mut self) -> io::Result<Vec<(LogEvent, u64)>> {
        let (mut batch, from) = (Vec::new(), self.position);
        while self.position - from < BATCH_BYTES {
            if self.file.is_none() && !self.open(&mut batch)? {
                break;
            }
            let Some((start, file)) = &mut self.file else { break };
            match Piece::read(file)? {
                Some((piece, length)) => {
                    self.position += length;
                    batch.push((LogEvent::Piece(piece), self.position));
                }
                None => {
                    file.seek(SeekFrom::Start(self.position - *start))?;
                    let Some(next) = after(&self.dir, *start)? else { break };
                    // The last look may have been before its last piece.
                    if Piece::read(file)?.is_none() {
                        self.file = None;
                        if self.position < next {
                            self.position = next;
                            batch.push((LogEvent::Truncated, next));
                        }
                    } else {
                        file.seek(SeekFrom::Start(self.position - *start))?;
                    }
                }
            }
        }
        Ok(batch)
    }

    /// Opens the file that has the position.
    fn open(&mut self, batch: &mut Vec<(LogEvent, u64)>) -> io::Result<bool> {
        let starts = files(&self.dir)?;
        let Some(first) = starts.first() else { return Ok(false) };
        if self.position < *first {
            self.position = *first;
            batch.push((LogEvent::Truncated, *first));
        }
        let start = starts.iter().rev().find(|start| **start <= self.position);
        let start = *start.unwrap_or(first);
        let mut opened = match File::open(file(&self.dir, start)) {
            // It has just become too old.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            opened => opened?,
        };
        opened.seek(SeekFrom::Start(self.position - start))?;
        self.file = Some((start, BufReader::new(opened)));
        Ok(true)
    }
}

/// Where the next file begins, if there is one.
fn after(dir: &Path, start: u64) -> io::Result<Option<u64>> {
    Ok(files(dir)?.into_iter().find(|next| *next > start))
}
