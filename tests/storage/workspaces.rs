//! Snapshots of /workspace alone.

use skerry_client::v1::{
    CreateSandboxRequest, CreateSnapshotRequest, SandboxState, Snapshot, SnapshotScope, VolumeMount,
};
use tonic::{Code, Status};

use crate::on_both;
use crate::rig::{Driver, Rig, at, from, named, own, reason};

on_both!(
    a_workspace_on_the_disk_goes_to_any_image,
    a_workspace_has_its_images_files_and_not_the_next_images,
    a_workspace_that_is_a_volume_stays_one,
    what_is_below_the_workspace_is_in_it_where_it_is_the_sandboxs_own,
    a_workspace_that_leads_elsewhere_is_refused,
);

pub(crate) async fn take(rig: &Rig, sandbox: &str, name: &str) -> Result<Snapshot, Status> {
    let request = CreateSnapshotRequest {
        sandbox_id: sandbox.to_owned(),
        name: name.to_owned(),
        scope: SnapshotScope::Workspace.into(),
        ..CreateSnapshotRequest::default()
    };
    Ok(rig.snapshots().create_snapshot(request).await?.into_inner())
}

fn of(image: &str, request: CreateSandboxRequest) -> CreateSandboxRequest {
    CreateSandboxRequest { image: image.to_owned(), ..request }
}

