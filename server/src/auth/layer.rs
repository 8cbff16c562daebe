//! The tower layer on the whole listener: which token a request shows. What is
//! open is a short list; all else, also what does not exist, asks for a token.

use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Request, Response, header};
use futures::future::{Either, Ready, ready};
use skerry_api::access::OPEN_PATHS;
use tower::{Layer, Service};

use super::{Access, Caller, ClientAddress, Denied, Throttle};

/// Open to everyone: a probe has no token, and the schema that reflection
/// shows is public.
const OPEN_PREFIXES: [&str; 3] = [
    "/grpc.health.v1.Health/",
    "/grpc.reflection.v1.ServerReflection/",
    "/grpc.reflection.v1alpha.ServerReflection/",
];

/// Open as well: what says what there is, and what gets a device its token.
const OPEN_PAGES: [&str; 9] = [
    "/",
    "/doc",
    "/openapi.json",
    "/pair",
    "/pair.css",
    "/pair.js",
    "/reference",
    "/reference/page.js",
    "/reference/scalar.js",
];

/// Before the token, among the subprotocols that a WebSocket offers.
const PROTOCOL_PREFIX: &str = "skerry.token.";
/// A token's header beside `authorization`.
const API_KEY: &str = "x-api-key";

/// Whom the kernel names at the other end of a socket of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalUser {
    /// Root, or the daemon's own user.
    Admin,
    /// Another one.
    Other,
}

/// Answers a request with these headers, in the language that it speaks.
pub(super) type Deny = fn(&HeaderMap, Denied) -> Response<Body>;

/// Makes [`Authenticate`].
#[derive(Debug, Clone)]
pub struct AuthenticateLayer {
    access: Access,
    throttle: Throttle,
    deny: Deny,
}

impl AuthenticateLayer {
    /// `deny` answers what is turned away.
    pub fn new(access: Access, throttle: Throttle, deny: Deny) -> Self {
        Self { access, throttle, deny }
    }
}

impl<S> Layer<S> for AuthenticateLayer {
    type Service = Authenticate<S>;

    fn layer(&self, inner: S) -> Authenticate<S> {
        let Self { access, throttle, deny } = self.clone();
        Authenticate { inner, access, throttle, deny }
    }
}

/// Lets through what shows a token, with the [`Caller`] who has it.
#[derive(Debug, Clone)]
pub struct Authenticate<S> {
    inner: S,
    access: Access,
    throttle: Throttle,
    deny: Deny,
}

impl<S, B> Service<Request<B>> for Authenticate<S>
where
    S: Service<Request<B>, Response = Response<Body>>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Either<S::Future, Ready<Result<Response<Body>, S::Error>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        take_from_protocols(request.headers_mut());
        match self.caller(&request) {
            Ok(caller) => {
                caller.and_then(|caller| request.extensions_mut().insert(caller));
                Either::Left(self.inner.call(request))
            }
            Err(denied) => Either::Right(ready(Ok((self.deny)(request.headers(), denied)))),
        }
    }
}

impl<S> Authenticate<S> {
    /// Who makes a request; `None` for what is open to everyone.
    fn caller<B>(&self, request: &Request<B>) -> Result<Option<Caller>, Denied> {
        if is_open(request.uri().path()) {
            return Ok(None);
        }
        if matches!(self.access, Access::Open) {
            return Ok(Some(Caller::Anyone));
        }
        let Some(secret) = secret(request.headers())? else {
            return match request.extensions().get() {
                Some(LocalUser::Admin) => Ok(Some(self.access.admin())),
                _ => Err(Denied::Missing),
            };
        };
        let address = request.extensions().get::<ClientAddress>();
        match self.access.identify(secret) {
            Some(caller) => self.throttle.hold_up(address, &caller).map(|()| Some(caller)),
            None => Err(self.throttle.unknown(address)),
        }
    }
}

fn is_open(path: &str) -> bool {
    OPEN_PAGES.contains(&path)
        || OPEN_PATHS.contains(&path)
        || OPEN_PREFIXES.iter().any(|prefix| path.starts_with(prefix))
        || super::gate::needs_nothing(path)
}

/// The one token that is shown.
fn secret(headers: &HeaderMap) -> Result<Option<&[u8]>, Denied> {
    let bearers = headers.get_all(header::AUTHORIZATION).iter().map(|value| {
        let parts = value.as_bytes().split_at_checked(b"Bearer ".len());
        let (scheme, token) = parts.ok_or(Denied::Malformed)?;
        if scheme.eq_ignore_ascii_case(b"Bearer ") { Ok(token) } else { Err(Denied::Malformed) }
    });
    let keys = headers.get_all(API_KEY).iter().map(|value| Ok(value.as_bytes()));
    let mut shown = bearers.chain(keys);
    match (shown.next(), shown.next()) {
        (_, Some(_)) => Err(Denied::Malformed),
        (first, None) => first.transpose(),
    }
}

/// A web page can give a WebSocket no header but the subprotocols that it
/// offers: one of them is the token.
fn take_from_protocols(headers: &mut HeaderMap) {
    if headers.contains_key(header::AUTHORIZATION) {
        return;
    }
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    let names = offered.filter_map(|value| value.to_str().ok()).flat_map(|names| names.split(','));
    let mut names = names.map(str::trim);
    let token = names.find_map(|name| name.strip_prefix(PROTOCOL_PREFIX));
    let shown = token.and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok());
    if let Some(shown) = shown {
        headers.insert(header::AUTHORIZATION, shown);
    }
}

/// Whether a request is a gRPC call, by its content type.
pub(crate) fn is_grpc(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE);
    content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(headers: &[(&str, &str)]) -> Result<Option<String>, Denied> {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(()).unwrap();
        let secret = secret(request.headers())?;
        Ok(secret.map(|secret| String::from_utf8_lossy(secret).into_owned()))
    }

    #[test]
    fn one_token_is_shown_in_either_header() {
        assert_eq!(shown(&[]), Ok(None));
        assert_eq!(shown(&[("authorization", "Bearer a")]), Ok(Some("a".to_owned())));
        assert_eq!(shown(&[("authorization", "bearer a ")]), Ok(Some("a ".to_owned())));
        assert_eq!(shown(&[("x-api-key", "a")]), Ok(Some("a".to_owned())));
        for wrong in [
            &[("authorization", "a")][..],
            &[("authorization", "Basic dXNlcjpwYXNz")],
            &[("authorization", "Bearer a"), ("authorization", "Bearer a")],
            &[("authorization", "Bearer a"), ("x-api-key", "a")],
            &[("x-api-key", "a"), ("x-api-key", "a")],
        ] {
            assert_eq!(shown(wrong), Err(Denied::Malformed), "{wrong:?}");
        }
    }
}
