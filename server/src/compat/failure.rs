//! What goes wrong, before a system gives it its shape.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::Value;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::auth::Denied;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// A body that is not as it must be, and where: `mounts[0].path`.
    Invalid { path: String, message: String },
    /// Who calls is not let in.
    Denied(Denied),
    /// A service refused.
    Refused(Status),
    /// What the system says in such a case.
    Said(StatusCode, String),
    /// The same, whole.
    Whole(StatusCode, Value),
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Self::Refused(status)
    }
}

impl Failure {
    pub(super) fn said(code: StatusCode, text: impl Into<String>) -> Self {
        Self::Said(code, text.into())
    }

    pub(super) fn invalid(path: &str, message: impl Into<String>) -> Self {
        Self::Invalid { path: path.to_owned(), message: message.into() }
    }

    /// What is named is not there.
    pub(super) fn missing(text: &str) -> Self {
        Self::said(StatusCode::NOT_FOUND, text)
    }
}

/// The code that HTTP has for a service's.
pub(super) fn http_code(status: &Status) -> StatusCode {
    match status.code() {
        Code::InvalidArgument | Code::OutOfRange => StatusCode::BAD_REQUEST,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted | Code::FailedPrecondition => StatusCode::CONFLICT,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unavailable | Code::Cancelled => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What a service said, for people; of what broke inside, nothing.
pub(super) fn message(status: &Status) -> String {
    match http_code(status) {
        StatusCode::INTERNAL_SERVER_ERROR => "the daemon failed; its log says why".to_owned(),
        _ => status.message().to_owned(),
    }
}

/// The stable word for why a service refused.
pub(super) fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

/// Seconds after which it may go better.
pub(super) fn retry_after(failure: &Failure) -> Option<u64> {
    let delay = match failure {
        Failure::Refused(status) => status.get_details_retry_info()?.retry_delay?,
        Failure::Denied(Denied::Throttled(delay)) => *delay,
        _ => return None,
    };
    Some(delay.as_secs() + u64::from(delay.subsec_nanos() > 0))
}

/// The code for who is not let in.
pub(super) fn denied_code(denied: &Denied) -> StatusCode {
    match denied {
        Denied::Missing | Denied::Malformed | Denied::Unknown | Denied::Ended => {
            StatusCode::UNAUTHORIZED
        }
        Denied::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
        Denied::NotThere(..) => StatusCode::NOT_FOUND,
        _ => StatusCode::FORBIDDEN,
    }
}

/// An answer in JSON.
pub(super) fn json(value: &Value) -> Response<Body> {
    shown(StatusCode::OK, value, None)
}

/// The same, with what it may say beside.
pub(super) fn shown(code: StatusCode, value: &Value, retry: Option<u64>) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = code;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if code == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = retry {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    response
}
