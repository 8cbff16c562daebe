//! What runs out.

use std::time::{Duration, SystemTime};

use skerry_server::engine::{SandboxPatch, TimeoutsPatch};
use skerry_server::model::{OnIdle, SandboxState, Timeouts};
use skerry_server::runtime::fake::{Fault, Step};

use crate::rig::{GRACE, Host, Rig, command, held, with};

const MINUTE: Duration = Duration::from_secs(60);
/// More than the reaper's rounding.
const BIT: Duration = Duration::from_secs(1);

async fn make(rig: &Rig, timeouts: Timeouts) -> String {
    rig.engine.create(with(timeouts)).await.expect("it is made").name
}

#[test]
fn an_idle_sandbox_is_stopped_paused_or_deleted() {
    held(async {
        let host = Host::new();
        let rig = host.open().await;
        let idle = |on_idle| Timeouts { idle: Some(MINUTE), on_idle, ..Default::default() };
        let stop = make(&rig, idle(OnIdle::Stop)).await;
        let pause = make(&rig, idle(OnIdle::Pause)).await;
        let delete = make(&rig, idle(OnIdle::Delete)).await;
        rig.pass(MINUTE - BIT).await;
        for name in [&stop, &pause, &delete] {
            assert_eq!(rig.state(name), Some(SandboxState::Running));
        }
        rig.pass(2 * BIT).await;
        let stopped = rig.reaches(&stop, SandboxState::Stopped).await;
        assert_eq!(stopped.state_reason, "its idle_timeout has run out");
        rig.reaches(&pause, SandboxState::Paused).await;
        rig.goes(&delete).await;
    });
}

#[test]
fn a_call_and_a_running_exec_count_as_work() {
    held(async {
        let host = Host::new();
        let rig = host.open().await;
        let name = make(&rig, Timeouts { idle: Some(MINUTE), ..Default::default() }).await;
        rig.pass(MINUTE / 2).await;
        rig.engine.touch(&name);
        rig.pass(MINUTE - BIT).await;
        assert_eq!(rig.state(&name), Some(SandboxState::Running));
        let process = rig.engine.start_exec(&name, &command(&["sleep"])).await.expect("exec");
        rig.pass(10 * MINUTE).await;
        assert_eq!(rig.state(&name), Some(SandboxState::Running));
        process.signal(15, false).await.expect("signal");
        rig.pass(MINUTE - BIT).await;
        assert_eq!(rig.state(&name), Some(SandboxState::Running), "its end counts as work");
        rig.pass(2 * MINUTE).await;
        rig.reaches(&name, SandboxState::Stopped).await;
    });
}

#[test]
fn what_is_kept_alive_is_idle_from_the_end_of_it_also_for_the_next_daemon() {
    let host = Host::new();
    let name = host.life(async |rig| {
        let name = make(&rig, Timeouts { idle: Some(MINUTE), ..Default::default() }).await;
        let keep = |minutes: u32| rig.engine.keep_alive(&name, Some(minutes * MINUTE));
        keep(10).await.expect("it is kept");
        let kept = keep(5).await.expect("a shorter one changes nothing");
        let left = kept.keep_alive.and_then(|end| end.duration_since(SystemTime::now()).ok());
        assert!(left.is_some_and(|left| left > 9 * MINUTE), "{left:?}");
        rig.pass(11 * MINUTE - BIT).await;
        assert_eq!(rig.state(&name), Some(SandboxState::Running));
        rig.pass(2 * BIT).await;
        rig.reaches(&name, SandboxState::Stopped).await;

        rig.engine.start(&name).await.expect("start");
        rig.engine.keep_alive(&name, None).await.expect("for this moment");
        rig.pass(MINUTE + BIT).await;
        rig.reaches(&name, SandboxState::Stopped).await;
        rig.engine.start(&name).await.expect("start");
        keep(20).await.expect("it is kept");
        name
    });
    host.life(async |rig| {
        rig.pass(19 * MINUTE).await;
        assert_eq!(rig.state(&name), Some(SandboxState::Running));
        rig.pass(3 * MINUTE).await;
        rig.reaches(&name, SandboxState::Stopped).await;
    });
}

