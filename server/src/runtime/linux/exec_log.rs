//! The daemon's side of an exec's log: which bytes of which stream stand
//! where, who reads them, and how far init may go on.
//!
//! The bytes stay in init's memfd; a reader copies them out when it asks.
//! init may overwrite what is before `released`, which therefore follows the
//! slowest reader. Where nobody reads, half of the log is always kept.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::os::fd::OwnedFd;

use bytes::Bytes;
use skerry_api::init::Segment;

use crate::model::OutputStream;

/// Size of init's ring.
pub(super) const CAPACITY: u64 = 1 << 20;
/// How much is kept for who comes later.
const KEPT: u64 = CAPACITY / 2;
/// Progress that is worth telling init of.
const RELEASE_STEP: u64 = CAPACITY / 8;
/// The most bytes in one chunk: large enough to make its costs small, small
/// enough that several streams share the ring fairly.
const MAX_CHUNK: u64 = 256 << 10;
/// Runs of one stream that are remembered.
const MAX_SEGMENTS: usize = 4096;

#[derive(Debug)]
struct Run {
    start: u64,
    length: u64,
    stream: OutputStream,
}

/// The state of one log.
#[derive(Debug, Default)]
pub(super) struct ExecLog {
    memory: Option<OwnedFd>,
    runs: VecDeque<Run>,
    /// Offset of the first byte that may be asked for.
    start: u64,
    head: u64,
    /// What init was last told.
    released: u64,
    readers: BTreeMap<u64, u64>,
    next_reader: u64,
}

/// What a reader found.
pub(super) enum Read {
    Chunk { stream: OutputStream, offset: u64, data: Bytes },
    Truncated { before: u64 },
    Nothing,
}

impl ExecLog {
    /// As init tells it when a daemon connects.
    pub(super) fn from_snapshot(
        start: u64,
        segments: &[Segment],
        memory: Option<OwnedFd>,
    ) -> Option<Self> {
        let mut log = Self { start, head: start, released: start, ..Self::default() };
        log.grow(segments, memory)?;
        Some(log)
    }

    /// Takes what init says came. `None` for what can't be: a stream that
    /// does not exist, more bytes than there was room for.
    pub(super) fn grow(&mut self, segments: &[Segment], memory: Option<OwnedFd>) -> Option<()> {
        if let Some(memory) = memory {
            self.memory = Some(check_memory(memory)?);
        }
        for segment in segments {
            let stream = match segment.stream {
                1 => OutputStream::Stdout,
                2 => OutputStream::Stderr,
                _ => return None,
            };
            let head = self.head.checked_add(segment.length)?;
            if self.memory.is_none() || head - self.released > CAPACITY {
                return None;
            }
            match self.runs.back_mut() {
                Some(last) if last.stream == stream => last.length += segment.length,
                _ => self.runs.push_back(Run { start: self.head, length: segment.length, stream }),
            }
            self.head = head;
        }
        Some(())
    }

    /// First offset kept, and the one after the last byte.
    pub(super) fn range(&self) -> (u64, u64) {
        (self.start, self.head)
    }

    /// A reader from `offset` on, which holds the log back until it is done.
    pub(super) fn add_reader(&mut self, offset: u64) -> u64 {
        let reader = self.next_reader;
        self.next_reader += 1;
        self.readers.insert(reader, offset.clamp(self.start, self.head));
        reader
    }

    pub(super) fn remove_reader(&mut self, reader: u64) {
        self.readers.remove(&reader);
    }

