//! Names: who may resolve which, and what comes of the answers.

use std::net::Ipv4Addr;

use skerry_client::v1::watch_egress_response::EventType;
use skerry_client::v1::{EgressReason, EgressVerdict, WatchEgressResponse};
use skerry_test_support::eventually;

use crate::needs_network;
use crate::probe::{of, passed, tcp, try_all, udp};
use crate::resolver::Resolver;
use crate::steps::{allow, create, deny, open, run, set_policy};
use crate::world::{METADATA, OTHER, PRIVATE, PUBLIC, World};

const UPSTREAM: [&str; 2] = ["--dns-upstream", "93.184.216.34"];

/// Whether a name resolves, and to what.
async fn resolve(client: &skerry_client::Client, sandbox: &str, name: &str) -> Option<Ipv4Addr> {
    let attempt = of("name", name, 0);
    try_all(client, sandbox, &[attempt.clone()]).await[&attempt].parse().ok()
}

#[tokio::test]
async fn only_listed_names_resolve_and_only_their_addresses_are_reached() {
    needs_network!();
    let world = World::new();
    let resolver = Resolver::serve(&world.world);
    resolver.set("api.test", &[PUBLIC]);
    resolver.set("a.wild.test", &[OTHER]);
    resolver.set("evil-wild.test", &[OTHER]);
    resolver.set("wild.test", &[OTHER]);
    let daemon = world.daemon(&UPSTREAM).await;
    let client = daemon.client();
    let policy = allow(&["api.test", "*.wild.test"], &[], &[8443]);
    let sandbox = create(client, policy).await;
    // Not before it was asked for, and then by TCP at the listed port alone.
    assert_eq!(passed(client, &sandbox.id, &[tcp(PUBLIC, 8443)]).await, vec![]);
    assert_eq!(resolve(client, &sandbox.id, "API.test").await, Some(PUBLIC));
    let all = [tcp(PUBLIC, 8443), tcp(PUBLIC, 80), udp(PUBLIC, 8443), tcp(OTHER, 8443)];
    assert_eq!(passed(client, &sandbox.id, &all).await, vec![tcp(PUBLIC, 8443)]);
    for other in ["evil-wild.test", "wild.test", "other.test", "a.wild.test.evil.test"] {
        assert_eq!(resolve(client, &sandbox.id, other).await, None, "{other}");
    }
    assert!(!resolver.asked().iter().any(|name| name.contains("evil")), "{:?}", resolver.asked());
    assert_eq!(resolve(client, &sandbox.id, "a.wild.test").await, Some(OTHER));
    assert_eq!(passed(client, &sandbox.id, &[tcp(OTHER, 8443)]).await, vec![tcp(OTHER, 8443)]);
    // Another sandbox has learned nothing by that.
    let second = create(client, allow(&["b.test"], &[], &[])).await;
    assert_eq!(passed(client, &second.id, &[tcp(OTHER, 8443)]).await, vec![]);

    // A name that goes takes its addresses along; one that stays keeps them.
    set_policy(client, &sandbox.id, allow(&["api.test"], &[], &[8443])).await;
    let all = [tcp(PUBLIC, 8443), tcp(OTHER, 8443)];
    assert_eq!(passed(client, &sandbox.id, &all).await, vec![tcp(PUBLIC, 8443)]);
}

#[tokio::test]
async fn each_mode_resolves_what_it_reaches_and_no_answer_is_private() {
    needs_network!();
    let world = World::new();
    let resolver = Resolver::serve(&world.world);
    resolver.set("api.test", &[PUBLIC]);
    resolver.set("rebind.test", &[METADATA]);
    resolver.set("mixed.test", &[PRIVATE, PUBLIC]);
    let daemon = world.daemon(&UPSTREAM).await;
    let client = daemon.client();
    let denied = create(client, deny()).await;
    assert_eq!(resolve(client, &denied.id, "api.test").await, None);
    assert_eq!(resolver.asked(), Vec::<String>::new(), "a denied question goes nowhere");

    let open_one = create(client, open()).await;
    assert_eq!(resolve(client, &open_one.id, "api.test").await, Some(PUBLIC));
    assert_eq!(resolve(client, &open_one.id, "rebind.test").await, None);
    assert_eq!(resolve(client, &open_one.id, "mixed.test").await, Some(PUBLIC));
    assert_eq!(resolve(client, &open_one.id, "missing.test").await, None);

    let listed = allow(&["rebind.test"], &["169.254.169.254"], &[]);
    let listed = create(client, listed).await;
    assert_eq!(resolve(client, &listed.id, "rebind.test").await, Some(METADATA), "it was named");
    assert_eq!(passed(client, &listed.id, &[tcp(METADATA, 80)]).await, vec![tcp(METADATA, 80)]);
}

