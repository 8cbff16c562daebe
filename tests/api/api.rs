//! A server in this process, and what its answers are held against.

use std::sync::Arc;

use clap::Parser;
use skerry_api::v1::exec_service_client::ExecServiceClient;
use skerry_api::v1::image_service_client::ImageServiceClient;
use skerry_api::v1::sandbox_service_client::SandboxServiceClient;
use skerry_api::v1::system_service_client::SystemServiceClient;
use skerry_api::v1::{CreateSandboxRequest, Sandbox};
use skerry_server::config::Config;
use skerry_server::runtime::fake::FakeRuntime;
use skerry_server::server::{Server, token_path};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::metadata::AsciiMetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

/// Shows a token, or none.
#[derive(Clone)]
pub(crate) struct Bearer(pub(crate) Option<String>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(header) = &self.0 {
            let header: AsciiMetadataValue = header.parse().expect("tests show ASCII");
            request.metadata_mut().insert("authorization", header);
        }
        Ok(request)
    }
}

pub(crate) type Caller = InterceptedService<Channel, Bearer>;

/// A server with everything behind it but a host that runs anything.
pub(crate) struct Api {
    pub(crate) address: String,
    pub(crate) token: Option<String>,
    pub(crate) channel: Channel,
    pub(crate) runtime: Arc<FakeRuntime>,
    pub(crate) dir: tempfile::TempDir,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

impl Api {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    pub(crate) async fn start_with(flags: &[&str]) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        Self::start_in(dir, flags).await
    }

    /// Ends the server and starts another one on the same data.
    pub(crate) async fn restart(mut self) -> Self {
        self.end().await;
        let Self { dir, .. } = self;
        Self::start_in(dir, &[]).await
    }

    /// Ends the server and waits for it.
    pub(crate) async fn end(&mut self) {
        if let (Some(stop), Some(serving)) = (self.stop.take(), self.serving.take()) {
            stop.send(()).expect("it serves");
            serving.await.expect("it ends well");
        }
    }

    async fn start_in(dir: tempfile::TempDir, flags: &[&str]) -> Self {
        let data = dir.path().join("data");
        let host = dir.path().join("host");
        std::fs::create_dir_all(&host).expect("a directory for the host");
        let data_dir = data.to_str().expect("it is plain");
        let always = ["skerryd", "--listen", "127.0.0.1:0", "--storage", "dir", "--network", "off"];
        let arguments = [&always[..], &["--data-dir", data_dir]].concat();
        let config = Config::try_parse_from(arguments.iter().chain(flags)).expect("good flags");
        let runtime = Arc::new(FakeRuntime::new(&host));
        let opened = Arc::clone(&runtime);
        let config = config.checked().expect("a good configuration");
        let server = Server::bind(&config, |_, _| Ok(opened)).await.expect("it starts");
        let address = server.local_addr().to_string();
        let token = std::fs::read_to_string(token_path(&data)).ok();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(server.run(async {
            let _dropped = stopped.await;
        }));
        let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
        Self {
            address,
            token: token.map(|token| token.trim().to_owned()),
            channel: endpoint.connect_lazy(),
            runtime,
            dir,
            stop: Some(stop),
            serving: Some(serving),
        }
    }

    pub(crate) fn caller(&self) -> Caller {
        let header = self.token.as_ref().map(|token| format!("Bearer {token}"));
        InterceptedService::new(self.channel.clone(), Bearer(header))
    }

    pub(crate) fn sandboxes(&self) -> SandboxServiceClient<Caller> {
        SandboxServiceClient::new(self.caller())
    }

    pub(crate) fn execs(&self) -> ExecServiceClient<Caller> {
        ExecServiceClient::new(self.caller())
    }

    pub(crate) fn images(&self) -> ImageServiceClient<Caller> {
        ImageServiceClient::new(self.caller())
    }

    pub(crate) fn system(&self) -> SystemServiceClient<Caller> {
        SystemServiceClient::new(self.caller())
    }

    pub(crate) async fn create(&self, name: &str) -> Sandbox {
        let request = CreateSandboxRequest { name: name.to_owned(), ..Default::default() };
        self.sandboxes().create_sandbox(request).await.expect("it is made").into_inner()
    }
}

/// The stable reason of an error.
#[track_caller]
pub(crate) fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    let info = details.error_info().unwrap_or_else(|| panic!("no reason: {status:?}"));
    assert_eq!(info.domain, "skerry.dev");
    info.reason.clone()
}

/// The error, which must have this code and reason.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(
    result: Result<T, Status>,
    code: Code,
    wanted: &str,
) -> Status {
    let status = result.expect_err("it must be refused");
    assert_eq!((status.code(), reason(&status).as_str()), (code, wanted), "{status:?}");
    status
}

/// Holds an error to INVALID_ARGUMENT with exactly this field.
#[track_caller]
pub(crate) fn invalid<T: std::fmt::Debug>(result: Result<T, Status>, field: &str) {
    let status = refused(result, Code::InvalidArgument, "INVALID_FIELD");
    let details = status.get_error_details();
    let violations = &details.bad_request().expect("it names fields").field_violations;
    let fields: Vec<_> = violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, [field], "{status:?}");
}
