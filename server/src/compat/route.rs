//! Tables of routes, and the routers that they make.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::http::{Method, Response, StatusCode};
use axum::routing::{MethodFilter, MethodRouter, on};
use futures::future::BoxFuture;

use super::ask::Ask;
use super::failure::Failure;
use super::system::System;
use super::{Name, Shared};
use crate::auth::AuthenticateLayer;

/// What a route answers.
pub(super) type Answer = Result<Response<Body>, Failure>;

/// A line of a table.
pub(super) struct Route {
    pub(super) method: Method,
    /// As axum has it: `{id}` for one name, `{*path}` for all that follow.
    pub(super) path: &'static str,
    /// Asks for no token.
    pub(super) open: bool,
    /// What it does, for its document.
    pub(super) says: &'static str,
    answer: Arc<dyn Fn(Ask) -> BoxFuture<'static, Answer> + Send + Sync>,
}

/// A route as others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Whose.
    pub system: Name,
    /// How it is called.
    pub method: Method,
    /// `/sandbox/{id}`.
    pub path: &'static str,
    /// It asks for no token.
    pub open: bool,
    /// It is served at the root, beside the API.
    pub at_root: bool,
}

impl fmt::Display for Listed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

/// A line: `GET /sandbox/{id}`, what answers, what that is.
pub(super) fn route<F>(
    line: &'static str,
    answer: impl Fn(Ask) -> F + Send + Sync + 'static,
    says: &'static str,
) -> Route
where
    F: Future<Output = Answer> + Send + 'static,
{
    let (method, path) = line.split_once(' ').expect("a table's line has a method and a path");
    let method = method.parse().expect("a table's line has a method of HTTP");
    let answer = Arc::new(move |ask| -> BoxFuture<'static, Answer> { Box::pin(answer(ask)) });
    Route { method, path, open: false, says, answer }
}

impl Route {
    /// For everyone.
    pub(super) fn open(self) -> Self {
        Self { open: true, ..self }
    }
}

/// The lines of a system's table.
pub(super) fn listed(name: Name) -> Vec<Listed> {
    let system = name.system();
    let list = |route: Route| Listed {
        system: name,
        at_root: (system.at_root)(route.path),
        method: route.method,
        path: route.path,
        open: route.open,
    };
    (system.routes)().into_iter().map(list).collect()
}

/// A whole system: what is not in its table is refused as it does.
pub(super) fn whole(system: &'static System, shared: &Arc<Shared>) -> Router {
    let nothing = async move || (system.show)(nothing());
    let (open, guarded) = routers(system, shared, |_| true);
    guard(guarded.fallback(nothing), system, shared).merge(open)
}

/// What of a system is its alone.
pub(super) fn at_root(system: &'static System, shared: &Arc<Shared>) -> Router {
    let (open, guarded) = routers(system, shared, system.at_root);
    guard(guarded, system, shared).merge(open)
}

fn nothing() -> Failure {
    Failure::missing("Not Found")
}

fn routers(
    system: &'static System,
    shared: &Arc<Shared>,
    only: impl Fn(&str) -> bool,
) -> (Router, Router) {
    let (mut open, mut guarded) = (Router::new(), Router::new());
    for route in (system.routes)().into_iter().filter(|route| only(route.path)) {
        let (path, place) = (route.path, if route.open { &mut open } else { &mut guarded });
        *place = std::mem::take(place).route(path, method(system, shared, route));
    }
    let wrong = async move || (system.show)(nothing());
    (open.method_not_allowed_fallback(wrong), guarded.method_not_allowed_fallback(wrong))
}

fn guard(router: Router, system: &System, shared: &Shared) -> Router {
    let (access, throttle) = (shared.access.clone(), shared.throttle.clone());
    router.layer(AuthenticateLayer::new(access, throttle, system.denied))
}

fn method(system: &'static System, shared: &Arc<Shared>, route: Route) -> MethodRouter {
    let filter = MethodFilter::try_from(route.method).expect("a table has methods of HTTP");
    let (shared, answer) = (Arc::clone(shared), route.answer);
    on(
        filter,
        async move |params: Result<RawPathParams, RawPathParamsRejection>, request: Request| {
            let answered = match ask(shared, params, request) {
                Ok(ask) => answer(ask).await,
                Err(failure) => Err(failure),
            };
            answered.unwrap_or_else(system.show)
        },
    )
}

fn ask(
    shared: Arc<Shared>,
    params: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
) -> Result<Ask, Failure> {
    let (parts, body) = request.into_parts();
    if let Some(why) = shared.origins.refusal(&parts) {
        return Err(Failure::said(StatusCode::FORBIDDEN, why));
    }
    let params = params.map_err(|_| Failure::missing("Not Found"))?;
    let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Ok(Ask::new(shared, params, parts, body))
}
