//! The daemon's connection: frames in, frames and descriptors out, neither
//! ever blocking init.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use prost::Message;
use skerry_api::init::{DaemonMessage, InitMessage, init_message};
use skerry_linux::{frame, pass};

/// Bytes that may wait to be sent before processes' output has to wait.
const MAX_WAITING: usize = 256 << 10;

/// Bytes, and the descriptors that go with the first of them.
#[derive(Debug, Default)]
struct Piece {
    bytes: Vec<u8>,
    sent: usize,
    descriptors: Vec<OwnedFd>,
}

#[derive(Debug)]
pub(crate) struct Connection {
    socket: OwnedFd,
    frames: frame::Frames,
    /// Came, and no message has claimed them yet.
    descriptors: Vec<OwnedFd>,
    waiting: VecDeque<Piece>,
    waiting_bytes: usize,
}

impl Connection {
    pub(crate) fn new(socket: OwnedFd) -> Self {
        Self {
            socket,
            frames: frame::Frames::default(),
            descriptors: Vec::new(),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
        }
    }

    /// Reads what is there.
    ///
    /// # Errors
    /// UnexpectedEof when the daemon is gone.
    pub(crate) fn fill(&mut self) -> io::Result<()> {
        let socket = self.socket.as_fd();
        let descriptors = &mut self.descriptors;
        let received = self.frames.fill(|space| pass::receive(socket, space, descriptors))?;
        if received == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    /// The next message, when it is whole.
    ///
    /// # Errors
    /// InvalidData for what is none.
    pub(crate) fn next_message(&mut self) -> io::Result<Option<DaemonMessage>> {
        let Some(frame) = self.frames.next_frame()? else { return Ok(None) };
        let message = DaemonMessage::decode(frame)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        Ok(Some(message))
    }

    /// The oldest descriptor that came and was not taken.
    pub(crate) fn take_descriptor(&mut self) -> Option<OwnedFd> {
        if self.descriptors.is_empty() { None } else { Some(self.descriptors.remove(0)) }
    }

    /// Puts a message in line.
    ///
    /// # Errors
    /// EMFILE when a descriptor can't be copied.
    pub(crate) fn push(
        &mut self,
        message: init_message::Message,
        descriptors: &[BorrowedFd<'_>],
    ) -> io::Result<()> {
        let mut bytes = Vec::new();
        let message = InitMessage { message: Some(message) };
        frame::encode(&mut bytes, |buffer| {
            message.encode(buffer).expect("a Vec grows");
        });
        self.waiting_bytes += bytes.len();
        // More than one packet may carry go with the following bytes: the
        // frame is longer than it has descriptors.
        let mut rest = descriptors;
        while rest.len() > pass::MAX_DESCRIPTORS {
            let (now, later) = rest.split_at(pass::MAX_DESCRIPTORS);
            let tail = bytes.split_off(1);
            self.line_up(bytes, now)?;
            (bytes, rest) = (tail, later);
        }
        self.line_up(bytes, rest)
    }

    fn line_up(&mut self, bytes: Vec<u8>, descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
        if descriptors.is_empty()
            && let Some(last) = self.waiting.back_mut()
        {
            last.bytes.extend_from_slice(&bytes);
            return Ok(());
        }
        let descriptors =
            descriptors.iter().map(|fd| fd.try_clone_to_owned()).collect::<Result<_, _>>()?;
        self.waiting.push_back(Piece { bytes, sent: 0, descriptors });
        Ok(())
    }

    /// Sends what it can; says whether nothing is left.
    ///
    /// # Errors
    /// BrokenPipe when the daemon is gone.
    pub(crate) fn flush(&mut self) -> io::Result<bool> {
        while let Some(piece) = self.waiting.front_mut() {
            let descriptors: Vec<_> = piece.descriptors.iter().map(AsFd::as_fd).collect();
            match pass::send(self.socket.as_fd(), &piece.bytes[piece.sent..], &descriptors) {
                Ok(sent) => {
                    piece.sent += sent;
                    self.waiting_bytes -= sent;
                    piece.descriptors.clear();
                    if piece.sent == piece.bytes.len() {
                        self.waiting.pop_front();
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Whether the daemon is so slow that output has to wait.
    pub(crate) fn is_clogged(&self) -> bool {
        self.waiting_bytes > MAX_WAITING
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
