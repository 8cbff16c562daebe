//! What ends with its caller's token, though it is open.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, Response};
use axum::{BoxError, Error};
use bytes::Bytes;
use hyper::body::Frame;

use super::{Caller, Denied};

/// A body that ends when a future resolves.
struct Until {
    body: Body,
    over: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// What then ends it: trailers, or where there are none, an error.
    last: Option<HeaderMap>,
    ended: bool,
}

impl HttpBody for Until {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if self.over.as_mut().poll(context).is_ready() {
            self.ended = true;
            // What it would have said ends here, too.
            self.body = Body::empty();
            return Poll::Ready(Some(match self.last.take() {
                Some(trailers) => Ok(Frame::trailers(trailers)),
                None => Err(Error::new(BoxError::from(Denied::Ended))),
            }));
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.ended = frame.is_none();
        Poll::Ready(frame)
    }
}

/// A gRPC stream that ends with `denied` when its caller's token does.
pub(super) fn until_denied(
    answer: Response<Body>,
    caller: Caller,
    denied: &Response<Body>,
) -> Response<Body> {
    let statuses = denied.headers().iter().filter(|(name, _)| name.as_str().starts_with("grpc-"));
    let trailers = statuses.map(|(name, value)| (name.clone(), value.clone())).collect();
    ending(answer, caller, Some(trailers))
}

/// An answer that is cut when its caller's token ends.
pub fn until_over(answer: Response<Body>, caller: Caller) -> Response<Body> {
    match caller {
        Caller::Anyone => answer,
        caller => ending(answer, caller, None),
    }
}

fn ending(answer: Response<Body>, caller: Caller, last: Option<HeaderMap>) -> Response<Body> {
    let over = Box::pin(async move { caller.ended().await });
    answer.map(|body| match body.is_end_stream() {
        true => body,
        false => Body::new(Until { body, over, last, ended: false }),
    })
}
