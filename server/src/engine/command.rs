//! What a supervisor is told, and how it answers.

use std::time::Duration;

use tokio::sync::oneshot;

use super::EngineError;
use super::copy::Copied;
use super::lifecycle::Event;
use super::request::SandboxPatch;
use crate::model::{Sandbox, SnapshotId, SnapshotScope};

/// Where the answer goes. Who left wants none.
pub(super) type Reply = oneshot::Sender<Result<Sandbox, EngineError>>;

/// What a supervisor is told.
pub(super) enum Command {
    /// A caller wants an event; `grace` is for a stop.
    Ask { event: Event, grace: Duration, reply: Reply },
    /// A caller wants other labels, limits, timeouts or another name.
    Update { patch: Box<SandboxPatch>, reply: Reply },
    /// A caller wants so much of it copied; `copied` gets what that was.
    Copy { scope: SnapshotScope, to: SnapshotId, copied: oneshot::Sender<Copied>, reply: Reply },
    /// A caller repeats the create that made it; no answer where it is gone.
    Join { reply: Reply },
    /// A deadline has come, or seemed to.
    Reap,
    /// The daemon goes down: end when no action is under way.
    Close,
}

/// Answers a command with an error.
pub(super) fn refuse(command: Command, error: &EngineError) {
    match command {
        Command::Ask { reply, .. }
        | Command::Update { reply, .. }
        | Command::Copy { reply, .. } => {
            answer(reply, Err(error.clone()));
        }
        Command::Join { .. } | Command::Reap | Command::Close => {}
    }
}

/// Answers a caller.
pub(super) fn answer(reply: Reply, result: Result<Sandbox, EngineError>) {
    // A caller that has left wants no answer.
    let _ = reply.send(result);
}
