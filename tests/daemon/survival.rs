//! The daemon dies by SIGKILL while commands run.

use skerry_client::ExecEvent;
use skerry_client::v1::{ExecState, SandboxState};
use skerry_test_support::{Daemon, eventually, needs_root};

use crate::steps::{create, start, stdout};

/// Numbers without end, and a copy of the last one.
const COUNTER: &str =
    "i=0; while :; do i=$((i+1)); echo $i; echo $i >/workspace/last; sleep 0.01; done";

#[tokio::test(flavor = "multi_thread")]
async fn an_exec_outlives_the_daemon_and_its_output_is_kept() {
    needs_root!();
    let mut daemon = Daemon::start().await;
    let client = daemon.client().clone();
    let id = create(&client).await.id;
    let (mut stream, exec) = start(&client, &id, COUNTER).await;
    assert!(matches!(stream.next().await, Ok(Some(ExecEvent::Stdout(_)))));
    let before = client.exec_info(&id, &exec).await.expect("the exec");

    daemon.kill9();
    assert!(stream_ends(&mut stream).await, "a stream does not end as if the command had");
    daemon.restart().await;

    assert_eq!(client.sandbox(&id).await.expect("it is there").state(), SandboxState::Running);
    let after = client.exec_info(&id, &exec).await.expect("the exec is known again");
    assert_eq!((after.state(), after.pid), (ExecState::Running, before.pid));
    assert_eq!((&after.spec, &after.start_time), (&before.spec, &before.start_time));
    assert_eq!(after.output_start, 0, "nothing was dropped below the log's bound");
    eventually("output that came without a daemon counts", async || {
        let now = client.exec_info(&id, &exec).await.expect("the exec");
        (now.output_end > before.output_end).then_some(())
    })
    .await;
    let last = stdout(&client, &id, "cat /workspace/last").await;
    eventually("the command goes on", async || {
        (stdout(&client, &id, "cat /workspace/last").await != last).then_some(())
    })
    .await;

    client.signal_exec(&id, &exec, 9).await.expect("it is signalled");
    let ended = eventually("the exec ends", async || {
        let now = client.exec_info(&id, &exec).await.expect("the exec");
        (now.state() == ExecState::Exited).then_some(now)
    });
    assert_eq!(ended.await.result.expect("how it ended").signal, 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exec_that_ends_without_a_daemon_keeps_its_result() {
    needs_root!();
    let mut daemon = Daemon::start().await;
    let client = daemon.client().clone();
    let id = create(&client).await.id;
    let script = "while [ ! -e /workspace/go ]; do sleep 0.01; done; echo gone; exit 7";
    let (_stream, waiting) = start(&client, &id, script).await;
    let (_other, _) = start(&client, &id, "sleep 1; touch /workspace/go").await;
    daemon.kill9();
    // It ends while nobody looks, or right after; either way it is not lost.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    daemon.restart().await;

    let ended = eventually("the exec ends", async || {
        let now = client.exec_info(&id, &waiting).await.expect("the exec is known again");
        (now.state() == ExecState::Exited).then_some(now)
    })
    .await;
    assert_eq!(ended.result.expect("how it ended").exit_code, 7);
    assert_eq!((ended.output_start, ended.output_end), (0, "gone\n".len() as i64));
}

/// Reads to the end; true where that was an error.
async fn stream_ends(stream: &mut skerry_client::ExecStream) -> bool {
    loop {
        match stream.next().await {
            Ok(Some(ExecEvent::Stdout(_) | ExecEvent::Stderr(_))) => {}
            Ok(_) => return false,
            Err(_) => return true,
        }
    }
}
