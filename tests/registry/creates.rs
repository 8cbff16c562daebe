//! Creates that bring their image with them.

use std::collections::HashSet;
use std::process::Command;
use std::time::Duration;

use skerry_client::Code;
use skerry_client::v1::{CreateSandboxRequest, PullPolicy};
use skerry_test_support::{Daemon, needs_root, skerry};

use crate::fake::{Fake, Fault, Picture, layer};
use crate::pull::left;

fn creating(image: &str, policy: PullPolicy) -> CreateSandboxRequest {
    let pull_policy = policy.into();
    CreateSandboxRequest { image: image.to_owned(), pull_policy, ..CreateSandboxRequest::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_creates_at_once_pull_their_image_once() {
    needs_root!();
    let (fake, daemon) = (Fake::start().await, Daemon::start().await);
    let picture = Picture::new((0..5).map(|n| layer(&format!("l{n}"), 100_000)).collect());
    let name = fake.serve("same", &picture).await;
    fake.fail(Fault::Slow(Duration::from_millis(300))).await;
    let client = daemon.client();
    let creates = (0..20).map(|_| client.create_sandbox(creating(&name, PullPolicy::Missing)));
    let made = futures::future::join_all(creates).await;
    for sandbox in &made {
        assert_eq!(sandbox.as_ref().expect("it is made").image, name);
    }
    let asked = fake.asked().await;
    let once: HashSet<_> = asked.iter().map(|call| &call.path).collect();
    assert_eq!(once.len(), 7, "a manifest, a config, five layers: {asked:?}");
    assert_eq!(asked.len(), once.len(), "each is fetched once: {asked:?}");

    // What is there is not asked for again.
    client.create_sandbox(creating(&name, PullPolicy::Missing)).await.expect("it is made");
    assert_eq!(fake.asked().await.len(), 0, "it is there");
}

#[tokio::test]
async fn a_create_whose_image_does_not_come_makes_nothing() {
    needs_root!();
    let (fake, daemon) = (Fake::start().await, Daemon::start().await);
    let name = fake.serve("broken", &Picture::new(vec![layer("l", 1_000)])).await;
    let client = daemon.client();
    for policy in [PullPolicy::Unspecified, PullPolicy::Never] {
        let error = client.create_sandbox(creating(&name, policy)).await.expect_err("it waits");
        assert_eq!(error.reason.as_deref(), Some("IMAGE_NOT_FOUND"), "{error:?}");
    }
    assert_eq!(fake.asked().await.len(), 0, "nobody asked for it");

    let absent = name.replace("broken", "absent");
    let error = client.create_sandbox(creating(&absent, PullPolicy::Missing)).await;
    assert_eq!(error.expect_err("no such image").code, Code::NotFound);
    // An id is nothing that a registry has.
    let id = "img_00000000000000000000000000";
    let error = client.create_sandbox(creating(id, PullPolicy::Missing)).await;
    assert_eq!(error.expect_err("no such id").reason.as_deref(), Some("IMAGE_NOT_FOUND"));
    assert_eq!(left(&daemon), Vec::<String>::new());
    assert!(
        client.list_sandboxes(std::collections::BTreeMap::new()).await.expect("a list").is_empty()
    );
}

/// The command line pulls by a call of its own, which tells how far it is.
#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_pulls_what_is_missing_unless_it_is_told_not_to() {
    needs_root!();
    let (fake, daemon) = (Fake::start().await, Daemon::start().await);
    let name = fake.serve("small", &Picture::new(vec![layer("l", 1_000)])).await;
    let create = |more: &[&str]| {
        let mut command = Command::new(skerry());
        command.env("SKERRY_ADDRESS", daemon.address()).env("SKERRY_TOKEN", daemon.token());
        command.arg("create").args(more).output().expect("it runs")
    };
    let refused = create(&[&name, "--pull", "never"]);
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && told.contains("skerry image pull"), "{told}");
    assert_eq!(fake.asked().await.len(), 0, "nobody asked for it");
    let made = create(&[&name, "--name", "web"]);
    let told = String::from_utf8_lossy(&made.stderr);
    assert_eq!(String::from_utf8_lossy(&made.stdout), "web\n", "{told}");
    assert!(told.contains("done ("), "{told}");
}
