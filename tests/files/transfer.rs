//! Bytes in and out.

use bytes::Bytes;
use skerry_server::model::{FileEvent, FileInput, FileReason, FileRequest, OpenOptions, SetStat};

use crate::host::{Host, collect, data, only_info, path, write};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_written_at_once_and_read_in_ranges() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    let content: Vec<u8> = (0..3_000_000u32).map(|n| (n % 251) as u8).collect();
    let info = host.write(b"new", &content).await.expect("writes");
    assert_eq!((info.size, info.mode, info.uid), (3_000_000, 0o644, 0));
    assert_eq!(info.user.as_deref(), Some("root"));
    assert_eq!(host.read(b"new").await.expect("reads"), content);
    for (offset, length) in [(0, 10), (262_143, 2), (2_999_990, 100), (3_000_000, 1), (u64::MAX, 1)]
    {
        let request = FileRequest::Read { path: path(b"new"), offset, length: Some(length) };
        let start = usize::try_from(offset).map_or(content.len(), |at| at.min(content.len()));
        let end = (start + length as usize).min(content.len());
        assert_eq!(data(host.call(request).await.expect("reads")), &content[start..end]);
    }
    // One that is replaced keeps what it had.
    host.run("chown 1000:1001 new; chmod 4711 new").await;
    let info = host.write(b"new", b"short").await.expect("writes");
    assert_eq!((info.size, info.mode, info.uid, info.gid), (5, 0o4711, 1000, 1001));
    assert_eq!(host.leftovers(b"/workspace").await, []);
    host.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_append_make_parents_and_mind_what_is_there() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    let request = FileRequest::Write {
        path: path(b"a/b/c"),
        mode: Some(0o600),
        owner: Some("daemon:daemon".to_owned()),
        append: false,
        create_new: true,
        make_parents: true,
    };
    let info = only_info(host.send(request.clone(), ["one".into()]).await.expect("writes"));
    assert_eq!((info.mode, info.user.as_deref(), info.size), (0o600, Some("daemon"), 3));
    let error = host.send(request, ["two".into()]).await.expect_err("it is there");
    assert_eq!(error.reason(), Some(FileReason::Exists));
    let append = FileRequest::Write {
        path: path(b"a/b/c"),
        mode: None,
        owner: None,
        append: true,
        create_new: false,
        make_parents: false,
    };
    host.send(append, [" and".into(), " two".into()]).await.expect("writes");
    assert_eq!(host.read(b"a/b/c").await.expect("reads"), b"one and two");
    // A link is followed, and stays.
    host.run("ln -s b/c a/link; ln -s nowhere/x a/dangling").await;
    host.write(b"a/link", b"through").await.expect("writes");
    assert_eq!(host.read(b"/workspace/a/b/c").await.expect("reads"), b"through");
    for (name, reason) in [
        (&b"a"[..], FileReason::IsADirectory),
        (b"nowhere/x", FileReason::NotFound),
        (b"a/dangling", FileReason::NotFound),
        (b"a/b/c/d", FileReason::NotADirectory),
        (b"/proc/self/comm", FileReason::PermissionDenied),
        (&[b'n'; 300], FileReason::NameTooLong),
    ] {
        let error = host.write(name, b"x").await.expect_err("is refused");
        assert!(error.reason().is_some(), "{error}");
        if name != b"/proc/self/comm" {
            assert_eq!(error.reason(), Some(reason), "{error}");
        }
    }
    let unknown = FileRequest::Write {
        path: path(b"x"),
        mode: None,
        owner: Some("nobodyhere".to_owned()),
        append: false,
        create_new: false,
        make_parents: false,
    };
    let error = host.send(unknown, []).await.expect_err("is refused");
    assert_eq!(error.reason(), Some(FileReason::UserNotFound));
    host.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_is_dropped_leaves_nothing() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    host.write(b"kept", b"before").await.expect("writes");
    let mut call = host.begin(write(b"kept")).await.expect("begins");
    for _ in 0..20 {
        call.send(FileInput::Data(Bytes::from(vec![1; 200_000]))).await.expect("is taken");
    }
    while host.leftovers(b"/workspace").await.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    drop(call);
    host.wait_for_no_leftovers(b"/workspace").await;
    assert_eq!(host.read(b"kept").await.expect("reads"), b"before");
    host.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_file_takes_commands_in_order() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    let options = OpenOptions { read: true, write: true, create: true, ..OpenOptions::default() };
    let mut call =
        host.begin(FileRequest::Open { path: path(b"f"), options }).await.expect("opens");
    assert!(matches!(call.next().await, Ok(Some(FileEvent::Info(info))) if info.size == 0));
    for input in [
        FileInput::WriteAt { offset: 4, data: "four".into() },
        FileInput::WriteAt { offset: 0, data: "zero".into() },
        FileInput::ReadAt { offset: 2, length: 100 },
        FileInput::SetStat(SetStat { size: Some(6), mode: Some(0o640), ..SetStat::default() }),
        FileInput::Sync,
        FileInput::Stat,
        FileInput::ReadAt { offset: 6, length: 10 },
        FileInput::End,
    ] {
        call.send(input).await.expect("is taken");
    }
    let events = collect(&mut call).await.expect("goes well");
    let [
        FileEvent::Done,
        FileEvent::Done,
        FileEvent::Data(read),
        FileEvent::Done,
        FileEvent::Done,
        FileEvent::Info(info),
        FileEvent::Data(end),
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!((&read[..], &end[..]), (&b"rofour"[..], &b""[..]));
    assert_eq!((info.size, info.mode), (6, 0o640));
    let create_new = OpenOptions { write: true, create_new: true, ..OpenOptions::default() };
    let request = FileRequest::Open { path: path(b"f"), options: create_new };
    assert_eq!(host.refused(request).await, FileReason::Exists);
    host.close().await;
}
