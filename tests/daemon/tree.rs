//! Removing a sandbox's tree never crosses a mount.

use std::fs;
use std::path::Path;
use std::process::Command;

use skerry_test_support::{Daemon, Options, eventually, needs_root};

use crate::steps::{create, stdout};

/// Runs a program in the daemon's own mount namespace.
fn in_mounts_of(daemon: &Daemon, program: &[&str]) {
    let target = format!("--target={}", daemon.pid());
    let status = Command::new("nsenter").args([&target, "--mount", "--"]).args(program).status();
    assert!(status.expect("nsenter can be run").success(), "{program:?}");
}

fn path(path: &Path) -> &str {
    path.to_str().expect("paths of tests are UTF-8")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mount_below_a_sandboxs_folder_is_not_entered() {
    needs_root!();
    let options = Options { private_mounts: true, ..Options::default() };
    let mut daemon = Daemon::start_with(options).await;
    let client = &daemon.client().clone();
    let host = tempfile::tempdir().expect("a temporary folder");
    fs::write(host.path().join("precious"), "host").expect("a writable folder");

    let id = create(client).await.id;
    stdout(client, &id, "echo own >/workspace/file").await;
    let sandbox = daemon.data_dir().join("sandboxes").join(&id);
    let below = sandbox.join("upper/workspace/mounted");
    fs::create_dir(&below).expect("the sandbox's disk is a folder");
    in_mounts_of(&daemon, &["mount", "--bind", path(host.path()), path(&below)]);

    client.delete_sandbox(&id).await.expect("it is deleted");
    assert!(!sandbox.exists());
    let trash = daemon.data_dir().join("trash").join(&id);
    eventually("all else is removed", async || {
        (!trash.join("upper/workspace/file").exists()).then_some(())
    })
    .await;
    assert_eq!(fs::read_to_string(host.path().join("precious")).expect("it is kept"), "host");

    in_mounts_of(&daemon, &["umount", path(&trash.join("upper/workspace/mounted"))]);
    daemon.kill9();
    daemon.restart().await;
    eventually("nothing is in the way any more", async || (!trash.exists()).then_some(())).await;
    assert_eq!(fs::read_to_string(host.path().join("precious")).expect("it is kept"), "host");
}
