//! The gRPC services in this process, called as the request's own caller:
//! every layer of their stack holds.

use skerry_api::v1::exec_service_client::ExecServiceClient;
use skerry_api::v1::file_service_client::FileServiceClient;
use skerry_api::v1::image_service_client::ImageServiceClient;
use skerry_api::v1::pairing_service_client::PairingServiceClient;
use skerry_api::v1::preview_service_client::PreviewServiceClient;
use skerry_api::v1::sandbox_service_client::SandboxServiceClient;
use skerry_api::v1::snapshot_service_client::SnapshotServiceClient;
use skerry_api::v1::ssh_service_client::SshServiceClient;
use skerry_api::v1::system_service_client::SystemServiceClient;
use skerry_api::v1::token_service_client::TokenServiceClient;
use skerry_api::v1::tunnel_service_client::TunnelServiceClient;
use skerry_api::v1::volume_service_client::VolumeServiceClient;
use skerry_api::v1::{
    self, CapabilityStatus, DeleteSandboxRequest, DeleteVolumeRequest, GetImageRequest,
    GetSandboxRequest, GetSystemInfoRequest, GetVolumeRequest, ListSandboxesRequest,
    ListVolumesRequest, PullImageRequest, WatchSandboxesRequest, pull_image_response,
};
use tonic::{Code, Request, Status};

use crate::rest::{Caller, Grpcs};

/// The largest page of a list.
const PAGE: i32 = 1000;
/// The capability that sandboxes have a network.
const NETWORK: &str = "network";

/// The services; cheap to clone.
#[derive(Clone)]
pub(super) struct Calls {
    grpcs: Grpcs,
    caller: Caller,
}

macro_rules! services {
    ($($name:ident: $client:ident,)*) => {
        $(pub(super) fn $name(&self) -> $client<Grpcs> {
            // What the services send was bounded by them.
            $client::new(self.grpcs.clone()).max_decoding_message_size(usize::MAX)
        })*
    };
}

impl Calls {
    pub(super) fn new(grpcs: Grpcs, caller: Caller) -> Self {
        Self { grpcs, caller }
    }

    services! {
        execs: ExecServiceClient,
        files: FileServiceClient,
        images: ImageServiceClient,
        pairings: PairingServiceClient,
        previews: PreviewServiceClient,
        sandboxes: SandboxServiceClient,
        snapshots: SnapshotServiceClient,
        ssh: SshServiceClient,
        system: SystemServiceClient,
        tokens: TokenServiceClient,
        tunnels: TunnelServiceClient,
        volumes: VolumeServiceClient,
    }

    /// A message from this caller.
    pub(super) fn by<T>(&self, message: T) -> Request<T> {
        self.caller.clone().request(message)
    }

    pub(super) async fn sandbox(&self, id: &str) -> Result<v1::Sandbox, Status> {
        let request = GetSandboxRequest { sandbox_id: id.to_owned() };
        Ok(self.sandboxes().get_sandbox(self.by(request)).await?.into_inner())
    }

    /// The same, without counting as work on it: to look keeps nothing awake.
    pub(super) async fn look_at(&self, id: &str) -> Result<Option<v1::Sandbox>, Status> {
        let request = WatchSandboxesRequest { sandbox_id: id.to_owned(), ..Default::default() };
        let mut events = self.sandboxes().watch_sandboxes(self.by(request)).await?.into_inner();
        // What is there comes before all else.
        Ok(events.message().await?.and_then(|event| event.sandbox))
    }

    /// All that the caller reaches, oldest first.
    pub(super) async fn all_sandboxes(&self) -> Result<Vec<v1::Sandbox>, Status> {
        let mut request = ListSandboxesRequest { page_size: PAGE, ..Default::default() };
        let mut all = Vec::new();
        loop {
            let page = self.sandboxes().list_sandboxes(self.by(request.clone())).await?;
            let page = page.into_inner();
            all.extend(page.sandboxes);
            if page.next_page_token.is_empty() {
                return Ok(all);
            }
            request.page_token = page.next_page_token;
        }
    }

