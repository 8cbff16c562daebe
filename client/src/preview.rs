//! Links to sandboxes' ports.

use std::time::Duration;

use crate::client::Client;
use crate::error::Error;
use crate::v1::{GetPreviewUrlRequest, GetPreviewUrlResponse, RevokePreviewsRequest};

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
        // One that is too long is refused as any other.
        let longest = prost_types::Duration { seconds: i64::MAX, nanos: 0 };
        let request = GetPreviewUrlRequest {
            sandbox_id: sandbox.to_owned(),
            port: port.into(),
            ttl: ttl.map(|ttl| ttl.try_into().unwrap_or(longest)),
        };
        Ok(self.previews().get_preview_url(request).await?.into_inner())
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
