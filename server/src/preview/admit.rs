//! Who may see a private preview: who shows a token of the daemon's, comes by
//! a link, or has the cookie that a link became.

use axum::body::Body;
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, HeaderMap, HeaderValue, LOCATION, ORIGIN, REFERRER_POLICY,
    SET_COOKIE,
};
use axum::http::uri::PathAndQuery;
use axum::http::{Method, Request, Response, StatusCode, Uri};
use skerry_api::access::Need;

use super::headers::{bearer, our_cookies, set_our_cookie};
use super::host::{Domain, Named, Place};
use super::link::Links;
use super::refusal::Refusal;
use crate::auth::{Access, Caller};
use crate::model::{Port, Tenant};

/// The query's parameter that holds a link's token.
pub(super) const TOKEN_PARAMETER: &str = "skerry_token";

/// Whose pages may write with a visitor's cookie.
#[derive(Clone, Copy)]
pub(super) enum Pages<'a> {
    /// The same sandbox's, below this domain.
    OfSandbox(&'a Domain),
    /// Those of the host that was asked for, which leads here alone.
    OfHost(&'a str),
}

/// Decides about requests.
pub(super) struct Admission<'a> {
    pub(super) access: &'a Access,
    pub(super) links: &'a Links,
    pub(super) pages: Pages<'a>,
    pub(super) place: &'a Place,
    /// Whose the sandbox is.
    pub(super) tenant: &'a Tenant,
    pub(super) port: &'a Port,
    pub(super) secure: bool,
}

/// What becomes of a request that is not refused.
#[derive(Debug)]
pub(super) enum Admitted {
    /// It passes, as this caller's.
    As(Caller),
    /// It is answered with the redirect that makes a link a cookie.
    Redirected(Response<Body>),
}

impl Admission<'_> {
    /// Lets a request pass, answers it with the redirect that makes a link a
    /// cookie, or refuses it. The link's token is taken out of the query.
    pub(super) fn admit(
        &self,
        request: &mut Request<Body>,
        upgrades: bool,
    ) -> Result<Admitted, Refusal> {
        let (token, uri) = take_token(request.uri());
        let known = self.known(request.headers());
        if self.port.public || known.is_some() {
            *request.uri_mut() = uri;
            let caller = known.filter(|_| !self.port.public);
            return Ok(Admitted::As(caller.unwrap_or(Caller::Anyone)));
        }
        if let Some(token) = token {
            let seconds = self.good(&token).ok_or(Refusal::BadLink)?;
            if upgrades || !matches!(*request.method(), Method::GET | Method::HEAD) {
                *request.uri_mut() = uri;
                return Ok(Admitted::As(Caller::Anyone));
            }
            return Ok(Admitted::Redirected(self.redirect(&token, seconds, &uri)));
        }
        let mut shown = our_cookies(request.headers()).peekable();
        let any = shown.peek().is_some();
        if !shown.any(|token| self.good(token).is_some()) {
            return Err(if any { Refusal::BadLink } else { Refusal::Private });
        }
        let harmless = matches!(*request.method(), Method::GET | Method::HEAD) && !upgrades;
        if !harmless && !self.is_own_page(request.headers()) {
            return Err(Refusal::OtherSite);
        }
        Ok(Admitted::As(Caller::Anyone))
    }

    /// Whose token of the daemon's it shows, where that reaches the sandbox.
    fn known(&self, headers: &HeaderMap) -> Option<Caller> {
        let may = |caller: &Caller| {
            caller.allows(Need::Exec)
                && caller.reach().includes(self.tenant, Some(&self.place.sandbox))
        };
        let mut shown = headers.get_all(AUTHORIZATION).iter();
        shown.find_map(|value| self.access.identify(bearer(value.as_bytes())?).filter(may))
    }

    /// Seconds that a token is good for.
    fn good(&self, token: &str) -> Option<u64> {
        let good = self.links.check(token, self.place)?;
        (good.generation >= self.port.since).then_some(good.left.as_secs())
    }

    /// Previews are on one site for a browser, so that its cookies go along
    /// when another sandbox's page asks. Such a request tells its origin.
    fn is_own_page(&self, headers: &HeaderMap) -> bool {
        headers.get_all(ORIGIN).iter().all(|origin| {
            let host = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
            host.is_some_and(|(_, host)| match self.pages {
                Pages::OfHost(own) => host.eq_ignore_ascii_case(own),
                Pages::OfSandbox(domain) => match domain.read(host) {
                    Named::Preview(place) => place.sandbox == self.place.sandbox,
                    _ => false,
                },
            })
        })
    }

    fn redirect(&self, token: &str, seconds: u64, uri: &Uri) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SEE_OTHER;
        let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
        // `//host` would lead elsewhere.
        let path = format!("/{}", path.trim_start_matches('/'));
        let headers = response.headers_mut();
        if let Ok(location) = HeaderValue::from_str(&path) {
            headers.insert(LOCATION, location);
        }
        if let Some(cookie) = set_our_cookie(token, seconds, self.secure) {
            headers.insert(SET_COOKIE, cookie);
        }
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        response
    }
}

