//! Lists, searches, replacements, watches.

use std::collections::BTreeSet;

use skerry_server::model::{ChangeKind, FileEvent, FileReason, FileRequest, FileSearch};

use crate::host::{Host, PATIENCE, path};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_entries_are_listed_in_pages() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    host.run("mkdir -p big/sub/deep; cd big; seq 1 100000 | xargs touch; touch sub/deep/x").await;
    let (mut names, mut cursor, mut pages) = (BTreeSet::new(), None::<bytes::Bytes>, 0);
    loop {
        let path = path(b"big");
        let request =
            FileRequest::List { path, recursive: true, cursor: cursor.take(), limit: 1000 };
        let events = host.call(request).await.expect("lists");
        let [FileEvent::Entries { entries, next_cursor }] = &events[..] else {
            panic!("not a page");
        };
        assert!(entries.len() <= 1000);
        for entry in entries {
            assert!(names.insert(entry.path.clone()), "{entry:?} came twice");
        }
        pages += 1;
        cursor.clone_from(next_cursor);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(names.len(), 100_003);
    assert!(pages >= 100);
    assert!(names.contains(&b"/workspace/big/sub/deep/x"[..]));
    let forged = FileRequest::List {
        path: path(b"big"),
        recursive: true,
        cursor: Some("forged".into()),
        limit: 10,
    };
    assert_eq!(host.refused(forged).await, FileReason::InvalidCursor);
    host.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_and_lines_are_found_and_replaced() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    host.run(
        "mkdir -p s/sub s/.git; printf 'one\nTwo two\n' > s/a.txt; printf 'two\n' > s/sub/b.rs
         printf 'two' > s/.git/c.txt; printf 'two\\000' > s/binary; ln -s /etc s/etc; mkfifo s/fifo",
    )
    .await;
    let search = |glob: Option<&str>, pattern: Option<&str>| FileSearch {
        path: path(b"s"),
        glob: glob.map(str::to_owned),
        pattern: pattern.map(str::to_owned),
        case_insensitive: false,
        hidden: false,
        max_results: 100,
    };
    let found = async |search: FileSearch| {
        let mut found = BTreeSet::new();
        for event in host.call(FileRequest::Search(search)).await.expect("searches") {
            match event {
                FileEvent::Match { path, line_number, range, .. } => {
                    let path = String::from_utf8(path).expect("is text");
                    found.insert((path, line_number, range));
                }
                FileEvent::Truncated => {
                    found.insert(("truncated".to_owned(), 0, (0, 0)));
                }
                other => panic!("{other:?}"),
            }
        }
        Vec::from_iter(found)
    };
    let place = |name: &str, line, range| (format!("/workspace/s/{name}"), line, range);
    assert_eq!(found(search(Some("*.txt"), None)).await, [place("a.txt", 0, (0, 0))]);
    assert_eq!(found(search(Some("sub/*"), None)).await, [place("sub/b.rs", 0, (0, 0))]);
    let two = [place("a.txt", 2, (4, 7)), place("sub/b.rs", 1, (0, 3))];
    assert_eq!(found(search(None, Some("two"))).await, two);
    let one = FileSearch { max_results: 1, ..search(None, Some("two")) };
    assert_eq!(found(one).await.len(), 2, "one match, and that there may be more");
    for (glob, pattern) in [(Some("["), None), (None, Some("("))] {
        let request = FileRequest::Search(search(glob, pattern));
        assert_eq!(host.refused(request).await, FileReason::InvalidPattern);
    }
    let replace = FileRequest::Replace {
        search: FileSearch { case_insensitive: true, ..search(None, Some("(t)wo")) },
        replacement: "${1}hree".into(),
    };
    let mut events = host.call(replace).await.expect("replaces");
    events.sort_by_key(|event| match event {
        FileEvent::Replaced { path, .. } => path.clone(),
        other => panic!("{other:?}"),
    });
    let replaced = |name: &str, count| FileEvent::Replaced {
        path: format!("/workspace/s/{name}").into_bytes(),
        count,
    };
    assert_eq!(events, [replaced("a.txt", 2), replaced("sub/b.rs", 1)]);
    assert_eq!(host.read(b"s/a.txt").await.expect("reads"), b"one\nThree three\n");
    assert_eq!(host.read(b"s/.git/c.txt").await.expect("reads"), b"two");
    host.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watch_tells_what_happens_in_new_directories_too() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    host.run("mkdir w").await;
    let request = FileRequest::Watch { path: path(b"w"), recursive: true };
    let mut watch = host.begin(request).await.expect("watches");
    assert_eq!(watch.next().await.expect("goes well"), Some(FileEvent::Done));
    host.run("mkdir -p w/a/b/c; echo x > w/a/b/c/f; mv w/a/b w/a/d; echo y >> w/a/d/c/f").await;
    let mut seen = Vec::new();
    let wanted = |seen: &[FileEvent]| {
        let has = |kind: ChangeKind, name: &str| {
            seen.iter().any(|event| {
                matches!(event, FileEvent::Change { kind: one, path, .. }
                    if *one == kind && path == name.as_bytes())
            })
        };
        has(ChangeKind::Created, "/workspace/w/a/b/c/f")
            || has(ChangeKind::Created, "/workspace/w/a/d/c/f")
    };
    let watching = async {
        while !wanted(&seen) {
            seen.push(watch.next().await.expect("goes well").expect("goes on"));
        }
    };
    tokio::time::timeout(PATIENCE, watching).await.expect("the file is told");
    // What comes after is told with the names that are now.
    host.run("echo z > w/a/d/c/late").await;
    let late = async {
        loop {
            match watch.next().await.expect("goes well").expect("goes on") {
                FileEvent::Change { kind: ChangeKind::Created, path, .. }
                    if path == b"/workspace/w/a/d/c/late" =>
                {
                    break;
                }
                _ => {}
            }
        }
    };
    tokio::time::timeout(PATIENCE, late).await.expect("the late file is told");
    host.close().await;
}
