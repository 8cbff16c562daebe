//! JSON over HTTP for every gRPC service, from its descriptors alone.
//!
//! ```text
//! request ─▶ routes (path, method) ─▶ message (path, query, body: JSON ─▶ protobuf)
//!                                        │
//!                                        ▼  call: bytes, in this process
//!                     the whole stack of the gRPC services, its layers included
//!                                        │
//! response ◀─ JSON, events, lines, content, frames ◀─ failure where it fails
//! ```
//!
//! No service is named here: a new method is served as soon as it has its
//! `google.api.http`. [`shape`] says which form a method takes.

mod call;
mod download;
mod events;
mod failure;
#[cfg(feature = "fuzz")]
#[doc(hidden)]
pub mod fuzz;
mod json;
mod message;
mod openapi;
mod origin;
mod query;
mod reference;
mod routes;
mod rule;
mod shape;
mod socket;
mod template;
mod upload;

pub use call::{BytesCodec, Caller, Grpcs};
pub use openapi::Comments;
pub use origin::Origins;
pub use routes::BadDescriptors;
pub use rule::{Rule, rules};
pub use template::BadTemplate;

use std::convert::Infallible;
use std::future::pending;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Response, header, request};
use axum::response::IntoResponse;
use axum::routing::get;
use bytes::Bytes;
use prost_reflect::prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, Value};
use tonic::Status;
use tower::Service;
use tower::util::BoxCloneSyncService;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};

use call::Call;
use events::Form;
use failure::Failure;
use query::Fields;
use routes::{Route, Routes};
use shape::{Content, Input, Output};
use template::Bound;

/// A shorter answer is not worth compressing.
const COMPRESS_ABOVE: u16 = 1024;

/// What answers.
struct Rest {
    pool: DescriptorPool,
    /// Written when it is first asked for.
    document: OnceLock<Bytes>,
    routes: Routes,
    grpcs: Grpcs,
    origins: Origins,
}

/// Serves every method of the services in `descriptors` that has a mapping.
/// `grpcs` is the whole stack of these services.
pub fn router<S>(descriptors: &[u8], grpcs: S, origins: Origins) -> Result<Router, BadDescriptors>
where
    S: Service<
            axum::http::Request<tonic::body::Body>,
            Response = Response<Body>,
            Error = Infallible,
        > + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    let pool = DescriptorPool::decode(descriptors)?;
    let routes = Routes::of(&pool)?;
    let grpcs = BoxCloneSyncService::new(grpcs);
    let rest = Rest { pool, document: OnceLock::new(), routes, grpcs, origins };
    let whole_answers = |_: _, _: _, headers: &axum::http::HeaderMap, _: &_| {
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json")
    };
    let compression =
        CompressionLayer::new().compress_when(SizeAbove::new(COMPRESS_ABOVE).and(whole_answers));
    Ok(Router::new()
        .route("/openapi.json", get(document))
        .route("/doc", get(document))
        .merge(reference::router())
        .fallback(answer)
        .with_state(Arc::new(rest))
        .layer(compression))
}

/// A gRPC call's refusal, made before there was a call, as JSON.
pub fn refusal(refused: Response<Body>) -> Response<Body> {
    match Status::from_header_map(refused.headers()) {
        Some(status) => Failure::from(status).into_response(),
        None => refused,
    }
}

/// The OpenAPI document.
async fn document(State(rest): State<Arc<Rest>>) -> Response<Body> {
    let written = || openapi::document(&rest.pool, &rest.routes).to_string().into();
    let document = rest.document.get_or_init(written).clone();
    ([(header::CONTENT_TYPE, "application/json")], document).into_response()
}

async fn answer(State(rest): State<Arc<Rest>>, request: Request) -> Response<Body> {
    let mut response = rest.answer(request).await.unwrap_or_else(IntoResponse::into_response);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Content of a sandbox is never a page of ours.
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

impl Rest {
    async fn answer(&self, request: Request) -> Result<Response<Body>, Failure> {
        let (parts, body) = request.into_parts();
        self.origins.check(&parts)?;
        let (route, bound) = self.routes.find(&parts.method, parts.uri.path())?;
        let call = Call {
            grpcs: self.grpcs.clone(),
            path: route.grpc_path.clone(),
            caller: Caller::of(&parts),
        };
        match &route.input {
            Input::Message => message(route, bound, call, &parts, body).await,
            Input::Content(content) => upload(route, content, bound, call, &parts, body).await,
            Input::Frames { data } => {
                let kind = route.method.input();
                let frames = socket::Frames::of(kind.clone(), route.method.output(), data);
                let mut fields = Fields::default();
                fields.add_query(&kind, parts.uri.query().unwrap_or_default())?;
                let first = match fields.is_empty() {
                    true => None,
                    false => Some(json::from_value(&kind, fields.into_value())?),
                };
                socket::upgrade(parts, call, frames, first).await
            }
        }
    }
}

async fn message(
    route: &Route,
    bound: Bound,
    call: Call,
    parts: &request::Parts,
    body: Body,
) -> Result<Response<Body>, Failure> {
    let query = parts.uri.query().unwrap_or_default();
    let mut message = message::message(route, bound, query, &parts.headers, body).await?;
    let output = route.method.output();
    let form = Form::named(&parts.headers);
    match &route.output {
        Output::Message => {
            let answer = call.unary(message.encode_to_vec().into()).await?;
            whole(route, answer)
        }
        Output::Content(content) if form.is_none() => {
            download::download(call, content, output, message, &parts.headers).await
        }
        kind => {
            if let (Output::Events { resume: Some(field) }, Some(at)) =
                (kind, events::resumed(&parts.headers)?)
            {
                message.set_field(field, Value::I64(at));
            }
            let messages = call.server_streaming(message.encode_to_vec().into()).await?;
            Ok(events::response(output, messages, form.unwrap_or(Form::Events), pending()))
        }
    }
}

async fn upload(
    route: &Route,
    content: &Content,
    bound: Bound,
    call: Call,
    parts: &request::Parts,
    body: Body,
) -> Result<Response<Body>, Failure> {
    let query = parts.uri.query().unwrap_or_default();
    let kind = route.method.input();
    let (messages, mut pump) =
        upload::upload(&kind, content, bound, query, &parts.headers, body).await?;
    if matches!(route.output, Output::Message) {
        return tokio::select! {
            biased;
            answer = call.client_streaming(messages) => whole(route, answer?),
            failure = &mut pump => Err(failure),
        };
    }
    let messages = tokio::select! {
        biased;
        messages = call.streaming(messages) => messages?,
        failure = &mut pump => return Err(failure),
    };
    let form = Form::named(&parts.headers).unwrap_or(Form::Events);
    Ok(events::response(route.method.output(), messages, form, pump))
}

/// One message, as the whole answer.
fn whole(route: &Route, answer: Bytes) -> Result<Response<Body>, Failure> {
    let output = route.method.output();
    let answer = DynamicMessage::decode(output, answer).map_err(Failure::internal)?;
    let json = match &route.response_body {
        None => json::write(&answer)?,
        Some(field) => {
            let whole = json::to_value(&answer)?;
            whole.get(field.json_name()).unwrap_or(&serde_json::Value::Null).to_string().into()
        }
    };
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}
