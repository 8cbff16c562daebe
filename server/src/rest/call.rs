//! Calls of the gRPC services in this process: through every layer of their
//! stack, with messages as bytes.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, Response, request};
use bytes::{Buf, BufMut, Bytes};
use futures::Stream;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::metadata::MetadataMap;
use tonic::{Request, Status, Streaming};
use tower::util::BoxCloneSyncService;

/// The whole stack of the gRPC services.
pub type Grpcs =
    BoxCloneSyncService<axum::http::Request<tonic::body::Body>, Response<Body>, Infallible>;

/// Headers that a call takes over from the request that it is made for.
const FORWARDED: [&str; 5] =
    ["authorization", "user-agent", "x-request-id", "traceparent", "tracestate"];

/// Who calls: what the gRPC stack learns of a request's caller.
#[derive(Clone)]
pub struct Caller {
    headers: HeaderMap,
    extensions: axum::http::Extensions,
}

impl Caller {
    /// Of a request.
    pub fn of(parts: &request::Parts) -> Self {
        let mut headers = HeaderMap::new();
        for name in FORWARDED {
            for value in parts.headers.get_all(name) {
                headers.append(name, value.clone());
            }
        }
        Self { headers, extensions: parts.extensions.clone() }
    }

    /// A call by this caller.
    pub fn request<T>(self, message: T) -> Request<T> {
        Request::from_parts(MetadataMap::from_headers(self.headers), self.extensions, message)
    }
}

/// A method of a service that a caller may call.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) grpcs: Grpcs,
    pub(super) path: PathAndQuery,
    pub(super) caller: Caller,
}

impl Call {
    async fn ready<T>(self, message: T) -> (Grpc<Grpcs>, Request<T>, PathAndQuery) {
        // What the services send was bounded by them.
        let mut grpc = Grpc::new(self.grpcs).max_decoding_message_size(usize::MAX);
        let Ok(()) = grpc.ready().await;
        (grpc, self.caller.request(message), self.path)
    }

    /// One message each way.
    pub(super) async fn unary(self, message: Bytes) -> Result<Bytes, Status> {
        let (mut grpc, request, path) = self.ready(message).await;
        let answer = grpc.unary(request, path, BytesCodec).await;
        answer.map(tonic::Response::into_inner)
    }

    /// One message, answered by a stream.
    pub(super) async fn server_streaming(self, message: Bytes) -> Result<Streaming<Bytes>, Status> {
        let (mut grpc, request, path) = self.ready(message).await;
        let answer = grpc.server_streaming(request, path, BytesCodec).await;
        answer.map(tonic::Response::into_inner)
    }

    /// A stream, answered by one message.
    pub(super) async fn client_streaming(
        self,
        messages: impl Stream<Item = Bytes> + Send + 'static,
    ) -> Result<Bytes, Status> {
        let (mut grpc, request, path) = self.ready(messages).await;
        let answer = grpc.client_streaming(request, path, BytesCodec).await;
        answer.map(tonic::Response::into_inner)
    }

    /// A stream each way.
    pub(super) async fn streaming(
        self,
        messages: impl Stream<Item = Bytes> + Send + 'static,
    ) -> Result<Streaming<Bytes>, Status> {
        let (mut grpc, request, path) = self.ready(messages).await;
        let answer = grpc.streaming(request, path, BytesCodec).await;
        answer.map(tonic::Response::into_inner)
    }
}

/// Messages as they are on the wire.
#[derive(Debug, Clone, Copy, Default)]
pub struct BytesCodec;

impl Codec for BytesCodec {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.put(message);
        Ok(())
    }
}

impl Decoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}
