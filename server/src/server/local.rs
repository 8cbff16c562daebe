//! A socket of this machine: the kernel says who is at its other end.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::StartError;
use super::door::{Door, Far};
use super::listen::{self, HEADER_TIME};
use crate::auth::LocalUser;
use crate::preview::Peer;
use crate::service::Drain;

/// Its name in the data directory.
const NAME: &str = "skerry.sock";
/// Connections at once.
const MAX_CONNECTIONS: usize = 256;
/// Pause after the kernel refused to accept.
const PAUSE: Duration = Duration::from_millis(100);

/// The socket; dropping it removes its file.
pub(super) struct LocalSocket {
    listener: UnixListener,
    path: PathBuf,
    /// The daemon's own user.
    uid: u32,
}

impl Drop for LocalSocket {
    fn drop(&mut self) {
        // Where that fails, the next start does it.
        let _left = fs::remove_file(&self.path);
    }
}

impl LocalSocket {
    /// Listens at a path, or in the data directory. What an earlier daemon
    /// left there is replaced: the data directory's lock says that it is gone.
    pub(super) fn bind(path: Option<&Path>, data_dir: &Path) -> Result<Self, StartError> {
        let path = path.map_or_else(|| data_dir.join(NAME), Path::to_owned);
        let failed = |error| StartError::Socket { path: path.clone(), error };
        match fs::symlink_metadata(&path) {
            Ok(old) if old.file_type().is_socket() => {
                if std::os::unix::net::UnixStream::connect(&path).is_ok() {
                    return Err(failed(io::ErrorKind::AddrInUse.into()));
                }
                fs::remove_file(&path).map_err(failed)?;
            }
            Ok(_) => return Err(failed(io::ErrorKind::AlreadyExists.into())),
            Err(_) => {}
        }
        let listener = UnixListener::bind(&path).map_err(failed)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(failed)?;
        let uid = fs::metadata(&path).map_err(failed)?.uid();
        Ok(Self { listener, path, uid })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Serves until the drain begins, then lets calls finish for a while.
    pub(super) async fn serve(self, door: Door, mut draining: Drain) {
        let builder = Arc::new(listen::builder());
        let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let mut connections = JoinSet::new();
        loop {
            let (stream, slot) = tokio::select! {
                () = draining.begun() => break,
                Some(_ended) = connections.join_next() => continue,
                accepted = self.accept(&slots) => match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        tracing::warn!(%error, "can't accept a connection");
                        tokio::time::sleep(PAUSE).await;
                        continue;
                    }
                },
            };
            let Ok(user) = stream.peer_cred() else { continue };
            let admin = user.uid() == 0 || user.uid() == self.uid;
            let local = Some(if admin { LocalUser::Admin } else { LocalUser::Other });
            let (builder, door, mut draining) =
                (Arc::clone(&builder), door.clone(), draining.clone());
            connections.spawn(async move {
                let _slot = slot;
                let begun = tokio::select! {
                    begun = tokio::time::timeout(HEADER_TIME, listen::begun(stream)) => begun,
                    () = draining.begun() => return,
                };
                let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
                let far = Far { peer: Peer { address, secure: false }, local };
                if let Ok(Ok(stream)) = begun {
                    listen::answer(&builder, door, stream, far, draining).await;
                }
            });
        }
        listen::finish(connections).await;
    }

    async fn accept(
        &self,
        slots: &Arc<Semaphore>,
    ) -> io::Result<(UnixStream, tokio::sync::OwnedSemaphorePermit)> {
        let slot = Arc::clone(slots).acquire_owned().await.map_err(io::Error::other)?;
        let (stream, _) = self.listener.accept().await?;
        Ok((stream, slot))
    }
}
