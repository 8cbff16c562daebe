//! What a sandbox runs by itself, and what it leaves written.

use std::time::Duration;

use skerry_client::v1::stream_logs_response::Event;
use skerry_client::v1::{
    CreateSandboxRequest, CreateSnapshotRequest, ForkSandboxRequest, MainProcess, Sandbox,
    SandboxState, StreamLogsRequest, Timeouts,
};
use skerry_client::{Client, Code, Error};
use skerry_test_support::{Daemon, eventually, needs_root};

use crate::steps::{create, stdout};

/// What a process has to end by itself.
const PATIENCE: Duration = Duration::from_secs(120);

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn request(script: &str) -> CreateSandboxRequest {
    let main = MainProcess { command: words(&["sh", "-c", script]), ..MainProcess::default() };
    CreateSandboxRequest { main: Some(main), ..CreateSandboxRequest::default() }
}

async fn create_with(client: &Client, script: &str) -> Sandbox {
    client.create_sandbox(request(script)).await.expect("a sandbox")
}

/// What a log has: each run between brackets, standard error in braces.
async fn read(client: &Client, request: StreamLogsRequest) -> Result<String, Error> {
    let mut log = client.logs(request).await?;
    let mut text = String::new();
    while let Some(piece) = log.next().await? {
        let chunk = |data: &[u8]| String::from_utf8_lossy(data).into_owned();
        text += &match piece.event.expect("a piece is something") {
            Event::Started(_) => "[".to_owned(),
            Event::Stdout(piece) => chunk(&piece.data),
            Event::Stderr(piece) => format!("{{{}}}", chunk(&piece.data)),
            Event::Exited(exited) => format!("]{}", exited.exit_code),
            Event::Truncated(_) => "…".to_owned(),
            Event::KeepAlive(_) => String::new(),
        };
    }
    Ok(text)
}

fn of(sandbox: &Sandbox) -> StreamLogsRequest {
    StreamLogsRequest { sandbox_id: sandbox.id.clone(), ..StreamLogsRequest::default() }
}

async fn log(client: &Client, sandbox: &Sandbox) -> String {
    read(client, of(sandbox)).await.expect("a log")
}

