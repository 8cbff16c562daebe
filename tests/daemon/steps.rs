//! What most tests do to a daemon.

use skerry_client::v1::{CreateSandboxRequest, ExecResponse, ExecSpec, Sandbox};
use skerry_client::{Client, ExecEvent, ExecStream};

/// Makes a sandbox with nothing but defaults.
pub(crate) async fn create(client: &Client) -> Sandbox {
    let created = client.create_sandbox(CreateSandboxRequest::default()).await;
    created.expect("a sandbox")
}

/// A shell script as an exec.
pub(crate) fn script(text: &str) -> ExecSpec {
    let command = ["sh", "-c", text].map(str::to_owned).to_vec();
    ExecSpec { command, ..ExecSpec::default() }
}

/// Runs a shell script to its end.
pub(crate) async fn run(client: &Client, sandbox: &str, text: &str) -> ExecResponse {
    client.exec(sandbox, script(text)).await.unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Runs a shell script that must succeed, for its stdout without the last
/// newline.
pub(crate) async fn stdout(client: &Client, sandbox: &str, text: &str) -> String {
    let response = run(client, sandbox, text).await;
    let code = response.result.as_ref().map(|result| result.exit_code);
    assert_eq!(code, Some(0), "{text}: {response:?}");
    String::from_utf8_lossy(&response.stdout).trim_end_matches('\n').to_owned()
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
