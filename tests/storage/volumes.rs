//! Volumes.

use skerry_client::v1::{
    BatchDeleteVolumesRequest, CreateSandboxRequest, CreateVolumeRequest, DeleteVolumeRequest,
    GetVolumeRequest, ListVolumesRequest, Retention, UpdateVolumeRequest, Volume,
};
use tonic::Code;

use crate::on_both;
use crate::rig::{Driver, Rig, at, named, own, reason};

on_both!(
    a_volume_is_shared_by_sandboxes_and_outlives_them,
    a_volume_that_was_made_for_a_sandbox_goes_or_stays_as_it_was_asked,
    a_volume_in_use_is_not_deleted_but_by_force,
    a_mount_whose_place_another_sandbox_swaps_stays_inside,
    calls_that_meet_or_are_left_leave_no_half_volume,
    bad_volumes_and_mounts_are_refused_by_their_field,
);

async fn a_volume_is_shared_by_sandboxes_and_outlives_them(driver: Driver) {
    let rig = Rig::start(driver).await;
    let volume = rig.volume("data", 0).await;
    let mounts = vec![at("data", "", false)];
    let one = rig.sandbox(CreateSandboxRequest { mounts, ..named("one") }).await;
    assert_eq!(one.mounts, [at(&volume.id, "/workspace", false)]);
    let mounts = vec![at(&volume.id, "/srv/deep/data", true)];
    rig.sandbox(CreateSandboxRequest { mounts, ..named("two") }).await;

    rig.sh("one", "echo hi >f; chown 33:44 f; chmod 4750 f; ln f g; mkdir d").await;
    let seen = rig.sh("two", "cd /srv/deep/data; stat -c '%u %g %a %h' f; cat g").await;
    assert_eq!(seen, "33 44 4750 2\nhi");
    let (code, said) = rig.run("two", "echo no >/srv/deep/data/f").await;
    assert!(code != 0 && said.contains("Read-only"), "{said}");
    // Each has its own range of host ids, and neither is root outside.
    assert_eq!(rig.sh("one", "stat -c %u:%g /workspace").await, "0:0");

    for name in ["one", "two"] {
        rig.daemon.client().delete_sandbox(name).await.expect("deleted");
    }
    let mounts = vec![at("data", "/mnt", false)];
    rig.sandbox(CreateSandboxRequest { mounts, ..named("three") }).await;
    assert_eq!(rig.sh("three", "cat /mnt/g").await, "hi");
    let get = GetVolumeRequest { volume_id: "data".to_owned() };
    let volume = rig.volumes().get_volume(get).await.expect("it stays").into_inner();
    assert_eq!(volume.sandbox_ids.len(), 1);
}

async fn a_volume_that_was_made_for_a_sandbox_goes_or_stays_as_it_was_asked(driver: Driver) {
    let rig = Rig::start(driver).await;
    let one = rig.sandbox(CreateSandboxRequest { storage: own(0), ..named("one") }).await;
    let mut kept = own(0);
    kept.iter_mut().for_each(|storage| storage.set_retention(Retention::Keep));
    let two = rig.sandbox(CreateSandboxRequest { storage: kept, ..named("two") }).await;
    for name in ["one", "two"] {
        rig.sh(name, "echo own >f").await;
        rig.daemon.client().delete_sandbox(name).await.expect("deleted");
    }
    let list = rig.volumes().list_volumes(ListVolumesRequest::default()).await.expect("a list");
    let left = list.into_inner().volumes;
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0].id, two.mounts[0].volume_id);
    assert_eq!(left[0].owner_id, two.id);
    assert_eq!(rig.trees("volumes"), [two.mounts[0].volume_id.clone()]);
    assert_ne!(one.mounts[0].volume_id, two.mounts[0].volume_id);
    let mounts = vec![at(&left[0].id, "/mnt", false)];
    rig.sandbox(CreateSandboxRequest { mounts, ..named("three") }).await;
    assert_eq!(rig.sh("three", "cat /mnt/f").await, "own");
}