async fn log_is(client: &Client, sandbox: &Sandbox, wanted: &str) {
    eventually(&format!("the log is {wanted}"), async || {
        (log(client, sandbox).await == wanted).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_main_process_runs_at_each_start_and_its_log_stays() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    // Debian's sh loses a signal that comes while it starts a program.
    let script = "trap 'echo bye; exit 5' QUIT; echo hello; sleep 0.3; echo oops >&2; sleep 0.3; pwd; sleep 1000 >/dev/null 2>&1 & wait";
    let mut request = request(script);
    request.cwd = "/tmp".to_owned();
    request.main.as_mut().expect("it has one").stop_signal = "SIGQUIT".to_owned();
    let sandbox = client.create_sandbox(request).await.expect("a sandbox");
    log_is(client, &sandbox, "[hello\n{oops\n}/tmp\n").await;
    assert_eq!(stdout(client, &sandbox.id, "pwd").await, "/tmp", "it is that of commands, too");

    // Other tests keep the machine busy.
    client.stop_sandbox(&sandbox.id, Some(PATIENCE)).await.expect("it stops");
    let first = "[hello\n{oops\n}/tmp\nbye\n]5";
    assert_eq!(log(client, &sandbox).await, first);
    let stopped = client.sandbox(&sandbox.id).await.expect("it is there");
    let (old, new) = (sandbox.main.expect("it has one"), stopped.main.expect("it has one"));
    assert_eq!((old.exit_code, new.exit_code), (None, Some(5)));
    assert_eq!(old.exec_id, new.exec_id);

    client.start_sandbox(&sandbox.id).await.expect("it starts");
    let sandbox = client.sandbox(&sandbox.id).await.expect("it is there");
    log_is(client, &sandbox, &format!("{first}[hello\n{{oops\n}}/tmp\n")).await;
    assert_ne!(sandbox.main.as_ref().expect("it has one").exec_id, old.exec_id);

    let fork = ForkSandboxRequest { sandbox_id: sandbox.id.clone(), ..Default::default() };
    let fork = client.fork_sandbox(fork).await.expect("it is forked").remove(0);
    log_is(client, &fork, "[hello\n{oops\n}/tmp\n").await;
    client.delete_sandbox(&sandbox.id).await.expect("it goes");
    let gone = daemon.data_dir().join("logs").join(&sandbox.id);
    assert!(!gone.exists(), "its log goes with it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_outlives_its_main_process() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let sandbox = create_with(client, "echo done; exit 3").await;
    log_is(client, &sandbox, "[done\n]3").await;
    let after = client.sandbox(&sandbox.id).await.expect("it is there");
    assert_eq!(
        (after.state(), after.main.expect("one").exit_code),
        (SandboxState::Running, Some(3))
    );
    assert_eq!(stdout(client, &sandbox.id, "echo on").await, "on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_main_process_that_can_not_be_started_is_told() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let with = |command: &[&str], entrypoint: &[&str], stop_signal: &str| CreateSandboxRequest {
        name: "one".to_owned(),
        main: Some(MainProcess {
            entrypoint: words(entrypoint),
            command: words(command),
            stop_signal: stop_signal.to_owned(),
            ..MainProcess::default()
        }),
        ..CreateSandboxRequest::default()
    };
    for (request, field) in [
        (with(&[], &[], ""), "main.command"),
        (with(&[""], &[], ""), "main.command[0]"),
        (with(&["sh"], &["a\0"], ""), "main.entrypoint[0]"),
        (with(&["sh"], &[], "SIGNOPE"), "main.stop_signal"),
    ] {
        let error = client.create_sandbox(request).await.expect_err("it is refused");
        let fields: Vec<_> = error.fields.iter().map(|one| one.field.as_str()).collect();
        assert_eq!((error.code, fields), (Code::InvalidArgument, vec![field]));
    }
    let request = with(&["no-such-program"], &[], "");
    let error = client.create_sandbox(request).await.expect_err("it is refused");
    assert_eq!(error.reason.as_deref(), Some("COMMAND_NOT_FOUND"));
    let list = client.list_sandboxes(Default::default()).await.expect("a list");
    assert!(list.is_empty(), "nothing of it stays: {list:?}");

    // One that was there once and is gone at the next start.
    let sandbox = create(client).await;
    let error = client.logs(of(&sandbox)).await.expect_err("it has none");
    assert_eq!(error.reason.as_deref(), Some("NO_MAIN_PROCESS"));
    let gone = "cp /bin/sleep /workspace/nap";
    stdout(client, &sandbox.id, gone).await;
    let snapshot = CreateSnapshotRequest { sandbox_id: sandbox.id, ..Default::default() };
    let first = client.create_snapshot(snapshot).await.expect("a snapshot").id;
    let request =
        CreateSandboxRequest { snapshot_id: first, ..with(&["/workspace/nap", "1000"], &[], "") };
    let sandbox = client.create_sandbox(request).await.expect("a sandbox");
    stdout(client, &sandbox.id, "rm /workspace/nap").await;
    client.stop_sandbox(&sandbox.id, None).await.expect("it stops");
    let started = client.start_sandbox(&sandbox.id).await.expect("it starts");
    assert_eq!(started.state(), SandboxState::Running);
    assert!(started.state_reason.contains("/workspace/nap"), "{}", started.state_reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_outlives_daemons_without_a_line_lost_or_doubled() {
    needs_root!();
    let mut daemon = Daemon::start().await;
    let client = daemon.client().clone();
    let script =
        "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo $i; sleep 0.001; done; exec sleep 1000";
    let sandbox = create_with(&client, script).await;
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        daemon.kill9();
        daemon.restart().await;
    }
    let numbers: String = (1..=3000).map(|number| format!("{number}\n")).collect();
    log_is(&client, &sandbox, &format!("[{numbers}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_followed_to_its_end_and_read_in_part() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let script = "seq 1 5; while [ ! -e /workspace/go ]; do sleep 0.02; done; printf 'last'";
    let sandbox = create_with(client, script).await;
    log_is(client, &sandbox, "[1\n2\n3\n4\n5\n").await;
    let follow = StreamLogsRequest { follow: true, tail_lines: Some(2), ..of(&sandbox) };
    let mut log = client.logs(follow).await.expect("a log");
    let piece = log.next().await.expect("a piece").expect("not the end");
    let Some(Event::Stdout(chunk)) = piece.event else { panic!("{piece:?}") };
    assert_eq!(chunk.data, "4\n5\n");
    stdout(client, &sandbox.id, "touch /workspace/go").await;
    let on = StreamLogsRequest { follow: true, position: piece.position, ..of(&sandbox) };
    assert_eq!(read(client, on).await.expect("the rest"), "last]0");
    for (lines, wanted) in
        [(0, ""), (1, "last]0"), (3, "4\n5\nlast]0"), (99, "[1\n2\n3\n4\n5\nlast]0")]
    {
        let tail = StreamLogsRequest { tail_lines: Some(lines), ..of(&sandbox) };
        let text = read(client, tail).await.expect("a log");
        assert_eq!(text, wanted, "{lines}");
    }
    let later = std::time::SystemTime::now() + Duration::from_secs(60);
    let since = StreamLogsRequest { since_time: Some(later.into()), ..of(&sandbox) };
    assert_eq!(read(client, since).await.expect("nothing"), "");
    for (request, field) in [
        (StreamLogsRequest { position: -1, ..of(&sandbox) }, "position"),
        (StreamLogsRequest { position: 3, ..of(&sandbox) }, "position"),
        (StreamLogsRequest { tail_lines: Some(-1), ..of(&sandbox) }, "tail_lines"),
    ] {
        let error = read(client, request).await.expect_err("it is refused");
        assert_eq!((error.code, &*error.fields[0].field), (Code::InvalidArgument, field));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_bounded_and_says_what_is_gone() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let sandbox = create_with(client, "yes 0123456789 | head -c 40000000; echo end").await;
    eventually("it has ended", async || {
        let now = client.sandbox(&sandbox.id).await.expect("it is there");
        now.main.expect("one").exit_code
    })
    .await;
    let text = eventually("its end is there", async || {
        let text = log(client, &sandbox).await;
        text.ends_with("end\n]0").then_some(text)
    })
    .await;
    assert!(text.starts_with('…'), "{}", &text[..20]);
    assert!((8 << 20..17 << 20).contains(&text.len()), "{} bytes", text.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_main_process_is_no_work_of_the_callers() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let idle = prost_types::Duration { seconds: 1, nanos: 0 };
    let request = CreateSandboxRequest {
        timeouts: Some(Timeouts { idle_timeout: Some(idle), ..Timeouts::default() }),
        ..request("exec sleep 1000")
    };
    let sandbox = client.create_sandbox(request).await.expect("a sandbox");
    eventually("it sleeps", async || {
        let list = client.list_sandboxes(Default::default()).await.expect("a list");
        (list[0].state() == SandboxState::Stopped).then_some(())
    })
    .await;
    let stopped = client.sandbox(&sandbox.id).await.expect("it is there");
    assert_eq!(stopped.main.expect("one").exit_code, Some(128 + 15));
}
