//! Ports of a sandbox, seen from outside it.

use std::time::Duration;

use crate::client::Client;
use crate::error::Error;
use crate::retry::retrying;
use crate::v1::PortUrls;

/// The ports that a sandbox was created with.
#[derive(Debug, Clone)]
pub struct Ports {
    pub(super) client: Client,
    pub(super) sandbox: String,
}

impl Ports {
    /// A link for a browser that opens a port for an hour; of a public port,
    /// its address.
    ///
    /// # Errors
    ///
    /// `PORT_NOT_OPEN` for a port that it was not created with;
    /// `SANDBOX_NOT_FOUND`.
    pub async fn url(&self, port: u16) -> Result<String, Error> {
        self.link(port, None).await
    }

    /// The same for another time: a minute to 30 days.
    ///
    /// # Errors
    ///
    /// As [`Ports::url`].
    pub async fn url_for(&self, port: u16, ttl: Duration) -> Result<String, Error> {
        self.link(port, Some(ttl)).await
    }

    async fn link(&self, port: u16, ttl: Option<Duration>) -> Result<String, Error> {
        Ok(retrying(|| self.client.preview_url(&self.sandbox, port, ttl)).await?.url)
    }

    /// The ports, and where each is found.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`.
    pub async fn list(&self) -> Result<Vec<PortUrls>, Error> {
        retrying(|| self.client.list_urls(&self.sandbox)).await
    }
}
