//! What answers a request: gRPC services with health and reflection, a line
//! about the daemon at `/`, and JSON over HTTP for all else.
//!
//! ```text
//! host? ─▶ token? ─▶ gRPC: gate ─▶ services
//!    │        │              ▲  ▲
//!    │        └─ all else ─▶ REST
//!    └─ what the systems before ours had: token? ─▶ compat ─┘
//! ```

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Path, Request, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use axum::routing::{any, get};
use skerry_api::access::{Kind, Need};
use tonic::service::RoutesBuilder;
use tonic_web::GrpcWebLayer;
use tower::util::MapResponseLayer;
use tower::{Layer, ServiceBuilder, ServiceExt};
use tower_http::cors::CorsLayer;

use super::StartError;
use super::owners::Registers;
use crate::auth::{
    Access, AuthenticateLayer, Caller, Denied, GateLayer, Guard, LocalUser, Throttle, is_grpc,
};
use crate::compat::{self, Compat, Name};
use crate::preview::{Peer, Previews};
use crate::rest::{self, Origins};
use crate::service::{self, Parts};
use crate::store::Store;
use crate::web;

/// The whole stack of one listener; cheap to clone.
pub(super) type Front = Router;

/// At `/`, for people with a browser.
const ABOUT: &str = concat!(
    "skerryd ",
    env!("CARGO_PKG_VERSION"),
    ": isolated Linux machines over gRPC.\nUse `skerry`, or any gRPC client: reflection is on.\n"
);

/// What every listener has.
pub(super) struct Fronts {
    /// The API, and what is served beside it.
    pub(super) main: Front,
    compat: Compat,
    dress: Dress,
}

/// What the systems before ours have.
pub(super) struct Before {
    pub(super) store: Store,
    /// The image of mac-sandbox's sandboxes.
    pub(super) image: String,
}

impl Fronts {
    /// One of the systems before ours, alone.
    pub(super) fn alone(&self, name: Name) -> Front {
        self.dress.put_on(self.compat.alone(name))
    }

    /// Resolves when a caller who may has asked the daemon to end.
    pub(super) fn ending(&self) -> impl Future<Output = ()> + Send + 'static {
        let compat = self.compat.clone();
        async move { compat.ending().await }
    }
}

/// Puts the stack together.
pub(super) async fn fronts(
    parts: Parts,
    access: Access,
    throttle: Throttle,
    origins: Origins,
    before: Before,
) -> Result<Fronts, StartError> {
    let previews = parts.previews.clone();
    let owners = Registers { engine: parts.engine.clone(), ssh: parts.ssh.clone() };
    let guard = Guard::new(Arc::new(owners));
    let (health, health_service) = tonic_health::server::health_reporter();
    let mut routes = RoutesBuilder::default();
    routes.add_service(health_service);
    service::add_services(parts, &mut routes, &health).await;
    add_reflection(&mut routes);
    let gate = GateLayer::new(guard.clone(), service::MAX_MESSAGE_BYTES, denied);
    let completed: fn(Response<Body>) -> Response<Body> = service::completed;
    let grpc = routes.routes().prepare().into_axum_router().reset_fallback();
    let grpc =
        grpc.layer(ServiceBuilder::new().layer(gate).layer(MapResponseLayer::new(completed)));
    let hosts = Hosts { all: matches!(access, Access::Open), origins: origins.clone() };
    let dress = Dress { cors: origins.cors(), hosts };
    let ports = ports(previews, guard);
    let compat = Compat::open(compat::Parts {
        grpcs: grpc.clone(),
        ports: ports.clone(),
        access: access.clone(),
        throttle: throttle.clone(),
        origins: origins.clone(),
        store: before.store,
        image: before.image,
    });
    let compat = compat.map_err(StartError::Store)?;
    let rest = rest::router(skerry_api::DESCRIPTOR_SET, grpc.clone(), origins);
    let rest = rest.expect("the descriptors were tested");
    let own = grpc.route("/", get(ABOUT)).merge(web::pages()).merge(ports);
    let all = AuthenticateLayer::new(access, throttle, denied).layer(own.fallback(
        async move |request: Request| match is_grpc(request.headers()) {
            true => service::unknown_method(request.uri().path()),
            false => rest.oneshot(request).await.unwrap_or_else(|never| match never {}),
        },
    ));
    let web = GrpcWebLayer::new().layer(all.clone());
    let main = compat.beside().fallback(async move |request: Request| {
        match is_grpc_web(request.headers()) {
            true => web.oneshot(request).await.into_response(),
            false => all.oneshot(request).await.into_response(),
        }
    });
    Ok(Fronts { main: dress.put_on(main), compat, dress })
}

