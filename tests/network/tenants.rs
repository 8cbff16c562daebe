//! What one tenant has of the network, another neither sees nor touches.

use skerry_client::Client;
use skerry_client::v1::{CreateTokenRequest, EgressReason, Sandbox, TokenScope};
use skerry_test_support::Daemon;

use crate::needs_network;
use crate::peers::{address, reaches, set_group};
use crate::policy::serve_inside;
use crate::probe::{passed, tcp};
use crate::steps::{create_in, deny};
use crate::world::{PUBLIC, World};

/// A tenant's client, or one that is bound to a sandbox.
async fn tenant(daemon: &Daemon, name: &str, sandbox: &str) -> Client {
    let scope = TokenScope {
        tenant: name.to_owned(),
        sandbox_id: sandbox.to_owned(),
        ..TokenScope::default()
    };
    let request = CreateTokenRequest { scope: Some(scope), ..CreateTokenRequest::default() };
    let secret = daemon.client().create_token(request).await.expect("a token").secret;
    Client::connect(daemon.address(), Some(&secret)).expect("a client")
}

#[tokio::test]
async fn groups_of_one_name_are_each_tenants_own() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&[]).await;
    let shop = tenant(&daemon, "shop", "").await;
    let other = tenant(&daemon, "other", "").await;
    let first = create_in(&shop, deny(), "db").await;
    let second = create_in(&shop, deny(), "db").await;
    let foreign = create_in(&other, deny(), "db").await;
    // The admin's own is another tenant's as well.
    let admins = create_in(daemon.client(), deny(), "db").await;
    for (client, sandbox) in [(&shop, &first), (&shop, &second), (&other, &foreign)] {
        serve_inside(client, &sandbox.id).await;
    }
    assert!(reaches(&shop, &first, &second).await && reaches(&shop, &second, &first).await);
    let apart = async || {
        assert!(!reaches(&other, &foreign, &first).await);
        assert!(!reaches(&shop, &first, &foreign).await);
        assert!(!reaches(daemon.client(), &admins, &first).await);
    };
    apart().await;
    // Nor does it get in by leaving and joining.
    set_group(&other, &foreign, "").await;
    set_group(&other, &foreign, "db").await;
    apart().await;
    let values = Sandbox { group: String::new(), ..Sandbox::default() };
    let refused = other.update_sandbox(&first.id, values, vec!["group".to_owned()]).await;
    let refused = refused.expect_err("it is another's");
    assert_eq!(refused.reason.as_deref(), Some("SANDBOX_NOT_FOUND"));
    assert!(reaches(&shop, &first, &second).await, "the group is as it was");
    // The last one of a tenant's takes away that tenant's alone.
    other.delete_sandbox(&foreign.id).await.expect("it is deleted");
    assert!(reaches(&shop, &second, &first).await);
}

#[tokio::test]
async fn refusals_are_told_to_their_own_tenant() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&[]).await;
    let shop = tenant(&daemon, "shop", "").await;
    let other = tenant(&daemon, "other", "").await;
    let sandbox = create_in(&shop, deny(), "").await;
    let second = create_in(&shop, deny(), "").await;
    let foreign = create_in(&other, deny(), "").await;
    let bound = tenant(&daemon, "", &second.id).await;
    let mut own = shop.watch_egress(None).await.expect("a watch");
    let mut all = daemon.client().watch_egress(None).await.expect("a watch");
    // Each of these is told of the first refusal that it may see.
    let mut watches = Vec::new();
    for (client, mine) in [(&other, &foreign), (&bound, &second)] {
        watches.push((client.watch_egress(None).await.expect("a watch"), mine));
    }
    let attempt = [tcp(PUBLIC, 80)];
    assert_eq!(passed(&shop, &sandbox.id, &attempt).await, []);
    for watch in [&mut own, &mut all] {
        let event = watch.next().await.expect("it goes on").expect("it does not end");
        assert_eq!((&event.sandbox_id, event.reason()), (&sandbox.id, EgressReason::Policy));
    }
    assert_eq!(passed(&other, &foreign.id, &attempt).await, []);
    assert_eq!(passed(&shop, &second.id, &attempt).await, []);
    for (watch, mine) in &mut watches {
        let event = watch.next().await.expect("it goes on").expect("it does not end");
        assert_eq!(event.sandbox_id, mine.id);
    }
    for client in [&other, &bound] {
        let watched = client.watch_egress(Some(&sandbox.id)).await.err();
        let counted = client.egress_counts(&sandbox.id).await.err();
        for refused in [watched, counted] {
            let reason = refused.expect("it is another's").reason;
            assert_eq!(reason.as_deref(), Some("SANDBOX_NOT_FOUND"));
        }
    }
    assert!(shop.egress_counts(&sandbox.id).await.expect("its own").refused_packets > 0);
    let shown = shop.sandbox(&sandbox.id).await.expect("its own");
    assert!(!shown.ip_address.is_empty() && address(&shown) != address(&foreign));
}
