//! Calls on names: directories, moves, copies, links, owners.

use skerry_server::model::{FileEvent, FileKind, FileReason, FileRequest};

use crate::host::{Host, only_info, path};

fn make_dir(name: &[u8], parents: bool) -> FileRequest {
    FileRequest::MakeDir { path: path(name), mode: None, parents }
}

fn remove(name: &[u8], recursive: bool) -> FileRequest {
    FileRequest::Remove { path: path(name), recursive }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn directories_are_made_and_removed() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    let made = only_info(host.call(make_dir(b"a/b/c", true)).await.expect("makes"));
    assert_eq!((made.kind, made.mode), (FileKind::Directory, 0o755));
    host.call(make_dir(b"a/b/c", true)).await.expect("it may be there");
    assert_eq!(host.refused(make_dir(b"a/b", false)).await, FileReason::Exists);
    assert_eq!(host.refused(make_dir(b"x/y", false)).await, FileReason::NotFound);
    host.run("ln -s /etc a/b/etc; touch a/b/c/f").await;
    assert_eq!(host.refused(remove(b"a", false)).await, FileReason::NotEmpty);
    assert_eq!(host.call(remove(b"a", true)).await.expect("removes"), []);
    assert_eq!(host.refused(remove(b"a", true)).await, FileReason::NotFound);
    assert_eq!(host.refused(remove(b"/", true)).await, FileReason::Invalid);
    host.stat(b"/etc/passwd").await.expect("what a link shows stays");
    host.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moves_and_copies_keep_links_holes_and_owners() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    host.run(
        "mkdir -p t/d; echo x > t/d/f; chown 7:8 t/d/f; chmod 640 t/d/f; ln -s /nowhere t/l
         truncate -s 1T t/sparse; printf end | dd of=t/sparse bs=1 seek=1000000 conv=notrunc",
    )
    .await;
    let copy = |recursive, overwrite| FileRequest::Copy {
        from: path(b"t"),
        to: path(b"u"),
        recursive,
        overwrite,
    };
    assert_eq!(host.refused(copy(false, false)).await, FileReason::IsADirectory);
    host.call(copy(true, false)).await.expect("copies");
    assert_eq!(host.refused(copy(true, false)).await, FileReason::Exists);
    host.call(copy(true, true)).await.expect("merges");
    let file = host.stat(b"u/d/f").await.expect("is there");
    assert_eq!((file.uid, file.gid, file.mode), (7, 8, 0o640));
    let link = host.stat(b"u/l").await.expect("is there");
    assert_eq!(link.link_target.as_deref(), Some(&b"/nowhere"[..]));
    let sparse = host.stat(b"u/sparse").await.expect("is there");
    assert_eq!(sparse.size, 1 << 40);
    assert!(sparse.allocated < 1 << 20, "{}", sparse.allocated);
    let inside = FileRequest::Copy {
        from: path(b"t"),
        to: path(b"t/d/again"),
        recursive: true,
        overwrite: false,
    };
    assert_eq!(host.refused(inside).await, FileReason::Invalid);

    let rename = |from: &[u8], to: &[u8], overwrite| FileRequest::Move {
        from: path(from),
        to: path(to),
        overwrite,
    };
    host.run("echo y > y").await;
    assert_eq!(host.refused(rename(b"y", b"u/d/f", false)).await, FileReason::Exists);
    host.call(rename(b"y", b"u/d/f", true)).await.expect("moves");
    assert_eq!(host.read(b"u/d/f").await.expect("reads"), b"y\n");
    // Another file system.
    host.run("rm t/sparse").await;
    host.call(rename(b"t", b"/dev/shm/t", false)).await.expect("moves across");
    assert_eq!(host.read(b"/dev/shm/t/d/f").await.expect("reads"), b"x\n");
    assert!(host.stat(b"t").await.is_err());
    assert_eq!(host.leftovers(b"/workspace").await, []);
    host.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn permissions_owners_and_links_change() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    host.run("mkdir -p t/d; touch t/d/f; ln -s /etc/passwd t/d/l").await;
    let chmod = FileRequest::Chmod { path: path(b"t"), mode: 0o700, recursive: true };
    host.call(chmod).await.expect("changes");
    let owner = "daemon:7".to_owned();
    let chown = FileRequest::Chown { path: path(b"t"), owner, recursive: true };
    host.call(chown).await.expect("changes");
    for name in [&b"t"[..], b"t/d", b"t/d/f"] {
        let info = host.stat(name).await.expect("is there");
        assert_eq!((info.mode, info.user.as_deref(), info.gid), (0o700, Some("daemon"), 7));
    }
    let passwd = host.stat(b"/etc/passwd").await.expect("is there");
    assert_eq!((passwd.mode, passwd.uid), (0o644, 0), "links are not followed below");
    let symlink =
        |name: &[u8]| FileRequest::Symlink { target: b"a\n\xff".into(), path: path(name) };
    let made = only_info(host.call(symlink(b"l")).await.expect("links"));
    assert_eq!(made.kind, FileKind::Symlink);
    assert_eq!(host.refused(symlink(b"l")).await, FileReason::Exists);
    let read = |name: &[u8]| FileRequest::ReadLink { path: path(name) };
    let events = host.call(read(b"l")).await.expect("reads");
    assert_eq!(events, [FileEvent::Link(b"a\n\xff".to_vec())]);
    assert_eq!(host.refused(read(b"t")).await, FileReason::NotALink);
    host.close().await;
}
