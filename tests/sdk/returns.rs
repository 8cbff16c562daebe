//! A daemon with a certificate of its own authority's is killed in mid-stream
//! and comes back: every SDK has all of the output.

use std::fs;
use std::time::Duration;

use skerry_client::Client;
use skerry_client::v1::ExecSpec;
use skerry_test_support::{Daemon, needs_root, skip};
use tokio::time::{sleep, timeout};

use crate::certificate::Certificate;
use crate::contract::{Runner, kept_scenarios};
use crate::failures::LANGUAGES;
use crate::language::{PATIENCE, run};

/// Its second half comes when it is told to: after the daemon came back.
const SCENARIO: &str = r#"[{"name": "a daemon that comes back", "steps": [
    {"op": "stream", "command": "seq 1 20000; until [ -e /tmp/go ]; do sleep 0.1; done; seq 1 20000",
     "want": {"bytes": 217788, "sha256": "73a87de7ba60678fe89b1170b07e0507d2e430ef007f50665abaa9e843c88dfb", "exit_code": 0}}
]}]"#;

/// Sandboxes in which the command runs.
async fn running(client: &Client) -> Vec<String> {
    let mut found = Vec::new();
    for sandbox in client.list_sandboxes(Default::default()).await.expect("a list") {
        if !client.list_execs(&sandbox.id).await.expect("a list").is_empty() {
            found.push(sandbox.id);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn output_goes_on_when_the_daemon_comes_back() {
    needs_root!();
    let mut runners = Vec::new();
    for (language, _) in LANGUAGES {
        match Runner::of(language) {
            Ok(runner) => runners.push(runner),
            Err(reason) => skip!("{reason}"),
        }
    }
    let Some(certificate) = Certificate::make() else { skip!("openssl is not installed") };
    let mut daemon = Daemon::start_with(certificate.options(&[])).await;
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    fs::write(&file, SCENARIO).expect("it is writable");

    let mut programs = tokio::task::JoinSet::new();
    for runner in runners {
        let mut command = runner.command(file.path(), &daemon);
        command.env("SKERRY_ADDRESS", format!("https://{}", daemon.address()));
        command.env("SKERRY_TLS_CA", certificate.ca());
        programs.spawn(run(command));
    }
    let all = timeout(PATIENCE, async {
        loop {
            let found = running(daemon.client()).await;
            if found.len() == LANGUAGES.len() {
                return found;
            }
            sleep(Duration::from_millis(50)).await;
        }
    });
    let sandboxes = all.await.expect("all of them come to run it");
    daemon.kill9();
    daemon.restart().await;
    for sandbox in sandboxes {
        let command = vec!["touch".to_owned(), "/tmp/go".to_owned()];
        let spec = ExecSpec { command, ..ExecSpec::default() };
        daemon.client().exec(&sandbox, spec).await.expect("it runs");
    }
    while let Some(printed) = programs.join_next().await {
        let printed = printed.expect("it is waited for");
        assert_eq!(kept_scenarios(&printed).len(), 1, "{}", printed.stdout);
    }
}