/// What every request meets first.
struct Dress {
    cors: Option<CorsLayer>,
    hosts: Hosts,
}

impl Dress {
    fn put_on(&self, router: Router) -> Front {
        let hosts = self.hosts.clone();
        let front = router.layer(from_fn(move |request: Request, next: Next| {
            let stranger = hosts.stranger(&request);
            async move {
                match stranger {
                    Some(host) => denied(request.headers(), Denied::Host(host)),
                    None => next.run(request).await,
                }
            }
        }));
        match &self.cors {
            Some(cors) => front.layer(cors.clone()),
            None => front,
        }
    }
}

/// Where the page is that shows the API.
const REFERENCE: &str = "/reference";

/// Which hosts are answered for.
#[derive(Clone)]
struct Hosts {
    /// Everything is held to it: where no token is asked for, a page from
    /// elsewhere whose name was pointed here would be let in.
    all: bool,
    origins: Origins,
}

impl Hosts {
    /// A request's host, where it must be the daemon's own and is not.
    fn stranger(&self, request: &Request) -> Option<String> {
        let path = request.uri().path();
        let held = self.all || web::is_page(path) || path.starts_with(REFERENCE);
        let local = request.extensions().get::<LocalUser>().is_some();
        let host = Origins::host(request.uri(), request.headers());
        (held && !local && !self.origins.is_own_host(host)).then(|| host.to_owned())
    }
}

/// Whether a request is a gRPC call of a web page.
fn is_grpc_web(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE);
    content_type.is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc-web"))
}

fn denied(headers: &HeaderMap, denied: Denied) -> Response<Body> {
    match is_grpc(headers) {
        true => service::denied(denied),
        false => rest::refusal(service::denied(denied)),
    }
}

/// Ports of sandboxes for who has the API's own token.
fn ports(previews: Previews, guard: Guard) -> Router {
    Router::new()
        .route("/api/v1/sandboxes/{sandbox_id}/proxy/{port}", any(port))
        .route("/api/v1/sandboxes/{sandbox_id}/proxy/{port}/", any(port))
        .route("/api/v1/sandboxes/{sandbox_id}/proxy/{port}/{*path}", any(port))
        .with_state((previews, guard))
}

/// Parts of `/api/v1/sandboxes/ID/proxy/PORT/…` between slashes, the last one
/// with the rest.
const PARTS: usize = 8;

async fn port(
    State((previews, guard)): State<(Previews, Guard)>,
    Extension(caller): Extension<Caller>,
    Path(named): Path<std::collections::HashMap<String, String>>,
    Extension(peer): Extension<Peer>,
    mut request: Request,
) -> Response<Body> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    // As it came: what is escaped in it stays so.
    let end = path.find('?').unwrap_or(path.len());
    let slashes = path[..end].match_indices('/').map(|(at, _)| at);
    let rest = slashes.take(PARTS).nth(PARTS - 2).unwrap_or(end);
    let (prefix, rest) = path.split_at(rest);
    let (prefix, rest) = (prefix.to_owned(), format!("/{}", rest.trim_start_matches('/')));
    let port = named.get("port").and_then(|port| port.parse().ok()).unwrap_or(0);
    let Ok(uri) = rest.parse() else { return StatusCode::BAD_REQUEST.into_response() };
    *request.uri_mut() = uri;
    let sandbox = named.get("sandbox_id").map_or("", String::as_str);
    if let Err(refused) = guard.check(&caller, Need::Exec, Kind::Sandbox, sandbox) {
        return denied(request.headers(), refused);
    }
    previews.pass(sandbox, port, &prefix, request, peer).await
}

/// Clients ask for v1 or, older ones, for v1alpha.
fn add_reflection(routes: &mut RoutesBuilder) {
    let builder = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(skerry_api::DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    const WHOLE: &str = "the build encoded the descriptor sets";
    routes.add_service(builder().build_v1().expect(WHOLE));
    routes.add_service(builder().build_v1alpha().expect(WHOLE));
}
