//! Streams of answers: server-sent events, or a line of JSON for each.

use std::future::Future;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use futures::stream::{self, StreamExt};
use prost_reflect::{DynamicMessage, FieldDescriptor, MessageDescriptor, ReflectMessage, Value};
use tonic::Streaming;

use super::failure::Failure;
use super::json;
use super::shape::POSITION;

/// Silence until a comment says that the stream is alive.
const PING: Duration = Duration::from_secs(15);

/// How a caller wants a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `text/event-stream`.
    Events,
    /// `application/x-ndjson`.
    Lines,
}

impl Form {
    /// The form that a caller names.
    pub(super) fn named(headers: &HeaderMap) -> Option<Self> {
        let accepted =
            headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let types = accepted.flat_map(|value| value.split(','));
        types.map(|kind| kind.split(';').next().unwrap_or_default().trim()).find_map(|kind| {
            match kind {
                "text/event-stream" => Some(Self::Events),
                "application/x-ndjson" => Some(Self::Lines),
                _ => None,
            }
        })
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Events => "text/event-stream",
            Self::Lines => "application/x-ndjson",
        }
    }
}

/// Where a caller that comes again goes on: `Last-Event-ID`.
pub(super) fn resumed(headers: &HeaderMap) -> Result<Option<i64>, Failure> {
    const NAME: &str = "last-event-id";
    let Some(value) = headers.get(NAME).filter(|value| !value.is_empty()) else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.parse().ok());
    let number = number.filter(|number: &i64| *number >= 0);
    number.map(Some).ok_or_else(|| Failure::invalid(NAME, "must be the `id` of an event"))
}

/// A response of a stream, which ends where `until` does. Dropping it drops
/// the stream.
pub(super) fn response(
    kind: MessageDescriptor,
    messages: Streaming<Bytes>,
    form: Form,
    until: impl Future<Output = Failure> + Send + 'static,
) -> Response<Body> {
    let stream = Events { kind, messages: Some(messages), form };
    let pieces = stream::unfold(stream, |mut stream| async move {
        let piece = stream.next().await?;
        Some((Ok::<_, std::convert::Infallible>(piece), stream))
    })
    .take_until(until);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(form.content_type())),
        // Proxies hold pieces back otherwise.
        (header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, Body::from_stream(pieces)).into_response()
}

struct Events {
    kind: MessageDescriptor,
    /// `None` once it has ended.
    messages: Option<Streaming<Bytes>>,
    form: Form,
}

impl Events {
    async fn next(&mut self) -> Option<Bytes> {
        let messages = self.messages.as_mut()?;
        let message = match self.form {
            Form::Lines => messages.message().await,
            Form::Events => match tokio::time::timeout(PING, messages.message()).await {
                Ok(message) => message,
                Err(_) => return Some(Bytes::from_static(b": ping\n\n")),
            },
        };
        let told = match message {
            Ok(Some(message)) => self.tell(message),
            Ok(None) => {
                self.messages = None;
                return (self.form == Form::Events)
                    .then_some(Bytes::from_static(b"event: end\ndata: {}\n\n"));
            }
            Err(status) => Err(status.into()),
        };
        Some(told.unwrap_or_else(|failure| {
            self.messages = None;
            self.fail(&failure)
        }))
    }

    fn tell(&self, message: Bytes) -> Result<Bytes, Failure> {
        let message =
            DynamicMessage::decode(self.kind.clone(), message).map_err(Failure::internal)?;
        let json = json::write(&message)?;
        let mut text = Vec::with_capacity(json.len() + 64);
        match self.form {
            Form::Lines => {
                text.extend_from_slice(b"{\"result\":");
                text.extend_from_slice(&json);
                text.extend_from_slice(b"}\n");
            }
            Form::Events => {
                if let Some(case) = case(&message) {
                    text.extend_from_slice(format!("event: {}\n", case.name()).as_bytes());
                }
                if let Some(id) = id(&message) {
                    text.extend_from_slice(format!("id: {id}\n").as_bytes());
                }
                text.extend_from_slice(b"data: ");
                text.extend_from_slice(&json);
                text.extend_from_slice(b"\n\n");
            }
        }
        Ok(text.into())
    }

    fn fail(&self, failure: &Failure) -> Bytes {
        let body = failure.body();
        match self.form {
            Form::Lines => format!("{body}\n"),
            Form::Events => format!("event: error\ndata: {body}\n\n"),
        }
        .into()
    }
}

/// The member of a message's oneof that is set.
pub(super) fn case(message: &DynamicMessage) -> Option<FieldDescriptor> {
    let kind = message.descriptor();
    let mut members = kind.oneofs().flat_map(|oneof| oneof.fields().collect::<Vec<_>>());
    members.find(|field| message.has_field(field))
}

/// Where a stream goes on after a message: its `position`; or the `offset` of
/// the event's bytes with their length, or the offset `before` which there
/// are none.
fn id(message: &DynamicMessage) -> Option<i64> {
    if let Some(position) = number(message, POSITION) {
        return Some(position);
    }
    let case = case(message)?;
    let event = message.get_field(&case);
    let event = event.as_message()?;
    match (number(event, "offset"), event.get_field_by_name("data").as_deref()) {
        (Some(offset), Some(Value::Bytes(data))) => {
            Some(offset.saturating_add(i64::try_from(data.len()).unwrap_or(i64::MAX)))
        }
        _ => number(event, "before"),
    }
}

fn number(message: &DynamicMessage, field: &str) -> Option<i64> {
    message.get_field_by_name(field)?.as_i64()
}
