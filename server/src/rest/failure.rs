//! What a caller is told when a call fails: a gRPC status, as JSON, with the
//! HTTP code that belongs to it.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use axum::response::IntoResponse;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, Value};
use serde_json::json;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

use super::json::to_value;

/// `google.rpc.Status` and what is in its details.
static GOOGLE_RPC: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(tonic_types::pb::FILE_DESCRIPTOR_SET).expect("the crate encoded it")
});

/// A refusal or an error, on its way to the caller.
#[derive(Debug)]
pub(super) struct Failure {
    status: Status,
    http: StatusCode,
    headers: HeaderMap,
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let http = http_code(status.code());
        let mut headers = HeaderMap::new();
        if let Some(delay) = status.get_details_retry_info().and_then(|info| info.retry_delay) {
            let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if http == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        Self { status, http, headers }
    }
}

impl Failure {
    fn new(code: Code, reason: &str, message: impl Into<String>) -> Self {
        let info = ErrorDetails::with_error_info(reason, skerry_api::ERROR_DOMAIN, HashMap::new());
        Status::with_error_details(code, message, info).into()
    }

    fn with(mut self, http: StatusCode) -> Self {
        self.http = http;
        self
    }

    fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Fields that are not as they must be.
    pub(super) fn invalid(field: &str, description: impl Into<String>) -> Self {
        let description = description.into();
        let mut details = ErrorDetails::with_error_info(
            "INVALID_FIELD",
            skerry_api::ERROR_DOMAIN,
            HashMap::new(),
        );
        let message = match field {
            "" => description.clone(),
            field => format!("{field}: {description}"),
        };
        details.set_bad_request(vec![FieldViolation::new(field, description)]);
        Status::with_error_details(Code::InvalidArgument, message, details).into()
    }

    /// A body that is no JSON.
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidArgument, "MALFORMED_JSON", message)
    }

    /// A body of another kind.
    pub(super) fn unsupported(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidArgument, "UNSUPPORTED_MEDIA_TYPE", message)
            .with(StatusCode::UNSUPPORTED_MEDIA_TYPE)
    }

    /// A body past its bound.
    pub(super) fn too_large(bound: usize) -> Self {
        let message = format!("the body has more than {bound} bytes");
        Self::new(Code::OutOfRange, "BODY_TOO_LARGE", message).with(StatusCode::PAYLOAD_TOO_LARGE)
    }

    /// A body that broke off.
    pub(super) fn cut() -> Self {
        Self::new(Code::InvalidArgument, "BODY_CUT", "the body ended before its end")
    }

    /// A path of nothing.
    pub(super) fn unknown_path(path: &str) -> Self {
        Self::new(Code::NotFound, "UNKNOWN_PATH", format!("there is nothing at {path}"))
    }

    /// A path with other methods.
    pub(super) fn method_not_allowed(method: &Method, path: &str, allowed: &str) -> Self {
        let message = format!("{path} has no {method}; it has {allowed}");
        Self::new(Code::Unimplemented, "METHOD_NOT_ALLOWED", message)
            .with(StatusCode::METHOD_NOT_ALLOWED)
            .header(header::ALLOW, allowed)
    }

    /// A range that a content does not have.
    pub(super) fn no_such_range(size: u64) -> Self {
        let message = format!("the content has {size} bytes, and the range none of them");
        Self::new(Code::OutOfRange, "RANGE_NOT_SATISFIABLE", message)
            .with(StatusCode::RANGE_NOT_SATISFIABLE)
            .header(header::CONTENT_RANGE, &format!("bytes */{size}"))
    }

    /// A call that is made over a WebSocket, without one.
    pub(super) fn upgrade_required(protocol: &str) -> Self {
        let message = format!("this call is a WebSocket with the subprotocol {protocol}");
        Self::new(Code::FailedPrecondition, "UPGRADE_REQUIRED", message)
            .with(StatusCode::UPGRADE_REQUIRED)
            .header(header::UPGRADE, "websocket")
    }

    /// A web page that is none of ours.
    pub(super) fn foreign_origin(why: String) -> Self {
        Self::new(Code::PermissionDenied, "ORIGIN_NOT_ALLOWED", why)
    }

    /// An answer that is not what its descriptor says.
    pub(super) fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "an answer can't be told in JSON");
        Self::new(Code::Internal, "INTERNAL", "the answer can't be told in JSON")
    }

    /// The body: `{"error": {"code", "message", "status", "details"}}`.
    pub(super) fn body(&self) -> serde_json::Value {
        json!({ "error": {
            "code": self.http.as_u16(),
            "message": self.status.message(),
            "status": name(self.status.code()),
            "details": details(&self.status),
        }})
    }
}

impl IntoResponse for Failure {
    fn into_response(mut self) -> Response<Body> {
        let json = HeaderValue::from_static("application/json");
        self.headers.insert(header::CONTENT_TYPE, json);
        let body = self.body().to_string();
        (self.http, self.headers, body).into_response()
    }
}

/// The details, each with its `@type`.
fn details(status: &Status) -> Vec<serde_json::Value> {
    let described = || GOOGLE_RPC.get_message_by_name("google.rpc.Status");
    let decoded = described().and_then(|status_type: MessageDescriptor| {
        DynamicMessage::decode(status_type, status.details()).ok()
    });
    let list =
        decoded.and_then(|status| status.get_field_by_name("details").map(|d| d.into_owned()));
    let Some(Value::List(details)) = list else { return Vec::new() };
    // One of a type that is not known here is left out.
    details.iter().filter_map(|any| to_value(any.as_message()?).ok()).collect()
}

/// As google.rpc.Code maps them.
fn http_code(code: Code) -> StatusCode {
    /// The caller went away; nobody sees it.
    const CLIENT_CLOSED: u16 = 499;
    match code {
        Code::Ok => StatusCode::OK,
        Code::Cancelled => StatusCode::from_u16(CLIENT_CLOSED).expect("three digits"),
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => {
            StatusCode::BAD_REQUEST
        }
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Unknown | Code::Internal | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The code's name in google.rpc.Code.
fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn who_may_try_again_is_told_when_in_whole_seconds() {
        for (wait, told) in [(1, "1"), (1000, "1"), (1001, "2")] {
            let mut details =
                ErrorDetails::with_error_info("LATER", skerry_api::ERROR_DOMAIN, HashMap::new());
            details.set_retry_info(Some(Duration::from_millis(wait)));
            for (code, http) in [(Code::ResourceExhausted, 429), (Code::Unavailable, 503)] {
                let status = Status::with_error_details(code, "later", details.clone());
                let response = Failure::from(status).into_response();
                assert_eq!(response.status(), http);
                assert_eq!(response.headers()[header::RETRY_AFTER], told, "{wait} ms");
            }
        }
        let never = Failure::from(Status::unavailable("gone")).into_response();
        assert!(!never.headers().contains_key(header::RETRY_AFTER));
    }
}
