//! Many execs, one after the other and at once, and what bombs inside keep
//! from being answered: nothing.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures::StreamExt;
use skerry_client::Client;
use skerry_client::v1::{CreateSandboxRequest, ExecSpec, Limits, StatFileRequest, TerminalSize};
use skerry_test_support::leaks::{self, Baseline};
use skerry_test_support::{Daemon, eventually, needs_root};

use crate::steps::{create, run, script, start, stdout};

const IN_A_ROW: usize = 10_000;
const AT_ONCE: usize = 200;
/// More than the daemon keeps of those that have ended.
const FLUSH: usize = 400;
/// What a daemon's and an init's memory may differ by: their allocators'
/// slack, not something for each exec.
const SLACK: u64 = 4 << 20;
/// Longer than any answer takes on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Silent execs until nothing is kept of those before.
async fn flush(client: &Client, sandbox: &str) {
    for _ in 0..FLUSH {
        run(client, sandbox, "exit 0").await;
    }
}

async fn zombies(client: &Client, sandbox: &str) -> String {
    let list = "for stat in /proc/[0-9]*/stat; do read -r line <$stat; echo \"$line\"; done 2>/dev/null \
        | sed 's/.*) //' | grep -c ^Z; true";
    stdout(client, sandbox, list).await
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_in_a_row_and_two_hundred_at_once_leave_nothing() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let sandbox = create(client).await.id;
    flush(client, &sandbox).await;
    let baseline = Baseline::take(&daemon);
    let init = leaks::init_of(&daemon.data_dir());
    let memory = || [daemon.pid(), init].map(leaks::kept);
    let before = memory();

    for number in 0..IN_A_ROW {
        let code = i32::try_from(number % 256).expect("small");
        let response = run(client, &sandbox, &format!("exit {code}")).await;
        assert_eq!(response.result.map(|result| result.exit_code), Some(code), "exec {number}");
    }
    let answers = futures::stream::iter(0..AT_ONCE).map(|number| {
        let sandbox = &sandbox;
        async move { stdout(client, sandbox, &format!("sleep 1; echo {number}")).await }
    });
    let answers: Vec<String> = answers.buffered(AT_ONCE).collect().await;
    let wanted: Vec<String> = (0..AT_ONCE).map(|number| number.to_string()).collect();
    assert_eq!(answers, wanted);
    let ids: BTreeSet<_> = client
        .list_execs(&sandbox)
        .await
        .expect("a list")
        .into_iter()
        .map(|exec| exec.id)
        .collect();
    assert!(ids.len() <= FLUSH, "{} execs are kept", ids.len());

    flush(client, &sandbox).await;
    assert_eq!(zombies(client, &sandbox).await, "0");
    flush(client, &sandbox).await;
    baseline.assert_same(&daemon).await;
    let after = memory();
    println!("kept bytes of daemon and init: {before:?} before, {after:?} after");
    for (before, after) in before.iter().zip(after) {
        assert!(after <= before + SLACK, "{before} bytes before, {after} after");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timeout_ends_the_whole_tree() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let sandbox = create(client).await.id;
    let mut spec = script("sleep 1000 & sleep 1000");
    spec.timeout = Some(Duration::from_millis(500).try_into().expect("it fits"));
    spec.grace_period = Some(Duration::from_millis(500).try_into().expect("it fits"));
    let result = client.exec(&sandbox, spec).await.expect("it runs").result.expect("it ended");
    assert!(result.timed_out, "{result:?}");
    assert_eq!(
        stdout(client, &sandbox, "cat /proc/[0-9]*/comm | grep -c '^sleep$'; true").await,
        "0"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn bombs_inside_keep_nothing_from_being_answered() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let limits = Limits { memory_bytes: Some(256 << 20), pids: Some(512), ..Limits::default() };
    let request = CreateSandboxRequest { limits: Some(limits), ..CreateSandboxRequest::default() };
    let sandbox = client.create_sandbox(request).await.expect("a sandbox").id;
    let fork = "bomb() { bomb | bomb & }; bomb; sleep 1000";
    let memory =
        "while :; do python3 -c 'a = bytearray(1 << 34)' 2>/dev/null; tail /dev/zero; done";
    let _bombs = (start(client, &sandbox, fork).await, start(client, &sandbox, memory).await);
    let mut worst = [Duration::ZERO; 2];
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        // A sandbox at its bound of processes can't run another: an answer.
        let exec = timed(client.exec(&sandbox, script("exit 0"))).await;
        let stat = timed(client.stat_file(stat(&sandbox))).await;
        worst = [worst[0].max(exec), worst[1].max(stat)];
    }
    let delete = timed(client.delete_sandbox(&sandbox)).await;
    println!("exec {:?} and stat {:?} at worst, delete {delete:?}", worst[0], worst[1]);
    eventually("nothing is left of it", async || {
        client.sandbox(&sandbox).await.is_err().then_some(())
    })
    .await;
}

fn stat(sandbox: &str) -> StatFileRequest {
    let path = "/etc/passwd".to_owned();
    StatFileRequest { sandbox_id: sandbox.to_owned(), path, ..StatFileRequest::default() }
}

/// How long until an answer, whatever it says.
async fn timed<T>(call: impl Future<Output = T>) -> Duration {
    let started = Instant::now();
    tokio::time::timeout(PATIENCE, call).await.expect("it is answered");
    started.elapsed()
}

/// A command on a terminal has ended; init waits, and does not ask for ever.
#[tokio::test(flavor = "multi_thread")]
async fn an_init_sleeps_when_there_is_nothing_to_do() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let id = create(client).await.id;
    let terminal = Some(TerminalSize { rows: 24, columns: 80 });
    let on_terminal = ExecSpec { terminal, ..script("echo here") };
    let ended = client.exec(&id, on_terminal).await.expect("it runs");
    assert_eq!(ended.stdout, "here\r\n");
    let look = "for _ in $(seq 100); do read -r _ _ state _ </proc/1/stat; \
                [ $state = S ] && exit; sleep 0.01; done; exit 1";
    assert_eq!(stdout(client, &id, look).await, "", "it sleeps at some time");
}
