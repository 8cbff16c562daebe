//! The networks that apple-sandboxes only declares: here they hold.

use std::process::{Command, Stdio};

use serde_json::{Value, json};
use skerry_test_support::{Daemon, skip};

use crate::gate::{SHARED, ask, serve};
use crate::needs_network;
use crate::resolver::Resolver;
use crate::steps::run;
use crate::world::World;

/// A sandbox that apple-sandboxes' API makes with this network.
fn create(daemon: &Daemon, network: &Value) -> String {
    let log = daemon.log();
    let address = log.lines().find_map(|line| line.strip_prefix("apple-sandboxes: "));
    let address = address.expect("it says where it listens");
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "-H", "content-type: application/json"])
        .args(["-H", &format!("authorization: Bearer {}", daemon.token())])
        .args(["--data", &json!({ "image": "host", "network": network }).to_string()])
        .arg(format!("http://{address}/v1/sandboxes"))
        .stdin(Stdio::null())
        .output()
        .expect("curl runs");
    let made: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    made["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
}

#[tokio::test]
async fn the_hosts_that_are_allowed_are_reached_and_no_other() {
    needs_network!();
    if Command::new("curl").arg("--version").output().is_err() {
        skip!("curl is not installed");
    }
    let world = World::new();
    let resolver = Resolver::serve(&world.world);
    for name in ["a.test", "b.test"] {
        resolver.set(name, &[SHARED]);
    }
    serve(&world);
    let compat = ["--dns-upstream", "93.184.216.34", "--compat", "apple-sandboxes=127.0.0.1:0"];
    let daemon = world.daemon(&compat).await;
    let client = daemon.client();
    let attempt = format!("http {SHARED} a.test b.test");
    for (network, wanted) in [
        (json!({ "allowedHosts": ["a.test"] }), "yes no"),
        (json!(true), "yes yes"),
        (json!({ "mode": "open", "allowedHosts": ["b.test"] }), "no yes"),
    ] {
        let id = create(&daemon, &network);
        run(client, &id, "getent hosts a.test b.test >/dev/null").await;
        assert_eq!(ask(client, &id, &attempt).await, wanted, "{network}");
    }
}
