//! A daemon that answers as a test wants: the API with a script behind it.

mod exec;
mod image;
mod sandbox;
mod snapshot;
mod system;
mod volume;

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use skerry_client::v1::build_image_request;
use skerry_client::v1::exec_service_server::ExecServiceServer;
use skerry_client::v1::image_service_server::ImageServiceServer;
use skerry_client::v1::sandbox_service_server::SandboxServiceServer;
use skerry_client::v1::snapshot_service_server::SnapshotServiceServer;
use skerry_client::v1::system_service_server::SystemServiceServer;
use skerry_client::v1::volume_service_server::VolumeServiceServer;
use skerry_client::v1::{
    CreateSandboxRequest, ExecInfo, ExecSpec, Image, Limits, PullImageRequest, Sandbox,
    SandboxState, SandboxStats, Snapshot, SystemInfo, UpdateSandboxRequest, Volume,
    WatchSandboxesResponse,
};
use tokio::net::TcpListener;
use tokio::runtime::{self, Runtime};
use tokio::sync::{Notify, watch};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Code, Request, Status};
use tonic_types::{ErrorDetails, StatusExt};

pub(crate) use exec::Frame;
pub(crate) use image::END;

use crate::program;

/// What opens every stage.
pub(crate) const TOKEN: &str = "sk_stage";
/// The id of what a stage creates.
pub(crate) const CREATED: &str = "sbx_00000000000000000000000001";

/// What a stage answers with. A call takes a refusal for its name from
/// `refusals` before all else.
#[derive(Debug, Default)]
pub(crate) struct Script {
    pub(crate) sandboxes: Vec<Sandbox>,
    pub(crate) execs: Vec<ExecInfo>,
    pub(crate) images: Vec<Image>,
    pub(crate) volumes: Vec<Volume>,
    pub(crate) snapshots: Vec<Snapshot>,
    pub(crate) system: SystemInfo,
    pub(crate) events: Vec<WatchSandboxesResponse>,
    /// What sandboxes use when they are first asked; each time, their clocks
    /// have moved on by a second, half of it on a processor.
    pub(crate) stats: Vec<SandboxStats>,
    /// What each exec does after it has started.
    pub(crate) frames: Vec<Frame>,
    pub(crate) refusals: HashMap<&'static str, Status>,
    /// A create waits for [`Stage::release`].
    pub(crate) slow_create: bool,
}

/// What was asked.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// One line a call, in order.
    pub(crate) calls: Vec<String>,
    pub(crate) creates: Vec<CreateSandboxRequest>,
    pub(crate) updates: Vec<UpdateSandboxRequest>,
    pub(crate) specs: Vec<ExecSpec>,
    /// Archives that came whole.
    pub(crate) imports: Vec<(String, Vec<u8>)>,
    pub(crate) pulls: Vec<PullImageRequest>,
    pub(crate) builds: Vec<build_image_request::Start>,
}

/// What the services share.
#[derive(Debug)]
struct Shared {
    script: Script,
    asked: Mutex<Asked>,
    release: Notify,
    /// The last signal that was sent to an exec.
    signal: watch::Sender<i32>,
}

impl Shared {
    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().expect("no test panics while it holds this")
    }

    /// Notes a call; refuses it where the script says so.
    fn call(&self, name: &str, what: &str) -> Result<(), Status> {
        self.asked().calls.push(format!("{name} {what}").trim_end().to_owned());
        match self.script.refusals.get(name) {
            Some(status) => Err(status.clone()),
            None => Ok(()),
        }
    }
}

#[derive(Debug, Clone)]
struct Services(Arc<Shared>);

/// A daemon on a port of its own; it ends when it is dropped.
pub(crate) struct Stage {
    shared: Arc<Shared>,
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Stage {
    pub(crate) fn new(script: Script) -> Self {
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("threads are left");
        let listener =
            runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).expect("ports are left");
        let address = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Shared {
            script,
            asked: Mutex::default(),
            release: Notify::new(),
            signal: watch::Sender::new(0),
        });
        let services = Services(Arc::clone(&shared));
        let server = Server::builder()
            .layer(tonic::service::InterceptorLayer::new(authorize))
            .add_service(SandboxServiceServer::new(services.clone()))
            .add_service(ExecServiceServer::new(services.clone()))
            .add_service(ImageServiceServer::new(services.clone()))
            .add_service(SnapshotServiceServer::new(services.clone()))
            .add_service(VolumeServiceServer::new(services.clone()))
            .add_service(SystemServiceServer::new(services));
        runtime.spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        Self { shared, address, runtime: Some(runtime) }
    }

    /// `skerry` with the address and the token of this stage.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program::command(arguments);
        command.env("SKERRY_ADDRESS", self.address()).env("SKERRY_TOKEN", TOKEN);
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> program::Ended {
        program::run(&mut self.command(arguments))
    }

    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn asked(&self) -> MutexGuard<'_, Asked> {
        self.shared.asked()
    }

    /// Whether a call was made.
    pub(crate) fn was_asked(&self, call: &str) -> bool {
        self.asked().calls.iter().any(|one| one == call)
    }

    /// Lets a slow create go on.
    pub(crate) fn release(&self) {
        self.shared.release.notify_one();
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Endless execs have nobody to wait for them.
            runtime.shutdown_background();
        }
    }
}

fn authorize(request: Request<()>) -> Result<Request<()>, Status> {
    let given = request.metadata().get("authorization");
    if given.is_some_and(|value| value == format!("Bearer {TOKEN}").as_str()) {
        return Ok(request);
    }
    Err(refusal(Code::Unauthenticated, "TOKEN_MISSING", "a token is needed"))
}

/// An error as the daemon gives it.
pub(crate) fn refusal(code: Code, reason: &str, message: &str) -> Status {
    let mut details = ErrorDetails::new();
    details.set_error_info(reason, "skerry", HashMap::new());
    Status::with_error_details(code, message, details)
}

/// A field that is wrong, as the daemon says it.
pub(crate) fn wrong_field(field: &str, description: &str) -> Status {
    let mut details = ErrorDetails::new();
    details.set_error_info("INVALID_FIELD", "skerry", HashMap::new());
    details.add_bad_request_violation(field, description);
    let message = format!("{field}: {description}");
    Status::with_error_details(Code::InvalidArgument, message, details)
}

/// Two of all, after as many as the token says, and the next page's token.
fn page_of_two<T: Clone>(all: &[T], token: &str) -> (Vec<T>, String) {
    let after = token.parse().unwrap_or(0);
    let next = if all.len() > after + 2 { (after + 2).to_string() } else { String::new() };
    (all.iter().skip(after).take(2).cloned().collect(), next)
}

/// A running sandbox of three hours' age.
pub(crate) fn sandbox(number: u32, name: &str, state: SandboxState) -> Sandbox {
    Sandbox {
        id: format!("sbx_{number:026}"),
        name: name.to_owned(),
        state: state.into(),
        image: "host".to_owned(),
        hostname: name.to_owned(),
        limits: Some(Limits {
            memory_bytes: Some(512 << 20),
            cpu_millis: Some(1500),
            pids: Some(1024),
            disk_bytes: None,
        }),
        create_time: Some((SystemTime::now() - Duration::from_secs(3 * 3600)).into()),
        ..Sandbox::default()
    }
}
