//! Removing a sandbox's tree never crosses a mount.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use skerry_test_support::{Daemon, Options, eventually, needs_btrfs, needs_root};

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

/// A daemon with a driver, a sandbox in it, and a host's folder mounted among
/// the sandbox's files.
async fn mounted_below(storage: &str, pool: &str, host: &Path) -> (Daemon, String, PathBuf) {
    fs::write(host.join("precious"), "host").expect("a writable folder");
    let arguments = vec!["--storage".to_owned(), storage.to_owned()];
    let daemon = Daemon::start_with(Options { arguments, ..Options::default() }).await;
    let id = create(daemon.client()).await.id;
    stdout(daemon.client(), &id, "mkdir /workspace/mounted; echo own >/workspace/file").await;
    let sandbox = daemon.data_dir().join(pool).join("sandboxes").join(&id);
    let below = sandbox.join("upper/workspace/mounted");
    in_mounts_of(&daemon, &["mount", "--bind", path(host), path(&below)]);
    (daemon, id, below)
}

fn is_kept(host: &Path) {
    assert_eq!(fs::read_to_string(host.join("precious")).expect("it is kept"), "host");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mount_below_a_sandboxs_folder_is_not_entered() {
    needs_root!();
    let host = tempfile::tempdir().expect("a temporary folder");
    let (mut daemon, id, _) = mounted_below("dir", "", host.path()).await;
    daemon.client().delete_sandbox(&id).await.expect("it is deleted");
    assert!(!daemon.data_dir().join("sandboxes").join(&id).exists());
    let trash = daemon.data_dir().join("trash").join(&id);
    eventually("all else is removed", async || {
        (!trash.join("upper/workspace/file").exists()).then_some(())
    })
    .await;
    is_kept(host.path());

    in_mounts_of(&daemon, &["umount", path(&trash.join("upper/workspace/mounted"))]);
    daemon.kill9();
    daemon.restart().await;
    eventually("nothing is in the way any more", async || (!trash.exists()).then_some(())).await;
    is_kept(host.path());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mount_below_a_sandboxs_subvolume_is_let_go_untouched() {
    needs_root!();
    needs_btrfs!();
    let host = tempfile::tempdir().expect("a temporary folder");
    let (daemon, id, _) = mounted_below("btrfs", "pool", host.path()).await;
    daemon.client().delete_sandbox(&id).await.expect("it is deleted");
    assert!(!daemon.pool().join("sandboxes").join(&id).exists());
    is_kept(host.path());
}