#[test]
fn what_is_always_on_is_never_idle_but_does_not_outlive_its_lifetime() {
    held(async {
        let host = Host::new();
        let rig = host.open().await;
        let timeouts = Timeouts {
            idle: Some(MINUTE),
            max_lifetime: Some(100 * MINUTE),
            always_on: true,
            ..Default::default()
        };
        let name = make(&rig, timeouts).await;
        rig.pass(99 * MINUTE).await;
        assert_eq!(rig.state(&name), Some(SandboxState::Running));
        rig.pass(2 * MINUTE).await;
        rig.reaches(&name, SandboxState::Stopped).await;
        rig.engine.start(&name).await.expect("start");
        let off = TimeoutsPatch { always_on: Some(false), ..Default::default() };
        let patch = SandboxPatch { timeouts: off, ..Default::default() };
        rig.engine.update(&name, patch).await.expect("update");
        rig.pass(2 * MINUTE).await;
        rig.reaches(&name, SandboxState::Stopped).await;
    });
}

#[test]
fn a_lifetime_runs_out_whatever_the_sandbox_does() {
    held(async {
        let host = Host::new();
        let rig = host.open().await;
        let timeouts = Timeouts { max_lifetime: Some(10 * MINUTE), ..Default::default() };
        let busy = make(&rig, timeouts.clone()).await;
        let paused = make(&rig, timeouts).await;
        rig.engine.start_exec(&busy, &command(&["sleep"])).await.expect("exec");
        rig.pass(5 * MINUTE).await;
        rig.engine.pause(&paused).await.expect("pause");
        rig.pass(5 * MINUTE - BIT).await;
        assert_eq!(rig.state(&busy), Some(SandboxState::Running));
        assert_eq!(rig.state(&paused), Some(SandboxState::Paused));
        rig.pass(2 * BIT).await;
        let stopped = rig.reaches(&busy, SandboxState::Stopped).await;
        assert_eq!(stopped.state_reason, "its max_lifetime has run out");
        rig.reaches(&paused, SandboxState::Stopped).await;
    });
}

#[test]
fn a_stopped_sandbox_is_deleted_unless_it_is_started() {
    held(async {
        let host = Host::new();
        let rig = host.open().await;
        let timeouts = Timeouts { auto_delete: Some(MINUTE), ..Default::default() };
        let (left, started) = (make(&rig, timeouts.clone()).await, make(&rig, timeouts).await);
        for name in [&left, &started] {
            rig.engine.stop(name, GRACE).await.expect("stop");
        }
        rig.pass(MINUTE / 2).await;
        rig.engine.start(&started).await.expect("start");
        rig.pass(MINUTE / 2 + BIT).await;
        rig.goes(&left).await;
        rig.pass(10 * MINUTE).await;
        assert_eq!(rig.state(&started), Some(SandboxState::Running));
    });
}

#[test]
fn an_update_moves_a_deadline_both_ways() {
    held(async {
        let host = Host::new();
        let rig = host.open().await;
        let name = make(&rig, Timeouts { idle: Some(100 * MINUTE), ..Default::default() }).await;
        let idle = |idle| SandboxPatch {
            timeouts: TimeoutsPatch { idle: Some(idle), ..Default::default() },
            ..Default::default()
        };
        rig.engine.update(&name, idle(Some(MINUTE))).await.expect("update");
        rig.pass(MINUTE + BIT).await;
        rig.reaches(&name, SandboxState::Stopped).await;
        rig.engine.start(&name).await.expect("start");
        rig.engine.update(&name, idle(None)).await.expect("update");
        rig.pass(1000 * MINUTE).await;
        assert_eq!(rig.state(&name), Some(SandboxState::Running));
    });
}

#[test]
fn what_is_due_and_fails_is_asked_again() {
    held(async {
        let host = Host::new();
        let rig = host.open().await;
        let timeouts =
            Timeouts { idle: Some(MINUTE), on_idle: OnIdle::Pause, ..Default::default() };
        let name = make(&rig, timeouts).await;
        rig.fake.order(Step::Pause, Fault::Fail);
        rig.pass(5 * MINUTE).await;
        assert_eq!(rig.state(&name), Some(SandboxState::Running));
        assert!(rig.fake.calls(Step::Pause) >= 2, "{}", rig.fake.calls(Step::Pause));
        rig.fake.clear(Step::Pause);
        rig.pass(MINUTE).await;
        rig.reaches(&name, SandboxState::Paused).await;
    });
}
