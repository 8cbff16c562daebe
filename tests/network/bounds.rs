//! What one sandbox may have of the host's network, and how many there may be.

use skerry_client::Code;
use skerry_test_support::eventually;

use crate::needs_network;
use crate::probe::{passed, tcp};
use crate::steps::{create, deny, open, stdout};
use crate::world::{PUBLIC, World};

/// Connections that one sandbox may have at once, as the daemon says.
const MOST: u64 = 4096;
/// Tried, each with another port.
const TRIED: u64 = 12_000;

/// The entries of the host's table of connections.
fn entries(world: &World) -> u64 {
    let text = world.host.must("cat /proc/sys/net/netfilter/nf_conntrack_count");
    text.trim().parse().expect("a number")
}

/// Sends a datagram to each of many ports.
async fn fill(client: &skerry_client::Client, sandbox: &str) {
    let program = format!(
        "import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for port in range(20000, 20000 + {TRIED}):
    try: s.sendto(b'x', ('{PUBLIC}', port))
    except OSError: pass"
    );
    stdout(client, sandbox, &format!("python3 - <<'EOF'\n{program}\nEOF")).await;
}

#[tokio::test]
async fn one_sandbox_does_not_fill_the_hosts_table_of_connections() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&[]).await;
    let client = daemon.client();
    let (first, second) = (create(client, open()).await, create(client, open()).await);
    let before = entries(&world);
    fill(client, &first.id).await;
    let filled = entries(&world) - before;
    assert!(filled > 1000, "it may have some: {filled}");
    assert!(filled <= MOST + 100, "{filled}");
    // Another one has its own.
    assert_eq!(passed(client, &second.id, &[tcp(PUBLIC, 80)]).await, vec![tcp(PUBLIC, 80)]);
    eventually("what was refused is counted", async || {
        let counts = client.egress_counts(&first.id).await.expect("counts");
        (counts.refused_packets > 1000).then_some(())
    })
    .await;
    // Nothing but these rules holds it back.
    world.host.must("nft flush chain inet skerry crowd");
    fill(client, &first.id).await;
    assert!(entries(&world) > before + MOST + 1000, "{}", entries(&world));
}

#[tokio::test]
async fn a_full_bridge_is_told_and_has_room_again() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&[]).await;
    let client = daemon.client();
    let there = create(client, deny()).await;
    // All ports but that one and the next: links that are down, so that none
    // is a loop.
    let fill = "for n in $(seq 511); do
        echo link add one$n type veth peer name two$n; echo link set one$n master skerry0
        if [ $n != 511 ]; then echo link set two$n master skerry0; fi; done | ip -batch -";
    world.host.must(fill);
    let last = create(client, deny()).await;
    let error = client.create_sandbox(Default::default()).await.expect_err("there is no port");
    assert_eq!(
        (error.code, error.reason.as_deref()),
        (Code::ResourceExhausted, Some("BOUND_REACHED")),
        "{error}"
    );
    assert!(error.message.contains("1023 sandboxes run with a network"), "{error}");
    let all = client.list_sandboxes(Default::default()).await.expect("a list");
    assert_eq!(all.len(), 2, "nothing is left of it");
    client.stop_sandbox(&last.id, None).await.expect("it stops");
    // The kernel takes links away some time after their machine.
    eventually("a port is free", async || client.create_sandbox(Default::default()).await.ok())
        .await;
    let error = client.start_sandbox(&last.id).await.expect_err("it is taken");
    assert_eq!(error.reason.as_deref(), Some("BOUND_REACHED"), "{error}");
    client.delete_sandbox(&there.id).await.expect("it is deleted");
    eventually("a port is free again", async || client.start_sandbox(&last.id).await.ok()).await;
}
