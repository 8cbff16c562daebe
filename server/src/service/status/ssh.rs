//! What a failed call about SSH becomes.

use tonic::{Code, Status};

use super::answer;
use crate::ssh::{KeyError, SshError};

impl From<SshError> for Status {
    fn from(error: SshError) -> Self {
        let message = error.to_string();
        match error {
            SshError::Engine(error) => return error.into(),
            SshError::Key(KeyError::Make(_)) => {
                answer(Code::Internal, "KEY_GENERATION_FAILED", message)
            }
            SshError::Key(_) => {
                answer(Code::InvalidArgument, "BAD_PUBLIC_KEY", message).field("public_key")
            }
            SshError::KeyExists(id) => {
                answer(Code::AlreadyExists, "SSH_KEY_EXISTS", message).with("key_id", id)
            }
            SshError::TooMany { what, .. } => {
                answer(Code::ResourceExhausted, "BOUND_REACHED", message)
                    .with("bound", what)
                    .retry()
            }
            SshError::Store(_) => answer(Code::Internal, "STORE_FAILED", message),
            SshError::HostKey { .. } => answer(Code::Internal, "STORAGE_FAILED", message),
        }
        .into()
    }
}
