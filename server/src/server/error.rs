//! Why the daemon does not start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::tls::TlsError;
use crate::auth::AuthError;
use crate::compat::Name;
use crate::engine::EngineError;
use crate::image::ImageError;
use crate::network::NetworkError;
use crate::preview::KeyError;
use crate::runtime::RuntimeError;
use crate::snapshot::SnapshotError;
use crate::ssh::SshError;
use crate::storage::StorageError;
use crate::store::StoreError;
use crate::tunnel::TunnelError;
use crate::volume::VolumeError;

/// Why the daemon does not start; each text says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory can't be used.
    #[error("can't use the data directory {}: {error}; make it writable or give another --data-dir", path.display())]
    DataDir {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The data directory holds something else.
    #[error("{} is not empty and no data directory of skerryd: give another --data-dir", .0.display())]
    NotOurs(PathBuf),
    /// Another daemon has the data directory.
    #[error("another skerryd uses the data directory {}: stop it or give another --data-dir", .0.display())]
    Locked(PathBuf),
    /// Its records can't be read.
    #[error("can't open the records: {0}")]
    Store(StoreError),
    /// Another program has the port.
    #[error("{0} is in use: stop what listens there or give another --listen")]
    AddressInUse(SocketAddr),
    /// Another program has the port for SSH.
    #[error("{0} is in use: stop what listens there or give another --ssh-listen")]
    SshAddressInUse(SocketAddr),
    /// Another program has the port for previews.
    #[error("{0} is in use: stop what listens there or give another --preview-listen")]
    PreviewAddressInUse(SocketAddr),
    /// Another program has the port of a system before ours.
    #[error("{address} is in use: stop what listens there or give --compat {name}=ADDRESS")]
    CompatAddressInUse {
        /// Whose.
        name: Name,
        /// Which.
        address: SocketAddr,
    },
    /// The address can't be listened on.
    #[error("can't listen on {address}: {error}; give another")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// The tunnel to the API does not start.
    #[error("--tunnel: {0}")]
    Tunnel(#[from] TunnelError),
    /// The socket of this machine can't be listened on.
    #[error("can't listen on {}: {error}; give another --socket", path.display())]
    Socket {
        /// Its file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The host can't run sandboxes.
    #[error("this host can't run sandboxes: {0}")]
    Runtime(#[from] RuntimeError),
    /// Sandboxes can't have a network.
    #[error("can't make the network of sandboxes: {0}")]
    Network(#[from] NetworkError),
    /// The storage can't be opened.
    #[error("can't open the storage: {0}")]
    Storage(#[from] StorageError),
    /// The volumes can't be opened.
    #[error("can't open the volumes: {0}")]
    Volumes(#[from] VolumeError),
    /// The snapshots can't be opened.
    #[error("can't open the snapshots: {0}")]
    Snapshots(#[from] SnapshotError),
    /// The images can't be opened.
    #[error("can't open the images: {0}")]
    Images(#[from] ImageError),
    /// Sandboxes of before can't be taken up.
    #[error("can't take up the sandboxes: {0}")]
    Engine(#[from] EngineError),
    /// There is no admin token.
    #[error("can't make the admin token: {0}")]
    Auth(#[from] AuthError),
    /// Links to previews can't be signed.
    #[error("can't use the key for links to previews: {0}; remove it for another")]
    PreviewKey(#[from] KeyError),
    /// TLS can't be served.
    #[error("can't serve TLS: {0}")]
    Tls(#[from] TlsError),
    /// SSH can't be served.
    #[error("can't serve SSH: {0}")]
    Ssh(#[from] SshError),
    /// What the host has can't be told.
    #[error("can't read {path}: {error}; is /proc mounted?")]
    Host {
        /// Which file.
        path: &'static str,
        /// Why.
        error: io::Error,
    },
}
