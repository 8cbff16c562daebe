//! The first message of a gRPC request, read ahead of the service: what it
//! names, by the numbers of its fields.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Error;
use axum::body::{Body, HttpBody};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};
use skerry_api::access::{Kind, Named};

use super::Denied;

/// Compressed or not, and the length.
const PREFIX_BYTES: usize = 5;

/// Reads the first message, of at most `most` bytes, and answers with it and
/// with a body that has all that the request's had. `None` where the request
/// ends before.
pub(super) async fn first(mut body: Body, most: usize) -> Result<(Option<Bytes>, Body), Denied> {
    let mut read = Bytes::new();
    loop {
        if let Some(message) = whole(&read, most)? {
            return Ok((Some(message), Body::new(Ahead { read, body })));
        }
        match body.frame().await {
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    read = joined(read, data);
                }
            }
            // The service sees the same.
            Some(Err(error)) => return Err(Denied::BadMessage(error.to_string())),
            None => return Ok((None, Body::new(Ahead { read, body }))),
        }
    }
}

fn joined(read: Bytes, data: Bytes) -> Bytes {
    if read.is_empty() {
        return data;
    }
    let mut both = BytesMut::from(read);
    both.extend_from_slice(&data);
    both.freeze()
}

/// The message, where all of it has come.
fn whole(read: &Bytes, most: usize) -> Result<Option<Bytes>, Denied> {
    let Some((prefix, rest)) = read.split_at_checked(PREFIX_BYTES) else { return Ok(None) };
    if prefix[0] != 0 {
        return Err(Denied::Compressed);
    }
    let length = u32::from_be_bytes([prefix[1], prefix[2], prefix[3], prefix[4]]) as usize;
    if length > most {
        return Err(Denied::TooBig(length));
    }
    Ok((rest.len() >= length).then(|| read.slice(PREFIX_BYTES..PREFIX_BYTES + length)))
}

/// A body of which some was read.
struct Ahead {
    read: Bytes,
    body: Body,
}

impl HttpBody for Ahead {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.read.is_empty() {
            return Pin::new(&mut self.body).poll_frame(context);
        }
        Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.read)))))
    }

    fn is_end_stream(&self) -> bool {
        self.read.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        let ahead = self.read.len() as u64;
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper + ahead);
        }
        hint.set_lower(hint.lower() + ahead);
        hint
    }
}

/// Tells `see` every text that a message has in these fields. A field that is
/// there twice is told twice: which one counts is not decided here.
pub(super) fn named<'a>(
    message: &'a [u8],
    names: &[Named],
    mut see: impl FnMut(Kind, &'a str) -> Result<(), Denied>,
) -> Result<(), Denied> {
    names.iter().try_for_each(|name| texts(message, name.path, &mut |text| see(name.kind, text)))
}

