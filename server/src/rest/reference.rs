//! The page at `/reference`: the document for people, with a form that tries
//! each call. It is Scalar, carried along; it works without the Internet, and
//! the browser is told to ask nobody else.

use std::io::Read;
use std::sync::OnceLock;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Response, header};
use axum::response::IntoResponse;
use axum::routing::get;
use bytes::Bytes;
use flate2::read::GzDecoder;

const PAGE: &str = include_str!("reference/page.html");
const START: &str = include_str!("reference/page.js");
/// As it was packed; see the README beside it.
const SCALAR: &[u8] = include_bytes!("reference/scalar.js.gz");

/// What the page may do: run its two scripts and ask this daemon.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; \
                      img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";
/// Scripts change with the daemon alone.
const KEEP: &str = "private, max-age=3600";

/// Serves the page.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/reference", get(page))
        .route("/reference/page.js", get(async || script(Bytes::from_static(START.as_bytes()))))
        .route("/reference/scalar.js", get(scalar))
}

async fn page() -> Response<Body> {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, PAGE).into_response()
}

async fn scalar(headers: HeaderMap) -> Response<Body> {
    let accepts = headers.get_all(header::ACCEPT_ENCODING).iter();
    let mut accepts = accepts.filter_map(|value| value.to_str().ok());
    if accepts.any(|value| value.split([',', ';']).any(|coding| coding.trim() == "gzip")) {
        return ([(header::CONTENT_ENCODING, "gzip")], script(Bytes::from_static(SCALAR)))
            .into_response();
    }
    static PLAIN: OnceLock<Bytes> = OnceLock::new();
    let plain = PLAIN.get_or_init(|| {
        let mut plain = Vec::new();
        GzDecoder::new(SCALAR).read_to_end(&mut plain).expect("a test unpacks it");
        plain.into()
    });
    script(plain.clone())
}

fn script(content: Bytes) -> Response<Body> {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, KEEP),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::VARY, "accept-encoding"),
    ];
    (headers, content).into_response()
}
