//! What a failed call on files becomes.

use tonic::{Code, Status};

use super::answer;
use crate::model::FileReason;
use crate::runtime::FileError;

impl From<FileError> for Status {
    fn from(error: FileError) -> Self {
        let message = error.to_string();
        let failure = match error {
            FileError::Machine(error) => return error.into(),
            FileError::Failed(failure) => failure,
        };
        let (code, reason) = code(failure.reason);
        let path = failure.path.escape_ascii().to_string();
        let said = answer(code, reason, &message).with("path", &path);
        match (failure.reason, code) {
            (FileReason::InvalidPattern, _) => said.field("pattern"),
            (FileReason::InvalidCursor, _) => said.field("page_token"),
            (FileReason::BadArchive, _) => said.field("data"),
            (_, Code::InvalidArgument) => said.field("path"),
            (_, Code::FailedPrecondition) => said.precondition("FILE", path, message),
            (_, Code::ResourceExhausted) => said.retry(),
            _ => said,
        }
        .into()
    }
}

fn code(reason: FileReason) -> (Code, &'static str) {
    match reason {
        FileReason::NotFound => (Code::NotFound, "FILE_NOT_FOUND"),
        FileReason::Exists => (Code::AlreadyExists, "FILE_EXISTS"),
        FileReason::NotADirectory => (Code::FailedPrecondition, "NOT_A_DIRECTORY"),
        FileReason::IsADirectory => (Code::FailedPrecondition, "IS_A_DIRECTORY"),
        FileReason::NotEmpty => (Code::FailedPrecondition, "DIRECTORY_NOT_EMPTY"),
        FileReason::NotARegularFile => (Code::FailedPrecondition, "NOT_A_REGULAR_FILE"),
        FileReason::NotALink => (Code::FailedPrecondition, "NOT_A_LINK"),
        FileReason::PermissionDenied => (Code::PermissionDenied, "FILE_ACCESS_DENIED"),
        FileReason::TooManyLinks => (Code::FailedPrecondition, "TOO_MANY_LINKS"),
        FileReason::NameTooLong => (Code::InvalidArgument, "NAME_TOO_LONG"),
        FileReason::NoSpace => (Code::ResourceExhausted, "NO_SPACE"),
        FileReason::ReadOnly => (Code::FailedPrecondition, "READ_ONLY_FILE_SYSTEM"),
        FileReason::CrossDevice => (Code::FailedPrecondition, "CROSS_DEVICE"),
        FileReason::Busy => (Code::FailedPrecondition, "FILE_BUSY"),
        FileReason::TooLarge => (Code::OutOfRange, "FILE_TOO_LARGE"),
        FileReason::Invalid => (Code::InvalidArgument, "INVALID_PATH"),
        FileReason::InvalidPattern => (Code::InvalidArgument, "INVALID_PATTERN"),
        FileReason::InvalidCursor => (Code::InvalidArgument, "INVALID_CURSOR"),
        FileReason::BadArchive => (Code::InvalidArgument, "BAD_ARCHIVE"),
        FileReason::UserNotFound => (Code::NotFound, "USER_NOT_FOUND"),
        FileReason::TooManyCalls => (Code::ResourceExhausted, "TOO_MANY_FILE_CALLS"),
        FileReason::TooMany => (Code::ResourceExhausted, "BOUND_REACHED"),
        FileReason::OutOfMemory => (Code::ResourceExhausted, "SANDBOX_OUT_OF_MEMORY"),
        FileReason::Changed => (Code::Aborted, "FILE_CHANGED"),
        FileReason::Unsupported => (Code::Unimplemented, "FILE_CALL_UNSUPPORTED"),
        FileReason::Other => (Code::Unknown, "FILE_CALL_FAILED"),
    }
}
