//! One port of one sandbox: the connections to it, and who waits for it.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::body::Body;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use parking_lot::Mutex;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::host::Place;
use super::refusal::Refusal;
use super::wake::Waking;
use crate::engine::Visit;
use crate::runtime::Machine;

/// Requests and upgraded connections at once, those that wait included.
const MAX_OPEN: usize = 2048;
/// Connections that are kept for the next request.
const MAX_IDLE: usize = 256;
/// How long. Below the 5 seconds after which Node closes one, by default, so
/// that a request seldom meets the close.
const IDLE_TIME: Duration = Duration::from_secs(4);
/// Bytes of an answer's headers.
const MAX_HEADER_BYTES: usize = 256 << 10;
/// The same over HTTP/2.
const MAX_HEADER_LIST: u32 = 256 << 10;
/// What an app may send on an HTTP/2 stream before the caller takes it.
const STREAM_WINDOW: u32 = 1 << 20;
/// The same for all streams of a connection.
const CONNECTION_WINDOW: u32 = 4 << 20;

pub(super) type Sender = http1::SendRequest<Body>;
pub(super) type CallSender = http2::SendRequest<Body>;

/// A port that is asked for.
pub(super) struct Target {
    pub(super) place: Place,
    /// The generation that links to it must have.
    pub(super) since: u64,
    places: Arc<Semaphore>,
    idle: Mutex<VecDeque<Idle>>,
    /// The connection for gRPC; held while one is made, so that it is one.
    calls: tokio::sync::Mutex<Option<CallSender>>,
    /// What drives connections; `None` once it is closed.
    tasks: Mutex<Option<JoinSet<()>>>,
    /// The machine that was found ready.
    ready: Mutex<Option<Weak<dyn Machine>>>,
    pub(super) waking: Mutex<Option<Waking>>,
}

struct Idle {
    sender: Sender,
    since: Instant,
}

/// A request's place among those of its port, and that the sandbox is not
/// idle, until it is dropped.
pub(super) struct Open {
    pub(super) visit: Visit,
    _place: OwnedSemaphorePermit,
}

impl Target {
    pub(super) fn new(place: Place, since: u64) -> Arc<Self> {
        Arc::new(Self {
            place,
            since,
            places: Arc::new(Semaphore::new(MAX_OPEN)),
            idle: Mutex::default(),
            calls: tokio::sync::Mutex::default(),
            tasks: Mutex::new(Some(JoinSet::new())),
            ready: Mutex::new(None),
            waking: Mutex::new(None),
        })
    }

    /// A place for one more request.
    pub(super) fn open(&self, visit: Visit) -> Result<Open, Refusal> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        Ok(Open { visit, _place: place.map_err(|_| Refusal::TooMany)? })
    }

    /// Owns a connection's task. Refused once closed: links were revoked.
    pub(super) fn spawn(
        &self,
        task: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Refusal> {
        let mut tasks = self.tasks.lock();
        let tasks = tasks.as_mut().ok_or(Refusal::Private)?;
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
        Ok(())
    }

    /// Drops connections that nobody uses.
    pub(super) fn rest(&self) {
        self.idle.lock().clear();
        if let Ok(mut calls) = self.calls.try_lock() {
            *calls = None;
        }
    }

    /// Cuts every connection, those in use as well.
    pub(super) fn cut(&self) {
        self.rest();
        if let Some(tasks) = &mut *self.tasks.lock() {
            // Dropping it aborts all.
            *tasks = JoinSet::new();
        }
    }

    /// The same, for good.
    pub(super) fn close(&self) {
        self.rest();
        drop(self.tasks.lock().take());
    }

    /// Drops what was not used for a while; whether nothing is left to keep.
    pub(super) fn tidy(&self) -> bool {
        let mut idle = self.idle.lock();
        idle.retain(|idle| idle.since.elapsed() < IDLE_TIME && !idle.sender.is_closed());
        let unused = self.places.available_permits() == MAX_OPEN;
        unused && idle.is_empty() && self.waking.lock().is_none()
    }

    pub(super) fn is_ready(&self, machine: &Arc<dyn Machine>) -> bool {
        let ready = self.ready.lock();
        ready.as_ref().is_some_and(|ready| std::ptr::addr_eq(ready.as_ptr(), Arc::as_ptr(machine)))
    }

    pub(super) fn set_ready(&self, machine: Option<&Arc<dyn Machine>>) {
        *self.ready.lock() = machine.map(Arc::downgrade);
    }

    /// A connection that was used before, if there is one: the one that rests
    /// longest, since the last ones may have something to finish.
    pub(super) fn take_idle(&self) -> Option<Sender> {
        let mut idle = self.idle.lock();
        for _ in 0..idle.len() {
            let found = idle.pop_front()?;
            if found.since.elapsed() > IDLE_TIME || found.sender.is_closed() {
                continue;
            }
            if found.sender.is_ready() {
                return Some(found.sender);
            }
            idle.push_back(found);
        }
        None
    }

    /// Keeps a connection whose answer was read to its end.
    pub(super) fn give_back(&self, sender: Sender) {
        let mut idle = self.idle.lock();
        if idle.len() < MAX_IDLE && !sender.is_closed() {
            idle.push_back(Idle { sender, since: Instant::now() });
        }
    }

    /// Speaks HTTP/1.1 on a new connection.
    pub(super) async fn handshake(&self, stream: TcpStream) -> Result<Sender, Refusal> {
        let mut builder = http1::Builder::new();
        builder.max_buf_size(MAX_HEADER_BYTES);
        let (sender, connection) =
            builder.handshake(TokioIo::new(stream)).await.map_err(|error| broken(&error))?;
        self.spawn(async move {
            if let Err(error) = connection.with_upgrades().await {
                tracing::debug!(%error, "a connection to a sandbox broke");
            }
        })?;
        Ok(sender)
    }

    /// The connection for gRPC, made by `connect` where there is none.
    pub(super) async fn calls(
        &self,
        connect: impl Future<Output = Result<TcpStream, Refusal>>,
    ) -> Result<CallSender, Refusal> {
        let mut calls = self.calls.lock().await;
        if let Some(sender) = calls.as_ref().filter(|sender| !sender.is_closed()) {
            return Ok(sender.clone());
        }
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_header_list_size(MAX_HEADER_LIST);
        let stream = TokioIo::new(connect.await?);
        let (sender, connection) =
            builder.handshake(stream).await.map_err(|error| broken(&error))?;
        self.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "an HTTP/2 connection to a sandbox broke");
            }
        })?;
        *calls = Some(sender.clone());
        Ok(sender)
    }
}

/// What the app did wrong, or the caller, in words for who called.
pub(super) fn broken(error: &hyper::Error) -> Refusal {
    if error.is_user() {
        return Refusal::BadRequest("its body broke off");
    }
    Refusal::Broken(match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    })
}
