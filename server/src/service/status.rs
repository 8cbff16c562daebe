//! The one place where errors become gRPC statuses. Every one has an
//! `ErrorInfo` with a stable reason; scripts may rely on code and reason, not
//! on messages.

mod auth;
mod file;
mod image;
mod network;
pub(super) mod publish;
mod ssh;
mod storage;
mod tunnel;

use std::collections::HashMap;
use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use skerry_api::ERROR_DOMAIN;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

pub(super) use auth::{auth_off, denial};

use crate::auth::Denied;
use crate::engine::{EngineError, WatchEnd};
use crate::runtime::{RuntimeError, SpawnError};

/// When to try again what failed for want of something that comes back soon.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A status in the making.
struct Answer {
    code: Code,
    message: String,
    details: ErrorDetails,
}

fn answer(code: Code, reason: &str, message: impl ToString) -> Answer {
    let details = ErrorDetails::with_error_info(reason, ERROR_DOMAIN, HashMap::new());
    Answer { code, message: message.to_string(), details }
}

impl Answer {
    fn with(mut self, key: &str, value: impl ToString) -> Self {
        if let Some(mut info) = self.details.error_info().cloned() {
            info.metadata.insert(key.to_owned(), value.to_string());
            self.details.set_error_info(info.reason, info.domain, info.metadata);
        }
        self
    }

    fn field(mut self, field: &str) -> Self {
        self.details.add_bad_request_violation(field, self.message.clone());
        self
    }

    fn precondition(mut self, kind: &str, subject: impl ToString, wanted: impl ToString) -> Self {
        let (subject, wanted) = (subject.to_string(), wanted.to_string());
        self.details.add_precondition_failure_violation(kind, subject, wanted);
        self
    }

    fn retry(self) -> Self {
        self.retry_after(RETRY_AFTER)
    }

    fn retry_after(mut self, wait: Duration) -> Self {
        self.details.set_retry_info(Some(wait));
        self
    }
}

impl From<Answer> for Status {
    fn from(answer: Answer) -> Self {
        if answer.code == Code::Internal {
            tracing::error!(error = answer.message, "a call failed");
        }
        Status::with_error_details(answer.code, answer.message, answer.details)
    }
}

/// Fields that are not as they must be.
pub(super) fn invalid(violations: Vec<FieldViolation>) -> Status {
    let texts: Vec<_> =
        violations.iter().map(|found| format!("{}: {}", found.field, found.description)).collect();
    let mut answer = answer(Code::InvalidArgument, "INVALID_FIELD", texts.join("; "));
    answer.details.set_bad_request(violations);
    answer.into()
}

/// The answer to every stream when the daemon goes down.
/// A fork of what runs.
pub(super) fn memory_fork_unsupported() -> Status {
    let message = "memory: this daemon copies disks, not processes";
    answer(Code::FailedPrecondition, "MEMORY_FORK_UNSUPPORTED", message)
        .precondition("CAPABILITY", "memory_fork", "fork without `memory`")
        .into()
}

pub(super) fn shutting_down(message: &str) -> Status {
    answer(Code::Unavailable, "SHUTTING_DOWN", message).retry().into()
}

/// An archive that can't be decompressed.
pub(super) fn bad_archive(message: &str) -> Status {
    answer(Code::InvalidArgument, "BAD_ARCHIVE", message).field("data").into()
}

/// Input for a command that takes none.
pub(super) fn stdin_closed() -> Status {
    let message = "the command has no standard input, or has closed it";
    answer(Code::FailedPrecondition, "STDIN_CLOSED", message)
        .precondition("EXEC_STDIN", "stdin", "start the command with its input kept")
        .into()
}

/// SSH where it is not served.
pub(super) fn ssh_off() -> Status {
    let message = "SSH is off: start skerryd with --ssh-listen";
    answer(Code::FailedPrecondition, "SSH_OFF", message)
        .precondition("SSH", "--ssh-listen", "start skerryd with --ssh-listen")
        .into()
}