    /// The next piece for a reader that stands at `offset`.
    pub(super) fn read(&mut self, reader: u64, offset: u64) -> io::Result<Read> {
        if offset < self.start {
            self.readers.insert(reader, self.start);
            return Ok(Read::Truncated { before: self.start });
        }
        let place = self.runs.partition_point(|run| run.start + run.length <= offset);
        let Some(run) = self.runs.get(place).filter(|run| run.start <= offset) else {
            return Ok(Read::Nothing);
        };
        let in_ring = offset % CAPACITY;
        let length = (run.start + run.length - offset).min(MAX_CHUNK).min(CAPACITY - in_ring);
        let memory = self.memory.as_ref().ok_or(io::ErrorKind::InvalidData)?;
        let mut data = Vec::with_capacity(length as usize);
        while data.len() < length as usize {
            let at = in_ring + data.len() as u64;
            let read = rustix::io::pread(memory, rustix::buffer::spare_capacity(&mut data), at)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        data.truncate(length as usize);
        self.readers.insert(reader, offset + length);
        Ok(Read::Chunk { stream: run.stream, offset, data: data.into() })
    }

    /// How far init may overwrite now, where it is worth a message.
    pub(super) fn release(&mut self) -> Option<u64> {
        let slowest = self.readers.values().min().copied().unwrap_or(self.head);
        let keep = self.head.saturating_sub(KEPT);
        // Many short runs: the oldest go, lest they fill the memory.
        let bounded = match self.runs.len().checked_sub(MAX_SEGMENTS) {
            Some(surplus) => self.runs[surplus].start,
            None => 0,
        };
        let releasable = slowest.min(keep.max(bounded));
        if releasable < self.released + RELEASE_STEP && bounded <= self.start {
            return None;
        }
        if releasable <= self.released {
            return None;
        }
        self.released = releasable;
        self.start = releasable;
        while self.runs.front().is_some_and(|run| run.start + run.length <= releasable) {
            self.runs.pop_front();
        }
        Some(releasable)
    }
}

/// A memory that could be cut short under a read, or is none, is refused.
fn check_memory(memory: OwnedFd) -> Option<OwnedFd> {
    let seals = rustix::fs::fcntl_get_seals(&memory).ok()?;
    let size = rustix::fs::fstat(&memory).ok()?.st_size;
    let sealed = seals.contains(rustix::fs::SealFlags::SHRINK);
    (sealed && size as u64 == CAPACITY).then_some(memory)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> OwnedFd {
        use rustix::fs::{MemfdFlags, SealFlags};
        let memory = rustix::fs::memfd_create("log", MemfdFlags::ALLOW_SEALING).expect("a memfd");
        rustix::fs::ftruncate(&memory, CAPACITY).expect("sized");
        rustix::fs::fcntl_add_seals(&memory, SealFlags::SHRINK).expect("sealed");
        memory
    }

    fn segment(stream: u32, length: u64) -> Segment {
        Segment { stream, length }
    }

    #[test]
    fn a_reader_sees_each_stream_in_its_order() {
        let memory = memory();
        rustix::io::pwrite(&memory, b"outerr", 0).expect("writes");
        let mut log = ExecLog::default();
        assert!(log.grow(&[segment(1, 3), segment(2, 3)], Some(memory)).is_some());
        let reader = log.add_reader(0);
        let mut seen = Vec::new();
        let mut at = 0;
        while let Ok(Read::Chunk { stream, data, offset }) = log.read(reader, at) {
            assert_eq!(offset, at);
            at += data.len() as u64;
            seen.push((stream, data));
        }
        assert_eq!(
            seen,
            [
                (OutputStream::Stdout, Bytes::from_static(b"out")),
                (OutputStream::Stderr, Bytes::from_static(b"err")),
            ]
        );
    }

    #[test]
    fn a_reader_holds_the_log_back_and_an_unread_log_moves_on() {
        let mut log = ExecLog::default();
        log.grow(&[segment(1, CAPACITY)], Some(memory())).expect("room");
        let reader = log.add_reader(0);
        assert_eq!(log.release(), None);
        assert!(log.grow(&[segment(1, 1)], None).is_none(), "init overwrote what was not released");
        log.remove_reader(reader);
        assert_eq!(log.release(), Some(KEPT));
        let late = log.add_reader(0);
        assert!(matches!(log.read(late, 0), Ok(Read::Truncated { before: KEPT })));
    }

    #[test]
    fn what_a_hostile_init_says_is_bounded() {
        let mut log = ExecLog::default();
        assert!(log.grow(&[segment(1, 1)], None).is_none(), "bytes without memory");
        assert!(log.grow(&[segment(3, 1)], Some(memory())).is_none(), "no such stream");
        assert!(log.grow(&[segment(1, u64::MAX)], None).is_none(), "more than fits");
        let short = rustix::fs::memfd_create("x", rustix::fs::MemfdFlags::ALLOW_SEALING);
        assert!(log.grow(&[], short.ok()).is_none(), "a memory that is not sealed");
    }

    #[test]
    fn short_runs_are_bounded() {
        let mut log = ExecLog::default();
        log.grow(&[], Some(memory())).expect("a memory");
        for n in 0..20_000u32 {
            log.grow(&[segment(1 + n % 2, 1)], None).expect("room");
            log.release();
        }
        assert!(log.runs.len() <= MAX_SEGMENTS + 1, "{}", log.runs.len());
        assert_eq!(log.range().1, 20_000);
    }
}
