//! mac-sandbox 1.0: its routes, its errors, what it calls things.
//!
//! A sandbox's id is the name of ours, 8 hexadecimal digits; a volume's id is
//! the volume's name. Nothing is kept here: what a sandbox is, the API says.

mod admin;
mod create;
mod document;
mod entry;
mod exec;
mod health;
mod inspect;
mod pairing;
mod sandbox;
mod stream;
mod tunnel;
mod volume;

use axum::body::Body;
use axum::http::{HeaderMap, Response, StatusCode};
use serde_json::{Value, json};

use super::failure::{self, Failure, denied_code, http_code, message, reason, retry_after};
use super::route::{Route, route};
use super::system::System;
use crate::auth::Denied;

pub(super) static SYSTEM: System = System {
    name: "mac-sandbox",
    port: 4000,
    routes,
    at_root: |path| {
        ["/sandbox/", "/volume/", "/admin/", "/auth/", "/pairing/"]
            .iter()
            .any(|prefix| path.starts_with(prefix))
    },
    show,
    denied,
};

fn routes() -> Vec<Route> {
    vec![
        route("GET /", document::reference, "shows the API to people").open(),
        route("GET /reference", document::reference, "shows the API to people").open(),
        route("GET /doc", document::openapi, "describes the API").open(),
        route("GET /health", document::health, "says that the daemon is there").open(),
        route("POST /pairing/confirm", pairing::confirm, "gives a token for a code").open(),
        route("GET /auth/me", pairing::me, "says whose the token is"),
        route("POST /sandbox/create", create::create, "makes a sandbox"),
        route("GET /sandbox/list", sandbox::list, "lists sandboxes, by id"),
        route("GET /sandbox/{id}", sandbox::get, "reads one"),
        route("DELETE /sandbox/{id}", sandbox::delete, "deletes one; `preserveStorage=true`"),
        route("GET /sandbox/{id}/health", health::health, "asks what listens at port 80"),
        route("GET /sandbox/{id}/inspect", inspect::inspect, "reads all that is known of one"),
        route("POST /sandbox/{id}/tunnel", tunnel::start, "leads the world to port 80"),
        route("POST /sandbox/{id}/exec", exec::exec, "runs a command to its end"),
        route("POST /sandbox/{id}/exec/stream", stream::stream, "runs one and tells as it goes"),
        route("POST /volume/create", volume::create, "makes a volume"),
        route("GET /volume/list", volume::list, "lists volumes"),
        route("GET /volume/{id}", volume::get, "reads one"),
        route("DELETE /volume/{id}", volume::delete, "deletes one"),
        route("POST /volume/batch-delete", volume::delete_all, "deletes several"),
        route("GET /admin/sandboxes", sandbox::list, "lists sandboxes, by id"),
        route("GET /admin/containers", inspect::containers, "lists what runs"),
        route(
            "POST /admin/kill-all",
            admin::kill_all,
            "deletes all sandboxes that the token reaches",
        ),
        route("GET /admin/stats", admin::stats, "counts"),
        route("POST /admin/disconnect", admin::disconnect, "deletes all and ends the daemon"),
    ]
}

const NO_SANDBOX: &str = "Sandbox not found";
const NO_VOLUME: &str = "Volume not found";

fn show(failure: Failure) -> Response<Body> {
    let retry = retry_after(&failure);
    let unknown = || (StatusCode::UNAUTHORIZED, "Invalid or expired token".to_owned());
    let (code, text) = match failure {
        Failure::Invalid { path, message } => {
            return failure::shown(StatusCode::BAD_REQUEST, &zod(&path, &message), retry);
        }
        Failure::Denied(denied) => (denied_code(&denied), refusal(&denied)),
        Failure::Refused(status) => match (http_code(&status), reason(&status).as_str()) {
            (StatusCode::UNAUTHORIZED, _) => unknown(),
            (StatusCode::TOO_MANY_REQUESTS, "") => too_many(),
            (code, "SANDBOX_NOT_FOUND") => (code, NO_SANDBOX.to_owned()),
            (code, "VOLUME_NOT_FOUND") => (code, NO_VOLUME.to_owned()),
            (code, _) => (code, message(&status)),
        },
        Failure::Said(code, text) => (code, text),
        Failure::Whole(code, value) => return failure::shown(code, &value, retry),
    };
    failure::shown(code, &json!({ "error": text }), retry)
}

fn too_many() -> (StatusCode, String) {
    (StatusCode::TOO_MANY_REQUESTS, "Too many requests".to_owned())
}

fn refusal(denied: &Denied) -> String {
    match denied {
        Denied::Missing => "Missing Authorization header".to_owned(),
        Denied::Malformed => "Invalid Authorization header format. Use: Bearer <token>".to_owned(),
        Denied::Unknown | Denied::Ended => "Invalid or expired token".to_owned(),
        Denied::Throttled(_) => too_many().1,
        other => other.to_string(),
    }
}

fn denied(_: &HeaderMap, denied: Denied) -> Response<Body> {
    show(Failure::Denied(denied))
}

/// Its validator's form: the list of issues is a text in itself.
fn zod(path: &str, message: &str) -> Value {
    let steps: Vec<Value> = path
        .split(['.', '['])
        .map(|step| step.trim_end_matches(']'))
        .filter(|step| !step.is_empty())
        .map(|step| step.parse::<u64>().map_or_else(|_| json!(step), |index| json!(index)))
        .collect();
    let issues = json!([{ "code": "custom", "path": steps, "message": message }]);
    let text = serde_json::to_string_pretty(&issues).unwrap_or_default();
    json!({ "success": false, "error": { "name": "ZodError", "message": text } })
}
