//! SIGKILL to the daemon at every named point of what is done to trees: no
//! half object is seen afterwards, and no tree is left.

use skerry_client::v1::{
    CreateSandboxRequest, DeleteSnapshotRequest, DeleteVolumeRequest, ListSnapshotsRequest,
    ListVolumesRequest, SandboxState, Snapshot, SnapshotScope, Storage,
};
use skerry_server::failpoint;
use tonic::Status;

use crate::rig::{Driver, Rig, from, named, own};
use crate::{archives, on_both};

on_both!(death_leaves_no_half_tree,);

/// Shows what the sandbox has been given, as much as there is of it.
const ALL: &str = "cat /root/f /store/f f 2>/dev/null; true";

/// What is done when the daemon dies, by what its points begin with.
const OPERATIONS: [(&str, Operation); 7] = [
    ("copy.", Operation::Fork),
    ("snapshot.", Operation::Snapshot),
    ("snapshot.workspace.", Operation::WorkspaceSnapshot),
    ("snapshot.import.", Operation::Import),
    ("snapshot.delete.", Operation::DeleteSnapshot),
    ("volume.", Operation::Create),
    ("volume.delete.", Operation::DeleteVolume),
];

#[derive(Debug, Clone, Copy)]
enum Operation {
    Fork,
    Snapshot,
    WorkspaceSnapshot,
    Import,
    DeleteSnapshot,
    Create,
    DeleteVolume,
}

/// The operation of a point: that of the longest beginning.
fn operation_of(point: &str) -> Option<Operation> {
    let fitting = OPERATIONS.iter().filter(|(start, _)| point.starts_with(start));
    fitting.max_by_key(|(start, _)| start.len()).map(|(_, operation)| *operation)
}

async fn perform(rig: &Rig, operation: Operation, archive: &[u8]) -> Result<(), String> {
    let id = "target".to_owned();
    let done: Result<(), Status> = match operation {
        Operation::Import => {
            let imported = archives::import(rig.daemon.client(), "new", archive).await;
            return imported.map(drop).map_err(|error| error.to_string());
        }
        Operation::Fork => {
            let request = skerry_client::v1::ForkSandboxRequest {
                sandbox_id: "one".to_owned(),
                count: 2,
                ..Default::default()
            };
            rig.sandboxes().fork_sandbox(request).await.map(drop)
        }
        Operation::Snapshot | Operation::WorkspaceSnapshot => {
            let scope = match operation {
                Operation::WorkspaceSnapshot => SnapshotScope::Workspace,
                _ => SnapshotScope::Disk,
            };
            let request = skerry_client::v1::CreateSnapshotRequest {
                sandbox_id: "one".to_owned(),
                name: "new".to_owned(),
                scope: scope.into(),
                ..Default::default()
            };
            rig.snapshots().create_snapshot(request).await.map(drop)
        }
        Operation::DeleteSnapshot => {
            let request = DeleteSnapshotRequest { snapshot_id: id };
            rig.snapshots().delete_snapshot(request).await.map(drop)
        }
        Operation::Create => {
            let request = CreateSandboxRequest { storage: own(0), ..named("new") };
            rig.sandboxes().create_sandbox(request).await.map(drop)
        }
        Operation::DeleteVolume => {
            let request = DeleteVolumeRequest { volume_id: id, force: false };
            rig.volumes().delete_volume(request).await.map(drop)
        }
    };
    done.map_err(|status| status.to_string())
}

async fn death_leaves_no_half_tree(driver: Driver) {
    let mut rig = Rig::start(driver).await;
    let storage = Some(Storage { path: "/store".to_owned(), ..Storage::default() });
    rig.sandbox(CreateSandboxRequest { storage, ..named("one") }).await;
    rig.sh("one", "echo disk >/root/f; echo volume >/store/f; echo work >f; sync").await;
    ready(&rig).await;
    let archive = archives::export(rig.daemon.client(), "target").await;
    for point in failpoint::ALL {
        let Some(operation) = operation_of(point) else { continue };
        println!("{point}");
        ready(&rig).await;
        rig.daemon.kill9();
        rig.daemon.restart_at(Some(point)).await;
        let cut = perform(&rig, operation, &archive).await;
        rig.daemon.died().await;
        assert!(cut.is_err(), "{point}: answered though the daemon died first");
        rig.daemon.restart().await;
        whole(&rig, point).await;
    }
}

/// A snapshot and a volume to delete.
async fn ready(rig: &Rig) {
    let snapshots = rig.snapshots().list_snapshots(ListSnapshotsRequest::default()).await;
    if !snapshots.expect("a list").into_inner().snapshots.iter().any(|one| one.name == "target") {
        rig.snapshot("one", "target").await;
    }
    let volumes = rig.volumes().list_volumes(ListVolumesRequest::default()).await;
    if !volumes.expect("a list").into_inner().volumes.iter().any(|one| one.name == "target") {
        rig.volume("target", 0).await;
    }
}

/// Every record has its trees, which can be used, and every tree its record.
async fn whole(rig: &Rig, point: &str) {
    let client = rig.daemon.client();
    let one = client.sandbox("one").await.expect("it is not lost");
    assert_eq!(one.state(), SandboxState::Running, "{point}: {}", one.state_reason);
    assert_eq!(rig.sh("one", ALL).await, "disk\nvolume\nwork", "{point}: it is not frozen");
    let others: Vec<_> = client.list_sandboxes(Default::default()).await.expect("a list");
    assert_eq!(others.len(), 1, "{point}: {others:?}");
    assert_eq!(rig.trees("sandboxes"), [one.id], "{point}");

    let volumes = rig.volumes().list_volumes(ListVolumesRequest::default()).await;
    let mut ids: Vec<_> =
        volumes.expect("a list").into_inner().volumes.into_iter().map(|one| one.id).collect();
    ids.sort();
    assert_eq!(rig.trees("volumes"), ids, "{point}");

    let snapshots = rig.snapshots().list_snapshots(ListSnapshotsRequest::default()).await;
    let snapshots = snapshots.expect("a list").into_inner().snapshots;
    let is_disk = |one: &Snapshot| one.scope() == SnapshotScope::Disk;
    let volume = |one: &Snapshot| is_disk(one).then(|| format!("{}.volume", one.id));
    let mut trees: Vec<_> =
        snapshots.iter().flat_map(|one| [Some(one.id.clone()), volume(one)]).flatten().collect();
    trees.sort();
    assert_eq!(rig.trees("snapshots"), trees, "{point}");
    for snapshot in snapshots {
        rig.sandbox(from(&snapshot.id, "made")).await;
        let wanted = if is_disk(&snapshot) { "disk\nvolume\nwork" } else { "work" };
        assert_eq!(rig.sh("made", ALL).await, wanted, "{point}");
        client.delete_sandbox("made").await.expect("deleted");
        if snapshot.name == "new" {
            let request = DeleteSnapshotRequest { snapshot_id: "new".to_owned() };
            rig.snapshots().delete_snapshot(request).await.expect("deleted");
        }
    }
}

#[test]
fn every_point_of_trees_is_tried() {
    let tried = failpoint::ALL.iter().filter(|point| operation_of(point).is_some()).count();
    let starts = ["copy.", "snapshot.", "volume."];
    let there =
        failpoint::ALL.iter().filter(|point| starts.iter().any(|start| point.starts_with(start)));
    assert_eq!(tried, there.count());
}
