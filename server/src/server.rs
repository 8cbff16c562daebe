//! The one place that names every part: opens them in order, serves them on
//! one port, and ends them in the opposite order.
//!
//! ```text
//! data directory ─▶ store (its lock) ─▶ runtime ─▶ images ─▶ engine ─▶ services
//!                                                                │
//!  TCP ─▶ HTTP/1.1 or 2 ─▶ token? ─▶ gRPC services, health, reflection
//!  TCP ─▶ SSH ─▶ key? ─▶ sessions and files, where that is asked for
//! ```

mod door;
mod error;
mod http;
mod listen;
mod previews;
mod tls;

use std::fs;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::auth::{self, Access, AdminToken, TOKEN_FILE};
use crate::config::Config;
use crate::engine::{Engine, EngineConfig, EngineError, EngineParts, Images};
use crate::image::{ImageError, ImageStore, PullConfig};
use crate::main_log::MainLogs;
use crate::model::{ExecDefaults, ImageConfig, ImageSource, Limits};
use crate::preview::Previews;
use crate::publish::{HostPorts, PublishConfig};
use crate::runtime::{Runtime, RuntimeError};
use crate::service::{self, Drain, Facts};
use crate::snapshot::Snapshots;
use crate::ssh::{Ssh, SshParts};
use crate::storage::{self, Pool};
use crate::store::{Store, StoreError};
use crate::volume::Volumes;
use door::Door;
use tls::Tls;

pub use error::StartError;
pub use tls::TlsError;

/// The records, in the data directory.
const STORE: &str = "store";
/// What main processes have written, in the data directory.
const LOGS: &str = "logs";
/// Between two looks at whether the storage can grow.
const TEND_EVERY: Duration = Duration::from_secs(60);

/// A daemon that is ready to serve.
pub struct Server {
    listener: TcpListener,
    local_addr: SocketAddr,
    front: http::Front,
    engine: Engine,
    images: Arc<ImageStore>,
    drain: watch::Sender<bool>,
    draining: Drain,
    admin_token: Option<AdminToken>,
    ssh: Option<SshServer>,
    previews: Previews,
    preview_listener: Option<TcpListener>,
    tls: Option<Arc<Tls>>,
    tending: Tending,
}

/// Looks after the storage from time to time, until it is dropped.
struct Tending(JoinHandle<()>);

impl Tending {
    fn start(pool: Arc<dyn Pool>) -> Self {
        Self(tokio::spawn(async move {
            loop {
                tokio::time::sleep(TEND_EVERY).await;
                let pool = Arc::clone(&pool);
                if let Err(error) = storage::blocking(move || pool.tend()).await {
                    tracing::warn!(%error, "the storage can't be grown");
                }
            }
        }))
    }
}

