//! Snapshots out to archives and in again.

use std::io::Read;

use bytes::Bytes;
use futures::stream;
use sha2::{Digest, Sha256};
use skerry_client::v1::{CreateSandboxRequest, Snapshot, SnapshotScope};
use skerry_client::{Client, Code, Error, UploadError};

use crate::on_both;
use crate::rig::{Driver, Rig, from, named, own};
use crate::workspaces::{FILL, LOOK, take};

on_both!(
    an_archive_has_all_that_the_snapshot_had,
    an_archive_that_is_not_whole_is_refused,
    an_archive_that_leads_out_is_refused,
    a_manifest_that_lies_is_refused,
    an_archive_needs_its_image,
    an_archive_has_no_more_than_its_limits,
);

pub(crate) async fn export(client: &Client, snapshot: &str) -> Vec<u8> {
    let mut export = client.export_snapshot(snapshot).await.expect("it begins");
    let mut archive = Vec::new();
    while let Some(piece) = export.next().await.expect("it goes on") {
        archive.extend_from_slice(&piece);
    }
    archive
}

pub(crate) async fn import(client: &Client, name: &str, archive: &[u8]) -> Result<Snapshot, Error> {
    let pieces: Vec<_> =
        archive.chunks(1 << 18).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    client.import_snapshot(name, stream::iter(pieces)).await.map_err(|error| match error {
        UploadError::Call(error) => error,
        UploadError::Source(error) => panic!("{error}"),
    })
}

/// A sandbox with all kinds of files on its disk and its volume, and what is
/// deleted of its image.
async fn fill(rig: &Rig, request: CreateSandboxRequest) {
    rig.sandbox(CreateSandboxRequest { storage: own(0), ..request }).await;
    rig.sh("one", FILL).await;
    rig.sh("one", "mkdir /opt/w; cp -a /workspace/. /opt/w").await;
    rig.sh("one", "rm -rf /var/lib; rm -r /etc/ssl; mkdir /etc/ssl; echo n >/etc/ssl/n").await;
    rig.sh("one", "d=/opt/w; for i in $(seq 35); do d=$d/$(printf '%080d' $i); done; mkdir -p $d; touch $d/end").await;
    rig.sh("one", "ln -s .//no//where/ /opt/odd; ln -s $(printf '%0300d' 0) /opt/far").await;
}

/// As [`LOOK`], of all that the sandbox has changed.
fn look() -> String {
    let disk = LOOK.replace("- /workspace", "- /opt");
    format!("{LOOK}\n{disk}\nls -A /etc/ssl; ls -d /var/lib 2>&1; true")
}

async fn an_archive_has_all_that_the_snapshot_had(driver: Driver) {
    let rig = Rig::start(driver).await;
    let client = rig.daemon.client();
    let env = [("COLOUR".to_owned(), "red".to_owned())].into();
    fill(&rig, CreateSandboxRequest { env, ..named("one") }).await;
    let seen = rig.sh("one", &look()).await;
    assert!(seen.contains("user.note") && seen.contains("/workspace/socket' s"));
    let taken = rig.snapshot("one", "s").await;
    take(&rig, "one", "w").await.expect("taken");
    let archive = export(client, "s").await;
    // Holes are not in it.
    assert!(archive.len() < 1 << 20, "{} bytes", archive.len());
    let error = import(client, "", &archive).await.expect_err("it is there");
    assert_eq!(error.reason.as_deref(), Some("SNAPSHOT_NAME_TAKEN"));
    let again = import(client, "again", &archive).await.expect("imported");
    assert_eq!((&again.sandbox_id, &again.env), (&taken.sandbox_id, &taken.env));
    assert_ne!(again.id, taken.id);
    rig.sandbox(from("again", "two")).await;
    assert_same(&rig.sh("two", &look()).await, &seen);
    assert_eq!(rig.sh("two", "echo $COLOUR").await, "red");
    let work = import(client, "work", &export(client, "w").await).await.expect("imported");
    assert_eq!(work.scope(), SnapshotScope::Workspace);
    let three = rig.sandbox(from("work", "three")).await;
    assert_eq!(three.mounts[0].path, "/workspace");
    assert_eq!(rig.sh("three", LOOK).await, rig.sh("one", LOOK).await);

    // And on a daemon with the other driver, there and back.
    let other = match driver {
        Driver::Btrfs => Driver::Dir,
        Driver::Dir if skerry_test_support::skip::no_btrfs().is_some() => return,
        Driver::Dir => Driver::Btrfs,
    };
    let other = Rig::start(other).await;
    import(other.daemon.client(), "", &archive).await.expect("imported");
    other.sandbox(from("s", "far")).await;
    assert_same(&other.sh("far", &look()).await, &seen);
    other.snapshot("far", "back").await;
    let back = export(other.daemon.client(), "back").await;
    import(client, "", &back).await.expect("imported");
    rig.sandbox(from("back", "home")).await;
    assert_same(&rig.sh("home", &look()).await, &seen);
}

