//! What the daemon is.

use serde_json::{Map, Value, json};

use super::super::ask::Ask;
use super::super::failure::json;
use super::super::route::Answer;
use super::routes;

/// Nothing of this machine is told to who has no token: `root` and
/// `containerBin` are what they are for everyone.
pub(super) async fn health(_: Ask) -> Answer {
    Ok(json(&json!({
        "status": "ok",
        "runtime": "skerry",
        "root": "/",
        "containerBin": "skerryd",
    })))
}

/// An index of the routes, as its own is.
pub(super) async fn openapi(_: Ask) -> Answer {
    let mut paths: Map<String, Value> = Map::new();
    for route in routes() {
        let path = paths.entry(route.path.replace("{*", "{")).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = json!({ "summary": route.says });
    }
    Ok(json(&json!({
        "openapi": "3.1.0",
        "info": { "title": "Apple Sandboxes", "version": "0.1.0" },
        "paths": paths,
    })))
}
