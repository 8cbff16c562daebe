//! What answers a request: gRPC services with health and reflection, a line
//! about the daemon at `/`, and a refusal in the caller's own language for all
//! else.

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Path, Request, State};
use axum::http::{Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{any, get};
use tonic::service::RoutesBuilder;
use tower::util::{MapResponse, MapResponseLayer};
use tower::{Layer, ServiceBuilder};

use crate::auth::{Access, Authenticate, AuthenticateLayer, is_grpc};
use crate::preview::{Peer, Previews};
use crate::service::{self, Parts};

/// The whole stack of one listener; cheap to clone.
pub(super) type Front = Authenticate<MapResponse<Router, fn(Response<Body>) -> Response<Body>>>;

/// At `/`, for people with a browser.
const ABOUT: &str = concat!(
    "skerryd ",
    env!("CARGO_PKG_VERSION"),
    ": isolated Linux machines over gRPC.\nUse `skerry`, or any gRPC client: reflection is on.\n"
);

/// Puts the stack together.
pub(super) async fn front(parts: Parts, access: Access) -> Front {
    let previews = parts.previews.clone();
    let (health, health_service) = tonic_health::server::health_reporter();
    let mut routes = RoutesBuilder::default();
    routes.add_service(health_service);
    service::add_services(parts, &mut routes, &health).await;
    add_reflection(&mut routes);
    let grpc = routes.routes().prepare().into_axum_router().reset_fallback();
    let router = grpc.route("/", get(ABOUT)).merge(ports(previews)).fallback(not_found);
    let completed: fn(Response<Body>) -> Response<Body> = service::completed;
    ServiceBuilder::new()
        .layer(AuthenticateLayer::new(access, service::denied))
        .layer(MapResponseLayer::new(completed))
        .into_inner()
        .layer(router)
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

async fn not_found(request: Request) -> Response<Body> {
    let path = request.uri().path();
    if is_grpc(&request) {
        return service::unknown_method(path);
    }
    let body = serde_json::json!({ "code": 5, "message": format!("there is nothing at {path}") });
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (StatusCode::NOT_FOUND, headers, body.to_string()).into_response()
}
