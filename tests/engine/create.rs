//! Creating: at once, again, slowly, in vain.

use std::time::Duration;

use futures::future::join_all;
use skerry_server::engine::{CreateSandbox, EngineError, Filter};
use skerry_server::model::{LimitsPatch, SandboxState};
use skerry_server::runtime::RuntimeError;
use skerry_server::runtime::fake::{Fault, Step};

use crate::rig::{Host, named};

fn request(id: &str) -> CreateSandbox {
    CreateSandbox { request_id: Some(id.to_owned()), ..Default::default() }
}

#[tokio::test]
async fn a_sandbox_that_was_answered_runs_and_is_on_disk() {
    let host = Host::new();
    let rig = host.open().await;
    let sandbox = rig.create("one").await;
    assert_eq!(sandbox.state, SandboxState::Running);
    assert!(sandbox.start_time.is_some());
    assert_eq!((sandbox.hostname.as_str(), sandbox.image.as_str()), ("one", "host"));
    assert_eq!(rig.engine.get(sandbox.id.as_str()).expect("it is there"), sandbox);
    rig.assert_in_line();
}

#[tokio::test]
async fn without_a_name_it_is_named_by_its_id() {
    let host = Host::new();
    let rig = host.open().await;
    let sandbox = rig.engine.create(CreateSandbox::default()).await.expect("it is made");
    assert_eq!(sandbox.name, sandbox.id.as_str());
    assert!(!sandbox.hostname.contains('_'));
}

#[tokio::test]
async fn a_delete_gets_in_while_a_create_hangs() {
    let host = Host::new();
    let rig = host.open().await;
    rig.fake.order(Step::Create, Fault::Hold);
    let create = tokio::spawn({
        let engine = rig.engine.clone();
        async move { engine.create(named("one")).await }
    });
    rig.reaches("one", SandboxState::Creating).await;
    rig.engine.delete("one").await.expect("it is deleted");
    let created = create.await.expect("no panic");
    assert!(matches!(created, Err(EngineError::Deleted { .. })), "{created:?}");
    rig.assert_empty();
}

#[tokio::test]
async fn creates_with_one_request_id_at_once_make_one_sandbox() {
    let host = Host::new();
    let rig = host.open().await;
    rig.fake.order(Step::Create, Fault::Delay(Duration::from_millis(20)));
    let creates = (0..20).map(|_| rig.engine.create(request("r")));
    let made = join_all(creates).await;
    let first = made[0].as_ref().expect("it is made");
    for sandbox in &made {
        assert_eq!(&sandbox.as_ref().expect("it is made").id, &first.id);
    }
    assert_eq!(rig.fake.calls(Step::Create), 1);
    rig.assert_in_line();
}

#[tokio::test]
async fn a_request_id_with_another_request_is_refused_as_long_as_the_sandbox_lives() {
    let host = Host::new();
    let rig = host.open().await;
    let first = rig.engine.create(request("r")).await.expect("it is made");
    let other = CreateSandbox { env: [("A".into(), "1".into())].into(), ..request("r") };
    let refused = rig.engine.create(other.clone()).await;
    assert!(matches!(refused, Err(EngineError::RequestIdReused)), "{refused:?}");
    assert_eq!(rig.engine.create(request("r")).await.expect("again").id, first.id);
    rig.engine.delete(first.id.as_str()).await.expect("it is deleted");
    let second = rig.engine.create(other).await.expect("it is made");
    assert_ne!(second.id, first.id);
}

#[tokio::test]
async fn of_creates_with_one_name_at_once_one_wins() {
    let host = Host::new();
    let rig = host.open().await;
    let made = join_all((0..20).map(|_| rig.engine.create(named("one")))).await;
    let (won, lost): (Vec<_>, Vec<_>) = made.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for lost in lost {
        assert!(matches!(lost, Err(EngineError::NameTaken { .. })), "{lost:?}");
    }
    rig.assert_in_line();
}

#[tokio::test]
async fn a_create_that_fails_leaves_nothing_and_says_why() {
    let host = Host::new();
    let rig = host.open().await;
    rig.fake.order(Step::Create, Fault::Fail);
    let joined = join_all((0..3).map(|_| rig.engine.create(request("r")))).await;
    for failed in joined {
        let why = matches!(failed, Err(EngineError::Runtime(RuntimeError::Failed { .. })));
        assert!(why, "{failed:?}");
    }
    rig.assert_empty();
    rig.fake.clear(Step::Create);
    rig.create("one").await;
    rig.assert_in_line();
}

#[tokio::test]
async fn a_create_that_panics_leaves_nothing() {
    let host = Host::new();
    let rig = host.open().await;
    rig.fake.order(Step::Create, Fault::Panic);
    let failed = rig.engine.create(named("one")).await;
    assert!(matches!(failed, Err(EngineError::Runtime(_))), "{failed:?}");
    rig.assert_empty();
}

#[tokio::test]
async fn a_caller_that_leaves_does_not_stop_the_making() {
    let host = Host::new();
    let rig = host.open().await;
    rig.fake.order(Step::Create, Fault::Hold);
    tokio::select! {
        made = rig.engine.create(named("one")) => panic!("it is held: {made:?}"),
        _ = rig.reaches("one", SandboxState::Creating) => {}
    }
    rig.fake.clear(Step::Create);
    rig.reaches("one", SandboxState::Running).await;
    rig.assert_in_line();
}

#[tokio::test]
async fn what_is_wrong_with_a_request_changes_nothing() {
    let host = Host::new();
    let rig = host.open().await;
    let unknown = CreateSandbox { image: "nope".to_owned(), ..named("one") };
    let refused = rig.engine.create(unknown).await;
    assert!(matches!(refused, Err(EngineError::UnknownImage(_))), "{refused:?}");
    let limits = LimitsPatch { memory_bytes: Some(0), ..Default::default() };
    let refused = rig.engine.create(CreateSandbox { limits, ..named("one") }).await;
    let field = "limits.memory_bytes";
    assert!(matches!(refused, Err(EngineError::Invalid { field: f, .. }) if f == field));
    assert_eq!(rig.fake.calls(Step::Create), 0);
    rig.assert_empty();
}

#[tokio::test]
async fn deleted_sandboxes_give_their_names_and_ids_back() {
    let host = Host::new();
    let rig = host.open().await;
    let first = rig.create("one").await;
    let second = rig.create("two").await;
    assert_ne!(first.host_uid_base, second.host_uid_base);
    rig.engine.delete("one").await.expect("it is deleted");
    let third = rig.create("one").await;
    assert_eq!(third.host_uid_base, first.host_uid_base);
    rig.assert_in_line();
}

#[tokio::test]
async fn sandboxes_are_listed_in_order_of_creation_a_page_at_a_time() {
    let host = Host::new();
    let rig = host.open().await;
    for name in ["c", "a", "b"] {
        rig.create(name).await;
    }
    let all = rig.engine.list(&Filter::default(), None, 10);
    let names: Vec<_> = all.iter().map(|sandbox| sandbox.name.as_str()).collect();
    assert_eq!(names, ["c", "a", "b"]);
    let page = rig.engine.list(&Filter::default(), Some(&all[0].id), 1);
    assert_eq!(page, [all[1].clone()]);
}
