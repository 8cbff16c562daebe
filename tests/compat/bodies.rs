//! A gibibyte at every route of every system.

use skerry_server::compat::{Listed, Name, table};
use skerry_test_support::flood::{Answered, GIBIBYTE, Length, flood};
use skerry_test_support::leaks::kept;
use skerry_test_support::needs_root;

use crate::hostile::{filled, takes_json};
use crate::place::Place;

/// Routes that take content of any length: it streams to a sandbox's disk,
/// which bounds it, and to none where the sandbox is not there.
const CONTENT: [&str; 1] = ["PUT /v1/sandboxes/{id}/files/{*path}"];
/// Ends the daemon, and reads no body.
const END: &str = "/admin/disconnect";

/// Bytes that the daemon may keep of all of it: one body of 20 MiB, twice while
/// it is put together, and what the allocator does not give back.
const KEPT: u64 = 96 << 20;

fn hold(route: &Listed, length: Length, answered: &Answered) {
    let called = format!("{route} {length:?}");
    assert!(answered.sent < GIBIBYTE / 4, "{called}: {answered:?}");
    let is_json = serde_json::from_str::<serde_json::Value>(&answered.body).is_ok();
    if CONTENT.contains(&route.to_string().as_str()) {
        assert_eq!(answered.status, 404, "{called}: {answered:?}");
    } else if takes_json(route) {
        assert_eq!(answered.status, 413, "{called}: {answered:?}");
    } else {
        // It takes no body, and answers as it does without one.
        assert!(answered.status < 500, "{called}: {answered:?}");
        assert!(is_json || answered.status == 200, "{called}: {answered:?}");
        return;
    }
    assert!(is_json && answered.content_type == "application/json", "{called}: {answered:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gibibyte_is_refused_everywhere_before_it_has_come() {
    needs_root!();
    let place = Place::start(&[]).await;
    let pid = place.daemon.pid();
    let token = place.daemon.token();
    let headers = format!("content-type: application/json\r\nauthorization: Bearer {token}\r\n");
    let send = async |route: &Listed, length: Length| {
        let caller = match route.system {
            Name::MacSandbox => place.mac(),
            Name::AppleSandboxes => place.apple(),
        };
        let address = caller.base.strip_prefix("http://").expect("an address").to_owned();
        flood(&address, &filled(route, "none"), &headers, length).await
    };
    let routes: Vec<_> = table().into_iter().filter(|route| route.path != END).collect();
    let large = routes.iter().find(|route| takes_json(route)).expect("some take JSON");
    // The first one fills what the daemon keeps for all that follow.
    send(large, Length::Chunked).await;
    let before = kept(pid);
    for route in &routes {
        for length in Length::ALL {
            hold(route, length, &send(route, length).await);
        }
        let more = kept(pid).saturating_sub(before);
        assert!(more < KEPT, "{route}: the daemon keeps {more} bytes more");
    }
}
