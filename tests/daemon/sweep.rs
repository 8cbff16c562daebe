//! What has no record is swept when the daemon starts.

use std::fs;

use skerry_test_support::leaks::Baseline;
use skerry_test_support::{Daemon, needs_root};

use crate::steps::{create, start};

#[tokio::test(flavor = "multi_thread")]
async fn sandboxes_without_a_record_are_swept_whole() {
    needs_root!();
    let mut daemon = Daemon::start().await;
    let id = create(daemon.client()).await.id;
    daemon
        .client()
        .delete_sandbox(&id)
        .await
        .expect("it is deleted");
    let baseline = Baseline::take(&daemon);
    let running = create(daemon.client()).await.id;
    let (_stream, _) = start(daemon.client(), &running, "exec sleep 1000000").await;
    let paused = create(daemon.client()).await.id;
    daemon
        .client()
        .pause_sandbox(&paused)
        .await
        .expect("it pauses");
    let stopped = create(daemon.client()).await.id;
    daemon
        .client()
        .stop_sandbox(&stopped, None)
        .await
        .expect("it stops");
    let held = baseline.difference(&Baseline::take(&daemon));
    for kind in [
        "cgroup",
        "process",
        "network namespace",
        "descriptor",
        "file",
    ] {
        assert!(
            held.lines().any(|line| line.starts_with(kind)),
            "no {kind} in:\n{held}"
        );
    }

    daemon.kill9();
    // Every record is lost, and with them the token.
    fs::remove_dir_all(daemon.data_dir().join("store")).expect("the store is there");
    daemon.restart().await;

    let left = daemon
        .client()
        .list_sandboxes(Default::default())
        .await
        .expect("a list");
    assert!(left.is_empty(), "{left:?}");
    baseline.assert_same(&daemon).await;
}
