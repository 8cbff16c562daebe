//! The name that a request is for.

use hyper::header::HOST;
use hyper::http::uri::Authority;
use hyper::{Method, Request};

/// The host of a request in lower case, without port and final dot. `None`
/// where it says none, or several, or what is none: those who read it
/// differently must have nothing to differ about.
pub(super) fn host_of<B>(request: &Request<B>) -> Option<String> {
    // A tunnel's way is not this one.
    if request.method() == Method::CONNECT {
        return None;
    }
    let mut fields = request.headers().get_all(HOST).iter();
    let field = fields.next().map(|value| name_of(value.to_str().ok()?.parse().ok()?));
    if fields.next().is_some() {
        return None;
    }
    let target = request.uri().authority().map(|authority| name_of(authority.clone()));
    match (field, target) {
        (Some(field), None) => field,
        (None, Some(target)) => target,
        (Some(field), Some(target)) if field == target => field,
        _ => None,
    }
}

fn name_of(authority: Authority) -> Option<String> {
    let name = authority.host();
    // No user, and not an address in brackets.
    if authority.as_str().contains('@') || name.is_empty() || name.contains(['[', ']', '%']) {
        return None;
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    Some(name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(target: &str, fields: &[&str]) -> Option<String> {
        let mut request = Request::builder().uri(target);
        for field in fields {
            request = request.header("host", *field);
        }
        host_of(&request.body(()).ok()?)
    }

    #[test]
    fn the_host_is_what_every_reader_takes_for_it() {
        for (target, fields, wanted) in [
            ("/", &["a.test"][..], Some("a.test")),
            ("/", &["A.Test:8080"], Some("a.test")),
            ("/", &["a.test."], Some("a.test")),
            ("http://a.test/x", &[], Some("a.test")),
            ("http://a.test/x", &["A.test"], Some("a.test")),
            ("http://b.test/x", &["a.test"], None),
            ("/", &["a.test", "b.test"], None),
            ("/", &["a.test", "a.test"], None),
            ("/", &["a.test@b.test"], None),
            ("/", &["[::1]"], None),
            ("/", &["a.test b.test"], None),
            ("/", &["a.test/"], None),
            ("/", &[""], None),
            ("/", &[], None),
        ] {
            assert_eq!(host(target, fields).as_deref(), wanted, "{target} {fields:?}");
        }
        let tunnel = Request::connect("a.test:443").header("host", "a.test:443").body(());
        assert_eq!(host_of(&tunnel.expect("a request")), None);
    }
}
