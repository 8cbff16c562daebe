//! What a caller gets instead of the sandbox's answer.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use axum::http::{Response, StatusCode};

/// Shown to people while a sandbox wakes; it looks again by itself.
const WARMING_PAGE: &str = include_str!("warming.html");

/// Why there is no answer of the sandbox's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// The host leads to no sandbox that is there.
    #[error("there is no such sandbox, or it was deleted")]
    NoSandbox,
    /// The port is not in the sandbox's list.
    #[error(
        "port {0} of this sandbox is not open: open it with `skerry update SANDBOX --port {0}`"
    )]
    NotOpen(u16),
    /// It needs a link.
    #[error("this preview is private: ask its owner for a link, which `skerry url` makes")]
    Private,
    /// The link is not good, or not any more.
    #[error("this link has run out or was revoked: ask for another")]
    BadLink,
    /// Another site sent the visitor's browser.
    #[error("this preview is private, and the request comes from another site")]
    OtherSite,
    /// It can't be woken.
    #[error("the sandbox can't be woken: {0}")]
    CantWake(String),
    /// It runs, and nothing listens.
    #[error("nothing listens on port {0} of this sandbox")]
    NotListening(u16),
    /// It was waited for in vain.
    #[error("port {0} of this sandbox did not become ready in time")]
    NotReady(u16),
    /// The app's answer can't be used, or broke off.
    #[error("the sandbox's answer can't be used: {0}")]
    Broken(String),
    /// At a bound.
    #[error("too many requests are under way: try again in a moment")]
    TooMany,
    /// The request is ambiguous.
    #[error("{0}")]
    BadRequest(&'static str),
    /// A browser waits.
    #[error("the sandbox is waking up")]
    Warming,
    /// The daemon goes down.
    #[error("the daemon is shutting down")]
    ShuttingDown,
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoSandbox | Self::NotOpen(_) => StatusCode::NOT_FOUND,
            Self::Private | Self::BadLink => StatusCode::UNAUTHORIZED,
            Self::OtherSite => StatusCode::FORBIDDEN,
            Self::CantWake(_) | Self::NotListening(_) | Self::Broken(_) => StatusCode::BAD_GATEWAY,
            Self::NotReady(_) => StatusCode::GATEWAY_TIMEOUT,
            Self::TooMany | Self::Warming | Self::ShuttingDown => StatusCode::SERVICE_UNAVAILABLE,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
        }
    }

    /// The whole answer.
    pub(super) fn answer(&self) -> Response<Body> {
        let status = self.status();
        let (kind, body) = match self {
            Self::Warming => ("text/html; charset=utf-8", Body::from(WARMING_PAGE)),
            _ => ("text/plain; charset=utf-8", Body::from(format!("skerry: {self}\n"))),
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}
