//! A port of a sandbox, as a browser reaches it.

use skerry_client::v1::{CreateSandboxRequest, HealthCheck, MainProcess, Port};

use super::{Skerry, SkerryError, call};

/// Where the backend listens in its sandbox.
const PORT: u16 = 8000;

/// A sandbox with a backend.
#[derive(Debug)]
pub(crate) struct Preview {
    /// Its id.
    pub(crate) id: String,
    /// The daemon's address.
    pub(crate) url: String,
    /// The preview's host.
    pub(crate) host: String,
}

impl Skerry {
    /// Makes a sandbox of the image `host` that runs a backend on port 8000,
    /// and waits until it answers.
    pub(crate) async fn preview(&self, command: &[&str]) -> Result<Preview, SkerryError> {
        let main = MainProcess {
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            ..MainProcess::default()
        };
        let port = i32::from(PORT);
        let request = CreateSandboxRequest {
            image: "host".to_owned(),
            main: Some(main),
            ports: vec![Port { port, public: true, ..Port::default() }],
            health_check: Some(HealthCheck {
                port,
                path: "/".to_owned(),
                delete_on_failure: true,
                ..HealthCheck::default()
            }),
            ..CreateSandboxRequest::default()
        };
        let sandbox = self.client.create_sandbox(request).await.map_err(call("create"))?;
        let link = self.client.preview_url(&sandbox.id, PORT, None).await;
        let link = link.map_err(call("preview url"))?.url;
        let host = link.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let address = &self.client.config().address;
        Ok(Preview { id: sandbox.id, url: format!("http://{address}/"), host })
    }
}