fn texts<'a>(
    mut message: &'a [u8],
    path: &[u32],
    see: &mut dyn FnMut(&'a str) -> Result<(), Denied>,
) -> Result<(), Denied> {
    let Some((wanted, rest)) = path.split_first() else { return Ok(()) };
    let bad = |error: &dyn std::fmt::Display| Denied::BadMessage(error.to_string());
    while !message.is_empty() {
        let (number, wire) = decode_key(&mut message).map_err(|error| bad(&error))?;
        if number != *wanted || wire != WireType::LengthDelimited {
            skip_field(wire, number, &mut message, DecodeContext::default())
                .map_err(|error| bad(&error))?;
            continue;
        }
        let length = decode_varint(&mut message).map_err(|error| bad(&error))?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let cut = || bad(&"a field is longer than the message");
        let (value, after) = message.split_at_checked(length).ok_or_else(cut)?;
        message = after;
        match rest.is_empty() {
            true => see(std::str::from_utf8(value).map_err(|error| bad(&error))?)?,
            false => texts(value, rest, see)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use prost::Message;
    use skerry_api::access::{RULES, Rule};

    use super::*;

    fn seen(message: &[u8], names: &[Named]) -> Result<Vec<(Kind, String)>, Denied> {
        let mut seen = Vec::new();
        named(message, names, |kind, text| {
            seen.push((kind, text.to_owned()));
            Ok(())
        })?;
        Ok(seen)
    }

    const SANDBOX: &[Named] = &[Named { kind: Kind::Sandbox, path: &[1] }];
    const DEEP: &[Named] = &[Named { kind: Kind::Volume, path: &[9, 1] }];

    /// `text` in field `number`.
    fn field(number: u32, text: &[u8]) -> Vec<u8> {
        let mut bytes = vec![(number << 3 | 2) as u8, text.len() as u8];
        bytes.extend_from_slice(text);
        bytes
    }

    #[test]
    fn every_occurrence_of_a_name_is_seen() {
        let twice = [field(1, b"mine"), vec![16, 7], field(3, b"other"), field(1, b"yours")];
        let seen_twice = seen(&twice.concat(), SANDBOX).unwrap();
        let texts: Vec<_> = seen_twice.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["mine", "yours"]);
        let mounts =
            [field(9, &field(1, b"a")), field(9, &[field(2, b"/x"), field(1, b"b")].concat())];
        let volumes = seen(&mounts.concat(), DEEP).unwrap();
        assert_eq!(volumes, [(Kind::Volume, "a".to_owned()), (Kind::Volume, "b".to_owned())]);
        // Where it is no text, the service can't read it as one.
        assert_eq!(seen(&[8, 1], SANDBOX).unwrap(), []);
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for bytes in [&b"\x0a\x05ab"[..], b"\x0a", b"\x0a\x02\xff\xfe", b"\x07", b"\x0b", b"\x0c"] {
            assert!(matches!(seen(bytes, SANDBOX), Err(Denied::BadMessage(_))), "{bytes:?}");
        }
    }

    #[tokio::test]
    async fn the_body_goes_on_whole_however_it_was_cut() {
        let text = field(1, b"mine");
        let mut sent = vec![0, 0, 0, 0, text.len() as u8];
        sent.extend_from_slice(&text);
        sent.extend_from_slice(b"more");
        for size in 1..=sent.len() {
            let pieces: Vec<_> = sent
                .chunks(size)
                .map(|piece| Ok::<_, Error>(Bytes::copy_from_slice(piece)))
                .collect();
            let body = Body::from_stream(futures::stream::iter(pieces));
            let (message, body) = first(body, 100).await.unwrap();
            assert_eq!(message.as_deref(), Some(&text[..]));
            assert_eq!(body.collect().await.unwrap().to_bytes(), sent);
        }
        let cut = first(Body::from(vec![0, 0, 0, 0, 9, 1]), 100).await.unwrap();
        assert!(cut.0.is_none());
        assert_eq!(
            first(Body::from(vec![0, 0, 0, 1, 0]), 100).await.err(),
            Some(Denied::TooBig(256))
        );
        assert_eq!(
            first(Body::from(vec![1, 0, 0, 0, 0]), 100).await.err(),
            Some(Denied::Compressed)
        );
    }

    #[test]
    fn rules_are_in_order_and_name_what_they_should() {
        assert!(RULES.is_sorted_by_key(|rule| rule.method));
        let of = |method: &str| RULES.iter().find(|rule| rule.method.ends_with(method)).unwrap();
        let create: &Rule = of("/CreateSandbox");
        let request = skerry_api::v1::CreateSandboxRequest {
            snapshot_id: "snap".to_owned(),
            mounts: vec![skerry_api::v1::VolumeMount {
                volume_id: "vol".to_owned(),
                ..Default::default()
            }],
            ..Default::default()
        };
        let mut names = seen(&request.encode_to_vec(), create.names).unwrap();
        names.sort_by(|one, other| one.1.cmp(&other.1));
        assert_eq!(names, [(Kind::Snapshot, "snap".to_owned()), (Kind::Volume, "vol".to_owned())]);
    }

    proptest! {
        #[test]
        fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _either_way = seen(&bytes, DEEP);
        }

        #[test]
        fn what_prost_reads_is_what_is_seen(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(read) = skerry_api::v1::GetSandboxRequest::decode(&bytes[..]) {
                let seen = seen(&bytes, SANDBOX).unwrap();
                let last = seen.last().map_or("", |(_, text)| text.as_str());
                prop_assert_eq!(last, read.sandbox_id);
            }
        }
    }
}