async fn a_volume_in_use_is_not_deleted_but_by_force(driver: Driver) {
    let rig = Rig::start(driver).await;
    rig.volume("used", 0).await;
    rig.volume("free", 0).await;
    let mounts = vec![at("used", "", false)];
    rig.sandbox(CreateSandboxRequest { mounts, ..named("one") }).await;
    rig.daemon.client().stop_sandbox("one", None).await.expect("stopped");

    let volume_ids = ["used", "free", "nothing", "No!"].map(str::to_owned).to_vec();
    let request = BatchDeleteVolumesRequest { volume_ids, force: false };
    let answers = rig.volumes().batch_delete_volumes(request).await.expect("answers");
    let answers: Vec<_> = answers
        .into_inner()
        .answers
        .into_iter()
        .map(|answer| (answer.volume_id, answer.deleted, answer.reason))
        .collect();
    let answer = |id: &str, deleted, reason: &str| (id.to_owned(), deleted, reason.to_owned());
    let wanted = [
        answer("used", false, "VOLUME_IN_USE"),
        answer("free", true, ""),
        answer("nothing", true, ""),
        answer("No!", false, "INVALID_FIELD"),
    ];
    assert_eq!(answers, wanted);

    let delete = |force| DeleteVolumeRequest { volume_id: "used".to_owned(), force };
    let refused = rig.volumes().delete_volume(delete(false)).await.expect_err("it is in use");
    assert_eq!((refused.code(), &*reason(&refused)), (Code::FailedPrecondition, "VOLUME_IN_USE"));
    rig.volumes().delete_volume(delete(true)).await.expect("by force");
    assert!(rig.trees("volumes").is_empty());
    let error = rig.daemon.client().start_sandbox("one").await.expect_err("its volume is gone");
    assert_eq!(error.reason.as_deref(), Some("VOLUME_NOT_FOUND"));
    rig.daemon.client().delete_sandbox("one").await.expect("it can be deleted all the same");
}

/// The volumes that are listed are those that have trees.
async fn are_whole(rig: &Rig) {
    skerry_test_support::eventually("records and trees agree", async || {
        let list = rig.volumes().list_volumes(ListVolumesRequest::default()).await.expect("a list");
        let mut ids: Vec<_> = list.into_inner().volumes.into_iter().map(|one| one.id).collect();
        ids.sort();
        (rig.trees("volumes") == ids).then_some(())
    })
    .await;
}

async fn calls_that_meet_or_are_left_leave_no_half_volume(driver: Driver) {
    let mut rig = Rig::start(driver).await;
    for round in 0..40 {
        let name = format!("met-{round}");
        rig.volume(&name, 0).await;
        let update = UpdateVolumeRequest {
            volume_id: name.clone(),
            volume: Some(Volume::default()),
            update_mask: Some(prost_types::FieldMask { paths: vec!["labels".to_owned()] }),
        };
        let delete = DeleteVolumeRequest { volume_id: name, force: false };
        let (mut updating, mut deleting) = (rig.volumes(), rig.volumes());
        // Whichever comes first, the volume is gone in the end.
        let (_, deleted) =
            tokio::join!(updating.update_volume(update), deleting.delete_volume(delete));
        deleted.expect("deleted");
    }
    for round in 0..40 {
        let name = format!("left-{round}");
        let create = CreateVolumeRequest { name: name.clone(), ..Default::default() };
        let patience = std::time::Duration::from_micros(150 * round);
        let mut calls = rig.volumes();
        if tokio::time::timeout(patience, calls.create_volume(create)).await.is_ok() {
            let delete = DeleteVolumeRequest { volume_id: name, force: false };
            let _ = tokio::time::timeout(patience / 2, calls.delete_volume(delete)).await;
        }
    }
    are_whole(&rig).await;
    rig.daemon.kill9();
    rig.daemon.restart().await;
    are_whole(&rig).await;
    let list = rig.volumes().list_volumes(ListVolumesRequest::default()).await.expect("a list");
    let left = list.into_inner().volumes;
    assert!(left.iter().all(|one| one.name.starts_with("left-")), "{left:?}");
}

