//! A credential's header in a request.

use hyper::Request;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};

use crate::model::Credential;

/// Headers by which some servers take another method or path for the
/// request's.
const OVERRIDES: [&str; 5] = [
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-url",
    "x-rewrite-url",
];

/// Adds what these say, in the place of what the request says itself.
pub(super) fn add<B>(request: &mut Request<B>, credentials: &[Credential]) {
    let mut credentials: Vec<_> = credentials.iter().collect();
    // The one of the longest path last: it stays.
    credentials.sort_by_key(|credential| credential.path.len());
    let headers = request.headers_mut();
    if credentials.iter().any(|one| !one.is_for_any_path() || !one.methods.is_empty()) {
        for name in OVERRIDES {
            headers.remove(name);
        }
    }
    for credential in credentials {
        let name = HeaderName::from_bytes(credential.header.as_bytes());
        let value = HeaderValue::from_str(credential.value.reveal());
        // Both were checked when they came.
        let (Ok(name), Ok(mut value)) = (name, value) else { continue };
        value.set_sensitive(true);
        remove_all(headers, &name);
        headers.insert(name, value);
    }
}

/// Also under the names that a CGI takes for the same.
fn remove_all(headers: &mut HeaderMap, name: &HeaderName) {
    let plain = |name: &HeaderName| name.as_str().replace('_', "-");
    let wanted = plain(name);
    let same: Vec<_> = headers.keys().filter(|other| plain(other) == wanted).cloned().collect();
    for other in same {
        headers.remove(other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Secret;

    fn credential(path: &str, header: &str, value: &str) -> Credential {
        Credential {
            name: "api".to_owned(),
            host: "api.test".to_owned(),
            path: path.to_owned(),
            methods: Vec::new(),
            header: header.to_owned(),
            value: Secret::new(value.to_owned()),
            plain_http: false,
        }
    }

    #[test]
    fn the_requests_own_headers_of_that_name_are_gone() {
        let mut request = Request::builder()
            .header("X-Api-Key", "mine")
            .header("x-api-key", "mine, too")
            .header("X_Api_Key", "in another dress")
            .header("x-http-method-override", "DELETE")
            .header("accept", "*/*")
            .body(())
            .unwrap();
        add(&mut request, &[credential("/", "x-api-key", "hush")]);
        let all: Vec<_> = request.headers().get_all("x-api-key").iter().collect();
        assert_eq!(all, ["hush"]);
        assert!(all[0].is_sensitive());
        assert_eq!(request.headers().len(), 3, "{:?}", request.headers());
        add(&mut request, &[credential("/v1", "x-api-key", "hush")]);
        assert_eq!(request.headers().len(), 2, "a method may be bound");
    }

    #[test]
    fn the_longest_path_wins() {
        let mut request = Request::builder().body(()).unwrap();
        let (long, short) = (credential("/v1/users", "a", "long"), credential("/v1", "a", "short"));
        add(&mut request, &[long, short]);
        assert_eq!(request.headers().get("a").unwrap(), "long");
    }
}
