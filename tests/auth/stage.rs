//! A server in this process, over a runtime in which nothing runs.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use clap::Parser;
use skerry_api::v1::token_service_client::TokenServiceClient;
use skerry_api::v1::{
    CreateSandboxRequest, CreateTokenRequest, CreateTokenResponse, Permission, Sandbox, TokenScope,
};
use skerry_server::config::Config;
use skerry_server::runtime::fake::FakeRuntime;
use skerry_server::server::{Invitation, Server, token_path};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::metadata::AsciiMetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use tonic_types::StatusExt;

/// Shows a token in a header, or none.
#[derive(Clone)]
pub(crate) struct Shown(pub(crate) Option<(&'static str, String)>);

impl Interceptor for Shown {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some((name, value)) = &self.0 {
            let value: AsciiMetadataValue = value.parse().expect("tests show ASCII");
            request.metadata_mut().insert(*name, value);
        }
        Ok(request)
    }
}

pub(crate) type Caller = InterceptedService<Channel, Shown>;

/// The server.
pub(crate) struct Stage {
    pub(crate) address: SocketAddr,
    pub(crate) admin: Option<String>,
    pub(crate) invitation: Option<Invitation>,
    pub(crate) dir: tempfile::TempDir,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

impl Stage {
    pub(crate) async fn start(flags: &[&str]) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        Self::start_in(dir, flags).await
    }

    /// Ends it and starts another one on the same data.
    pub(crate) async fn restart(mut self, flags: &[&str]) -> Self {
        if let (Some(stop), Some(serving)) = (self.stop.take(), self.serving.take()) {
            stop.send(()).expect("it serves");
            serving.await.expect("it ends well");
        }
        Self::start_in(self.dir, flags).await
    }

    async fn start_in(dir: tempfile::TempDir, flags: &[&str]) -> Self {
        let (data, host) = (dir.path().join("data"), dir.path().join("host"));
        std::fs::create_dir_all(&host).expect("a directory for the host");
        let data_dir = data.to_str().expect("it is plain");
        let always = ["skerryd", "--listen", "127.0.0.1:0", "--storage", "dir"];
        let ssh = ["--ssh-listen", "127.0.0.1:0", "--data-dir", data_dir];
        let arguments = [&always[..], &ssh].concat();
        let config = Config::try_parse_from(arguments.iter().chain(flags)).expect("good flags");
        let config = config.checked().expect("a good configuration");
        let runtime = Arc::new(FakeRuntime::new(&host));
        let server = Server::bind(&config, |_, _| Ok(runtime)).await.expect("it starts");
        let address = server.local_addr();
        let invitation = server.invite();
        let admin = std::fs::read_to_string(token_path(&data)).ok();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(server.run(async {
            let _dropped = stopped.await;
        }));
        Self {
            address,
            admin: admin.map(|token| token.trim().to_owned()),
            invitation,
            dir,
            stop: Some(stop),
            serving: Some(serving),
        }
    }

    /// A connection from an address of this machine: 127.0.0.0/8 are many.
    pub(crate) fn channel_from(&self, from: IpAddr) -> Channel {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address));
        endpoint.expect("an address").local_address(Some(from)).connect_lazy()
    }

    pub(crate) fn channel(&self) -> Channel {
        self.channel_from([127, 0, 0, 1].into())
    }

    /// Who shows this token.
    pub(crate) fn caller(&self, secret: &str) -> Caller {
        let shown = Shown(Some(("authorization", format!("Bearer {secret}"))));
        InterceptedService::new(self.channel(), shown)
    }

    /// Who shows nothing.
    pub(crate) fn nobody(&self) -> Caller {
        InterceptedService::new(self.channel(), Shown(None))
    }

    pub(crate) fn admin(&self) -> Caller {
        self.caller(self.admin.as_deref().expect("tokens are asked for"))
    }

    pub(crate) async fn token(&self, request: CreateTokenRequest) -> CreateTokenResponse {
        let made = TokenServiceClient::new(self.admin()).create_token(request).await;
        made.expect("it is made").into_inner()
    }

    /// A tenant's token that lets do these; none is all.
    pub(crate) async fn tenant(&self, tenant: &str, permissions: &[Permission]) -> String {
        let scope = TokenScope {
            tenant: tenant.to_owned(),
            permissions: permissions.iter().map(|one| i32::from(*one)).collect(),
            ..TokenScope::default()
        };
        let request = CreateTokenRequest { scope: Some(scope), ..Default::default() };
        self.token(request).await.secret
    }

    /// A sandbox that this token makes.
    pub(crate) async fn sandbox(&self, secret: &str) -> Sandbox {
        let mut client =
            skerry_api::v1::sandbox_service_client::SandboxServiceClient::new(self.caller(secret));
        let made = client.create_sandbox(CreateSandboxRequest::default()).await;
        let sandbox = made.expect("it is made").into_inner();
        // What a runtime in which something runs would have made.
        let disk = self.dir.path().join("data/sandboxes").join(&sandbox.id);
        std::fs::create_dir_all(disk).expect("a disk");
        sandbox
    }
}

/// The stable reason of an error.
#[track_caller]
pub(crate) fn reason(status: &Status) -> String {
    let info = status.get_details_error_info();
    info.unwrap_or_else(|| panic!("no reason: {status:?}")).reason
}
