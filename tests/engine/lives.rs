//! What happens to a sandbox between its create and its end.

use std::sync::Arc;
use std::time::Duration;

use skerry_server::engine::{EngineError, SandboxPatch};
use skerry_server::model::{LimitsPatch, OnExec, SandboxState};
use skerry_server::runtime::fake::{Fault, Step};
use skerry_server::runtime::{Process, SpawnError};

use crate::rig::{GRACE, Host, command, held};

#[tokio::test]
async fn stop_start_pause_resume_and_their_repetitions() {
    let host = Host::new();
    let rig = host.open().await;
    let base = rig.create("one").await;
    let engine = &rig.engine;
    for _ in 0..2 {
        assert_eq!(engine.pause("one").await.expect("pause").state, SandboxState::Paused);
        assert_eq!(engine.pause("one").await.expect("again").state, SandboxState::Paused);
        let denied = engine.start("one").await;
        assert!(matches!(denied, Err(EngineError::WrongState { .. })), "{denied:?}");
        assert_eq!(engine.resume("one").await.expect("resume").state, SandboxState::Running);
        assert_eq!(engine.resume("one").await.expect("again").state, SandboxState::Running);
        let stopped = engine.stop("one", GRACE).await.expect("stop");
        assert_eq!((stopped.state, stopped.machine), (SandboxState::Stopped, None));
        assert!(stopped.stop_time.is_some());
        assert_eq!(engine.stop("one", GRACE).await.expect("again").state, SandboxState::Stopped);
        let denied = engine.pause("one").await;
        assert!(matches!(denied, Err(EngineError::WrongState { .. })), "{denied:?}");
        let started = engine.start("one").await.expect("start");
        assert_eq!((started.state, started.stop_time), (SandboxState::Running, None));
        assert_eq!(engine.start("one").await.expect("again").state, SandboxState::Running);
        assert_eq!(started.host_uid_base, base.host_uid_base);
    }
    rig.assert_in_line();
}

#[tokio::test]
async fn a_paused_sandbox_can_be_stopped_and_deleted() {
    let host = Host::new();
    let rig = host.open().await;
    for name in ["one", "two"] {
        rig.create(name).await;
        rig.engine.pause(name).await.expect("pause");
    }
    rig.engine.stop("one", GRACE).await.expect("stop");
    rig.engine.delete("two").await.expect("delete");
    assert_eq!(rig.fake.calls(Step::Resume), 1);
    rig.assert_in_line();
}

#[tokio::test]
async fn a_delete_of_what_is_not_there_succeeds() {
    let host = Host::new();
    let rig = host.open().await;
    rig.create("one").await;
    for _ in 0..2 {
        rig.engine.delete("one").await.expect("delete");
    }
    rig.engine.delete("sbx_00000000000000000000000000").await.expect("delete");
    rig.assert_empty();
}

#[tokio::test]
async fn a_delete_gets_in_while_a_stop_hangs() {
    let host = Host::new();
    let rig = host.open().await;
    rig.create("one").await;
    rig.fake.order(Step::Stop, Fault::Hold);
    let stop = tokio::spawn({
        let engine = rig.engine.clone();
        async move { engine.stop("one", GRACE).await }
    });
    rig.reaches("one", SandboxState::Stopping).await;
    let deletes = futures::future::join(rig.engine.delete("one"), rig.engine.delete("one")).await;
    assert!(deletes.0.is_ok() && deletes.1.is_ok());
    let stopped = stop.await.expect("no panic");
    assert!(matches!(stopped, Err(EngineError::Deleted { .. })), "{stopped:?}");
    rig.assert_empty();
}

#[tokio::test]
async fn calls_during_an_action_are_decided_after_it_in_their_order() {
    let host = Host::new();
    let rig = host.open().await;
    rig.create("one").await;
    rig.fake.order(Step::Stop, Fault::Hold);
    let engine = &rig.engine;
    let (stop, start, pause) = tokio::join!(
        engine.stop("one", GRACE),
        async {
            rig.reaches("one", SandboxState::Stopping).await;
            engine.start("one").await
        },
        async {
            rig.reaches("one", SandboxState::Stopping).await;
            let pause = engine.pause("one");
            let clear = async {
                rig.settle().await;
                rig.fake.clear(Step::Stop);
            };
            futures::future::join(pause, clear).await.0
        },
    );
    assert_eq!(stop.expect("stop").state, SandboxState::Stopped);
    assert_eq!(start.expect("start").state, SandboxState::Running);
    assert_eq!(pause.expect("pause").state, SandboxState::Paused);
}

