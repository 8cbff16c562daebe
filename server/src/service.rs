//! The gRPC edge: one file a service; a method checks, calls the engine, and
//! converts.

mod build;
mod caller;
mod changes;
mod check;
mod convert;
mod credential;
mod egress;
mod exec;
mod file;
mod frames;
mod image;
mod interact;
mod logs;
mod network;
mod page;
mod pairing;
mod preview;
mod pull;
mod rlimit;
mod sandbox;
mod snapshot;
mod ssh;
mod stats;
mod status;
mod system;
mod token;
mod transfer;
mod tunnel;
mod update;
mod volume;

use std::sync::Arc;
use std::time::Duration;

use skerry_api::v1::exec_service_server::ExecServiceServer;
use skerry_api::v1::file_service_server::FileServiceServer;
use skerry_api::v1::image_service_server::ImageServiceServer;
use skerry_api::v1::network_service_server::NetworkServiceServer;
use skerry_api::v1::pairing_service_server::PairingServiceServer;
use skerry_api::v1::preview_service_server::PreviewServiceServer;
use skerry_api::v1::sandbox_service_server::SandboxServiceServer;
use skerry_api::v1::snapshot_service_server::SnapshotServiceServer;
use skerry_api::v1::ssh_service_server::SshServiceServer;
use skerry_api::v1::system_service_server::SystemServiceServer;
use skerry_api::v1::token_service_server::TokenServiceServer;
use skerry_api::v1::tunnel_service_server::TunnelServiceServer;
use skerry_api::v1::volume_service_server::VolumeServiceServer;
use tokio::sync::watch;
use tonic::service::RoutesBuilder;
use tonic_health::server::HealthReporter;

pub use status::{completed, denied, tls_wanted, unknown_method};
pub use system::Facts;

use crate::auth::{Pairings, Tokens};
use crate::engine::Engine;
use crate::image::ImageStore;
use crate::preview::Previews;
use crate::ssh::Ssh;
use crate::tunnel::Tunnels;

/// The largest message that is taken: room for an environment of several
/// megabytes to be refused by its name.
pub const MAX_MESSAGE_BYTES: usize = 16 << 20;
/// Silence on a stream until a keep-alive is sent.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What the services call.
pub struct Parts {
    /// Sandboxes and execs.
    pub engine: Engine,
    /// Images.
    pub images: Arc<ImageStore>,
    /// What does not change.
    pub facts: Facts,
    /// Ends streams when the daemon goes down.
    pub drain: Drain,
    /// Ports from outside.
    pub previews: Previews,
    /// Ports for the world.
    pub tunnels: Tunnels,
    /// SSH, where it is served.
    pub ssh: Option<Ssh>,
    /// Tokens and pairings.
    pub identities: Identities,
}

/// How callers get their tokens.
pub struct Identities {
    /// The tokens; `None` where none is asked for.
    pub tokens: Option<Arc<Tokens>>,
    /// The codes for new ones.
    pub pairings: Option<Pairings>,
    /// The address of the page that confirms a code.
    pub page: String,
}

/// Adds every service to the routes and reports it as healthy.
pub async fn add_services(parts: Parts, routes: &mut RoutesBuilder, health: &HealthReporter) {
    let Parts { engine, images, facts, drain, previews, tunnels, ssh, identities } = parts;
    let sandboxes = SandboxServiceServer::new(sandbox::Sandboxes {
        engine: engine.clone(),
        images: Arc::clone(&images),
        tunnels: tunnels.clone(),
        drain: drain.clone(),
    });
    health.set_serving::<SandboxServiceServer<sandbox::Sandboxes>>().await;
    let execs = ExecServiceServer::new(exec::Execs {
        engine: engine.clone(),
        drain: drain.clone(),
        input_owners: interact::InputOwners::default(),
    });
    health.set_serving::<ExecServiceServer<exec::Execs>>().await;
    let files =
        FileServiceServer::new(file::Files { engine: engine.clone(), drain: drain.clone() });
    health.set_serving::<FileServiceServer<file::Files>>().await;
    let image_service = ImageServiceServer::new(image::Images {
        images: Arc::clone(&images),
        engine: engine.clone(),
        drain: drain.clone(),
    });
    health.set_serving::<ImageServiceServer<image::Images>>().await;
    let network = NetworkServiceServer::new(egress::NetworkCalls {
        engine: engine.clone(),
        drain: drain.clone(),
    });
    health.set_serving::<NetworkServiceServer<egress::NetworkCalls>>().await;
    let volumes = VolumeServiceServer::new(volume::VolumeCalls { engine: engine.clone() });
    health.set_serving::<VolumeServiceServer<volume::VolumeCalls>>().await;
    let snapshots =
        SnapshotServiceServer::new(snapshot::SnapshotCalls { engine: engine.clone(), drain });
    health.set_serving::<SnapshotServiceServer<snapshot::SnapshotCalls>>().await;
    let keys = SshServiceServer::new(ssh::SshCalls { ssh, engine: engine.clone() });
    health.set_serving::<SshServiceServer<ssh::SshCalls>>().await;
    let links =
        PreviewServiceServer::new(preview::PreviewCalls { previews, tunnels: tunnels.clone() });
    health.set_serving::<PreviewServiceServer<preview::PreviewCalls>>().await;
    let Identities { tokens, pairings, page } = identities;
    let token_service =
        TokenServiceServer::new(token::TokenCalls { tokens, engine: engine.clone() });
    health.set_serving::<TokenServiceServer<token::TokenCalls>>().await;
    let pairing_service =
        PairingServiceServer::new(pairing::PairingCalls { pairings, engine: engine.clone(), page });
    health.set_serving::<PairingServiceServer<pairing::PairingCalls>>().await;
    let tunnels = TunnelServiceServer::new(tunnel::TunnelCalls { tunnels });
    health.set_serving::<TunnelServiceServer<tunnel::TunnelCalls>>().await;
    let system = SystemServiceServer::new(system::System { engine, images, facts });
    health.set_serving::<SystemServiceServer<system::System>>().await;
    routes
        .add_service(sandboxes.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(execs.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(files.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(image_service.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(network.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(volumes.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(snapshots.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(keys.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(links.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(token_service)
        .add_service(pairing_service)
        .add_service(tunnels.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(system.max_decoding_message_size(MAX_MESSAGE_BYTES));
}

/// Tells streams that the daemon goes down; unary calls may finish.
#[derive(Debug, Clone)]
pub struct Drain {
    draining: watch::Receiver<bool>,
}

impl Drain {
    /// The sender begins the drain by sending `true`, or by being dropped.
    pub fn new() -> (watch::Sender<bool>, Self) {
        let (sender, draining) = watch::channel(false);
        (sender, Self { draining })
    }

    /// Resolves when the drain has begun. Cancel-safe.
    pub async fn begun(&mut self) {
        // A dropped sender is a daemon that is gone: the same to a stream.
        let _either_way = self.draining.wait_for(|draining| *draining).await;
    }
}
