//! The connection to a daemon.

use std::sync::Arc;
use std::time::Duration;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::ClientConfig;
use rustls::crypto::ring::default_provider;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use crate::address::Scheme;
use crate::ca::{Ca, system_roots};
use crate::config::{Config, ConfigError, Token};
use crate::v1::exec_service_client::ExecServiceClient;
use crate::v1::file_service_client::FileServiceClient;
use crate::v1::image_service_client::ImageServiceClient;
use crate::v1::network_service_client::NetworkServiceClient;
use crate::v1::pairing_service_client::PairingServiceClient;
use crate::v1::preview_service_client::PreviewServiceClient;
use crate::v1::sandbox_service_client::SandboxServiceClient;
use crate::v1::snapshot_service_client::SnapshotServiceClient;
use crate::v1::ssh_service_client::SshServiceClient;
use crate::v1::system_service_client::SystemServiceClient;
use crate::v1::token_service_client::TokenServiceClient;
use crate::v1::tunnel_service_client::TunnelServiceClient;
use crate::v1::volume_service_client::VolumeServiceClient;

/// What one stream of an exec's output may have under way: so much the daemon
/// still has when the connection is cut, so that an attach loses nothing.
const OUTPUT_WINDOW: u32 = 384 << 10;
/// What one stream of anything else may have under way. h2 ends a connection on which more small frames wait than half of the
/// connection's window makes up at 256 bytes each: so many that a reader who is
/// late lets wait fit into this.
const STREAM_WINDOW: u32 = 2 << 20;
/// What all streams may have under way together.
const CONNECTION_WINDOW: u32 = 32 << 20;
/// Big frames, so that a MiB of output is not cut into 64 pieces.
const FRAME_SIZE: u32 = 1 << 20;
/// An exec answers with at most 16 MiB of stdout and of stderr.
const MAX_MESSAGE: usize = 40 << 20;
/// A host that is down answers nothing at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A peer that has vanished is noticed after these two, together.
const PING_INTERVAL: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(20);

/// The channel that the generated clients run on: HTTP/2, with the token.
pub(crate) type Authorized = InterceptedService<Channel, Bearer>;

/// Puts the token into each call.
#[derive(Debug, Clone)]
pub(crate) struct Bearer(Option<Token>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.bearer());
        }
        Ok(request)
    }
}

/// A client of one daemon.
///
/// Clones share two connections, one for the output of execs and one for all
/// else, which are made on the first call and made anew when they were lost. Methods take `&self` and may be called at once from
/// many tasks. No call has a deadline of its own; drop its future to give up.
///
/// A sandbox is named by its id or its name everywhere.
///
/// ```no_run
/// use skerry_client::v1::{CreateSandboxRequest, ExecSpec};
/// use skerry_client::{Client, ExecEvent};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::from_env()?;
/// let sandbox = client.create_sandbox(CreateSandboxRequest::default()).await?;
///
/// let command = vec!["echo".to_owned(), "hello".to_owned()];
/// let spec = ExecSpec { command, ..ExecSpec::default() };
/// let mut stream = client.exec_stream(&sandbox.id, spec).await?;
/// while let Some(event) = stream.next().await? {
///     match event {
///         ExecEvent::Started(exec) => eprintln!("started as {}", exec.id),
///         ExecEvent::Stdout(data) => eprintln!("{} bytes of stdout", data.len()),
///         ExecEvent::Stderr(data) => eprintln!("{} bytes of stderr", data.len()),
///         ExecEvent::Truncated { before } => eprintln!("output before {before} is lost"),
///         ExecEvent::Exited(result) => eprintln!("exit code {}", result.exit_code),
///     }
/// }
/// client.delete_sandbox(&sandbox.id).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    config: Config,
    service: Authorized,
    /// A connection of its own for output: the window is a connection's.
    output: Authorized,
}

impl Client {
    /// A client of the daemon that `config` names. Must be called in a tokio
    /// runtime; connects on the first call.
    pub fn new(config: &Config) -> Self {
        let tls = (config.address.scheme() == Scheme::Https).then(|| connector(config));
        let service = |window| {
            let bearer = Bearer(config.token.clone());
            let endpoint = endpoint(config, window);
            let channel = match &tls {
                None => endpoint.connect_lazy(),
                Some(tls) => endpoint.connect_with_connector_lazy(tls.clone()),
            };
            InterceptedService::new(channel, bearer)
        };
        Self {
            config: config.clone(),
            service: service(STREAM_WINDOW),
            output: service(OUTPUT_WINDOW),
        }
    }

