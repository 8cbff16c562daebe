//! Which web pages may call: those that this daemon served itself, and those
//! that it was told of. What is no web page sends no `origin`.

use axum::http::{HeaderName, HeaderValue, Method, header, request};
use tower_http::cors::{AllowHeaders, CorsLayer};

use super::failure::Failure;

/// The origins of web pages that may call.
#[derive(Debug, Clone, Default)]
pub struct Origins(Vec<HeaderValue>);

impl Origins {
    /// These: each a scheme, a host and a port where it has one.
    pub fn new(origins: Vec<HeaderValue>) -> Self {
        Self(origins)
    }

    /// What tells browsers so; `None` where there are none.
    pub fn cors(&self) -> Option<CorsLayer> {
        const EXPOSED: [HeaderName; 8] = [
            header::ACCEPT_RANGES,
            header::CONTENT_LENGTH,
            header::CONTENT_RANGE,
            header::LAST_MODIFIED,
            header::RETRY_AFTER,
            HeaderName::from_static("grpc-status"),
            HeaderName::from_static("grpc-message"),
            HeaderName::from_static("grpc-status-details-bin"),
        ];
        const METHODS: [Method; 5] =
            [Method::GET, Method::POST, Method::PATCH, Method::PUT, Method::DELETE];
        let layer = CorsLayer::new()
            .allow_origin(self.0.clone())
            .allow_methods(METHODS)
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(EXPOSED);
        (!self.0.is_empty()).then_some(layer)
    }

    /// Refuses a request of another web page. A page that a name leads to is
    /// another's as well: names are what others can point here.
    pub(super) fn check(&self, parts: &request::Parts) -> Result<(), Failure> {
        let Some(origin) = parts.headers.get(header::ORIGIN) else { return Ok(()) };
        let host = match parts.uri.authority() {
            Some(authority) => authority.as_str(),
            None => {
                parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("")
            }
        };
        let own = is_address(host)
            && ["http", "https"].iter().any(|scheme| *origin == format!("{scheme}://{host}"));
        match own || self.0.contains(origin) {
            true => Ok(()),
            false => Err(Failure::foreign_origin(&String::from_utf8_lossy(origin.as_bytes()))),
        }
    }
}

/// Whether a host is `localhost` or an address, with or without a port.
fn is_address(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name == "localhost" || bare.parse::<std::net::IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &str, origin: &'static str) -> bool {
        let request = axum::http::Request::builder()
            .header(header::HOST, host)
            .header(header::ORIGIN, origin)
            .body(())
            .unwrap();
        let told = Origins::new(vec![HeaderValue::from_static("https://app.example")]);
        told.check(&request.into_parts().0).is_ok()
    }

    #[test]
    fn only_own_pages_and_those_told_of_may_call() {
        assert!(check("127.0.0.1:4000", "http://127.0.0.1:4000"));
        assert!(check("[::1]:4000", "http://[::1]:4000"));
        assert!(check("localhost:4000", "http://localhost:4000"));
        assert!(check("127.0.0.1:4000", "https://app.example"));
        assert!(!check("127.0.0.1:4000", "http://127.0.0.1:5000"));
        assert!(!check("127.0.0.1:4000", "https://evil.example"));
        assert!(!check("127.0.0.1:4000", "null"));
        // A name that its owner lets lead here.
        assert!(!check("evil.example:4000", "http://evil.example:4000"));
    }
}
