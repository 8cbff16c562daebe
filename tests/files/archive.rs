//! Tar archives in and out.

use std::io::Read;

use bytes::Bytes;
use skerry_server::model::{FileEvent, FileFailure, FileInput, FileKind, FileReason, FileRequest};
use skerry_server::runtime::FileError;
use tar::{Archive, Builder, EntryType, Header};

use crate::host::{Host, data, only_info, path};

fn unpack(name: &[u8]) -> FileRequest {
    FileRequest::Unpack { path: path(name), owner: None }
}

/// One member as raw as it may come.
fn member(kind: EntryType, name: &[u8], target: &[u8], content: &[u8]) -> Vec<u8> {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(1_000_000_000);
    header.set_size(content.len() as u64);
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.as_old_mut().linkname[..target.len()].copy_from_slice(target);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

fn archive(members: &[Vec<u8>]) -> Vec<u8> {
    [members.concat(), vec![0; 1024]].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tree_goes_out_and_comes_back_the_same() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    let long = "n".repeat(200);
    host.run(&format!(
        "mkdir -p 't/{long}/{long}'; echo deep > 't/{long}/{long}/f'; ln t/{long}/{long}/f t/hard
         ln -s hard t/soft; chown 7:8 t/hard; chmod 4755 t/hard; mkdir t/empty; touch -d @1000 t/empty
         printf 'x' > \"$(printf 't/odd\\n\\377')\"; head -c 700000 /dev/urandom > t/big
         truncate -s 20G t/sparse; sha256sum t/big > sums; mkfifo t/fifo; rm t/fifo"
    ))
    .await;
    let events = host.call(FileRequest::Pack { path: path(b"t") }).await.expect("packs");
    let bytes = data(events);
    assert!(bytes.len() < 4 << 20, "holes are not sent: {}", bytes.len());
    let chunks = bytes.chunks(100_000).map(Bytes::copy_from_slice);
    let info = only_info(host.send(unpack(b"back"), chunks).await.expect("unpacks"));
    assert_eq!(info.kind, FileKind::Directory);
    host.run("mv t before; mv back/t t; sha256sum -c sums").await;
    host.run("cd before; find . | sort > ../one; cd ../t; find . | sort | cmp - ../one").await;
    let hard = host.stat(b"t/hard").await.expect("is there");
    assert_eq!((hard.uid, hard.gid, hard.mode, hard.links), (7, 8, 0o4755, 2));
    let empty = host.stat(b"t/empty").await.expect("is there");
    assert_eq!(empty.modify_time.seconds, 1000);
    let sparse = host.stat(b"t/sparse").await.expect("is there");
    assert_eq!(sparse.size, 20 << 30);
    assert!(sparse.allocated < 1 << 20, "{}", sparse.allocated);
    assert_eq!(host.leftovers(b"back").await, []);
    host.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_members_are_refused_by_name_and_nothing_stays() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    host.run("mkdir -p there/dir; echo kept > there/file").await;
    let good = || member(EntryType::Regular, b"good", b"", b"x");
    let cases: Vec<(&[u8], Vec<Vec<u8>>)> = vec![
        (b"../x", vec![member(EntryType::Regular, b"../x", b"", b"x")]),
        (b"/etc/x", vec![member(EntryType::Regular, b"/etc/x", b"", b"x")]),
        (b"a/../../x", vec![member(EntryType::Regular, b"a/../../x", b"", b"x")]),
        (b"null", vec![member(EntryType::Char, b"null", b"", b"")]),
        (b"disk", vec![member(EntryType::Block, b"disk", b"", b"")]),
        (b"fifo", vec![member(EntryType::Fifo, b"fifo", b"", b"")]),
        (b"hard", vec![member(EntryType::Link, b"hard", b"/etc/passwd", b"")]),
        (b"hard", vec![member(EntryType::Link, b"hard", b"../file", b"")]),
        (b"hard", vec![member(EntryType::Link, b"hard", b"file", b"")]),
        (
            b"link/x",
            vec![
                member(EntryType::Directory, b"d", b"", b""),
                member(EntryType::Symlink, b"link", b"d", b""),
                member(EntryType::Regular, b"link/x", b"", b"x"),
            ],
        ),
        (
            b"hard",
            vec![
                member(EntryType::Directory, b"d", b"", b""),
                member(EntryType::Symlink, b"link", b"d", b""),
                member(EntryType::Link, b"hard", b"link/x", b""),
            ],
        ),
        (
            b"sparse",
            vec![
                member(EntryType::XHeader, b"pax", b"", b"22 GNU.sparse.major=1\n"),
                member(EntryType::Regular, b"sparse", b"", b"0\n"),
            ],
        ),
        (b"odd", vec![member(EntryType::new(b'Z'), b"odd", b"", b"")]),
    ];
    for (name, members) in cases {
        let bytes = archive(&[vec![good()], members].concat());
        let error = host.send(unpack(b"new/place"), [bytes.into()]).await.expect_err("is refused");
        let FileError::Failed(FileFailure { reason, path, .. }) = &error else {
            panic!("{error}");
        };
        let shown = name.escape_ascii();
        assert_eq!(*reason, FileReason::BadArchive, "{shown}: {error}");
        assert_eq!(path, name, "{error}");
        assert!(host.stat(b"new").await.is_err(), "{shown}: nothing stays");
    }
    // What can't be merged is refused before anything is.
    for (name, kind, reason) in [
        (&b"file"[..], EntryType::Directory, FileReason::NotADirectory),
        (b"dir", EntryType::Regular, FileReason::IsADirectory),
    ] {
        let bytes = archive(&[good(), member(kind, name, b"", b"")]);
        let error = host.send(unpack(b"there"), [bytes.into()]).await.expect_err("is refused");
        assert_eq!(error.reason(), Some(reason), "{error}");
        assert!(host.stat(b"there/good").await.is_err());
    }
    assert_eq!(host.read(b"there/file").await.expect("reads"), b"kept\n");
    assert_eq!(host.leftovers(b"there").await, []);
    host.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archive_that_is_cut_or_dropped_leaves_nothing() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    let bytes = archive(&[
        member(EntryType::Regular, b"one", b"", &[1; 100_000]),
        member(EntryType::Regular, b"two", b"", &[2; 100_000]),
    ]);
    for length in [0, 100, 512, 50_000, bytes.len() - 1024] {
        let cut = Bytes::copy_from_slice(&bytes[..length]);
        let error = host.send(unpack(b"new"), [cut]).await.expect_err("is refused");
        assert_eq!(error.reason(), Some(FileReason::BadArchive), "{length}: {error}");
        assert!(host.stat(b"new").await.is_err());
    }
    host.run("mkdir there").await;
    let mut call = host.begin(unpack(b"there")).await.expect("begins");
    let half = Bytes::copy_from_slice(&bytes[..bytes.len() / 2]);
    call.send(FileInput::Data(half)).await.expect("is taken");
    while host.leftovers(b"there").await.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    drop(call);
    host.wait_for_no_leftovers(b"there").await;
    assert_eq!(host.list(b"there").await, []);
    host.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archive_that_others_made_is_merged_over_what_is_there() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    host.run("mkdir -p there/dir; echo old > there/dir/a; echo kept > there/dir/b").await;
    let mut builder = Builder::new(Vec::new());
    let mut header = Header::new_ustar();
    header.set_size(4);
    header.set_mode(0o600);
    header.set_uid(1);
    header.set_gid(1);
    builder.append_data(&mut header, "./dir/a", &b"new\n"[..]).expect("is taken");
    let bytes = builder.into_inner().expect("ends");
    let request = FileRequest::Unpack { path: path(b"there"), owner: Some("0:7".to_owned()) };
    host.send(request, [bytes.into()]).await.expect("unpacks");
    assert_eq!(host.read(b"there/dir/a").await.expect("reads"), b"new\n");
    assert_eq!(host.read(b"there/dir/b").await.expect("reads"), b"kept\n");
    let info = host.stat(b"there/dir/a").await.expect("is there");
    assert_eq!((info.uid, info.gid, info.mode), (0, 7, 0o600));
    let events = host.call(FileRequest::Pack { path: path(b"there/dir/a") }).await.expect("packs");
    assert!(events.iter().all(|event| matches!(event, FileEvent::Data(_))));
    let bytes = data(events);
    let mut archive = Archive::new(&bytes[..]);
    let mut entries = archive.entries().expect("is an archive");
    let mut entry = entries.next().expect("has a member").expect("is sound");
    let mut content = String::new();
    entry.read_to_string(&mut content).expect("is text");
    assert_eq!((&*entry.path_bytes(), content.as_str()), (&b"a"[..], "new\n"));
    host.close().await;
}
