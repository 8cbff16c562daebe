//! Sessions end when they must, and leave nothing.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use skerry_test_support::eventually;

use crate::steps::{Reach, needs, public};

const SLEEP: &str = "sleep 1000 & setsid sleep 1000 & sleep 1000";

/// Starts a session that lasts and waits until it runs.
async fn lasting(reach: &Reach, mut command: Command) -> Child {
    let child = command.stdin(Stdio::piped()).spawn().expect("it can be run");
    eventually("the session runs", async || {
        let sleeping = reach.look("pgrep -c sleep").await;
        (sleeping.trim() == "3").then_some(())
    })
    .await;
    child
}

async fn nothing_is_left(reach: &Reach) {
    eventually("all that it started is gone", async || {
        let sleeping = reach.look("pgrep -c sleep").await;
        (sleeping.trim() == "0" && reach.running().await == 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_killed_leaves_nothing() {
    needs!("ssh", "pgrep");
    let reach = Reach::start().await;
    for tty in ["-T", "-tt"] {
        let mut command = reach.program("ssh");
        command.arg(tty).arg(reach.place()).arg(SLEEP);
        // Past `timeout`, which would go on without it.
        let mut direct = Command::new("ssh");
        direct.args(command.get_args().skip(2)).current_dir(reach.path(""));
        let mut child = lasting(&reach, direct).await;
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        nothing_is_left(&reach).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_an_access_or_a_key_ends_its_sessions() {
    needs!("ssh", "ssh-keygen", "pgrep");
    let reach = Reach::start().await;
    let mut child = lasting(&reach, reach.ssh(&[SLEEP])).await;
    reach.client().delete_ssh_access(&reach.access.id).await.expect("deleted");
    assert_eq!(child.wait().expect("it ends").code(), Some(255));
    nothing_is_left(&reach).await;
    let refused = reach.ssh(&["true"]).output().expect("it can be run");
    assert_eq!(refused.status.code(), Some(255));

    let key = reach.new_key("ed25519", &[]);
    let made = reach.client().create_ssh_key(&public(&key), "").await.expect("let in");
    let mut command = reach.program_with("ssh", &key);
    command.arg(reach.place()).arg(SLEEP);
    let mut child = lasting(&reach, command).await;
    reach.client().delete_ssh_key(&made.id).await.expect("deleted");
    assert_eq!(child.wait().expect("it ends").code(), Some(255));
    nothing_is_left(&reach).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_that_goes_down_takes_its_sessions_along_and_keeps_its_key() {
    needs!("ssh", "ssh-keygen", "pgrep");
    let mut reach = Reach::start().await;
    let key = reach.new_key("ed25519", &[]);
    reach.client().create_ssh_key(&public(&key), "").await.expect("let in");
    let mut child = lasting(&reach, reach.ssh(&[SLEEP])).await;
    reach.daemon.terminate().await;
    assert_eq!(child.wait().expect("it ends").code(), Some(255));
    reach.daemon.restart().await;
    nothing_is_left(&reach).await;
    let accesses = reach.client().list_ssh_accesses(Some(&reach.sandbox)).await.expect("a list");
    assert_eq!(accesses.len(), 1, "an access outlives its daemon");
    // Another port, and so another line; the same key in it.
    let hour = Some(Duration::from_secs(60));
    let again = reach.client().create_ssh_access(&reach.sandbox, hour, None).await.expect("made");
    let host_key = |line: &str| line.split_once(' ').expect("two words").1.to_owned();
    assert_eq!(host_key(&again.known_hosts_line), host_key(&reach.made.known_hosts_line));
    reach.access = again.access.expect("an access");
    std::fs::write(reach.path("known_hosts"), again.known_hosts_line).expect("written");
    assert_eq!(reach.sh("echo again"), "again\n");
    let mut command = reach.program_with("ssh", &key);
    command.arg(reach.place()).arg("true");
    assert!(command.status().expect("it can be run").success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_that_is_deleted_takes_its_accesses_along() {
    needs!("ssh", "pgrep");
    let reach = Reach::start().await;
    let mut child = lasting(&reach, reach.ssh(&[SLEEP])).await;
    reach.client().delete_sandbox(&reach.sandbox).await.expect("deleted");
    assert_ne!(child.wait().expect("it ends").code(), Some(0));
    assert!(reach.client().list_ssh_accesses(None).await.expect("a list").is_empty());
    assert_eq!(reach.ssh(&["true"]).status().expect("it can be run").code(), Some(255));
}
