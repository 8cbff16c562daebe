//! The daemon's end of one worker's socket.

use std::io;
use std::os::unix::net::UnixStream as StdUnixStream;

use prost::Message;
use skerry_api::init::file_command::Command;
use skerry_api::init::file_news::News;
use skerry_api::init::{FileCommand, FileNews};
use skerry_linux::frame;
use tokio::net::UnixStream;

use crate::runtime::RuntimeError;

/// A worker that serves one call at a time. Dropping it ends it.
pub(super) struct Worker {
    socket: UnixStream,
    frames: frame::Frames,
    /// A frame was cut because its sender went away.
    cut: bool,
}

impl Worker {
    pub(super) fn new(socket: StdUnixStream) -> io::Result<Self> {
        let socket = UnixStream::from_std(socket)?;
        Ok(Self { socket, frames: frame::Frames::default(), cut: false })
    }

    /// Not cancel-safe: a worker whose send was dropped is of no use.
    pub(super) async fn send(&mut self, command: &Command) -> Result<(), RuntimeError> {
        if self.cut {
            return Err(RuntimeError::Gone);
        }
        let message = FileCommand { command: Some(command.clone()) };
        let mut bytes = Vec::with_capacity(message.encoded_len() + 4);
        frame::encode(&mut bytes, |buffer| message.encode(buffer).expect("a Vec grows"));
        self.cut = true;
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            self.socket.writable().await.map_err(|_| RuntimeError::Gone)?;
            match self.socket.try_write(rest) {
                Ok(sent) => rest = &rest[sent..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return Err(RuntimeError::Gone),
            }
        }
        self.cut = false;
        Ok(())
    }

    /// The next thing that the worker says; its length is bounded by a
    /// frame's. Cancel-safe.
    pub(super) async fn receive(&mut self) -> Result<News, RuntimeError> {
        loop {
            let frame = self.frames.next_frame().map_err(|_| RuntimeError::Gone)?;
            if let Some(frame) = frame {
                let message = FileNews::decode(frame).map_err(|_| RuntimeError::Gone)?;
                return message.news.ok_or(RuntimeError::Gone);
            }
            self.socket.readable().await.map_err(|_| RuntimeError::Gone)?;
            match self.frames.fill(|space| self.socket.try_read(space)) {
                Ok(0) => return Err(RuntimeError::Gone),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return Err(RuntimeError::Gone),
            }
        }
    }
}
