//! Many commands at once from one process.

use skerry_test_support::{Daemon, needs_root, skip};

use crate::language::{BUILD_JAVA, client, installed, kept, run};

#[tokio::test(flavor = "multi_thread")]
async fn python_runs_a_thousand_commands_at_once_in_flat_memory() {
    runs_a_thousand("tests/python/bin/python").await;
}

/// The oldest that the package takes, with the oldest of what it depends on.
#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_python_runs_a_thousand_commands_at_once() {
    runs_a_thousand("tests/python3.9/bin/python").await;
}

async fn runs_a_thousand(python: &str) {
    needs_root!();
    let python = match installed(python) {
        Ok(python) => python,
        Err(reason) => skip!("{reason}"),
    };
    let daemon = Daemon::start().await;
    let line =
        "PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=sdk/python/src $python sdk/python/tests/thousand.py";
    let printed = run(client(line, &[("python", &python)], &daemon)).await.success();
    assert!(printed.starts_with("3000 commands"), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn java_leaves_no_thread_behind_after_a_thousand_streams() {
    needs_root!();
    let installed = match installed("tests/java") {
        Ok(installed) => installed,
        Err(reason) => skip!("{reason}"),
    };
    let build = kept("sdk-java");
    let daemon = Daemon::start().await;
    let line = format!("{BUILD_JAVA}; java -cp $classes dev.skerry.contract.Threads");
    let variables = [("installed", installed.as_path()), ("build", build.as_path())];
    let printed = run(client(&line, &variables, &daemon)).await.success();
    assert!(printed.starts_with("1000 streams"), "{printed}");
}
