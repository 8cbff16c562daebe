//! The tower layer on the gRPC services: holds every call to its method's
//! rule, however it came in.

use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::{HeaderMap, Request, Response};
use futures::future::{Either, Future};
use skerry_api::access::{Need, RULES, Rule};
use tower::{Layer, Service};

use super::guard::permit;
use super::layer::Deny;
use super::{Caller, Denied, Guard, message, over};
use crate::model::Reach;

static BY_METHOD: LazyLock<HashMap<&str, &Rule>> =
    LazyLock::new(|| RULES.iter().map(|rule| (rule.method, rule)).collect());

/// Whether a path is a method that needs no token.
pub(super) fn needs_nothing(path: &str) -> bool {
    BY_METHOD.get(path).is_some_and(|rule| rule.need == Need::Nothing)
}

/// Makes [`Gate`].
#[derive(Clone)]
pub struct GateLayer {
    guard: Guard,
    most: usize,
    deny: Deny,
}

impl GateLayer {
    /// `deny` answers what is turned away; a first message has at most so many
    /// bytes.
    pub fn new(guard: Guard, most: usize, deny: Deny) -> Self {
        Self { guard, most, deny }
    }
}

impl<S> Layer<S> for GateLayer {
    type Service = Gate<S>;

    fn layer(&self, inner: S) -> Gate<S> {
        Gate { inner, layer: self.clone() }
    }
}

/// Lets through what its caller may call.
#[derive(Clone)]
pub struct Gate<S> {
    inner: S,
    layer: GateLayer,
}

type Answer = Result<Response<Body>, Infallible>;

impl<S> Service<Request<Body>> for Gate<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<S::Future, Pin<Box<dyn Future<Output = Answer> + Send>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let deny = self.layer.deny;
        match known(&request) {
            Ok(None) => Either::Left(self.inner.call(request)),
            Ok(Some((rule, caller))) => {
                let ready = self.inner.clone();
                // The one that was polled ready is the one to call.
                let inner = std::mem::replace(&mut self.inner, ready);
                Either::Right(Box::pin(self.layer.clone().pass(inner, rule, caller, request)))
            }
            Err(denied) => {
                let answer = deny(request.headers(), denied);
                Either::Right(Box::pin(async { Ok(answer) }))
            }
        }
    }
}

/// The rule of a request and who makes it; `None` where it may pass as it is.
fn known(request: &Request<Body>) -> Result<Option<(&'static Rule, Caller)>, Denied> {
    // Health, reflection, and what there is not.
    let Some(rule) = BY_METHOD.get(request.uri().path()) else { return Ok(None) };
    if rule.need == Need::Nothing {
        return Ok(None);
    }
    let caller = request.extensions().get::<Caller>().ok_or(Denied::Missing)?;
    permit(caller, rule.need)?;
    match caller {
        Caller::Anyone => Ok(None),
        Caller::Known(_) if !rule.bound && matches!(caller.reach(), Reach::Sandbox(..)) => {
            Err(Denied::Bound)
        }
        Caller::Known(_) => Ok(Some((rule, caller.clone()))),
    }
}

impl GateLayer {
    /// Answers a request, as long as its caller's token is good.
    async fn pass<S>(
        self,
        mut inner: S,
        rule: &'static Rule,
        caller: Caller,
        request: Request<Body>,
    ) -> Answer
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    {
        let mut headers = HeaderMap::new();
        if let Some(kind) = request.headers().get(axum::http::header::CONTENT_TYPE) {
            headers.insert(axum::http::header::CONTENT_TYPE, kind.clone());
        }
        let answering = async {
            match self.checked(rule, &caller, request).await {
                Ok(request) => inner.call(request).await,
                Err(denied) => Ok((self.deny)(&headers, denied)),
            }
        };
        let answer = tokio::select! {
            biased;
            () = caller.ended() => return Ok((self.deny)(&headers, Denied::Ended)),
            answer = answering => answer?,
        };
        if !rule.streams {
            return Ok(answer);
        }
        let ended = (self.deny)(&headers, Denied::Ended);
        Ok(over::until_denied(answer, caller, &ended))
    }

    /// The request, where what it names is the caller's.
    async fn checked(
        &self,
        rule: &Rule,
        caller: &Caller,
        request: Request<Body>,
    ) -> Result<Request<Body>, Denied> {
        if rule.names.is_empty() || *caller.reach() == Reach::All {
            return Ok(request);
        }
        let (parts, body) = request.into_parts();
        let (first, body) = message::first(body, self.most).await?;
        let reach = caller.reach();
        message::named(&first.unwrap_or_default(), rule.names, |kind, name| {
            self.guard.reaches(reach, kind, name)
        })?;
        Ok(Request::from_parts(parts, body))
    }
}
