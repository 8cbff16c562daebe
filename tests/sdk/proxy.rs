//! Connections to a daemon that are cut at random bytes.

use std::net::SocketAddr;

use rand::RngExt;
use tokio::io::{AsyncReadExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Bytes of answers that a connection lives for: enough to learn that a command
/// runs, little enough that a stream sees many cuts.
const LIFE: std::ops::Range<u64> = 64 << 10..4 << 20;

/// Forwards connections to a daemon, and ends all with itself.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    _serving: JoinSet<()>,
}

impl Proxy {
    /// Cuts each connection, and forwards the next.
    pub(crate) async fn cutting(daemon: SocketAddr) -> Self {
        Self::start(async move |listener| {
            let mut connections = JoinSet::new();
            while let Ok((caller, _)) = listener.accept().await {
                let life = rand::rng().random_range(LIFE);
                // A cut is no failure.
                connections.spawn(forward(caller, daemon, life));
            }
        })
        .await
    }

    /// Forwards until so many bytes of answers have passed on one connection; then
    /// nothing listens there any more, as if the daemon had gone.
    pub(crate) async fn of_a_daemon_that_goes(daemon: SocketAddr) -> Self {
        Self::start(async move |listener| {
            let mut connections = JoinSet::new();
            loop {
                tokio::select! {
                    accepted = listener.accept() => {
                        let Ok((caller, _)) = accepted else { return };
                        connections.spawn(forward(caller, daemon, LIFE.start));
                    }
                    Some(ended) = connections.join_next() => {
                        // Only an end of the answers is one of the daemon.
                        if let Ok(Ok(End::Answers)) = ended { return }
                    }
                }
            }
        })
        .await
    }

    async fn start<S>(serve: impl FnOnce(TcpListener) -> S) -> Self
    where
        S: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("it is bound");
        let mut serving = JoinSet::new();
        serving.spawn(serve(listener));
        Self { address, _serving: serving }
    }
}

/// Which half of a connection ended it.
enum End {
    Requests,
    Answers,
}

async fn forward(caller: TcpStream, daemon: SocketAddr, life: u64) -> std::io::Result<End> {
    let server = TcpStream::connect(daemon).await?;
    // Both ends are reset, so that what waits in their buffers is lost.
    caller.set_zero_linger()?;
    server.set_zero_linger()?;
    let (mut from_caller, mut to_caller) = caller.into_split();
    let (from_server, mut to_server) = server.into_split();
    let mut answers = from_server.take(life);
    tokio::select! {
        asked = copy(&mut from_caller, &mut to_server) => asked.map(|_| End::Requests),
        answered = copy(&mut answers, &mut to_caller) => answered.map(|_| End::Answers),
    }
}
