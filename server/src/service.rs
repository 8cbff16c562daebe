//! The gRPC edge: one file a service; a method checks, calls the engine, and
//! converts.

mod build;
mod check;
mod convert;
mod exec;
mod file;
mod frames;
mod image;
mod interact;
mod logs;
mod page;
mod preview;
mod pull;
mod rlimit;
mod sandbox;
mod snapshot;
mod ssh;
mod status;
mod system;
mod transfer;
mod update;
mod volume;

use std::sync::Arc;
use std::time::Duration;

use skerry_api::v1::exec_service_server::ExecServiceServer;
use skerry_api::v1::file_service_server::FileServiceServer;
use skerry_api::v1::image_service_server::ImageServiceServer;
use skerry_api::v1::preview_service_server::PreviewServiceServer;
use skerry_api::v1::sandbox_service_server::SandboxServiceServer;
use skerry_api::v1::snapshot_service_server::SnapshotServiceServer;
use skerry_api::v1::ssh_service_server::SshServiceServer;
use skerry_api::v1::system_service_server::SystemServiceServer;
use skerry_api::v1::volume_service_server::VolumeServiceServer;
use tokio::sync::watch;
use tonic::service::RoutesBuilder;
use tonic_health::server::HealthReporter;

pub use status::{completed, denied, unknown_method};
pub use system::Facts;

use crate::engine::Engine;
use crate::image::ImageStore;
use crate::preview::Previews;
use crate::ssh::Ssh;

/// The largest message that is taken: room for an environment of several
/// megabytes to be refused by its name.
const MAX_MESSAGE_BYTES: usize = 16 << 20;
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
    /// SSH, where it is served.
    pub ssh: Option<Ssh>,
}

/// Adds every service to the routes and reports it as healthy.
pub async fn add_services(parts: Parts, routes: &mut RoutesBuilder, health: &HealthReporter) {
    let Parts { engine, images, facts, drain, previews, ssh } = parts;
    let sandboxes = SandboxServiceServer::new(sandbox::Sandboxes {
        engine: engine.clone(),
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
    let volumes = VolumeServiceServer::new(volume::VolumeCalls { engine: engine.clone() });
    health.set_serving::<VolumeServiceServer<volume::VolumeCalls>>().await;
    let snapshots =
        SnapshotServiceServer::new(snapshot::SnapshotCalls { engine: engine.clone(), drain });
    health.set_serving::<SnapshotServiceServer<snapshot::SnapshotCalls>>().await;
    let keys = SshServiceServer::new(ssh::SshCalls { ssh, engine: engine.clone() });
    health.set_serving::<SshServiceServer<ssh::SshCalls>>().await;
    let links = PreviewServiceServer::new(preview::PreviewCalls { previews });
    health.set_serving::<PreviewServiceServer<preview::PreviewCalls>>().await;
    let system = SystemServiceServer::new(system::System { engine, images, facts });
    health.set_serving::<SystemServiceServer<system::System>>().await;
    routes
        .add_service(sandboxes.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(execs.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(files.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(image_service.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(volumes.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(snapshots.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(keys.max_decoding_message_size(MAX_MESSAGE_BYTES))
        .add_service(links.max_decoding_message_size(MAX_MESSAGE_BYTES))
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
