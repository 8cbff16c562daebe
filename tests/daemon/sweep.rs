//! What has no record is swept when the daemon starts.

use std::fs;
use std::path::Path;
use std::process::Command;

use skerry_client::Client;
use skerry_test_support::leaks::Baseline;
use skerry_test_support::{Daemon, needs_root};

use crate::steps::{create, start};

async fn cycle(client: &Client) {
    let id = create(client).await.id;
    client.delete_sandbox(&id).await.expect("it is deleted");
}

fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("--archive").args([from, to]).status();
    assert!(status.expect("cp can be run").success());
}

#[tokio::test(flavor = "multi_thread")]
async fn sandboxes_without_a_record_are_swept_whole() {
    needs_root!();
    let mut daemon = Daemon::start().await;
    let store = daemon.data_dir().join("store");
    let backup = daemon.data_dir().with_file_name("backup");
    cycle(daemon.client()).await;
    daemon.kill9();
    copy(&store, &backup);
    daemon.restart().await;
    cycle(daemon.client()).await;
    let baseline = Baseline::take(&daemon);
    let running = create(daemon.client()).await.id;
    let (_stream, _) = start(daemon.client(), &running, "exec sleep 1000000").await;
    let paused = create(daemon.client()).await.id;
    daemon.client().pause_sandbox(&paused).await.expect("it pauses");
    let stopped = create(daemon.client()).await.id;
    daemon.client().stop_sandbox(&stopped, None).await.expect("it stops");
    let held = baseline.difference(&Baseline::take(&daemon));
    for kind in ["cgroup", "process", "network namespace", "descriptor", "file"] {
        assert!(held.lines().any(|line| line.starts_with(kind)), "no {kind} in:\n{held}");
    }

    daemon.kill9();
    // The records are those of before: a backup was restored.
    fs::remove_dir_all(&store).expect("the store is there");
    fs::rename(&backup, &store).expect("the backup is there");
    daemon.restart().await;

    let left = daemon.client().list_sandboxes(Default::default()).await.expect("a list");
    assert!(left.is_empty(), "{left:?}");
    baseline.assert_same(&daemon).await;
}
