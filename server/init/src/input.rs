//! A process's standard input: what the daemon sends, written as the process
//! takes it.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;

/// What a terminal takes for the end of its input, when typed.
const END_OF_TRANSMISSION: u8 = 4;

/// The writing end.
#[derive(Debug)]
pub(crate) struct Input {
    descriptor: OwnedFd,
    terminal: bool,
    pending: Option<Pending>,
}

#[derive(Debug)]
struct Pending {
    request_id: u64,
    data: Vec<u8>,
    written: usize,
    end: bool,
}

/// What came of writing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// The process has to read first.
    Waiting,
    /// All is in; the request may be answered.
    All {
        /// The request.
        request_id: u64,
        /// Nothing more will come: let go of the descriptor.
        end: bool,
    },
    /// Nobody reads any more.
    Closed {
        /// The request.
        request_id: u64,
    },
    /// There was nothing to write.
    Nothing,
}

impl Input {
    pub(crate) fn new(descriptor: OwnedFd, terminal: bool) -> Self {
        Self { descriptor, terminal, pending: None }
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.pending.is_some()
    }

    /// Takes more to write. Nothing may be pending.
    pub(crate) fn push(&mut self, request_id: u64, mut data: Vec<u8>, end: bool) {
        if end && self.terminal {
            data.push(END_OF_TRANSMISSION);
        }
        self.pending = Some(Pending { request_id, data, written: 0, end: end && !self.terminal });
    }

    /// Writes what the process takes now.
    pub(crate) fn write(&mut self) -> Written {
        let Some(pending) = &mut self.pending else { return Written::Nothing };
        let request_id = pending.request_id;
        while pending.written < pending.data.len() {
            match rustix::io::write(&self.descriptor, &pending.data[pending.written..]) {
                Ok(written) => pending.written += written,
                Err(Errno::AGAIN) => return Written::Waiting,
                Err(Errno::INTR) => {}
                Err(_) => {
                    self.pending = None;
                    return Written::Closed { request_id };
                }
            }
        }
        let end = pending.end;
        self.pending = None;
        Written::All { request_id, end }
    }
}

impl AsFd for Input {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}
