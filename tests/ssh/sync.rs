//! Trees with rsync.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::steps::{Reach, done, needs, plant, sum, text};

fn rsync(reach: &Reach, words: &[&str]) -> String {
    let options = reach.options(&reach.path("key")).join(" ");
    let mut command = Command::new("timeout");
    command.args(["120", "rsync", "-a", "--delete", "-i", "-e", &format!("ssh {options}")]);
    command.args(words).current_dir(reach.path("")).env_remove("SSH_AUTH_SOCK");
    text(&done(&mut command).stdout)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tree_goes_there_and_back_and_then_nothing_does() {
    needs!("ssh", "rsync");
    let reach = Reach::start().await;
    if reach.look("command -v rsync").await.is_empty() {
        skerry_test_support::skip!("the host image has no rsync");
    }
    plant(&reach.path("tree"));
    symlink("/nowhere", reach.path("tree/link")).expect("linked");
    let there = format!("{}:tree/", reach.place());
    assert!(rsync(&reach, &["tree/", &there]).contains("deep/er/data"));
    assert_eq!(rsync(&reach, &["tree/", &there]), "", "a second run has nothing to do");
    rsync(&reach, &[&there, "back/"]);
    assert_eq!(rsync(&reach, &[&there, "back/"]), "");
    assert_eq!(sum(&reach.path("back")), sum(&reach.path("tree")));
    fs::remove_file(reach.path("tree/empty")).expect("removed");
    fs::write(reach.path("tree/script"), "changed").expect("written");
    let said = rsync(&reach, &["tree/", &there]);
    assert!(said.contains("*deleting   empty") && said.contains("script"), "{said}");
    assert_eq!(reach.look("cat tree/script; ls tree/empty 2>/dev/null").await, "changed");
}
