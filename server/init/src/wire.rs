//! Packets between daemon, zygote, stage and init while a machine is made.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use prost::Message;
use skerry_api::init::spawn_reply::Reply;
use skerry_api::init::{SetupFailure, SpawnReply};
use skerry_linux::pass;

/// The longest packet: a request with a few layers and mounts.
pub(crate) const MAX_PACKET: usize = 64 << 10;

/// A step of making a machine that failed, by name.
#[derive(Debug)]
pub(crate) struct SetupError {
    pub(crate) step: String,
    pub(crate) error: io::Error,
}

impl std::fmt::Display for SetupError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.step, self.error)
    }
}

/// Names the step in which a call failed.
pub(crate) trait Step<T> {
    fn step(self, step: impl Into<String>) -> Result<T, SetupError>;
}

impl<T, E: Into<io::Error>> Step<T> for Result<T, E> {
    fn step(self, step: impl Into<String>) -> Result<T, SetupError> {
        self.map_err(|error| SetupError { step: step.into(), error: error.into() })
    }
}

/// Tells the daemon what happened, with descriptors beside it.
pub(crate) fn reply(
    socket: &OwnedFd,
    reply: Reply,
    descriptors: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let packet = SpawnReply { reply: Some(reply) }.encode_to_vec();
    pass::send(socket.as_fd(), &packet, descriptors).map(drop)
}

/// Tells the daemon of a failure; a daemon that is gone needs no word.
pub(crate) fn reply_failure(socket: &OwnedFd, failure: &SetupError) {
    let errno = failure.error.raw_os_error().unwrap_or(0);
    let step = match errno {
        0 => failure.to_string(),
        _ => failure.step.clone(),
    };
    let _ = reply(socket, Reply::Failed(SetupFailure { step, errno }), &[]);
}
