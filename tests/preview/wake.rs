//! Sandboxes that sleep until somebody asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use skerry_client::v1::{CreateSandboxRequest, OnIdle, Port, Sandbox, SandboxState, Timeouts};
use skerry_server::runtime::fake::{Fault, Step};
use skerry_test_support::eventually;
use tokio::io::AsyncWriteExt;
use tokio::task::JoinSet;

use crate::app::{App, OK};
use crate::stage::{Stage, body, host, read_all, read_until, status};

/// An app that answers, and the stopped sandbox whose public port it is.
async fn asleep(stage: &Stage) -> (App, Sandbox) {
    let app = App::start(OK).await;
    let sandbox = stage.public(&app).await;
    stage.client.stop_sandbox(&sandbox.id, None).await.expect("it works");
    (app, sandbox)
}

#[tokio::test]
async fn a_stopped_sandbox_is_started_once_for_all_who_ask() {
    let stage = Arc::new(Stage::start().await);
    let (_app, sandbox) = asleep(&stage).await;
    let made = stage.runtime.calls(Step::Create);
    stage.runtime.order(Step::Create, Fault::Hold);
    let mut asking = JoinSet::new();
    for _ in 0..200 {
        let (stage, sandbox) = (Arc::clone(&stage), sandbox.clone());
        asking.spawn(async move { status(&stage.get(&sandbox, "/", "").await) });
    }
    // Some of them leave while it wakes.
    let name = host(&sandbox, 80);
    for _ in 0..20 {
        let mut leaving = stage.connect().await;
        let request = format!("GET / HTTP/1.1\r\nHost: {name}\r\n\r\n");
        leaving.write_all(request.as_bytes()).await.expect("it works");
        drop(leaving);
    }
    eventually("it is being started", async || {
        (stage.runtime.calls(Step::Create) > made).then_some(())
    })
    .await;
    stage.runtime.clear(Step::Create);
    while let Some(code) = asking.join_next().await {
        assert_eq!(code.expect("it works"), 200);
    }
    assert_eq!(stage.runtime.calls(Step::Create), made + 1);
}

#[tokio::test]
async fn who_leaves_first_cancels_nothing() {
    let stage = Stage::start().await;
    let (_app, sandbox) = asleep(&stage).await;
    let made = stage.runtime.calls(Step::Create);
    stage.runtime.order(Step::Create, Fault::Hold);
    let mut first = stage.connect().await;
    let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", host(&sandbox, 80));
    first.write_all(request.as_bytes()).await.expect("it works");
    eventually("it is being started", async || {
        (stage.runtime.calls(Step::Create) > made).then_some(())
    })
    .await;
    drop(first);
    stage.runtime.clear(Step::Create);
    eventually("it runs all the same", async || {
        let state = stage.client.sandbox(&sandbox.id).await.expect("it works").state();
        (state == SandboxState::Running).then_some(())
    })
    .await;
    assert_eq!(status(&stage.get(&sandbox, "/", "").await), 200);
    assert_eq!(stage.runtime.calls(Step::Create), made + 1);
}

#[tokio::test]
async fn a_paused_sandbox_is_resumed_and_goes_on() {
    let stage = Stage::start().await;
    let app = App::start(OK).await;
    let sandbox = stage.public(&app).await;
    assert_eq!(status(&stage.get(&sandbox, "/", "").await), 200);
    stage.client.pause_sandbox(&sandbox.id).await.expect("it works");
    let dialled = stage.runtime.calls(Step::Dial);
    assert_eq!(status(&stage.get(&sandbox, "/", "").await), 200);
    assert_eq!(stage.runtime.calls(Step::Resume), 1);
    assert!(stage.runtime.calls(Step::Dial) > dialled, "a connection of before was kept");
}

#[tokio::test]
async fn what_is_dead_stays_dead() {
    let stage = Stage::start().await;
    let (app, sandbox) = asleep(&stage).await;
    stage.runtime.order(Step::Create, Fault::Fail);
    assert!(stage.client.start_sandbox(&sandbox.id).await.is_err());
    stage.runtime.clear(Step::Create);
    let made = stage.runtime.calls(Step::Create);
    let failed = stage.get(&sandbox, "/", "").await;
    assert_eq!(status(&failed), 502);
    assert!(body(&failed).contains("start or delete it"), "{failed}");
    assert_eq!(stage.runtime.calls(Step::Create), made);
    stage.client.delete_sandbox(&sandbox.id).await.expect("it works");
    let deleted = stage.get(&sandbox, "/", "").await;
    assert_eq!(status(&deleted), 404);
    assert_eq!(stage.client.list_sandboxes(Default::default()).await.expect("it works").len(), 0);
    assert!(app.seen().is_empty());
}

#[tokio::test]
async fn a_delete_ends_who_waits() {
    let stage = Arc::new(Stage::start().await);
    let (_app, sandbox) = asleep(&stage).await;
    let made = stage.runtime.calls(Step::Create);
    stage.runtime.order(Step::Create, Fault::Hold);
    let (waiting, asked) = (Arc::clone(&stage), sandbox.clone());
    let waiting = tokio::spawn(async move { status(&waiting.get(&asked, "/", "").await) });
    eventually("it is being started", async || {
        (stage.runtime.calls(Step::Create) > made).then_some(())
    })
    .await;
    stage.client.delete_sandbox(&sandbox.id).await.expect("it works");
    assert_eq!(waiting.await.expect("it works"), 404);
}

