//! Another policy while packets flow.

use std::net::Ipv4Addr;
use std::time::Duration;

use skerry_client::Client;
use skerry_test_support::eventually;

use crate::needs_network;
use crate::steps::{allow, create, deny, open, run, set_policy, stdout};
use crate::world::{OTHER, PUBLIC, World};

/// Sends a datagram and a TCP byte to each of two addresses every millisecond
/// or so until it is told to stop; says how many it sent to the first, and how
/// many came back of each kind.
const LOAD: &str = r#"
import os, select, socket, sys, time
both, other = sys.argv[1], sys.argv[2]
def udp(host):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect((host, 443)); s.setblocking(False); return s
def tcp(host):
    s = socket.create_connection((host, 443), 5); s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    s.setblocking(False); return s
u, t, ou, ot = udp(both), tcp(both), udp(other), tcp(other)
sent = got = stream = 0
def read():
    global got, stream
    try:
        while u.recv(64): got += 1
    except OSError: pass
    try: stream += len(t.recv(65536))
    except OSError: pass
    for s in (ou, ot):
        try: s.recv(65536)
        except OSError: pass
open('/tmp/ready', 'w').close()
while not os.path.exists('/tmp/stop'):
    u.send(b'x'); t.send(b'y'); sent += 1
    for s in (ou, ot):
        try: s.send(b'z')
        except OSError: pass
    time.sleep(0.001); read()
end = time.time() + 5
while time.time() < end and (got < sent or stream < sent):
    time.sleep(0.01); read()
print(sent, got, stream)
"#;

/// Waits until the load flows.
async fn ready(client: &Client, sandbox: &str) {
    eventually("the load begins", async || {
        let looked = run(client, sandbox, "test -e /tmp/ready").await;
        (looked.result?.exit_code == 0).then_some(())
    })
    .await;
}

fn seen(world: &World, address: Ipv4Addr) -> u64 {
    world.seen().get(&address).copied().unwrap_or_default()
}

#[tokio::test]
async fn a_change_cuts_what_goes_and_loses_nothing_of_what_stays() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&[]).await;
    let client = daemon.client();
    let sandbox = create(client, open()).await;
    let loaded = {
        let (client, id) = (client.clone(), sandbox.id.clone());
        let text = format!("python3 - {PUBLIC} {OTHER} <<'EOF'\n{LOAD}\nEOF");
        tokio::spawn(async move { stdout(&client, &id, &text).await })
    };
    ready(client, &sandbox.id).await;
    let narrow = || allow(&[], &[&PUBLIC.to_string()], &[443]);
    let narrow_otherwise = || {
        let mut policy = open();
        policy.deny_cidrs = vec![OTHER.to_string()];
        policy
    };
    for round in 0..6 {
        let policy = if round % 2 == 0 { narrow() } else { narrow_otherwise() };
        set_policy(client, &sandbox.id, policy).await;
        let cut = seen(&world, OTHER);
        let flowing = seen(&world, PUBLIC);
        eventually("what stays flows", async || {
            (seen(&world, PUBLIC) > flowing + 50).then_some(())
        })
        .await;
        assert_eq!(seen(&world, OTHER), cut, "round {round}: a packet of the old policy passed");
        set_policy(client, &sandbox.id, open()).await;
        eventually("what comes back flows", async || (seen(&world, OTHER) > cut).then_some(()))
            .await;
    }
    run(client, &sandbox.id, "touch /tmp/stop").await;
    let said = loaded.await.expect("the load ends");
    let numbers: Vec<u64> =
        said.split(' ').map(|number| number.parse().expect("a number")).collect();
    assert!(numbers[0] > 300, "{said}");
    assert_eq!((numbers[1], numbers[2]), (numbers[0], numbers[0]), "lost of what both allow");
}

/// Answers on a connection that the policy does not allow any more don't come
/// in either.
#[tokio::test]
async fn a_cut_connection_is_cut_in_both_directions() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&[]).await;
    let client = daemon.client();
    let sandbox = create(client, open()).await;
    // The world sends for as long as it is connected.
    let _serving = {
        let _inside = world.world.enter();
        let listener = std::net::TcpListener::bind((PUBLIC, 9000)).expect("the port is free");
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                std::thread::spawn(move || {
                    use std::io::Write;
                    while stream.write_all(b"x").is_ok() {
                        std::thread::sleep(Duration::from_millis(1));
                    }
                });
            }
        })
    };
    let program = format!(
        "python3 -c \"
import socket, os
s = socket.create_connection(('{PUBLIC}', 9000))
if os.fork() == 0:
    os.setsid(); os.close(1); os.close(2)
    n = 0
    while True:
        n += len(s.recv(65536)); open('/tmp/got.new', 'w').write(str(n)); os.rename('/tmp/got.new', '/tmp/got')
\""
    );
    assert_eq!(
        run(client, &sandbox.id, &program).await.result.map(|result| result.exit_code),
        Some(0)
    );
    let got = async || -> u64 {
        let text = stdout(client, &sandbox.id, "cat /tmp/got 2>/dev/null || echo 0").await;
        text.parse().unwrap_or_default()
    };
    eventually("bytes come in", async || (got().await > 20).then_some(())).await;
    set_policy(client, &sandbox.id, deny()).await;
    // What had come in before is read soon.
    let mut last = got().await;
    eventually("what was on its way is read", async || {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let now = got().await;
        let still = now == last;
        last = now;
        still.then_some(())
    })
    .await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(got().await, last, "it came in against the policy");
}
