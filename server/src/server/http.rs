//! What answers a request: gRPC services with health and reflection, a line
//! about the daemon at `/`, and a refusal in the caller's own language for all
//! else.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tonic::service::RoutesBuilder;
use tower::util::{MapResponse, MapResponseLayer};
use tower::{Layer, ServiceBuilder};

use crate::auth::{Access, Authenticate, AuthenticateLayer, is_grpc};
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
    let (health, health_service) = tonic_health::server::health_reporter();
    let mut routes = RoutesBuilder::default();
    routes.add_service(health_service);
    service::add_services(parts, &mut routes, &health).await;
    add_reflection(&mut routes);
    let grpc = routes.routes().prepare().into_axum_router().reset_fallback();
    let router = grpc.route("/", get(ABOUT)).fallback(not_found);
    let completed: fn(Response<Body>) -> Response<Body> = service::completed;
    ServiceBuilder::new()
        .layer(AuthenticateLayer::new(access, service::denied))
        .layer(MapResponseLayer::new(completed))
        .into_inner()
        .layer(router)
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
