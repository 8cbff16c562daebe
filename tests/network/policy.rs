//! What each policy lets through, and that nothing but the rules holds the
//! rest back.

use std::net::Ipv4Addr;

use skerry_client::v1::ForkSandboxRequest;

use crate::needs_network;
use crate::probe::{Attempt, of, passed, tcp, try_all, udp};
use crate::steps::{allow, create, deny, open, run, set_policy, stdout};
use crate::world::{FORBIDDEN, GATEWAY, HOST, METADATA, OTHER, PORTS, PRIVATE, PUBLIC, World};

/// Everything that no policy lets through unasked.
fn forbidden() -> Vec<Attempt> {
    let mut all: Vec<_> =
        FORBIDDEN.iter().flat_map(|address| [tcp(*address, 80), udp(*address, 443)]).collect();
    for own in [GATEWAY, HOST] {
        all.extend(PORTS.map(|port| tcp(own, port)));
    }
    all.push(udp(GATEWAY, 443));
    // The same addresses in other clothes.
    for mapped in ["::ffff:169.254.169.254", "::ffff:10.88.0.1"] {
        all.extend([of("tcp6", mapped, 80), of("udp6", mapped, 443)]);
    }
    all
}

const PUBLIC_MAPPED: &str = "::ffff:93.184.216.34";

/// What no sandbox can do at all.
fn impossible() -> Vec<Attempt> {
    vec![
        of("tcp6", "fd00:ec2::254", 80),
        of("tcp6", "64:ff9b::a9fe:a9fe", 80),
        of("tcp6", "fe80::1", 80),
        of("raw", "", 0),
        of("packet", "", 0),
    ]
}

fn public() -> Vec<Attempt> {
    vec![
        tcp(PUBLIC, 80),
        tcp(OTHER, 443),
        udp(PUBLIC, 443),
        udp(OTHER, 4000),
        of("fragments", &PUBLIC.to_string(), 443),
        of("tcp6", PUBLIC_MAPPED, 80),
    ]
}

#[tokio::test]
async fn a_denied_sandbox_reaches_nothing_and_nothing_of_it_leaves() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&[]).await;
    let client = daemon.client();
    let sandbox = create(client, deny()).await;
    let all = [forbidden(), impossible(), public()].concat();
    let none: Vec<Attempt> = Vec::new();
    assert_eq!(passed(client, &sandbox.id, &all).await, none);
    assert_eq!(passed(client, &sandbox.id, &[of("sctp", &PUBLIC.to_string(), 80)]).await, none);
    assert!(world.seen().is_empty(), "{:?}", world.seen());
}

#[tokio::test]
async fn an_open_sandbox_reaches_public_addresses_alone() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&["--egress", "open"]).await;
    let client = daemon.client();
    // The daemon's default.
    let sandbox = client.create_sandbox(Default::default()).await.expect("a sandbox");
    assert_eq!(passed(client, &sandbox.id, &public()).await, public());
    let none: Vec<Attempt> = Vec::new();
    assert_eq!(passed(client, &sandbox.id, &forbidden()).await, none);
    assert_eq!(passed(client, &sandbox.id, &impossible()).await, none);
    let seen = world.seen();
    assert!(seen.contains_key(&PUBLIC), "{seen:?}");
    for address in FORBIDDEN {
        assert!(!seen.contains_key(&address), "a packet came to {address}");
    }
}

