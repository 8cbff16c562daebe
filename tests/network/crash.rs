//! The daemon dies; the rules don't.

use std::net::Ipv4Addr;
use std::time::Duration;

use skerry_client::Client;
use skerry_test_support::eventually;

use crate::needs_network;
use crate::probe::{of, passed, tcp, try_all};
use crate::resolver::Resolver;
use crate::steps::{allow, create, deny, open, run, stdout};
use crate::world::{OTHER, PUBLIC, World};

/// Counts answers on one connection, and tries new ones, without end.
const GOING: &str = "
import socket, os, sys, time
host, kept, tried = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
if os.fork() == 0:
    os.setsid(); os.close(1); os.close(2)
    def note(name, n):
        open('/tmp/x', 'w').write(str(n)); os.rename('/tmp/x', '/tmp/' + name)
    try: s = socket.create_connection((host, kept), 2)
    except OSError: s = None
    answers = fresh = 0
    while True:
        time.sleep(0.01)
        try:
            s.sendall(b'x'); answers += len(s.recv(1)); note('answers', answers)
        except Exception: pass
        try:
            with socket.create_connection((host, tried), 0.2): fresh += 1
            note('fresh', fresh)
        except OSError: pass
        note('turns', time.time())
";

/// On one of two ports, and on the other.
async fn start(client: &Client, sandbox: &str, host: Ipv4Addr, ports: [u16; 2]) {
    let [kept, tried] = ports;
    let text = format!("python3 - {host} {kept} {tried} <<'EOF'\n{GOING}\nEOF");
    let done = run(client, sandbox, &text).await;
    assert_eq!(done.result.map(|result| result.exit_code), Some(0));
    eventually("it goes on", async || {
        (stdout(client, sandbox, "cat /tmp/turns 2>/dev/null; true").await != "").then_some(())
    })
    .await;
}

async fn count(client: &Client, sandbox: &str, what: &str) -> u64 {
    let text = stdout(client, sandbox, &format!("cat /tmp/{what} 2>/dev/null || echo 0")).await;
    text.parse().unwrap_or_default()
}

#[tokio::test]
async fn connections_go_on_without_the_daemon_and_what_is_closed_stays_closed() {
    needs_network!();
    let world = World::new();
    let resolver = Resolver::serve(&world.world);
    resolver.set("api.test", &[OTHER]);
    let mut daemon = world.daemon(&["--dns-upstream", "93.184.216.34"]).await;
    let client = daemon.client().clone();
    let opened = create(&client, open()).await;
    let denied = create(&client, deny()).await;
    let listed = create(&client, allow(&["api.test"], &[], &[])).await;
    let name = of("name", "api.test", 0);
    assert_eq!(try_all(&client, &listed.id, &[name.clone()]).await[&name], OTHER.to_string());
    start(&client, &opened.id, PUBLIC, [80, 443]).await;
    start(&client, &denied.id, PUBLIC, [80, 443]).await;
    // Not by the gate, which ends with the daemon.
    start(&client, &listed.id, OTHER, [8443, 4000]).await;
    let before = count(&client, &opened.id, "answers").await;
    let rules = world.host.must("nft -s -t list table inet skerry");

    daemon.kill9();
    assert_eq!(world.host.must("nft -s -t list table inet skerry"), rules);
    let packets = world.seen();
    eventually("packets flow without a daemon", async || {
        (world.seen()[&PUBLIC] > packets[&PUBLIC] + 100).then_some(())
    })
    .await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    daemon.restart().await;

    assert_eq!(world.host.must("nft -s -t list table inet skerry"), rules, "the same rules again");
    assert!(count(&client, &opened.id, "answers").await > before + 20, "the connection goes on");
    for what in ["answers", "fresh"] {
        assert_eq!(count(&client, &denied.id, what).await, 0, "{what} of the denied one");
    }
    let learned = count(&client, &listed.id, "answers").await;
    eventually("a connection to a learned address goes on", async || {
        (count(&client, &listed.id, "answers").await > learned).then_some(())
    })
    .await;
    // Each has what it had, and the daemon holds them to it anew.
    for (sandbox, wanted) in [(&opened, vec![tcp(PUBLIC, 80)]), (&denied, vec![])] {
        let now = client.sandbox(&sandbox.id).await.expect("it is there");
        assert_eq!(
            (&now.ip_address, &now.network_policy),
            (&sandbox.ip_address, &sandbox.network_policy)
        );
        assert_eq!(passed(&client, &sandbox.id, &[tcp(PUBLIC, 80)]).await, wanted);
    }
    // What was learned before is known by its name: it stays with it.
    crate::steps::set_policy(&client, &listed.id, allow(&["api.test", "b.test"], &[], &[])).await;
    let learned = count(&client, &listed.id, "answers").await;
    eventually("the connection outlives another policy", async || {
        (count(&client, &listed.id, "answers").await > learned).then_some(())
    })
    .await;
    let fresh = create(&client, deny()).await;
    let addresses = [&opened, &denied, &listed].map(|sandbox| sandbox.ip_address.clone());
    assert!(!addresses.contains(&fresh.ip_address), "no address is given twice");
}

#[tokio::test]
async fn a_machine_whose_daemon_died_before_its_link_gets_one() {
    needs_network!();
    let world = World::new();
    let mut daemon = world.daemon(&[]).await;
    let client = daemon.client().clone();
    let sandbox = create(&client, open()).await;
    daemon.kill9();
    let links = world.host.must("ip -o link show type veth");
    let link = links.lines().find_map(|line| line.split([':', '@']).nth(1)).expect("a link");
    let link = links.lines().map(|line| line.split([':', '@']).nth(1).unwrap_or(link).trim());
    let link = link.into_iter().find(|name| name.starts_with("skv")).expect("a sandbox's link");
    world.host.must(&format!("ip link del {link}"));
    world.host.must("nft delete table inet skerry");
    daemon.restart().await;
    assert_eq!(passed(&client, &sandbox.id, &[tcp(PUBLIC, 80)]).await, vec![tcp(PUBLIC, 80)]);
}
