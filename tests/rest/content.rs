//! Files and archives as bodies.

use serde_json::json;
use skerry_test_support::{Daemon, needs_root};
use tokio::io::AsyncWriteExt;

use crate::web::{Answer, curl, get, run, sandbox};

async fn put(daemon: &Daemon, path: &str, content: &[u8], more: &[&str]) -> Answer {
    let arguments = [&["--request", "POST", "--data-binary", "@-"], more].concat();
    run(curl(daemon, path, &arguments), content).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_in_and_comes_out_as_it_is() {
    needs_root!();
    let daemon = Daemon::start().await;
    sandbox(&daemon, "one").await;
    let files = "/api/v1/sandboxes/one/files";
    let content: Vec<u8> = (0..3_500_000u32).map(|number| (number % 251) as u8).collect();
    let path = format!("{files}:write?path=/workspace/a/b.bin&make_parents=true&mode=384");
    let info = put(&daemon, &path, &content, &[]).await.success();
    assert_eq!((&info["sizeBytes"], &info["mode"]), (&json!("3500000"), &json!(384)));
    let read = format!("{files}:read?path=/workspace/a/b.bin");
    let answer = get(&daemon, &read).await;
    assert_eq!((answer.status, answer.header("content-length")), (200, Some("3500000")));
    assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
    assert_eq!(answer.header("accept-ranges"), Some("bytes"));
    assert!(answer.body == content);
    let head = run(curl(&daemon, &read, &["--head"]), b"").await;
    assert_eq!((head.status, head.header("content-length")), (200, Some("3500000")));
    let messages = run(curl(&daemon, &read, &["-H", "accept: application/x-ndjson"]), b"").await;
    assert!(messages.text().starts_with("{\"result\":{\"info\":"), "{:.200}", messages.text());
    // What a browser would take for a page is none here.
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_of_a_file_is_served() {
    needs_root!();
    let daemon = Daemon::start().await;
    sandbox(&daemon, "one").await;
    let files = "/api/v1/sandboxes/one/files";
    put(&daemon, &format!("{files}:write?path=/workspace/a"), b"0123456789", &[]).await.success();
    put(&daemon, &format!("{files}:write?path=/workspace/none"), b"", &[]).await.success();
    let read = format!("{files}:read?path=/workspace/a");
    let range = async |range: &str| {
        run(curl(&daemon, &read, &["-H", &format!("range: {range}")]), b"").await
    };
    for (asked, wanted, told) in [
        ("bytes=0-3", "0123", "bytes 0-3/10"),
        ("bytes=4-4", "4", "bytes 4-4/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=7-100", "789", "bytes 7-9/10"),
        ("bytes=-2", "89", "bytes 8-9/10"),
        ("bytes=-100", "0123456789", "bytes 0-9/10"),
    ] {
        let answer = range(asked).await;
        assert_eq!((answer.status, answer.text().as_str()), (206, wanted), "{asked}");
        assert_eq!(answer.header("content-range"), Some(told));
        assert_eq!(answer.header("content-length"), Some(wanted.len().to_string().as_str()));
    }
    for asked in ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=18446744073709551614-"] {
        let answer = range(asked).await;
        answer.refused(416, "OUT_OF_RANGE", "RANGE_NOT_SATISFIABLE");
    }
    assert_eq!(range("bytes=10-").await.header("content-range"), Some("bytes */10"));
    for asked in ["bytes=0-1,3-4", "items=0-1", "bytes=4-2", "bytes=x"] {
        assert_eq!((range(asked).await.status, range(asked).await.text().len()), (200, 10));
    }
    let modified = get(&daemon, &read).await;
    let modified = format!("if-range: {}", modified.header("last-modified").expect("a time"));
    for (since, code) in [(modified.as_str(), 206), ("if-range: \"other\"", 200)] {
        let arguments = ["-H", "range: bytes=0-3", "-H", since];
        assert_eq!(run(curl(&daemon, &read, &arguments), b"").await.status, code, "{since}");
    }
    let own = get(&daemon, &format!("{read}&offset=2&length=3")).await;
    assert_eq!((own.status, own.text().as_str()), (200, "234"));
    let empty = get(&daemon, &format!("{files}:read?path=/workspace/none")).await;
    assert_eq!((empty.status, empty.body.len()), (200, 0));
    // The kernel makes it up as it is read: no size is known.
    let made_up = get(&daemon, &format!("{files}:read?path=/proc/self/status")).await;
    assert!(made_up.status == 200 && made_up.text().contains("Pid:"), "{}", made_up.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_carries_a_file_and_its_fields() {
    needs_root!();
    let daemon = Daemon::start().await;
    sandbox(&daemon, "one").await;
    let files = "/api/v1/sandboxes/one/files";
    let write = format!("{files}:write");
    let form = ["-F", "path=/workspace/f", "-F", "mode=420", "-F", "file=@-;filename=x"];
    let info = run(curl(&daemon, &write, &form), b"in a form").await.success();
    assert_eq!(info["sizeBytes"], "9");
    let read = get(&daemon, &format!("{files}:read?path=/workspace/f")).await;
    assert_eq!(read.text(), "in a form");
    for (form, field) in [
        (vec!["-F", "no_such=1", "-F", "file=@-;filename=x"], "no_such"),
        (vec!["-F", "path=/workspace/f"], ""),
        (vec!["-F", "path=/workspace/f", "-F", "file=@-;filename=x", "-F", "mode=1"], ""),
    ] {
        run(curl(&daemon, &write, &form), b"never").await.invalid(field);
    }
    let read = get(&daemon, &format!("{files}:read?path=/workspace/f")).await;
    assert_eq!(read.text(), "in a form");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_cut_or_refused_leaves_nothing() {
    needs_root!();
    let daemon = Daemon::start().await;
    sandbox(&daemon, "one").await;
    let files = "/api/v1/sandboxes/one/files";
    let mut stream = tokio::net::TcpStream::connect(daemon.address()).await.expect("it listens");
    let head = format!(
        "POST {files}:write?path=/workspace/cut HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
         content-length: 1000\r\n\r\nonly so much",
        daemon.token()
    );
    stream.write_all(head.as_bytes()).await.expect("it reads");
    drop(stream);
    let listed = get(&daemon, &format!("{files}:list")).await.success();
    assert_eq!(listed["files"], json!([]), "nothing is there, half or whole");
    let missing = "/api/v1/sandboxes/none/files:write?path=/workspace/x";
    let answer = put(&daemon, missing, &[7; 3_000_000], &[]).await;
    answer.refused(404, "NOT_FOUND", "SANDBOX_NOT_FOUND");
    put(&daemon, &format!("{files}:write?open.path=/x"), b"x", &[]).await.invalid("open.path");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_comes_out_and_goes_in_as_an_archive() {
    needs_root!();
    let daemon = Daemon::start().await;
    sandbox(&daemon, "one").await;
    let files = "/api/v1/sandboxes/one/files";
    let write = format!("{files}:write?path=/workspace/d/a.txt&make_parents=true");
    put(&daemon, &write, b"in it", &[]).await.success();
    let query = "path=/workspace/d&format=ARCHIVE_FORMAT_TAR_GZ";
    let archive = get(&daemon, &format!("{files}:downloadArchive?{query}")).await;
    assert_eq!((archive.status, &archive.body[..2]), (200, &[0x1f, 0x8b][..]));
    let into = format!("{files}:uploadArchive?path=/workspace/e&format=ARCHIVE_FORMAT_TAR_GZ");
    put(&daemon, &into, &archive.body, &[]).await.success();
    let read = get(&daemon, &format!("{files}:read?path=/workspace/e/d/a.txt")).await;
    assert_eq!(read.text(), "in it");
    let missing = get(&daemon, &format!("{files}:downloadArchive?path=/workspace/none")).await;
    missing.refused(404, "NOT_FOUND", "FILE_NOT_FOUND");
    let cut = put(&daemon, &into, &archive.body[..20], &[]).await;
    cut.refused(400, "INVALID_ARGUMENT", "BAD_ARCHIVE");
}
