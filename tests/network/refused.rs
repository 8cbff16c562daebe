//! What is not accepted: policies, ranges, and a second daemon.

use skerry_client::Code;
use skerry_client::v1::{CreateSandboxRequest, EgressMode, NetworkPolicy, Sandbox};
use skerry_test_support::{Daemon, needs_root, skerryd};

use crate::needs_network;
use crate::probe::{passed, tcp};
use crate::steps::{allow, create, open};
use crate::world::{OTHER, PUBLIC, World};

#[tokio::test]
async fn a_bad_policy_is_refused_by_its_field_and_the_old_one_stays() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&[]).await;
    let client = daemon.client();
    let sandbox = create(client, allow(&[], &[&PUBLIC.to_string()], &[])).await;
    let many: Vec<String> = (0..70_000).map(|number| format!("h{number}.test")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (policy, field) in [
        (allow(&["*"], &[], &[]), "hosts[0]"),
        (allow(&["a.test", "*."], &[], &[]), "hosts[1]"),
        (allow(&["a.*.test"], &[], &[]), "hosts[0]"),
        (allow(&["b\u{fc}cher.example"], &[], &[]), "hosts[0]"),
        (allow(&["a.test."], &[], &[]), "hosts[0]"),
        (allow(&["10.0.0.1"], &[], &[]), "hosts[0]"),
        (allow(&[""], &[], &[]), "hosts[0]"),
        (allow(&[], &["10.0.0.0/33"], &[]), "cidrs[0]"),
        (allow(&[], &["10.0.0.1/8"], &[]), "cidrs[0]"),
        (allow(&[], &["::/0"], &[]), "cidrs[0]"),
        (allow(&[], &["a.test"], &[]), "cidrs[0]"),
        (allow(&[], &[], &[443, 0]), "ports[1]"),
        (allow(&[], &[], &[65_536]), "ports[0]"),
        (allow(&[], &[], &[-1]), "ports[0]"),
        (allow(&many, &[], &[]), "hosts"),
        (NetworkPolicy { hosts: vec!["a.test".into()], ..open() }, "hosts"),
        (NetworkPolicy { deny_hosts: vec!["*".into()], ..open() }, "deny_hosts[0]"),
        (
            NetworkPolicy { mode: EgressMode::Deny.into(), ports: vec![1], ..Default::default() },
            "ports",
        ),
        (NetworkPolicy { mode: 9, ..Default::default() }, "mode"),
    ] {
        let values = Sandbox { network_policy: Some(policy.clone()), ..Sandbox::default() };
        let paths = vec!["network_policy".to_owned()];
        let refused = client.update_sandbox(&sandbox.id, values, paths).await;
        let error = refused.expect_err(field);
        assert_eq!(error.code, Code::InvalidArgument, "{field}: {error}");
        assert_eq!(error.fields[0].field, format!("sandbox.network_policy.{field}"), "{error}");
        let request = CreateSandboxRequest { network_policy: Some(policy), ..Default::default() };
        let error = client.create_sandbox(request).await.expect_err(field);
        assert_eq!(error.fields[0].field, format!("network_policy.{field}"), "{error}");
    }
    let now = client.sandbox(&sandbox.id).await.expect("it is there");
    assert_eq!(now.network_policy, sandbox.network_policy);
    let both = [tcp(PUBLIC, 80), tcp(OTHER, 80)];
    assert_eq!(passed(client, &sandbox.id, &both).await, vec![tcp(PUBLIC, 80)]);
}

/// Runs a daemon that must not start, for what it says.
fn refused(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let output = std::process::Command::new(skerryd())
        .args(["--listen", "127.0.0.1:0", "--network", "on", "--data-dir"])
        .arg(folder.path().join("data"))
        .args(arguments)
        .output()
        .expect("the daemon can be run");
    assert!(!output.status.success(), "it must not start");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn a_range_that_is_somebodys_is_refused_with_what_to_do() {
    needs_network!();
    let world = World::new();
    for (range, wanted) in [
        ("93.184.0.0/16", "must be a private block"),
        ("10.0.0.0/30", "must be a private block"),
        ("10.99.0.0/16", "overlaps 10.99.7.0/24, a route of this host: give a range"),
    ] {
        world.host.run("ip route add 10.99.7.0/24 dev up0");
        let said = refused(&["--network-range", range]);
        assert!(said.contains(wanted), "{range}: {said}");
    }
    world.host.must("ip addr add 10.88.3.1/24 dev up0");
    let said = refused(&[]);
    assert!(said.contains("overlaps 10.88.3"), "{said}");
    world.host.must("ip addr del 10.88.3.1/24 dev up0; ip link add skerry0 type bridge");
    let said = refused(&[]);
    assert!(said.contains("no bridge of skerryd: give another --network-bridge"), "{said}");
    assert_eq!(world.host.must("nft list tables"), "", "nothing was left");
}

#[tokio::test]
async fn a_second_daemon_and_a_reset_are_refused_while_one_serves() {
    needs_network!();
    let world = World::new();
    let daemon = world.daemon(&[]).await;
    assert!(refused(&[]).contains("another skerryd serves the network"));
    let reset = || {
        let output = std::process::Command::new(skerryd()).args(["network", "reset"]).output();
        output.expect("the daemon can be run")
    };
    let said = reset();
    assert!(String::from_utf8_lossy(&said.stderr).contains("stop it first"), "{said:?}");
    assert!(!said.status.success());
    drop(daemon);
    let links = world.host.must("ip -o link show skerry0");
    assert!(links.contains("skerry0"), "a bridge outlives its daemon");
    assert_eq!(world.host.must("cat /proc/sys/net/ipv4/ip_forward").trim(), "1");
    world.host.must("nft add table inet mine");
    let said = reset();
    assert!(said.status.success(), "{said:?}");
    assert!(!world.host.run("ip link show skerry0").status.success());
    assert_eq!(world.host.must("nft list tables"), "table inet mine\n");
    assert_eq!(world.host.must("cat /proc/sys/net/ipv4/ip_forward").trim(), "0");
    assert!(String::from_utf8_lossy(&reset().stdout).contains("nothing to remove"));
}

#[tokio::test]
async fn without_a_network_a_request_for_one_is_refused() {
    needs_root!();
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let info = client.system_info().await.expect("the daemon answers");
    let network = info.capabilities.iter().find(|capability| capability.name == "network");
    assert!(network.is_some_and(|network| network.detail.contains("--network off")));
    for request in [
        CreateSandboxRequest { network_policy: Some(open()), ..Default::default() },
        CreateSandboxRequest { group: "team".to_owned(), ..Default::default() },
    ] {
        let error = client.create_sandbox(request).await.expect_err("there is no network");
        assert_eq!(
            (error.code, error.reason.as_deref()),
            (Code::FailedPrecondition, Some("NETWORK_OFF"))
        );
    }
    let sandbox = client.create_sandbox(Default::default()).await.expect("loopback is enough");
    assert_eq!((sandbox.network_policy, sandbox.ip_address), (None, String::new()));
    let values = Sandbox { network_policy: Some(open()), ..Sandbox::default() };
    let paths = vec!["network_policy".to_owned()];
    let error = client.update_sandbox(&sandbox.id, values, paths).await.expect_err("no network");
    assert_eq!(error.reason.as_deref(), Some("NETWORK_OFF"));
}
