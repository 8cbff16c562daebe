//! One request to a sandbox and its answer: streamed both ways, with nothing
//! kept of either but what is on its way.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONNECTION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, UPGRADE};
use axum::http::uri::PathAndQuery;
use axum::http::{Method, Request, Response, StatusCode, Uri, Version};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;

use super::headers::to_caller;
use super::refusal::Refusal;
use super::target::{Open, Sender, Target, broken};
use crate::auth::Caller;
use crate::engine::Engine;

/// Connections that a request tries, where those that were kept turn out to
/// be closed.
const TRIES: usize = 3;

/// What a request wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An answer.
    Plain,
    /// An answer over HTTP/2, trailers and all.
    Call,
    /// To become a WebSocket.
    Upgrade,
}

impl Kind {
    /// By what the caller sent.
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        let headers = request.headers();
        let grpc = headers
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"));
        let upgrades = request.method() == Method::GET
            && request.version() == Version::HTTP_11
            && has_token(headers, &CONNECTION, b"upgrade")
            && has_token(headers, &UPGRADE, b"websocket");
        match (upgrades, grpc && request.version() == Version::HTTP_2) {
            (true, _) => Self::Upgrade,
            (_, true) => Self::Call,
            _ => Self::Plain,
        }
    }
}

fn has_token(headers: &HeaderMap, name: &HeaderName, token: &[u8]) -> bool {
    let mut values = headers.get_all(name).iter();
    values.any(|value| {
        let mut words = value.as_bytes().split(|byte| *byte == b',');
        words.any(|word| word.trim_ascii().eq_ignore_ascii_case(token))
    })
}

/// Where a request goes.
pub(super) struct Way<'a> {
    pub(super) target: &'a Arc<Target>,
    pub(super) engine: &'a Engine,
    /// With whose token a WebSocket ends.
    pub(super) caller: Caller,
    pub(super) open: Open,
    /// How long a port may take to answer after a wake.
    pub(super) patience: Duration,
}

impl Way<'_> {
    /// Sends a request whose headers are made for the sandbox.
    pub(super) async fn forward(
        self,
        kind: Kind,
        request: Request<Body>,
    ) -> Result<Response<Body>, Refusal> {
        match kind {
            Kind::Plain => self.plain(request).await,
            Kind::Call => self.call(request).await,
            Kind::Upgrade => self.upgrade(request).await,
        }
    }

    async fn plain(self, request: Request<Body>) -> Result<Response<Body>, Refusal> {
        let (response, sender) = self.send(request).await?;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return Err(Refusal::Broken("it switches protocols without being asked".to_owned()));
        }
        let back = Some(Back { sender, target: Arc::clone(self.target) });
        Ok(self.answer(response, back))
    }

    async fn call(self, mut request: Request<Body>) -> Result<Response<Body>, Refusal> {
        let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
        let authority = format!("localhost:{}", self.target.place.port);
        let uri = Uri::builder().scheme("http").authority(authority).path_and_query(path).build();
        *request.uri_mut() = uri.map_err(|_| Refusal::BadRequest("its path can't be used"))?;
        *request.version_mut() = Version::HTTP_2;
        let connect = self.target.connect(self.engine, &self.open.visit, self.patience);
        let mut sender = self.target.calls(connect).await?;
        let response = sender.send_request(request).await.map_err(|error| broken(&error))?;
        Ok(self.answer(response, None))
    }

    async fn upgrade(self, mut request: Request<Body>) -> Result<Response<Body>, Refusal> {
        let caller = request.extensions_mut().remove::<OnUpgrade>();
        let caller = caller.ok_or(Refusal::BadRequest("this connection can't be upgraded"))?;
        let headers = request.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        let (mut response, sender) = self.send(request).await?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            let back = Some(Back { sender, target: Arc::clone(self.target) });
            return Ok(self.answer(response, back));
        }
        if !has_token(response.headers(), &UPGRADE, b"websocket") {
            return Err(Refusal::Broken("it switches to another protocol".to_owned()));
        }
        let app = hyper::upgrade::on(&mut response);
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        to_caller(answer.headers_mut());
        let headers = answer.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        let (open, ending) = (self.open, self.caller);
        self.target.spawn(async move {
            tokio::select! {
                () = join(caller, app) => {}
                () = ending.ended() => {}
            }
            drop(open);
        })?;
        Ok(answer)
    }

    /// Over a connection that was kept, or a new one.
    async fn send(
        &self,
        mut request: Request<Body>,
    ) -> Result<(Response<Incoming>, Sender), Refusal> {
        let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
        let uri = path.parse().map_err(|_| Refusal::BadRequest("its path can't be used"))?;
        *request.uri_mut() = uri;
        *request.version_mut() = Version::HTTP_11;
        for _ in 0..TRIES {
            let (mut sender, kept) = match self.target.take_idle() {
                Some(sender) => (sender, true),
                None => (self.connect().await?, false),
            };
            match sender.try_send_request(request).await {
                Ok(response) => return Ok((response, sender)),
                // It was closed before anything was sent.
                Err(mut error) => match error.take_message() {
                    Some(unsent) if kept => request = unsent,
                    _ => return Err(broken(error.error())),
                },
            }
        }
        Err(Refusal::Broken("it closes its connections at once".to_owned()))
    }

    async fn connect(&self) -> Result<Sender, Refusal> {
        let connect = self.target.connect(self.engine, &self.open.visit, self.patience);
        self.target.handshake(connect.await?).await
    }

    fn answer(self, response: Response<Incoming>, back: Option<Back>) -> Response<Body> {
        let (mut head, body) = response.into_parts();
        to_caller(&mut head.headers);
        head.extensions.clear();
        let mut carried = Carried { body, back, _open: self.open };
        carried.check_end();
        Response::from_parts(head, Body::new(carried))
    }
}

/// Carries bytes both ways until both have ended, or one breaks.
async fn join(caller: OnUpgrade, app: OnUpgrade) {
    let joined: Result<(Upgraded, Upgraded), hyper::Error> = tokio::try_join!(caller, app);
    let Ok((caller, app)) = joined else { return };
    let (mut caller, mut app) = (TokioIo::new(caller), TokioIo::new(app));
    if let Err(error) = tokio::io::copy_bidirectional(&mut caller, &mut app).await {
        tracing::debug!(%error, "a WebSocket broke");
    }
}

/// What an answer's connection goes back to.
struct Back {
    sender: Sender,
    target: Arc<Target>,
}

/// An answer's body on its way. Read to its end, it gives its connection
/// back; dropped before, the connection closes, which tells the app.
struct Carried {
    body: Incoming,
    back: Option<Back>,
    _open: Open,
}

impl Carried {
    fn check_end(&mut self) {
        if self.body.is_end_stream() {
            self.give_back();
        }
    }

    fn give_back(&mut self) {
        if let Some(Back { sender, target }) = self.back.take() {
            target.give_back(sender);
        }
    }
}

impl HttpBody for Carried {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(_)) => self.check_end(),
            Some(Err(_)) => self.back = None,
            None => self.give_back(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
