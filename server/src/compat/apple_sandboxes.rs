//! apple-sandboxes 0.1: its routes, its errors, what it calls things.
//!
//! A name serves as an id everywhere. What the API has no place for, images'
//! definitions and what was asked of a sandbox, is kept in [`Records`]; a
//! sandbox is looked at where it is, so that one which its own deadline
//! deleted is `deleted` here too.

mod create;
mod document;
mod exec;
mod file;
mod image;
mod network;
mod record;
mod sandbox;
mod show;
mod snapshot;
mod ssh;
mod volume;

pub(super) use record::Records;

use axum::body::Body;
use axum::http::{HeaderMap, Response, StatusCode};
use serde_json::{Value, json};
use tonic::{Code, Status};

use super::failure::{self, Failure, denied_code, http_code, message, reason, retry_after};
use super::route::{Route, route};
use super::system::System;
use crate::auth::Denied;

pub(super) static SYSTEM: System = System {
    name: "apple-sandboxes",
    port: 9102,
    routes,
    at_root: |path| path.starts_with("/v1/"),
    show,
    denied,
};

fn routes() -> Vec<Route> {
    vec![
        route("GET /health", document::health, "says that the daemon is there").open(),
        route("GET /openapi.json", document::openapi, "lists the routes").open(),
        route("POST /v1/images", image::create, "defines an image, and builds it where asked"),
        route("GET /v1/images", image::list, "lists the definitions of images"),
        route("GET /v1/images/{id}", image::get, "reads one"),
        route("POST /v1/images/{id}/build", image::build, "builds one of a Dockerfile"),
        route("DELETE /v1/images/{id}", image::delete, "removes one, and what was built of it"),
        route("POST /v1/volumes", volume::create, "makes a volume"),
        route("GET /v1/volumes", volume::list, "lists volumes"),
        route("GET /v1/volumes/{id}", volume::get, "reads one"),
        route("DELETE /v1/volumes/{id}", volume::delete, "deletes one; `force=true`: in use too"),
        route("POST /v1/snapshots", snapshot::create, "takes a snapshot of /workspace"),
        route("GET /v1/snapshots", snapshot::list, "lists snapshots"),
        route("GET /v1/snapshots/{id}", snapshot::get, "reads one"),
        route("DELETE /v1/snapshots/{id}", snapshot::delete, "deletes one"),
        route("POST /v1/sandboxes", create::create, "makes a sandbox, and starts it"),
        route("GET /v1/sandboxes", sandbox::list, "lists sandboxes, deleted ones too"),
        route("GET /v1/sandboxes/{id}", sandbox::get, "reads one"),
        route("POST /v1/sandboxes/{id}/start", sandbox::start, "starts one"),
        route("POST /v1/sandboxes/{id}/stop", sandbox::stop, "stops one"),
        route("DELETE /v1/sandboxes/{id}", sandbox::delete, "deletes one"),
        route("POST /v1/sandboxes/{id}/exec", exec::exec, "runs a line of a shell"),
        route("GET /v1/sandboxes/{id}/exec/{exec}", exec::get, "reads one in the background"),
        route("GET /v1/sandboxes/{id}/files/{*path}", file::read, "reads a file of /workspace"),
        route("PUT /v1/sandboxes/{id}/files/{*path}", file::write, "writes one"),
    ]
}

/// What is missing, as it says it: the plural without its last letter.
fn missing(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "SANDBOX_NOT_FOUND" => NO_SANDBOX,
        "VOLUME_NOT_FOUND" => NO_VOLUME,
        "SNAPSHOT_NOT_FOUND" => NO_SNAPSHOT,
        "IMAGE_NOT_FOUND" => NO_IMAGE,
        _ => return None,
    })
}

const NO_SANDBOX: &str = "sandboxe not found";
const NO_VOLUME: &str = "volume not found";
const NO_SNAPSHOT: &str = "snapshot not found";
const NO_IMAGE: &str = "image not found";

fn show(failure: Failure) -> Response<Body> {
    let retry = retry_after(&failure);
    let (code, text): (StatusCode, String) = match failure {
        Failure::Invalid { path, message } if path.is_empty() => (StatusCode::BAD_REQUEST, message),
        Failure::Invalid { path, message } => {
            (StatusCode::BAD_REQUEST, format!("{path}: {message}"))
        }
        Failure::Denied(Denied::NotThere(..)) => (StatusCode::NOT_FOUND, NO_SANDBOX.to_owned()),
        Failure::Denied(denied) => match denied_code(&denied) {
            StatusCode::UNAUTHORIZED => (StatusCode::UNAUTHORIZED, "unauthorized".to_owned()),
            code => (code, denied.to_string()),
        },
        Failure::Refused(status) => match (http_code(&status), missing(&reason(&status))) {
            (StatusCode::UNAUTHORIZED, _) => (StatusCode::UNAUTHORIZED, "unauthorized".to_owned()),
            (code, Some(text)) => (code, text.to_owned()),
            (code, None) => (code, message(&status)),
        },
        Failure::Said(code, text) => (code, text),
        Failure::Whole(code, value) => return failure::shown(code, &value, retry),
    };
    failure::shown(code, &json!({ "error": text }), retry)
}

fn denied(_: &HeaderMap, denied: Denied) -> Response<Body> {
    show(Failure::Denied(denied))
}

/// What nothing can be called is not there either.
fn absent(status: Status, text: &str) -> Failure {
    match status.code() {
        Code::InvalidArgument => Failure::missing(text),
        _ => status.into(),
    }
}

/// What a delete answers: its client reads JSON of every answer.
fn deleted(id: &str) -> Value {
    json!({ "deleted": id })
}