async fn bad_volumes_and_mounts_are_refused_by_their_field(driver: Driver) {
    let rig = Rig::start(driver).await;
    rig.volume("data", 0).await;
    for name in ["Data", "-a", "vol_x", "a/b", ".."] {
        let request = CreateVolumeRequest { name: name.to_owned(), ..Default::default() };
        let error = rig.volumes().create_volume(request).await.expect_err(name);
        assert_eq!((error.code(), &*reason(&error)), (Code::InvalidArgument, "INVALID_FIELD"));
    }
    for size_bytes in [-1, 1, (4 << 20) - 1, i64::MIN] {
        let request = CreateVolumeRequest { size_bytes, ..Default::default() };
        let error = rig.volumes().create_volume(request).await.expect_err("too small");
        assert_eq!(error.code(), Code::InvalidArgument, "{size_bytes}");
    }
    let again = CreateVolumeRequest { name: "data".to_owned(), ..Default::default() };
    let error = rig.volumes().create_volume(again).await.expect_err("it is there");
    assert_eq!(reason(&error), "VOLUME_NAME_TAKEN");
    let update = |path: &str| UpdateVolumeRequest {
        volume_id: "data".to_owned(),
        volume: Some(Volume::default()),
        update_mask: Some(prost_types::FieldMask { paths: vec![path.to_owned()] }),
    };
    for path in ["name", "id", "*", ""] {
        let error = rig.volumes().update_volume(update(path)).await.expect_err(path);
        assert_eq!(error.code(), Code::InvalidArgument, "{path}");
    }

    let mounts = |mounts: &[(&str, &str)]| CreateSandboxRequest {
        mounts: mounts.iter().map(|(volume, path)| at(volume, path, false)).collect(),
        ..CreateSandboxRequest::default()
    };
    for (request, wanted) in [
        (mounts(&[("data", "relative")]), "INVALID_FIELD"),
        (mounts(&[("data", "/")]), "INVALID_FIELD"),
        (mounts(&[("data", "/proc/self")]), "INVALID_FIELD"),
        (mounts(&[("data", "/a/../b")]), "INVALID_FIELD"),
        (mounts(&[("data", "/a"), ("data", "/a")]), "INVALID_FIELD"),
        (mounts(&[("data", "/a"); 17]), "INVALID_FIELD"),
        (mounts(&[("nothing", "/a")]), "VOLUME_NOT_FOUND"),
    ] {
        let error = rig.sandboxes().create_sandbox(request).await.expect_err("refused");
        assert_eq!(reason(&error), wanted, "{}", error.message());
    }
    assert!(rig.trees("sandboxes").is_empty());
}

/// The places of mounts are in a volume that another sandbox writes to.
async fn a_mount_whose_place_another_sandbox_swaps_stays_inside(driver: Driver) {
    const SWAPS: &str = "cd /shared; while :; do for to in / /proc /proc/1/root ../../../.. /etc /sys; do \
                         rm -rf in; ln -s $to in; rm -rf in; mkdir in; done; done";
    let rig = Rig::start(driver).await;
    rig.volume("shared", 0).await;
    rig.volume("secret", 0).await;
    let mounts = vec![at("secret", "/workspace", false)];
    rig.sandbox(CreateSandboxRequest { mounts, ..named("filler") }).await;
    rig.sh("filler", "echo secret >mark; echo the-mark >passwd").await;
    let mounts = vec![at("shared", "/shared", false)];
    rig.sandbox(CreateSandboxRequest { mounts, ..named("swapper") }).await;
    let swapping = rig.sh("swapper", &format!("({SWAPS}) >/dev/null 2>&1 & echo $!")).await;
    let host = || std::fs::read_to_string("/proc/self/mountinfo").expect("it is mounted");
    let before = host();
    let mut made = 0;
    for _ in 0..40 {
        let mounts = vec![at("shared", "/data", false), at("secret", "/data/in", false)];
        let victim = CreateSandboxRequest { mounts, ..named("victim") };
        // A place that is no directory at the moment is refused.
        if rig.sandboxes().create_sandbox(victim).await.is_err() {
            continue;
        }
        made += 1;
        let seen = rig.sh("victim", "cat /proc/1/comm; head -c 5 /etc/passwd; ls /sys").await;
        assert!(seen.contains("skerry-init") && seen.contains("root:"), "{seen}");
        assert!(!rig.sh("swapper", "ls -R /shared 2>/dev/null || true").await.contains("mark"));
        rig.daemon.client().delete_sandbox("victim").await.expect("deleted");
    }
    assert!(made > 0, "none was made");
    assert_eq!(host(), before, "no mount got out");
    rig.sh("swapper", &format!("kill {swapping}")).await;
}
