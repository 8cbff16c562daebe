//! What went over a sandbox's network.

use skerry_client::v1::SandboxStats;

use crate::needs_network;
use crate::steps::{create, open, stdout};
use crate::world::{PUBLIC, World};

/// Sends packets to who answers each with as much.
const TALK: &str = "
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(20)
for _ in range(50):
    s.sendto(b'x' * 1000, (sys.argv[1], 80)); s.recv(2048)
print('done')
";
const SENT: i64 = 50 * 1000;

fn bytes(stats: &SandboxStats) -> (i64, i64) {
    let received = stats.network_received_bytes.expect("it has a network");
    (received, stats.network_sent_bytes.expect("it has a network"))
}

#[tokio::test]
async fn bytes_are_told_as_the_sandbox_sees_them_since_its_start() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&[]).await;
    let client = daemon.client();
    let id = create(client, open()).await.id;
    let before = bytes(&client.sandbox_stats(&id).await.expect("it is there"));
    let talk = format!("python3 - {PUBLIC} <<'EOF'\n{TALK}\nEOF");
    assert_eq!(stdout(client, &id, &talk).await, "done");
    let (received, sent) = bytes(&client.sandbox_stats(&id).await.expect("it is there"));
    assert!(sent - before.1 >= SENT, "{sent} after {before:?}");
    assert!(received - before.0 >= SENT, "{received} after {before:?}");

    client.stop_sandbox(&id, None).await.expect("it stops");
    let stopped = client.sandbox_stats(&id).await.expect("it is there");
    assert_eq!((stopped.network_received_bytes, stopped.network_sent_bytes), (None, None));
    client.start_sandbox(&id).await.expect("it starts");
    let again = bytes(&client.sandbox_stats(&id).await.expect("it is there"));
    assert!(again.0 < SENT && again.1 < SENT, "{again:?}");
}
