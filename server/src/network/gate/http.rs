//! HTTP at the gate: every request is judged, since one connection may carry
//! requests for many hosts.

use std::io;
use std::pin::pin;
use std::sync::Arc;

use futures::future::BoxFuture;
use http_body_util::{Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::{http1, http2};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Version};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

use super::PATIENCE;
use super::connection::{Said, Target, connect};
use super::host::host_of;
use super::inject;
use super::secure::Secure;

/// The other side, and how it is spoken to.
#[derive(Clone)]
pub(super) enum Other {
    /// As here.
    Plain,
    /// By TLS, which ends here.
    Secure(Arc<Secure>),
}

type Body = Either<Incoming, Full<Bytes>>;

/// The other side, connected at the first request.
#[derive(Clone)]
enum Sender {
    One(Arc<Mutex<http1::SendRequest<Incoming>>>),
    Two(http2::SendRequest<Incoming>),
}

impl Sender {
    /// Whether the other side has ended it; one that is busy has not.
    fn is_closed(&self) -> bool {
        match self {
            Self::One(sender) => sender.try_lock().is_ok_and(|sender| sender.is_closed()),
            Self::Two(sender) => sender.is_closed(),
        }
    }
}

#[derive(Clone)]
struct Exchange {
    said: Said,
    other: Other,
    sender: Arc<Mutex<Option<Sender>>>,
    beside: mpsc::UnboundedSender<BoxFuture<'static, ()>>,
}

/// Passes requests on until one side ends.
pub(super) async fn pass<S>(stream: S, said: Said, other: Other) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (beside, mut begun) = mpsc::unbounded_channel();
    let nameless = said.clone();
    let exchange = Exchange { said, other, sender: Arc::default(), beside };
    let service = service_fn(move |request| {
        let exchange = exchange.clone();
        async move { Ok::<_, hyper::Error>(exchange.answer(request).await) }
    });
    let mut server = auto::Builder::new(TokioExecutor::new());
    server.http1().timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    let io = TokioIo::new(stream);
    // All that belongs to the connection ends with this call.
    let mut tasks = JoinSet::new();
    let served = {
        let mut serving = pin!(server.serve_connection_with_upgrades(io, service));
        loop {
            tokio::select! {
                served = &mut serving => break served,
                Some(task) = begun.recv() => {
                    tasks.spawn(task);
                }
            }
        }
    };
    while let Some(task) = begun.recv().await {
        tasks.spawn(task);
    }
    while tasks.join_next().await.is_some() {}
    served.map_err(|error| {
        let parse = error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse);
        if parse {
            // It says no name that could be read.
            nameless.may_pass(None);
        }
        io::Error::other(error)
    })
}

impl Exchange {
    async fn answer(&self, mut request: Request<Incoming>) -> Response<Body> {
        let host = host_of(&request);
        if let Some(refused) = self.misdirected(&request, host.as_deref()) {
            return refused;
        }
        if !self.said.may_pass(host.as_deref()) {
            let host = host.as_deref().unwrap_or("without a name");
            let why = format!("the sandbox's policy does not list the host {host} here\n");
            return refuse(StatusCode::FORBIDDEN, why);
        }
        if let Some(refused) = self.add_credentials(&mut request, host.as_deref()) {
            return refused;
        }
        match self.forward(request).await {
            Ok(response) => response,
            Err(error) => {
                refuse(StatusCode::BAD_GATEWAY, format!("the host does not answer: {error}\n"))
            }
        }
    }

    /// Where TLS ends here, each request is for the host of the connection.
    fn misdirected(
        &self,
        request: &Request<Incoming>,
        host: Option<&str>,
    ) -> Option<Response<Body>> {
        let Other::Secure(there) = &self.other else { return None };
        if host != Some(there.host.as_str()) {
            let why = format!("this connection is one to {}\n", there.host);
            return Some(refuse(StatusCode::MISDIRECTED_REQUEST, why));
        }
        if there.is_h2() != (request.version() == Version::HTTP_2) {
            let why = "another protocol was agreed upon for this connection\n".to_owned();
            return Some(refuse(StatusCode::BAD_REQUEST, why));
        }
        None
    }

    /// Adds what the sandbox has for the request; refuses one that two readers
    /// could take for different ones.
    fn add_credentials(
        &self,
        request: &mut Request<Incoming>,
        host: Option<&str>,
    ) -> Option<Response<Body>> {
        let target = Target {
            host: host?,
            method: request.method().as_str(),
            path: request.uri().path(),
            secure: matches!(self.other, Other::Secure(_)),
        };
        let credentials = self.said.credentials(&target);
        if credentials.is_empty() {
            return None;
        }
        // A whole URL in the first line is for proxies.
        if request.version() != Version::HTTP_2 && request.uri().authority().is_some() {
            let why = "a request that gets a credential names its path alone\n".to_owned();
            return Some(refuse(StatusCode::BAD_REQUEST, why));
        }
        inject::add(request, &credentials);
        None
    }

    async fn forward(&self, mut request: Request<Incoming>) -> io::Result<Response<Body>> {
        let upgrade = hyper::upgrade::on(&mut request);
        let sender = self.sender(request.version()).await?;
        let mut response = match sender {
            Sender::One(sender) => sender.lock().await.send_request(request).await,
            Sender::Two(mut sender) => sender.send_request(request).await,
        }
        .map_err(io::Error::other)?;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let there = hyper::upgrade::on(&mut response);
            self.begin(async move {
                if let (Ok(here), Ok(there)) = tokio::join!(upgrade, there) {
                    let (mut here, mut there) = (TokioIo::new(here), TokioIo::new(there));
                    // Either side may go.
                    let _ = copy_bidirectional(&mut here, &mut there).await;
                }
            });
        }
        Ok(response.map(Either::Left))
    }

    /// Has it done beside the answer, as long as the connection lives.
    fn begin(&self, task: impl Future<Output = ()> + Send + 'static) {
        // Nobody takes it where the connection has ended.
        let _ = self.beside.send(Box::pin(task));
    }

    async fn sender(&self, version: Version) -> io::Result<Sender> {
        let mut sender = self.sender.lock().await;
        if let Some(there) = sender.as_ref().filter(|there| !there.is_closed()) {
            return Ok(there.clone());
        }
        let there = match &self.other {
            Other::Plain => self.speak(connect(self.said.way).await?, version).await?,
            Other::Secure(there) => {
                self.speak(there.connect(self.said.way).await?, version).await?
            }
        };
        *sender = Some(there.clone());
        Ok(there)
    }

    /// Begins to speak a version on a connection.
    async fn speak<S>(&self, stream: S, version: Version) -> io::Result<Sender>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let io = TokioIo::new(stream);
        if version == Version::HTTP_2 {
            let (there, connection) =
                http2::handshake(TokioExecutor::new(), io).await.map_err(io::Error::other)?;
            self.begin(async move { drop(connection.await) });
            Ok(Sender::Two(there))
        } else {
            let (there, connection) =
                http1::Builder::new().handshake(io).await.map_err(io::Error::other)?;
            self.begin(async move { drop(connection.with_upgrades().await) });
            Ok(Sender::One(Arc::new(Mutex::new(there))))
        }
    }
}

fn refuse(status: StatusCode, why: String) -> Response<Body> {
    let mut response = Response::new(Either::Right(Full::new(Bytes::from(why))));
    *response.status_mut() = status;
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, text);
    response
}
