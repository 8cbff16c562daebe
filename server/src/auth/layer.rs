//! The tower layer on the whole listener. What is open is a short list; all
//! else, also what does not exist, asks for a token.

use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Request, Response, header};
use futures::future::{Either, Ready, ready};
use tower::{Layer, Service};

use super::{Access, Denied, TokenHash};

/// Open to everyone: a probe has no token, and the schema that reflection
/// shows is public.
const OPEN_PREFIXES: [&str; 3] = [
    "/grpc.health.v1.Health/",
    "/grpc.reflection.v1.ServerReflection/",
    "/grpc.reflection.v1alpha.ServerReflection/",
];

/// Before the token, among the subprotocols that a WebSocket offers.
const PROTOCOL_PREFIX: &str = "skerry.token.";

/// Answers a request with these headers, in the language that it speaks.
pub(super) type Deny = fn(&HeaderMap, Denied) -> Response<Body>;

/// Open as well: what says what there is.
const OPEN_PATHS: [&str; 3] = ["/", "/doc", "/openapi.json"];

/// Makes [`Authenticate`].
#[derive(Debug, Clone)]
pub struct AuthenticateLayer {
    access: Access,
    deny: Deny,
}

impl AuthenticateLayer {
    /// `deny` answers what is turned away.
    pub fn new(access: Access, deny: Deny) -> Self {
        Self { access, deny }
    }
}

impl<S> Layer<S> for AuthenticateLayer {
    type Service = Authenticate<S>;

    fn layer(&self, inner: S) -> Authenticate<S> {
        Authenticate { inner, access: self.access.clone(), deny: self.deny }
    }
}

/// Lets through what shows a token.
#[derive(Debug, Clone)]
pub struct Authenticate<S> {
    inner: S,
    access: Access,
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
        match check(&self.access, &request) {
            Ok(token) => {
                // Whose call it is, for what belongs to a token.
                token.and_then(|token| request.extensions_mut().insert(token));
                Either::Left(self.inner.call(request))
            }
            Err(denied) => Either::Right(ready(Ok((self.deny)(request.headers(), denied)))),
        }
    }
}

fn check<B>(access: &Access, request: &Request<B>) -> Result<Option<TokenHash>, Denied> {
    let path = request.uri().path();
    if OPEN_PATHS.contains(&path) || OPEN_PREFIXES.iter().any(|prefix| path.starts_with(prefix)) {
        return Ok(None);
    }
    let mut shown = request.headers().get_all(header::AUTHORIZATION).iter();
    match (shown.next(), shown.next()) {
        (_, Some(_)) => Err(Denied::Malformed),
        (first, None) => access.identify(first.map(|value| value.as_bytes())),
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
