//! The daemon's side of an exec's log: which bytes of which stream stand
//! where, who reads them, and how far init may go on.
//!
//! The bytes stay in init's memfd; a reader copies them out when it asks.
//! init may overwrite what is before `released`, which stays so far behind the
//! slowest [`readers`](super::readers) that one whose connection is cut finds
//! what was on its way.

use std::collections::VecDeque;
use std::io;
use std::os::fd::OwnedFd;

use bytes::Bytes;
use skerry_api::init::Segment;
use tokio::time::Instant;

use super::readers::{ReaderId, Readers};
use crate::model::OutputStream;

/// Size of init's ring.
pub(super) const CAPACITY: u64 = 1 << 20;
/// How much is kept behind the slowest reader, or the end where there is none:
/// what a client of ours may have under way, 384 KiB, and what the server has
/// read and not sent, two chunks at most. The rest is how far a command may run
/// ahead.
const KEPT: u64 = CAPACITY / 8 * 5;
/// Progress that is worth telling init of.
const RELEASE_STEP: u64 = CAPACITY / 16;
/// The most bytes in one chunk: large enough to make its costs small, small
/// enough that what waits to be sent is little.
const MAX_CHUNK: u64 = 128 << 10;
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
    readers: Readers,
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
        log.grow(segments, memory, Instant::now())?;
        Some(log)
    }

    /// Takes what init says came. `None` for what can't be: a stream that
    /// does not exist, more bytes than there was room for.
    pub(super) fn grow(
        &mut self,
        segments: &[Segment],
        memory: Option<OwnedFd>,
        now: Instant,
    ) -> Option<()> {
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
            self.readers.grown(self.head, now);
            self.head = head;
        }
        Some(())
    }

    /// First offset kept, and the one after the last byte.
    pub(super) fn range(&self) -> (u64, u64) {
        (self.start, self.head)
    }

    /// A reader from `offset` on, which holds the log back until it is done.
    pub(super) fn add_reader(&mut self, offset: u64, now: Instant) -> ReaderId {
        self.readers.add(offset.clamp(self.start, self.head), now)
    }

    /// One that wants no more.
    pub(super) fn remove_reader(&mut self, reader: ReaderId) {
        self.readers.remove(reader);
    }

    /// One that was cut off, and may come back.
    pub(super) fn hold_for_reader(&mut self, reader: ReaderId, now: Instant) {
        self.readers.hold(reader, now);
    }

    /// The next piece for a reader that stands at `offset`.
    pub(super) fn read(&mut self, reader: ReaderId, offset: u64, now: Instant) -> io::Result<Read> {
        if offset < self.start {
            self.readers.moved(reader, self.start, now);
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
        self.readers.moved(reader, offset + length, now);
        Ok(Read::Chunk { stream: run.stream, offset, data: data.into() })
    }

    /// How far init may overwrite now, where it is worth a message.
    pub(super) fn release(&mut self, now: Instant) -> Option<u64> {
        let slowest = self.readers.slowest(now).unwrap_or(self.head);
        // Many short runs: the oldest go, lest they fill the memory.
        let bounded = match self.runs.len().checked_sub(MAX_SEGMENTS) {
            Some(surplus) => self.runs[surplus].start,
            None => 0,
        };
        let releasable = slowest.saturating_sub(KEPT).max(bounded.min(slowest));
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

    fn now() -> Instant {
        Instant::now()
    }

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
        assert!(log.grow(&[segment(1, 3), segment(2, 3)], Some(memory), now()).is_some());
        let reader = log.add_reader(0, now());
        let mut seen = Vec::new();
        let mut at = 0;
        while let Ok(Read::Chunk { stream, data, offset }) = log.read(reader, at, now()) {
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
        log.grow(&[segment(1, CAPACITY)], Some(memory()), now()).expect("room");
        let reader = log.add_reader(0, now());
        assert_eq!(log.release(now()), None);
        assert!(
            log.grow(&[segment(1, 1)], None, now()).is_none(),
            "init overwrote what was not released"
        );
        log.remove_reader(reader);
        assert_eq!(log.release(now()), Some(CAPACITY - KEPT));
        let late = log.add_reader(0, now());
        assert!(matches!(
            log.read(late, 0, now()),
            Ok(Read::Truncated { before }) if before == CAPACITY - KEPT
        ));
    }

    #[test]
    fn what_a_hostile_init_says_is_bounded() {
        let mut log = ExecLog::default();
        assert!(log.grow(&[segment(1, 1)], None, now()).is_none(), "bytes without memory");
        assert!(log.grow(&[segment(3, 1)], Some(memory()), now()).is_none(), "no such stream");
        assert!(log.grow(&[segment(1, u64::MAX)], None, now()).is_none(), "more than fits");
        let short = rustix::fs::memfd_create("x", rustix::fs::MemfdFlags::ALLOW_SEALING);
        assert!(log.grow(&[], short.ok(), now()).is_none(), "a memory that is not sealed");
    }

    #[test]
    fn short_runs_are_bounded() {
        let mut log = ExecLog::default();
        log.grow(&[], Some(memory()), now()).expect("a memory");
        for n in 0..20_000u32 {
            log.grow(&[segment(1 + n % 2, 1)], None, now()).expect("room");
            log.release(now());
        }
        assert!(log.runs.len() <= MAX_SEGMENTS + 1, "{}", log.runs.len());
        assert_eq!(log.range().1, 20_000);
    }
}
