//! schemathesis against the daemon: what it makes up of the document is
//! answered as the document says, and never with an error of the server's.

use std::path::Path;

use skerry_test_support::{Daemon, needs_root, skip, tools};

/// The same calls each time.
const SEED: &str = "1";
/// What never ends by itself or is no HTTP call: streams, a wait, WebSockets.
const LEFT_OUT: &str = "watch|logs|attach|interact|:wait|execs:stream|egress";

#[tokio::test(flavor = "multi_thread")]
async fn what_schemathesis_makes_up_is_answered_as_the_document_says() {
    needs_root!();
    let program = match tools::find("schemathesis/bin/schemathesis") {
        Ok(program) => program,
        Err(reason) => skip!("{reason}"),
    };
    let daemon = Daemon::start().await;
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rest/schemathesis.toml");
    let here = tempfile::tempdir().expect("a temporary directory");
    let ran = tokio::process::Command::new(program)
        .arg("--config-file")
        .arg(config)
        .args(["run", &format!("http://{}/openapi.json", daemon.address())])
        .args(["--header", &format!("Authorization: Bearer {}", daemon.token())])
        .args(["--checks", "all", "--phases", "examples,coverage", "--seed", SEED])
        .args(["--request-timeout", "60", "--continue-on-failure", "--no-color"])
        .args(["--exclude-path-regex", LEFT_OUT])
        .current_dir(here.path())
        .output()
        .await
        .expect("schemathesis can be run");
    let told = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{told}{}", String::from_utf8_lossy(&ran.stderr));
    assert!(told.contains("generated"), "it has made calls: {told}");
}