#[tokio::test]
async fn a_machine_that_ends_stops_its_sandbox_and_says_why() {
    let host = Host::new();
    let rig = host.open().await;
    for name in ["one", "two"] {
        rig.create(name).await;
    }
    rig.engine.pause("two").await.expect("pause");
    for name in ["one", "two"] {
        let sandbox = rig.engine.get(name).expect("it is there");
        rig.fake.end(&sandbox.id, "its init was killed");
        let stopped = rig.reaches(name, SandboxState::Stopped).await;
        assert_eq!(stopped.state_reason, "its init was killed");
        assert!(stopped.stop_time.is_some());
    }
    rig.engine.start("one").await.expect("start");
    rig.assert_in_line();
}

#[tokio::test]
async fn a_pause_that_finds_the_machine_ended_stops_the_sandbox() {
    let host = Host::new();
    let rig = host.open().await;
    rig.create("one").await;
    rig.fake.order(Step::Pause, Fault::Gone);
    assert!(rig.engine.pause("one").await.is_err());
    assert_eq!(rig.state("one"), Some(SandboxState::Stopped));
    rig.assert_in_line();
}

#[tokio::test]
async fn a_pause_that_fails_lets_the_sandbox_go_on() {
    let host = Host::new();
    let rig = host.open().await;
    rig.create("one").await;
    rig.fake.order(Step::Pause, Fault::Fail);
    assert!(rig.engine.pause("one").await.is_err());
    assert_eq!(rig.state("one"), Some(SandboxState::Running));
    rig.assert_in_line();
}

#[tokio::test]
async fn a_failed_action_is_said_and_a_start_leads_on() {
    let host = Host::new();
    let rig = host.open().await;
    rig.create("one").await;
    rig.engine.pause("one").await.expect("pause");
    rig.fake.order(Step::Resume, Fault::Fail);
    assert!(rig.engine.resume("one").await.is_err());
    let failed = rig.engine.get("one").expect("it is there");
    assert_eq!(failed.state, SandboxState::Failed);
    assert_eq!(failed.state_reason, "Resume: as ordered");
    let denied = rig.engine.stop("one", GRACE).await;
    assert!(matches!(denied, Err(EngineError::WrongState { .. })), "{denied:?}");
    rig.fake.clear(Step::Resume);
    let started = rig.engine.start("one").await.expect("start");
    assert_eq!((started.state, started.state_reason.as_str()), (SandboxState::Running, ""));
    rig.assert_in_line();
}

#[tokio::test]
async fn a_stop_that_the_machine_refuses_destroys_it() {
    let host = Host::new();
    let rig = host.open().await;
    rig.create("one").await;
    rig.fake.order(Step::Stop, Fault::Fail);
    let stopped = rig.engine.stop("one", GRACE).await.expect("stop");
    assert_eq!(stopped.state, SandboxState::Stopped);
    rig.assert_in_line();
}

#[test]
fn a_delete_that_fails_says_so_and_is_tried_again() {
    held(async {
        let host = Host::new();
        let rig = host.open().await;
        rig.create("one").await;
        rig.fake.order(Step::RemoveDisk, Fault::Fail);
        assert!(rig.engine.delete("one").await.is_err());
        let left = rig.engine.get("one").expect("it is there");
        assert_eq!(left.state, SandboxState::Deleting);
        assert_eq!(left.state_reason, "its delete failed: RemoveDisk: as ordered");
        assert!(rig.engine.start("one").await.is_err());
        rig.fake.clear(Step::RemoveDisk);
        rig.pass(Duration::from_secs(31)).await;
        rig.goes("one").await;
        rig.assert_empty();
    });
}

#[tokio::test]
async fn an_update_changes_all_that_it_names_or_nothing() {
    let host = Host::new();
    let rig = host.open().await;
    let old = rig.create("one").await;
    rig.create("two").await;
    let patch = |name: &str| SandboxPatch {
        name: Some(name.to_owned()),
        labels: Some([("a".to_owned(), "1".to_owned())].into()),
        limits: LimitsPatch { pids: Some(77), ..Default::default() },
        ..Default::default()
    };
    let refused = rig.engine.update("one", patch("two")).await;
    assert!(matches!(refused, Err(EngineError::NameTaken { .. })), "{refused:?}");
    rig.fake.order(Step::SetLimits, Fault::Fail);
    assert!(rig.engine.update("one", patch("three")).await.is_err());
    assert_eq!(rig.engine.get("one").expect("it is there"), old);
    assert!(rig.engine.get("three").is_err());
    rig.fake.clear(Step::SetLimits);
    let new = rig.engine.update("one", patch("three")).await.expect("update");
    assert_eq!((new.name.as_str(), new.limits.pids), ("three", 77));
    assert_eq!(new.labels.len(), 1);
    let machine = rig.fake.machine(&new.id).expect("it runs");
    assert_eq!(machine.limits(), Some(new.limits));
    assert!(rig.engine.get("one").is_err());
    rig.create("one").await;
    rig.assert_in_line();
    let unnamed = SandboxPatch { name: Some(String::new()), ..Default::default() };
    let unnamed = rig.engine.update("three", unnamed).await.expect("update");
    assert_eq!(unnamed.name, unnamed.id.as_str());
}

