//! Stop, start, pause, resume.

use std::time::Duration;

use skerry_client::v1::SandboxState;
use skerry_client::{Code, ExecEvent, ExecStream};
use skerry_test_support::{Daemon, eventually, needs_root};

use crate::steps::{create, run, script, start, stdout};

/// Long enough for a process that runs to show it many times over.
const WHILE: Duration = Duration::from_millis(500);
const TICKER: &str = "while :; do echo tick; sleep 0.01; done";

#[tokio::test(flavor = "multi_thread")]
async fn workspace_is_kept_across_stop_and_start_and_processes_are_not() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let id = create(client).await.id;
    assert_eq!(stdout(client, &id, "pwd; echo kept >file").await, "/workspace");
    let (_stream, _) = start(client, &id, "exec sleep 1000000").await;

    let stopped = client.stop_sandbox(&id, Some(Duration::ZERO)).await.expect("it stops");
    assert_eq!(stopped.state(), SandboxState::Stopped);
    let refused = client.exec(&id, script("true")).await.expect_err("nothing runs in it");
    assert_eq!(refused.code, Code::FailedPrecondition);

    let started = client.start_sandbox(&id).await.expect("it starts");
    assert_eq!(started.state(), SandboxState::Running);
    assert_eq!(stdout(client, &id, "cat /workspace/file").await, "kept");
    let sleeping = run(client, &id, "grep -l sleep /proc/[0-9]*/comm").await;
    assert!(sleeping.stdout.is_empty(), "{sleeping:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_sandbox_is_frozen_until_it_resumes() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let id = create(client).await.id;
    let (mut stream, exec) = start(client, &id, TICKER).await;
    next_tick(&mut stream).await;

    let paused = client.pause_sandbox(&id).await.expect("it pauses");
    assert_eq!(paused.state(), SandboxState::Paused);
    // What was on its way when it froze may still arrive.
    while tokio::time::timeout(WHILE, next_tick(&mut stream)).await.is_ok() {}
    let end = client.exec_info(&id, &exec).await.expect("the exec").output_end;
    tokio::time::sleep(WHILE).await;
    assert_eq!(client.exec_info(&id, &exec).await.expect("the exec").output_end, end);
    let refused = client.exec(&id, script("true")).await.expect_err("it is frozen");
    assert_eq!(refused.code, Code::FailedPrecondition);

    let resumed = client.resume_sandbox(&id).await.expect("it resumes");
    assert_eq!(resumed.state(), SandboxState::Running);
    next_tick(&mut stream).await;
    assert_eq!(stdout(client, &id, "echo answers").await, "answers");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_is_deleted_in_every_state_and_twice() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let [running, stopped, paused] =
        [create(client).await.id, create(client).await.id, create(client).await.id];
    client.stop_sandbox(&stopped, None).await.expect("it stops");
    client.pause_sandbox(&paused).await.expect("it pauses");
    for id in [&running, &stopped, &paused] {
        client.delete_sandbox(id).await.expect("it goes");
        client.delete_sandbox(id).await.expect("it is gone already");
        let gone = client.sandbox(id).await.expect_err("it is gone");
        assert_eq!(gone.code, Code::NotFound);
    }
    let folders = daemon.pool().join("sandboxes");
    eventually("their folders are gone", async || {
        let mut left = folders.read_dir().expect("the data directory is there");
        left.next().is_none().then_some(())
    })
    .await;
}

async fn next_tick(stream: &mut ExecStream) {
    match stream.next().await {
        Ok(Some(ExecEvent::Stdout(_))) => {}
        other => panic!("want a tick, got {other:?}"),
    }
}
