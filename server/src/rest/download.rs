//! Content as a response's body, whole or a range of it.
//!
//! A range is served where the request has the fields `offset` and `length`
//! and the first message says `size_bytes`.

use std::io;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use futures::stream;
use prost_reflect::prost::Message;
use prost_reflect::{DynamicMessage, MessageDescriptor, ReflectMessage, Value};
use tonic::Streaming;

use super::call::Call;
use super::failure::Failure;
use super::shape::Content;

/// What a caller wants of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Range {
    /// From a byte to another one, that one too.
    From(u64, Option<u64>),
    /// The last so many.
    Last(u64),
}

/// Answers with a content.
pub(super) async fn download(
    call: Call,
    content: &Content,
    kind: MessageDescriptor,
    mut request: DynamicMessage,
    headers: &HeaderMap,
) -> Result<Response<Body>, Failure> {
    let seekable = content.head.is_some() && is_seekable(&request);
    let mut range = range(headers).filter(|_| seekable);
    if let (Some(_), Some(since)) = (range, headers.get(header::IF_RANGE)) {
        let head = Opened::open(call.clone(), content, &kind, part(&request, 0, Some(0))).await?;
        if head.last_modified().as_ref() != Some(since) {
            range = None;
        }
    }
    let (mut first, mut wanted) = (0, None);
    if let Some(range) = range {
        let (start, length) = match range {
            Range::From(start, last) => (start, last.map(|last| last - start + 1)),
            Range::Last(length) => {
                let empty = part(&request, 0, Some(0));
                let head = Opened::open(call.clone(), content, &kind, empty).await?;
                (head.size().unwrap_or(0).saturating_sub(length), Some(length))
            }
        };
        (first, wanted) = (start, length);
        request = part(&request, start, length);
        // Past the end there is no byte to send, and no call to make for it.
        if start > i64::MAX as u64 {
            return Err(Failure::no_such_range(0));
        }
    }
    let opened = Opened::open(call, content, &kind, request).await?;
    opened.answer(seekable, range.is_some(), first, wanted)
}

/// Whether a request can ask for a part, and does not itself.
fn is_seekable(request: &DynamicMessage) -> bool {
    let kind = request.descriptor();
    ["offset", "length"]
        .iter()
        .all(|name| kind.get_field_by_name(name).is_some_and(|field| !request.has_field(&field)))
}

fn part(request: &DynamicMessage, offset: u64, length: Option<u64>) -> DynamicMessage {
    let signed = |number: u64| Value::I64(i64::try_from(number).unwrap_or(i64::MAX));
    let mut request = request.clone();
    request.set_field_by_name("offset", signed(offset));
    if let Some(length) = length {
        request.set_field_by_name("length", signed(length));
    }
    request
}

/// One range; several, or what is none, is as if nothing was asked.
fn range(headers: &HeaderMap) -> Option<Range> {
    let text = headers.get(header::RANGE)?.to_str().ok()?;
    let (first, last) = text.strip_prefix("bytes=")?.trim().split_once('-')?;
    match (first, last) {
        ("", last) => Some(Range::Last(last.parse().ok()?)),
        (first, "") => Some(Range::From(first.parse().ok()?, None)),
        (first, last) => {
            let (first, last) = (first.parse().ok()?, last.parse().ok()?);
            (first <= last && last < u64::MAX).then_some(Range::From(first, Some(last)))
        }
    }
}

/// A content that streams.
struct Opened {
    head: Option<DynamicMessage>,
    /// What came with the first message.
    piece: Option<Bytes>,
    pieces: Pieces,
}

struct Pieces {
    kind: MessageDescriptor,
    content: Content,
    messages: Streaming<Bytes>,
}

impl Pieces {
    async fn next(&mut self) -> Result<Option<DynamicMessage>, Failure> {
        match self.messages.message().await? {
            None => Ok(None),
            Some(message) => {
                let message = DynamicMessage::decode(self.kind.clone(), message);
                message.map(Some).map_err(Failure::internal)
            }
        }
    }

    fn data(&self, message: &DynamicMessage) -> Option<Bytes> {
        message.get_field(&self.content.data).as_bytes().cloned().filter(|data| !data.is_empty())
    }
}