#[tokio::test]
async fn an_exec_gets_its_environment_and_a_bound() {
    let host = Host::new();
    let rig = host.open().await;
    let sandbox = rig.create("one").await;
    let process = rig.engine.start_exec("one", &command(&["echo", "a"])).await.expect("exec");
    let status = process.wait().await.expect("it ends");
    assert_eq!(status.code, 0);
    let machine = rig.fake.machine(&sandbox.id).expect("it runs");
    let started = machine.started();
    let get = |key: &str| started[0].env().get(key).map(String::as_str);
    assert_eq!((get("HOME"), get("HOSTNAME")), (Some("/root"), Some("one")));
    assert!(rig.engine.process("one", process.id()).is_ok());
    let sleep = command(&["sleep", "1"]);
    for _ in 0..512 {
        rig.engine.start_exec("one", &sleep).await.expect("exec");
    }
    let refused = rig.engine.start_exec("one", &sleep).await.map(|_| ());
    let bound = matches!(refused, Err(EngineError::Spawn(SpawnError::TooManyExecs(_))));
    assert!(bound, "{refused:?}");
    assert_eq!(rig.engine.counts().running_execs, 512);
    let last: Arc<dyn Process> = rig.engine.processes("one").expect("list").pop().expect("some");
    last.signal(9, false).await.expect("signal");
    rig.engine.start_exec("one", &sleep).await.expect("there is room again");
    rig.engine.stop("one", GRACE).await.expect("stop");
    let refused = rig.engine.start_exec("one", &sleep).await.map(|_| ());
    assert!(matches!(refused, Err(EngineError::WrongState { .. })), "{refused:?}");
}

#[tokio::test]
async fn after_a_shutdown_nothing_is_taken_and_machines_go_on() {
    let host = Host::new();
    let rig = host.open().await;
    let sandbox = rig.create("one").await;
    rig.engine.shutdown().await;
    let refused = rig.engine.stop("one", GRACE).await;
    assert!(matches!(refused, Err(EngineError::ShuttingDown)), "{refused:?}");
    assert_eq!(rig.fake.machines(), [sandbox.id]);
}

#[tokio::test]
async fn an_exec_wakes_what_does_not_run_where_that_was_asked_for() {
    let host = Host::new();
    let rig = host.open().await;
    let engine = &rig.engine;
    let mut request = crate::rig::named("sleeper");
    request.on_exec = OnExec::Wake;
    engine.create(request).await.expect("it is made");
    let exec = async || engine.start_exec("sleeper", &command(&["true"])).await;

    engine.stop("sleeper", GRACE).await.expect("stop");
    exec().await.expect("it is started first");
    engine.pause("sleeper").await.expect("pause");
    exec().await.expect("it is resumed first");
    rig.fake.order(Step::Stop, Fault::Hold);
    let late = async {
        rig.reaches("sleeper", SandboxState::Stopping).await;
        let clear = async {
            rig.settle().await;
            rig.fake.clear(Step::Stop);
        };
        tokio::join!(exec(), clear).0
    };
    let (stopped, ran) = tokio::join!(engine.stop("sleeper", GRACE), late);
    stopped.expect("stop");
    ran.expect("it waits for the stop, then starts it");
    assert_eq!(rig.state("sleeper"), Some(SandboxState::Running));

    let patch = SandboxPatch { on_exec: Some(OnExec::Refuse), ..SandboxPatch::default() };
    assert_eq!(engine.update("sleeper", patch).await.expect("update").on_exec, OnExec::Refuse);
    for state in [SandboxState::Paused, SandboxState::Stopped] {
        match state {
            SandboxState::Paused => drop(engine.pause("sleeper").await.expect("pause")),
            _ => drop(engine.stop("sleeper", GRACE).await.expect("stop")),
        }
        let refused = exec().await.map(drop);
        assert!(matches!(refused, Err(EngineError::WrongState { .. })), "{refused:?}");
        assert_eq!(rig.state("sleeper"), Some(state));
    }
    rig.assert_in_line();
}

#[tokio::test]
async fn an_exec_wakes_nothing_that_has_failed() {
    let host = Host::new();
    let rig = host.open().await;
    let mut request = crate::rig::named("broken");
    request.on_exec = OnExec::Wake;
    rig.engine.create(request).await.expect("it is made");
    rig.engine.stop("broken", GRACE).await.expect("stop");
    rig.fake.order(Step::Create, Fault::Fail);
    for _ in 0..2 {
        let failed = rig.engine.start_exec("broken", &command(&["true"])).await.map(drop);
        assert!(failed.is_err(), "{failed:?}");
        assert_eq!(rig.state("broken"), Some(SandboxState::Failed));
    }
    assert_eq!(rig.fake.calls(Step::Create), 2, "one to make it, one to wake it");
}
