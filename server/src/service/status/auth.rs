//! What becomes of calls that their caller may not make, and of tokens and
//! pairings that can't be made.

use std::time::Duration;

use skerry_api::access::Kind;
use tonic::{Code, Status};

use super::answer;
use crate::auth::{Denied, PairingError, TokenError};
use crate::engine::EngineError;
use crate::snapshot::SnapshotError;
use crate::volume::VolumeError;

/// Tokens and pairings where no token is asked for.
pub(in crate::service) fn auth_off() -> Status {
    let message = "this daemon asks for no token: start skerryd without --no-auth";
    answer(Code::FailedPrecondition, "AUTH_OFF", message)
        .precondition("AUTH", "--no-auth", "start skerryd without --no-auth")
        .into()
}

/// A call that its caller may not make.
pub(in crate::service) fn denial(denied: Denied) -> Status {
    let say = |code, reason| answer(code, reason, &denied);
    match &denied {
        Denied::Missing => say(Code::Unauthenticated, "TOKEN_MISSING"),
        Denied::Malformed => say(Code::Unauthenticated, "TOKEN_MALFORMED"),
        Denied::Unknown => say(Code::Unauthenticated, "TOKEN_UNKNOWN"),
        Denied::Ended => say(Code::Unauthenticated, "TOKEN_ENDED"),
        Denied::Throttled(wait) => {
            say(Code::ResourceExhausted, "TOO_MANY_TRIES").retry_after(whole_seconds(*wait))
        }
        Denied::Permission(_) => say(Code::PermissionDenied, "SCOPE_TOO_SMALL"),
        Denied::Bound => say(Code::PermissionDenied, "TOKEN_BOUND"),
        // The same answers as for what is not there at all.
        Denied::NotThere(kind, name) => return not_there(*kind, name.clone()),
        Denied::Host(_) => say(Code::PermissionDenied, "HOST_NOT_ALLOWED"),
        Denied::BadMessage(_) => say(Code::InvalidArgument, "BAD_MESSAGE"),
        Denied::TooBig(_) => say(Code::OutOfRange, "MESSAGE_TOO_BIG"),
        Denied::Compressed => say(Code::Unimplemented, "COMPRESSED_REQUEST"),
    }
    .into()
}

fn not_there(kind: Kind, name: String) -> Status {
    match kind {
        Kind::Sandbox => EngineError::NotFound { sandbox: name }.into(),
        Kind::Volume => VolumeError::NotFound(name).into(),
        Kind::Snapshot => SnapshotError::NotFound(name).into(),
        Kind::SshKey => {
            answer(Code::NotFound, "SSH_KEY_NOT_FOUND", format!("there is no SSH key {name:?}"))
                .into()
        }
        Kind::SshAccess => {
            let message = format!("there is no SSH access {name:?}");
            answer(Code::NotFound, "SSH_ACCESS_NOT_FOUND", message).into()
        }
    }
}

/// Rounded up: who waits so long does not come too early.
fn whole_seconds(wait: Duration) -> Duration {
    Duration::from_secs(wait.as_secs() + 1)
}

impl From<TokenError> for Status {
    fn from(error: TokenError) -> Self {
        match &error {
            TokenError::TooMany => {
                answer(Code::ResourceExhausted, "BOUND_REACHED", &error).with("bound", "tokens")
            }
            TokenError::Fixed(id) => answer(Code::FailedPrecondition, "TOKEN_FIXED", &error)
                .precondition("TOKEN", id, "remove it where it is kept, and restart"),
            TokenError::Random(_) => answer(Code::Internal, "NO_RANDOM_NUMBERS", &error),
            TokenError::Store(_) => answer(Code::Internal, "STORE_FAILED", &error),
        }
        .into()
    }
}

impl From<PairingError> for Status {
    fn from(error: PairingError) -> Self {
        match error {
            PairingError::TooMany => {
                answer(Code::ResourceExhausted, "BOUND_REACHED", &error).with("bound", "pairings")
            }
            PairingError::Throttled(wait) => {
                answer(Code::ResourceExhausted, "TOO_MANY_TRIES", &error)
                    .retry_after(whole_seconds(wait))
            }
            PairingError::Wrong => {
                answer(Code::NotFound, "PAIRING_NOT_FOUND", &error).field("code")
            }
            PairingError::Random(_) => answer(Code::Internal, "NO_RANDOM_NUMBERS", &error),
            PairingError::Token(error) => return error.into(),
        }
        .into()
    }
}
