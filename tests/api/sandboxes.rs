//! A sandbox's life as the API tells it.

use std::collections::BTreeMap;
use std::time::Duration;

use prost_types::FieldMask;
use skerry_api::v1::watch_sandboxes_response::EventType;
use skerry_api::v1::{
    CreateSandboxRequest, DeleteSandboxRequest, GetSandboxRequest, GetSystemInfoRequest, Limits,
    PauseSandboxRequest, ResumeSandboxRequest, Sandbox, SandboxState, StartSandboxRequest,
    StopSandboxRequest, Timeouts, UpdateSandboxRequest, WatchSandboxesRequest,
    WatchSandboxesResponse,
};
use skerry_server::runtime::fake::{Fault, Step};
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt;

use crate::api::{Api, reason, refused};

/// Longer than anything here takes; a test that hangs ends.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_sandbox_goes_through_its_life() {
    let api = Api::start().await;
    let made = api.create("web").await;
    assert_eq!((made.state(), made.image.as_str()), (SandboxState::Running, "host"));
    assert_eq!(made.runtime, "fake");
    let id = || made.id.clone();
    let mut calls = api.sandboxes();
    let pause = PauseSandboxRequest { sandbox_id: id() };
    let paused = calls.pause_sandbox(pause).await.expect("it pauses").into_inner();
    assert_eq!(paused.state(), SandboxState::Paused);
    let start = StartSandboxRequest { sandbox_id: id() };
    let status = refused(calls.start_sandbox(start).await, Code::FailedPrecondition, "WRONG_STATE");
    let details = status.get_error_details();
    assert_eq!(details.error_info().unwrap().metadata["state"], "SANDBOX_STATE_PAUSED");
    assert_eq!(details.precondition_failure().unwrap().violations[0].subject, made.id);
    let resume = ResumeSandboxRequest { sandbox_id: "web".to_owned() };
    let resumed = calls.resume_sandbox(resume).await.expect("it resumes").into_inner();
    assert_eq!(resumed.state(), SandboxState::Running);
    let stop = StopSandboxRequest { sandbox_id: id(), grace_period: None };
    let stopped = calls.stop_sandbox(stop).await.expect("it stops").into_inner();
    assert_eq!(stopped.state(), SandboxState::Stopped);
    assert!(stopped.stop_time.is_some());
    let start = StartSandboxRequest { sandbox_id: id() };
    let started = calls.start_sandbox(start).await.expect("it starts").into_inner();
    assert_eq!((started.state(), started.stop_time), (SandboxState::Running, None));
    for _ in 0..2 {
        let delete = DeleteSandboxRequest { sandbox_id: id() };
        calls.delete_sandbox(delete).await.expect("it is gone, also the second time");
    }
    let get = GetSandboxRequest { sandbox_id: id() };
    refused(calls.get_sandbox(get).await, Code::NotFound, "SANDBOX_NOT_FOUND");
    assert!(api.runtime.machines().is_empty() && api.runtime.disks().is_empty());
}

#[tokio::test]
async fn a_request_id_makes_one_sandbox_for_the_same_request() {
    let api = Api::start().await;
    let request = |name: &str| CreateSandboxRequest {
        name: name.to_owned(),
        request_id: "once".to_owned(),
        ..Default::default()
    };
    let first = api.sandboxes().create_sandbox(request("a")).await.expect("made").into_inner();
    let again = api.sandboxes().create_sandbox(request("a")).await.expect("found").into_inner();
    assert_eq!(first.id, again.id);
    let other = api.sandboxes().create_sandbox(request("b")).await;
    refused(other, Code::AlreadyExists, "REQUEST_ID_REUSED");
    let taken = CreateSandboxRequest { name: "a".to_owned(), ..Default::default() };
    let taken = api.sandboxes().create_sandbox(taken).await;
    refused(taken, Code::AlreadyExists, "SANDBOX_NAME_TAKEN");
    let api = api.restart().await;
    let after = api.sandboxes().create_sandbox(request("a")).await.expect("found").into_inner();
    assert_eq!(first.id, after.id);
}

#[tokio::test]
async fn an_update_changes_what_the_mask_names() {
    let api = Api::start().await;
    let made = api.create("old").await;
    let sandbox = Sandbox {
        name: "new".to_owned(),
        labels: BTreeMap::from([("a".to_owned(), "b".to_owned())]),
        limits: Some(Limits { pids: Some(77), memory_bytes: Some(64 << 20), ..Limits::default() }),
        timeouts: Some(Timeouts {
            idle_timeout: Some(prost_types::Duration { seconds: 60, nanos: 0 }),
            max_lifetime: Some(prost_types::Duration { seconds: 90, nanos: 0 }),
            ..Default::default()
        }),
        ..Default::default()
    };
    let update = |paths: &[&str]| UpdateSandboxRequest {
        sandbox_id: made.id.clone(),
        sandbox: Some(sandbox.clone()),
        update_mask: Some(FieldMask { paths: paths.iter().map(|path| (*path).into()).collect() }),
    };
    let mut calls = api.sandboxes();
    let request = update(&["name", "limits.pids", "timeouts.idle_timeout"]);
    let updated = calls.update_sandbox(request).await.expect("updated").into_inner();
    assert_eq!((updated.name.as_str(), updated.labels.len()), ("new", 0));
    let (old, new) = (made.limits.unwrap(), updated.limits.unwrap());
    assert_eq!((new.pids, new.memory_bytes), (Some(77), old.memory_bytes));
    let timeouts = updated.timeouts.unwrap();
    assert_eq!(timeouts.idle_timeout.unwrap().seconds, 60);
    assert_eq!(timeouts.max_lifetime, None);
    let updated = calls.update_sandbox(update(&["labels", "limits"])).await.expect("updated");
    let updated = updated.into_inner();
    assert_eq!(updated.labels, sandbox.labels);
    let limits = updated.limits.unwrap();
    assert_eq!((limits.pids, limits.memory_bytes), (Some(77), Some(64 << 20)));
    assert_eq!(limits.cpu_millis, old.cpu_millis);
}

