//! The seam between the engine and the host's network.
//!
//! A [`Network`] gives every sandbox an address that it keeps, joins its
//! network namespace to a bridge, and holds it to its policy. The rules are
//! the kernel's: they are in force before a sandbox has a link, and stay when
//! the daemon dies.
//!
//! ```text
//!  sandbox ─ eth0 ═ veth ═ isolated port ─ bridge ─ rules ─ NAT ─ the world
//!                                            └─ port 53: names, by policy
//! ```

mod address;
mod budget;
mod cables;
mod config;
mod egress;
mod element;
mod flows;
mod gate;
mod guests;
mod host;
mod judging;
mod kernel;
mod links;
mod member;
mod names;
mod nft;
mod off;
mod range;
mod refusals;
mod reset;
mod rules;
mod sysctl;
mod upstream;

use std::net::Ipv4Addr;
use std::os::fd::OwnedFd;

use async_trait::async_trait;

pub use address::AddressPool;
pub use config::NetworkConfig;
pub use egress::{
    Egress, EgressCounts, EgressEvent, EgressEventKind, EgressLagged, EgressReason, EgressWatch,
};
pub use gate::new_authority;
pub use host::HostNetwork;
pub use off::NoNetwork;
pub use range::{RangeError, Taken, check_range};
pub use reset::{ResetError, reset};

use crate::model::{SandboxId, SandboxNetwork};

/// The most sandboxes of one group: each pair of them may talk.
pub const MAX_GROUP: usize = 1000;

/// Why the network did not do what it was asked; each text says what to do.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NetworkError {
    /// There is none.
    #[error("sandboxes have no network here: {0}")]
    Off(String),
    /// The range belongs to somebody.
    #[error(transparent)]
    Range(#[from] RangeError),
    /// Another daemon has the network.
    #[error(
        "another skerryd serves the network of this host: stop it, or start this one with --network off"
    )]
    Busy,
    /// Something else has the bridge's name.
    #[error(
        "there is an interface {0} which is no bridge of skerryd: give another --network-bridge"
    )]
    BridgeTaken(String),
    /// The DNS port is taken.
    #[error("can't answer names on {address}: {cause}; stop what listens on port 53 there")]
    Dns {
        /// Where.
        address: Ipv4Addr,
        /// Why.
        cause: String,
    },
    /// No certificates to check hosts' by.
    #[error("--egress-ca: {0}")]
    EgressCa(String),
    /// At the bound of sandboxes that run with a network.
    #[error("{most} sandboxes run with a network, which is the most: stop one")]
    BridgeFull {
        /// The bound.
        most: u32,
    },
    /// At the bound of one group.
    #[error("the group {0:?} has {MAX_GROUP} sandboxes already")]
    GroupFull(String),
    /// A step failed.
    #[error("{step}: {cause}")]
    Failed {
        /// What was being done.
        step: String,
        /// The answer to it.
        cause: String,
    },
}

/// One sandbox, as the network knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub id: SandboxId,
    /// Its address, policy and group.
    pub network: SandboxNetwork,
}

/// What the inside of a sandbox is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gateway {
    /// Where packets go, and who answers names.
    pub address: Ipv4Addr,
}

/// Bytes over a sandbox's link, as the sandbox sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traffic {
    /// That came.
    pub received: u64,
    /// That it sent.
    pub sent: u64,
}

/// A network of sandboxes. Every call is safe to repeat after a crash.
#[async_trait]
pub trait Network: Send + Sync + 'static {
    /// Whether there is one; `Err` says why not.
    fn status(&self) -> Result<Gateway, String>;

    /// The addresses that sandboxes may have; `None` where there is no
    /// network.
    fn addresses(&self) -> Option<AddressPool>;

    /// Makes the rules of exactly these sandboxes, all at once, and begins to
    /// answer names. Called first, and once.
    async fn adopt(&self, members: Vec<Member>) -> Result<(), NetworkError>;

    /// Removes the links of all sandboxes but these.
    async fn sweep(&self, running: &[Ipv4Addr]) -> Result<(), NetworkError>;

    /// Whether a sandbox has its link.
    async fn is_attached(&self, address: Ipv4Addr) -> Result<bool, NetworkError>;

    /// Puts a sandbox under its policy: a new one, or another policy of an
    /// old one, whose packets obey the new one alone when this resolves. On
    /// failure the old one stays in force.
    async fn admit(&self, member: &Member) -> Result<(), NetworkError>;

    /// Gives a sandbox its link. What was there before it is replaced.
    async fn attach(&self, address: Ipv4Addr, namespace: OwnedFd) -> Result<(), NetworkError>;

    /// Takes a sandbox out: its link, its rules, what it learned. Nothing is
    /// done where there is nothing.
    async fn release(&self, address: Ipv4Addr) -> Result<(), NetworkError>;

    /// What is refused, as it happens, and names that were.
    fn egress(&self) -> &Egress;

    /// Packets that were refused to a sandbox, since it was admitted or the
    /// host started.
    async fn refused_packets(&self, address: Ipv4Addr) -> Result<u64, NetworkError>;

    /// What went over a sandbox's link since it was made; `None` where there is
    /// none.
    async fn traffic(&self, address: Ipv4Addr) -> Result<Option<Traffic>, NetworkError>;

    /// Ends what answers names. Rules and links stay.
    async fn close(&self);
}
