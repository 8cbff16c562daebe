//! Files with sftp and scp.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::steps::{Reach, done, ended, fed, needs, noise, plant, sum, text};

/// Runs commands of sftp; `-b -` ends at the first that fails.
fn sftp(reach: &Reach, commands: &str) -> (Option<i32>, String) {
    let mut command = reach.program("sftp");
    command.args(["-q", "-b", "-"]).arg(reach.place());
    let output = fed(&mut command, commands.as_bytes());
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_every_command() {
    needs!("sftp");
    let reach = Reach::start().await;
    let data = noise(5_000_000);
    fs::write(reach.path("data"), &data).expect("written");
    let (code, said) = sftp(
        &reach,
        "pwd\nmkdir d\ncd d\nput data\nput data other\nls -l\nrename other new\nchmod 640 new\n\
         chown 1000 new\nchgrp 1000 new\nsymlink new link\nln -s /nowhere dangling\n\
         get new copy\nget link by-link\nrm data\nls -1\nmkdir e\nrmdir e\ndf\n",
    );
    // df is an extension that is not served: the batch ends there.
    assert_eq!(code, Some(1), "{said}");
    for wanted in ["Remote working directory: /workspace", "\nnew\n", "\nlink\n", "\ndangling\n"] {
        assert!(said.contains(wanted), "{wanted:?} in {said}");
    }
    assert!(!said.contains("\ndata\n"), "{said}");
    for copy in ["copy", "by-link"] {
        assert_eq!(fs::read(reach.path(copy)).expect("it came"), data, "{copy}");
    }
    let look = "cd d; stat -c '%a %u:%g %s' new; readlink link dangling; ls";
    assert_eq!(
        reach.look(look).await,
        "640 1000:1000 5000000\nnew\n/nowhere\ndangling\nlink\nnew\n"
    );
    fs::write(reach.path("partial"), &data[..2_000_000]).expect("written");
    let (code, said) = sftp(&reach, "reget d/new partial\n");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(fs::read(reach.path("partial")).expect("it came"), data);
    reach.look("head -c 1000 d/new > d/short").await;
    let (code, said) = sftp(&reach, "reput data d/short\n");
    assert_eq!(code, Some(0), "{said}");
    let sums = reach.look("sha256sum < d/new; sha256sum < d/short").await;
    let lines: Vec<&str> = sums.lines().collect();
    assert_eq!(lines[0], lines[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_done_is_said() {
    needs!("sftp");
    let reach = Reach::start().await;
    reach.look("mkdir full; echo 1 > full/one; echo 2 > two; mkfifo fifo").await;
    for (command, why) in [
        ("get nothing", "not found"),
        ("rmdir full", "ailure"),
        ("rmdir two", "ailure"),
        ("rm full", "ailure"),
        ("get fifo", "not a regular file"),
        ("cd two", "not a directory"),
        ("mkdir two", "ailure"),
        ("ls nothing", "not found"),
    ] {
        let (code, said) = sftp(&reach, &format!("{command}\n"));
        assert!(code == Some(1) && said.contains(why), "{command}: {code:?} {said}");
    }
    // Many names come page by page.
    reach.look("mkdir many; cd many; seq 1 1234 | xargs touch").await;
    let (code, said) = sftp(&reach, "ls -1 many\n");
    assert_eq!(
        (code, said.lines().filter(|line| line.starts_with("many/")).count()),
        (Some(0), 1234)
    );
    // A name that is no text is shown, and never taken for another.
    reach.look("printf raw > \"$(printf 'n\\377')\"; printf other > n").await;
    let (code, said) = sftp(&reach, "ls -1\nget n\n");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(fs::read(reach.path("n")).expect("it came"), b"other");
    let (code, said) = sftp(&reach, "get n\u{fffd}\n");
    assert!(code == Some(1), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_path_leaves_the_sandbox() {
    needs!("sftp", "scp");
    let reach = Reach::start().await;
    reach
        .look("echo of-the-sandbox > /etc/skerry-marker; ln -s / root; ln -s ../../../../etc up")
        .await;
    let marker = std::path::Path::new("/etc/skerry-marker");
    assert!(!marker.exists(), "a leftover of this test");
    for path in [
        "../../../../etc/skerry-marker",
        "/../../etc/skerry-marker",
        "root/etc/skerry-marker",
        "up/skerry-marker",
    ] {
        let (code, said) = sftp(&reach, &format!("get {path} got\n"));
        assert_eq!(code, Some(0), "{path}: {said}");
        let got = fs::read_to_string(reach.path("got")).expect("it came");
        assert_eq!(got, "of-the-sandbox\n", "{path}");
        fs::remove_file(reach.path("got")).expect("removed");
    }
    fs::write(reach.path("mine"), "put there").expect("written");
    let place = format!("{}:../../../../tmp/skerry-put", reach.place());
    done(reach.program("scp").args(["mine", &place]));
    assert_eq!(reach.look("cat /tmp/skerry-put").await, "put there");
    assert!(!std::path::Path::new("/tmp/skerry-put").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn scp_copies_trees_both_ways() {
    needs!("scp");
    let reach = Reach::start().await;
    plant(&reach.path("tree"));
    let sums = sum(&reach.path("tree"));
    for (round, protocol) in ["-s", "-O"].iter().enumerate() {
        let there = format!("{}:tree{round}", reach.place());
        done(reach.program("scp").args([protocol, "-rp", "tree", &there]));
        let back = format!("back{round}");
        done(reach.program("scp").args([protocol, "-rp", &there, &back]));
        assert_eq!(sum(&reach.path(&back)), sums, "{protocol}");
    }
    symlink("/nowhere", reach.path("tree/link")).expect("linked");
    let mode = fs::metadata(reach.path("tree/script")).expect("there").permissions().mode();
    assert_eq!(
        reach.look("stat -c %a tree0/script; tree0/script").await,
        format!("{:o}\nran\n", mode & 0o777)
    );
    let missing = format!("{}:no-such-file", reach.place());
    let (code, _, said) = ended(reach.program("scp").args([&missing, "here"]));
    assert!(code == Some(1) && said.contains("no-such-file"), "{said}");
}
