//! What most tests do to a daemon.

use skerry_client::v1::{CreateSandboxRequest, Sandbox};
use skerry_client::{Client, ExecEvent, ExecStream};

pub(crate) use skerry_test_support::shell::{run, script, stdout};

/// Makes a sandbox with nothing but defaults.
pub(crate) async fn create(client: &Client) -> Sandbox {
    let created = client.create_sandbox(CreateSandboxRequest::default()).await;
    created.expect("a sandbox")
}

/// Starts a shell script and answers with its stream and its id.
pub(crate) async fn start(client: &Client, sandbox: &str, text: &str) -> (ExecStream, String) {
    let started = client.exec_stream(sandbox, script(text)).await;
    let mut stream = started.unwrap_or_else(|error| panic!("{text}: {error}"));
    match stream.next().await {
        Ok(Some(ExecEvent::Started(exec))) => (stream, exec.id),
        other => panic!("{text}: want Started first, got {other:?}"),
    }
}
