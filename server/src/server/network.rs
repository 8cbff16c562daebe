//! The network of sandboxes, as it was asked for.

use std::sync::Arc;

use super::StartError;
use crate::config::{Config, NetworkChoice};
use crate::network::{HostNetwork, Network, NetworkConfig, NetworkError, NoNetwork};

/// Where the host's resolvers are listed.
const RESOLV_CONF: &str = "/etc/resolv.conf";

/// The network that was asked for. Where the daemon may choose, a host that
/// can't have one does without; a range that is somebody's is an error all
/// the same, since another can be given.
pub(super) async fn open(config: &Config) -> Result<Arc<dyn Network>, StartError> {
    if config.network == NetworkChoice::Off {
        return Ok(Arc::new(NoNetwork::new("the daemon was started with --network off")));
    }
    let network = NetworkConfig {
        bridge: config.network_bridge.clone(),
        range: config.network_range,
        dns_upstream: config.dns_upstream.clone(),
        resolv_conf: RESOLV_CONF.into(),
        egress_ca: config.egress_ca.clone(),
        max_sandboxes: config.max_sandboxes,
    };
    match HostNetwork::open(&network).await {
        Ok(network) => Ok(Arc::new(network)),
        Err(error) if config.network == NetworkChoice::On => Err(error.into()),
        Err(
            error @ (NetworkError::Range(_)
            | NetworkError::BridgeTaken(_)
            | NetworkError::EgressCa(_)),
        ) => Err(error.into()),
        Err(NetworkError::Off(reason)) => {
            tracing::warn!(reason, "sandboxes have no network");
            Ok(Arc::new(NoNetwork::new(reason)))
        }
        Err(error) => {
            tracing::warn!(%error, "sandboxes have no network");
            Ok(Arc::new(NoNetwork::new(error.to_string())))
        }
    }
}