impl Opened {
    /// Calls, and waits for the first message: what fails, fails here.
    async fn open(
        call: Call,
        content: &Content,
        kind: &MessageDescriptor,
        request: DynamicMessage,
    ) -> Result<Self, Failure> {
        let messages = call.server_streaming(request.encode_to_vec().into()).await?;
        let mut pieces = Pieces { kind: kind.clone(), content: content.clone(), messages };
        let Some(first) = pieces.next().await? else {
            return Ok(Self { head: None, piece: None, pieces });
        };
        let head = content.head.as_ref().filter(|field| first.has_field(field));
        let head = head.and_then(|field| first.get_field(field).as_message().cloned());
        Ok(Self { head, piece: pieces.data(&first), pieces })
    }

    /// Bytes of all of it; `None` where that is not known: what the kernel
    /// makes up as it is read has a size of 0.
    fn size(&self) -> Option<u64> {
        let size = self.head.as_ref()?.get_field_by_name("size_bytes")?.as_i64()?;
        u64::try_from(size).ok().filter(|size| *size > 0)
    }

    fn last_modified(&self) -> Option<HeaderValue> {
        let time = self.head.as_ref()?.get_field_by_name("modify_time")?.into_owned();
        let seconds = time.as_message()?.get_field_by_name("seconds")?.as_i64()?;
        let time =
            SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds.try_into().ok()?))?;
        HeaderValue::from_str(&httpdate::fmt_http_date(time)).ok()
    }

    fn answer(
        self,
        seekable: bool,
        partial: bool,
        first: u64,
        wanted: Option<u64>,
    ) -> Result<Response<Body>, Failure> {
        let mut headers = HeaderMap::new();
        let octets = HeaderValue::from_static("application/octet-stream");
        headers.insert(header::CONTENT_TYPE, octets);
        if seekable {
            headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        }
        if let Some(time) = self.last_modified() {
            headers.insert(header::LAST_MODIFIED, time);
        }
        let size = self.size().filter(|_| seekable);
        let mut status = StatusCode::OK;
        if partial {
            let size = size.unwrap_or(0);
            if first >= size || wanted == Some(0) {
                return Err(Failure::no_such_range(size));
            }
            let last = wanted.map_or(size - 1, |wanted| (first + wanted - 1).min(size - 1));
            status = StatusCode::PARTIAL_CONTENT;
            headers.insert(header::CONTENT_LENGTH, (last - first + 1).into());
            if let Ok(range) = HeaderValue::from_str(&format!("bytes {first}-{last}/{size}")) {
                headers.insert(header::CONTENT_RANGE, range);
            }
        } else if let Some(size) = size {
            headers.insert(header::CONTENT_LENGTH, size.into());
        }
        let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        let body = self.body(length.and_then(|length| length.parse().ok()));
        Ok((status, headers, body).into_response())
    }

    /// Of so many bytes: a file that grows meanwhile is cut there, one that
    /// shrinks breaks the answer off.
    fn body(self, length: Option<u64>) -> Body {
        let left = length.unwrap_or(u64::MAX);
        let state = Some((self.piece, self.pieces, left));
        Body::from_stream(stream::unfold(state, |state| async move {
            let (mut piece, mut pieces, left) = state?;
            while piece.is_none() && left > 0 {
                match pieces.next().await {
                    Ok(Some(message)) => piece = pieces.data(&message),
                    Ok(None) => return None,
                    Err(failure) => {
                        return Some((Err(io::Error::other(failure.body().to_string())), None));
                    }
                }
            }
            let mut piece = piece.filter(|_| left > 0)?;
            piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            let left = left - piece.len() as u64;
            Some((Ok(piece), Some((None, pieces, left))))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_one_of_bytes() {
        let read = |text| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_static(text));
            range(&headers)
        };
        assert_eq!(read("bytes=0-0"), Some(Range::From(0, Some(0))));
        assert_eq!(read("bytes=5-"), Some(Range::From(5, None)));
        assert_eq!(read("bytes=-5"), Some(Range::Last(5)));
        for text in ["bytes=", "bytes=-", "bytes=5-4", "bytes=0-1,3-4", "items=0-1", "bytes=x-1"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
