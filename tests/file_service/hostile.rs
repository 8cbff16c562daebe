//! What a sandbox may put in a caller's way.

use std::time::{Duration, Instant};

use skerry_client::v1::{CopyFileRequest, CreateSandboxRequest, Limits};
use skerry_test_support::{Daemon, needs_root};

use crate::steps::{create, open, read, reason, script, sh, stat, write, write_with};

/// Longer than any answer takes that does not hang.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn what_would_block_or_answer_without_end_is_not_opened() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    sh(
        client,
        &id,
        "mkfifo fifo; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"socket\")'; \
         ln -s loop loop; ln -s fifo tofifo",
    )
    .await;
    let all = async {
        for path in ["fifo", "tofifo", "socket", "/dev/zero", "/dev/null", "/dev/tty"] {
            assert_eq!(reason(read(client, &id, path).await), "NOT_A_REGULAR_FILE", "{path}");
            let refused = reason(write_with(client, open(&id, path), b"x").await);
            assert_eq!(refused, "NOT_A_REGULAR_FILE", "{path}");
        }
        assert_eq!(reason(read(client, &id, "loop").await), "TOO_MANY_LINKS");
        let sandbox_id = id.clone();
        let (path, to_path) = ("fifo".to_owned(), "copy".to_owned());
        let copy = CopyFileRequest { sandbox_id, path, to_path, ..Default::default() };
        assert_eq!(reason(client.copy_file(copy).await), "NOT_A_REGULAR_FILE");
        let long = format!("/{}", "x".repeat(300));
        assert_eq!(reason(read(client, &id, &long).await), "NAME_TOO_LONG");
        assert_eq!(reason(stat(client, &id, "fifo/x").await), "NOT_A_DIRECTORY");
    };
    tokio::time::timeout(PATIENCE, all).await.expect("nothing hangs");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_out_ends_in_the_sandbox() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    let outside = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(outside.path(), "the host's").expect("written");
    let path = outside.path().to_str().expect("text").to_owned();
    sh(client, &id, "mkdir -p /workspace/a; ln -s / root; ln -s /../../../.. up").await;
    let up = "../".repeat(40);
    for way in [
        path.clone(),
        format!("{up}{path}"),
        format!("root{path}"),
        format!("up{path}"),
        format!("/proc/self/root{path}"),
        format!("/proc/1/root{path}"),
        format!("/proc/self/cwd{path}"),
        format!("/dev/fd/3/..{path}"),
    ] {
        assert!(read(client, &id, &way).await.is_err(), "{way}");
    }
    // Descriptors of the worker itself lead nowhere either.
    for descriptor in 0..64 {
        let way = format!("/proc/self/fd/{descriptor}/etc/shadow");
        assert!(read(client, &id, &way).await.is_err(), "{way}");
    }
    write(client, &id, &format!("{up}tmp/mine"), b"inside").await;
    assert_eq!(sh(client, &id, "cat /tmp/mine").await, "inside");
    assert_eq!(std::fs::read_to_string(outside.path()).expect("there"), "the host's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_at_its_limits_still_answers_about_its_files() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let limits = Limits { memory_bytes: Some(64 << 20), pids: Some(100), ..Limits::default() };
    let request = CreateSandboxRequest { limits: Some(limits), ..Default::default() };
    let id = client.create_sandbox(request).await.expect("made").id;
    write(client, &id, "f", b"here").await;
    let bombs = "sh -c 'b() { b | b & }; b' & python3 -c 'x=[]\nwhile 1: x.append(bytearray(1<<20))' & sleep 100";
    client.start_exec(&id, script(bombs)).await.expect("runs");
    tokio::time::sleep(Duration::from_secs(2)).await;
    let asked = Instant::now();
    tokio::time::timeout(PATIENCE, stat(client, &id, "f"))
        .await
        .expect("an answer")
        .expect("there");
    println!("Stat under a fork bomb and a memory bomb took {:?}", asked.elapsed());
    let asked = Instant::now();
    tokio::time::timeout(PATIENCE, client.delete_sandbox(&id))
        .await
        .expect("an answer")
        .expect("gone");
    println!("Delete took {:?}", asked.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_leaves_nothing() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    let endless = futures::stream::repeat_with(|| Ok(bytes::Bytes::from(vec![7; 1 << 16])));
    let writing = client.write_file(open(&id, "half"), endless);
    assert!(tokio::time::timeout(Duration::from_secs(1), writing).await.is_err());
    let torn = futures::stream::iter([
        Ok(bytes::Bytes::from_static(b"half")),
        Err(std::io::Error::other("torn")),
    ]);
    client.write_file(open(&id, "half"), torn).await.expect_err("torn");
    skerry_test_support::eventually("nothing is left", async || {
        sh(client, &id, "ls -A").await.is_empty().then_some(())
    })
    .await;
}