/// Input where another caller has it.
pub(super) fn stdin_taken() -> Status {
    let message = "another caller has the command's input";
    answer(Code::FailedPrecondition, "STDIN_TAKEN", message)
        .precondition("EXEC_STDIN", "stdin", "attach with `takeover`")
        .into()
}

/// A path that is no gRPC method.
pub fn unknown_method(path: &str) -> Response<Body> {
    let message = format!("there is no method {path}");
    Status::from(answer(Code::Unimplemented, "UNKNOWN_METHOD", message)).into_http()
}

/// A call without TLS at a port that wants it.
pub fn tls_wanted() -> Response<Body> {
    let message = "this port speaks TLS, and was called without";
    let answer = answer(Code::FailedPrecondition, "TLS_WANTED", message);
    let answer = answer.precondition("TLS", "connection", "call https://");
    Status::from(answer).into_http()
}

/// A call that its caller may not make.
pub fn denied(denied: Denied) -> Response<Body> {
    auth::denial(denied).into_http()
}

/// Gives a status that the gRPC library made by itself its reason: a message
/// that is too big, that does not decode, a method that is not there.
pub fn completed(response: Response<Body>) -> Response<Body> {
    // Statuses of the library are all before the first message, and so among
    // the headers.
    if !response.headers().contains_key(Status::GRPC_STATUS) {
        return response;
    }
    match Status::from_header_map(response.headers()) {
        Some(status) if status.code() != Code::Ok && status.details().is_empty() => {
            reasoned(&status).into_http()
        }
        _ => response,
    }
}

/// An error of a stream of messages that the caller sends.
pub(super) fn of_stream(status: Status) -> Status {
    if status.details().is_empty() { reasoned(&status) } else { status }
}

fn reasoned(status: &Status) -> Status {
    let (code, reason) = match status.code() {
        // What the library calls internal is a message that is no message.
        Code::Internal => (Code::InvalidArgument, "BAD_MESSAGE"),
        Code::OutOfRange => (Code::OutOfRange, "MESSAGE_TOO_BIG"),
        Code::Unimplemented => (Code::Unimplemented, "UNKNOWN_METHOD"),
        Code::DeadlineExceeded => (Code::DeadlineExceeded, "DEADLINE_EXCEEDED"),
        Code::Cancelled => (Code::Cancelled, "CANCELLED"),
        other => (other, "UNSPECIFIED"),
    };
    answer(code, reason, status.message()).into()
}