#[tokio::test]
async fn an_allowlist_lets_its_addresses_and_ports_through_and_a_deny_entry_wins() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&[]).await;
    let client = daemon.client();
    let both = ["93.184.216.0/24", "192.168.77.0/24", "0.0.0.0/0"];
    let mut policy = allow(&[], &both, &[80, 443]);
    policy.deny_cidrs = vec![OTHER.to_string()];
    let sandbox = create(client, policy).await;
    let wanted = vec![tcp(PUBLIC, 80), udp(PUBLIC, 443), tcp(PRIVATE, 443)];
    let mut all = [wanted.clone(), forbidden(), impossible()].concat();
    all.retain(|attempt| *attempt != tcp(PRIVATE, 80) && *attempt != udp(PRIVATE, 443));
    // Other ports, and the denied one.
    all.extend([tcp(PUBLIC, 4000), udp(PUBLIC, 8443), tcp(OTHER, 80), udp(OTHER, 443)]);
    assert_eq!(passed(client, &sandbox.id, &all).await, wanted);
    assert!(!world.seen().contains_key(&METADATA), "0.0.0.0/0 opens no special range");
    let sctp = of("sctp", &PUBLIC.to_string(), 80);
    assert_eq!(passed(client, &sandbox.id, &[sctp]).await, Vec::<Attempt>::new());

    // An open one with a denied block.
    let mut policy = open();
    policy.deny_cidrs = vec![OTHER.to_string()];
    set_policy(client, &sandbox.id, policy).await;
    let all = [tcp(PUBLIC, 4000), tcp(OTHER, 80), tcp(PRIVATE, 443)];
    assert_eq!(passed(client, &sandbox.id, &all).await, vec![tcp(PUBLIC, 4000)]);
}

/// Without the rules every attempt that a sandbox can make at all succeeds:
/// nothing else holds it back, so that the tests above can fail.
#[tokio::test]
async fn it_is_the_rules_that_hold_a_sandbox_back() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&[]).await;
    let client = daemon.client();
    let (sandbox, other) = (create(client, deny()).await, create(client, deny()).await);
    world.host.must("nft delete table inet skerry");
    let all = [forbidden(), public()].concat();
    assert_eq!(passed(client, &sandbox.id, &all).await, all);
    serve_inside(client, &other.id).await;
    let peer: Ipv4Addr = other.ip_address.parse().expect("an address");
    assert_eq!(passed(client, &sandbox.id, &[tcp(peer, 7)]).await, vec![tcp(peer, 7)]);
}

/// A server in a sandbox, on port 7.
pub(crate) async fn serve_inside(client: &skerry_client::Client, sandbox: &str) {
    const SERVER: &str = "
import socket, os
s = socket.create_server(('0.0.0.0', 7))
if os.fork() == 0:
    os.setsid()
    os.close(1); os.close(2)
    while True:
        c, _ = s.accept(); c.sendall(c.recv(64)); c.close()
";
    let done = run(client, sandbox, &format!("python3 -c \"{SERVER}\"")).await;
    assert_eq!(done.result.map(|result| result.exit_code), Some(0));
}

#[tokio::test]
async fn a_sandbox_knows_itself_and_its_address_outlives_its_stop() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&["--egress", "open"]).await;
    let client = daemon.client();
    let sandbox = create(client, open()).await;
    assert!(sandbox.mac_address.starts_with("02:53:0a:58:"), "{}", sandbox.mac_address);
    let inside = "cat /sys/class/net/eth0/address; python3 -c \"
import socket; print(socket.gethostbyname(socket.gethostname()))\"; cat /etc/resolv.conf";
    let said = stdout(client, &sandbox.id, inside).await;
    assert!(said.starts_with(&format!("{}\n{}\n", sandbox.mac_address, sandbox.ip_address)));
    assert!(said.contains("nameserver 10.88.0.1"), "{said}");
    client.stop_sandbox(&sandbox.id, None).await.expect("it stops");
    let again = client.start_sandbox(&sandbox.id).await.expect("it starts");
    assert_eq!(
        (&again.ip_address, &again.mac_address),
        (&sandbox.ip_address, &sandbox.mac_address)
    );
    assert_eq!(passed(client, &sandbox.id, &public()).await, public());
    // A fork has the policy, and an address of its own.
    let fork = ForkSandboxRequest { sandbox_id: sandbox.id.clone(), ..Default::default() };
    let forks = client.fork_sandbox(fork).await.expect("a fork");
    assert_ne!(forks[0].ip_address, sandbox.ip_address);
    assert_eq!(forks[0].network_policy, sandbox.network_policy);
    assert_eq!(passed(client, &forks[0].id, &public()).await, public());
    let results = try_all(client, &sandbox.id, &[tcp(METADATA, 80)]).await;
    assert!(
        results[&tcp(METADATA, 80)].starts_with("no: [Errno 113]"),
        "told at once: {results:?}"
    );
}
