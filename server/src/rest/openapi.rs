//! The OpenAPI 3.1 document of what is served, from the same descriptors.

mod comment;
mod example;
mod schema;

use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};
use skerry_api::access::{Need, RULES};

use super::json::has_own_form;
use super::routes::{Route, Routes, Source};
use super::shape::{Input, Output};
use super::socket;
use super::template::leaf;
pub use comment::Comments;
use example::Example;
use schema::Schemas;

/// How far parameters go into messages.
const MAX_LEVELS: usize = 3;

/// Writes the document.
pub(super) fn document(pool: &DescriptorPool, routes: &Routes) -> Value {
    let comments = Comments::of(pool);
    let mut schemas = Schemas::new(&comments);
    let (examples, none) = (example::all(), Example::default());
    let mut paths: Map<String, Value> = Map::new();
    let mut tags = Vec::new();
    for route in routes.iter() {
        let mut operation = operation(route, &comments, &mut schemas);
        give_example(&mut operation, examples.get(route.method.name()).unwrap_or(&none));
        let path = paths.entry(route.template.open_api()).or_insert_with(|| json!({}));
        path[route.http.as_str().to_lowercase()] = operation;
        let service = route.method.parent_service();
        let tag = json!({ "name": service.name(), "description": comments.service(service) });
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    let mut schemas = schemas.finish();
    schemas.insert("Failed".to_owned(), failed());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Skerry",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Isolated Linux machines in milliseconds. Every call of the gRPC API, as JSON over HTTP.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "tags": tags,
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "responses": { "Error": {
                "description": "What went wrong. `reason` in the google.rpc.ErrorInfo is stable.",
                "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Failed" },
                } },
            } },
            "schemas": schemas,
        },
    })
}

fn operation(route: &Route, comments: &Comments, schemas: &mut Schemas<'_>) -> Value {
    let method = &route.method;
    let comment = comments.method(method);
    let name = method.name();
    let mut operation = json!({
        "operationId": if route.first { name.to_owned() } else { format!("{name}{}", route.http) },
        "tags": [method.parent_service().name()],
        "summary": in_words(name),
        "description": comment,
        "parameters": parameters(route, comments, schemas),
        "responses": responses(route, schemas),
    });
    if let Some(body) = body(route, schemas) {
        operation["requestBody"] = body;
    }
    if RULES.iter().any(|rule| rule.method == route.grpc_path && rule.need == Need::Nothing) {
        operation["security"] = json!([]);
    }
    operation
}

/// Says in each parameter and in the body what it may be.
fn give_example(operation: &mut Value, example: &Example) {
    let parameters = operation["parameters"].as_array_mut().into_iter().flatten();
    for parameter in parameters {
        let name = parameter["name"].as_str().unwrap_or_default();
        if let Some(value) = example.parameters.get(name) {
            parameter["example"] = value.clone();
        }
    }
    let Some(body) = operation.get_mut("requestBody") else { return };
    for (kind, value) in [
        ("application/json", example.body.clone()),
        ("application/octet-stream", example.content.clone().map(Value::from)),
    ] {
        if let (Some(value), Some(content)) = (value, body["content"].get_mut(kind)) {
            content["example"] = value;
        }
    }
}

/// A method's name in words: `Create ssh key`.
fn in_words(name: &str) -> String {
    let mut words = String::new();
    for (place, letter) in name.char_indices() {
        match letter.is_ascii_uppercase() && place > 0 {
            true => words.extend([' ', letter.to_ascii_lowercase()]),
            false => words.push(letter),
        }
    }
    words
}

fn body(route: &Route, schemas: &mut Schemas<'_>) -> Option<Value> {
    let content = match (&route.input, &route.source) {
        (Input::Content(_), _) => json!({
            "application/octet-stream": { "schema": {} },
            "multipart/form-data": { "schema": {
                "type": "object",
                "required": ["file"],
                "additionalProperties": false,
                "properties": { "file": {
                    "type": "string",
                    "contentMediaType": "application/octet-stream",
                    "description": "The content, with a file name; the last part.",
                } },
            } },
        }),
        (_, Source::Query) => return None,
        (_, Source::Body) => {
            json!({ "application/json": { "schema": schemas.message(&route.method.input()) } })
        }
        (_, Source::Field(_, kind)) => {
            json!({ "application/json": { "schema": schemas.message(kind) } })
        }
    };
    Some(json!({ "content": content }))
}

