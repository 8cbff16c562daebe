//! Sandboxes among themselves.

use std::net::Ipv4Addr;

use skerry_client::Client;
use skerry_client::v1::{Port, Sandbox};

use crate::needs_network;
use crate::policy::serve_inside;
use crate::probe::{passed, tcp};
use crate::steps::{allow, create_in, deny, open};
use crate::world::{PUBLIC, World};

pub(crate) fn address(sandbox: &Sandbox) -> Ipv4Addr {
    sandbox.ip_address.parse().expect("an address")
}

pub(crate) async fn reaches(client: &Client, from: &Sandbox, to: &Sandbox) -> bool {
    !passed(client, &from.id, &[tcp(address(to), 7)]).await.is_empty()
}

pub(crate) async fn set_group(client: &Client, sandbox: &Sandbox, group: &str) {
    let values = Sandbox { group: group.to_owned(), ..Sandbox::default() };
    let paths = vec!["group".to_owned()];
    client.update_sandbox(&sandbox.id, values, paths).await.expect("another group");
}

#[tokio::test]
async fn only_sandboxes_of_one_group_reach_each_other() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&[]).await;
    let client = daemon.client();
    let first = create_in(client, deny(), "team-a").await;
    let second = create_in(client, deny(), "team-a").await;
    let third = create_in(client, open(), "team-b").await;
    // An entry of a policy opens no other sandbox.
    let fourth = create_in(client, allow(&[], &["10.88.0.0/16", "0.0.0.0/0"], &[]), "").await;
    for server in [&first, &second, &third] {
        serve_inside(client, &server.id).await;
    }
    assert!(reaches(client, &first, &second).await && reaches(client, &second, &first).await);
    for (from, to) in [(&first, &third), (&third, &first), (&fourth, &first), (&fourth, &third)] {
        assert!(!reaches(client, from, to).await, "{} to {}", from.id, to.id);
    }
    assert_eq!(passed(client, &first.id, &[tcp(PUBLIC, 80)]).await, vec![], "a group is no policy");

    set_group(client, &third, "team-a").await;
    assert!(reaches(client, &first, &third).await && reaches(client, &third, &second).await);
    set_group(client, &second, "").await;
    assert!(!reaches(client, &first, &second).await && reaches(client, &first, &third).await);
    client.delete_sandbox(&third.id).await.expect("it is deleted");
    client.delete_sandbox(&first.id).await.expect("it is deleted");
    let rules = world.host.must("nft list table inet skerry");
    assert!(!rules.contains("team"), "a group goes with its last member:\n{rules}");
}

/// By what ListUrls calls its container; the sandbox itself begins nothing.
#[tokio::test]
async fn the_host_reaches_a_port_at_the_sandboxs_address() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&[]).await;
    let client = daemon.client();
    let sandbox = create_in(client, deny(), "").await;
    serve_inside(client, &sandbox.id).await;
    let values = Sandbox { ports: vec![Port { port: 7, ..Port::default() }], ..Sandbox::default() };
    let paths = vec!["ports".to_owned()];
    client.update_sandbox(&sandbox.id, values, paths).await.expect("a port");
    let urls = client.list_urls(&sandbox.id).await.expect("it works");
    assert_eq!(urls[0].container, format!("{}:7", sandbox.ip_address));
    let ask = format!(
        "python3 -c 'import socket; s = socket.create_connection((\"{}\", 7), 60); \
         s.sendall(b\"hi\"); print(s.recv(64))'",
        sandbox.ip_address
    );
    assert_eq!(world.host.must(&ask).trim(), "b'hi'");
}

/// What a sandbox's root could only do with rights that it does not have, a
/// process of the host's does in its place: another address and another
/// hardware address.
#[tokio::test]
async fn a_packet_with_anothers_addresses_goes_nowhere() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&[]).await;
    let client = daemon.client();
    let sandbox = create_in(client, open(), "").await;
    let other = create_in(client, open(), "").await;
    assert_eq!(passed(client, &sandbox.id, &[tcp(PUBLIC, 80)]).await, vec![tcp(PUBLIC, 80)]);
    let pid = inside(&sandbox);
    let enter = format!("nsenter --net=/proc/{pid}/ns/net");
    // The other's address: not with this hardware address.
    world.host.must(&format!("{enter} ip addr add {}/32 dev eth0", other.ip_address));
    let before = world.seen();
    let forge = |source: &str| {
        let connect = format!(
            "import socket; s = socket.socket(); s.settimeout(1); s.bind((\"{source}\", 0)); \
             s.connect((\"{PUBLIC}\", 443))"
        );
        world.host.run(&format!("{enter} python3 -c '{connect}'")).status.success()
    };
    assert!(forge(&sandbox.ip_address), "its own address still serves");
    assert!(!forge(&other.ip_address));
    // The other's hardware address as well: not at this port of the bridge.
    world.host.must(&format!("{enter} ip link set eth0 address {}", other.mac_address));
    assert!(!forge(&other.ip_address));
    world.host.must(&format!("{enter} ip link set eth0 address {}", sandbox.mac_address));
    assert_eq!(before.keys().collect::<Vec<_>>(), world.seen().keys().collect::<Vec<_>>());
    assert_eq!(passed(client, &other.id, &[tcp(PUBLIC, 80)]).await, vec![tcp(PUBLIC, 80)]);
}

/// A process of a sandbox, as the host counts.
pub(crate) fn inside(sandbox: &Sandbox) -> u32 {
    let processes = std::fs::read_dir("/proc").expect("it is mounted").flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let mut found = pids.filter(|pid| {
        let cgroups = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default();
        cgroups.contains(&sandbox.id)
    });
    found.next().expect("the sandbox has a process")
}