impl From<EngineError> for Status {
    fn from(error: EngineError) -> Self {
        let message = error.to_string();
        let say = |code, reason| answer(code, reason, &message);
        match error {
            EngineError::NotFound { sandbox } => {
                say(Code::NotFound, "SANDBOX_NOT_FOUND").with("sandbox", sandbox)
            }
            EngineError::NameTaken { name } => {
                say(Code::AlreadyExists, "SANDBOX_NAME_TAKEN").with("name", name)
            }
            EngineError::RequestIdReused => say(Code::AlreadyExists, "REQUEST_ID_REUSED"),
            EngineError::UnknownImage(image) => {
                say(Code::NotFound, "IMAGE_NOT_FOUND").with("image", image).field("image")
            }
            EngineError::UnknownVolume { volume, index } => say(Code::NotFound, "VOLUME_NOT_FOUND")
                .with("volume", volume)
                .field(&format!("mounts[{index}].volume_id")),
            EngineError::NotInFamily { sandbox, root } => {
                let wanted = format!("must be {root} or a fork of it");
                say(Code::FailedPrecondition, "NOT_A_FORK")
                    .precondition("SANDBOX", sandbox, wanted)
                    .field("keep_id")
            }
            EngineError::Storage(error) => return storage::status(&error),
            EngineError::Volume(error) => return error.into(),
            EngineError::Snapshot(error) => return error.into(),
            EngineError::WrongState { sandbox, state, wanted } => {
                say(Code::FailedPrecondition, "WRONG_STATE")
                    .with("sandbox", &sandbox)
                    .with("state", super::convert::state(state).as_str_name())
                    .precondition("SANDBOX_STATE", sandbox, wanted)
            }
            EngineError::Deleted { sandbox } => {
                say(Code::Aborted, "SANDBOX_DELETED").with("sandbox", sandbox)
            }
            EngineError::Invalid { field, message } => {
                return invalid(vec![FieldViolation::new(field, message)]);
            }
            EngineError::Exhausted { what } => {
                say(Code::ResourceExhausted, "BOUND_REACHED").with("bound", what).retry()
            }
            EngineError::ExecNotFound { exec } => {
                say(Code::NotFound, "EXEC_NOT_FOUND").with("exec", exec)
            }
            EngineError::NoMainProcess { sandbox } => say(
                Code::FailedPrecondition,
                "NO_MAIN_PROCESS",
            )
            .precondition("MAIN_PROCESS", sandbox, "make it with a main process"),
            EngineError::PortNotOpen { sandbox, port } => {
                say(Code::NotFound, "PORT_NOT_OPEN").with("sandbox", sandbox).with("port", port)
            }
            EngineError::Publish { index, error } => {
                return publish::status(&error, &format!("ports[{index}].host_port"));
            }
            EngineError::Unhealthy { port, .. } => say(Code::FailedPrecondition, "UNHEALTHY")
                .with("port", port)
                .precondition("HEALTH_CHECK", format!("port {port}"), "must pass the health check"),
            EngineError::ExecEnded => say(Code::FailedPrecondition, "EXEC_ENDED").precondition(
                "EXEC_STATE",
                "exec",
                "must be running",
            ),
            EngineError::ShuttingDown => return shutting_down(&message),
            EngineError::Store(_) => say(Code::Internal, "STORE_FAILED"),
            EngineError::Network(error) => return error.into(),
            EngineError::Spawn(error) => return error.into(),
            EngineError::File(error) => return error.into(),
            EngineError::Runtime(error) => return error.into(),
        }
        .into()
    }
}

impl From<SpawnError> for Status {
    fn from(error: SpawnError) -> Self {
        let (code, reason) = match &error {
            SpawnError::CommandNotFound(_) => (Code::NotFound, "COMMAND_NOT_FOUND"),
            SpawnError::NotExecutable(_) => (Code::PermissionDenied, "NOT_EXECUTABLE"),
            SpawnError::BadInterpreter(_) => (Code::FailedPrecondition, "BAD_INTERPRETER"),
            SpawnError::CwdNotFound(_) => (Code::NotFound, "CWD_NOT_FOUND"),
            SpawnError::CwdNotAccessible(_) => (Code::PermissionDenied, "CWD_NOT_ACCESSIBLE"),
            SpawnError::UserNotFound(_) => (Code::NotFound, "USER_NOT_FOUND"),
            SpawnError::ArgumentsTooLong(_) => (Code::InvalidArgument, "ARGUMENTS_TOO_LONG"),
            SpawnError::OutOfMemory(_) => (Code::ResourceExhausted, "OUT_OF_MEMORY"),
            SpawnError::OutOfPids(_) => (Code::ResourceExhausted, "OUT_OF_PIDS"),
            SpawnError::TooManyExecs(_) => (Code::ResourceExhausted, "TOO_MANY_EXECS"),
            SpawnError::Other(_) => (Code::Internal, "SPAWN_FAILED"),
            SpawnError::Machine(error) => return error.clone().into(),
        };
        let said = answer(code, reason, &error);
        match error {
            SpawnError::CommandNotFound(_)
            | SpawnError::NotExecutable(_)
            | SpawnError::BadInterpreter(_) => said.field("spec.command[0]"),
            SpawnError::ArgumentsTooLong(_) => said.field("spec.command"),
            SpawnError::CwdNotFound(_) | SpawnError::CwdNotAccessible(_) => said.field("spec.cwd"),
            SpawnError::UserNotFound(_) => said.field("spec.user"),
            SpawnError::OutOfMemory(_) | SpawnError::OutOfPids(_) | SpawnError::TooManyExecs(_) => {
                said.retry()
            }
            SpawnError::Other(_) | SpawnError::Machine(_) => said,
        }
        .into()
    }
}