fn responses(route: &Route, schemas: &mut Schemas<'_>) -> Value {
    let error = json!({ "$ref": "#/components/responses/Error" });
    if matches!(route.input, Input::Frames { .. }) {
        let protocol = socket::PROTOCOL;
        let upgraded = format!("A WebSocket with the subprotocol {protocol}.");
        return json!({ "101": { "description": upgraded }, "default": error });
    }
    let kind = route.method.output();
    let lines = |schema: &Value| json!({ "type": "object", "properties": { "result": schema, "error": {} } });
    let content = match &route.output {
        Output::Message => {
            let schema = match &route.response_body {
                None => schemas.message(&kind),
                Some(field) => schemas.field(field),
            };
            json!({ "application/json": { "schema": schema } })
        }
        Output::Events { .. } => {
            let schema = schemas.message(&kind);
            json!({
                "text/event-stream": { "schema": event(&schema) },
                "application/x-ndjson": { "schema": lines(&schema) },
            })
        }
        Output::Content(_) => {
            let schema = schemas.message(&kind);
            json!({
                "application/octet-stream": { "schema": {} },
                "application/x-ndjson": { "schema": lines(&schema) },
            })
        }
    };
    let description = match &route.output {
        Output::Message => "The answer.",
        Output::Events { .. } => "A message at a time; an event's name is the member that is set.",
        Output::Content(_) => "The content.",
    };
    json!({ "200": { "description": description, "content": content }, "default": error })
}

/// An event of a stream, as the event source hands it over.
fn event(schema: &Value) -> Value {
    let data = json!({
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": { "anyOf": [schema, { "$ref": "#/components/schemas/Failed" }] },
    });
    let text = json!({ "type": "string" });
    json!({
        "type": "object",
        "required": ["data"],
        "properties": { "event": text, "data": data, "id": text },
    })
}

fn parameters(route: &Route, comments: &Comments, schemas: &mut Schemas<'_>) -> Vec<Value> {
    let input = route.method.input();
    let bound: Vec<&str> = route.template.fields().collect();
    let mut parameters = Vec::new();
    for path in &bound {
        if let Some(field) = super::routes::field_at(&input, path) {
            parameters.push(parameter("path", leaf(path), &field, comments, schemas));
        }
    }
    let (kind, prefix) = match &route.input {
        Input::Content(content) => match content.head.as_ref().map(|head| (head, head.kind())) {
            Some((head, Kind::Message(kind))) => (kind, format!("{}.", head.name())),
            _ => return parameters,
        },
        _ => (input, String::new()),
    };
    let skip = |path: &str| {
        let whole = format!("{prefix}{path}");
        let in_body = matches!(&route.source, Source::Field(field, _) if field.name() == path);
        bound.contains(&whole.as_str()) || in_body
    };
    if !matches!((&route.input, &route.source), (Input::Message, Source::Body)) {
        query(&kind, "", MAX_LEVELS, &skip, &mut |path, field| {
            parameters.push(parameter("query", path, field, comments, schemas));
        });
    }
    parameters
}

/// Every parameter of a message, with its path.
fn query(
    kind: &MessageDescriptor,
    before: &str,
    levels: usize,
    skip: &dyn Fn(&str) -> bool,
    each: &mut dyn FnMut(&str, &FieldDescriptor),
) {
    for field in kind.fields() {
        let path = format!("{before}{}", field.name());
        if skip(&path) {
            continue;
        }
        match field.kind() {
            Kind::Message(inner) if !field.is_map() && !has_own_form(&inner) => {
                if !field.is_list() && levels > 1 {
                    query(&inner, &format!("{path}."), levels - 1, skip, each);
                }
            }
            _ => each(&path, &field),
        }
    }
}

fn parameter(
    place: &str,
    path: &str,
    field: &FieldDescriptor,
    comments: &Comments,
    schemas: &mut Schemas<'_>,
) -> Value {
    let mut parameter = json!({
        "name": path,
        "in": place,
        "description": comments.field(field),
        "schema": schemas.field(field),
    });
    if place == "path" {
        parameter["required"] = true.into();
    }
    if field.is_map() {
        parameter["style"] = "deepObject".into();
    }
    parameter
}

/// What every error is.
fn failed() -> Value {
    json!({
        "type": "object",
        "required": ["error"],
        "properties": { "error": {
            "type": "object",
            "required": ["code", "message", "status", "details"],
            "properties": {
                "code": { "type": "integer", "description": "The HTTP code." },
                "message": { "type": "string", "description": "For people." },
                "status": { "type": "string", "description": "The name in google.rpc.Code." },
                "details": { "type": "array", "items": {
                    "type": "object",
                    "required": ["@type"],
                    "properties": { "@type": { "type": "string" } },
                } },
            },
        } },
    })
}
