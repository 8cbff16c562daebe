//! The policy is there before the first packet: of a new sandbox, one that is
//! started, resumed or forked, and one whose daemon comes back.

use skerry_client::v1::{CreateSandboxRequest, ForkSandboxRequest, MainProcess, NetworkPolicy};
use skerry_test_support::eventually;

use crate::needs_network;
use crate::steps::{allow, deny, open, stdout};
use crate::world::{OTHER, PUBLIC, World};

/// Sends without end from its first moment on.
const FLOOD: &str = "import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    try: s.sendto(b'x', ('93.184.216.34', 4000))
    except OSError: pass
    open('/tmp/turns', 'w').write(str(time.time())); time.sleep(0.0005)";

fn flooding(policy: NetworkPolicy) -> CreateSandboxRequest {
    let command = ["python3", "-c", FLOOD].map(str::to_owned).to_vec();
    CreateSandboxRequest {
        network_policy: Some(policy),
        main: Some(MainProcess { command, ..MainProcess::default() }),
        ..CreateSandboxRequest::default()
    }
}

/// Whether a packet came, of any of the ways in which one may begin.
async fn comes(policy: NetworkPolicy) -> bool {
    let world = World::new();
    let mut daemon = world.daemon(&[]).await;
    let client = daemon.client().clone();
    let sandbox = client.create_sandbox(flooding(policy)).await.expect("a sandbox");
    let id = &*sandbox.id;
    let turns = async || {
        eventually("it sends", async || {
            let said = stdout(&client, id, "cat /tmp/turns 2>/dev/null; rm -f /tmp/turns").await;
            (!said.is_empty()).then_some(())
        })
        .await;
    };
    turns().await;
    client.pause_sandbox(id).await.expect("it is frozen");
    client.resume_sandbox(id).await.expect("it goes on");
    turns().await;
    client.stop_sandbox(id, Some(std::time::Duration::ZERO)).await.expect("it stops");
    client.start_sandbox(id).await.expect("it starts");
    turns().await;
    let fork = ForkSandboxRequest { sandbox_id: id.to_owned(), ..Default::default() };
    client.fork_sandbox(fork).await.expect("a fork");
    daemon.kill9();
    daemon.restart().await;
    turns().await;
    world.seen().contains_key(&PUBLIC)
}

#[tokio::test]
async fn no_packet_comes_before_the_policy() {
    needs_network!();
    assert!(!comes(deny()).await);
    assert!(!comes(allow(&["a.test"], &[&OTHER.to_string()], &[])).await);
    assert!(comes(open()).await, "they would be seen");
}
