//! The health check of a create.

use skerry_client::v1::{CreateSandboxRequest, HealthCheck, SandboxState};
use skerry_server::runtime::fake::Step;
use skerry_test_support::eventually;

use crate::app::{App, OK};
use crate::stage::Stage;

fn request(check: HealthCheck) -> CreateSandboxRequest {
    let interval = Some(prost_types::Duration { seconds: 0, nanos: 20_000_000 });
    CreateSandboxRequest {
        name: "one".to_owned(),
        request_id: "once".to_owned(),
        health_check: Some(HealthCheck { port: 80, interval, ..check }),
        ..CreateSandboxRequest::default()
    }
}

#[tokio::test]
async fn a_create_answers_when_its_check_has_passed() {
    let stage = Stage::start().await;
    let check = HealthCheck { attempts: 1000, path: "/health".to_owned(), ..Default::default() };
    let (client, asked) = (stage.client.clone(), request(check.clone()));
    let creating = tokio::spawn(async move { client.create_sandbox(asked).await });
    eventually("it is looked at", async || (stage.runtime.calls(Step::Dial) > 2).then_some(()))
        .await;
    assert_eq!(
        stage.client.sandbox("one").await.expect("it works").state(),
        SandboxState::Creating
    );
    // A retry waits with the first.
    let (client, asked) = (stage.client.clone(), request(check));
    let retrying = tokio::spawn(async move { client.create_sandbox(asked).await });
    let app = App::start(OK).await;
    stage.runtime.listen(80, app.address);
    let first = creating.await.expect("it works").expect("it passes");
    let second = retrying.await.expect("it works").expect("it passes");
    assert_eq!((first.state(), &first.id), (SandboxState::Running, &second.id));
    assert!(app.last().starts_with("GET /health HTTP/1.1\r\n"));
}

#[tokio::test]
async fn one_that_does_not_pass_is_deleted_or_says_so() {
    let stage = Stage::start().await;
    let app = App::start("HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n").await;
    stage.runtime.listen(80, app.address);
    let check = HealthCheck { attempts: 3, path: "/".to_owned(), ..Default::default() };
    let deleting = HealthCheck { delete_on_failure: true, ..check.clone() };
    let failed = stage.client.create_sandbox(request(deleting)).await.expect_err("it fails");
    assert_eq!(failed.reason.as_deref(), Some("UNHEALTHY"));
    assert!(failed.message.contains("/ is answered with 500"), "{}", failed.message);
    assert_eq!(app.seen().len(), 3);
    assert_eq!(stage.client.list_sandboxes(Default::default()).await.expect("it works").len(), 0);
    let failed = stage.client.create_sandbox(request(check.clone())).await;
    assert_eq!(failed.expect_err("it fails").reason.as_deref(), Some("UNHEALTHY"));
    let kept = stage.client.create_sandbox(request(check)).await.expect("a retry finds it");
    assert_eq!(kept.state(), SandboxState::Running);
    assert!(kept.state_reason.contains("health check"), "{}", kept.state_reason);
}

#[tokio::test]
async fn a_check_that_a_daemon_did_not_end_is_repeated_by_the_next() {
    let stage = Stage::start().await;
    let check = HealthCheck { attempts: 1000, path: "/health".to_owned(), ..Default::default() };
    let (client, asked) = (stage.client.clone(), request(check.clone()));
    let creating = tokio::spawn(async move { client.create_sandbox(asked).await });
    eventually("it is looked at", async || (stage.runtime.calls(Step::Dial) > 2).then_some(()))
        .await;
    let stage = stage.restart(&[]).await;
    creating.await.expect("it works").expect_err("its daemon is gone");
    eventually("it is looked at again", async || {
        (stage.runtime.calls(Step::Dial) > 2).then_some(())
    })
    .await;
    let found = stage.client.sandbox("one").await.expect("it is there");
    assert_eq!(found.state(), SandboxState::Creating);
    let (client, asked) = (stage.client.clone(), request(check));
    let retrying = tokio::spawn(async move { client.create_sandbox(asked).await });
    let app = App::start(OK).await;
    stage.runtime.listen(80, app.address);
    let retried = retrying.await.expect("it works").expect("it passes");
    assert_eq!((retried.state(), &retried.id), (SandboxState::Running, &found.id));
    assert!(app.last().starts_with("GET /health HTTP/1.1\r\n"));
    let looks = app.seen().len();
    let stage = stage.restart(&[]).await;
    let found = stage.client.sandbox("one").await.expect("it is there");
    assert_eq!((found.state(), app.seen().len()), (SandboxState::Running, looks));
}

#[tokio::test]
async fn one_that_does_not_pass_after_a_restart_is_deleted_as_it_was_asked() {
    let stage = Stage::start().await;
    let check = HealthCheck { attempts: 50, delete_on_failure: true, ..Default::default() };
    let (client, asked) = (stage.client.clone(), request(check));
    let creating = tokio::spawn(async move { client.create_sandbox(asked).await });
    eventually("it is looked at", async || (stage.runtime.calls(Step::Dial) > 2).then_some(()))
        .await;
    let stage = stage.restart(&[]).await;
    creating.await.expect("it works").expect_err("its daemon is gone");
    eventually("it is gone", async || {
        let left = stage.client.list_sandboxes(Default::default()).await.expect("it works");
        left.is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_delete_ends_the_wait() {
    let stage = Stage::start().await;
    let check = HealthCheck { attempts: 1000, ..Default::default() };
    let (client, asked) = (stage.client.clone(), request(check));
    let creating = tokio::spawn(async move { client.create_sandbox(asked).await });
    eventually("it is looked at", async || (stage.runtime.calls(Step::Dial) > 2).then_some(()))
        .await;
    stage.client.delete_sandbox("one").await.expect("it works");
    let ended = creating.await.expect("it works").expect_err("it is gone");
    assert_eq!(ended.reason.as_deref(), Some("SANDBOX_DELETED"));
}

#[tokio::test]
async fn a_bad_check_is_refused_by_its_field() {
    let stage = Stage::start().await;
    let span = |seconds| Some(prost_types::Duration { seconds, nanos: 0 });
    for (check, field) in [
        (HealthCheck { port: 0, ..Default::default() }, "port"),
        (HealthCheck { port: 80, path: "x".to_owned(), ..Default::default() }, "path"),
        (HealthCheck { port: 80, attempts: -1, ..Default::default() }, "attempts"),
        (HealthCheck { port: 80, timeout: span(61), ..Default::default() }, "timeout"),
        (HealthCheck { port: 80, interval: span(0), ..Default::default() }, "interval"),
    ] {
        let health_check = Some(check);
        let request = CreateSandboxRequest { health_check, ..CreateSandboxRequest::default() };
        let refused = stage.client.create_sandbox(request).await.expect_err("it is refused");
        assert_eq!(refused.fields[0].field, format!("health_check.{field}"));
    }
}
