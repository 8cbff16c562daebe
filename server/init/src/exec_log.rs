//! The log of one exec's output: the last [`LOG_CAPACITY`] bytes of it, in a
//! memfd that the daemon reads, and what stream each run of them is of.
//!
//! Bytes go from the process's pipe into the memfd by splice(2), without a
//! stop in init. Only init writes; the daemon says with `ReleaseOutput` how
//! far init may overwrite, so that what it has not read is not lost.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{MemfdFlags, SealFlags};
use rustix::pipe::SpliceFlags;
use skerry_api::init::Segment;

/// Bytes that a log keeps: some seconds of a chatty build, and little enough
/// for hundreds of execs.
pub(crate) const LOG_CAPACITY: u64 = 1 << 20;
/// Runs of one stream that are remembered for a daemon that comes back: a
/// program that alternates byte by byte loses the start of its log earlier.
const MAX_SEGMENTS: usize = 4096;
/// The kernel gives out no more of a terminal's output at once.
const TERMINAL_READ: usize = 4096;
/// How much room is made at once when no daemon reads.
const MOVE_ON: u64 = LOG_CAPACITY / 4;

/// One of a process's two outputs, as `Segment.stream` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdout = 1,
    Stderr = 2,
}

/// Where output comes out.
#[derive(Debug)]
pub(crate) enum Source {
    /// A pipe, from which the kernel moves pages.
    Pipe(OwnedFd),
    /// A terminal's other side, which has to be read.
    Terminal(OwnedFd),
}

impl AsFd for Source {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Pipe(pipe) => pipe.as_fd(),
            Self::Terminal(terminal) => terminal.as_fd(),
        }
    }
}

impl Source {
    /// Moves at most `length` bytes to `place` in `memory`.
    fn move_to(&self, memory: &OwnedFd, place: u64, length: u64) -> rustix::io::Result<usize> {
        match self {
            Self::Pipe(pipe) => {
                let flags = SpliceFlags::NONBLOCK | SpliceFlags::MOVE;
                let mut place = place;
                rustix::pipe::splice(pipe, None, memory, Some(&mut place), length as usize, flags)
            }
            Self::Terminal(terminal) => {
                let mut buffer = [0; TERMINAL_READ];
                let wanted = buffer.len().min(length as usize);
                let read = match rustix::io::read(terminal, &mut buffer[..wanted]) {
                    // All who had the terminal open have closed it.
                    Err(rustix::io::Errno::IO) => 0,
                    read => read?,
                };
                rustix::io::pwrite(memory, &buffer[..read], place)?;
                Ok(read)
            }
        }
    }
}

/// What came of moving bytes into the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moved {
    /// So many bytes.
    Bytes(u64),
    /// The pipe is empty for now.
    Empty,
    /// Nobody has the pipe's other end any more.
    End,
    /// The log is full until the daemon releases some.
    Full,
}

#[derive(Debug, Default)]
pub(crate) struct ExecLog {
    memory: Option<OwnedFd>,
    /// Offset after the last byte.
    head: u64,
    /// What is before this may be overwritten.
    released: u64,
    /// What the kept bytes are, up to `head`.
    segments: VecDeque<(Stream, u64)>,
    /// Offset of the first segment.
    start: u64,
    /// What the daemon has not been told of.
    untold: Vec<Segment>,
    descriptor_told: bool,
}

impl ExecLog {
    /// Moves bytes from `source`, at most up to the end of the ring.
    pub(crate) fn take_from(
        &mut self,
        source: &Source,
        stream: Stream,
        may_wait: bool,
    ) -> io::Result<Moved> {
        if self.room() == 0 {
            if may_wait {
                return Ok(Moved::Full);
            }
            self.released += MOVE_ON;
        }
        let place = self.head % LOG_CAPACITY;
        let length = self.room().min(LOG_CAPACITY - place);
        let memory = match &self.memory {
            Some(memory) => memory,
            None => self.memory.insert(make_memory()?),
        };
        let moved = source.move_to(memory, place, length);
        match moved {
            Ok(0) => Ok(Moved::End),
            Ok(moved) => {
                self.advance(stream, moved as u64);
                Ok(Moved::Bytes(moved as u64))
            }
            Err(rustix::io::Errno::AGAIN) => Ok(Moved::Empty),
            Err(error) => Err(error.into()),
        }
    }

    fn room(&self) -> u64 {
        LOG_CAPACITY - (self.head - self.released)
    }

    fn advance(&mut self, stream: Stream, length: u64) {
        self.head += length;
        match self.segments.back_mut() {
            Some((last, run)) if *last == stream => *run += length,
            _ => self.segments.push_back((stream, length)),
        }
        match self.untold.last_mut() {
            Some(last) if last.stream == stream as u32 => last.length += length,
            _ => self.untold.push(Segment { stream: stream as u32, length }),
        }
        while let Some((_, run)) = self.segments.front() {
            let overwritten = self.start + run + LOG_CAPACITY <= self.head;
            if !overwritten && self.segments.len() <= MAX_SEGMENTS {
                break;
            }
            self.start += run;
            self.segments.pop_front();
        }
    }

    /// The daemon needs nothing before `offset` any more.
    pub(crate) fn release(&mut self, offset: u64) {
        self.released = offset.clamp(self.released, self.head);
    }