    /// A client of the daemon at `address` (`host:port` or
    /// `https://host:port`) that knows the caller by `token`; without one, as
    /// [`Config::at`]. Must be called in a tokio runtime; connects on the
    /// first call.
    ///
    /// # Errors
    ///
    /// An address or a token that is none.
    pub fn connect(address: &str, token: Option<&str>) -> Result<Self, ConfigError> {
        let parsed = address
            .parse()
            .map_err(|cause| ConfigError::Address { value: address.to_owned(), cause })?;
        let config = Config::at(parsed);
        Ok(Self::new(&match token {
            None => config,
            Some(token) => config.with_token(token.parse()?),
        }))
    }

    /// A client of the daemon that the environment names; see
    /// [`Config::from_env`]. Must be called in a tokio runtime.
    ///
    /// # Errors
    ///
    /// A variable that doesn't hold what it should.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self::new(&Config::from_env()?))
    }

    /// Which daemon this is a client of.
    pub fn config(&self) -> &Config {
        &self.config
    }

    pub(crate) fn sandboxes(&self) -> SandboxServiceClient<Authorized> {
        SandboxServiceClient::new(self.service.clone()).max_decoding_message_size(MAX_MESSAGE)
    }

    pub(crate) fn execs(&self) -> ExecServiceClient<Authorized> {
        ExecServiceClient::new(self.output.clone()).max_decoding_message_size(MAX_MESSAGE)
    }

    pub(crate) fn files(&self) -> FileServiceClient<Authorized> {
        FileServiceClient::new(self.service.clone()).max_decoding_message_size(MAX_MESSAGE)
    }

    pub(crate) fn images(&self) -> ImageServiceClient<Authorized> {
        ImageServiceClient::new(self.service.clone())
    }

    pub(crate) fn network(&self) -> NetworkServiceClient<Authorized> {
        NetworkServiceClient::new(self.service.clone())
    }

    pub(crate) fn snapshots(&self) -> SnapshotServiceClient<Authorized> {
        SnapshotServiceClient::new(self.service.clone()).max_decoding_message_size(MAX_MESSAGE)
    }

    pub(crate) fn volumes(&self) -> VolumeServiceClient<Authorized> {
        VolumeServiceClient::new(self.service.clone()).max_decoding_message_size(MAX_MESSAGE)
    }

    pub(crate) fn previews(&self) -> PreviewServiceClient<Authorized> {
        PreviewServiceClient::new(self.service.clone())
    }

    pub(crate) fn tunnels(&self) -> TunnelServiceClient<Authorized> {
        TunnelServiceClient::new(self.service.clone())
    }

    pub(crate) fn ssh(&self) -> SshServiceClient<Authorized> {
        SshServiceClient::new(self.service.clone())
    }

    pub(crate) fn tokens(&self) -> TokenServiceClient<Authorized> {
        TokenServiceClient::new(self.service.clone())
    }

    pub(crate) fn pairings(&self) -> PairingServiceClient<Authorized> {
        PairingServiceClient::new(self.service.clone())
    }

    pub(crate) fn system(&self) -> SystemServiceClient<Authorized> {
        SystemServiceClient::new(self.service.clone())
    }
}

fn endpoint(config: &Config, stream_window: u32) -> Endpoint {
    Endpoint::from_shared(config.address.uri())
        .expect("an address was checked to be a host and a port")
        .user_agent(concat!("skerry/", env!("CARGO_PKG_VERSION")))
        .expect("the version is printable")
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
        .initial_stream_window_size(stream_window)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_frame_size(FRAME_SIZE)
        .http2_keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT)
}

/// Makes connections secure, and knows whose.
fn connector(config: &Config) -> HttpsConnector<HttpConnector> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
    let tls = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has what the versions need")
        .with_root_certificates(config.ca.as_ref().map_or_else(system_roots, Ca::roots))
        .with_no_client_auth();
    HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_only()
        .enable_http2()
        .wrap_connector(tcp)
}
