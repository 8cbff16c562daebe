//! An address goes to another sandbox; what was sent to its last owner does
//! not.

use std::net::UdpSocket;
use std::time::Duration;

use skerry_client::Client;

use crate::needs_network;
use crate::steps::{create, open, stdout};
use crate::world::{PUBLIC, World};

/// Sends something, where it is told to, and prints what comes.
const LISTEN: &str = "
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('', 5555)); s.settimeout(3)
if len(sys.argv) > 1: s.sendto(b'hello', (sys.argv[1], 9999))
try: print(s.recv(64).decode())
except OSError: print('nothing')
";

/// What comes to a sandbox's port, after it has sent something there.
async fn hears(client: &Client, sandbox: &str, sent_to: &str) -> String {
    stdout(client, sandbox, &format!("python3 - {sent_to} <<'EOF'\n{LISTEN}\nEOF")).await
}

#[tokio::test]
async fn what_answers_an_addresss_last_owner_does_not_come_to_the_next() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&["--max-sandboxes", "1"]).await;
    let client = daemon.client();
    let socket = {
        let _inside = world.world.enter();
        UdpSocket::bind((PUBLIC, 9999)).expect("nobody has the port")
    };
    socket.set_read_timeout(Some(Duration::from_secs(30))).expect("a plain socket");
    let answering = socket.try_clone().expect("descriptors are left");
    let hello = std::thread::spawn(move || {
        let (_, from) = answering.recv_from(&mut [0; 64]).expect("a sandbox sends");
        answering.send_to(b"stray", from).expect("there is a way");
        from
    });

    let first = create(client, open()).await;
    assert_eq!(hears(client, &first.id, &PUBLIC.to_string()).await, "stray", "answers come");
    let from = hello.join().expect("it has answered");
    client.delete_sandbox(&first.id).await.expect("it is deleted");
    // Other addresses come first.
    let next = loop {
        let next = create(client, open()).await;
        if next.ip_address == first.ip_address {
            break next;
        }
        client.delete_sandbox(&next.id).await.expect("it is deleted");
    };
    let (said, ()) = tokio::join!(hears(client, &next.id, ""), async {
        for _ in 0..20 {
            socket.send_to(b"stray", from).expect("there is a way");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    assert_eq!(said, "nothing", "it is not the next owner's");
}
