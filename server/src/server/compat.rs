//! What is beside the API's own listener: the systems before ours, each at one
//! of its own, and the way of the world.

use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::door::Door;
use super::http::Fronts;
use super::world::{self, World};
use super::{StartError, listen};
use crate::compat::{Listen, MADE_BY, Name};
use crate::config::Config;
use crate::engine::{Engine, Filter};
use crate::preview::Previews;
use crate::rest::Origins;
use crate::service::Drain;

/// All of it.
pub(super) struct Beside {
    own: Vec<Own>,
    world: Option<World>,
    /// What mac-sandbox made goes with the daemon.
    pub(super) destroys: bool,
}

/// A system at a listener of its own.
struct Own {
    listener: TcpListener,
    address: SocketAddr,
    name: Name,
}

impl Beside {
    /// Opens all that is asked for.
    pub(super) async fn open(config: &Config) -> Result<Self, StartError> {
        let mut own = Vec::new();
        for asked in config.compat.listens() {
            own.push(bind(asked).await?);
        }
        let destroys = config.compat.flags_destroy_containers;
        Ok(Self { own, world: world::open(config).await?, destroys })
    }

    /// Where each system is.
    pub(super) fn addresses(&self) -> Vec<(Name, SocketAddr)> {
        self.own.iter().map(|own| (own.name, own.address)).collect()
    }

    /// Where the world finds the API.
    pub(super) fn world_url(&self) -> Option<&str> {
        self.world.as_ref().map(World::url)
    }

    /// Whose web pages may call: those that come by the tunnel as well.
    pub(super) fn origins(&self, config: &Config) -> Origins {
        let host = self.world_url().and_then(|url| url.strip_prefix("https://"));
        let names = config.host_name.iter().cloned().chain(host.map(str::to_owned));
        Origins::new(config.cors_origin.clone(), names.collect())
    }

    /// Serves all until the drain begins, then lets calls finish for a while.
    pub(super) async fn serve(
        self,
        door: &Door,
        fronts: &Fronts,
        previews: Previews,
        draining: &Drain,
    ) {
        let mut serving = JoinSet::new();
        for Own { listener, name, .. } in self.own {
            let door = door.in_front_of(fronts.alone(name));
            let (mut begun, draining) = (draining.clone(), draining.clone());
            let shutdown = async move { begun.begun().await };
            serving.spawn(listen::serve(listener, door, shutdown, None, draining));
        }
        if let Some(world) = self.world {
            serving.spawn(world.serve(previews, fronts.main.clone(), draining.clone()));
        }
        serving.join_all().await;
    }
}

async fn bind(asked: Listen) -> Result<Own, StartError> {
    let Listen { name, address } = asked;
    let wanted = address.unwrap_or_else(|| name.address());
    let listener = listen::bind(wanted).await.map_err(|error| match error {
        StartError::AddressInUse(address) => StartError::CompatAddressInUse { name, address },
        other => other,
    })?;
    Ok(Own { address: listen::address(&listener, wanted)?, listener, name })
}

/// Deletes the sandboxes that mac-sandbox's API has made.
pub(super) async fn destroy(engine: &Engine) {
    let (key, value) = MADE_BY;
    let labels = [(key.to_owned(), value.to_owned())].into();
    let filter = Filter { labels, ..Filter::default() };
    for sandbox in engine.list(&filter, None, usize::MAX) {
        if let Err(error) = engine.delete(sandbox.id.as_str()).await {
            tracing::warn!(sandbox = %sandbox.id, %error, "it can't be deleted at the end");
        }
    }
}