impl From<RuntimeError> for Status {
    fn from(error: RuntimeError) -> Self {
        match &error {
            RuntimeError::Gone => answer(Code::Aborted, "SANDBOX_ENDED", &error),
            RuntimeError::BadImage(_) => answer(Code::FailedPrecondition, "BAD_IMAGE", &error)
                .precondition(
                    "IMAGE",
                    "image",
                    "must be a root file system that a sandbox can start from",
                ),
            RuntimeError::Exhausted(what) => {
                answer(Code::ResourceExhausted, "HOST_EXHAUSTED", &error).with("of", what).retry()
            }
            RuntimeError::Failed { .. } => answer(Code::Internal, "RUNTIME_FAILED", &error),
        }
        .into()
    }
}

impl From<WatchEnd> for Status {
    fn from(end: WatchEnd) -> Self {
        match end {
            WatchEnd::Lagged => answer(Code::ResourceExhausted, "WATCH_LAGGED", end).retry().into(),
            WatchEnd::ShuttingDown => shutting_down(&end.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::ImageError;
    use crate::model::{SandboxId, SandboxState};

    fn reason(status: &Status) -> String {
        let details = status.get_error_details();
        let info = details.error_info().expect("every status has a reason");
        assert_eq!(info.domain, ERROR_DOMAIN);
        info.reason.clone()
    }

    #[test]
    fn a_wrong_state_tells_which_and_what_is_wanted() {
        let sandbox = SandboxId::from_uuid(1);
        let state = SandboxState::Paused;
        let error = EngineError::WrongState { sandbox, state, wanted: "resume it first" };
        let status = Status::from(error);
        assert_eq!(status.code(), Code::FailedPrecondition);
        assert_eq!(reason(&status), "WRONG_STATE");
        let details = status.get_error_details();
        let info = details.error_info().unwrap();
        assert_eq!(info.metadata["state"], "SANDBOX_STATE_PAUSED");
        let violation = &details.precondition_failure().unwrap().violations[0];
        assert_eq!(violation.description, "resume it first");
    }

    #[test]
    fn what_comes_back_soon_has_a_time_to_retry() {
        let statuses: [Status; 4] = [
            EngineError::ShuttingDown.into(),
            EngineError::Exhausted { what: "sandboxes".to_owned() }.into(),
            SpawnError::TooManyExecs(String::new()).into(),
            ImageError::Busy.into(),
        ];
        for status in statuses {
            assert!(status.get_error_details().retry_info().is_some(), "{status:?}");
        }
    }

    #[test]
    fn a_status_of_the_library_gets_a_reason() {
        let response = completed(Status::out_of_range("too large").into_http());
        let status = Status::from_header_map(response.headers()).unwrap();
        assert_eq!((status.code(), &*reason(&status)), (Code::OutOfRange, "MESSAGE_TOO_BIG"));
        let response = completed(Status::internal("no message").into_http());
        let status = Status::from_header_map(response.headers()).unwrap();
        assert_eq!((status.code(), &*reason(&status)), (Code::InvalidArgument, "BAD_MESSAGE"));
        let own = Status::from(RuntimeError::Failed { step: "x".into(), cause: "y".into() });
        let response = completed(own.into_http());
        let status = Status::from_header_map(response.headers()).unwrap();
        assert_eq!((status.code(), &*reason(&status)), (Code::Internal, "RUNTIME_FAILED"));
    }
}
