//! The pages that the daemon serves: embedded, with nothing from elsewhere.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;

/// Nothing but the page's own script and style, and calls of this daemon.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What is served, with its kind.
const FILES: [(&str, &str, &str); 3] = [
    ("/pair", "text/html; charset=utf-8", include_str!("web/pair.html")),
    ("/pair.js", "text/javascript; charset=utf-8", include_str!("web/pair.js")),
    ("/pair.css", "text/css; charset=utf-8", include_str!("web/pair.css")),
];

/// The page that confirms a pairing, at `/pair#CODE`.
pub fn pages() -> Router {
    FILES.into_iter().fold(Router::new(), |router, (path, kind, text)| {
        router.route(path, get(async move || page(kind, text)))
    })
}

/// Whether a path is one of these pages.
pub fn is_page(path: &str) -> bool {
    FILES.iter().any(|(file, ..)| *file == path)
}

fn page(kind: &'static str, text: &'static str) -> impl IntoResponse {
    let fixed = |name: HeaderName, value| (name, HeaderValue::from_static(value));
    let headers = [
        fixed(header::CONTENT_TYPE, kind),
        fixed(header::CONTENT_SECURITY_POLICY, POLICY),
        fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        fixed(header::REFERRER_POLICY, "no-referrer"),
        fixed(header::CACHE_CONTROL, "no-store"),
    ];
    (headers, text)
}