/// A question of any type, by hand: prints the answer's code and its records.
const ASK: &str = r#"
import socket, struct, sys
name, kind, protocol = sys.argv[1], int(sys.argv[2]), sys.argv[3]
q = struct.pack('>HHHHHH', 7, 0x100, 1, 0, 0, 0)
q += b''.join(bytes([len(l)]) + l.encode() for l in name.split('.')) + b'\0' + struct.pack('>HH', kind, 1)
if protocol == 'tcp':
    s = socket.create_connection(('10.88.0.1', 53), 3); s.sendall(struct.pack('>H', len(q)) + q)
    n, = struct.unpack('>H', s.recv(2)); a = s.recv(n)
else:
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(3)
    s.sendto(q, ('10.88.0.1', 53)); a = s.recv(4096)
print(a[3] & 15, struct.unpack('>H', a[6:8])[0])
"#;

#[tokio::test]
async fn only_questions_for_addresses_are_answered_by_udp_and_tcp() {
    needs_network!();
    let world = World::new();
    let resolver = Resolver::serve(&world.world);
    resolver.set("api.test", &[PUBLIC, OTHER]);
    let daemon = world.daemon(&UPSTREAM).await;
    let client = daemon.client();
    let sandbox = create(client, allow(&["api.test"], &[], &[])).await;
    const REFUSED: &str = "5 0";
    for (kind, wanted) in
        [(1, "0 2"), (28, "0 0"), (65, "0 0"), (16, REFUSED), (10, REFUSED), (255, REFUSED)]
    {
        for protocol in ["udp", "tcp"] {
            let text = format!("python3 - api.test {kind} {protocol} <<'EOF'\n{ASK}\nEOF");
            let said = run(client, &sandbox.id, &text).await;
            let said = String::from_utf8_lossy(&said.stdout).trim().to_owned();
            assert_eq!(said, wanted, "type {kind} by {protocol}");
        }
    }
}

#[tokio::test]
async fn what_is_refused_is_told_and_counted() {
    needs_network!();
    let world = World::new();
    let resolver = Resolver::serve(&world.world);
    resolver.set("api.test", &[PUBLIC]);
    let daemon = world.daemon(&UPSTREAM).await;
    let client = daemon.client();
    let sandbox = create(client, allow(&["api.test"], &[], &[443])).await;
    let other = create(client, deny()).await;
    let mut watch = client.watch_egress(Some(&sandbox.id)).await.expect("a watch");
    assert_eq!(resolve(client, &other.id, "other.test").await, None, "not watched");
    assert_eq!(resolve(client, &sandbox.id, "api.test").await, Some(PUBLIC));
    let told = [
        (of("name", "evil.test", 0), EgressReason::Policy),
        (tcp(PUBLIC, 80), EgressReason::Policy),
        (tcp(METADATA, 443), EgressReason::Private),
        (udp(Ipv4Addr::new(10, 88, 0, 1), 443), EgressReason::Host),
        (tcp(other.ip_address.parse().expect("an address"), 7), EgressReason::Sandbox),
    ];
    let said = |event: &WatchEgressResponse| match event.r#type() {
        EventType::Name => format!("name {}:0", event.name),
        _ if event.protocol == 6 => format!("tcp {}:{}", event.address, event.port),
        _ => format!("udp {}:{}", event.address, event.port),
    };
    let mut before = String::new();
    for (attempt, reason) in told {
        try_all(client, &sandbox.id, &[attempt.clone()]).await;
        let event = loop {
            let event = watch.next().await.expect("the watch goes on").expect("an event");
            // Who is refused may ask again.
            if said(&event) != before {
                break event;
            }
        };
        let verdict = (reason, EgressVerdict::Refused);
        assert_eq!((event.reason(), event.verdict()), verdict, "{attempt}");
        assert_eq!(event.sandbox_id, sandbox.id);
        before = said(&event);
        assert_eq!(before, attempt.to_string());
        if event.address == PUBLIC.to_string() {
            assert_eq!(event.name, "api.test", "an address that a name had is told by it");
        }
    }
    eventually("all is counted", async || {
        let counts = client.egress_counts(&sandbox.id).await.expect("counts");
        let all = [counts.refused_packets >= 3, counts.refused_names >= 1];
        // Port 80 is the gate's.
        (all == [true; 2] && counts.refused_connections >= 1).then_some(())
    })
    .await;
}
