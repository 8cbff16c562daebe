//! The daemon's end of a worker: frames in and out, and whether the daemon
//! still wants what the worker does.

use std::cell::Cell;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;

use bytes::Bytes;
use prost::Message;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use skerry_api::init::file_command::Command;
use skerry_api::init::file_news::News;
use skerry_api::init::{FileCommand, FileEnd, FileInfo, FileNews, FileRequest};
use skerry_linux::frame;

use super::failure::{Outcome, Stop};

/// Steps between two looks at whether the daemon is still there.
const LOOK_EVERY: u32 = 64;

pub(crate) struct Session {
    socket: OwnedFd,
    frames: frame::Frames,
    buffer: Vec<u8>,
    steps: u32,
    /// The call takes input, and the last of it has not come.
    input_open: bool,
}

impl Session {
    pub(super) fn new(socket: OwnedFd) -> Self {
        let frames = frame::Frames::default();
        Self { socket, frames, buffer: Vec::new(), steps: 0, input_open: false }
    }

    pub(super) fn next_request(&mut self) -> Option<FileRequest> {
        self.input_open = false;
        match self.receive() {
            Ok(Command::Request(request)) => Some(request),
            _ => None,
        }
    }

    /// Tells how the call ended.
    ///
    /// # Errors
    /// When the worker is to end: the daemon is gone, or may still send what
    /// belongs to a call that failed.
    pub(super) fn finish(&mut self, outcome: Outcome<()>) -> Outcome<()> {
        match outcome {
            Ok(()) => self.tell(News::Over(FileEnd {})),
            Err(Stop::Gone) => Err(Stop::Gone),
            Err(Stop::Failed(failure)) => {
                self.tell(News::Failed(failure))?;
                if self.input_open { Err(Stop::Gone) } else { Ok(()) }
            }
        }
    }

    /// The next thing that the daemon says.
    pub(crate) fn receive(&mut self) -> Outcome<Command> {
        loop {
            let frame = self.frames.next_frame().map_err(|_| Stop::Gone)?;
            if let Some(frame) = frame {
                let command = FileCommand::decode(frame).map_err(|_| Stop::Gone)?;
                return command.command.ok_or(Stop::Gone);
            }
            let socket = self.socket.as_fd();
            let read = self.frames.fill(|space| {
                Ok(rustix::io::retry_on_intr(|| rustix::io::read(socket, &mut *space))?)
            });
            if read.map_err(|_| Stop::Gone)? == 0 {
                return Err(Stop::Gone);
            }
        }
    }

    /// The call takes input from here on.
    pub(crate) fn expect_input(&mut self) {
        self.input_open = true;
    }

    /// The next bytes of a call that takes them; `None` after the last.
    pub(crate) fn next_data(&mut self) -> Outcome<Option<Bytes>> {
        match self.receive()? {
            Command::Data(data) => Ok(Some(data)),
            Command::End(FileEnd {}) => {
                self.input_open = false;
                Ok(None)
            }
            _ => Err(Stop::Gone),
        }
    }

    pub(crate) fn tell(&mut self, news: News) -> Outcome<()> {
        let message = FileNews { news: Some(news) };
        self.buffer.clear();
        frame::encode(&mut self.buffer, |buffer| {
            message.encode(buffer).expect("a Vec grows");
        });
        let mut sent = 0;
        while sent < self.buffer.len() {
            let rest = &self.buffer[sent..];
            sent +=
                skerry_linux::pass::send(self.socket.as_fd(), rest, &[]).map_err(|_| Stop::Gone)?;
        }
        Ok(())
    }

    pub(crate) fn tell_info(&mut self, info: FileInfo) -> Outcome<()> {
        self.tell(News::Info(info))
    }

    /// To be called at every step of what may take long.
    ///
    /// # Errors
    /// When the daemon has closed the socket.
    pub(crate) fn step(&mut self) -> Outcome<()> {
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(LOOK_EVERY) { self.look() } else { Ok(()) }
    }

    /// As [`Session::step`], after a step that was long itself.
    pub(crate) fn look(&mut self) -> Outcome<()> {
        let mut watched = [PollFd::new(&self.socket, PollFlags::RDHUP)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        // Interrupted: the next look sees it.
        let _ = poll(&mut watched, Some(&now));
        let gone = PollFlags::HUP | PollFlags::RDHUP | PollFlags::ERR;
        if watched[0].revents().intersects(gone) { Err(Stop::Gone) } else { Ok(()) }
    }

    /// Waits until `source` can be read.
    ///
    /// # Errors
    /// When the daemon has closed the socket.
    pub(crate) fn wait_for(&mut self, source: impl AsFd) -> Outcome<()> {
        let mut watched =
            [PollFd::new(&self.socket, PollFlags::RDHUP), PollFd::new(&source, PollFlags::IN)];
        // Interrupted: the caller finds nothing and waits again.
        let _ = poll(&mut watched, None);
        let gone = PollFlags::HUP | PollFlags::RDHUP | PollFlags::ERR;
        if watched[0].revents().intersects(gone) { Err(Stop::Gone) } else { Ok(()) }
    }
}

/// The bytes of a call that takes them, as a reader.
pub(crate) struct InputReader<'a> {
    session: &'a mut Session,
    rest: Bytes,
    over: bool,
    state: Rc<InputState>,
}

/// What is known of a reader that something else holds.
#[derive(Default)]
pub(crate) struct InputState {
    /// The daemon has gone away.
    pub(crate) gone: Cell<bool>,
    /// Something was wanted after the last byte.
    pub(crate) exhausted: Cell<bool>,
    /// So many bytes more may be read.
    pub(crate) allowance: Cell<u64>,
}

impl<'a> InputReader<'a> {
    pub(crate) fn new(session: &'a mut Session) -> Self {
        Self { session, rest: Bytes::new(), over: false, state: Rc::default() }
    }

    pub(crate) fn state(&self) -> Rc<InputState> {
        Rc::clone(&self.state)
    }

    /// Reads to the end of the input.
    pub(crate) fn drain(&mut self) -> Outcome<()> {
        while !self.over {
            self.over = self.session.next_data()?.is_none();
        }
        Ok(())
    }
}

impl io::Read for InputReader<'_> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() && !self.over {
            match self.session.next_data() {
                Ok(Some(data)) => self.rest = data,
                Ok(None) => self.over = true,
                Err(_) => {
                    self.state.gone.set(true);
                    return Err(io::ErrorKind::ConnectionAborted.into());
                }
            }
        }
        let length = space.len().min(self.rest.len());
        if length == 0 {
            self.state.exhausted.set(!space.is_empty());
            return Ok(0);
        }
        let left = self.state.allowance.get().checked_sub(length as u64);
        let left = left.ok_or_else(|| io::Error::other("a header is too long"))?;
        self.state.allowance.set(left);
        space[..length].copy_from_slice(&self.rest.split_to(length));
        Ok(length)
    }
}
