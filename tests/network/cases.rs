//! What this field's sandboxes have let through, case by case. Each is tried
//! under `deny`, under an allowlist that lists other things, and with the
//! policy removed, where it must come through: nothing else held it back.
//!
//! N10, the policy before the first packet, is `first`, `change` and `crash`;
//! N11, secrets, is `credentials`; of N12 what a sandbox can try is here, the rest
//! is the previews' own. N8, another name in the same content network's TLS that
//! only its far end sees, can't be told from outside.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};

use skerry_client::v1::Sandbox;
use skerry_test_support::skip;

use crate::gate::{SHARED, serve};
use crate::needs_network;
use crate::peers::inside;
use crate::policy::serve_inside;
use crate::probe::{Attempt, of, passed, tcp, try_all, udp};
use crate::resolver::Resolver;
use crate::steps::{allow, create, deny, stdout};
use crate::world::{FORBIDDEN, GATEWAY, HOST, METADATA, OTHER, PORTS, PUBLIC, TEN, World};

/// A host that leads to a private one.
const LEADS: Ipv4Addr = Ipv4Addr::new(151, 101, 129, 69);
/// What is listed, and resolved before anything is tried.
const LISTED: [&str; 3] = ["a.test", "leads.test", "public.test"];
/// IPv6 addresses of the world: metadata, a private one, metadata by NAT64, and
/// a public one.
const SIX: [&str; 4] = ["fd00:ec2::254", "fd55::99", "64:ff9b::a9fe:a9fe", "2606:2800:220::34"];

/// One case: what is tried.
struct Case {
    name: &'static str,
    tries: Vec<Attempt>,
    /// Why a sandbox may not be able to try it at all, whatever its policy.
    may_lack: Option<&'static str>,
}

fn case(name: &'static str, tries: Vec<Attempt>) -> Case {
    Case { name, tries, may_lack: None }
}

/// All of them; `api` is the port of the daemon's own API, `peer` another
/// sandbox.
fn cases(api: u16, peer: Ipv4Addr) -> Vec<Case> {
    let at_shared = |kind, said: &str, port| of(kind, &format!("{SHARED}|{said}"), port);
    let requests = [
        "GET / HTTP/1.1~Host: b.test",
        "GET / HTTP/1.1~Host: B.TEST.:80",
        "GET / HTTP/1.1~Host: a.test.b.test",
        "GET / HTTP/1.1~Host: evil-a.test",
        "GET / HTTP/1.1~Host: xn--a-test-9za",
        "GET / HTTP/1.1~Host: a.test@b.test",
        "GET / HTTP/1.1~Host: a.test~Host: b.test",
        "GET / HTTP/1.1~Host: 151.101.65.69",
        "GET / HTTP/1.1~X: no host",
        "GET http://b.test/ HTTP/1.1~Host: a.test",
        "CONNECT b.test:443 HTTP/1.1~Host: a.test",
        "SSH-2.0-no request",
    ];
    let mapped = ["::ffff:169.254.169.254", "::ffff:10.88.0.1", "::ffff:93.184.216.34"];
    let public = PUBLIC.to_string();
    vec![
        case("N1 metadata", FORBIDDEN[3..].iter().map(|address| tcp(*address, 80)).collect()),
        case("N1 metadata by its name", vec![of("reach", "metadata.google.internal", 80)]),
        case(
            "N2 private ranges",
            FORBIDDEN.iter().flat_map(|one| [tcp(*one, 4000), udp(*one, 443)]).collect(),
        ),
        case("N2 the host", PORTS.iter().flat_map(|p| [tcp(GATEWAY, *p), tcp(HOST, *p)]).collect()),
        case("N2 the host by UDP", vec![udp(GATEWAY, 443)]),
        case("N2 another sandbox", vec![tcp(peer, 7)]),
        Case {
            name: "N1, N3 IPv6, and NAT64",
            tries: SIX.map(|address| of("tcp6", address, 80)).to_vec(),
            may_lack: Some("this host has no IPv6"),
        },
        case("N3 IPv4 in IPv6", mapped.iter().map(|address| of("tcp6", address, 80)).collect()),
        case("N4 a name that leads inside", vec![of("reach", "rebind.test", 80)]),
        case("N5 HTTP", requests.iter().map(|said| at_shared("http", said, 80)).collect()),
        case(
            "N5 TLS",
            ["b.test", "", "a.test.b.test"].map(|name| at_shared("tls", name, 443)).to_vec(),
        ),
        case("N6 QUIC's way", vec![udp(PUBLIC, 443), of("fragments", &public, 443)]),
        case("N6 ping", vec![of("ping", &public, 0)]),
        Case {
            name: "N6 SCTP",
            tries: vec![of("sctp", &public, 80)],
            may_lack: Some("this kernel has no SCTP"),
        },
        Case {
            name: "N6 raw and packet sockets",
            tries: vec![of("raw", "", 0), of("packet", "", 0)],
            may_lack: Some("a sandbox has no right to them, whatever its policy"),
        },
        case(
            "N7 names as a tunnel",
            vec![of("resolver", "s3cret.b.test", 16), of("resolver", "s3cret.b.test", 10)],
        ),
        case("N9 a redirect", vec![of("follow", &format!("{LEADS}|leads.test"), 80)]),
        case(
            "N12 the daemon's API",
            vec![of("connect", "10.88.0.1", api), of("connect", "93.184.216.1", api)],
        ),
    ]
}

