//! Which web pages may call: those that this daemon served itself, and those
//! that it was told of. What is no web page sends no `origin`.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header, request};
use tower_http::cors::{AllowHeaders, CorsLayer};

use super::failure::Failure;

/// The origins of web pages that may call.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    told: Vec<HeaderValue>,
    /// Names of this daemon, in lower case.
    names: Vec<String>,
}

impl Origins {
    /// These: each a scheme, a host and a port where it has one; and those of
    /// this daemon's own pages, which is reached by its addresses and these
    /// names.
    pub fn new(told: Vec<HeaderValue>, names: Vec<String>) -> Self {
        let names = names.into_iter().map(|name| name.to_ascii_lowercase()).collect();
        Self { told, names }
    }

    /// Whether a host leads to this daemon for sure: `localhost`, an address,
    /// or a name that it was told. Another name may have been pointed here by
    /// whoever owns it, so that their pages count as this daemon's.
    pub fn is_own_host(&self, host: &str) -> bool {
        let name = name_of(host);
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        name.eq_ignore_ascii_case("localhost")
            || bare.parse::<std::net::IpAddr>().is_ok()
            || self.names.iter().any(|own| own.eq_ignore_ascii_case(name))
    }

    /// The host that a request is for.
    pub fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> &'a str {
        match uri.authority() {
            Some(authority) => authority.as_str(),
            None => headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or(""),
        }
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
            .allow_origin(self.told.clone())
            .allow_methods(METHODS)
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(EXPOSED);
        (!self.told.is_empty()).then_some(layer)
    }

    /// Why a request is not served that another web page makes. A page that a
    /// name leads to is another's as well: names are what others can point here.
    pub fn refusal(&self, parts: &request::Parts) -> Option<String> {
        let origin = parts.headers.get(header::ORIGIN)?;
        let host = Self::host(&parts.uri, &parts.headers);
        let own = self.is_own_host(host)
            && ["http", "https"].iter().any(|scheme| *origin == format!("{scheme}://{host}"));
        let allowed = own || self.told.contains(origin);
        (!allowed).then(|| {
            let origin = String::from_utf8_lossy(origin.as_bytes());
            format!(
                "pages of {origin} may not call this daemon: start skerryd with --cors-origin {origin}"
            )
        })
    }

    /// Refuses a request of another web page.
    pub(super) fn check(&self, parts: &request::Parts) -> Result<(), Failure> {
        match self.refusal(parts) {
            None => Ok(()),
            Some(why) => Err(Failure::foreign_origin(why)),
        }
    }
}

/// A host without its port.
fn name_of(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
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
        let told = vec![HeaderValue::from_static("https://app.example")];
        let told = Origins::new(told, vec!["Box.example".to_owned()]);
        told.check(&request.into_parts().0).is_ok()
    }

    #[test]
    fn only_own_pages_and_those_told_of_may_call() {
        assert!(check("127.0.0.1:4000", "http://127.0.0.1:4000"));
        assert!(check("[::1]:4000", "http://[::1]:4000"));
        assert!(check("localhost:4000", "http://localhost:4000"));
        assert!(check("127.0.0.1:4000", "https://app.example"));
        assert!(check("box.example:4000", "http://box.example:4000"));
        assert!(!check("127.0.0.1:4000", "http://127.0.0.1:5000"));
        assert!(!check("127.0.0.1:4000", "https://evil.example"));
        assert!(!check("127.0.0.1:4000", "null"));
        // A name that its owner lets lead here.
        assert!(!check("evil.example:4000", "http://evil.example:4000"));
    }
    #[test]
    fn a_host_is_the_daemons_own_or_a_strangers() {
        let origins = Origins::new(Vec::new(), vec!["box.example".to_owned()]);
        for own in [
            "localhost",
            "LOCALHOST:1",
            "127.0.0.1:4000",
            "[::1]:4000",
            "10.0.0.7",
            "BOX.example:4000",
        ] {
            assert!(origins.is_own_host(own), "{own}");
        }
        for other in [
            "",
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example:4000",
            "xbox.example",
            "box.example.:1",
            "127.0.0.1@evil.example",
        ] {
            assert!(!origins.is_own_host(other), "{other}");
        }
    }
}
