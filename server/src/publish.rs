//! Ports of the host that lead to ports of sandboxes: who has which, and who
//! comes to them.
//!
//! A port is listened on before a record says so, and until the sandbox is
//! gone: what comes while it sleeps wakes it.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::task::Poll;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::incoming::set_up;
use crate::model::{Port, SandboxId};

/// Connections that wait to be taken on.
const MAX_WAITING: usize = 64;
/// Pause after the kernel refused to accept, most likely for want of
/// descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// Which ports of the host may lead to sandboxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishConfig {
    /// The address that is listened on.
    pub address: IpAddr,
    /// The ports.
    pub range: RangeInclusive<u16>,
}

impl Default for PublishConfig {
    fn default() -> Self {
        Self { address: Ipv4Addr::LOCALHOST.into(), range: 9000..=9999 }
    }
}

/// Why a port of the host can't be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// Not one of those that may be had.
    #[error("must be {first} to {last}, as --publish-range has it, is {port}")]
    OutOfRange {
        /// What was asked for.
        port: u16,
        /// The first that may be.
        first: u16,
        /// The last one.
        last: u16,
    },
    /// Another sandbox has it. Which one is not said: it may be another
    /// tenant's.
    #[error("port {port} of the host leads to another sandbox already")]
    Taken {
        /// What was asked for.
        port: u16,
    },
    /// Another program has it, or it can't be listened on.
    #[error("port {port} of the host can't be listened on: {cause}")]
    Unusable {
        /// What was asked for.
        port: u16,
        /// Why.
        cause: String,
    },
    /// Every one is taken.
    #[error("no port of the host is left for it")]
    NoneLeft,
}

/// Somebody at a port of the host.
#[derive(Debug)]
pub struct Caller {
    /// To which it leads.
    pub sandbox: SandboxId,
    /// Its port.
    pub port: u16,
    /// The connection.
    pub stream: TcpStream,
}

/// The host's ports.
pub struct HostPorts {
    config: PublishConfig,
    taken: Mutex<BTreeMap<u16, Taken>>,
    callers: mpsc::Sender<Caller>,
}

/// A port that is listened on until this is dropped.
struct Taken {
    owner: SandboxId,
    /// The sandbox's port.
    inner: Arc<AtomicU16>,
    listener: Listener,
    accepting: JoinHandle<()>,
}

/// Shared with the task that accepts, so that it is closed at once, not when
/// that task is.
type Listener = Arc<Mutex<Option<TcpListener>>>;

impl Drop for Taken {
    fn drop(&mut self) {
        drop(self.listener.lock().take());
        self.accepting.abort();
    }
}

/// Ports that were just taken; they are let go unless they are kept.
pub struct Claim {
    ports: Arc<HostPorts>,
    sandbox: SandboxId,
    fresh: Vec<u16>,
}

impl HostPorts {
    /// None is taken yet; who comes is told to the receiver.
    pub fn new(config: PublishConfig) -> (Arc<Self>, mpsc::Receiver<Caller>) {
        let (callers, coming) = mpsc::channel(MAX_WAITING);
        (Arc::new(Self { config, taken: Mutex::default(), callers }), coming)
    }

    /// The address of a port.
    pub fn address(&self, host_port: u16) -> SocketAddr {
        SocketAddr::new(self.config.address, host_port)
    }

    /// Takes what a sandbox's ports ask for, and fills in what it got. An
    /// error tells at which of them.
    pub fn claim(
        self: &Arc<Self>,
        sandbox: &SandboxId,
        ports: &mut [Port],
    ) -> Result<Claim, (usize, PublishError)> {
        let (ports_of_host, fresh) = (Arc::clone(self), Vec::new());
        let mut claim = Claim { ports: ports_of_host, sandbox: sandbox.clone(), fresh };
        let wanted = |port: &&mut Port| port.lan || port.host_port > 0;
        // Those that are named first, so that none is given away.
        for named in [true, false] {
            for (index, port) in ports.iter_mut().enumerate() {
                if wanted(&&mut *port) && (port.host_port > 0) == named {
                    claim.take(port).map_err(|error| (index, error))?;
                }
            }
        }
        Ok(claim)
    }

    /// Lets all go that lead to a sandbox.
    pub fn free(&self, sandbox: &SandboxId) {
        self.taken.lock().retain(|_, taken| taken.owner != *sandbox);
    }

    fn listen(&self, host_port: u16, sandbox: &SandboxId, port: u16) -> io::Result<Taken> {
        let listener = std::net::TcpListener::bind(self.address(host_port))?;
        listener.set_nonblocking(true)?;
        let listener = Arc::new(Mutex::new(Some(TcpListener::from_std(listener)?)));
        let inner = Arc::new(AtomicU16::new(port));
        let accept = accept(
            Arc::clone(&listener),
            sandbox.clone(),
            Arc::clone(&inner),
            self.callers.clone(),
        );
        let (owner, accepting) = (sandbox.clone(), tokio::spawn(accept));
        Ok(Taken { owner, inner, listener, accepting })
    }
}