/// Leads who asks to another host.
fn lead(world: &World) {
    world.world.must(&format!("ip addr add {LEADS}/32 dev lo"));
    let _inside = world.world.enter();
    let listener = TcpListener::bind((LEADS, 80)).expect("the port is free");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _gone = stream.read(&mut [0; 4096]);
            let answer =
                "HTTP/1.1 302 Found\r\nLocation: http://private.test/\r\nContent-Length: 0\r\n\r\n";
            let _gone = stream.write_all(answer.as_bytes());
        }
    });
}

/// Gives the world IPv6, and sandboxes, which have none by themselves: as if
/// one had found a way.
fn give_ipv6(world: &World, sandboxes: &[&Sandbox]) {
    world
        .world
        .must("ip addr add fd77::2/64 dev up1 nodad && ip -6 route add fd88::/64 via fd77::1");
    world.host.must("ip addr add fd77::1/64 dev up0 nodad && ip -6 route add default via fd77::2");
    world.host.must("echo 1 >/proc/sys/net/ipv6/conf/all/forwarding");
    world.host.must("echo 0 >/proc/sys/net/ipv6/conf/skerry0/disable_ipv6");
    world.host.must("ip addr add fd88::1/64 dev skerry0 nodad");
    let bridge = world.host.must("cat /sys/class/net/skerry0/address 2>/dev/null || ip -o link show skerry0 | sed 's/.*ether \\([^ ]*\\).*/\\1/'");
    let bridge = bridge.trim();
    for (index, sandbox) in sandboxes.iter().enumerate() {
        let (address, mac) = (format!("fd88::{}", index + 10), &sandbox.mac_address);
        world.host.must(&format!("ip neigh replace {address} lladdr {mac} dev skerry0"));
        world.host.must(&format!(
            "nsenter --net=/proc/{}/ns/net sh -ec '
             echo 0 >/proc/sys/net/ipv6/conf/all/disable_ipv6
             echo 0 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6
             ip addr add {address}/64 dev eth0 nodad
             ip neigh replace fd88::1 lladdr {bridge} dev eth0
             ip -6 route add default via fd88::1 dev eth0'",
            inside(sandbox)
        ));
    }
    for address in SIX {
        world.world.must(&format!("ip addr add {address}/128 dev lo nodad"));
        let _inside = world.world.enter();
        let address: Ipv6Addr = address.parse().expect("an address");
        let listener = TcpListener::bind((IpAddr::V6(address), 80)).expect("the port is free");
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut bytes = [0; 64];
                let length = stream.read(&mut bytes).unwrap_or_default();
                let _gone = stream.write_all(&bytes[..length]);
            }
        });
    }
}