/// Shows every file below /workspace: type, mode, owner, and but for
/// directories names, length, time and content. Not by `find`, which takes two
/// directories of one number for a loop.
pub(crate) const LOOK: &str = r#"python3 - /workspace <<'P'
import hashlib, os, stat, sys
top = os.fsencode(sys.argv[1])
def show(path):
    s = os.lstat(path)
    line = [path, stat.filemode(s.st_mode), s.st_uid, s.st_gid]
    if not stat.S_ISDIR(s.st_mode):
        line += [s.st_nlink, s.st_size]
    if stat.S_ISLNK(s.st_mode):
        line += [os.readlink(path)]
    if stat.S_ISREG(s.st_mode):
        line += [hashlib.md5(open(path, 'rb').read()).hexdigest(), s.st_mtime_ns]
        line += [s.st_blocks * 512 < s.st_size // 2]
        line += [(name, os.getxattr(path, name)) for name in sorted(os.listxattr(path))]
    print(*line)
    if stat.S_ISDIR(s.st_mode):
        for name in sorted(os.listdir(path)):
            show(os.path.join(path, name))
show(top)
P"#;

/// All that a directory may have.
pub(crate) const FILL: &str = r#"cd /workspace
mkdir -p d/e && echo text >d/e/f && ln d/e/f hard && ln -s /etc/passwd soft && mkfifo fifo
chown 1000:65535 d && chmod 3751 d && chmod 4755 hard && chmod 700 . && chown 7 .
truncate -s 64M sparse && printf 'odd' >"$(printf 'a\377\nb')" && echo x >.wh.name
python3 - <<'P'
import os, socket
os.setxattr('hard', 'user.note', b'\0kept')
os.setxattr('hard', 'user.a=b', b'=')
socket.socket(socket.AF_UNIX).bind('socket')
P
echo elsewhere >/root/f"#;

async fn a_workspace_on_the_disk_goes_to_any_image(driver: Driver) {
    let rig = Rig::start(driver).await;
    rig.image("other", &[("other", b"other")]).await;
    rig.sandbox(named("one")).await;
    rig.sh("one", FILL).await;
    let seen = rig.sh("one", LOOK).await;
    assert!(seen.contains("/workspace/soft' lrwx") && seen.contains("-rwsr-xr-x"), "{seen}");
    let snapshot = take(&rig, "one", "work").await.expect("taken");
    assert_eq!(snapshot.scope(), SnapshotScope::Workspace);
    // A hole takes no room.
    assert!(snapshot.size_bytes.is_none_or(|size| size < 1 << 20), "{:?}", snapshot.size_bytes);
    rig.sh("one", "rm -rf /workspace/d").await;

    rig.sandbox(from("work", "same")).await;
    assert_eq!(rig.sh("same", LOOK).await, seen);
    let note = "python3 -c \"import os; print(os.getxattr('/workspace/hard', 'user.note'))\"";
    assert_eq!(rig.sh("same", note).await, "b'\\x00kept'");
    assert_eq!(rig.sh("same", "ls /root").await, "", "the rest of the disk is not in it");
    let other = rig.sandbox(of("other", from("work", "other"))).await;
    assert_eq!(other.image, "other");
    assert_eq!(rig.sh("other", "cat /other; cat /workspace/d/e/f").await, "othertext");
    // What is made from it is its own.
    rig.sh("other", "rm -rf /workspace/d; echo new >/workspace/new").await;
    rig.sandbox(from("work", "again")).await;
    assert_eq!(rig.sh("again", LOOK).await, seen);
    // The whole disk of one is its image's.
    rig.snapshot("one", "all").await;
    let error = rig.sandboxes().create_sandbox(of("other", from("all", "x"))).await;
    assert_eq!(error.expect_err("refused").code(), Code::InvalidArgument);
}

async fn a_workspace_has_its_images_files_and_not_the_next_images(driver: Driver) {
    let rig = Rig::start(driver).await;
    let files = ["a", "b", "d/1", "d/2", "e/1"].map(|name| (format!("workspace/{name}"), b"old"));
    let files: Vec<_> = files.iter().map(|(name, text)| (&**name, &text[..])).collect();
    rig.image("full", &files).await;
    rig.sandbox(of("full", named("one"))).await;
    rig.sh("one", "cd /workspace; rm a d/1; echo new >b; rm -r e; mkdir e; echo n >e/n").await;
    take(&rig, "one", "work").await.expect("taken");
    let all = "cd /workspace; find . -type f | sort | xargs tail -n +1 -v";
    let wanted = "==> ./b <==\nnew\n\n==> ./d/2 <==\nold\n==> ./e/n <==\nn";
    assert_eq!(rig.sh("one", all).await, wanted);
    for image in ["host", "full", ""] {
        let name = format!("made-{image}x");
        rig.sandbox(of(image, from("work", &name))).await;
        assert_eq!(rig.sh(&name, all).await, wanted, "{image:?}");
    }
    // One that nobody has touched is its image's, whole.
    rig.sandbox(of("full", named("two"))).await;
    take(&rig, "two", "untouched").await.expect("taken");
    rig.sandbox(of("host", from("untouched", "three"))).await;
    let names = rig.sh("three", "cd /workspace; find . -type f | sort | tr '\\n' ' '").await;
    assert_eq!(names, "./a ./b ./d/1 ./d/2 ./e/1");
    // An empty one hides what the image has, and one that is gone is empty.
    rig.sandbox(named("four")).await;
    rig.sh("four", "cd /; rmdir /workspace").await;
    take(&rig, "four", "empty").await.expect("taken");
    rig.sandbox(of("full", from("empty", "five"))).await;
    assert_eq!(rig.sh("five", "ls -A /workspace").await, "");
}

async fn a_workspace_that_is_a_volume_stays_one(driver: Driver) {
    let rig = Rig::start(driver).await;
    rig.volume("shared", 0).await;
    let size = if driver == Driver::Btrfs { 64 << 20 } else { 0 };
    rig.sandbox(CreateSandboxRequest { storage: own(size), ..named("own") }).await;
    let mounts = vec![at("shared", "", true)];
    rig.sandbox(CreateSandboxRequest { mounts, ..named("reader") }).await;
    let mounts = vec![at("shared", "/data", false)];
    rig.sandbox(CreateSandboxRequest { mounts, ..named("writer") }).await;
    rig.sh("own", FILL).await;
    rig.sh("writer", "echo shared >/data/f").await;
    let seen = rig.sh("own", LOOK).await;
    take(&rig, "own", "from-own").await.expect("taken");
    take(&rig, "reader", "from-shared").await.expect("taken");
    rig.sh("writer", "echo later >/data/f").await;

    let two = rig.sandbox(from("from-own", "two")).await;
    assert_eq!(rig.sh("two", LOOK).await, seen);
    assert_eq!(rig.sh("two", "ls /root").await, "");
    let path =
        |mounts: &[VolumeMount]| mounts.iter().map(|one| one.path.clone()).collect::<Vec<_>>();
    assert_eq!(path(&two.mounts), ["/workspace"]);
    let three = rig.sandbox(from("from-shared", "three")).await;
    assert_eq!(path(&three.mounts), ["/workspace"]);
    assert_ne!(three.mounts[0].volume_id, rig.daemon.client().volume("shared").await.unwrap().id);
    assert_eq!(rig.sh("three", "cat f; echo mine >f").await, "shared");
    assert_eq!(rig.sh("writer", "cat /data/f").await, "later");
    // It is the new one's own and goes with it.
    let before = rig.trees("volumes").len();
    rig.daemon.client().delete_sandbox("three").await.expect("deleted");
    assert_eq!(rig.trees("volumes").len(), before - 1);
}

async fn what_is_below_the_workspace_is_in_it_where_it_is_the_sandboxs_own(driver: Driver) {
    let rig = Rig::start(driver).await;
    rig.volume("shared", 0).await;
    let mut request = named("one");
    request.mounts = vec![at("shared", "/workspace/shared", false)];
    request.storage = own(0);
    request.storage.as_mut().expect("it was set").path = "/workspace/own".to_owned();
    rig.sandbox(request).await;
    rig.sh("one", "echo 1 >own/f; echo 2 >shared/f; echo 3 >f").await;
    take(&rig, "one", "work").await.expect("taken");
    rig.sandbox(from("work", "two")).await;
    assert_eq!(rig.sh("two", "cat own/f f; ls shared").await, "1\n3");
    // Elsewhere it is not.
    let mut request = named("three");
    request.storage = own(0);
    request.storage.as_mut().expect("it was set").path = "/store".to_owned();
    rig.sandbox(request).await;
    rig.sh("three", "echo 1 >/store/f; echo 3 >f").await;
    take(&rig, "three", "disk").await.expect("taken");
    let four = rig.sandbox(from("disk", "four")).await;
    assert_eq!(rig.sh("four", "cat f; ls -d /store 2>/dev/null; true").await, "3");
    assert!(four.mounts.is_empty());
}

async fn a_workspace_that_leads_elsewhere_is_refused(driver: Driver) {
    let rig = Rig::start(driver).await;
    for (name, script) in [
        ("link", "cd /; rmdir /workspace; ln -s /etc /workspace"),
        ("out", "cd /; rmdir /workspace; ln -s ../../../../../etc /workspace"),
        ("file", "cd /; rmdir /workspace; echo >/workspace"),
    ] {
        rig.sandbox(named(name)).await;
        rig.sh(name, script).await;
        let error = take(&rig, name, "x").await.expect_err(name);
        assert_eq!(error.code(), Code::FailedPrecondition, "{error}");
        assert_eq!(reason(&error), "WORKSPACE_NOT_A_DIRECTORY");
        // It goes on.
        let sandbox = rig.daemon.client().sandbox(name).await.expect("read");
        assert_eq!(sandbox.state(), SandboxState::Running);
    }
    assert_eq!(rig.trees("snapshots"), [] as [&str; 0]);
}