/// Shows the first line that differs, since names are long.
fn assert_same(got: &str, wanted: &str) {
    for (got, wanted) in got.lines().zip(wanted.lines()) {
        assert_eq!(got, wanted);
    }
    assert_eq!(got.lines().count(), wanted.lines().count());
}

/// The tar of an archive.
fn unwrapped(archive: &[u8]) -> Vec<u8> {
    zstd::decode_all(archive).expect("it is zstd")
}

fn wrapped(tar: &[u8]) -> Vec<u8> {
    zstd::encode_all(tar, 1).expect("in memory")
}

async fn small(rig: &Rig) -> Vec<u8> {
    rig.sandbox(named("one")).await;
    rig.sh("one", "head -c 300000 /dev/urandom >/root/f; echo >/root/last").await;
    rig.snapshot("one", "s").await;
    export(rig.daemon.client(), "s").await
}

async fn an_archive_that_is_not_whole_is_refused(driver: Driver) {
    let rig = Rig::start(driver).await;
    let client = rig.daemon.client();
    let archive = small(&rig).await;
    let trees = rig.trees("snapshots");
    let refused = async |what: &str, archive: &[u8]| {
        let error = import(client, "bad", archive).await.expect_err(what);
        assert_eq!(error.code, Code::InvalidArgument, "{what}: {error}");
        assert_eq!(rig.trees("snapshots"), trees, "{what}");
    };
    for cut in [0, 3, 100, archive.len() / 2, archive.len() - 5, archive.len() - 1] {
        refused(&format!("{cut} bytes"), &archive[..cut]).await;
    }
    // Behind the header, which says how large a window may be.
    for at in (100..archive.len()).step_by(archive.len() / 12) {
        let mut flipped = archive.clone();
        flipped[at] ^= 1;
        refused(&format!("byte {at}"), &flipped).await;
    }
    // Without the wrapping's own checksum the digest does it.
    let tar = unwrapped(&archive);
    for at in (2048..tar.len() - 2048).step_by(tar.len() / 12) {
        let mut flipped = tar.clone();
        flipped[at] ^= 1;
        refused(&format!("byte {at} of the tar"), &wrapped(&flipped)).await;
    }
    for blocks in [3, 4, 5, 100] {
        refused(&format!("{blocks} blocks less"), &wrapped(&tar[..tar.len() - blocks * 512])).await;
    }
    refused("no archive", b"no archive at all, but long enough to be looked at").await;
    // As it is, it is taken; tar reads it as well.
    import(client, "good", &archive).await.expect("imported");
    import(client, "plain", &tar).await.expect("imported");
}

/// The archive with its manifest changed and members added, and its digest
/// made anew.
fn forged(
    archive: &[u8],
    manifest: impl FnOnce(&mut serde_json::Value),
    more: impl FnOnce(&mut tar::Builder<Vec<u8>>),
) -> Vec<u8> {
    let tar = unwrapped(archive);
    let mut builder = tar::Builder::new(Vec::new());
    let mut text = String::new();
    let mut read = tar::Archive::new(&tar[..]);
    let mut first = read.entries().expect("a tar").next().expect("a member").expect("a header");
    first.read_to_string(&mut text).expect("text");
    let mut value = serde_json::from_str(&text).expect("JSON");
    manifest(&mut value);
    add(&mut builder, b"manifest.json", tar::EntryType::Regular, value.to_string().as_bytes());
    add(&mut builder, b"disk", tar::EntryType::Directory, b"");
    more(&mut builder);
    let digest = Sha256::digest(builder.get_ref());
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    add(&mut builder, b"sha256", tar::EntryType::Regular, digest.as_bytes());
    wrapped(&builder.into_inner().expect("in memory"))
}

fn header(name: &[u8], kind: tar::EntryType, size: usize) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_size(size as u64);
    header.set_mode(0o755);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(1);
    header.set_cksum();
    header
}

