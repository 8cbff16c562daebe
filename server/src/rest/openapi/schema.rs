//! Messages as JSON schemas, by their canonical JSON.

use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

use super::comment::Comments;
use crate::rest::json::has_own_form;

/// The schemas that the document needs, by name.
pub(super) struct Schemas<'a> {
    comments: &'a Comments,
    done: Map<String, Value>,
}

impl<'a> Schemas<'a> {
    pub(super) fn new(comments: &'a Comments) -> Self {
        Self { comments, done: Map::new() }
    }

    pub(super) fn finish(self) -> Map<String, Value> {
        self.done
    }

    /// A message's schema, or where it stands.
    pub(super) fn message(&mut self, kind: &MessageDescriptor) -> Value {
        if has_own_form(kind) {
            return own_form(kind);
        }
        let name = short(kind.full_name(), kind.package_name());
        if !self.done.contains_key(&name) {
            // A message may hold itself.
            self.done.insert(name.clone(), Value::Null);
            let properties: Map<String, Value> = kind
                .fields()
                .map(|field| {
                    let mut schema = or_null(self.field(&field));
                    schema["description"] = self.comments.field(&field).into();
                    (field.json_name().to_owned(), schema)
                })
                .collect();
            let schema = json!({
                "type": "object",
                "description": self.comments.message(kind),
                "properties": properties,
                "additionalProperties": false,
            });
            self.done.insert(name.clone(), schema);
        }
        reference(&name)
    }

    /// A field's schema.
    pub(super) fn field(&mut self, field: &FieldDescriptor) -> Value {
        match field.kind() {
            Kind::Message(entry) if field.is_map() => {
                let value = self.kind(entry.map_entry_value_field().kind());
                json!({ "type": "object", "additionalProperties": value })
            }
            kind if field.is_list() => json!({ "type": "array", "items": self.kind(kind) }),
            kind => self.kind(kind),
        }
    }

    fn kind(&mut self, kind: Kind) -> Value {
        // 64 bits go out as text; both come in.
        let wide = || json!({ "type": ["string", "integer"], "format": "int64" });
        match kind {
            Kind::Bool => json!({ "type": "boolean" }),
            Kind::String => json!({ "type": "string" }),
            Kind::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
            Kind::Double | Kind::Float => json!({ "type": "number" }),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                json!({ "type": "integer", "format": "int32" })
            }
            Kind::Uint32 | Kind::Fixed32 => json!({ "type": "integer", "minimum": 0 }),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 | Kind::Uint64 | Kind::Fixed64 => wide(),
            Kind::Enum(kind) => self.enumeration(&kind),
            Kind::Message(kind) => self.message(&kind),
        }
    }

    fn enumeration(&mut self, kind: &EnumDescriptor) -> Value {
        let name = short(kind.full_name(), kind.package_name());
        if !self.done.contains_key(&name) {
            let values: Vec<String> = kind.values().map(|value| value.name().to_owned()).collect();
            let schema = json!({
                "description": self.comments.enumeration(kind),
                "anyOf": [
                    { "type": "string", "enum": values },
                    { "type": "integer", "format": "int32", "description": "Its number." },
                ],
            });
            self.done.insert(name.clone(), schema);
        }
        reference(&name)
    }
}

/// The name without its package: `Sandbox`, `InteractExecRequest.Start`.
fn short(full_name: &str, package: &str) -> String {
    full_name.strip_prefix(package).unwrap_or(full_name).trim_start_matches('.').to_owned()
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The same, or null: what comes in may say so of every field.
fn or_null(mut schema: Value) -> Value {
    match schema.get_mut("type") {
        Some(Value::Array(types)) => types.push("null".into()),
        Some(one) => *one = json!([one.take(), "null"]),
        None => return json!({ "anyOf": [schema, { "type": "null" }] }),
    }
    schema
}

/// What canonical JSON writes as something else than its fields.
fn own_form(kind: &MessageDescriptor) -> Value {
    match kind.name() {
        "Timestamp" => json!({ "type": "string", "format": "date-time" }),
        "Duration" => json!({ "type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,9})?s$" }),
        "FieldMask" => json!({ "type": "string" }),
        _ => json!({}),
    }
}
