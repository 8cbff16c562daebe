//! A gibibyte at every path, as long as it is told and as chunks without end.

use serde_json::Value;
use skerry_test_support::flood::{Answered, GIBIBYTE, Length, flood};
use skerry_test_support::leaks::kept;
use skerry_test_support::{Daemon, needs_root};

use crate::table::{Mapped, OPEN, mapped};

/// Calls that take content of any length: it streams to where it is kept, and
/// what is to be kept nowhere is refused before it has come.
const CONTENT: [(&str, &str); 5] = [
    ("WriteFile", "a file is bounded by its sandbox's disk"),
    ("UploadArchive", "an archive is unpacked as it comes, on its sandbox's disk"),
    ("ImportImage", "an image is unpacked as it comes, in the pool"),
    ("BuildImage", "a context is unpacked as it comes, in the pool"),
    ("ImportSnapshot", "a snapshot is unpacked as it comes, in the pool"),
];

/// Bytes that the daemon may keep of all of it: one body of 16 MiB, twice while
/// it is put together, and what the allocator does not give back.
const KEPT: u64 = 96 << 20;

/// Most of it stays where it is.
const SENT: u64 = GIBIBYTE / 4;

/// Its reason, where it is an error in JSON.
fn reason(answered: &Answered, called: &str) -> String {
    assert!((400..500).contains(&answered.status), "{called}: {answered:?}");
    assert_eq!(answered.content_type, "application/json", "{called}: {answered:?}");
    let body: Value = serde_json::from_str(&answered.body).expect("it is JSON");
    assert_eq!(body["error"]["code"], answered.status, "{called}: {body}");
    let details = body["error"]["details"].as_array().expect("details");
    let reason = details.iter().find_map(|detail| detail["reason"].as_str());
    reason.expect("a reason").to_owned()
}

/// How a call with a token answers.
fn hold(mapped: &Mapped, length: Length, answered: &Answered) {
    let called = format!("{} {length:?}", mapped.method.full_name());
    let content = CONTENT.iter().find(|(name, _)| *name == mapped.method.name());
    assert_eq!(content.is_some(), mapped.is_upload(), "{called}: its place in the table");
    if let Some((_, why)) = content {
        let refused = answered.status < 300 && answered.body.contains("event: error");
        assert!(refused || !reason(answered, &called).is_empty(), "{called} ({why})");
        return;
    }
    let wanted = match mapped.is_socket() {
        true => (426, "UPGRADE_REQUIRED"),
        false => (413, "BODY_TOO_LARGE"),
    };
    assert_eq!((answered.status, reason(answered, &called).as_str()), wanted, "{called}");
    assert!(answered.sent < SENT, "{called}: {answered:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gibibyte_is_refused_everywhere_before_it_has_come() {
    needs_root!();
    let daemon = Daemon::start().await;
    let json = "content-type: application/json\r\n";
    let own = format!("{json}authorization: Bearer {}\r\n", daemon.token());
    let send = async |mapped: &Mapped, headers: &str, length: Length| {
        let line = format!("{} {}", mapped.http, mapped.path);
        flood(daemon.address(), &line, headers, length).await
    };
    let all = mapped();
    // The first one fills what the daemon keeps for all that follow.
    send(&all[0], &own, Length::Chunked).await;
    let before = kept(daemon.pid());
    for mapped in &all {
        for length in Length::ALL {
            hold(mapped, length, &send(mapped, &own, length).await);
        }
        if !OPEN.contains(&mapped.method.name()) {
            let answered = send(mapped, json, Length::Chunked).await;
            let name = mapped.method.full_name();
            assert_eq!((answered.status, reason(&answered, name).as_str()), (401, "TOKEN_MISSING"));
            assert!(answered.sent < SENT, "{name}: {answered:?}");
        }
        let more = kept(daemon.pid()).saturating_sub(before);
        assert!(more < KEPT, "{}: the daemon keeps {more} bytes more", mapped.method.full_name());
    }
}
