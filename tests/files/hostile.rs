//! What a sandbox makes to hang, mislead or end those who look at its files.

use std::time::Duration;

use skerry_server::model::{FileEvent, FileKind, FileReason, FileRequest};

use crate::host::{Host, PATIENCE, path, write};

fn read(name: &[u8]) -> FileRequest {
    FileRequest::Read { path: path(name), offset: 0, length: Some(1 << 20) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_regular_files_are_opened() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    host.run(
        "mkfifo fifo; ln -s fifo tofifo; ln -s loop loop; ln -s /dev/zero zero
         perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => \"socket\", Listen => 1)' || true",
    )
    .await;
    for (name, reason) in [
        (&b"fifo"[..], FileReason::NotARegularFile),
        (b"tofifo", FileReason::NotARegularFile),
        (b"/dev/zero", FileReason::NotARegularFile),
        (b"zero", FileReason::NotARegularFile),
        (b"/dev/ptmx", FileReason::NotARegularFile),
        (b"loop", FileReason::TooManyLinks),
        (b"/workspace", FileReason::IsADirectory),
        (b"/proc/self/mem", FileReason::PermissionDenied),
        (b"/proc/thread-self/mem", FileReason::PermissionDenied),
    ] {
        assert_eq!(host.refused(read(name)).await, reason, "{}", name.escape_ascii());
    }
    for name in [&b"fifo"[..], b"tofifo", b"/dev/null", b"loop", b"/workspace"] {
        let wrote = tokio::time::timeout(PATIENCE, host.write(name, b"x")).await;
        wrote.expect("does not hang").expect_err("is refused");
        let pack = FileRequest::Pack { path: path(name) };
        tokio::time::timeout(PATIENCE, host.call(pack)).await.expect("does not hang").ok();
    }
    assert_eq!(host.stat(b"fifo").await.expect("is there").kind, FileKind::Fifo);
    // The worker's own root is the machine's.
    let own = host.read(b"/proc/self/root/etc/hostname").await;
    assert_eq!(own.ok(), host.read(b"/etc/hostname").await.ok());
    host.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_are_bytes() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    let names: [&[u8]; 4] = [b"with\nnewline", b"\xff\xfe", b" ", b"-rf"];
    for name in names {
        host.write(name, name).await.expect("writes");
        assert_eq!(host.read(name).await.expect("reads"), name);
    }
    let mut listed: Vec<_> =
        host.list(b"/workspace").await.into_iter().map(|one| one.path).collect();
    listed.sort();
    let mut expected: Vec<_> = names.iter().map(|name| [b"/workspace/", *name].concat()).collect();
    expected.sort();
    assert_eq!(listed, expected);
    host.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_is_swapped_leads_nowhere_outside() {
    skerry_test_support::needs_root!();
    const TRIES: usize = 10_000;
    let host = Host::open().await;
    let marker = "skerry-host-marker";
    // A file of the host's, by a path that the machine does not have.
    let outside = tempfile::NamedTempFile::with_prefix_in(marker, "/tmp").expect("makes a file");
    std::fs::write(outside.path(), "outside").expect("writes");
    let target = outside.path().display();
    host.run("mkdir a b; echo inside > a/f; echo inside > b/f; ln -s a cur").await;
    let swapping = host
        .start(&format!(
            "while :; do ln -sfn b cur; ln -sfn {target} f; ln -sfn /tmp cur; mv f b/f 2>/dev/null
             rm -rf cur; mkfifo cur; rm cur; mkdir cur; echo inside > cur/f; rm -rf cur
             echo inside > b/f; done"
        ))
        .await;
    let before = std::fs::read(outside.path()).expect("reads");
    let tries = async {
        for number in 0..TRIES {
            let name: &[u8] = if number % 2 == 0 { b"cur/f" } else { b"b/f" };
            if number % 3 == 0 {
                // Where it goes is the machine's affair; that it ends is ours.
                let _ = host.write(name, b"inside\n").await;
            } else if let Ok(bytes) = host.read(name).await {
                assert!(!bytes.starts_with(b"outside"), "read a file of the host");
            }
        }
    };
    tokio::time::timeout(PATIENCE * 3, tries).await.expect("no try hangs");
    assert_eq!(std::fs::read(outside.path()).expect("reads"), before);
    swapping.kill_all().await.expect("ends");
    host.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bombs_inside_do_not_keep_calls_from_being_answered() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    let fork = host.start("bomb() { bomb | bomb & }; bomb; sleep 100").await;
    let memory = host.start("x=x; while :; do x=$x$x; done").await;
    for _ in 0..20 {
        let stat = tokio::time::timeout(PATIENCE, host.stat(b"/etc/passwd")).await;
        stat.expect("is answered").expect("is there");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let _ = fork.kill_all().await;
    let _ = memory.kill_all().await;
    host.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_machine_answers() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    host.write(b"f", b"x").await.expect("writes");
    host.machine.pause().await.expect("pauses");
    let read = tokio::time::timeout(PATIENCE, host.read(b"f")).await;
    assert_eq!(read.expect("is answered").expect("reads"), b"x");
    host.machine.resume().await.expect("resumes");
    host.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_killed_ends_its_call_and_the_next_one_works() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    let mut call = host.begin(write(b"f")).await.expect("begins");
    call.send(skerry_server::model::FileInput::Data("x".into())).await.expect("is taken");
    host.run("for p in /proc/[0-9]*; do [ $(cat $p/comm) = skerry-files ] && kill -9 ${p#/proc/}; done; true")
        .await;
    let ended = tokio::time::timeout(PATIENCE, call.next()).await.expect("ends");
    let error = ended.expect_err("it was killed");
    assert!(error.reason().is_none(), "{error}");
    host.stat(b"/etc/passwd").await.expect("another worker answers");
    host.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_stopped_does_not_stay() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    let mut call = host.begin(write(b"f")).await.expect("begins");
    call.send(skerry_server::model::FileInput::Data("x".into())).await.expect("is taken");
    let each = |body: &str| {
        format!(
            "n=0; for p in /proc/[0-9]*; do [ \"$(cat $p/comm)\" = skerry-files ] && {body}; done; true"
        )
    };
    host.run(&each("kill -STOP ${p#/proc/}")).await;
    drop(call);
    host.stat(b"/etc/passwd").await.expect("another worker answers");
    let stopped = each("grep -q 'State:.T' $p/status && n=1").replace("; true", "; exit $n");
    let gone = async {
        loop {
            let look = host.start(&stopped).await;
            if look.wait().await.expect("the machine lives").exit_code() == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("it is killed");
    host.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_at_once_are_bounded_and_dropped_ones_end() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    let watch = || FileRequest::Watch { path: path(b"/workspace"), recursive: true };
    let mut watches = Vec::new();
    let error = loop {
        match host.begin(watch()).await {
            Ok(mut call) => {
                assert_eq!(call.next().await.expect("watches"), Some(FileEvent::Done));
                watches.push(call);
            }
            Err(error) => break error,
        }
        assert!(watches.len() < 1000);
    };
    assert_eq!(error.reason(), Some(FileReason::TooManyCalls), "{error}");
    drop(watches);
    host.stat(b"/etc/passwd").await.expect("there is room again");
    // A search in a tree of links to itself would never end if links were
    // followed; a dropped one of a large tree ends.
    host.run("ln -s / everything").await;
    let copy = FileRequest::Copy {
        from: path(b"/usr"),
        to: path(b"usr"),
        recursive: true,
        overwrite: false,
    };
    let call = host.begin(copy).await.expect("begins");
    while host.leftovers(b"/workspace").await.is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(call);
    host.wait_for_no_leftovers(b"/workspace").await;
    host.close().await;
}
