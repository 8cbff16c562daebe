//! The tower layer on the whole listener. What is open is a short list; all
//! else, also what does not exist, asks for a token.

use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use axum::response::IntoResponse;
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

/// Makes [`Authenticate`].
#[derive(Debug, Clone)]
pub struct AuthenticateLayer {
    access: Access,
    deny: fn(Denied) -> Response<Body>,
}

impl AuthenticateLayer {
    /// `deny` answers a gRPC call that is turned away.
    pub fn new(access: Access, deny: fn(Denied) -> Response<Body>) -> Self {
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
    deny: fn(Denied) -> Response<Body>,
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
        match check(&self.access, &request) {
            Ok(token) => {
                // Whose call it is, for what belongs to a token.
                token.and_then(|token| request.extensions_mut().insert(token));
                Either::Left(self.inner.call(request))
            }
            Err(denied) if is_grpc(&request) => Either::Right(ready(Ok((self.deny)(denied)))),
            Err(denied) => Either::Right(ready(Ok(unauthorized(denied)))),
        }
    }
}

fn check<B>(access: &Access, request: &Request<B>) -> Result<Option<TokenHash>, Denied> {
    let path = request.uri().path();
    if path == "/" || OPEN_PREFIXES.iter().any(|prefix| path.starts_with(prefix)) {
        return Ok(None);
    }
    let mut shown = request.headers().get_all(header::AUTHORIZATION).iter();
    match (shown.next(), shown.next()) {
        (_, Some(_)) => Err(Denied::Malformed),
        (first, None) => access.identify(first.map(|value| value.as_bytes())),
    }
}

/// Whether a request is a gRPC call, by its content type.
pub(crate) fn is_grpc<B>(request: &Request<B>) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"))
}

fn unauthorized(denied: Denied) -> Response<Body> {
    let body = serde_json::json!({ "code": 16, "message": denied.to_string() }).to_string();
    let headers =
        [(header::WWW_AUTHENTICATE, "Bearer"), (header::CONTENT_TYPE, "application/json")];
    (StatusCode::UNAUTHORIZED, headers, body).into_response()
}
