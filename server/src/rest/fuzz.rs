//! What reads hostile bytes here, each held to what is true of all that it
//! takes: for fuzzers, and for the tests that replay what these have found.
//!
//! Every function panics where that is broken.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use bytes::Bytes;
use futures::executor::block_on;
use futures::future::{Either, select};
use futures::stream::{self, StreamExt};
use prost_reflect::prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};

use super::events::{self, Form};
use super::failure::Failure;
use super::json;
use super::routes::{Route, Routes};
use super::shape::{Content, Input, Output};
use super::template::{Bound, Template, leaf};
use super::upload;

/// The API's own routes.
static ROUTES: LazyLock<Routes> = LazyLock::new(|| {
    let pool = DescriptorPool::decode(skerry_api::DESCRIPTOR_SET).expect("it was encoded so");
    Routes::of(&pool).expect("the descriptors were tested")
});

const METHODS: [Method; 6] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// Bytes of a body that come at once: how it is cut changes nothing.
const CUTS: [usize; 3] = [1, 7, 64];

/// A path template on the first line, a path on the second: what is bound are
/// the template's fields, and a path that is written with them is the same
/// route's with the same values, however they are escaped.
pub fn path(text: &str) {
    let (template, path) = text.split_once('\n').unwrap_or((text, text));
    if let Ok(template) = Template::parse(template)
        && let Some(Ok(bound)) = template.matches(path)
    {
        assert!(bound.iter().map(|(field, _)| field.as_str()).eq(template.fields()));
        assert!(bound.iter().all(|(_, value)| !value.is_empty()), "{bound:?}");
    }
    for method in METHODS {
        let (route, bound) = match ROUTES.find(&method, path) {
            Ok(found) => found,
            Err(failure) => {
                refused(&failure);
                continue;
            }
        };
        let again = written(route, &bound);
        let (found, values) = ROUTES.find(&method, &again).expect("it is a route's");
        assert_eq!((&found.grpc_path, &values), (&route.grpc_path, &bound), "{again}");
    }
}

/// A route's path with every byte of its values escaped.
fn written(route: &Route, bound: &Bound) -> String {
    bound.iter().fold(route.template.open_api(), |path, (field, value)| {
        let escaped: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
        path.replacen(&format!("{{{}}}", leaf(field)), &escaped, 1)
    })
}

/// A body of a kind of message: what is taken is the same after it was
/// written, as JSON and on the wire.
pub fn message(kind: &MessageDescriptor, body: &[u8]) {
    let message = match json::read(kind, body) {
        Ok(message) => message,
        Err(failure) => return refused(&failure),
    };
    let told = json::to_value(&message).expect("what was read can be told");
    let text = json::write(&message).expect("what was read can be written");
    match json::read(kind, &text) {
        Ok(again) => assert_eq!(json::to_value(&again).ok().as_ref(), Some(&told)),
        Err(failure) => too_deep(&failure.body()),
    }
    match DynamicMessage::decode(kind.clone(), &*message.encode_to_vec()) {
        Ok(decoded) => assert_eq!(json::to_value(&decoded).ok().as_ref(), Some(&told)),
        Err(error) => too_deep(&error),
    }
}

/// Where messages are in themselves one may be taken that is a level deeper
/// once its empty lists are written, or deeper than the wire lets it be. None
/// of the API's are.
#[track_caller]
fn too_deep(error: &impl std::fmt::Display) {
    let error = error.to_string();
    assert!(error.contains("recursion limit"), "{error}");
}

/// `Last-Event-ID` on the first line, below it a number of a stream and one of
/// its messages: a place that is taken is one that an event could name, and
/// the place that an event names is taken.
pub fn resume(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (shown, rest) = (&data[..end], data.get(end + 1..).unwrap_or_default());
    if let Ok(value) = HeaderValue::from_bytes(shown) {
        match resumed(value) {
            Ok(None) => assert!(shown.is_empty()),
            Ok(Some(at)) => taken(at),
            Err(failure) => refused(&failure),
        }
    }
    let streams: Vec<_> =
        ROUTES.iter().filter(|route| matches!(route.output, Output::Events { .. })).collect();
    if let Some((which, message)) = rest.split_first() {
        let route = streams[usize::from(*which) % streams.len()];
        event(&route.method.output(), Bytes::copy_from_slice(message));
    }
}

fn resumed(value: HeaderValue) -> Result<Option<i64>, Failure> {
    events::resumed(&HeaderMap::from_iter([(events::LAST_EVENT_ID, value)]))
}