    /// What to tell the daemon: new segments, and with the first of them the
    /// memory.
    pub(crate) fn take_untold(&mut self) -> Option<(Vec<Segment>, Option<BorrowedFd<'_>>)> {
        if self.untold.is_empty() {
            return None;
        }
        let memory = if self.descriptor_told { None } else { self.memory.as_ref() };
        self.descriptor_told = true;
        Some((std::mem::take(&mut self.untold), memory.map(AsFd::as_fd)))
    }

    /// Nobody is there to be told. A program that alternates between its
    /// outputs would otherwise make this list grow without end.
    pub(crate) fn forget_untold(&mut self) {
        self.untold = Vec::new();
    }

    /// All that is kept, for a daemon that has just connected: offset of the
    /// first byte, segments, memory.
    pub(crate) fn snapshot(&mut self) -> (u64, Vec<Segment>, Option<BorrowedFd<'_>>) {
        self.untold.clear();
        self.descriptor_told = self.memory.is_some();
        let overwritten = self.head.saturating_sub(LOG_CAPACITY).saturating_sub(self.start);
        let mut segments: Vec<Segment> = self
            .segments
            .iter()
            .map(|(stream, length)| Segment { stream: *stream as u32, length: *length })
            .collect();
        if let Some(first) = segments.first_mut() {
            first.length -= overwritten;
        }
        let start = self.start + overwritten;
        // From here on the daemon says what may be overwritten.
        self.released = start;
        (start, segments, self.memory.as_ref().map(AsFd::as_fd))
    }
}

/// Sealed so that the daemon's reads can't be cut short under it.
fn make_memory() -> io::Result<OwnedFd> {
    let memory = rustix::fs::memfd_create(
        "skerry-exec-log",
        MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING,
    )?;
    rustix::fs::ftruncate(&memory, LOG_CAPACITY)?;
    rustix::fs::fcntl_add_seals(&memory, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
    Ok(memory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::pipe::{PipeFlags, pipe_with};

    fn pipe() -> (Source, OwnedFd) {
        let (read, write) = pipe_with(PipeFlags::NONBLOCK).expect("a pipe");
        (Source::Pipe(read), write)
    }

    fn read(log: &ExecLog, offset: u64, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        for (n, byte) in bytes.iter_mut().enumerate() {
            let place = (offset + n as u64) % LOG_CAPACITY;
            let memory = log.memory.as_ref().expect("something was written");
            rustix::io::pread(memory, std::slice::from_mut(byte), place).expect("reads");
        }
        bytes
    }

    #[test]
    fn output_is_kept_in_order_with_its_streams() {
        let mut log = ExecLog::default();
        let (out, out_end) = pipe();
        let (err, err_end) = pipe();
        rustix::io::write(&out_end, b"hello ").expect("writes");
        assert_eq!(log.take_from(&out, Stream::Stdout, true).ok(), Some(Moved::Bytes(6)));
        rustix::io::write(&err_end, b"world").expect("writes");
        assert_eq!(log.take_from(&err, Stream::Stderr, true).ok(), Some(Moved::Bytes(5)));
        assert_eq!(log.take_from(&err, Stream::Stderr, true).ok(), Some(Moved::Empty));
        drop(out_end);
        assert_eq!(log.take_from(&out, Stream::Stdout, true).ok(), Some(Moved::End));
        let (segments, memory) = log.take_untold().expect("there is news");
        assert!(memory.is_some());
        assert_eq!(
            segments.iter().map(|s| (s.stream, s.length)).collect::<Vec<_>>(),
            [(1, 6), (2, 5)]
        );
        assert!(log.take_untold().is_none());
        assert_eq!(read(&log, 0, 11), b"hello world");
    }

    #[test]
    fn a_full_log_waits_for_the_daemon_and_moves_on_without_one() {
        let mut log = ExecLog::default();
        let (out, end) = pipe();
        let mut written = 0u64;
        let mut push = |log: &mut ExecLog, may_wait| {
            let byte = (written / 4096 % 251) as u8;
            rustix::io::write(&end, &[byte; 4096]).expect("writes");
            let moved = log.take_from(&out, Stream::Stdout, may_wait).expect("moves");
            if moved == Moved::Full {
                rustix::io::read(out.as_fd(), &mut [0u8; 4096]).expect("reads");
            } else {
                written += 4096;
            }
            moved
        };
        while log.head < LOG_CAPACITY {
            assert_eq!(push(&mut log, true), Moved::Bytes(4096));
        }
        assert_eq!(push(&mut log, true), Moved::Full);
        log.release(4096);
        assert_eq!(push(&mut log, true), Moved::Bytes(4096));
        assert_eq!(push(&mut log, true), Moved::Full);
        for _ in 0..1000 {
            assert_eq!(push(&mut log, false), Moved::Bytes(4096));
        }
        let (start, segments, _) = log.snapshot();
        assert_eq!(start, log.head - LOG_CAPACITY);
        assert_eq!(segments.iter().map(|s| s.length).sum::<u64>(), LOG_CAPACITY);
        assert_eq!(read(&log, start, 1)[0], (start / 4096 % 251) as u8);
    }

    #[test]
    fn alternating_streams_lose_the_start_early_but_grow_no_memory() {
        let mut log = ExecLog::default();
        for n in 0..20_000 {
            log.advance(if n % 2 == 0 { Stream::Stdout } else { Stream::Stderr }, 1);
            log.forget_untold();
        }
        assert_eq!(log.segments.len(), MAX_SEGMENTS);
        assert_eq!(log.start, 20_000 - MAX_SEGMENTS as u64);
    }
}
