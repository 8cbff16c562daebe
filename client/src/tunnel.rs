//! Tunnels, by which the world comes to ports.

use std::time::Duration;

use crate::client::Client;
use crate::error::Error;
use crate::v1::{
    CheckTunnelRequest, CheckTunnelResponse, CreateTunnelRequest, DeleteTunnelRequest,
    ListTunnelsRequest, Tunnel,
};

impl Client {
    /// Makes a tunnel to a port, and answers when it is ready; one that is
    /// there already serves as well.
    ///
    /// # Errors
    ///
    /// `PORT_NOT_OPEN`; `TUNNEL_EXISTS` with another token;
    /// `CLOUDFLARED_MISSING`; `TUNNEL_FAILED`, `TUNNEL_UNHEALTHY`.
    pub async fn create_tunnel(&self, request: CreateTunnelRequest) -> Result<Tunnel, Error> {
        Ok(self.tunnels().create_tunnel(request).await?.into_inner())
    }

    /// The tunnels to a sandbox, or all.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`.
    pub async fn list_tunnels(&self, sandbox: Option<&str>) -> Result<Vec<Tunnel>, Error> {
        let sandbox_id = sandbox.unwrap_or_default().to_owned();
        let request = ListTunnelsRequest { sandbox_id };
        Ok(self.tunnels().list_tunnels(request).await?.into_inner().tunnels)
    }

    /// Ends the tunnel to a port; one that is not there is no error.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`.
    pub async fn delete_tunnel(&self, sandbox: &str, port: u16) -> Result<(), Error> {
        let request = DeleteTunnelRequest { sandbox_id: sandbox.to_owned(), port: port.into() };
        self.tunnels().delete_tunnel(request).await?;
        Ok(())
    }

    /// Asks for a tunnel's public URL until it answers well, for `timeout`;
    /// `None` for 30 seconds.
    ///
    /// # Errors
    ///
    /// `TUNNEL_NOT_FOUND`; a time out of bounds.
    pub async fn check_tunnel(
        &self,
        sandbox: &str,
        port: u16,
        timeout: Option<Duration>,
    ) -> Result<CheckTunnelResponse, Error> {
        // One that is too long is refused as any other.
        let longest = prost_types::Duration { seconds: i64::MAX, nanos: 0 };
        let request = CheckTunnelRequest {
            sandbox_id: sandbox.to_owned(),
            port: port.into(),
            timeout: timeout.map(|timeout| timeout.try_into().unwrap_or(longest)),
        };
        Ok(self.tunnels().check_tunnel(request).await?.into_inner())
    }
}
