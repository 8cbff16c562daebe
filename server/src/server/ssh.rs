//! SSH among the daemon's parts.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::{StartError, listen, read};
use crate::auth::Access;
use crate::config::Config;
use crate::engine::Engine;
use crate::ssh::{Ssh, SshParts};
use crate::store::Store;

/// SSH, where it is asked for.
pub(super) struct SshServer {
    pub(super) listener: TcpListener,
    pub(super) local_addr: SocketAddr,
    pub(super) ssh: Ssh,
}

pub(super) async fn bind(config: &Config) -> Result<Option<TcpListener>, StartError> {
    let Some(address) = config.ssh_listen else { return Ok(None) };
    match listen::bind(address).await {
        Ok(listener) => Ok(Some(listener)),
        Err(StartError::AddressInUse(address)) => Err(StartError::SshAddressInUse(address)),
        Err(error) => Err(error),
    }
}

pub(super) async fn open(
    config: &Config,
    listener: Option<TcpListener>,
    store: Store,
    engine: Engine,
    access: Access,
) -> Result<Option<SshServer>, StartError> {
    let Some(listener) = listener else { return Ok(None) };
    let address = listener.local_addr().map_err(|error| StartError::Listen {
        address: config.ssh_listen.unwrap_or(config.listen),
        error,
    })?;
    let host = match &config.ssh_host {
        Some(host) => host.clone(),
        None if address.ip().is_unspecified() => {
            read("/proc/sys/kernel/hostname")?.trim().to_owned()
        }
        None => address.ip().to_canonical().to_string(),
    };
    let parts = SshParts { engine, store, access, address, host };
    let ssh = Ssh::open(&config.data_dir, parts).await?;
    Ok(Some(SshServer { listener, local_addr: address, ssh }))
}