    pub(super) async fn delete_sandbox(&self, id: &str) -> Result<(), Status> {
        let request = DeleteSandboxRequest { sandbox_id: id.to_owned() };
        self.sandboxes().delete_sandbox(self.by(request)).await.map(drop)
    }

    pub(super) async fn volume(&self, id: &str) -> Result<v1::Volume, Status> {
        let request = GetVolumeRequest { volume_id: id.to_owned() };
        Ok(self.volumes().get_volume(self.by(request)).await?.into_inner())
    }

    /// All that the caller reaches, by name.
    pub(super) async fn all_volumes(&self) -> Result<Vec<v1::Volume>, Status> {
        let mut request = ListVolumesRequest { page_size: PAGE, ..Default::default() };
        let mut all = Vec::new();
        loop {
            let page = self.volumes().list_volumes(self.by(request.clone())).await?.into_inner();
            all.extend(page.volumes);
            if page.next_page_token.is_empty() {
                return Ok(all);
            }
            request.page_token = page.next_page_token;
        }
    }

    pub(super) async fn delete_volume(&self, id: &str, force: bool) -> Result<(), Status> {
        let request = DeleteVolumeRequest { volume_id: id.to_owned(), force };
        self.volumes().delete_volume(self.by(request)).await.map(drop)
    }

    pub(super) async fn image(&self, name: &str) -> Result<v1::Image, Status> {
        let request = GetImageRequest { image_id: name.to_owned() };
        Ok(self.images().get_image(self.by(request)).await?.into_inner())
    }

    /// An image that is here, or comes from its registry where the caller may
    /// bring it.
    pub(super) async fn image_or_pull(&self, name: &str) -> Result<v1::Image, Status> {
        let missing = match self.image(name).await {
            Err(status) if status.code() == Code::NotFound => status,
            answered => return answered,
        };
        let request = PullImageRequest { reference: name.to_owned(), ..Default::default() };
        let mut events = match self.images().pull_image(self.by(request)).await {
            Ok(events) => events.into_inner(),
            Err(status) if status.code() == Code::PermissionDenied => return Err(missing),
            Err(status) => return Err(status),
        };
        while let Some(message) = events.message().await? {
            if let Some(pull_image_response::Event::Image(image)) = message.event {
                return Ok(image);
            }
        }
        Err(missing)
    }

    pub(super) async fn info(&self) -> Result<v1::SystemInfo, Status> {
        Ok(self.system().get_system_info(self.by(GetSystemInfoRequest {})).await?.into_inner())
    }
}

/// Whether sandboxes have a network on this host.
pub(super) fn has_network(info: &v1::SystemInfo) -> bool {
    let mut named = info.capabilities.iter().filter(|capability| capability.name == NETWORK);
    named.any(|capability| capability.status() != CapabilityStatus::Off)
}

/// Limits that a system asks for, the defaults of which a smaller host cuts to
/// what it has.
pub(super) fn limits(
    info: &v1::SystemInfo,
    (cpus, default_cpus): (Option<f64>, f64),
    (memory, default_memory): (Option<i64>, i64),
) -> v1::Limits {
    let most = info.max_limits.unwrap_or_default();
    let (cpus, memory) = (cpus.unwrap_or(default_cpus), memory.unwrap_or(default_memory));
    let within = |asked: i64, default: i64, most: Option<i64>| match most {
        Some(most) if asked <= default => asked.min(most),
        _ => asked,
    };
    v1::Limits {
        cpu_millis: Some(within(millis(cpus), millis(default_cpus), most.cpu_millis)),
        memory_bytes: Some(within(memory, default_memory, most.memory_bytes)),
        ..Default::default()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "what is out of range is refused as too much")]
fn millis(cpus: f64) -> i64 {
    (cpus * 1000.0).round() as i64
}
