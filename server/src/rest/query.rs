//! Fields that are given in a path or in its query.
//!
//! A query's parameter is a field's path, `a.b`, by either of its names; a
//! list's is given again for each item, a map's entry is `a[key]=value`. What
//! has a form of its own in JSON, as a Duration has, is given in that form.

use percent_encoding::percent_decode_str;
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value};

use super::failure::Failure;
use super::json::{field, has_own_form};

/// Fields, on their way to a message.
#[derive(Debug, Default)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As a JSON object.
    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    /// Adds one, by its path in a message of this kind.
    pub(super) fn add(
        &mut self,
        kind: &MessageDescriptor,
        path: &str,
        value: String,
    ) -> Result<(), Failure> {
        let (names, key) = match path.strip_suffix(']').and_then(|path| path.split_once('[')) {
            Some((names, key)) => (names, Some(key)),
            None => (path, None),
        };
        add(&mut self.0, kind, path, names, key, value)
    }

    /// Adds all of a query.
    pub(super) fn add_query(
        &mut self,
        kind: &MessageDescriptor,
        query: &str,
    ) -> Result<(), Failure> {
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let path = decode(name).ok_or_else(|| Failure::invalid(name, NOT_UTF8))?;
            let value = decode(value).ok_or_else(|| Failure::invalid(&path, NOT_UTF8))?;
            self.add(kind, &path, value)?;
        }
        Ok(())
    }
}

/// What is said of bytes that are no text.
pub(super) const NOT_UTF8: &str = "must be UTF-8";
const UNKNOWN: &str = "there is no such parameter";

/// `+` is a space, as forms have it.
fn decode(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(|text| text.into_owned())
}

fn add(
    into: &mut Map<String, Value>,
    kind: &MessageDescriptor,
    path: &str,
    names: &str,
    key: Option<&str>,
    value: String,
) -> Result<(), Failure> {
    let (name, rest) = match names.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (names, None),
    };
    let field = field(kind, name).ok_or_else(|| Failure::invalid(path, UNKNOWN))?;
    let place = into.entry(field.name().to_owned());
    match (rest, field.kind()) {
        (Some(rest), Kind::Message(inner)) if is_nested(&field, &inner) => {
            match place.or_insert_with(|| Value::Object(Map::new())) {
                Value::Object(inside) => add(inside, &inner, path, rest, key, value),
                _ => Err(Failure::invalid(path, UNKNOWN)),
            }
        }
        (None, Kind::Message(entry)) if field.is_map() => {
            let key =
                key.ok_or_else(|| Failure::invalid(path, "give an entry: NAME[KEY]=VALUE"))?;
            let value = scalar(path, &entry.map_entry_value_field(), value)?;
            match place.or_insert_with(|| Value::Object(Map::new())) {
                Value::Object(map) if !map.contains_key(key) => {
                    map.insert(key.to_owned(), value);
                    Ok(())
                }
                _ => Err(Failure::invalid(path, TWICE)),
            }
        }
        (None, _) if key.is_none() && field.is_list() => {
            let value = scalar(path, &field, value)?;
            if let Value::Array(list) = place.or_insert_with(|| Value::Array(Vec::new())) {
                list.push(value);
            }
            Ok(())
        }
        (None, _) if key.is_none() => match place {
            serde_json::map::Entry::Occupied(_) => Err(Failure::invalid(path, TWICE)),
            serde_json::map::Entry::Vacant(place) => {
                place.insert(scalar(path, &field, value)?);
                Ok(())
            }
        },
        _ => Err(Failure::invalid(path, UNKNOWN)),
    }
}

const TWICE: &str = "is there twice";

fn is_nested(field: &FieldDescriptor, inner: &MessageDescriptor) -> bool {
    !field.is_list() && !field.is_map() && !has_own_form(inner)
}

/// One value. JSON takes numbers, bytes and names of enums as strings.
fn scalar(path: &str, field: &FieldDescriptor, value: String) -> Result<Value, Failure> {
    match field.kind() {
        Kind::Message(inner) if !has_own_form(&inner) => {
            Err(Failure::invalid(path, "is a message: give its fields, NAME.FIELD=VALUE"))
        }
        Kind::Message(inner) if inner.name() == "BoolValue" => boolean(path, &value),
        Kind::Bool => boolean(path, &value),
        Kind::Enum(_) => Ok(match value.parse::<i32>() {
            Ok(number) => number.into(),
            Err(_) => Value::String(value),
        }),
        _ => Ok(Value::String(value)),
    }
}

fn boolean(path: &str, value: &str) -> Result<Value, Failure> {
    match value {
        "true" => Ok(Value::Bool(true)),
        "false" => Ok(Value::Bool(false)),
        _ => Err(Failure::invalid(path, "must be `true` or `false`")),
    }
}
