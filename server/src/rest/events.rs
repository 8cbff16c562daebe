//! Streams of answers: server-sent events, or a line of JSON for each.

use std::future::Future;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, header};
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

/// Bytes of an event beside those of the sandbox.
const SMALL: usize = 512;

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

/// What a browser that comes again has seen last.
pub(super) const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Where a caller that comes again goes on.
pub(super) fn resumed(headers: &HeaderMap) -> Result<Option<i64>, Failure> {
    let value = headers.get(LAST_EVENT_ID).filter(|value| !value.is_empty());
    let Some(value) = value else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.parse().ok());
    let number = number.filter(|number: &i64| *number >= 0);
    let failure = || Failure::invalid(LAST_EVENT_ID.as_str(), "must be the `id` of an event");
    number.map(Some).ok_or_else(failure)
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
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
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
            Ok(Some(message)) => tell(&self.kind, self.form, message),
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

    fn fail(&self, failure: &Failure) -> Bytes {
        let body = failure.body();
        match self.form {
            Form::Lines => format!("{body}\n"),
            Form::Events => format!("event: error\ndata: {body}\n\n"),
        }
        .into()
    }
}

/// One message of a stream, as its caller gets it.
pub(super) fn tell(kind: &MessageDescriptor, form: Form, message: Bytes) -> Result<Bytes, Failure> {
    // Most of a long message is bytes, which are a third longer as base64.
    let mut text = Vec::with_capacity(message.len() / 3 * 4 + SMALL);
    let message = DynamicMessage::decode(kind.clone(), message).map_err(Failure::internal)?;
    match form {
        Form::Lines => {
            text.extend_from_slice(b"{\"result\":");
            json::append(&mut text, &message)?;
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
            json::append(&mut text, &message)?;
            text.extend_from_slice(b"\n\n");
        }
    }
    Ok(text.into())
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

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::pending;

    use prost_reflect::DescriptorPool;
    use tokio::time::Instant;

    use super::super::call::BytesCodec;
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_silent_stream_says_every_15_seconds_that_it_is_alive() {
        let pool = DescriptorPool::decode(skerry_api::DESCRIPTOR_SET).unwrap();
        let kind = pool.get_message_by_name("skerry.v1.ExecStreamResponse").unwrap();
        let silence = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
        let messages = Streaming::new_empty(BytesCodec, silence);
        let response = response(kind, messages, Form::Events, pending());
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        let mut pieces = response.into_body().into_data_stream();
        let begun = Instant::now();
        for number in 1..=3 {
            let piece = pieces.next().await.unwrap().unwrap();
            assert_eq!((&*piece, begun.elapsed().as_secs()), (&b": ping\n\n"[..], 15 * number));
        }
    }
}
