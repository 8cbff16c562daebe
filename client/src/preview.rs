//! Links to sandboxes' ports.

use std::time::Duration;

use crate::client::Client;
use crate::error::Error;
use crate::span::longest_possible;
use crate::v1::{
    GetPreviewUrlRequest, GetPreviewUrlResponse, ListUrlsRequest, PortUrls, RevokePreviewsRequest,
};

impl Client {
    /// Makes a link that opens a port for `ttl`: a minute to 30 days; `None`
    /// for an hour. Of a public port, tells its address.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`; `PORT_NOT_OPEN` for a port that is not in the
    /// sandbox's list; a time out of bounds.
    pub async fn preview_url(
        &self,
        sandbox: &str,
        port: u16,
        ttl: Option<Duration>,
    ) -> Result<GetPreviewUrlResponse, Error> {
        self.link(sandbox, port, ttl, false).await
    }

    /// The same by the port's tunnel, for the world.
    ///
    /// # Errors
    ///
    /// As for the preview; `TUNNEL_NOT_FOUND` where there is no tunnel, or it
    /// tells no URL.
    pub async fn tunnel_url(
        &self,
        sandbox: &str,
        port: u16,
        ttl: Option<Duration>,
    ) -> Result<GetPreviewUrlResponse, Error> {
        self.link(sandbox, port, ttl, true).await
    }

    async fn link(
        &self,
        sandbox: &str,
        port: u16,
        ttl: Option<Duration>,
        tunnel: bool,
    ) -> Result<GetPreviewUrlResponse, Error> {
        let request = GetPreviewUrlRequest {
            sandbox_id: sandbox.to_owned(),
            port: port.into(),
            ttl: ttl.map(longest_possible),
            tunnel,
        };
        Ok(self.previews().get_preview_url(request).await?.into_inner())
    }

    /// Where a sandbox's ports are found.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`.
    pub async fn list_urls(&self, sandbox: &str) -> Result<Vec<PortUrls>, Error> {
        let request = ListUrlsRequest { sandbox_id: sandbox.to_owned() };
        Ok(self.previews().list_urls(request).await?.into_inner().ports)
    }

    /// Ends the links to a port, or to all, and cuts what is open there.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`; `PORT_NOT_OPEN`.
    pub async fn revoke_previews(&self, sandbox: &str, port: Option<u16>) -> Result<(), Error> {
        let request = RevokePreviewsRequest {
            sandbox_id: sandbox.to_owned(),
            port: port.map_or(0, i32::from),
        };
        self.previews().revoke_previews(request).await?;
        Ok(())
    }
}
