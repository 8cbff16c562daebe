//! What a sandbox uses, by the kernel's own counters.

use std::time::{Duration, SystemTime};

use skerry_client::v1::{CreateSandboxRequest, Limits, SandboxState, SandboxStats, Timeouts};
use skerry_client::{Client, Code};
use skerry_test_support::{Daemon, eventually, needs_root};

use crate::steps::{create, run, start, stdout};

const MIB: i64 = 1 << 20;

async fn stats(client: &Client, sandbox: &str) -> SandboxStats {
    client.sandbox_stats(sandbox).await.expect("it is there")
}

fn cpu(stats: &SandboxStats) -> Duration {
    stats.cpu_time.expect("it runs").try_into().expect("no less than nothing")
}

#[tokio::test(flavor = "multi_thread")]
async fn processor_memory_and_processes_are_what_its_commands_take() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let limits = Limits { memory_bytes: Some(256 * MIB), pids: Some(64), ..Limits::default() };
    let request = CreateSandboxRequest { limits: Some(limits), ..CreateSandboxRequest::default() };
    let id = client.create_sandbox(request).await.expect("a sandbox").id;

    let before = stats(client, &id).await;
    assert_eq!((&before.sandbox_id, before.state()), (&id, SandboxState::Running));
    assert_eq!(before.limits.and_then(|limits| limits.memory_bytes), Some(256 * MIB));
    assert_eq!(before.limits.and_then(|limits| limits.pids), Some(64));
    assert_eq!(before.pids, Some(0), "init does not count");
    let network = (before.network_received_bytes, before.network_sent_bytes);
    assert_eq!(network, (None, None), "it has none");
    let now = SystemTime::now();
    let time = SystemTime::try_from(before.time.expect("it is told")).expect("a time");
    assert!(time <= now && now - Duration::from_secs(600) < time, "{time:?} is not {now:?}");

    stdout(client, &id, "python3 -c 'import time\nwhile time.process_time() < 0.5: pass'").await;
    let busy = stats(client, &id).await;
    let took = cpu(&busy).checked_sub(cpu(&before)).expect("it grows");
    assert!(took > Duration::from_millis(450), "{took:?}");

    let hold = "sleep 1000 & sleep 1000 & \
                exec python3 -c 'x = bytearray(b\"x\") * (30 << 20); import time; print(1, flush=True); time.sleep(1000)'";
    let (mut stream, exec) = start(client, &id, hold).await;
    stream.next().await.expect("it says that it has it");
    let holding = stats(client, &id).await;
    let used = holding.memory_used_bytes.expect("it is counted");
    assert!((30 * MIB..=256 * MIB).contains(&used), "{used}");
    let peak = holding.memory_peak_bytes;
    assert!(peak.is_none_or(|peak| peak >= 30 * MIB), "{peak:?}");
    assert_eq!(holding.pids, Some(3));

    client.signal_exec(&id, &exec, 9).await.expect("it runs");
    eventually("its memory and processes are free", async || {
        let now = stats(client, &id).await;
        let less = now.memory_used_bytes.expect("it is counted") <= used - 25 * MIB;
        (less && now.pids == Some(0)).then_some(())
    })
    .await;
    assert!(cpu(&stats(client, &id).await) >= cpu(&busy), "what ended is not forgotten");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_grows_by_what_is_written() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let id = create(client).await.id;
    let before = stats(client, &id).await.disk_used_bytes;
    let record = client.sandbox(&id).await.expect("it is there").disk_used_bytes;
    assert_eq!(before.is_some(), record.is_some(), "both know it or none does");
    run(client, &id, "head -c 20971520 /dev/urandom >big && sync").await;
    if before.is_some() {
        eventually("the disk has counted it", async || {
            let now = stats(client, &id).await.disk_used_bytes.expect("it was counted");
            (now >= 20 * MIB).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_paused_stands_still_and_one_that_is_stopped_has_a_disk_alone() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let id = create(client).await.id;
    let (_stream, _) = start(client, &id, "while :; do :; done").await;
    client.pause_sandbox(&id).await.expect("it pauses");
    let first = stats(client, &id).await;
    // Were it not frozen, this would be long.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let second = stats(client, &id).await;
    assert_eq!(second.state(), SandboxState::Paused);
    assert_eq!(cpu(&first), cpu(&second));
    assert_eq!(second.pids, Some(1));

    client.stop_sandbox(&id, Some(Duration::ZERO)).await.expect("it stops");
    let stopped = stats(client, &id).await;
    assert_eq!(stopped.state(), SandboxState::Stopped);
    assert_eq!((stopped.cpu_time, stopped.memory_used_bytes, stopped.pids), (None, None, None));
    assert_eq!(stopped.memory_peak_bytes, None);
    assert_eq!(stopped.disk_used_bytes.is_some(), second.disk_used_bytes.is_some());

    client.start_sandbox(&id).await.expect("it starts");
    let again = stats(client, &id).await;
    assert!(cpu(&again) < cpu(&second), "it counts from the last start");
    client.delete_sandbox(&id).await.expect("it goes");
    let gone = client.sandbox_stats(&id).await.expect_err("it is gone");
    assert_eq!(gone.reason.as_deref(), Some("SANDBOX_NOT_FOUND"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_goes_on_from_life_to_life_until_the_end() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let id = create(client).await.id;
    for wrong in [Duration::ZERO, Duration::from_millis(99), Duration::from_secs(11)] {
        let refused = client.watch_sandbox_stats(&id, Some(wrong)).await;
        let refused = refused.expect_err("it is out of bounds");
        assert_eq!(
            (refused.code, refused.fields[0].field.as_str()),
            (Code::InvalidArgument, "interval")
        );
    }
    let nobody = client.watch_sandbox_stats("nobody", None).await.expect_err("there is none");
    assert_eq!(nobody.reason.as_deref(), Some("SANDBOX_NOT_FOUND"));

    let interval = Some(Duration::from_millis(100));
    let mut watch = client.watch_sandbox_stats(&id, interval).await.expect("a watch");
    let mut next = async || watch.next().await.map(|stats| stats.expect("it goes on"));
    let first = next().await.expect("at once");
    let second = next().await.expect("again");
    let time =
        |stats: &SandboxStats| SystemTime::try_from(stats.time.expect("told")).expect("a time");
    assert!(time(&second) > time(&first));
    client.stop_sandbox(&id, Some(Duration::ZERO)).await.expect("it stops");
    while next().await.expect("it is there").state() != SandboxState::Stopped {}
    client.start_sandbox(&id).await.expect("it starts");
    while next().await.expect("it is there").state() != SandboxState::Running {}
    client.delete_sandbox(&id).await.expect("it goes");
    let end = loop {
        if let Err(error) = next().await {
            break error;
        }
    };
    assert_eq!(end.reason.as_deref(), Some("SANDBOX_NOT_FOUND"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_looks_all_the_time_does_not_keep_it_from_being_idle() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let idle_timeout = Some(prost_types::Duration { seconds: 2, nanos: 0 });
    let timeouts = Timeouts { idle_timeout, ..Timeouts::default() };
    let request =
        CreateSandboxRequest { timeouts: Some(timeouts), ..CreateSandboxRequest::default() };
    let id = client.create_sandbox(request).await.expect("a sandbox").id;
    let interval = Some(Duration::from_millis(100));
    let _watch = client.watch_sandbox_stats(&id, interval).await.expect("a watch");
    eventually("it is idle and stops", async || {
        (stats(client, &id).await.state() == SandboxState::Stopped).then_some(())
    })
    .await;
}
