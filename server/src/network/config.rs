//! What the network is told at the daemon's start.

use std::net::IpAddr;
use std::path::PathBuf;

use ipnet::Ipv4Net;

/// How the network is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkConfig {
    /// The bridge's name.
    pub bridge: String,
    /// Addresses of sandboxes; the first is the gateway's.
    pub range: Ipv4Net,
    /// Who is asked for names; empty: the host's own resolvers.
    pub dns_upstream: Vec<IpAddr>,
    /// Where the host's own resolvers are listed.
    pub resolv_conf: PathBuf,
    /// Who signs hosts' certificates, beside those whom the host believes: a PEM
    /// file.
    pub egress_ca: Option<PathBuf>,
    /// How many sandboxes there may be.
    pub max_sandboxes: u32,
}

impl NetworkConfig {
    /// How many addresses are prepared: twice as many as sandboxes, so that
    /// one is not taken again at once.
    pub(super) fn addresses(&self) -> u32 {
        self.max_sandboxes.saturating_mul(2)
    }
}
