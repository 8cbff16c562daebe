//! The connection to one init: requests with their replies, and news.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use prost::Message;
use skerry_api::init::{DaemonMessage, InitMessage, Reply, daemon_message, init_message, reply};
use skerry_linux::{frame, pass};
use tokio::io::Interest;
use tokio::net::UnixStream;
use tokio::sync::oneshot;

use crate::runtime::RuntimeError;

/// Descriptors that came and that no frame has claimed; a welcome brings one
/// for each exec.
const MAX_UNCLAIMED: usize = 2048;

/// The writing side, and who waits for what.
pub(super) struct Connection {
    socket: UnixStream,
    /// Held while one frame is sent, so that frames do not mix.
    sending: tokio::sync::Mutex<()>,
    waiting: Mutex<Option<HashMap<u64, oneshot::Sender<reply::Result>>>>,
    next_request: AtomicU64,
}

impl Connection {
    pub(super) fn new(socket: OwnedFd) -> io::Result<Self> {
        Ok(Self {
            socket: UnixStream::from_std(socket.into())?,
            sending: tokio::sync::Mutex::new(()),
            waiting: Mutex::new(Some(HashMap::new())),
            next_request: AtomicU64::new(1),
        })
    }

    /// Sends a request and waits for its reply.
    pub(super) async fn request(
        &self,
        message: daemon_message::Message,
    ) -> Result<reply::Result, RuntimeError> {
        self.request_with(message, &[]).await
    }

    /// The same, with descriptors beside it.
    pub(super) async fn request_with(
        &self,
        message: daemon_message::Message,
        files: &[File],
    ) -> Result<reply::Result, RuntimeError> {
        let request_id = self.next_request.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = oneshot::channel();
        self.waiting.lock().as_mut().ok_or(RuntimeError::Gone)?.insert(request_id, sender);
        // A caller that goes away in mid-wait leaves its entry to the reply.
        self.send(request_id, message, files).await?;
        receiver.await.map_err(|_| RuntimeError::Gone)
    }

    /// Sends what asks for no reply, if that needs no waiting; else says so.
    pub(super) async fn tell(&self, message: daemon_message::Message) -> Result<(), RuntimeError> {
        self.send(0, message, &[]).await
    }

    async fn send(
        &self,
        request_id: u64,
        message: daemon_message::Message,
        files: &[File],
    ) -> Result<(), RuntimeError> {
        let message = DaemonMessage { request_id, message: Some(message) };
        let mut bytes = Vec::with_capacity(message.encoded_len() + 4);
        frame::encode(&mut bytes, |buffer| message.encode(buffer).expect("a Vec grows"));
        let sending = self.sending.lock().await;
        let mut unfinished = UnfinishedFrame { connection: self, sent: 0, length: bytes.len() };
        while unfinished.sent < bytes.len() {
            let rest = &bytes[unfinished.sent..];
            let first = unfinished.sent == 0;
            let files: Vec<_> = files.iter().filter(|_| first).map(AsFd::as_fd).collect();
            let sent = self
                .socket
                .async_io(Interest::WRITABLE, || pass::send(self.socket.as_fd(), rest, &files))
                .await;
            unfinished.sent += sent.map_err(|_| RuntimeError::Gone)?;
        }
        drop(unfinished);
        drop(sending);
        Ok(())
    }

    /// Nobody will answer any more.
    pub(super) fn close(&self) {
        self.waiting.lock().take();
        let _ = rustix::net::shutdown(&self.socket, rustix::net::Shutdown::Both);
    }

    pub(super) fn answer(&self, reply: Reply) {
        let waiting = self.waiting.lock().as_mut().and_then(|all| all.remove(&reply.request_id));
        if let (Some(sender), Some(result)) = (waiting, reply.result) {
            // A caller that went away needs no answer.
            let _ = sender.send(result);
        }
    }
}

/// A frame that was cut because its sender went away makes the rest of the
/// stream unreadable: the connection ends, and the machine is found again.
struct UnfinishedFrame<'a> {
    connection: &'a Connection,
    sent: usize,
    length: usize,
}

impl Drop for UnfinishedFrame<'_> {
    fn drop(&mut self) {
        if self.sent > 0 && self.sent < self.length {
            self.connection.close();
        }
    }
}

/// The reading side.
#[derive(Default)]
pub(super) struct Receiver {
    frames: frame::Frames,
    descriptors: Vec<OwnedFd>,
}

impl Receiver {
    /// The next message. Descriptors that came with it or before are for
    /// [`Receiver::descriptor`].
    pub(super) async fn next(
        &mut self,
        connection: &Connection,
    ) -> io::Result<init_message::Message> {
        loop {
            if let Some(frame) = self.frames.next_frame()? {
                let message = InitMessage::decode(frame).map_err(io::Error::other)?;
                return message.message.ok_or_else(|| io::ErrorKind::InvalidData.into());
            }
            let Self { frames, descriptors } = self;
            let received = connection
                .socket
                .async_io(Interest::READABLE, || {
                    frames
                        .fill(|space| pass::receive(connection.socket.as_fd(), space, descriptors))
                })
                .await?;
            if received == 0 || descriptors.len() > MAX_UNCLAIMED {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// The oldest descriptor that nobody has claimed.
    pub(super) fn descriptor(&mut self) -> Option<OwnedFd> {
        if self.descriptors.is_empty() { None } else { Some(self.descriptors.remove(0)) }
    }
}