#[tokio::test]
async fn a_browser_that_waits_sees_a_page_that_looks_again() {
    let stage = Stage::start().await;
    let (_app, sandbox) = asleep(&stage).await;
    stage.runtime.order(Step::Create, Fault::Hold);
    let browser = "Accept: text/html,*/*;q=0.8\r\nSec-Fetch-Mode: navigate\r\n";
    let page = stage.get(&sandbox, "/", browser).await;
    assert_eq!(status(&page), 503);
    assert!(page.contains("\r\nretry-after: 2\r\n"), "{page}");
    assert!(page.contains("\r\ncache-control: no-store\r\n"), "{page}");
    assert!(page.contains("http-equiv=\"refresh\""), "{page}");
    stage.runtime.clear(Step::Create);
    let answer = stage.get(&sandbox, "/", browser).await;
    assert_eq!((status(&answer), body(&answer)), (200, "hi"));
}

#[tokio::test]
async fn a_request_is_held_until_the_port_listens() {
    let stage = Arc::new(Stage::start().await);
    let sandbox = stage.sandbox(vec![Port { port: 80, public: true, ..Port::default() }]).await;
    let (waiting, asked) = (Arc::clone(&stage), sandbox.clone());
    let waiting = tokio::spawn(async move { waiting.get(&asked, "/", "").await });
    eventually("it is looked for", async || (stage.runtime.calls(Step::Dial) > 2).then_some(()))
        .await;
    let app = App::start(OK).await;
    stage.runtime.listen(80, app.address);
    assert_eq!(status(&waiting.await.expect("it works")), 200);
}

#[tokio::test]
async fn a_port_that_never_listens_is_told_of() {
    let stage = Stage::start_with(&["--preview-wait", "1"]).await;
    let sandbox = stage.sandbox(vec![Port { port: 80, public: true, ..Port::default() }]).await;
    let answer = stage.get(&sandbox, "/", "").await;
    assert_eq!(status(&answer), 502);
    assert!(body(&answer).contains("nothing listens on port 80"), "{answer}");
}

#[tokio::test]
async fn a_port_with_a_path_is_ready_when_that_answers() {
    let stage = Stage::start().await;
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let app = App::with(move |mut stream| {
        let counted = Arc::clone(&counted);
        async move {
            let mut bytes = Vec::new();
            while let Some(request) = crate::app::read_request(&mut stream, &mut bytes).await {
                let health = request.starts_with("GET /health?x=1 HTTP/1.1\r\n");
                let nth = counted.fetch_add(usize::from(health), Ordering::SeqCst);
                let answer = match health && nth < 3 {
                    true => "HTTP/1.1 503 Not yet\r\ncontent-length: 0\r\n\r\n",
                    false => OK,
                };
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        }
    })
    .await;
    stage.runtime.listen(80, app.address);
    let ready_path = "/health?x=1".to_owned();
    let port = Port { port: 80, public: true, ready_path, ..Port::default() };
    let sandbox = stage.sandbox(vec![port]).await;
    assert_eq!(status(&stage.get(&sandbox, "/", "").await), 200);
    assert_eq!(status(&stage.get(&sandbox, "/", "").await), 200);
    assert_eq!(asked.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn an_open_websocket_keeps_a_sandbox_awake_and_its_end_lets_it_sleep() {
    let stage = Stage::start().await;
    let app = App::with(|mut stream| async move {
        let mut bytes = Vec::new();
        if crate::app::read_request(&mut stream, &mut bytes).await.is_some() {
            let head = b"HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
            let _ = stream.write_all(head).await;
            let _ = read_all(&mut stream).await;
        }
    })
    .await;
    stage.runtime.listen(80, app.address);
    let second = prost_types::Duration { seconds: 1, nanos: 0 };
    let timeouts = Timeouts {
        idle_timeout: Some(second),
        on_idle: OnIdle::Pause.into(),
        ..Timeouts::default()
    };
    let request = CreateSandboxRequest {
        ports: vec![Port { port: 80, public: true, ..Port::default() }],
        timeouts: Some(timeouts),
        ..CreateSandboxRequest::default()
    };
    let sandbox = stage.client.create_sandbox(request).await.expect("it works");
    // Watched, since each look at a sandbox is work on it.
    let mut stream = stage.connect().await;
    let upgrade = format!(
        "GET / HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        host(&sandbox, 80)
    );
    stream.write_all(upgrade.as_bytes()).await.expect("it works");
    read_until(&mut stream, "\r\n\r\n").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(stage.runtime.calls(Step::Pause), 0);
    drop(stream);
    eventually("it sleeps", async || (stage.runtime.calls(Step::Pause) == 1).then_some(())).await;
}

#[tokio::test]
async fn who_is_turned_away_neither_wakes_a_sandbox_nor_keeps_it_awake() {
    let stage = Stage::start().await;
    let app = App::start(OK).await;
    let sandbox = stage.private(&app).await;
    stage.client.stop_sandbox(&sandbox.id, None).await.expect("it works");
    let made = stage.runtime.calls(Step::Create);
    assert_eq!(status(&stage.get(&sandbox, "/", "").await), 401);
    assert_eq!(stage.runtime.calls(Step::Create), made);
    assert_eq!(
        stage.client.sandbox(&sandbox.id).await.expect("it works").state(),
        SandboxState::Stopped
    );
}