impl Drop for Tending {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// SSH, where it is asked for.
struct SshServer {
    listener: TcpListener,
    local_addr: SocketAddr,
    ssh: Ssh,
}

impl Server {
    /// Opens every part and listens; connections wait until [`Server::run`].
    /// `open_runtime` is called with the data directory and its storage, once
    /// no other daemon can have it.
    pub async fn bind(
        config: &Config,
        open_runtime: impl FnOnce(&Path, &Arc<dyn Pool>) -> Result<Arc<dyn Runtime>, RuntimeError>,
    ) -> Result<Self, StartError> {
        let start_time = SystemTime::now();
        make_private(&config.data_dir)?;
        let store = open_store(&config.data_dir)?;
        let listener = listen::bind(config.listen).await?;
        let local_addr = listener
            .local_addr()
            .map_err(|error| StartError::Listen { address: config.listen, error })?;
        let ssh_listener = bind_ssh(config).await?;
        let preview_listener = previews::bind(config).await?;
        let tls = previews::open_tls(config)?;
        let (access, admin_token) = open_access(config, &store).await?;
        let pool = storage::open(&config.data_dir, config.storage)?;
        let runtime = open_runtime(&config.data_dir, &pool)?;
        let pull = PullConfig {
            docker_config: config.docker_config.clone(),
            stall: Duration::from_millis(config.pull_stall_millis),
        };
        let images = Arc::new(ImageStore::open_with(&pool, &store, pull)?);
        let (host_ports, callers) = HostPorts::new(PublishConfig {
            address: config.publish_address,
            range: config.publish_range.clone(),
        });
        let parts = EngineParts {
            store: store.clone(),
            runtime,
            images: Arc::clone(&images) as Arc<dyn Images>,
            volumes: Volumes::open(Arc::clone(&pool), &store)?,
            snapshots: Snapshots::open(Arc::clone(&pool), &store)?,
            pool: Arc::clone(&pool),
            logs: open_logs(config.data_dir.join(LOGS))?,
            host_ports,
        };
        let engine = Engine::open(engine_config(config, &*pool)?, parts).await?;
        let tending = Tending::start(pool);
        let preview_config = previews::config_of(config, local_addr, preview_listener.as_ref());
        let (data_dir, theirs) = (&config.data_dir, (engine.clone(), access.clone()));
        let previews = Previews::open(data_dir, preview_config, theirs.0, theirs.1, callers)?;
        let ssh = match ssh_listener {
            None => None,
            Some(listener) => {
                Some(open_ssh(config, listener, store, engine.clone(), access.clone()).await?)
            }
        };
        let kernel = read("/proc/sys/kernel/osrelease")?.trim().to_owned();
        let (drain, draining) = Drain::new();
        let parts = service::Parts {
            engine: engine.clone(),
            images: Arc::clone(&images),
            facts: Facts { kernel, start_time },
            drain: draining.clone(),
            previews: previews.clone(),
            ssh: ssh.as_ref().map(|server| server.ssh.clone()),
        };
        let front = http::front(parts, access, config.origins()).await;
        Ok(Self {
            listener,
            local_addr,
            front,
            engine,
            images,
            drain,
            draining,
            admin_token,
            ssh,
            previews,
            preview_listener,
            tls,
            tending,
        })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Where it serves SSH, if it does.
    pub fn ssh_addr(&self) -> Option<SocketAddr> {
        self.ssh.as_ref().map(|server| server.local_addr)
    }

    /// Where it serves previews alone, if it does.
    pub fn preview_addr(&self) -> Option<SocketAddr> {
        self.preview_listener.as_ref().and_then(|listener| listener.local_addr().ok())
    }

    /// Where the admin token of this start comes from; `None` where no token
    /// is asked for.
    pub fn admin_token(&self) -> Option<AdminToken> {
        self.admin_token
    }

    /// Serves until `shutdown` resolves, then lets calls finish for a while.
    /// Sandboxes go on.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let (draining, mut sessions_end) = (self.draining.clone(), self.draining.clone());
        let door = Door::new(self.previews.clone(), Some(self.front), self.tls.clone());
        let calls = listen::serve(self.listener, door, shutdown, Some(self.drain), self.draining);
        let alone = Door::new(self.previews.clone(), None, self.tls);
        let previews = previews::serve(self.preview_listener, alone, self.previews, draining);
        let sessions = async {
            if let Some(SshServer { listener, ssh, .. }) = self.ssh {
                ssh.serve(listener, async move { sessions_end.begun().await }).await;
            }
        };
        tokio::join!(calls, previews, sessions);
        drop(self.tending);
        self.images.close().await;
        self.engine.shutdown().await;
    }
}

/// Where a data directory's admin token is.
pub fn token_path(data_dir: &Path) -> PathBuf {
    data_dir.join(TOKEN_FILE)
}

/// Makes the data directory, or takes one that is empty or was made here: its
/// permissions are set, which would break any other.
fn make_private(dir: &Path) -> Result<(), StartError> {
    let failed = |error| StartError::DataDir { path: dir.to_owned(), error };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(failed)?;
    let names: Vec<_> = fs::read_dir(dir)
        .and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect())
        .map_err(failed)?;
    // A fresh file system's own directory.
    let empty = names.iter().all(|name| name == "lost+found");
    if !empty && !names.iter().any(|name| name == STORE) {
        return Err(StartError::NotOurs(dir.to_owned()));
    }
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(failed)
}

