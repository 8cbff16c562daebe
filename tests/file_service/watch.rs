//! Changes told as they come.

use std::time::Duration;

use skerry_client::FileStream;
use skerry_client::v1::watch_files_response::Event;
use skerry_client::v1::{ChangeKind, WatchFilesRequest, WatchFilesResponse};
use skerry_test_support::{Daemon, needs_root};

use crate::steps::{create, reason, sh};

async fn next(stream: &mut FileStream<WatchFilesResponse>) -> Option<Event> {
    let next = tokio::time::timeout(Duration::from_secs(30), stream.next());
    let message = next.await.expect("something happens").expect("the stream goes on")?;
    message.event
}

/// Changes until one of this kind and path.
async fn until(stream: &mut FileStream<WatchFilesResponse>, kind: ChangeKind, path: &str) {
    loop {
        match next(stream).await {
            Some(Event::Change(change)) if change.kind() == kind && change.path == path => return,
            Some(Event::Change(_)) => {}
            other => panic!("want {kind:?} of {path}, got {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_below_a_directory_are_told_also_in_what_is_made_later() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    sh(client, &id, "mkdir -p w/old").await;
    let request = WatchFilesRequest {
        sandbox_id: id.clone(),
        path: "w".to_owned(),
        recursive: true,
        ..Default::default()
    };
    let mut stream = client.watch_files(request.clone()).await.expect("a watch");
    assert!(matches!(next(&mut stream).await, Some(Event::Watching(_))));
    sh(client, &id, "mkdir -p w/new/deep; echo x >w/new/deep/f; echo x >>w/old/g; mv w/old/g w/h")
        .await;
    until(&mut stream, ChangeKind::Created, "/workspace/w/new").await;
    until(&mut stream, ChangeKind::Created, "/workspace/w/new/deep").await;
    until(&mut stream, ChangeKind::Moved, "/workspace/w/old/g").await;
    sh(client, &id, "echo y >>w/new/deep/f; rm w/h").await;
    until(&mut stream, ChangeKind::Modified, "/workspace/w/new/deep/f").await;
    until(&mut stream, ChangeKind::Removed, "/workspace/w/h").await;
    sh(client, &id, "rm -r w").await;
    until(&mut stream, ChangeKind::Removed, "/workspace/w").await;
    while let Some(event) = next(&mut stream).await {
        assert!(matches!(event, Event::Change(_)), "{event:?}");
    }
    assert_eq!(reason(client.watch_files(request).await), "FILE_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_can_be_told_is_said() {
    needs_root!();
    let daemon = Daemon::start().await;
    let (client, id) = (daemon.client(), create(daemon.client()).await.id);
    let (sandbox_id, path) = (id.clone(), "/tmp".to_owned());
    let request = WatchFilesRequest { sandbox_id, path, ..Default::default() };
    let mut stream = client.watch_files(request).await.expect("a watch");
    assert!(matches!(next(&mut stream).await, Some(Event::Watching(_))));
    // While nobody reads, the kernel's queue of 16,384 fills.
    sh(
        client,
        &id,
        "cd /tmp; for r in 1 2 3 4 5 6; do seq 20000 | xargs touch; seq 20000 | xargs rm; done",
    )
    .await;
    loop {
        match next(&mut stream).await {
            Some(Event::Overflow(_)) => return,
            Some(Event::Change(_)) => {}
            other => panic!("want an overflow, got {other:?}"),
        }
    }
}
