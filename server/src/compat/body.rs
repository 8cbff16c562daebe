//! Bodies in JSON: each name once, not too deep, not too long.

use std::fmt;

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::{DeserializeOwned, DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::failure::Failure;

/// Bytes of a body.
pub(super) const MAX_BYTES: usize = 20 << 20;
/// Characters of what is wrong with one.
const MAX_MESSAGE: usize = 200;

/// Reads one. None at all is an empty one: each system takes it so.
pub(super) async fn read<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Body,
) -> Result<T, Failure> {
    let whole = collect(body).await?;
    if whole.is_empty() {
        return typed(Value::Object(Map::new()));
    }
    if !is_json(headers) {
        let message = "the body must be JSON, with content-type: application/json";
        return Err(Failure::said(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    typed(parse(&whole)?)
}

/// All of a body. One that says that it is too long is not read.
async fn collect(body: Body) -> Result<bytes::Bytes, Failure> {
    let too_large = || {
        let message = format!("the body has more than {MAX_BYTES} bytes");
        Failure::said(StatusCode::PAYLOAD_TOO_LARGE, message)
    };
    if body.size_hint().lower() > MAX_BYTES as u64 {
        return Err(too_large());
    }
    match Limited::new(body, MAX_BYTES).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
        Err(_) => Err(Failure::said(StatusCode::BAD_REQUEST, "the body ended before its end")),
    }
}

/// JSON in UTF-8, as it is.
fn is_json(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = text(header::CONTENT_TYPE).split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().eq_ignore_ascii_case("application/json");
    let utf8 = |part: &str| {
        let charset = part.to_ascii_lowercase();
        !charset.starts_with("charset=") || charset.trim_matches('"').ends_with("utf-8")
    };
    kind && parts.all(utf8) && matches!(text(header::CONTENT_ENCODING), "" | "identity")
}

fn parse(whole: &[u8]) -> Result<Value, Failure> {
    let mut reader = serde_json::Deserializer::from_slice(whole);
    let value = Strict.deserialize(&mut reader);
    let value = value.and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| {
        Failure::said(
            StatusCode::BAD_REQUEST,
            short(format!("Malformed JSON in request body: {error}")),
        )
    })
}

fn typed<T: DeserializeOwned>(value: Value) -> Result<T, Failure> {
    if !value.is_object() {
        return Err(Failure::invalid("", "the body must be an object"));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let path = if path == "." { String::new() } else { path };
        located(path, short(error.inner().to_string()))
    })
}

/// A field that is not there is what is wrong itself.
fn located(path: String, message: String) -> Failure {
    let missing = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
    match missing {
        None => Failure::Invalid { path, message },
        Some(field) if path.is_empty() => Failure::invalid(field, "it is required"),
        Some(field) => Failure::invalid(&format!("{path}.{field}"), "it is required"),
    }
}

fn short(text: String) -> String {
    match text.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Any value, in which no object has a name twice.
struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Self)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(Self)?;
            if map.contains_key(&name) {
                return Err(A::Error::custom(format_args!("{name:?} is there twice")));
            }
            map.insert(name, value);
        }
        Ok(map.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_not_there_is_named() {
        #[derive(Debug, serde::Deserialize)]
        struct Wanted {
            #[expect(dead_code, reason = "it is not there")]
            name: String,
        }
        let read = |text: &str| typed::<Wanted>(serde_json::from_str(text).unwrap()).unwrap_err();
        for (text, wanted) in [("{}", "name"), (r#"{"name": 7}"#, "name"), ("[]", "")] {
            match read(text) {
                Failure::Invalid { path, .. } => assert_eq!(path, wanted, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_name_is_there_once_at_every_level() {
        for good in ["{}", r#"{"a": {"b": [1, 2.5, null, true, "x", -3]}}"#] {
            let wanted: Value = serde_json::from_str(good).unwrap();
            assert_eq!(parse(good.as_bytes()).unwrap(), wanted);
        }
        let deep = "[".repeat(10_000);
        for bad in [r#"{"a": 1, "a": 2}"#, r#"[{"b": {"c": 1, "c": 1}}]"#, "{} {}", "{", &deep] {
            let failure = parse(bad.as_bytes());
            assert!(matches!(failure, Err(Failure::Said(StatusCode::BAD_REQUEST, _))), "{bad}");
        }
    }
}