impl Claim {
    fn take(&mut self, port: &mut Port) -> Result<(), PublishError> {
        if port.host_port == 0 {
            return self.take_any(port);
        }
        let (host_port, range) = (port.host_port, &self.ports.config.range);
        if !range.contains(&host_port) {
            let (first, last) = (*range.start(), *range.end());
            return Err(PublishError::OutOfRange { port: host_port, first, last });
        }
        let mut taken = self.ports.taken.lock();
        match taken.get(&host_port).map(|taken| &taken.owner) {
            Some(owner) if *owner == self.sandbox => return Ok(()),
            Some(_) => return Err(PublishError::Taken { port: host_port }),
            None => {}
        }
        let fresh = self.ports.listen(host_port, &self.sandbox, port.port);
        let cause = |error: io::Error| error.to_string();
        let fresh = fresh.map_err(cause);
        let fresh = fresh.map_err(|cause| PublishError::Unusable { port: host_port, cause })?;
        taken.insert(host_port, fresh);
        self.fresh.push(host_port);
        Ok(())
    }

    /// The first that nobody has, other programs included.
    fn take_any(&mut self, port: &mut Port) -> Result<(), PublishError> {
        let mut taken = self.ports.taken.lock();
        for host_port in self.ports.config.range.clone() {
            if taken.contains_key(&host_port) {
                continue;
            }
            if let Ok(fresh) = self.ports.listen(host_port, &self.sandbox, port.port) {
                taken.insert(host_port, fresh);
                self.fresh.push(host_port);
                port.host_port = host_port;
                return Ok(());
            }
        }
        Err(PublishError::NoneLeft)
    }

    /// The sandbox's ports are these from now on; others of it are let go.
    pub fn keep(mut self, ports: &[Port]) {
        self.fresh.clear();
        self.ports.taken.lock().retain(|host_port, taken| {
            if taken.owner != self.sandbox {
                return true;
            }
            let leads = ports.iter().find(|port| port.host_port == *host_port);
            if let Some(port) = leads {
                taken.inner.store(port.port, Ordering::Relaxed);
            }
            leads.is_some()
        });
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut taken = self.ports.taken.lock();
        for host_port in &self.fresh {
            taken.remove(host_port);
        }
    }
}

async fn accept(
    listener: Listener,
    sandbox: SandboxId,
    port: Arc<AtomicU16>,
    callers: mpsc::Sender<Caller>,
) {
    loop {
        let accepted = poll_fn(|context| match &*listener.lock() {
            Some(listener) => listener.poll_accept(context).map(Some),
            None => Poll::Ready(None),
        });
        let stream = match accepted.await {
            None => return,
            Some(Ok((stream, _))) => stream,
            Some(Err(error)) => {
                tracing::warn!(%error, "can't accept at a published port");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        // One that is gone already shows it later.
        let _ = set_up(&stream);
        let port = port.load(Ordering::Relaxed);
        let caller = Caller { sandbox: sandbox.clone(), port, stream };
        if callers.send(caller).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ports() -> (Arc<HostPorts>, mpsc::Receiver<Caller>) {
        // Ports of an address that no other test listens on.
        let address = "127.83.1.1".parse().unwrap();
        HostPorts::new(PublishConfig { address, range: 9000..=9002 })
    }

    fn port(port: u16, lan: bool, host_port: u16) -> Port {
        Port { port, lan, host_port, ..Port::default() }
    }

    #[tokio::test]
    async fn ports_are_taken_once_and_let_go() {
        let (ports, mut callers) = ports();
        let (first, second) = (SandboxId::from_uuid(1), SandboxId::from_uuid(2));
        let mut wanted = [port(80, true, 0), port(81, false, 9000), port(82, false, 0)];
        ports.claim(&first, &mut wanted).unwrap().keep(&wanted);
        assert_eq!(wanted.each_ref().map(|port| port.host_port), [9001, 9000, 0]);
        let taken = ports.claim(&second, &mut [port(1, false, 9000)]).err();
        assert_eq!(taken, Some((0, PublishError::Taken { port: 9000 })));
        // A claim that fails lets go of what it had.
        let none = ports.claim(&second, &mut [port(1, true, 0), port(2, true, 0)]).err();
        assert_eq!(none, Some((1, PublishError::NoneLeft)));
        drop(ports.claim(&second, &mut [port(1, false, 9002)]).unwrap());
        let beyond = ports.claim(&second, &mut [port(1, false, 9003)]).err();
        assert!(matches!(beyond, Some((0, PublishError::OutOfRange { .. }))));
        let mut moved = [port(83, false, 9000)];
        ports.claim(&first, &mut moved).unwrap().keep(&moved);
        let stream = TcpStream::connect(ports.address(9000)).await.unwrap();
        let caller = callers.recv().await.unwrap();
        assert_eq!((caller.sandbox, caller.port), (first.clone(), 83));
        assert!(TcpStream::connect(ports.address(9001)).await.is_err());
        drop(stream);
        ports.free(&first);
        ports.claim(&second, &mut [port(1, false, 9000)]).unwrap().keep(&[port(1, false, 9000)]);
    }

    #[tokio::test]
    async fn what_another_program_has_is_not_taken() {
        let address: IpAddr = "127.83.1.2".parse().unwrap();
        let (ports, _callers) = HostPorts::new(PublishConfig { address, range: 9000..=9001 });
        let _other = std::net::TcpListener::bind((address, 9000)).unwrap();
        let sandbox = SandboxId::from_uuid(1);
        let refused = ports.claim(&sandbox, &mut [port(80, false, 9000)]).err();
        assert!(matches!(refused, Some((0, PublishError::Unusable { port: 9000, .. }))));
        let mut wanted = [port(80, true, 0)];
        ports.claim(&sandbox, &mut wanted).unwrap().keep(&wanted);
        assert_eq!(wanted[0].host_port, 9001);
    }
}
