//! The seam for calls on a machine's files.

use async_trait::async_trait;

use super::RuntimeError;
use crate::model::{FileEvent, FileFailure, FileInput, FileReason};

/// Why a call on files failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum FileError {
    /// What was asked could not be done.
    #[error(transparent)]
    Failed(#[from] FileFailure),
    /// The machine could not answer.
    #[error(transparent)]
    Machine(#[from] RuntimeError),
}

impl FileError {
    /// A failure about a path.
    pub fn of(reason: FileReason, path: &[u8], detail: impl Into<String>) -> Self {
        Self::Failed(FileFailure { reason, path: path.to_owned(), detail: detail.into() })
    }

    /// Why, where it was not the machine.
    pub fn reason(&self) -> Option<FileReason> {
        match self {
            Self::Failed(failure) => Some(failure.reason),
            Self::Machine(_) => None,
        }
    }
}

/// A call on files that is under way. Dropping it ends it, and what it was
/// making is removed.
#[async_trait]
pub trait FileCall: Send {
    /// Sends bytes or a command along; waits while the other side has not
    /// taken what came before. A failure of the call is told by
    /// [`FileCall::next`] as well: who gets `Gone` here asks there why.
    async fn send(&mut self, input: FileInput) -> Result<(), FileError>;

    /// The next piece of the answer; `None` when the call is over and did all
    /// it should. Cancel-safe.
    async fn next(&mut self) -> Result<Option<FileEvent>, FileError>;
}
