//! What a failed call says.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::fault::Fault;
use crate::upload::UploadError;

/// A field of the request that the daemon refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldViolation {
    /// Its path in the request, for example `limits.memory_bytes`.
    pub field: String,
    /// What is wrong with it.
    pub description: String,
}

/// Whether the same call may succeed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAdvice {
    /// It won't without a change.
    Never,
    /// It may, at some time.
    Later,
    /// It may after this long: the daemon said so.
    After(Duration),
}

/// A call that failed.
///
/// `reason` is what to match on: it is stable, upper case, and finer than the
/// code.
///
/// ```no_run
/// # async fn example(client: skerry_client::Client) {
/// match client.sandbox("web").await {
///     Ok(sandbox) => println!("{}", sandbox.id),
///     Err(error) if error.reason.as_deref() == Some("SANDBOX_NOT_FOUND") => {}
///     Err(error) => eprintln!("{error}"),
/// }
/// # }
/// ```
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct Error {
    /// The canonical code.
    pub code: Code,
    /// The daemon's stable reason, for example `SANDBOX_NOT_FOUND`; `None`
    /// where the call didn't get to it, or was cut.
    pub reason: Option<String>,
    /// What went wrong, for people.
    pub message: String,
    /// The fields that were wrong, for `InvalidArgument`.
    pub fields: Vec<FieldViolation>,
    /// Whether to try again.
    pub retry: RetryAdvice,
    /// No daemon was reached: nothing has happened there.
    pub unreachable: bool,
    /// What is wrong with who was reached instead, where that is known.
    pub fault: Option<Fault>,
}

impl Error {
    /// Whether the same call may succeed later.
    pub fn retryable(&self) -> bool {
        self.retry != RetryAdvice::Never
    }

    /// Whether the connection was lost, rather than the call refused: what the
    /// daemon refuses has a reason, always.
    pub(crate) fn is_cut(&self) -> bool {
        self.code == Code::Unavailable
    }

    /// A stream that stopped before its last message.
    pub(crate) fn cut(message: &str) -> Self {
        Self { reason: None, ..Self::own(Code::Unavailable, "", message) }
    }

    /// What this side itself finds.
    pub(crate) fn own(code: Code, reason: &str, message: &str) -> Self {
        let retry = match code {
            Code::Unavailable => RetryAdvice::Later,
            _ => RetryAdvice::Never,
        };
        Self {
            code,
            reason: Some(reason.to_owned()),
            message: message.to_owned(),
            fields: Vec::new(),
            retry,
            unreachable: false,
            fault: None,
        }
    }

    /// What was to be sent can't be read.
    pub(crate) fn source_failed(error: &io::Error) -> Self {
        let why = format!("what is sent can't be read: {error}");
        Self::own(Code::Aborted, "SOURCE_FAILED", &why)
    }
}

impl From<UploadError> for Error {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Source(error) => Self::source_failed(&error),
            UploadError::Call(error) => error,
        }
    }
}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let fields = details.bad_request().map_or_else(Vec::new, |bad| {
            let violation = |v: &tonic_types::FieldViolation| FieldViolation {
                field: v.field.clone(),
                description: v.description.clone(),
            };
            bad.field_violations.iter().map(violation).collect()
        });
        let delay = details.retry_info().map(|info| info.retry_delay);
        let cause = transport_cause(&status);
        let code = match (&cause, status.code()) {
            // A connection that was lost; which layer found out is chance.
            (Some(_), Code::Unknown | Code::Internal | Code::Cancelled) => Code::Unavailable,
            (_, code) => code,
        };
        let retry = match (delay, code) {
            (Some(Some(delay)), _) => RetryAdvice::After(delay),
            (Some(None), _) | (None, Code::Unavailable) => RetryAdvice::Later,
            (None, _) => RetryAdvice::Never,
        };
        let unreachable = cause.as_ref().is_some_and(|cause| cause.connecting);
        Self {
            code,
            reason: details.error_info().map(|info| info.reason.clone()),
            message: cause
                .as_ref()
                .map_or_else(|| status.message(), |cause| &cause.message)
                .to_owned(),
            fields,
            retry,
            unreachable,
            fault: cause.and_then(|cause| cause.fault),
        }
    }
}

/// Why the connection failed, where that is what failed.
struct TransportCause {
    message: String,
    connecting: bool,
    fault: Option<Fault>,
}

/// The innermost error of a status that this side made: what the operating
/// system or HTTP/2 said, not the layers around it.
fn transport_cause(status: &Status) -> Option<TransportCause> {
    let mut error = status.source()?;
    let (mut connecting, mut fault) = (false, None);
    loop {
        // Its text is `tcp connect error` or `dns error`; the type behind it is
        // private.
        let text = error.to_string();
        connecting |= text.ends_with("connect error") || text == "dns error";
        fault = Fault::of(error).or(fault);
        match error.source() {
            Some(inner) => error = inner,
            None => break,
        }
    }
    connecting |= fault.is_some();
    Some(TransportCause { message: plain(error), connecting, fault })
}

/// An operating system's error without its number.
fn plain(error: &(dyn StdError + 'static)) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((reason, _)) => reason.to_lowercase(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn a_status_keeps_its_reason_fields_and_delay() {
        let mut details = ErrorDetails::new();
        details.set_error_info("MEMORY_TOO_SMALL", "skerry", std::collections::HashMap::new());
        details.add_bad_request_violation("limits.memory_bytes", "must be more");
        details.set_retry_info(Some(Duration::from_millis(1500)));
        let status = Status::with_error_details(Code::InvalidArgument, "bad limits", details);
        let error = Error::from(status);
        assert_eq!(error.code, Code::InvalidArgument);
        assert_eq!(error.reason.as_deref(), Some("MEMORY_TOO_SMALL"));
        assert_eq!(error.to_string(), "bad limits");
        assert_eq!(error.fields[0].field, "limits.memory_bytes");
        assert_eq!(error.retry, RetryAdvice::After(Duration::from_millis(1500)));
        assert!(!error.unreachable);
    }

    #[test]
    fn only_what_may_pass_later_is_worth_another_try() {
        let retry = |code| Error::from(Status::new(code, "")).retry;
        assert_eq!(retry(Code::Unavailable), RetryAdvice::Later);
        assert_eq!(retry(Code::NotFound), RetryAdvice::Never);
    }

    #[tokio::test]
    async fn a_daemon_that_is_not_there_is_unreachable() {
        // A port that was free a moment ago and that nothing listens on.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        drop(listener);
        let client = crate::Client::connect(&address, Some("t")).expect("a client");
        let error = client.system_info().await.expect_err("nothing listens");
        assert!(error.unreachable, "{error:?}");
        assert_eq!(error.message, "connection refused");
        assert_eq!(error.code, Code::Unavailable);
    }
}