/// The token in a query, and the address without it.
fn take_token(uri: &Uri) -> (Option<String>, Uri) {
    let value = |part: &str| -> Option<String> {
        part.strip_prefix(TOKEN_PARAMETER)?.strip_prefix('=').map(str::to_owned)
    };
    let Some(query) =
        uri.query().filter(|query| query.split('&').any(|part| value(part).is_some()))
    else {
        return (None, uri.clone());
    };
    let token = query.split('&').find_map(value);
    let kept: Vec<&str> = query.split('&').filter(|part| value(part).is_none()).collect();
    let mut parts = uri.clone().into_parts();
    let path = match kept.is_empty() {
        true => uri.path().to_owned(),
        false => format!("{}?{}", uri.path(), kept.join("&")),
    };
    parts.path_and_query = path.parse().ok();
    (token, Uri::from_parts(parts).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::SandboxId;

    fn uri(text: &str) -> Uri {
        text.parse().unwrap()
    }

    #[test]
    fn a_token_is_taken_out_of_the_query() {
        for (given, token, left) in [
            ("/a?skerry_token=x", Some("x"), "/a"),
            ("/a?b=1&skerry_token=x&c=%20", Some("x"), "/a?b=1&c=%20"),
            ("/a?skerry_token=x&skerry_token=y", Some("x"), "/a"),
            ("/a?xskerry_token=x", None, "/a?xskerry_token=x"),
            ("/a?", None, "/a?"),
            ("/", None, "/"),
        ] {
            let (found, rest) = take_token(&uri(given));
            assert_eq!((found.as_deref(), rest), (token, uri(left)), "{given}");
        }
    }

    #[test]
    fn other_pages_do_not_write_with_a_visitors_cookie() {
        let links = Links::open(tempfile::tempdir().unwrap().path()).unwrap();
        let domain = "localhost".parse().unwrap();
        let place = Place { sandbox: SandboxId::from_uuid(1), port: 80 };
        let sibling = Place { sandbox: SandboxId::from_uuid(2), port: 80 };
        let second = Place { port: 81, ..place.clone() };
        let port = Port { port: 80, ..Port::default() };
        let tenant = Tenant::default();
        let admission = Admission {
            access: &Access::Open,
            links: &links,
            pages: Pages::OfSandbox(&domain),
            place: &place,
            tenant: &tenant,
            port: &port,
            secure: false,
        };
        let token = links.make(&place, 0, Duration::from_secs(60));
        let asks = |method: Method, origin: Option<String>| {
            let mut request = Request::new(Body::empty());
            *request.method_mut() = method;
            let cookie = format!("skerry_preview={token}");
            request.headers_mut().insert("cookie", cookie.parse().unwrap());
            if let Some(origin) = origin {
                request.headers_mut().insert(ORIGIN, origin.parse().unwrap());
            }
            let admitted = admission.admit(&mut request, false);
            admitted.map(|admitted| matches!(admitted, Admitted::Redirected(_)))
        };
        let own = |place: &Place| Some(format!("http://{}:4000", domain.name_of(place)));
        assert_eq!(asks(Method::POST, own(&place)), Ok(false));
        assert_eq!(asks(Method::POST, own(&second)), Ok(false));
        assert_eq!(asks(Method::POST, None), Ok(false));
        assert_eq!(asks(Method::GET, own(&sibling)), Ok(false));
        assert_eq!(asks(Method::POST, own(&sibling)), Err(Refusal::OtherSite));
        assert_eq!(asks(Method::POST, Some("null".to_owned())), Err(Refusal::OtherSite));
        assert_eq!(asks(Method::POST, Some("http://localhost".into())), Err(Refusal::OtherSite));
    }
}
