//! Many networked sandboxes at once.

use futures::StreamExt;
use skerry_test_support::eventually;

use crate::leaks::held;
use crate::needs_network;
use crate::resolver::Resolver;
use crate::steps::{allow, create, deny, open, run};
use crate::world::{OTHER, PUBLIC, World};

const CROWD: usize = 500;
/// Calls under way at once.
const CALLS: usize = 16;

#[tokio::test]
async fn five_hundred_resolve_and_reach_by_their_policies_and_leave_nothing() {
    needs_network!();
    let world = World::new();
    let resolver = Resolver::serve(&world.world);
    resolver.set("api.test", &[PUBLIC, OTHER]);
    let daemon = world.daemon(&["--dns-upstream", "93.184.216.34"]).await;
    let client = daemon.client();
    let before = held(&world);

    // Each kind of rules there is, and whether it resolves and connects.
    let made = futures::stream::iter(0..CROWD).map(|number| async move {
        let (policy, reaches) = match number % 3 {
            0 => (open(), true),
            1 => (allow(&["api.test"], &[], &[]), true),
            _ => (deny(), false),
        };
        (create(client, policy).await, reaches)
    });
    let made: Vec<_> = made.buffer_unordered(CALLS).collect().await;
    let mut addresses: Vec<_> = made.iter().map(|(sandbox, _)| &sandbox.ip_address).collect();
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), CROWD, "each has an address of its own");

    let reach = "getent ahostsv4 api.test && echo >/dev/tcp/api.test/8443";
    let tried = futures::stream::iter(&made).map(|(sandbox, reaches)| async move {
        let done = run(client, &sandbox.id, &format!("timeout 60 bash -c '{reach}'")).await;
        let reached = done.result.is_some_and(|result| result.exit_code == 0);
        assert_eq!(reached, *reaches, "{sandbox:?}");
    });
    tried.buffer_unordered(CALLS).collect::<Vec<()>>().await;

    let deleted = futures::stream::iter(&made).map(|(sandbox, _)| async move {
        client.delete_sandbox(&sandbox.id).await.expect("it is deleted");
    });
    deleted.buffer_unordered(CALLS).collect::<Vec<()>>().await;
    eventually("the host holds the same again", async || (held(&world) == before).then_some(()))
        .await;
}
