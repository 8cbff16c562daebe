//! A request's message, out of its path, query and body.

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use prost_reflect::prost::Message;
use prost_reflect::{DynamicMessage, ReflectMessage, Value};

use super::failure::Failure;
use super::json;
use super::query::Fields;
use super::routes::{Route, Source};
use super::template::Bound;

/// Bytes of a body: as many as a gRPC message may have.
pub(super) const MAX_BODY_BYTES: usize = 16 << 20;

/// Puts a request's message together.
pub(super) async fn message(
    route: &Route,
    bound: Bound,
    query: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<DynamicMessage, Failure> {
    let kind = route.method.input();
    let mut fields = Fields::default();
    for (field, value) in bound.iter().cloned() {
        fields.add(&kind, &field, value)?;
    }
    match &route.source {
        Source::Body if query.is_empty() => {}
        Source::Body => {
            let name = query.split(['=', '&']).next().unwrap_or_default();
            return Err(Failure::invalid(
                name,
                "this call takes no parameters: give it in the body",
            ));
        }
        Source::Field(field, _) if names(query, field.name(), field.json_name()) => {
            return Err(Failure::invalid(field.name(), "give it in the body"));
        }
        _ => fields.add_query(&kind, query)?,
    }
    let of_path = json::from_value(&kind, fields.into_value())?;
    let body = whole(body).await?;
    let mut message = match &route.source {
        Source::Query if !body.is_empty() => {
            return Err(Failure::unsupported("this call takes no body: give parameters"));
        }
        Source::Query => return Ok(of_path),
        Source::Body => {
            let message = read(&kind, headers, &body)?;
            agree(&message, &of_path, &bound)?;
            message
        }
        Source::Field(field, inner) => {
            let mut message = DynamicMessage::new(kind.clone());
            if !body.is_empty() {
                message.set_field(field, Value::Message(read(inner, headers, &body)?));
            }
            message
        }
    };
    message.merge(&*of_path.encode_to_vec()).map_err(Failure::internal)?;
    Ok(message)
}

/// Whether a query names a field or what is in it.
fn names(query: &str, name: &str, json_name: &str) -> bool {
    let first = |pair: &str| pair.split(['=', '.', '[']).next().unwrap_or_default().to_owned();
    query.split('&').map(first).any(|found| found == name || found == json_name)
}

/// No body is an empty object.
fn read(
    kind: &prost_reflect::MessageDescriptor,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<DynamicMessage, Failure> {
    if body.is_empty() {
        return Ok(DynamicMessage::new(kind.clone()));
    }
    must_be_json(headers)?;
    json::read(kind, body)
}

/// A form's or a text's type is sent by any web page without being asked.
fn must_be_json(headers: &HeaderMap) -> Result<(), Failure> {
    const WANTED: &str = "send `content-type: application/json`, in UTF-8 and not compressed";
    let text = |name| headers.get(name).map(|value: &axum::http::HeaderValue| value.to_str());
    let kind = match text(header::CONTENT_TYPE) {
        Some(Ok(kind)) => kind.to_ascii_lowercase(),
        _ => return Err(Failure::unsupported(WANTED)),
    };
    let (kind, parameters) = kind.split_once(';').unwrap_or((&kind, ""));
    let charset = parameters.trim().strip_prefix("charset=").unwrap_or("utf-8");
    let plain = text(header::CONTENT_ENCODING)
        .is_none_or(|coding| coding.is_ok_and(|coding| coding == "identity"));
    let fits = kind.trim() == "application/json" && charset.trim_matches('"') == "utf-8" && plain;
    if fits { Ok(()) } else { Err(Failure::unsupported(WANTED)) }
}

/// A field of the path that the body has too must be the same there.
fn agree(body: &DynamicMessage, path: &DynamicMessage, bound: &Bound) -> Result<(), Failure> {
    for (field, _) in bound {
        let value = |message: &DynamicMessage| at(message, field);
        let given = value(body);
        if given.as_ref().is_some_and(|given| Some(given) != value(path).as_ref()) {
            return Err(Failure::invalid(field, "is another one in the path"));
        }
    }
    Ok(())
}

/// The value at a path of names, where it is set.
fn at(message: &DynamicMessage, path: &str) -> Option<Value> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let field = message.descriptor().get_field_by_name(name)?;
    let value = message.has_field(&field).then(|| message.get_field(&field).into_owned())?;
    match (rest, &value) {
        (None, _) => Some(value),
        (Some(rest), Value::Message(inner)) => at(inner, rest),
        (Some(_), _) => None,
    }
}

/// All of a body, up to the bound. One that says that it is longer is not
/// read.
async fn whole(body: Body) -> Result<Bytes, Failure> {
    if body.size_hint().lower() > MAX_BODY_BYTES as u64 {
        return Err(Failure::too_large(MAX_BODY_BYTES));
    }
    match Limited::new(body, MAX_BODY_BYTES).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Failure::too_large(MAX_BODY_BYTES)),
        Err(_) => Err(Failure::cut()),
    }
}
