//! The one place that names every part: opens them in order, serves them on
//! one port, and ends them in the opposite order.
//!
//! ```text
//! data directory ─▶ store (its lock) ─▶ runtime ─▶ images ─▶ network ─▶ engine ─▶ services
//!                                                                │
//!  TCP ─▶ HTTP/1.1 or 2 ─▶ token? ─▶ gRPC services, health, reflection
//!  TCP ─▶ SSH ─▶ key? ─▶ sessions and files, where that is asked for
//! ```

mod compat;
mod door;
mod error;
mod http;
mod identity;
mod listen;
mod local;
mod network;
mod owners;
mod previews;
mod ssh;
mod tls;
mod world;

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

use crate::auth::{AdminToken, Proxies, TOKEN_FILE, Throttle, Tokens};
use crate::compat::Name;
use crate::config::{Config, DefaultEgress};
use crate::engine::{Engine, EngineConfig, EngineError, EngineParts, Images};
use crate::image::{ImageError, ImageStore, PullConfig};
use crate::main_log::MainLogs;
use crate::model::{EgressMode, ExecDefaults, ImageConfig, ImageSource, Limits};
use crate::preview::Previews;
use crate::publish::{HostPorts, PublishConfig};
use crate::runtime::{Runtime, RuntimeError};
use crate::service::{self, Drain, Facts};
use crate::snapshot::Snapshots;
use crate::storage::{self, Pool};
use crate::store::{Store, StoreError};
use crate::tunnel::Tunnels;
use crate::volume::Volumes;
use compat::Beside;
use door::Door;
use identity::Invitations;
use local::LocalSocket;
use ssh::SshServer;
use tls::Tls;

pub use error::StartError;
pub use identity::Invitation;
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
    fronts: http::Fronts,
    beside: Beside,
    engine: Engine,
    images: Arc<ImageStore>,
    drain: watch::Sender<bool>,
    draining: Drain,
    admin_token: Option<AdminToken>,
    ssh: Option<SshServer>,
    previews: Previews,
    tunnels: Tunnels,
    preview_listener: Option<TcpListener>,
    tls: Option<Arc<Tls>>,
    tending: Tending,
    socket: LocalSocket,
    tokens: Option<Arc<Tokens>>,
    proxies: Proxies,
    invitations: Option<Invitations>,
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