fn add(builder: &mut tar::Builder<Vec<u8>>, name: &[u8], kind: tar::EntryType, content: &[u8]) {
    builder.append(&header(name, kind, content.len()), content).expect("in memory");
}

fn link(builder: &mut tar::Builder<Vec<u8>>, name: &[u8], kind: tar::EntryType, target: &str) {
    let mut header = header(name, kind, 0);
    header.set_link_name_literal(target).expect("short");
    header.set_cksum();
    builder.append(&header, std::io::empty()).expect("in memory");
}

async fn an_archive_that_leads_out_is_refused(driver: Driver) {
    use tar::EntryType::{Block, Char, Link, Regular, Symlink};
    let rig = Rig::start(driver).await;
    let client = rig.daemon.client();
    let archive = small(&rig).await;
    let trees = rig.trees("snapshots");
    let outside = rig.daemon.pool().join("outside");
    std::fs::create_dir(&outside).expect("made");
    let away = outside.to_str().expect("ours is text");
    let deep = format!("../../../../../../../../../../..{away}");
    let refused = async |what: &str, archive: Vec<u8>| {
        let error = import(client, "bad", &archive).await.expect_err(what);
        assert_eq!(error.code, Code::InvalidArgument, "{what}: {error}");
        assert_eq!(rig.trees("snapshots"), trees, "{what}");
        assert_eq!(std::fs::read_dir(&outside).expect("there").count(), 0, "{what}");
    };
    let with = |more: &dyn Fn(&mut tar::Builder<Vec<u8>>)| forged(&archive, |_| {}, more);
    for name in [
        "../evil",
        "disk/../evil",
        "disk/a/../../../evil",
        "/etc/evil",
        "evil",
        "diskette/f",
        "volume/f",
    ] {
        refused(name, with(&|tar| add(tar, name.as_bytes(), Regular, b"x"))).await;
    }
    for target in [away, &*deep] {
        refused(
            "through a link",
            with(&|tar| {
                link(tar, b"disk/out", Symlink, target);
                add(tar, b"disk/out/evil", Regular, b"x");
            }),
        )
        .await;
    }
    for target in ["/etc/shadow", "../../etc/shadow", "disk/../../x", "volume/f", "etc/shadow"] {
        refused(target, with(&|tar| link(tar, b"disk/hard", Link, target))).await;
    }
    for (kind, minor) in [(Char, 3), (Block, 0), (Block, 1)] {
        refused(
            "a device",
            with(&|tar| {
                let mut header = header(b"disk/device", kind, 0);
                header.set_device_major(if minor == 3 { 1 } else { minor }).expect("set");
                header.set_device_minor(minor).expect("set");
                header.set_cksum();
                tar.append(&header, std::io::empty()).expect("in memory");
            }),
        )
        .await;
    }
    refused(
        "an owner of the host's",
        with(&|tar| {
            let mut header = header(b"disk/f", Regular, 0);
            header.set_uid(65_536);
            header.set_cksum();
            tar.append(&header, std::io::empty()).expect("in memory");
        }),
    )
    .await;
    std::fs::remove_dir(&outside).expect("it is empty");
}

async fn a_manifest_that_lies_is_refused(driver: Driver) {
    let rig = Rig::start(driver).await;
    let client = rig.daemon.client();
    let archive = small(&rig).await;
    let trees = rig.trees("snapshots");
    let refused = async |what: &str, archive: Vec<u8>| {
        let error = import(client, "bad", &archive).await.expect_err(what);
        assert_eq!(error.code, Code::InvalidArgument, "{what}: {error}");
        assert_eq!(rig.trees("snapshots"), trees, "{what}");
    };
    type Change = fn(&mut serde_json::Value);
    let lies: [(&str, Change); 8] = [
        ("labels", |m| m["labels"] = serde_json::json!({"a b": "c"})),
        ("env", |m| m["env"] = serde_json::json!({"A=B": "c"})),
        ("image", |m| m["image"] = "../../etc".into()),
        ("sandbox", |m| m["sandbox_id"] = "../x".into()),
        ("memory", |m| m["limits"]["memory_bytes"] = (-1).into()),
        (
            "volume",
            |m| m["volume"] = serde_json::json!({"path": "/proc/x", "read_only": false, "size_bytes": 0, "keep": false, "used_bytes": null}),
        ),
        ("a scope", |m| m["scope"] = "everything".into()),
        ("no limits", |m| drop(m.as_object_mut().expect("one").remove("limits"))),
    ];
    for (what, lie) in lies {
        refused(what, forged(&archive, lie, |_| {})).await;
    }
    let newer = forged(&archive, |m| m["format"] = 2.into(), |_| {});
    let error = import(client, "bad", &newer).await.expect_err("refused");
    assert_eq!(error.reason.as_deref(), Some("SNAPSHOT_FORMAT_UNKNOWN"));
    // Not refused, but nobody's: what an overlay's books are kept with.
    let books = forged(
        &archive,
        |m| m["limits"]["cpu_millis"] = 1_000_000_000.into(),
        |tar| {
            tar.append_pax_extensions([("SCHILY.xattr.trusted.overlay.redirect", &b"/etc"[..])])
                .expect("in memory");
            add(tar, b"disk/opt", tar::EntryType::Directory, b"");
        },
    );
    import(client, "books", &books).await.expect("imported");
    rig.sandbox(from("books", "books")).await;
    assert_eq!(rig.sh("books", "ls /opt; nproc >/dev/null && echo runs").await, "runs");
}

