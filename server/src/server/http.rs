//! What answers a request: gRPC services with health and reflection, a line
//! about the daemon at `/`, and JSON over HTTP for all else.
//!
//! ```text
//! token? ─▶ gRPC services ◀─ token? ◀─ REST ◀─ all else ◀─ token?
//! ```

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Path, Request, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{any, get};
use tonic::service::RoutesBuilder;
use tonic_web::GrpcWebLayer;
use tower::util::MapResponseLayer;
use tower::{Layer, ServiceBuilder, ServiceExt};

use crate::auth::{Access, AuthenticateLayer, Denied, is_grpc};
use crate::preview::{Peer, Previews};
use crate::rest::{self, Origins};
use crate::service::{self, Parts};

/// The whole stack of one listener; cheap to clone.
pub(super) type Front = Router;

/// At `/`, for people with a browser.
const ABOUT: &str = concat!(
    "skerryd ",
    env!("CARGO_PKG_VERSION"),
    ": isolated Linux machines over gRPC.\nUse `skerry`, or any gRPC client: reflection is on.\n"
);

/// Puts the stack together.
pub(super) async fn front(parts: Parts, access: Access, origins: Origins) -> Front {
    let previews = parts.previews.clone();
    let (health, health_service) = tonic_health::server::health_reporter();
    let mut routes = RoutesBuilder::default();
    routes.add_service(health_service);
    service::add_services(parts, &mut routes, &health).await;
    add_reflection(&mut routes);
    let grpc = routes.routes().prepare().into_axum_router().reset_fallback();
    let guarded = |router| {
        let completed: fn(Response<Body>) -> Response<Body> = service::completed;
        ServiceBuilder::new()
            .layer(AuthenticateLayer::new(access.clone(), denied))
            .layer(MapResponseLayer::new(completed))
            .into_inner()
            .layer(router)
    };
    let cors = origins.cors();
    let rest = rest::router(skerry_api::DESCRIPTOR_SET, guarded(grpc.clone()), origins);
    let rest = rest.expect("the descriptors were tested");
    let own = grpc.route("/", get(ABOUT)).merge(ports(previews));
    let all =
        guarded(own.fallback(async move |request: Request| match is_grpc(request.headers()) {
            true => service::unknown_method(request.uri().path()),
            false => rest.oneshot(request).await.unwrap_or_else(|never| match never {}),
        }));
    let web = GrpcWebLayer::new().layer(all.clone());
    let front = Router::new().fallback(async move |request: Request| {
        match is_grpc_web(request.headers()) {
            true => web.oneshot(request).await.into_response(),
            false => all.oneshot(request).await.into_response(),
        }
    });
    match cors {
        Some(cors) => front.layer(cors),
        None => front,
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
fn ports(previews: Previews) -> Router {
    Router::new()
        .route("/api/v1/sandboxes/{sandbox_id}/proxy/{port}", any(port))
        .route("/api/v1/sandboxes/{sandbox_id}/proxy/{port}/", any(port))
        .route("/api/v1/sandboxes/{sandbox_id}/proxy/{port}/{*path}", any(port))
        .with_state(previews)
}

/// Parts of `/api/v1/sandboxes/ID/proxy/PORT/…` between slashes, the last one
/// with the rest.
const PARTS: usize = 8;

async fn port(
    State(previews): State<Previews>,
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
