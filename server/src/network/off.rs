//! A host without a network for sandboxes: they have loopback alone.

use std::net::Ipv4Addr;
use std::os::fd::OwnedFd;

use async_trait::async_trait;

use super::{AddressPool, Egress, Gateway, Member, Network, NetworkError, Traffic};

/// No network, and why.
pub struct NoNetwork {
    reason: String,
    egress: Egress,
}

impl NoNetwork {
    /// For this reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), egress: Egress::default() }
    }

    fn refuse<T>(&self) -> Result<T, NetworkError> {
        Err(NetworkError::Off(self.reason.clone()))
    }
}

#[async_trait]
impl Network for NoNetwork {
    fn status(&self) -> Result<Gateway, String> {
        Err(self.reason.clone())
    }

    fn addresses(&self) -> Option<AddressPool> {
        None
    }

    async fn adopt(&self, _members: Vec<Member>) -> Result<(), NetworkError> {
        Ok(())
    }

    async fn sweep(&self, _running: &[Ipv4Addr]) -> Result<(), NetworkError> {
        Ok(())
    }

    async fn is_attached(&self, _address: Ipv4Addr) -> Result<bool, NetworkError> {
        Ok(false)
    }

    async fn admit(&self, _member: &Member) -> Result<(), NetworkError> {
        self.refuse()
    }

    async fn attach(&self, _address: Ipv4Addr, _namespace: OwnedFd) -> Result<(), NetworkError> {
        self.refuse()
    }

    async fn release(&self, _address: Ipv4Addr) -> Result<(), NetworkError> {
        Ok(())
    }

    fn egress(&self) -> &Egress {
        &self.egress
    }

    async fn refused_packets(&self, _address: Ipv4Addr) -> Result<u64, NetworkError> {
        self.refuse()
    }

    async fn traffic(&self, _address: Ipv4Addr) -> Result<Option<Traffic>, NetworkError> {
        Ok(None)
    }

    async fn close(&self) {}
}
