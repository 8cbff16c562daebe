//! A port of a sandbox, as a browser reaches it.

use std::net::SocketAddr;
use std::time::Duration;

use skerry_client::v1::{CreateSandboxRequest, ExecSpec, HealthCheck, MainProcess, Port};

use super::{Skerry, SkerryError, call};

/// Where the backend listens in its sandbox.
const PORT: u16 = 8000;
/// And the one of WebSockets, where there is one.
const SOCKETS: u16 = 8001;

/// A sandbox with a backend.
#[derive(Debug)]
pub(crate) struct Preview {
    /// Its id.
    pub(crate) id: String,
    /// The daemon's address.
    pub(crate) url: String,
    /// The same, without what is around it.
    pub(crate) address: SocketAddr,
    /// The preview's host.
    pub(crate) host: String,
    /// That of the WebSockets' backend.
    pub(crate) sockets_host: String,
}

impl Skerry {
    /// Makes a sandbox of the image `host` that runs a backend on port 8000,
    /// and waits until it answers.
    pub(crate) async fn preview(&self, command: &[&str]) -> Result<Preview, SkerryError> {
        self.preview_of("host", command, "/").await
    }

    /// The same of the run's own image, which takes connections when it is
    /// ready.
    pub(crate) async fn own_preview(&self, command: &[&str]) -> Result<Preview, SkerryError> {
        self.preview_of(&self.image, command, "").await
    }

    /// Stops a sandbox at once.
    pub(crate) async fn halt(&self, id: &str) -> Result<(), SkerryError> {
        let stopped = self.client.stop_sandbox(id, Some(Duration::ZERO)).await;
        stopped.map(drop).map_err(call("stop"))
    }

    /// Runs a command in a sandbox for as long as that runs.
    pub(crate) async fn detach(&self, id: &str, command: Vec<String>) -> Result<(), SkerryError> {
        let spec = ExecSpec { command, ..ExecSpec::default() };
        self.client.start_exec(id, spec).await.map(drop).map_err(call("exec"))
    }

    async fn preview_of(
        &self,
        image: &str,
        command: &[&str],
        path: &str,
    ) -> Result<Preview, SkerryError> {
        let main = MainProcess {
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            ..MainProcess::default()
        };
        let port = i32::from(PORT);
        let request = CreateSandboxRequest {
            image: image.to_owned(),
            main: Some(main),
            ports: [port, SOCKETS.into()]
                .map(|port| Port { port, public: true, ..Port::default() })
                .to_vec(),
            health_check: Some(HealthCheck {
                port,
                path: path.to_owned(),
                delete_on_failure: true,
                ..HealthCheck::default()
            }),
            ..CreateSandboxRequest::default()
        };
        let sandbox = self.client.create_sandbox(request).await.map_err(call("create"))?;
        let link = self.client.preview_url(&sandbox.id, PORT, None).await;
        let link = link.map_err(call("preview url"))?.url;
        let host: String = link.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let sockets_host = host.replacen(&format!("-{PORT}."), &format!("-{SOCKETS}."), 1);
        let text = self.client.config().address.to_string();
        let address = text.parse().map_err(|_| SkerryError::NotUp(text.clone()))?;
        let url = format!("http://{text}/");
        Ok(Preview { id: sandbox.id, url, address, host, sockets_host })
    }
}