impl Server {
    /// Opens every part and listens; connections wait until [`Server::run`].
    /// `open_runtime` is called with the data directory and its storage, once
    /// no other daemon can have it.
    pub async fn bind(
        config: &Config,
        open_runtime: impl FnOnce(&Path, &Arc<dyn Pool>) -> Result<Arc<dyn Runtime>, RuntimeError>,
    ) -> Result<Self, StartError> {
        let start_time = SystemTime::now();
        // What calls over TLS without naming one; another one that is there
        // already serves as well.
        drop(rustls::crypto::ring::default_provider().install_default());
        make_private(&config.data_dir)?;
        let store = open_store(&config.data_dir)?;
        let listener = listen::bind(config.listen).await?;
        let local_addr = listen::address(&listener, config.listen)?;
        let ssh_listener = ssh::bind(config).await?;
        let preview_listener = previews::bind(config).await?;
        let beside = Beside::open(config).await?;
        let tls = previews::open_tls(config)?;
        let (access, admin_token) = identity::open_access(config, &store).await?;
        let pool = storage::open(&config.data_dir, config.storage)?;
        let runtime = open_runtime(&config.data_dir, &pool)?;
        let images = Arc::new(ImageStore::open_with(&pool, &store, pull_config(config))?);
        let (host_ports, callers) = HostPorts::new(publish_config(config));
        let parts = EngineParts {
            store: store.clone(),
            runtime,
            images: Arc::clone(&images) as Arc<dyn Images>,
            network: network::open(config).await?,
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
        let tunnels = Tunnels::open(config.cloudflared.clone(), engine.clone(), previews.clone());
        let before = http::Before { store: store.clone(), image: config.compat.image.clone() };
        let ssh = ssh::open(config, ssh_listener, store, engine.clone(), access.clone()).await?;
        let (drain, draining) = Drain::new();
        let throttle = Throttle::default();
        let page = identity::page(config, local_addr, beside.world_url());
        let identities = identity::identities(&access, &throttle, page);
        let invitations = Invitations::of(&identities);
        let tokens = access.tokens().cloned();
        let parts = service::Parts {
            engine: engine.clone(),
            images: Arc::clone(&images),
            facts: facts(start_time)?,
            drain: draining.clone(),
            previews: previews.clone(),
            tunnels: tunnels.clone(),
            ssh: ssh.as_ref().map(|server| server.ssh.clone()),
            identities,
        };
        let fronts = http::fronts(parts, access, throttle, beside.origins(config), before).await?;
        let socket = LocalSocket::bind(config.socket.as_deref(), &config.data_dir)?;
        Ok(Self {
            listener,
            local_addr,
            fronts,
            beside,
            engine,
            images,
            drain,
            draining,
            admin_token,
            ssh,
            previews,
            tunnels,
            preview_listener,
            tls,
            tending,
            socket,
            tokens,
            proxies: Proxies::new(&config.trusted_proxy),
            invitations,
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

    /// Where it serves each of the systems before ours alone.
    pub fn compat_addrs(&self) -> Vec<(Name, SocketAddr)> {
        self.beside.addresses()
    }

    /// Where the world finds the API, if it is to.
    pub fn world_url(&self) -> Option<&str> {
        self.beside.world_url()
    }

    /// Where the admin token of this start comes from; `None` where no token
    /// is asked for.
    pub fn admin_token(&self) -> Option<AdminToken> {
        self.admin_token
    }

    /// The socket of this machine.
    pub fn socket(&self) -> &Path {
        self.socket.path()
    }

    /// Makes a pairing code for an admin's token; `None` where no token is
    /// asked for.
    pub fn invite(&self) -> Option<Invitation> {
        self.invitations.as_ref()?.make()
    }

    /// Serves until `shutdown` resolves, then lets calls finish for a while.
    /// Sandboxes go on.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let (draining, mut sessions_end) = (self.draining.clone(), self.draining.clone());
        let proxies = self.proxies;
        let previews = self.previews.clone();
        let tls = self.tls.clone();
        let fronts = self.fronts;
        let door = Door::new(previews, Some(fronts.main.clone()), tls, proxies.clone());
        let local = self.socket.serve(door.without_tls(), self.draining.clone());
        let destroys = self.beside.destroys;
        let beside = self.beside.serve(&door, &fronts, self.previews.clone(), &draining);
        let ending = fronts.ending();
        let shutdown = async {
            tokio::select! {
                () = shutdown => {}
                () = ending => {}
            }
        };
        let calls =
            listen::serve(self.listener, door.clone(), shutdown, Some(self.drain), self.draining);
        let alone = Door::new(self.previews.clone(), None, self.tls, proxies);
        let previews =
            previews::serve(self.preview_listener, alone, self.previews, draining.clone());
        let sessions = async {
            if let Some(SshServer { listener, ssh, .. }) = self.ssh {
                ssh.serve(listener, async move { sessions_end.begun().await }).await;
            }
        };
        tokio::join!(calls, local, previews, beside, sessions);
        drop(self.tending);
        self.tunnels.close().await;
        if destroys {
            compat::destroy(&self.engine).await;
        }
        self.images.close().await;
        if let Some(tokens) = self.tokens
            && let Err(error) = tokens.write_down().await
        {
            tracing::warn!(%error, "when tokens were last shown can't be written down");
        }
        self.engine.shutdown().await;
    }
}

fn facts(start_time: SystemTime) -> Result<Facts, StartError> {
    Ok(Facts { kernel: read("/proc/sys/kernel/osrelease")?.trim().to_owned(), start_time })
}

fn publish_config(config: &Config) -> PublishConfig {
    PublishConfig { address: config.publish_address, range: config.publish_range.clone() }
}

fn pull_config(config: &Config) -> PullConfig {
    PullConfig {
        docker_config: config.docker_config.clone(),
        stall: Duration::from_millis(config.pull_stall_millis),
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
        default_egress: match config.egress {
            DefaultEgress::Deny => EgressMode::Deny,
            DefaultEgress::Open => EgressMode::Open,
        },
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
