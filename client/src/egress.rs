//! What is refused to sandboxes.

use tonic::Streaming;

use crate::client::Client;
use crate::error::Error;
use crate::v1::watch_egress_response::EventType;
use crate::v1::{EgressCounts, GetEgressCountsRequest, WatchEgressRequest, WatchEgressResponse};

/// Refusals as they happen.
#[derive(Debug)]
pub struct EgressWatch {
    events: Streaming<WatchEgressResponse>,
}

impl EgressWatch {
    /// The next refusal; `None` when the daemon ended the watch in order.
    /// Keep-alives are left out. Cancel-safe.
    ///
    /// # Errors
    ///
    /// `WATCH_LAGGED` for a watcher that fell too far behind: watch anew.
    /// Otherwise a connection that was lost.
    pub async fn next(&mut self) -> Result<Option<WatchEgressResponse>, Error> {
        loop {
            match self.events.message().await? {
                Some(event) if event.r#type() == EventType::KeepAlive => {}
                event => return Ok(event),
            }
        }
    }
}

impl Client {
    /// Watches what is refused to a sandbox, by id or name, or to all.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`; `NETWORK_OFF`.
    pub async fn watch_egress(&self, sandbox: Option<&str>) -> Result<EgressWatch, Error> {
        let sandbox_id = sandbox.unwrap_or_default().to_owned();
        let request = WatchEgressRequest { sandbox_id };
        Ok(EgressWatch { events: self.network().watch_egress(request).await?.into_inner() })
    }

    /// How much was refused to a sandbox.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`; `NETWORK_OFF`.
    pub async fn egress_counts(&self, sandbox: &str) -> Result<EgressCounts, Error> {
        let request = GetEgressCountsRequest { sandbox_id: sandbox.to_owned() };
        Ok(self.network().get_egress_counts(request).await?.into_inner())
    }
}