#[track_caller]
fn taken(at: i64) {
    assert!(at >= 0, "{at}");
    let told = resumed(at.into()).expect("it was taken before");
    assert_eq!(told, Some(at));
}

/// One event: a name of the message's, a place, one line of JSON, and nothing
/// that begins another event.
fn event(kind: &MessageDescriptor, message: Bytes) {
    let Ok(text) = events::tell(kind, Form::Events, message) else { return };
    let text = std::str::from_utf8(&text).expect("an event is text");
    let lines = text.strip_suffix("\n\n").expect("an event ends with an empty line");
    let mut told = 0;
    for line in lines.split('\n') {
        assert!(!line.contains('\r'), "{line}");
        match line.split_once(": ").expect("a name and a value") {
            ("event", name) => assert!(kind.get_field_by_name(name).is_some(), "{name}"),
            ("id", id) => {
                let at: i64 = id.parse().expect("a number");
                // Our own services have none below zero.
                if at >= 0 {
                    taken(at);
                }
            }
            ("data", data) => {
                let _: serde::de::IgnoredAny = serde_json::from_str(data).expect("JSON");
                told += 1;
            }
            (name, _) => panic!("an event has no {name}"),
        }
    }
    assert_eq!(told, 1, "{text}");
}

/// A number of an upload and a type of content on the first line, the body
/// below: however the body is cut, the same content comes of it, which is in
/// it as it is.
pub fn form(data: &[u8]) {
    let Some(end) = data.iter().position(|byte| *byte == b'\n') else { return };
    let (Some((which, kind)), body) = (data[..end].split_first(), &data[end + 1..]) else { return };
    let Ok(kind) = HeaderValue::from_bytes(kind) else { return };
    let uploads = ROUTES.iter().filter_map(|route| match &route.input {
        Input::Content(content) => Some((route.method.input(), content)),
        _ => None,
    });
    let uploads: Vec<_> = uploads.collect();
    let (message, content) = &uploads[usize::from(*which) % uploads.len()];
    let whole = sent(message, content, &kind, body, body.len().max(1));
    for size in CUTS {
        let cut = sent(message, content, &kind, body, size);
        assert_eq!(cut.as_ref().ok(), whole.as_ref().ok(), "in pieces of {size}");
    }
    match whole {
        Err(failure) => refused(&failure),
        Ok(Sent { content, .. }) if content.is_empty() => {}
        Ok(Sent { content, .. }) => {
            assert!(body.windows(content.len()).any(|part| part == content));
        }
    }
}

/// What a service would get of an upload.
#[derive(Debug, PartialEq)]
struct Sent {
    head: Bytes,
    content: Vec<u8>,
}

fn sent(
    message: &MessageDescriptor,
    content: &Content,
    kind: &HeaderValue,
    body: &[u8],
    size: usize,
) -> Result<Sent, Failure> {
    let pieces: Vec<_> =
        body.chunks(size).map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece))).collect();
    let body = Body::from_stream(stream::iter(pieces));
    let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, kind.clone())]);
    block_on(async {
        let (messages, pump) =
            upload::upload(message, content, Bound::new(), "", &headers, body).await?;
        match select(pin!(messages.collect::<Vec<_>>()), pump).await {
            Either::Left((messages, _)) => Ok(Sent::of(message, content, messages)),
            Either::Right((failure, _)) => Err(failure),
        }
    })
}

impl Sent {
    /// Of the messages of an upload that came to its end.
    fn of(kind: &MessageDescriptor, content: &Content, messages: Vec<Bytes>) -> Self {
        let mut messages = messages.into_iter();
        let head = messages.next().expect("the first says what it is of");
        let mut sent = Self { head, content: Vec::new() };
        let mut ended = content.end.is_none();
        for message in messages {
            let message = DynamicMessage::decode(kind.clone(), message).expect("it was encoded");
            if let Some(end) = &content.end {
                assert!(!ended, "something follows the end");
                ended = message.has_field(end);
            }
            let data = message.get_field(&content.data);
            sent.content.extend_from_slice(data.as_bytes().expect("content is bytes"));
        }
        assert!(ended, "the end is missing");
        sent
    }
}

/// What is refused is the caller's fault.
#[track_caller]
fn refused(failure: &Failure) {
    let code = failure.body()["error"]["code"].as_u64();
    assert!(code.is_some_and(|code| (400..500).contains(&code)), "{failure:?}");
}
