//! Connections to a machine's ports: sockets that are made inside its network.
//!
//! A socket belongs for ever to the network in which it was made. So a thread
//! that goes into the machine's, makes one there and ends is all that is
//! needed: no address, no bridge, no rule of a firewall, and nothing of what
//! the machine's network may do matters. The thread never comes back, so that
//! nothing of the daemon can be left in a machine's network.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use rustix::net::{AddressFamily, SocketFlags, SocketType, ipproto, socket_with};
use rustix::thread::{ThreadNameSpaceType, move_into_thread_name_spaces};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{Semaphore, oneshot};

use super::Step;
use crate::runtime::{DialError, RuntimeError};

/// Threads at once, of one machine. Each lives for some 50 µs.
const MAX_THREADS: usize = 8;
/// A connection on loopback is there at once; one whose listener's queue is
/// full is tried again by the kernel after 1, 3 and 7 seconds.
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// The thread makes two calls.
const STACK_BYTES: usize = 64 << 10;

/// Connects to one machine's ports.
pub(super) struct Dialer {
    /// Its init: a process that has ended is in no network any more, and
    /// another one never takes its place.
    init: Arc<OwnedFd>,
    threads: Semaphore,
}

impl Dialer {
    pub(super) fn new(init: OwnedFd) -> Self {
        Self { init: Arc::new(init), threads: Semaphore::new(MAX_THREADS) }
    }

    /// By IPv4, and where nothing listens there by IPv6: some programs take
    /// `localhost` for ::1 alone.
    pub(super) async fn dial(&self, port: u16) -> Result<TcpStream, DialError> {
        match self.connect(Ipv4Addr::LOCALHOST.into(), port).await {
            Err(DialError::NotListening(_)) => self.connect(Ipv6Addr::LOCALHOST.into(), port).await,
            connected => connected,
        }
    }

    async fn connect(&self, address: IpAddr, port: u16) -> Result<TcpStream, DialError> {
        let family = match address {
            IpAddr::V4(_) => AddressFamily::INET,
            IpAddr::V6(_) => AddressFamily::INET6,
        };
        let socket = self.socket(family).await?;
        let connecting = socket.connect(SocketAddr::new(address, port));
        let stream = match tokio::time::timeout(CONNECT_TIME, connecting).await {
            Err(_) => return Err(DialError::TimedOut(port)),
            Ok(Err(error)) => return Err(refused(port, error)),
            Ok(Ok(stream)) => stream,
        };
        stream.set_nodelay(true).step("set up a connection to a port")?;
        Ok(stream)
    }

    async fn socket(&self, family: AddressFamily) -> Result<TcpSocket, RuntimeError> {
        let _turn = self.threads.acquire().await.map_err(|_| RuntimeError::Gone)?;
        let (made, socket) = oneshot::channel();
        let init = Arc::clone(&self.init);
        std::thread::Builder::new()
            .name("dial".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                // Who asked may have gone.
                let _ = made.send(socket_in(&init, family));
            })
            .step("start a thread")?;
        let socket = socket.await.map_err(|_| RuntimeError::Gone)?;
        let socket = socket.map_err(|error| match error {
            rustix::io::Errno::SRCH => RuntimeError::Gone,
            error => super::failed("make a socket in the machine's network", &error.into()),
        })?;
        Ok(TcpSocket::from_std_stream(socket.into()))
    }
}

/// Moves this thread into the network of a process, for good.
fn socket_in(init: &OwnedFd, family: AddressFamily) -> rustix::io::Result<OwnedFd> {
    move_into_thread_name_spaces(init.as_fd(), ThreadNameSpaceType::NETWORK)?;
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    socket_with(family, SocketType::STREAM, flags, Some(ipproto::TCP))
}

fn refused(port: u16, error: io::Error) -> DialError {
    match error.kind() {
        // Without an address of this family, nothing listens on it either.
        io::ErrorKind::ConnectionRefused | io::ErrorKind::AddrNotAvailable => {
            DialError::NotListening(port)
        }
        io::ErrorKind::TimedOut => DialError::TimedOut(port),
        _ => super::failed(format!("connect to port {port}"), &error).into(),
    }
}
