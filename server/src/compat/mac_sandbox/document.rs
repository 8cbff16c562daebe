//! What the API is, for programs and for people.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::super::ask::Ask;
use super::super::failure::json;
use super::super::route::{Answer, Route};
use super::routes;

const PAGE: &str = include_str!("reference.html");

/// `2026-01-01T00:00:00.000Z`.
pub(super) async fn health(_: Ask) -> Answer {
    let now = DateTime::<Utc>::from(std::time::SystemTime::now());
    Ok(json(&json!({
        "status": "ok",
        "timestamp": now.to_rfc3339_opts(SecondsFormat::Millis, true),
        "version": env!("CARGO_PKG_VERSION"),
    })))
}

pub(super) async fn openapi(_: Ask) -> Answer {
    let mut paths: Map<String, Value> = Map::new();
    for route in routes() {
        let path = paths.entry(route.path.to_owned()).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = operation(&route);
    }
    Ok(json(&json!({
        "openapi": "3.0.0",
        "info": { "title": "Mac Sandbox API", "version": "1.0.0" },
        "paths": paths,
        "components": { "securitySchemes": { "Bearer": { "type": "http", "scheme": "bearer" } } },
    })))
}

fn operation(route: &Route) -> Value {
    let mut operation = json!({
        "summary": route.says,
        "responses": { "200": { "description": "It went well." } },
    });
    if !route.open {
        operation["security"] = json!([{ "Bearer": [] }]);
    }
    if route.path.contains("{id}") {
        let id =
            json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } });
        operation["parameters"] = json!([id]);
    }
    if let Some(schema) = body(route.path) {
        let content = json!({ "application/json": { "schema": schema } });
        operation["requestBody"] = json!({ "content": content });
    }
    operation
}

/// The body that a path takes.
fn body(path: &str) -> Option<Value> {
    let text = || json!({ "type": "string" });
    let object = |properties: Value, required: &[&str]| json!({ "type": "object", "properties": properties, "required": required });
    Some(match path {
        "/pairing/confirm" => object(json!({ "code": text(), "deviceName": text() }), &["code"]),
        "/sandbox/create" => json!({ "type": "object", "properties": {
            "cpus": { "type": "number", "default": 2 },
            "memory": { "type": "string", "default": "4G" },
            "storage": { "type": "string", "nullable": true, "enum": super::create::SIZES },
            "volumeId": text(),
            "flags": { "type": "object", "properties": {
                "tunnel": { "type": "boolean" }, "lan": { "type": "boolean" },
            } },
            "healthCheck": { "type": "object", "properties": {
                "url": { "type": "string", "enum": ["tunnel", "lan", "container"] },
                "timeout": { "type": "number" },
                "interval": { "type": "number", "default": 1000 },
                "maxAttempts": { "type": "number", "default": 60 },
                "destroy": { "type": "boolean" },
            } },
            "env": { "type": "object", "additionalProperties": text() },
        } }),
        "/sandbox/{id}/tunnel" => object(
            json!({
                "tunnelToken": text(), "tunnelId": text(), "url": text(),
                "checkhealth": { "type": "boolean", "default": true },
            }),
            &["tunnelToken"],
        ),
        "/sandbox/{id}/exec" | "/sandbox/{id}/exec/stream" => object(
            json!({
                "command": text(), "user": text(),
                "args": { "type": "array", "items": text(), "default": [] },
                "timeout": { "type": "number", "default": 30_000 },
            }),
            &["command"],
        ),
        "/volume/create" => {
            object(json!({ "id": text(), "size": text(), "label": text() }), &["id"])
        }
        "/volume/batch-delete" => {
            object(json!({ "ids": { "type": "array", "items": text() } }), &["ids"])
        }
        _ => return None,
    })
}

/// A page that needs no script and asks nobody for anything.
pub(super) async fn reference(_: Ask) -> Answer {
    let mut lines = String::new();
    for route in routes() {
        let (method, path, says) = (route.method, route.path, route.says.replace('`', ""));
        lines.push_str(&format!(
            "<tr><td>{method}</td><td><code>{path}</code></td><td>{says}</td></tr>\n"
        ));
    }
    let mut response = Response::new(Body::from(PAGE.replace("{routes}", &lines)));
    *response.status_mut() = StatusCode::OK;
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
