//! A stream of messages each way, as a WebSocket.
//!
//! Subprotocol `skerry.exec.v1`, binary frames: the first byte is a channel.
//!
//! ```text
//! 0 ─▶ the bytes field of the requests (standard input)
//! 1.. ◀─ the answers' events with bytes of their own (standard output, error output)
//! 3 ◀▶ all other messages, as JSON: {"resize": …}, {"signal": …}, {"exited": …}
//! ```
//!
//! A text frame from the caller is one of channel 3. The first message is
//! made of the parameters of the request, or is the first frame.

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, Response, header, request};
use bytes::{BufMut, Bytes, BytesMut};
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use prost_reflect::prost::Message as _;
use prost_reflect::{DynamicMessage, FieldDescriptor, MessageDescriptor, Value};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::call::Call;
use super::failure::Failure;
use super::message::MAX_BODY_BYTES;
use super::{json, shape};

/// What both sides speak.
pub(super) const PROTOCOL: &str = "skerry.exec.v1";
/// Bytes that come in.
const INPUT: u8 = 0;
/// Messages as JSON.
const CONTROL: u8 = 3;
/// All is well.
const CLOSE_NORMAL: u16 = 1000;
/// An error, which the last frame tells.
const CLOSE_ERROR: u16 = 1011;

/// How messages are frames.
#[derive(Debug, Clone)]
pub(super) struct Frames {
    requests: MessageDescriptor,
    answers: MessageDescriptor,
    /// What channel 0 is.
    input: FieldDescriptor,
    /// What the channels from 1 on are, each with its bytes.
    outputs: Vec<(FieldDescriptor, FieldDescriptor)>,
}

impl Frames {
    pub(super) fn of(
        requests: MessageDescriptor,
        answers: MessageDescriptor,
        input: &FieldDescriptor,
    ) -> Self {
        let outputs = shape::channels(&answers);
        Self { requests, answers, input: input.clone(), outputs }
    }

    /// A frame's message; `None` for what has none.
    fn read(&self, frame: Message) -> Result<Option<Bytes>, Failure> {
        let message = match frame {
            Message::Text(text) => json::read(&self.requests, text.as_bytes())?,
            Message::Binary(frame) => match frame.first() {
                Some(&INPUT) => {
                    let mut message = DynamicMessage::new(self.requests.clone());
                    message.set_field(&self.input, Value::Bytes(frame.slice(1..)));
                    message
                }
                Some(&CONTROL) => json::read(&self.requests, &frame[1..])?,
                _ => return Err(Failure::invalid("channel", "must be 0 or 3")),
            },
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => return Ok(None),
        };
        Ok(Some(message.encode_to_vec().into()))
    }

    /// A message's frame.
    fn write(&self, message: Bytes) -> Result<Message, Failure> {
        let message =
            DynamicMessage::decode(self.answers.clone(), message).map_err(Failure::internal)?;
        for (channel, (event, data)) in (INPUT + 1..).zip(&self.outputs) {
            if message.has_field(event) {
                let event = message.get_field(event);
                let bytes = event.as_message().map(|event| event.get_field(data).into_owned());
                if let Some(Value::Bytes(bytes)) = bytes {
                    return Ok(frame(channel, &bytes));
                }
            }
        }
        json::write(&message).map(|json| frame(CONTROL, &json))
    }
}

fn frame(channel: u8, data: &[u8]) -> Message {
    let mut frame = BytesMut::with_capacity(1 + data.len());
    frame.put_u8(channel);
    frame.put_slice(data);
    Message::Binary(frame.freeze())
}

/// Takes up a WebSocket and calls.
pub(super) async fn upgrade(
    mut parts: request::Parts,
    call: Call,
    frames: Frames,
    first: Option<DynamicMessage>,
) -> Result<Response<Body>, Failure> {
    if !offers(&parts.headers) {
        return Err(Failure::upgrade_required(PROTOCOL));
    }
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await;
    let upgrade = upgrade.map_err(|_| Failure::upgrade_required(PROTOCOL))?;
    let first = first.map(|first| first.encode_to_vec().into());
    Ok(upgrade
        .protocols([PROTOCOL])
        .max_message_size(MAX_BODY_BYTES)
        .max_frame_size(MAX_BODY_BYTES)
        .on_upgrade(|socket| talk(socket, call, frames, first)))
}

fn offers(headers: &HeaderMap) -> bool {
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL);
    let mut names = offered.iter().filter_map(|value| value.to_str().ok());
    names.any(|names| names.split(',').any(|name| name.trim() == PROTOCOL))
}

/// Why a conversation is over.
enum End {
    /// The caller went away: nobody is to be told.
    Left,
    /// The call has ended.
    Done,
    /// The call or a frame was refused.
    Failed(Failure),
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Ends with the call, with the caller, or with a frame that is none. The
/// call is dropped with it.
async fn talk(socket: WebSocket, call: Call, frames: Frames, first: Option<Bytes>) {
    let (mut out, incoming) = socket.split();
    // What the call has not taken holds the caller back.
    let (sender, receiver) = mpsc::channel(1);
    let end = tokio::select! {
        end = listen(incoming, &frames, first, sender) => end,
        end = speak(&mut out, &frames, call, receiver) => end.err().unwrap_or(End::Done),
    };
    let (code, told) = match end {
        End::Left => return,
        End::Done => (CLOSE_NORMAL, None),
        End::Failed(failure) => (CLOSE_ERROR, Some(failure.body().to_string())),
    };
    if let Some(told) = told {
        // Where it fails, the caller is gone.
        let _gone = out.send(frame(CONTROL, told.as_bytes())).await;
    }
    let close = CloseFrame { code, reason: "".into() };
    let _gone = out.send(Message::Close(Some(close))).await;
}

async fn listen(
    mut incoming: SplitStream<WebSocket>,
    frames: &Frames,
    first: Option<Bytes>,
    sender: mpsc::Sender<Bytes>,
) -> End {
    if let Some(first) = first {
        // Where nobody takes it, the call has ended, and says how.
        let _ended = sender.send(first).await;
    }
    while let Some(Ok(frame)) = incoming.next().await {
        match frames.read(frame) {
            Ok(Some(message)) => {
                let _ended = sender.send(message).await;
            }
            Ok(None) => {}
            Err(failure) => return End::Failed(failure),
        }
    }
    End::Left
}

async fn speak(
    out: &mut SplitSink<WebSocket, Message>,
    frames: &Frames,
    call: Call,
    receiver: mpsc::Receiver<Bytes>,
) -> Result<(), End> {
    let messages = call.streaming(ReceiverStream::new(receiver)).await;
    let mut messages = messages.map_err(Failure::from)?;
    while let Some(message) = messages.message().await.map_err(Failure::from)? {
        let frame = frames.write(message)?;
        out.send(frame).await.map_err(|_| End::Left)?;
    }
    Ok(())
}