async fn an_archive_needs_its_image(driver: Driver) {
    let rig = Rig::start(driver).await;
    let client = rig.daemon.client();
    rig.image("base", &[("base", b"base")]).await;
    rig.sandbox(CreateSandboxRequest { image: "base".to_owned(), ..named("one") }).await;
    rig.sh("one", "echo new >/new; rm /base").await;
    rig.snapshot("one", "s").await;
    take(&rig, "one", "w").await.expect("taken");
    let (disk, work) = (export(client, "s").await, export(client, "w").await);
    client.delete_sandbox("one").await.expect("deleted");
    client.delete_snapshot("s").await.expect("deleted");
    // What has only /workspace does not hold the image.
    client.delete_image("base").await.expect("deleted");
    let trees = rig.trees("snapshots");
    let error = import(client, "", &disk).await.expect_err("it has no image");
    assert_eq!(
        (error.code, error.reason.as_deref()),
        (Code::FailedPrecondition, Some("IMAGE_MISSING"))
    );
    assert!(error.message.contains("base"), "{error}");
    assert_eq!(rig.trees("snapshots"), trees);
    import(client, "work", &work).await.expect("imported");
    rig.sandbox(CreateSandboxRequest { image: "host".to_owned(), ..from("work", "work") }).await;
    rig.image("base", &[("base", b"base")]).await;
    import(client, "", &disk).await.expect("imported");
    rig.sandbox(from("s", "two")).await;
    assert_eq!(rig.sh("two", "ls /base 2>/dev/null; cat /new").await, "new");
    let error = client.delete_image("base").await.expect_err("it is in use");
    assert_eq!(error.reason.as_deref(), Some("IMAGE_IN_USE"));
}

async fn an_archive_has_no_more_than_its_limits(driver: Driver) {
    let rig = Rig::start(driver).await;
    let archive = small(&rig).await;
    let trees = rig.trees("snapshots");
    let bomb = forged(
        &archive,
        |manifest| manifest["limits"]["disk_bytes"] = (8 << 20).into(),
        |tar| add(tar, b"disk/big", tar::EntryType::Regular, &noise(64 << 20)),
    );
    if driver == Driver::Btrfs {
        let error = import(rig.daemon.client(), "bomb", &bomb).await.expect_err("too big");
        let refused = [Code::ResourceExhausted, Code::InvalidArgument];
        assert!(refused.contains(&error.code), "{error}");
        assert_eq!(rig.trees("snapshots"), trees);
    }
    // What takes nothing on the disk takes time.
    let mut tar = unwrapped(&forged(&archive, |_| {}, |_| {}));
    // In the place of the digest and the end.
    tar.truncate(tar.len() - 4 * 512);
    let mut sparse = header(b"disk/huge", tar::EntryType::GNUSparse, 512);
    let gnu = sparse.as_gnu_mut().expect("it is one");
    gnu.set_real_size(2 << 40);
    gnu.sparse[0].set_offset((2 << 40) - 512);
    gnu.sparse[0].set_length(512);
    sparse.set_cksum();
    tar.extend_from_slice(sparse.as_bytes());
    tar.extend_from_slice(&[b'x'; 512]);
    let error = import(rig.daemon.client(), "bomb", &wrapped(&tar)).await;
    assert_eq!(error.expect_err("refused").code, Code::InvalidArgument);
    assert_eq!(rig.trees("snapshots"), trees);
}

/// Bytes that nothing makes smaller.
fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 1u64;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as u8
    };
    std::iter::repeat_with(next).take(bytes).collect()
}
