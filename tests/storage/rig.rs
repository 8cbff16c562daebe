//! A daemon with one driver, and what its services are asked.

use skerry_client::v1::sandbox_service_client::SandboxServiceClient;
use skerry_client::v1::snapshot_service_client::SnapshotServiceClient;
use skerry_client::v1::volume_service_client::VolumeServiceClient;
use skerry_client::v1::{
    CreateSandboxRequest, CreateSnapshotRequest, CreateVolumeRequest, ExecSpec, ForkSandboxRequest,
    Sandbox, Snapshot, Storage, Volume, VolumeMount,
};
use skerry_test_support::{Daemon, Options};
use tonic::metadata::AsciiMetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use tonic_types::StatusExt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Driver {
    Btrfs,
    Dir,
}

impl Driver {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Btrfs => "btrfs",
            Self::Dir => "dir",
        }
    }
}

/// Shows the admin token.
#[derive(Clone)]
pub(crate) struct Bearer(AsciiMetadataValue);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

type Caller = InterceptedService<Channel, Bearer>;

pub(crate) struct Rig {
    pub(crate) daemon: Daemon,
    caller: Caller,
}

impl Rig {
    pub(crate) async fn start(driver: Driver) -> Self {
        Self::start_with(driver, None).await
    }

    pub(crate) async fn start_with(driver: Driver, failpoint: Option<&str>) -> Self {
        let arguments = ["--storage", driver.name()].map(str::to_owned).to_vec();
        let failpoint = failpoint.map(str::to_owned);
        let daemon = Daemon::start_with(Options { arguments, failpoint, ..Options::default() });
        let daemon = daemon.await;
        let address = format!("http://{}", daemon.address());
        let channel = Endpoint::from_shared(address).expect("an address").connect_lazy();
        let bearer = format!("Bearer {}", daemon.token()).parse().expect("it is ASCII");
        Self { daemon, caller: InterceptedService::new(channel, Bearer(bearer)) }
    }

    pub(crate) fn sandboxes(&self) -> SandboxServiceClient<Caller> {
        SandboxServiceClient::new(self.caller.clone())
    }

    pub(crate) fn volumes(&self) -> VolumeServiceClient<Caller> {
        VolumeServiceClient::new(self.caller.clone())
    }

    pub(crate) fn snapshots(&self) -> SnapshotServiceClient<Caller> {
        SnapshotServiceClient::new(self.caller.clone())
    }

    pub(crate) async fn sandbox(&self, request: CreateSandboxRequest) -> Sandbox {
        self.sandboxes().create_sandbox(request).await.expect("a sandbox").into_inner()
    }

    /// Imports an image of this machine's static busybox and these files.
    pub(crate) async fn image(&self, name: &str, files: &[(&str, &[u8])]) {
        let mut builder = tar::Builder::new(Vec::new());
        let mut directory = header(tar::EntryType::Directory, 0);
        directory.set_mode(0o755);
        builder.append_data(&mut directory, "bin", std::io::empty()).expect("in memory");
        let busybox = "/bin/busybox";
        builder.append_path_with_name(busybox, "bin/sh").expect("busybox-static is there");
        for applet in ["cat", "find", "ls", "mkdir", "rm", "sort", "stat", "tail", "tr", "xargs"] {
            let mut link = header(tar::EntryType::Symlink, 0);
            builder.append_link(&mut link, format!("bin/{applet}"), "sh").expect("in memory");
        }
        for (path, content) in files {
            let mut header = header(tar::EntryType::Regular, content.len());
            builder.append_data(&mut header, path, *content).expect("in memory");
        }
        let archive = std::io::Cursor::new(builder.into_inner().expect("in memory"));
        self.daemon.client().import_image(name, archive).await.expect("an image");
    }

    pub(crate) async fn volume(&self, name: &str, size_bytes: i64) -> Volume {
        let name = name.to_owned();
        let request = CreateVolumeRequest { name, size_bytes, ..CreateVolumeRequest::default() };
        self.volumes().create_volume(request).await.expect("a volume").into_inner()
    }

    pub(crate) async fn snapshot(&self, sandbox: &str, name: &str) -> Snapshot {
        let (sandbox_id, name) = (sandbox.to_owned(), name.to_owned());
        let request = CreateSnapshotRequest { sandbox_id, name, ..Default::default() };
        self.snapshots().create_snapshot(request).await.expect("a snapshot").into_inner()
    }

    pub(crate) async fn fork(&self, sandbox: &str, count: i32, name: &str) -> Vec<Sandbox> {
        let (sandbox_id, name) = (sandbox.to_owned(), name.to_owned());
        let request = ForkSandboxRequest { sandbox_id, count, name, memory: false };
        let forked = self.sandboxes().fork_sandbox(request).await.expect("forks");
        forked.into_inner().sandboxes
    }

    /// Runs a shell script: its exit code and output.
    pub(crate) async fn run(&self, sandbox: &str, script: &str) -> (i32, String) {
        let command = ["sh", "-c", script].map(str::to_owned).to_vec();
        let spec = ExecSpec { command, ..ExecSpec::default() };
        let ran = self.daemon.client().exec(sandbox, spec).await;
        let ran = ran.unwrap_or_else(|error| panic!("{script}: {error}"));
        let code = ran.result.as_ref().map_or(-1, |result| result.exit_code);
        let mut said = String::from_utf8_lossy(&ran.stdout).into_owned();
        said.push_str(&String::from_utf8_lossy(&ran.stderr));
        (code, said.trim_end().to_owned())
    }

    /// Runs a shell script that must succeed, for its output.
    pub(crate) async fn sh(&self, sandbox: &str, script: &str) -> String {
        let (code, said) = self.run(sandbox, script).await;
        assert_eq!(code, 0, "{script}: {said}");
        said
    }

    /// The names of the trees of a kind.
    pub(crate) fn trees(&self, kind: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.daemon.pool().join(kind)).expect("a pool");
        let mut names: Vec<_> =
            entries.map(|entry| entry.expect("a name").file_name().into_string()).collect();
        names.sort();
        names.into_iter().map(|name| name.expect("ours are text")).collect()
    }
}

fn header(kind: tar::EntryType, size: usize) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(size as u64);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header
}

/// A request for a sandbox of a name.
pub(crate) fn named(name: &str) -> CreateSandboxRequest {
    CreateSandboxRequest { name: name.to_owned(), ..CreateSandboxRequest::default() }
}

/// The same, from a snapshot.
pub(crate) fn from(snapshot: &str, name: &str) -> CreateSandboxRequest {
    CreateSandboxRequest { snapshot_id: snapshot.to_owned(), ..named(name) }
}

/// A volume at a path.
pub(crate) fn at(volume: &str, path: &str, read_only: bool) -> VolumeMount {
    VolumeMount { volume_id: volume.to_owned(), path: path.to_owned(), read_only }
}

/// A volume of its own.
pub(crate) fn own(size_bytes: i64) -> Option<Storage> {
    Some(Storage { size_bytes, ..Storage::default() })
}

/// The stable reason of an error.
pub(crate) fn reason(status: &Status) -> String {
    status.get_details_error_info().expect("every error has a reason").reason
}
