//! Accepts connections, and sees that each ends when it must: at the end of
//! what let its client in, and when the daemon goes down.

use std::borrow::Cow;
use std::future::Future;
use std::net::Shutdown;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use russh::server::{Config, Handle};
use russh::{Disconnect, MethodKind, MethodSet, Preferred, SshId, compression, kex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;

use super::caller::Caller;
use super::{Shared, Ssh, input, key};
use crate::incoming::Incoming;

/// Connections at once; more wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 256;
/// From the first byte until a client is let in.
const LOGIN_TIME: Duration = Duration::from_secs(30);
/// Keys that a client may try; an agent offers all that it has.
const MAX_ATTEMPTS: usize = 8;
/// How long each refusal takes, whatever was wrong: an unknown sandbox and an
/// unknown key must not be told apart.
const REFUSAL_TIME: Duration = Duration::from_secs(1);
/// A silent client is asked so often whether it is there,
const PING_INTERVAL: Duration = Duration::from_secs(30);
/// and is gone when it did not answer so many times.
const PINGS: usize = 3;
/// Messages of a connection's channels that wait to be sent, of 32 KiB each.
const MAX_MESSAGES: usize = 32;
/// For a client to take our leave before its connection is cut.
const LEAVE_TIME: Duration = Duration::from_secs(1);
/// For connections to end when the daemon goes down.
const DRAIN_TIME: Duration = Duration::from_secs(5);

impl Ssh {
    /// Serves until `shutdown` resolves; then sessions end, and what they have
    /// started.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let config = Arc::new(config(&self.shared));
        let incoming = Incoming::new(listener, MAX_CONNECTIONS);
        let (closing, closed) = watch::channel(());
        let mut connections = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        let mut sweeping = pin!(self.shared.sweep_forever());
        loop {
            let (stream, slot) = tokio::select! {
                () = &mut shutdown => break,
                () = &mut sweeping => break,
                Some(_ended) = connections.join_next() => continue,
                accepted = incoming.next() => accepted,
            };
            let (config, shared) = (Arc::clone(&config), Arc::clone(&self.shared));
            let closed = closed.clone();
            connections.spawn(async move {
                if let Err(error) = connection(config, shared, stream, closed).await {
                    tracing::debug!(%error, "an SSH connection broke");
                }
                drop(slot);
            });
        }
        drop((incoming, closing));
        let drained = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN_TIME, drained).await.is_err() {
            connections.shutdown().await;
        }
    }
}

impl Shared {
    /// Removes accesses as they run out. Never resolves.
    async fn sweep_forever(&self) {
        loop {
            self.doors.expired().await;
            if let Err(error) = self.sweep(SystemTime::now()).await {
                tracing::warn!(%error, "an access that has run out stays in the records");
            }
        }
    }
}

fn config(shared: &Shared) -> Config {
    Config {
        server_id: SshId::Standard(Cow::Borrowed("SSH-2.0-Skerry")),
        methods: MethodSet::from(&[MethodKind::PublicKey][..]),
        auth_rejection_time: REFUSAL_TIME,
        auth_rejection_time_initial: Some(Duration::ZERO),
        keys: vec![shared.host_key.clone()],
        preferred: preferred(),
        window_size: input::WINDOW,
        event_buffer_size: MAX_MESSAGES,
        max_auth_attempts: MAX_ATTEMPTS,
        inactivity_timeout: None,
        keepalive_interval: Some(PING_INTERVAL),
        keepalive_max: PINGS,
        ..Config::default()
    }
}

/// Of what strangers can ask for, only what costs us little: no groups of
/// thousands of bits, and nothing is decompressed before a client is let in.
fn preferred() -> Preferred {
    const EXCHANGES: &[kex::Name] = &[
        kex::MLKEM768X25519_SHA256,
        kex::CURVE25519,
        kex::CURVE25519_PRE_RFC_8731,
        kex::EXTENSION_SUPPORT_AS_CLIENT,
        kex::EXTENSION_SUPPORT_AS_SERVER,
        kex::EXTENSION_OPENSSH_STRICT_KEX_AS_CLIENT,
        kex::EXTENSION_OPENSSH_STRICT_KEX_AS_SERVER,
    ];
    const COMPRESSIONS: &[compression::Name] = &[compression::NONE, compression::ZLIB_LEGACY];
    let sound = Preferred::DEFAULT.key.iter().filter(|algorithm| key::is_sound(algorithm));
    Preferred {
        kex: Cow::Borrowed(EXCHANGES),
        key: sound.cloned().collect(),
        compression: Cow::Borrowed(COMPRESSIONS),
        ..Preferred::DEFAULT
    }
}

/// The connection's socket. Dropping it cuts the connection, which ends
/// russh's task, and that all that it has started.
struct Socket(std::net::TcpStream);

impl Drop for Socket {
    fn drop(&mut self) {
        // One that the client has closed is cut already.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

async fn connection(
    config: Arc<Config>,
    shared: Arc<Shared>,
    stream: TcpStream,
    mut closed: watch::Receiver<()>,
) -> Result<(), russh::Error> {
    let stream = stream.into_std()?;
    let socket = Socket(stream.try_clone()?);
    let stream = TcpStream::from_std(stream)?;
    let (let_in, grant) = oneshot::channel();
    let login = async {
        let caller = Caller::new(shared, let_in);
        let mut session = Box::pin(russh::server::run_stream(config, stream, caller).await?);
        let handle = session.handle();
        tokio::select! {
            ended = &mut session => ended.map(|()| None),
            Ok(grant) = grant => Ok(Some((session, handle, grant))),
        }
    };
    let let_in = tokio::select! {
        let_in = tokio::time::timeout(LOGIN_TIME, login) => let_in,
        // Nothing is ever sent: it fails when the daemon goes down.
        _ = closed.changed() => return Ok(()),
    };
    let Ok(let_in) = let_in else { return Ok(()) };
    let Some((mut session, handle, grant)) = let_in? else { return Ok(()) };
    let why = tokio::select! {
        ended = &mut session => return ended,
        () = grant.ended() => "what let you in has ended",
        _ = closed.changed() => "the daemon is shutting down",
    };
    let left = async {
        say_goodbye(&handle, why).await;
        session.await
    };
    // A client that does not take it is cut off.
    let _ = tokio::time::timeout(LEAVE_TIME, left).await;
    drop(socket);
    Ok(())
}

async fn say_goodbye(handle: &Handle, why: &str) {
    let reason = Disconnect::ByApplication;
    // A connection that has just ended needs no word.
    let _ = handle.disconnect(reason, why.to_owned(), String::new()).await;
}
