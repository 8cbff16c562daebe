//! Ports 80 and 443 of an address that a name was allowed for: only what says
//! that name, in each of its requests, gets there.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};

use skerry_client::v1::EgressReason;
use skerry_test_support::eventually;

use crate::needs_network;
use crate::resolver::Resolver;
use crate::steps::{allow, create, set_policy, stdout};
use crate::world::{OTHER, PUBLIC, World};

const UPSTREAM: [&str; 2] = ["--dns-upstream", "93.184.216.34"];
/// Where many names live.
pub(crate) const SHARED: Ipv4Addr = Ipv4Addr::new(151, 101, 65, 69);

/// Asks an address as each of the hosts in turn, by HTTP on one connection
/// and by TLS; says `yes` where the other side has answered.
const PROGRAM: &str = r#"
import socket, ssl, sys
kind, address, hosts = sys.argv[1], sys.argv[2], sys.argv[3:]
def said(stream):
    try: return stream.recv(4096)
    except OSError: return b''
def connect(port):
    stream = socket.create_connection((address, port), 5); stream.settimeout(5); return stream
if kind == 'http':
    stream = connect(80)
    for host in hosts:
        stream.sendall(b'GET / HTTP/1.1\r\nHost: ' + host.encode() + b'\r\n\r\n')
        print('yes' if b'the world' in said(stream) else 'no')
if kind == 'tls':
    for host in hosts:
        context = ssl.create_default_context(); context.check_hostname = False
        coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(coming, going, server_hostname=host or None)
        try: tls.do_handshake()
        except ssl.SSLWantReadError: pass
        stream = connect(443); stream.sendall(going.read())
        print('yes' if said(stream) == b'the world' else 'no')
if kind == 'raw':
    for host in hosts:
        stream = connect(443); stream.sendall(host.encode() * 8)
        print('yes' if said(stream) else 'no')
if kind == 'hold':
    stream = connect(80)
    stream.sendall(b'GET / HTTP/1.1\r\nHost: ' + hosts[0].encode() + b'\r\n\r\n')
    assert b'the world' in said(stream)
    open('/workspace/held', 'w').close()
    stream.settimeout(30)
    print('ended' if said(stream) == b'' else 'goes on')
"#;

/// Answers HTTP on port 80 and anything on port 443, as long as the test's
/// process lives.
pub(crate) fn serve(world: &World) {
    world.world.must(&format!("ip addr add {SHARED}/32 dev lo"));
    let _inside = world.world.enter();
    for (port, answer) in
        [(80, &b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nthe world"[..]), (443, b"the world")]
    {
        let listener = TcpListener::bind((SHARED, port)).expect("the port is free");
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                std::thread::spawn(move || {
                    let mut bytes = [0; 4096];
                    while let Ok(1..) = stream.read(&mut bytes) {
                        if stream.write_all(answer).is_err() {
                            return;
                        }
                    }
                });
            }
        });
    }
}

pub(crate) async fn ask(client: &skerry_client::Client, sandbox: &str, arguments: &str) -> String {
    let text = format!("python3 - {arguments} <<'EOF'\n{PROGRAM}\nEOF");
    stdout(client, sandbox, &text).await.replace('\n', " ")
}

#[tokio::test]
async fn an_address_of_many_names_is_reached_by_those_that_are_allowed_alone() {
    needs_network!();
    let world = World::new();
    let resolver = Resolver::serve(&world.world);
    for name in ["a.test", "b.test", "c.test"] {
        resolver.set(name, &[SHARED]);
    }
    resolver.set("elsewhere.test", &[OTHER]);
    serve(&world);
    let daemon = world.daemon(&UPSTREAM).await;
    let client = daemon.client();
    let sandbox = create(client, allow(&["a.test", "b.test", "elsewhere.test"], &[], &[])).await;
    let id = &*sandbox.id;
    let mut watch = client.watch_egress(Some(id)).await.expect("a watch");
    let resolve = "getent hosts a.test b.test elsewhere.test >/dev/null";
    stdout(client, id, resolve).await;
    for (arguments, wanted) in [
        (format!("http {SHARED} a.test A.test:80 c.test b.test"), "yes yes no yes"),
        // Allowed, but not there.
        (format!("http {SHARED} elsewhere.test"), "no"),
        (format!("http {SHARED} a.test.evil.test"), "no"),
        (format!("http {SHARED} {SHARED}"), "no"),
        (format!("tls {SHARED} a.test c.test elsewhere.test b.test ''"), "yes no no yes no"),
        (format!("raw {SHARED} hello"), "no"),
    ] {
        assert_eq!(ask(client, id, &arguments).await, wanted, "{arguments}");
    }
    let told = eventually("the refusals are told", async || {
        let event = watch.next().await.expect("it goes on").expect("it does not end");
        (event.reason() == EgressReason::ServerName).then_some(event)
    });
    let told = told.await;
    assert_eq!((&*told.name, &*told.address, told.port), ("c.test", &*SHARED.to_string(), 80));

    // Listed by its address, it may say anything.
    let by_address = create(client, allow(&["a.test"], &[&SHARED.to_string()], &[])).await;
    stdout(client, &by_address.id, "getent hosts a.test >/dev/null").await;
    let all = ask(client, &by_address.id, &format!("tls {SHARED} a.test c.test")).await;
    assert_eq!(all, "yes yes");
    // Without a policy the same names pass: the attempts are sound.
    let free = create(client, crate::steps::open()).await;
    let all = ask(client, &free.id, &format!("http {SHARED} a.test c.test")).await;
    assert_eq!(all, "yes yes");
    assert_eq!(ask(client, &free.id, &format!("raw {PUBLIC} hello")).await, "yes");
}

#[tokio::test]
async fn a_name_that_is_allowed_no_more_ends_its_connections_and_others_go_on() {
    needs_network!();
    let world = World::new();
    let resolver = Resolver::serve(&world.world);
    resolver.set("a.test", &[SHARED]);
    resolver.set("b.test", &[SHARED]);
    serve(&world);
    let daemon = world.daemon(&UPSTREAM).await;
    let client = daemon.client();
    let sandbox = create(client, allow(&["a.test", "b.test"], &[], &[])).await;
    stdout(client, &sandbox.id, "getent hosts a.test b.test >/dev/null").await;
    let (other, id) = (client.clone(), sandbox.id.clone());
    let holding =
        tokio::spawn(async move { ask(&other, &id, &format!("hold {SHARED} b.test")).await });
    eventually("it is connected", async || {
        let there = stdout(client, &sandbox.id, "ls /workspace").await;
        there.contains("held").then_some(())
    })
    .await;
    set_policy(client, &sandbox.id, allow(&["a.test"], &[], &[])).await;
    assert_eq!(holding.await.expect("no panic"), "ended");
    let both = ask(client, &sandbox.id, &format!("http {SHARED} b.test a.test")).await;
    assert_eq!(both, "no yes");
}
