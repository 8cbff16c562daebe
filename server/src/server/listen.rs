//! One port: accepts connections, serves HTTP/1.1 and HTTP/2 on each, and
//! drains them when the daemon goes down.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncWrite, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::server::TlsStream;

use super::StartError;
use super::door::{Door, Far};
use super::tls::Tls;
use crate::incoming::Incoming;
use crate::preview::Peer;
use crate::service::Drain;

/// Connections at once; more wait in the kernel's queue. Each may hold
/// [`CONNECTION_WINDOW`] of what was sent and not yet read.
const MAX_CONNECTIONS: usize = 4096;
/// Calls at once on one connection.
const MAX_STREAMS: u32 = 10_000;
/// What a caller may send on a stream before it is read; large enough that a
/// round trip on loopback never empties it.
const STREAM_WINDOW: u32 = 4 << 20;
/// The same for all streams of a connection together.
const CONNECTION_WINDOW: u32 = 8 << 20;
/// The largest frame: a whole chunk of output in one.
const MAX_FRAME: u32 = 1 << 20;
/// Kept of an answer while the caller is slower.
const SEND_BUFFER: usize = 2 << 20;
/// Bytes of a request's headers; a token and a path need a few hundred.
const MAX_HEADER_BYTES: u32 = 64 << 10;
/// Time for the first bytes, and for the headers, of a connection.
pub(super) const HEADER_TIME: Duration = Duration::from_secs(10);
/// A silent connection is asked so often whether it is there.
const PING_INTERVAL: Duration = Duration::from_secs(20);
/// And has so long to answer.
const PING_TIME: Duration = Duration::from_secs(20);
/// Time for calls to finish when the daemon goes down.
const DRAIN_TIME: Duration = Duration::from_secs(10);
/// Between two looks at a connection whose first bytes tell nothing yet.
const PEEK_PAUSE: Duration = Duration::from_millis(100);
/// What a TLS connection begins with.
const HANDSHAKE: u8 = 22;
/// What an HTTP/2 connection begins with.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Listens on an address.
pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => StartError::AddressInUse(address),
        _ => StartError::Listen { address, error },
    })
}

/// Where one listens that was to listen there.
pub(super) fn address(listener: &TcpListener, asked: SocketAddr) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|error| StartError::Listen { address: asked, error })
}

/// Serves until `shutdown` resolves, then drains for [`DRAIN_TIME`]; tells
/// `drain`, where it is to.
pub(super) async fn serve(
    listener: TcpListener,
    door: Door,
    shutdown: impl Future<Output = ()>,
    drain: Option<watch::Sender<bool>>,
    draining: Drain,
) {
    let builder = Arc::new(builder());
    let incoming = Incoming::new(listener, MAX_CONNECTIONS);
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let (stream, slot) = tokio::select! {
            () = &mut shutdown => break,
            Some(_ended) = connections.join_next() => continue,
            accepted = incoming.next() => accepted,
        };
        let (builder, door, draining) = (Arc::clone(&builder), door.clone(), draining.clone());
        connections.spawn(async move {
            connection(&builder, door, stream, draining).await;
            drop(slot);
        });
    }
    drop(incoming);
    if let Some(drain) = drain {
        drain.send_replace(true);
    }
    finish(connections).await;
}

/// Waits for connections to end, for a while.
pub(super) async fn finish(mut connections: JoinSet<()>) {
    let drained = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(DRAIN_TIME, drained).await.is_err() {
        tracing::warn!(connections = connections.len(), "calls that did not finish are cut off");
        connections.shutdown().await;
    }
}

pub(super) fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(MAX_HEADER_BYTES as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIME)
        .max_concurrent_streams(MAX_STREAMS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .adaptive_window(false)
        .max_frame_size(MAX_FRAME)
        .max_send_buf_size(SEND_BUFFER)
        .max_header_list_size(MAX_HEADER_BYTES);
    builder
}

async fn connection(
    builder: &auto::Builder<TokioExecutor>,
    door: Door,
    stream: TcpStream,
    mut draining: Drain,
) {
    let Ok(address) = stream.peer_addr() else { return };
    let far = Far { peer: Peer { address, secure: door.tls().is_some() }, local: None };
    let Some(tls) = door.tls() else {
        let begun = tokio::select! {
            begun = tokio::time::timeout(HEADER_TIME, has_begun(&stream)) => begun,
            () = draining.begun() => return,
        };
        if matches!(begun, Ok(Ok(()))) {
            answer(builder, door, stream, far, draining).await;
        }
        return;
    };
    let begun = tokio::select! {
        begun = tokio::time::timeout(HEADER_TIME, speaks_tls(&stream)) => begun,
        () = draining.begun() => return,
    };
    if let Ok(Ok(false)) = begun {
        // Who is told so by the door.
        let far = Far { peer: Peer { address, secure: false }, local: None };
        return answer(builder, door, stream, far, draining).await;
    }
    let begun = tokio::select! {
        begun = tokio::time::timeout(HEADER_TIME, shake_hands(tls, stream)) => begun,
        () = draining.begun() => return,
    };
    if let Ok(Ok(stream)) = begun {
        answer(builder, door, stream, far, draining).await;
    }
}

/// Whether a connection begins as TLS does, and not as HTTP.
async fn speaks_tls(stream: &TcpStream) -> io::Result<bool> {
    let mut first = [0; 1];
    match stream.peek(&mut first).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ if first[0] == HANDSHAKE => Ok(true),
        _ => has_begun(stream).await.map(|()| false),
    }
}

/// A secure connection on which the first bytes have come.
async fn shake_hands(tls: &Tls, stream: TcpStream) -> io::Result<BufReader<TlsStream<TcpStream>>> {
    begun(tls.accept(stream).await?).await
}

/// A connection on which the first bytes have come.
pub(super) async fn begun<S: AsyncRead>(stream: S) -> io::Result<BufReader<S>>
where
    BufReader<S>: AsyncBufRead + Unpin,
{
    let mut stream = BufReader::new(stream);
    let first = stream.fill_buf().await?;
    // Whoever speaks HTTP/2 sends its preface as one.
    let unclear = first.len() < PREFACE.len() && PREFACE.starts_with(first);
    if unclear { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(stream) }
}

pub(super) async fn answer<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    builder: &auto::Builder<TokioExecutor>,
    door: Door,
    stream: S,
    far: Far,
    mut draining: Drain,
) {
    let service = service_fn(move |request| door.clone().answer(request, far));
    let stream = TokioIo::new(stream);
    let mut connection = pin!(builder.serve_connection_with_upgrades(stream, service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = draining.begun() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error, "a connection broke");
    }
}

/// Waits until the first bytes tell the version of HTTP: the library itself
/// would wait for ever.
async fn has_begun(stream: &TcpStream) -> io::Result<()> {
    let mut seen = 0;
    loop {
        stream.readable().await?;
        let mut first = [0; PREFACE.len()];
        let length = stream.peek(&mut first).await?;
        if length == 0 || length == PREFACE.len() || !PREFACE.starts_with(&first[..length]) {
            return Ok(());
        }
        if length == seen {
            // Readable, with no byte more: the kernel does not wake for it.
            tokio::time::sleep(PEEK_PAUSE).await;
        }
        seen = length;
    }
}
