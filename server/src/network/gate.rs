//! The gate for ports 80 and 443: what an allowlist lets a sandbox reach by
//! name is passed on only where the connection itself says such a name, too.
//!
//! ```text
//!  sandbox ─▶ name's address :443 ═ redirected ═▶ gate ─▶ the same address
//!                                                  │ TLS: its server name
//!                                                  └ HTTP: each request's host
//! ```
//!
//! Many names may have one address; without this, a name that is allowed would
//! open all of them. What is neither TLS nor HTTP is refused. The connections
//! of a policy that changes are judged again.
//!
//! Here, too, a sandbox's credentials are added to its requests. For that, TLS
//! to a host that has one ends at the gate; all other TLS passes as it is.

mod authority;
mod connection;
mod host;
mod http;
mod inject;
mod secure;
mod tls;

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use rustix::net::sockopt::ip_original_dst;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::model::Credentials;

pub use authority::new_authority;
pub(super) use secure::Roots;

use connection::Passed;

/// Where it listens on the gateway's address. No sandbox can be served there
/// but by the rules.
pub(super) const GATE_PORT: u16 = 21_588;
/// Connections of one sandbox at once.
const MAX_CONNECTIONS: usize = 1024;
/// How long a sandbox has to say what it wants, and the other side to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// After an error of accept, for want of descriptors.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// Where a connection comes from, and where it wants to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) sandbox: Ipv4Addr,
    pub(super) asked: SocketAddrV4,
}

/// Who knows the policies.
pub(super) trait Judge: Send + Sync + 'static {
    /// Whether a sandbox may reach an address under a name; `None` where it
    /// says none. Tells watchers of what it refuses.
    fn may_pass(&self, way: Way, name: Option<&str>) -> bool;

    /// How a sandbox may reach a port of an address.
    fn knock(&self, way: Way) -> Knock;

    /// The credentials of a sandbox, where one is for this host and the sandbox
    /// may reach the address under that name.
    fn credentials(&self, way: Way, host: &str) -> Option<Arc<Credentials>>;

    /// Whether a sandbox has any.
    fn has_credentials(&self, sandbox: Ipv4Addr) -> bool;
}

/// How a connection may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Knock {
    /// Not at all.
    Refused,
    /// By the names that it says.
    ByName,
    /// Whatever it says: the policy lists the address, or all.
    Freely,
}

/// The gate; it is shut when this is dropped.
pub(super) struct Gate {
    passing: Arc<Passing>,
    judge: Arc<dyn Judge>,
    accepting: JoinHandle<()>,
}

/// Connections under way, by sandbox.
struct Passing {
    roots: Roots,
    all: Mutex<HashMap<Ipv4Addr, HashMap<u64, Passage>>>,
}

/// One connection and what it was let through for.
struct Passage {
    way: Way,
    by_name: bool,
    passed: Arc<Mutex<Passed>>,
    task: JoinHandle<()>,
}

impl Gate {
    /// Opens it on the gateway's address.
    pub(super) async fn open(
        gateway: Ipv4Addr,
        judge: Arc<dyn Judge>,
        roots: Roots,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((gateway, GATE_PORT)).await?;
        let passing = Arc::new(Passing { roots, all: Mutex::default() });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&passing), Arc::clone(&judge)));
        Ok(Self { passing, judge, accepting })
    }

    /// Ends a sandbox's connections that its policy does not allow any more, and
    /// those that had a credential which is gone; none of them passes a byte when
    /// this returns. So are those ended that pass as they are to a host which a
    /// credential is for by now: the next one has it.
    pub(super) async fn judge_again(&self, sandbox: Ipv4Addr) {
        let stays = |passage: &Passage| {
            let passed = passage.passed.lock();
            let may = match self.judge.knock(passage.way) {
                Knock::Refused => false,
                Knock::Freely => true,
                Knock::ByName => {
                    let may = |name: &String| self.judge.may_pass(passage.way, Some(name));
                    passage.by_name && passed.names.iter().all(may)
                }
            };
            may && passed.is_as_credentials_say(passage.way, &*self.judge)
        };
        let ended: Vec<_> = match self.passing.all.lock().get_mut(&sandbox) {
            Some(passages) => passages.extract_if(|_, passage| !stays(passage)).collect(),
            None => return,
        };
        for (_, passage) in ended {
            passage.task.abort();
            // It was aborted: there is no result.
            let _ = passage.task.await;
        }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.accepting.abort();
        for passage in self.passing.all.lock().values().flat_map(HashMap::values) {
            passage.task.abort();
        }
    }
}

async fn accept(listener: TcpListener, passing: Arc<Passing>, judge: Arc<dyn Judge>) {
    for number in 0_u64.. {
        let stream = loop {
            match listener.accept().await {
                Ok((stream, _)) => break stream,
                Err(error) => {
                    tracing::warn!(%error, "the gate can't accept a connection");
                    tokio::time::sleep(ACCEPT_AGAIN).await;
                }
            }
        };
        if let Some(way) = way_of(&stream) {
            passing.begin(number, way, stream, &judge);
        }
    }
}

/// `None` where no rule has sent it here.
fn way_of(stream: &TcpStream) -> Option<Way> {
    let (std::net::SocketAddr::V4(from), std::net::SocketAddr::V4(here)) =
        (stream.peer_addr().ok()?, stream.local_addr().ok()?)
    else {
        return None;
    };
    let asked = ip_original_dst(stream).ok()?;
    (asked != here).then_some(Way { sandbox: *from.ip(), asked })
}

impl Passing {
    fn begin(self: &Arc<Self>, number: u64, way: Way, stream: TcpStream, judge: &Arc<dyn Judge>) {
        let knock = judge.knock(way);
        if knock == Knock::Refused {
            return;
        }
        let mut all = self.all.lock();
        let passages = all.entry(way.sandbox).or_default();
        if passages.len() >= MAX_CONNECTIONS {
            return;
        }
        let passed = Arc::<Mutex<Passed>>::default();
        let leave = Leave { passing: Arc::clone(self), sandbox: way.sandbox, number };
        let said =
            connection::Said { way, knock, judge: Arc::clone(judge), passed: Arc::clone(&passed) };
        let passing = Arc::clone(self);
        let task = tokio::spawn(async move {
            let _leave = leave;
            let passed = match knock {
                Knock::Freely if !said.judge.has_credentials(way.sandbox) => {
                    connection::pass_freely(stream, Vec::new(), way).await
                }
                _ => connection::pass(stream, said, &passing.roots).await,
            };
            if let Err(error) = passed {
                tracing::debug!(?way, %error, "a connection at the gate has failed");
            }
        });
        passages.insert(number, Passage { way, by_name: knock == Knock::ByName, passed, task });
    }
}

/// Forgets a connection when it ends, however it does.
struct Leave {
    passing: Arc<Passing>,
    sandbox: Ipv4Addr,
    number: u64,
}

impl Drop for Leave {
    fn drop(&mut self) {
        let mut all = self.passing.all.lock();
        if let Some(passages) = all.get_mut(&self.sandbox) {
            passages.remove(&self.number);
            if passages.is_empty() {
                all.remove(&self.sandbox);
            }
        }
    }
}
