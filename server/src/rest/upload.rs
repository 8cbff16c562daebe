//! Content as a request's body: raw, or the last part of a form.
//!
//! The other fields of the first message are parameters, or parts of the form
//! before the content.

use std::future::Future;
use std::pin::Pin;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use futures::stream::{self, BoxStream, Stream, StreamExt};
use prost_reflect::prost::Message;
use prost_reflect::{DynamicMessage, MessageDescriptor, Value};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::failure::Failure;
use super::json;
use super::query::Fields;
use super::shape::Content;
use super::template::Bound;

/// Bytes of one message's content; the services take twice that.
const PIECE_BYTES: usize = 1 << 20;
/// Bytes of a form's part that is not the content.
const MAX_PART_BYTES: usize = 64 << 10;

/// What reads a body, as long as it is polled. Ends only where that fails.
pub(super) type Pump = Pin<Box<dyn Future<Output = Failure> + Send>>;

/// The content of a body, and the form that it is the last part of.
struct Incoming {
    pieces: BoxStream<'static, Result<Bytes, Failure>>,
    form: Option<multer::Multipart<'static>>,
}

/// The messages of an upload, and what makes them.
pub(super) async fn upload(
    kind: &MessageDescriptor,
    content: &Content,
    bound: Bound,
    query: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<(impl Stream<Item = Bytes> + Send + 'static + use<>, Pump), Failure> {
    let Some(head) = content.head.clone() else { return Err(Failure::internal("no head")) };
    let Some(head_kind) = head.kind().as_message().cloned() else {
        return Err(Failure::internal("a head that is no message"));
    };
    let mut fields = Fields::default();
    for (field, value) in bound {
        let name = field.split_once('.').map_or(field.as_str(), |(_, name)| name);
        fields.add(&head_kind, name, value)?;
    }
    fields.add_query(&head_kind, query)?;
    let incoming = incoming(&head_kind, &mut fields, headers, body).await?;
    let head_message = json::from_value(&head_kind, fields.into_value())?;
    let mut first = DynamicMessage::new(kind.clone());
    first.set_field(&head, Value::Message(head_message));
    let first: Bytes = first.encode_to_vec().into();
    let (sender, receiver) = mpsc::channel(1);
    let messages = stream::once(async { first }).chain(ReceiverStream::new(receiver));
    let (kind, content) = (kind.clone(), content.clone());
    let pump = async move {
        match pump(incoming, &kind, &content, sender).await {
            Ok(()) => std::future::pending().await,
            Err(failure) => failure,
        }
    };
    Ok((messages, Box::pin(pump)))
}

async fn incoming(
    kind: &MessageDescriptor,
    fields: &mut Fields,
    headers: &HeaderMap,
    body: Body,
) -> Result<Incoming, Failure> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let pieces = body.into_data_stream();
    let Some(form) = content_type.filter(|kind| kind.starts_with("multipart/form-data")) else {
        let pieces = pieces.map(|piece| piece.map_err(|_| Failure::cut())).boxed();
        return Ok(Incoming { pieces, form: None });
    };
    let boundary = multer::parse_boundary(form).map_err(|error| bad_form(&error))?;
    let mut form = multer::Multipart::new(pieces, boundary);
    while let Some(part) = form.next_field().await.map_err(|error| bad_form(&error))? {
        if part.file_name().is_some() {
            let pieces = part.map(|piece| piece.map_err(|error| bad_form(&error))).boxed();
            return Ok(Incoming { pieces, form: Some(form) });
        }
        let name = part.name().unwrap_or_default().to_owned();
        fields.add(kind, &name, text(&name, part).await?)?;
    }
    Err(Failure::invalid("", "the form has no part with a file name, which is the content"))
}

async fn text(name: &str, mut part: multer::Field<'static>) -> Result<String, Failure> {
    let mut text = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(|error| bad_form(&error))? {
        text.extend_from_slice(&piece);
        if text.len() > MAX_PART_BYTES {
            let why = format!("has more than {MAX_PART_BYTES} bytes");
            return Err(Failure::invalid(name, why));
        }
    }
    String::from_utf8(text).map_err(|_| Failure::invalid(name, super::query::NOT_UTF8))
}

fn bad_form(error: &multer::Error) -> Failure {
    match error {
        multer::Error::StreamReadFailed(_) | multer::Error::IncompleteStream => Failure::cut(),
        error => Failure::unsupported(format!("the form can't be read: {error}")),
    }
}

/// Reads all of the content. The message that says that it has come follows
/// only where it has.
async fn pump(
    mut incoming: Incoming,
    kind: &MessageDescriptor,
    content: &Content,
    sender: mpsc::Sender<Bytes>,
) -> Result<(), Failure> {
    let mut message = DynamicMessage::new(kind.clone());
    while let Some(piece) = incoming.pieces.next().await {
        let mut piece = piece?;
        while !piece.is_empty() {
            let part = piece.split_to(piece.len().min(PIECE_BYTES));
            message.set_field(&content.data, Value::Bytes(part));
            // Where nobody takes it, the call has its answer.
            if sender.send(message.encode_to_vec().into()).await.is_err() {
                return Ok(());
            }
        }
    }
    drop(incoming.pieces);
    if let Some(mut form) = incoming.form
        && form.next_field().await.map_err(|error| bad_form(&error))?.is_some()
    {
        return Err(Failure::invalid("", "the content must be the form's last part"));
    }
    if let Some(end) = &content.end {
        message.set_field(end, Value::Message(DynamicMessage::new(end_kind(end)?)));
        // As above.
        let _answered = sender.send(message.encode_to_vec().into()).await;
    }
    Ok(())
}

fn end_kind(end: &prost_reflect::FieldDescriptor) -> Result<MessageDescriptor, Failure> {
    end.kind().as_message().cloned().ok_or_else(|| Failure::internal("an end that is no message"))
}
