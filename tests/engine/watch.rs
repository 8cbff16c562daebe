//! Watching.

use skerry_server::engine::{SandboxChange, WATCH_BACKLOG, WatchEnd};
use skerry_server::model::SandboxState::{self, *};

use crate::rig::{GRACE, Host};

#[tokio::test]
async fn a_watch_tells_what_is_there_then_every_change_in_order() {
    let host = Host::new();
    let rig = host.open().await;
    rig.create("old").await;
    let mut watch = rig.engine.watch().expect("watch");
    let existing = watch.take_existing();
    assert_eq!(existing.len(), 1);
    assert_eq!(existing[0].name, "old");
    rig.create("new").await;
    rig.engine.pause("new").await.expect("pause");
    rig.engine.resume("new").await.expect("resume");
    rig.engine.stop("new", GRACE).await.expect("stop");
    rig.engine.start("new").await.expect("start");
    rig.engine.delete("new").await.expect("delete");
    let mut told: Vec<(SandboxChange, SandboxState)> = Vec::new();
    while told.last().is_none_or(|(change, _)| *change != SandboxChange::Deleted) {
        let event = watch.next().await.expect("a change");
        assert_eq!(event.sandbox.name, "new");
        told.push((event.change, event.sandbox.state));
    }
    let states: Vec<_> = told.iter().map(|(_, state)| *state).collect();
    let lived = [
        Creating, Running, Pausing, Paused, Resuming, Running, Stopping, Stopped, Starting,
        Running, Deleting, Deleting,
    ];
    assert_eq!(states, lived);
    assert_eq!(told[0].0, SandboxChange::Created);
}

#[tokio::test]
async fn a_watcher_that_falls_behind_is_told() {
    let host = Host::new();
    let rig = host.open().await;
    rig.create("one").await;
    let mut slow = rig.engine.watch().expect("watch");
    // A pause and a resume are four changes.
    for _ in 0..=WATCH_BACKLOG / 4 {
        rig.engine.pause("one").await.expect("pause");
        rig.engine.resume("one").await.expect("resume");
    }
    assert_eq!(slow.next().await.map(|_| ()), Err(WatchEnd::Lagged));
    let mut anew = rig.engine.watch().expect("watch");
    assert_eq!(anew.take_existing().len(), 1);
}

#[tokio::test]
async fn a_shutdown_ends_every_watch() {
    let host = Host::new();
    let rig = host.open().await;
    let mut watch = rig.engine.watch().expect("watch");
    rig.engine.shutdown().await;
    assert_eq!(watch.next().await.map(|_| ()), Err(WatchEnd::ShuttingDown));
    assert!(rig.engine.watch().is_err());
}
