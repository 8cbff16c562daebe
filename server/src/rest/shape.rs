//! What kind of call a method is over HTTP, by its descriptor alone.
//!
//! | method | over HTTP |
//! |---|---|
//! | one message each way | JSON each way |
//! | a stream of answers | server-sent events, or a line of JSON for each |
//! | a stream of answers with content | the content itself |
//! | a stream of requests with content | the content itself, the rest as query |
//! | another stream of requests, mapped to GET | a WebSocket |
//!
//! A stream *has content* where its message is a bytes field `data` or `chunk`
//! alone, or a oneof of that, a first message that says what it is of, and
//! an empty last one.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor};

/// Names of fields that hold a piece of content.
const CONTENT: [&str; 2] = ["data", "chunk"];

/// What a caller sends.
#[derive(Debug, Clone)]
pub(super) enum Input {
    /// One message.
    Message,
    /// Content.
    Content(Content),
    /// Frames of a WebSocket.
    Frames {
        /// The bytes field that channel 0 is.
        data: FieldDescriptor,
    },
}

/// What a caller gets.
#[derive(Debug, Clone)]
pub(super) enum Output {
    /// One message.
    Message,
    /// A message at a time.
    Events {
        /// The request's field that says where to go on.
        resume: Option<FieldDescriptor>,
    },
    /// Content.
    Content(Content),
}

/// How a stream of messages is content.
#[derive(Debug, Clone)]
pub(super) struct Content {
    /// The first message, that says what it is of.
    pub(super) head: Option<FieldDescriptor>,
    /// A piece.
    pub(super) data: FieldDescriptor,
    /// The last message, that says that all has come.
    pub(super) end: Option<FieldDescriptor>,
}

/// The field names by which a stream is gone on with: an offset of the
/// event's first byte, or a place that the answer itself names.
pub(super) const FROM_OFFSET: &str = "from_offset";
pub(super) const POSITION: &str = "position";

/// What a method's caller sends; `None` where HTTP has no form for it.
pub(super) fn input(method: &MethodDescriptor) -> Option<Input> {
    if !method.is_client_streaming() {
        return Some(Input::Message);
    }
    if let Some(content) = content(&method.input()) {
        return content.head.is_some().then_some(Input::Content(content));
    }
    let data = method.input().fields().find(|field| field.kind() == Kind::Bytes)?;
    Some(Input::Frames { data })
}

/// What a method's caller gets.
pub(super) fn output(method: &MethodDescriptor) -> Output {
    if !method.is_server_streaming() {
        return Output::Message;
    }
    let one_message = !method.is_client_streaming();
    match content(&method.output()) {
        Some(content) if one_message => Output::Content(content),
        _ => {
            let named = |name| method.input().get_field_by_name(name);
            Output::Events { resume: named(FROM_OFFSET).or_else(|| named(POSITION)) }
        }
    }
}

fn content(kind: &MessageDescriptor) -> Option<Content> {
    let fields: Vec<_> = kind.fields().collect();
    let is_content = |field: &FieldDescriptor| {
        field.kind() == Kind::Bytes && !field.is_list() && CONTENT.contains(&field.name())
    };
    let data = fields.iter().find(|field| is_content(field))?.clone();
    let mut content = Content { head: None, data, end: None };
    for field in fields.into_iter().filter(|field| !is_content(field)) {
        let Kind::Message(message) = field.kind() else { return None };
        let place = match message.fields().len() {
            0 => &mut content.end,
            _ => &mut content.head,
        };
        if field.containing_oneof().is_none() || place.replace(field).is_some() {
            return None;
        }
    }
    Some(content)
}

/// A oneof's members that are output with bytes of their own: what a
/// WebSocket's channels from 1 on are.
pub(super) fn channels(kind: &MessageDescriptor) -> Vec<(FieldDescriptor, FieldDescriptor)> {
    let members = kind.oneofs().flat_map(|oneof| oneof.fields().collect::<Vec<_>>());
    members
        .filter_map(|member| {
            let message = member.kind().as_message()?.clone();
            let data = message.get_field_by_name("data")?;
            (data.kind() == Kind::Bytes).then_some((member, data))
        })
        .collect()
}