#[tokio::test]
async fn a_failure_of_the_runtime_is_an_internal_error_with_a_reason() {
    let api = Api::start().await;
    api.runtime.order(Step::Create, Fault::Fail);
    let result = api.sandboxes().create_sandbox(CreateSandboxRequest::default()).await;
    refused(result, Code::Internal, "RUNTIME_FAILED");
}

type Events = Streaming<WatchSandboxesResponse>;

async fn watch(api: &Api, request: WatchSandboxesRequest) -> Events {
    api.sandboxes().watch_sandboxes(request).await.expect("it watches").into_inner()
}

async fn next(events: &mut Events) -> (EventType, String) {
    let event = tokio::time::timeout(PATIENCE, events.message()).await.expect("an event in time");
    let event = event.expect("no error").expect("no end");
    let kind = event.r#type();
    (kind, event.sandbox.map(|sandbox| sandbox.name).unwrap_or_default())
}

#[tokio::test]
async fn a_watch_tells_what_is_there_and_then_each_change() {
    let api = Api::start().await;
    api.create("a").await;
    api.create("b").await;
    let mut all = watch(&api, WatchSandboxesRequest::default()).await;
    assert_eq!(next(&mut all).await, (EventType::Existing, "a".to_owned()));
    assert_eq!(next(&mut all).await, (EventType::Existing, "b".to_owned()));
    assert_eq!(next(&mut all).await, (EventType::Current, String::new()));
    let sandbox_id = "b".to_owned();
    let mut one = watch(&api, WatchSandboxesRequest { sandbox_id, ..Default::default() }).await;
    assert_eq!(next(&mut one).await, (EventType::Existing, "b".to_owned()));
    assert_eq!(next(&mut one).await, (EventType::Current, String::new()));
    api.create("c").await;
    let delete = DeleteSandboxRequest { sandbox_id: "b".to_owned() };
    api.sandboxes().delete_sandbox(delete).await.expect("deleted");
    assert_eq!(next(&mut all).await, (EventType::Created, "c".to_owned()));
    loop {
        let (kind, name) = next(&mut all).await;
        match kind {
            EventType::Updated => assert!(["b", "c"].contains(&name.as_str())),
            kind => break assert_eq!((kind, name.as_str()), (EventType::Deleted, "b")),
        }
    }
    loop {
        let (kind, name) = next(&mut one).await;
        assert_eq!(name, "b");
        if kind == EventType::Deleted {
            break;
        }
    }
}

#[tokio::test]
async fn a_watcher_that_does_not_read_is_told_that_it_fell_behind() {
    let api = Api::start().await;
    let sandbox_id = api.create("a").await.id;
    let mut events = watch(&api, WatchSandboxesRequest::default()).await;
    assert_eq!(next(&mut events).await.0, EventType::Existing);
    // Long enough to fill what a connection buffers long before the backlog.
    let labels: BTreeMap<_, _> =
        (0..64).map(|index| (format!("label{index}"), "x".repeat(255))).collect();
    let sandbox = Some(Sandbox { labels, ..Default::default() });
    let update_mask = Some(FieldMask { paths: vec!["labels".to_owned()] });
    for _ in 0..1_500 {
        let (sandbox_id, sandbox) = (sandbox_id.clone(), sandbox.clone());
        let update = UpdateSandboxRequest { sandbox_id, sandbox, update_mask: update_mask.clone() };
        api.sandboxes().update_sandbox(update).await.expect("updated");
    }
    let status = loop {
        match events.message().await {
            Ok(event) => assert!(event.is_some(), "it ended without a word"),
            Err(status) => break status,
        }
    };
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (Code::ResourceExhausted, "WATCH_LAGGED")
    );
}

#[tokio::test]
async fn a_shutdown_ends_a_watch_at_once_and_says_when_to_come_back() {
    let mut api = Api::start().await;
    let mut events = watch(&api, WatchSandboxesRequest::default()).await;
    assert_eq!(next(&mut events).await.0, EventType::Current);
    let (ended, event) = tokio::join!(api.end(), events.message());
    let status: Status = event.expect_err("the stream ends with an error");
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "SHUTTING_DOWN"));
    assert!(status.get_error_details().retry_info().is_some());
    ended
}

#[tokio::test]
async fn system_info_counts_what_is_there() {
    let api = Api::start_with(&["--max-sandboxes", "1"]).await;
    api.create("a").await;
    let info = api.system().get_system_info(GetSystemInfoRequest {}).await;
    let info = info.expect("it tells").into_inner();
    assert_eq!((info.api_version.as_str(), info.runtime.as_str()), ("skerry.v1", "fake"));
    assert_eq!((info.max_sandboxes, info.sandbox_counts.len()), (1, 1));
    assert_eq!(info.sandbox_counts[0].count, 1);
    let more = api.sandboxes().create_sandbox(CreateSandboxRequest::default()).await;
    let status = refused(more, Code::ResourceExhausted, "BOUND_REACHED");
    assert!(status.get_error_details().retry_info().is_some());
}
