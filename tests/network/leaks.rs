//! What a sandbox has of the host's network goes with it.

use skerry_client::v1::NetworkPolicy;
use skerry_test_support::eventually;

use crate::needs_network;
use crate::probe::{of, try_all};
use crate::resolver::Resolver;
use crate::steps::{allow, create_in, deny, open};
use crate::world::{OTHER, PUBLIC, World};

/// Everything of the host's network that sandboxes touch.
pub(crate) fn held(world: &World) -> String {
    let all = "ip -o link | sed 's/^[0-9]*: //'; ip -o addr show dev skerry0; ip route; ip neigh show dev skerry0
        bridge fdb show br skerry0; nft -s list table inet skerry; cat /proc/sys/net/ipv4/ip_forward";
    let text = world.host.must(all);
    // Learned from frames of the bridge itself, in whichever order.
    let lines = text.lines().filter(|line| !line.contains("33:33:") && !line.contains("01:00:5e"));
    let lines: Vec<&str> = lines.map(str::trim_end).collect();
    lines.join("\n")
}

fn policies() -> Vec<(NetworkPolicy, &'static str)> {
    let mut denying = open();
    denying.deny_cidrs = vec!["1.2.3.0/24".to_owned()];
    vec![
        (deny(), ""),
        (open(), ""),
        (denying, "team"),
        (allow(&["api.test"], &["93.184.216.0/24"], &[80, 443]), "team"),
        (allow(&[], &["10.99.0.0/16", "10.0.0.0/8"], &[]), ""),
    ]
}

#[tokio::test]
async fn nothing_of_deleted_sandboxes_stays() {
    needs_network!();
    let world = World::new();
    let resolver = Resolver::serve(&world.world);
    resolver.set("api.test", &[PUBLIC, OTHER]);
    let daemon = world.daemon(&["--dns-upstream", "93.184.216.34"]).await;
    let client = daemon.client();
    let before = held(&world);
    for round in 0..3 {
        let mut made = Vec::new();
        for (policy, group) in policies() {
            made.push(create_in(client, policy, group).await);
        }
        assert_ne!(held(&world), before, "something is there while they are");
        try_all(client, &made[3].id, &[of("name", "api.test", 0), of("tcp", "10.1.1.1", 1)]).await;
        for (index, sandbox) in made.iter().enumerate() {
            if index == round {
                client.stop_sandbox(&sandbox.id, None).await.expect("it stops");
            }
            client.delete_sandbox(&sandbox.id).await.expect("it is deleted");
        }
    }
    eventually("the host holds the same again", async || {
        let now = held(&world);
        if now != before {
            eprintln!("before:\n{before}\nnow:\n{now}");
        }
        (now == before).then_some(())
    })
    .await;
}
