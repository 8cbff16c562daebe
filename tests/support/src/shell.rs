//! Shell scripts in sandboxes.

use skerry_client::Client;
use skerry_client::v1::{ExecResponse, ExecSpec};

/// A shell script as an exec.
pub fn script(text: &str) -> ExecSpec {
    let command = ["sh", "-c", text].map(str::to_owned).to_vec();
    ExecSpec { command, ..ExecSpec::default() }
}

/// Runs a shell script to its end.
///
/// # Panics
///
/// Where the call fails.
pub async fn run(client: &Client, sandbox: &str, text: &str) -> ExecResponse {
    client.exec(sandbox, script(text)).await.unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Runs a shell script that must succeed, for its stdout without the last
/// newline.
///
/// # Panics
///
/// Where the call or the script fails.
pub async fn stdout(client: &Client, sandbox: &str, text: &str) -> String {
    let response = run(client, sandbox, text).await;
    let code = response.result.as_ref().map(|result| result.exit_code);
    assert_eq!(code, Some(0), "{text}: {response:?}");
    String::from_utf8_lossy(&response.stdout).trim_end_matches('\n').to_owned()
}