fn open_store(data_dir: &Path) -> Result<Store, StartError> {
    Store::open(&data_dir.join(STORE)).map_err(|error| match error {
        StoreError::Locked { .. } => StartError::Locked(data_dir.to_owned()),
        other => StartError::Store(other),
    })
}

async fn open_access(
    config: &Config,
    store: &Store,
) -> Result<(Access, Option<AdminToken>), StartError> {
    if config.no_auth {
        tracing::warn!("callers are asked for no token");
        return Ok((Access::Open, None));
    }
    let (access, origin) = auth::open_admin_token(&config.data_dir, store).await?;
    Ok((access, Some(origin)))
}

async fn bind_ssh(config: &Config) -> Result<Option<TcpListener>, StartError> {
    let Some(address) = config.ssh_listen else { return Ok(None) };
    match listen::bind(address).await {
        Ok(listener) => Ok(Some(listener)),
        Err(StartError::AddressInUse(address)) => Err(StartError::SshAddressInUse(address)),
        Err(error) => Err(error),
    }
}

async fn open_ssh(
    config: &Config,
    listener: TcpListener,
    store: Store,
    engine: Engine,
    access: Access,
) -> Result<SshServer, StartError> {
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
    Ok(SshServer { listener, local_addr: address, ssh })
}

fn engine_config(config: &Config, pool: &dyn Pool) -> Result<EngineConfig, StartError> {
    let cpus = std::thread::available_parallelism()
        .map_err(|error| StartError::Host { path: "the number of processors", error })?;
    let cpus = i64::try_from(cpus.get()).unwrap_or(i64::MAX);
    let total = pool.space()?.total;
    let disk_bytes = if pool.has_limits() { i64::try_from(total).unwrap_or(i64::MAX) } else { 0 };
    let max_limits = Limits::of_host(host_memory()?, cpus, disk_bytes);
    Ok(EngineConfig {
        max_sandboxes: config.max_sandboxes as usize,
        max_limits,
        default_limits: Limits::default_for(&max_limits),
    })
}

fn open_logs(path: PathBuf) -> Result<MainLogs, StartError> {
    MainLogs::open(&path).map_err(|error| StartError::DataDir { path, error })
}

/// Bytes of memory that the host has.
fn host_memory() -> Result<i64, StartError> {
    const PATH: &str = "/proc/meminfo";
    let total = read(PATH)?.lines().find_map(|line| {
        let kibibytes = line.strip_prefix("MemTotal:")?.trim().strip_suffix("kB")?;
        kibibytes.trim().parse::<i64>().ok()?.checked_mul(1024)
    });
    total.ok_or_else(|| StartError::Host { path: PATH, error: io::ErrorKind::InvalidData.into() })
}

fn read(path: &'static str) -> Result<String, StartError> {
    fs::read_to_string(path).map_err(|error| StartError::Host { path, error })
}

impl Images for ImageStore {
    fn source(&self, name_or_id: &str) -> Result<(String, ImageSource), EngineError> {
        self.source(name_or_id).map_err(|error| match error {
            ImageError::NotFound(image) => EngineError::UnknownImage(image),
            other => EngineError::Runtime(RuntimeError::BadImage(other.to_string())),
        })
    }

    fn digest(&self, name_or_id: &str) -> String {
        self.digest(name_or_id)
    }

    fn exec_defaults(&self, name_or_id: &str) -> ExecDefaults {
        self.exec_defaults(name_or_id)
    }

    fn config(&self, name_or_id: &str) -> ImageConfig {
        self.get(name_or_id).map(|image| image.config).unwrap_or_default()
    }
}
