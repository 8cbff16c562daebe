//! Execs as the API tells them.

use std::time::Duration;

use skerry_api::v1::exec_stream_response::Event;
use skerry_api::v1::{
    ExecInfo, ExecRequest, ExecSpec, ExecState, ExecStreamRequest, GetExecRequest,
    ListExecsRequest, SignalExecRequest, StopSandboxRequest,
};
use tonic::Code;

use crate::api::{Api, reason, refused};

fn spec(words: &[&str]) -> Option<ExecSpec> {
    let command = words.iter().map(|word| (*word).to_owned()).collect();
    Some(ExecSpec { command, ..Default::default() })
}

fn request(words: &[&str], max_output_bytes: i64) -> ExecRequest {
    ExecRequest { sandbox_id: "a".to_owned(), spec: spec(words), max_output_bytes }
}

#[tokio::test]
async fn an_exec_answers_with_its_output_up_to_the_bound() {
    let api = Api::start().await;
    let sandbox = api.create("a").await;
    let answer = api.execs().exec(request(&["echo", "hello"], 0)).await;
    let answer = answer.expect("it runs").into_inner();
    assert_eq!(&answer.stdout[..], b"hello\n");
    assert!(!answer.stdout_truncated && answer.stderr.is_empty());
    assert_eq!(answer.result.unwrap().exit_code, 0);
    let exec = answer.exec.unwrap();
    assert_eq!((exec.sandbox_id.as_str(), exec.state()), (sandbox.id.as_str(), ExecState::Exited));
    assert_eq!((exec.output_start, exec.output_end), (0, 6));
    let cut = api.execs().exec(request(&["echo", "hello"], 3)).await.expect("it runs").into_inner();
    assert_eq!((&cut.stdout[..], cut.stdout_truncated), (&b"hel"[..], true));
}

async fn start_sleep(
    api: &Api,
) -> (ExecInfo, tonic::Streaming<skerry_api::v1::ExecStreamResponse>) {
    let sandbox_id = "a".to_owned();
    let stream = ExecStreamRequest { sandbox_id, spec: spec(&["sleep", "100"]) };
    let mut stream = api.execs().exec_stream(stream).await.expect("it runs").into_inner();
    match stream.message().await.expect("a frame").and_then(|frame| frame.event) {
        Some(Event::Started(info)) => (info, stream),
        other => panic!("not started first: {other:?}"),
    }
}

#[tokio::test]
async fn a_stream_starts_with_started_and_ends_with_exited() {
    let api = Api::start().await;
    api.create("a").await;
    let sandbox_id = "a".to_owned();
    let stream = ExecStreamRequest { sandbox_id, spec: spec(&["echo", "x"]) };
    let mut stream = api.execs().exec_stream(stream).await.expect("it runs").into_inner();
    let mut kinds = Vec::new();
    while let Some(frame) = stream.message().await.expect("no error") {
        kinds.push(match frame.event.expect("every frame is something") {
            Event::Started(_) => "started",
            Event::Stdout(chunk) => {
                assert_eq!((chunk.offset, &chunk.data[..]), (0, &b"x\n"[..]));
                "stdout"
            }
            Event::Exited(result) => {
                assert_eq!(result.exit_code, 0);
                "exited"
            }
            Event::Stderr(_) | Event::KeepAlive(_) | Event::Truncated(_) => "other",
        });
    }
    assert_eq!(kinds, ["started", "stdout", "exited"]);
}

#[tokio::test]
async fn an_exec_goes_on_without_its_caller_and_can_be_signalled() {
    let api = Api::start().await;
    api.create("a").await;
    let (info, stream) = start_sleep(&api).await;
    drop(stream);
    let get = || GetExecRequest { sandbox_id: "a".to_owned(), exec_id: info.id.clone() };
    let exec = api.execs().get_exec(get()).await.expect("it is there").into_inner();
    assert_eq!((exec.state(), exec.result), (ExecState::Running, None));
    let list =
        ListExecsRequest { sandbox_id: "a".to_owned(), running_only: true, ..Default::default() };
    let running = api.execs().list_execs(list).await.expect("a list").into_inner();
    assert_eq!(running.execs.len(), 1);
    let signal = || SignalExecRequest {
        sandbox_id: "a".to_owned(),
        exec_id: info.id.clone(),
        signal: 15,
        process_only: false,
    };
    api.execs().signal_exec(signal()).await.expect("it runs");
    let ended = api.execs().signal_exec(signal()).await;
    refused(ended, Code::FailedPrecondition, "EXEC_ENDED");
    let exec = api.execs().get_exec(get()).await.expect("it is kept").into_inner();
    let result = exec.result.unwrap();
    assert_eq!((result.exit_code, result.signal), (128 + 15, 15));
    let exec_id = format!("exec_{}", "0".repeat(26));
    let unknown = GetExecRequest { sandbox_id: "a".to_owned(), exec_id };
    refused(api.execs().get_exec(unknown).await, Code::NotFound, "EXEC_NOT_FOUND");
}

#[tokio::test]
async fn a_silent_stream_says_that_it_is_alive() {
    let api = Api::start().await;
    api.create("a").await;
    let (_, mut stream) = start_sleep(&api).await;
    // From here on the clock goes to the next timer when all tasks wait.
    tokio::time::pause();
    let before = tokio::time::Instant::now();
    let frame = stream.message().await.expect("no error").and_then(|frame| frame.event);
    assert!(matches!(frame, Some(Event::KeepAlive(_))), "{frame:?}");
    assert!(before.elapsed() <= Duration::from_secs(16), "{:?}", before.elapsed());
}

#[tokio::test]
async fn a_sandbox_that_stops_ends_its_streams() {
    let api = Api::start().await;
    api.create("a").await;
    let (_, mut stream) = start_sleep(&api).await;
    let stop = StopSandboxRequest { sandbox_id: "a".to_owned(), grace_period: None };
    api.sandboxes().stop_sandbox(stop).await.expect("it stops");
    let status = stream.message().await.expect_err("its machine ended");
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Aborted, "SANDBOX_ENDED"));
    let again = api.execs().exec(request(&["true"], 0)).await;
    refused(again, Code::FailedPrecondition, "WRONG_STATE");
}

#[tokio::test]
async fn a_shutdown_ends_a_stream_but_not_its_exec() {
    let mut api = Api::start().await;
    api.create("a").await;
    let (_, mut stream) = start_sleep(&api).await;
    let ((), frame) = tokio::join!(api.end(), stream.message());
    let status = frame.expect_err("the daemon goes down");
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "SHUTTING_DOWN"));
    assert_eq!(api.runtime.machines().len(), 1);
}
