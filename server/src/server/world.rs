//! The API for the world, by a tunnel of its own.

use std::net::{IpAddr, Ipv4Addr};

use tokio::net::TcpListener;

use super::door::Door;
use super::http::Front;
use super::{StartError, listen};
use crate::auth::Proxies;
use crate::config::Config;
use crate::preview::Previews;
use crate::service::Drain;
use crate::tunnel::OwnTunnel;

/// A tunnel, and where its cloudflared finds the daemon.
pub(super) struct World {
    listener: TcpListener,
    tunnel: OwnTunnel,
}

/// Opens it, where it is asked for.
pub(super) async fn open(config: &Config) -> Result<Option<World>, StartError> {
    if !config.compat.tunnel {
        return Ok(None);
    }
    let listener = listen::bind((Ipv4Addr::LOCALHOST, 0).into()).await?;
    let address = listen::address(&listener, config.listen)?;
    let tunnel = OwnTunnel::start(config.cloudflared.clone(), address.port()).await?;
    Ok(Some(World { listener, tunnel }))
}

impl World {
    /// Where the world finds the API.
    pub(super) fn url(&self) -> &str {
        self.tunnel.url()
    }

    /// Serves until the drain begins.
    pub(super) async fn serve(self, previews: Previews, front: Front, draining: Drain) {
        // cloudflared adds who asks, and nobody else comes here.
        let proxies = Proxies::new(&[IpAddr::V4(Ipv4Addr::LOCALHOST)]);
        let door = Door::new(previews, Some(front), None, proxies);
        let begun = |mut draining: Drain| async move { draining.begun().await };
        let following = self.tunnel.run(begun(draining.clone()));
        let shutdown = begun(draining.clone());
        let serving = listen::serve(self.listener, door, shutdown, None, draining);
        tokio::join!(following, serving);
    }
}
