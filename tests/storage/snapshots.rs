//! Snapshots.

use skerry_client::v1::{
    CreateSandboxRequest, CreateSnapshotRequest, DeleteSnapshotRequest, ListSnapshotsRequest,
    SandboxState,
};
use tonic::Code;

use crate::on_both;
use crate::rig::{Driver, Rig, from, named, own, reason};

on_both!(
    a_snapshot_of_a_running_sandbox_has_what_was_written_and_nothing_later,
    a_snapshot_is_taken_in_every_state_that_lasts,
    a_snapshot_has_the_sandboxs_own_volume,
    snapshots_are_found_listed_and_deleted,
);

async fn a_snapshot_of_a_running_sandbox_has_what_was_written_and_nothing_later(driver: Driver) {
    let rig = Rig::start(driver).await;
    let env = [("COLOUR".to_owned(), "red".to_owned())].into();
    rig.sandbox(CreateSandboxRequest { env, ..named("one") }).await;
    let fsync = "import os; f=os.open('/root/f', os.O_CREAT|os.O_WRONLY); os.write(f, b'x'*100000); os.fsync(f)";
    rig.sh("one", &format!("python3 -c \"{fsync}\"; rm -rf /var/lib; echo new >/etc/hosts")).await;
    let snapshot = rig.snapshot("one", "before").await;
    assert_eq!((&*snapshot.image, &*snapshot.name), ("host", "before"));
    rig.sh("one", "echo later >/root/later; rm /root/f").await;

    let two = rig.sandbox(from("before", "two")).await;
    assert_eq!(two.snapshot_id, snapshot.id);
    let seen =
        "stat -c %s /root/f; ls -d /var/lib /root/later 2>/dev/null; cat /etc/hosts; echo $COLOUR";
    assert_eq!(rig.sh("two", seen).await, "100000\nnew\nred");
    // The same again: what was made from it has not changed it.
    rig.sh("two", "rm /root/f; echo other >/etc/hosts").await;
    rig.sandbox(from(&snapshot.id, "three")).await;
    assert_eq!(rig.sh("three", seen).await, "100000\nnew\nred");
    // It does not need the sandbox that it is of.
    rig.daemon.client().delete_sandbox("one").await.expect("deleted");
    rig.sandbox(from("before", "four")).await;
    assert_eq!(rig.sh("four", seen).await, "100000\nnew\nred");
}

async fn a_snapshot_is_taken_in_every_state_that_lasts(driver: Driver) {
    let rig = Rig::start(driver).await;
    let client = rig.daemon.client();
    rig.sandbox(named("one")).await;
    rig.sh("one", "echo f >f").await;
    client.pause_sandbox("one").await.expect("paused");
    rig.snapshot("one", "paused").await;
    assert_eq!(client.sandbox("one").await.expect("read").state(), SandboxState::Paused);
    client.resume_sandbox("one").await.expect("resumed");
    client.stop_sandbox("one", None).await.expect("stopped");
    // Its files are served by a machine that nobody sees.
    let stat = skerry_client::v1::StatFileRequest {
        sandbox_id: "one".to_owned(),
        path: "f".to_owned(),
        ..Default::default()
    };
    client.stat_file(stat).await.expect("a stopped disk is read");
    rig.snapshot("one", "stopped").await;
    assert_eq!(client.sandbox("one").await.expect("read").state(), SandboxState::Stopped);
    for name in ["paused", "stopped"] {
        rig.sandbox(from(name, &format!("from-{name}"))).await;
        assert_eq!(rig.sh(&format!("from-{name}"), "cat f").await, "f");
    }
}

async fn a_snapshot_has_the_sandboxs_own_volume(driver: Driver) {
    let rig = Rig::start(driver).await;
    rig.sandbox(CreateSandboxRequest { storage: own(0), ..named("one") }).await;
    rig.sh("one", "echo own >f").await;
    rig.snapshot("one", "s").await;
    rig.sh("one", "echo later >f").await;
    let two = rig.sandbox(from("s", "two")).await;
    assert_eq!(rig.sh("two", "cat f").await, "own");
    assert_eq!(two.mounts[0].path, "/workspace");
    rig.daemon.client().delete_sandbox("two").await.expect("deleted");
    assert_eq!(rig.trees("volumes").len(), 1);
    // An empty one instead, by wish.
    let request = CreateSandboxRequest { storage: own(0), ..from("s", "three") };
    rig.sandbox(request).await;
    assert_eq!(rig.sh("three", "ls").await, "");
}

async fn snapshots_are_found_listed_and_deleted(driver: Driver) {
    let rig = Rig::start(driver).await;
    let one = rig.sandbox(named("one")).await;
    rig.sandbox(named("two")).await;
    for (sandbox, name) in [("one", "b"), ("two", "c"), ("one", "a")] {
        rig.snapshot(sandbox, name).await;
    }
    let again = CreateSnapshotRequest {
        sandbox_id: "two".to_owned(),
        name: "a".to_owned(),
        ..CreateSnapshotRequest::default()
    };
    let error = rig.snapshots().create_snapshot(again).await.expect_err("it is there");
    assert_eq!((error.code(), &*reason(&error)), (Code::AlreadyExists, "SNAPSHOT_NAME_TAKEN"));
    assert_eq!(rig.trees("snapshots").len(), 3);
    let list = ListSnapshotsRequest { sandbox_id: one.id, ..ListSnapshotsRequest::default() };
    let list = rig.snapshots().list_snapshots(list).await.expect("a list").into_inner().snapshots;
    assert_eq!(list.iter().map(|one| &*one.name).collect::<Vec<_>>(), ["a", "b"]);
    for _ in 0..2 {
        let delete = DeleteSnapshotRequest { snapshot_id: "a".to_owned() };
        rig.snapshots().delete_snapshot(delete).await.expect("deleted, or gone already");
    }
    assert_eq!(rig.trees("snapshots").len(), 2);
    let error = rig.sandboxes().create_sandbox(from("a", "x")).await.expect_err("it is gone");
    assert_eq!((error.code(), &*reason(&error)), (Code::NotFound, "SNAPSHOT_NOT_FOUND"));
}