#[tokio::test]
async fn each_case_is_held_back_by_each_policy_and_by_nothing_else() {
    needs_network!();
    let world = World::new();
    let resolver = Resolver::serve(&world.world);
    for (name, address) in [
        ("a.test", SHARED),
        ("b.test", SHARED),
        ("leads.test", LEADS),
        ("public.test", PUBLIC),
        ("private.test", TEN),
        ("rebind.test", METADATA),
        ("metadata.google.internal", METADATA),
        ("s3cret.b.test", PUBLIC),
    ] {
        resolver.set(name, &[address]);
    }
    serve(&world);
    lead(&world);
    let upstream = PUBLIC.to_string();
    let daemon = world.daemon(&["--dns-upstream", &upstream, "--listen", "0.0.0.0:0"]).await;
    let client = daemon.client();
    let api = daemon.address().rsplit(':').next().and_then(|port| port.parse().ok());
    let listed = [&LISTED[..], &["rebind.test", "metadata.google.internal"]].concat();
    let policy = allow(&listed, &[&OTHER.to_string()], &[80, 443, 8443]);
    let denied = create(client, deny()).await;
    let allowed = create(client, policy).await;
    let peer = create(client, deny()).await;
    serve_inside(client, &peer.id).await;
    for sandbox in [&denied, &allowed] {
        // Who may ping is the network namespace's to say, and nobody may.
        let range = "echo 0 2147483647 >/proc/sys/net/ipv4/ping_group_range";
        let pid = inside(sandbox);
        world.host.must(&format!("nsenter --net=/proc/{pid}/ns/net sh -c '{range}'"));
    }
    let has_ipv6 = std::path::Path::new("/proc/sys/net/ipv6").exists();
    if has_ipv6 {
        give_ipv6(&world, &[&denied, &allowed]);
    }
    let peer = peer.ip_address.parse().expect("an address");
    let cases = cases(api.expect("it listens"), peer);

    let none: Vec<Attempt> = Vec::new();
    for case in &cases {
        assert_eq!(passed(client, &denied.id, &case.tries).await, none, "{}: deny", case.name);
    }
    assert!(world.seen().is_empty(), "{:?}", world.seen());
    // What is listed passes: it is no policy that lets nothing through.
    stdout(client, &allowed.id, &format!("getent ahostsv4 {} >/dev/null", LISTED[0])).await;
    let resolve = LISTED.map(|name| format!("getent ahostsv4 {name} >/dev/null")).join(" && ");
    stdout(client, &allowed.id, &resolve).await;
    let passes = [
        tcp(OTHER, 8443),
        of("reach", "public.test", 8443),
        of("http", &format!("{SHARED}|GET / HTTP/1.1~Host: A.test.:80"), 80),
        of("tls", &format!("{SHARED}|a.test"), 443),
    ];
    assert_eq!(passed(client, &allowed.id, &passes).await, passes);
    for case in &cases {
        let through = passed(client, &allowed.id, &case.tries).await;
        assert_eq!(through, none, "{}: allowlist", case.name);
    }
    for address in FORBIDDEN {
        assert!(!world.seen().contains_key(&address), "a packet came to {address}");
    }

    for chain in ["prerouting", "names", "input", "forward"] {
        world.host.must(&format!("nft flush chain inet skerry {chain}"));
    }
    for case in &cases {
        let said = try_all(client, &denied.id, &case.tries).await;
        let held: Vec<_> = said.iter().filter(|(_, said)| *said != "yes").collect();
        match case.may_lack {
            Some(reason) if held.len() == case.tries.len() => {
                skip::record(module_path!(), &format!("{}: {reason}", case.name));
            }
            _ => assert!(held.is_empty(), "{}: without a policy: {held:?}", case.name),
        }
    }
}
