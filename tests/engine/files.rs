//! Calls on files: which sandboxes take them, and what serves a stopped one.

use std::time::Duration;

use skerry_server::engine::{Engine, EngineError};
use skerry_server::model::{
    FileEvent, FileInput, FilePath, FileReason, FileRequest, OnIdle, SandboxState, Timeouts,
};
use skerry_server::runtime::fake::{Fault, Step};
use skerry_server::runtime::{FileCall, FileError, RuntimeError};

use crate::rig::{GRACE, Host, command, held, with};

fn path(name: &str) -> FilePath {
    FilePath::new(name).expect("is a path")
}

fn write(name: &str) -> FileRequest {
    FileRequest::Write {
        path: path(name),
        mode: None,
        owner: None,
        append: false,
        create_new: false,
        make_parents: true,
    }
}

async fn all(call: &mut Box<dyn FileCall>) -> Vec<FileEvent> {
    let mut events = Vec::new();
    while let Some(event) = call.next().await.expect("goes well") {
        events.push(event);
    }
    events
}

async fn put(engine: &Engine, sandbox: &str, name: &str, data: &'static str) {
    let mut call = engine.file(sandbox, write(name)).await.expect("begins");
    call.send(FileInput::Data(data.into())).await.expect("is taken");
    call.send(FileInput::End).await.expect("is taken");
    assert_eq!(all(&mut call).await.len(), 1);
}

async fn get(engine: &Engine, sandbox: &str, name: &str) -> Vec<u8> {
    let request = FileRequest::Read { path: path(name), offset: 0, length: None };
    let mut call = engine.file(sandbox, request).await.expect("begins");
    let mut bytes = Vec::new();
    for event in all(&mut call).await {
        if let FileEvent::Data(data) = event {
            bytes.extend_from_slice(&data);
        }
    }
    bytes
}

#[tokio::test]
async fn files_are_there_in_every_settled_state() {
    let host = Host::new();
    let rig = host.open().await;
    let one = rig.create("one").await;
    let engine = &rig.engine;
    put(engine, "one", "f", "running").await;
    engine.pause("one").await.expect("pause");
    assert_eq!(get(engine, "one", "f").await, b"running");
    put(engine, "one", "f", "paused").await;
    engine.stop("one", GRACE).await.expect("stop");
    assert_eq!(get(engine, "one", "f").await, b"paused");
    put(engine, "one", "f", "stopped").await;
    assert_eq!(rig.state("one"), Some(SandboxState::Stopped));
    assert_eq!(engine.get("one").expect("is there").machine, None);
    assert_eq!(rig.fake.machines(), [one.id.clone()], "what serves its disk");
    let denied = engine.start_exec("one", &command(&["true"])).await.err();
    assert!(matches!(denied, Some(EngineError::WrongState { .. })), "{denied:?}");
    // The start does not meet it.
    engine.start("one").await.expect("start");
    assert_eq!(get(engine, "one", "f").await, b"stopped");
    engine.stop("one", GRACE).await.expect("stop");
    assert_eq!(get(engine, "one", "f").await, b"stopped");
    engine.delete("one").await.expect("delete");
    rig.assert_empty();
}

#[tokio::test]
async fn a_failure_keeps_its_reason() {
    let host = Host::new();
    let rig = host.open().await;
    rig.create("one").await;
    let stat = || FileRequest::Stat { path: path("nothing"), follow: true };
    let error = rig.engine.file("one", stat()).await.err();
    let Some(EngineError::File(error)) = error else { panic!("{error:?}") };
    assert_eq!(error.reason(), Some(FileReason::NotFound));
    rig.fake.order(Step::File, Fault::Gone);
    let error = rig.engine.file("one", stat()).await.err();
    let gone = matches!(error, Some(EngineError::File(FileError::Machine(RuntimeError::Gone))));
    assert!(gone, "{error:?}");
    let missing = rig.engine.file("two", stat()).await.err();
    assert!(matches!(missing, Some(EngineError::NotFound { .. })), "{missing:?}");
}

#[test]
fn what_serves_a_stopped_disk_ends_when_it_is_idle() {
    held(async {
        let host = Host::new();
        let rig = host.open().await;
        rig.create("one").await;
        rig.engine.stop("one", GRACE).await.expect("stop");
        put(&rig.engine, "one", "f", "x").await;
        assert_eq!(rig.fake.machines().len(), 1);
        // A call that goes on keeps it.
        let call = rig.engine.file("one", write("g")).await.expect("begins");
        rig.pass(Duration::from_secs(60)).await;
        assert_eq!(rig.fake.machines().len(), 1);
        drop(call);
        rig.pass(Duration::from_secs(60)).await;
        rig.assert_in_line();
        assert_eq!(get(&rig.engine, "one", "f").await, b"x");
        // One that has ended by itself is made anew.
        let id = rig.engine.get("one").expect("is there").id;
        rig.fake.end(&id, "killed");
        assert_eq!(get(&rig.engine, "one", "f").await, b"x");
        rig.engine.shutdown().await;
        assert_eq!(rig.fake.machines(), []);
    });
}

#[test]
fn a_crash_while_a_stopped_disk_is_served_leaves_nothing() {
    let host = Host::new();
    host.life(async |rig| {
        rig.create("one").await;
        rig.engine.stop("one", GRACE).await.expect("stop");
        put(&rig.engine, "one", "f", "x").await;
        assert_eq!(rig.fake.machines().len(), 1);
    });
    host.life(async |rig| {
        rig.assert_in_line();
        assert_eq!(get(&rig.engine, "one", "f").await, b"x");
        rig.engine.delete("one").await.expect("delete");
        rig.assert_empty();
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn starts_and_calls_at_once_never_meet() {
    let host = Host::new();
    let rig = host.open().await;
    rig.create("one").await;
    rig.engine.stop("one", GRACE).await.expect("stop");
    put(&rig.engine, "one", "f", "x").await;
    for _ in 0..50 {
        let calls = (0..8).map(|_| {
            let engine = rig.engine.clone();
            tokio::spawn(async move {
                let request = FileRequest::Stat { path: path("f"), follow: true };
                match engine.file("one", request).await {
                    Ok(_)
                    | Err(EngineError::WrongState { .. })
                    | Err(EngineError::File(FileError::Machine(RuntimeError::Gone))) => {}
                    Err(other) => panic!("{other}"),
                }
            })
        });
        let calls: Vec<_> = calls.collect();
        rig.engine.start("one").await.expect("start");
        for call in calls {
            call.await.expect("no panic");
        }
        rig.engine.stop("one", GRACE).await.expect("stop");
    }
    rig.engine.start("one").await.expect("start");
    rig.assert_in_line();
}

#[test]
fn a_call_on_files_counts_as_work() {
    held(async {
        let host = Host::new();
        let rig = host.open().await;
        let idle = Some(Duration::from_secs(60));
        let timeouts = Timeouts { idle, on_idle: OnIdle::Stop, ..Timeouts::default() };
        let one = rig.engine.create(with(timeouts)).await.expect("create");
        for _ in 0..5 {
            rig.pass(Duration::from_secs(40)).await;
            put(&rig.engine, &one.name, "f", "x").await;
        }
        assert_eq!(rig.state(&one.name), Some(SandboxState::Running));
        rig.pass(Duration::from_secs(70)).await;
        assert_eq!(rig.state(&one.name), Some(SandboxState::Stopped));
    });
}
