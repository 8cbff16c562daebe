//! Sizes of disks and volumes: held where the driver can, refused where not.

use skerry_client::v1::{
    CreateSandboxRequest, CreateVolumeRequest, Limits, UpdateVolumeRequest, Volume,
};
use skerry_test_support::{needs_btrfs, needs_root};
use tonic::Code;

use crate::rig::{Driver, Rig, at, named, own, reason};

const TWENTY: i64 = 20 << 20;
/// Writes 50 MiB.
const FILL: &str = "dd if=/dev/zero of=$d/big bs=1M count=50 2>&1";

fn is_full(said: &str) -> bool {
    said.contains("Disk quota exceeded") || said.contains("No space left on device")
}

fn disk(bytes: i64) -> Option<Limits> {
    Some(Limits { disk_bytes: Some(bytes), ..Limits::default() })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_and_a_volume_stop_at_their_size_and_go_on_when_it_grows() {
    needs_root!();
    needs_btrfs!();
    let rig = Rig::start(Driver::Btrfs).await;
    rig.volume("data", TWENTY).await;
    let mounts = vec![at("data", "/data", false)];
    let request = CreateSandboxRequest { mounts, limits: disk(TWENTY), ..named("one") };
    rig.sandbox(request).await;
    rig.sandbox(named("other")).await;
    for place in ["/root", "/data"] {
        let fill = format!("d={place}; {FILL}");
        let (code, said) = rig.run("one", &fill).await;
        assert!(code != 0 && is_full(&said), "{place}: {said}");
        let size: i64 =
            rig.sh("one", &format!("stat -c %s {place}/big")).await.parse().expect("a size");
        assert!((10 << 20..=TWENTY).contains(&size), "{place}: {size}");
    }
    rig.sh("other", &format!("d=/root; {FILL}")).await;
    assert_eq!(rig.sh("one", "echo still answers").await, "still answers");

    // Names are counted, too: there is no other way out.
    rig.sh("one", "rm /root/big /data/big; sync").await;
    let many = "i=0; while [ $i -lt 300000 ]; do : >/data/a-long-name-to-fill-it-with-$i || exit 9; \
                i=$((i+1)); done";
    let (code, said) = rig.run("one", many).await;
    assert!(code != 0 && is_full(&said), "{code} {said}");
    rig.sh("one", "rm -rf /data/*; sync").await;

    let grown = UpdateVolumeRequest {
        volume_id: "data".to_owned(),
        volume: Some(Volume { size_bytes: 100 << 20, ..Volume::default() }),
        update_mask: Some(prost_types::FieldMask { paths: vec!["size_bytes".to_owned()] }),
    };
    rig.volumes().update_volume(grown).await.expect("it grows");
    let client = rig.daemon.client();
    let limits = skerry_client::v1::Sandbox { limits: disk(100 << 20), ..Default::default() };
    client
        .update_sandbox("one", limits, vec!["limits.disk_bytes".to_owned()])
        .await
        .expect("grows");
    for place in ["/root", "/data"] {
        rig.sh("one", &format!("d={place}; {FILL}")).await;
    }
    rig.sh("one", "sync").await;
    let used = client.sandbox("one").await.expect("read").disk_used_bytes.expect("counted");
    assert!(used > 50 << 20, "{used}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_fork_has_from_its_parent_counts_to_its_size() {
    needs_root!();
    needs_btrfs!();
    let rig = Rig::start(Driver::Btrfs).await;
    rig.sandbox(CreateSandboxRequest { limits: disk(60 << 20), ..named("one") }).await;
    rig.sh("one", "dd if=/dev/urandom of=/root/parents bs=1M count=40 2>&1; sync").await;
    rig.fork("one", 1, "two").await;
    let used = rig.daemon.client().sandbox("two").await.expect("read").disk_used_bytes;
    assert!(used.expect("counted") > 40 << 20, "{used:?}");
    let (code, said) = rig.run("two", &format!("d=/root; {FILL}")).await;
    assert!(code != 0 && is_full(&said), "{said}");
    rig.sh("two", "sync").await;
    // One of a full one starts all the same.
    rig.fork("two", 1, "three").await;
    assert_eq!(rig.sh("three", "stat -c %s /root/parents").await, (40 << 20).to_string());
}

/// A fork counts what it has, not what its ancestors once had.
#[tokio::test(flavor = "multi_thread")]
async fn a_chain_of_forks_has_room_for_what_is_there() {
    needs_root!();
    needs_btrfs!();
    let rig = Rig::start(Driver::Btrfs).await;
    rig.sandbox(CreateSandboxRequest { limits: disk(64 << 20), ..named("fork-0") }).await;
    let write = "rm -f /root/f; dd if=/dev/urandom of=/root/f bs=1M count=15 2>&1 && sync";
    rig.sh("fork-0", write).await;
    for number in 1..8 {
        let (parent, name) = (format!("fork-{}", number - 1), format!("fork-{number}"));
        rig.fork(&parent, 1, &name).await;
        rig.sh(&name, write).await;
        let used = rig.daemon.client().sandbox(&name).await.expect("read").disk_used_bytes;
        assert!(used.expect("counted") < 32 << 20, "{name}: {used:?}");
    }
}

/// No chain of copies holds more than its size says.
#[tokio::test(flavor = "multi_thread")]
async fn an_own_volumes_size_holds_across_forks() {
    needs_root!();
    needs_btrfs!();
    let rig = Rig::start(Driver::Btrfs).await;
    rig.sandbox(CreateSandboxRequest { storage: own(TWENTY), ..named("fork-0") }).await;
    let mut held = 0;
    for number in 0..4 {
        let name = format!("fork-{number}");
        let write = format!("dd if=/dev/urandom of=f{number} bs=1M count=12 2>&1; sync; du -sk .");
        let said = rig.sh(&name, &write).await;
        held = said
            .lines()
            .last()
            .and_then(|line| line.split('\t').next()?.parse().ok())
            .expect("a size");
        rig.fork(&name, 1, &format!("fork-{}", number + 1)).await;
    }
    // Each copy may write what makes it usable at all.
    assert!(held <= (20 + 3) << 10, "{held} KiB");
    rig.sh("fork-4", "rm f0 && echo has room to be emptied").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_subvolume_is_made_inside() {
    needs_root!();
    needs_btrfs!();
    let rig = Rig::start(Driver::Btrfs).await;
    rig.volume("data", TWENTY).await;
    let mounts = vec![at("data", "", false)];
    rig.sandbox(CreateSandboxRequest { mounts, ..named("one") }).await;
    // BTRFS_IOC_SUBVOL_CREATE, BTRFS_IOC_SUBVOL_CREATE_V2.
    let script = "python3 -c '
import fcntl, os, struct
for call in 0x5000940e, 0x50009418:
    args = struct.pack(\"q\", 0).ljust(40 if call & 16 else 8, b\"\\0\") + b\"sub\"
    try:
        fcntl.ioctl(os.open(\"/workspace\", os.O_RDONLY), call, bytearray(args.ljust(4096, b\"\\0\")))
        print(\"made\")
    except OSError as error:
        print(error.strerror)
'; ls /workspace";
    let said = rig.sh("one", script).await;
    assert_eq!(said, "Operation not permitted\nOperation not permitted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_driver_without_sizes_refuses_them() {
    needs_root!();
    let rig = Rig::start(Driver::Dir).await;
    let volume = CreateVolumeRequest { size_bytes: TWENTY, ..CreateVolumeRequest::default() };
    let error = rig.volumes().create_volume(volume).await.expect_err("no size is held");
    let wanted = (Code::FailedPrecondition, "DISK_LIMIT_UNSUPPORTED");
    assert_eq!((error.code(), &*reason(&error)), wanted);
    assert!(rig.trees("volumes").is_empty());
    let request = CreateSandboxRequest { limits: disk(TWENTY), ..named("one") };
    let error = rig.sandboxes().create_sandbox(request).await.expect_err("no size is held");
    assert_eq!((error.code(), &*reason(&error)), wanted);
    rig.sandbox(named("one")).await;
    let client = rig.daemon.client();
    let limits = skerry_client::v1::Sandbox { limits: disk(TWENTY), ..Default::default() };
    let update = client.update_sandbox("one", limits, vec!["limits.disk_bytes".to_owned()]).await;
    assert_eq!(update.expect_err("no size is held").reason.as_deref(), Some(wanted.1));
    let info = client.system_info().await.expect("read");
    let limit = info.capabilities.iter().find(|one| one.name == "disk_limit").expect("is listed");
    assert_eq!(limit.status(), skerry_client::v1::CapabilityStatus::Off);
    assert!(!info.storage.expect("is told").limits);
}
