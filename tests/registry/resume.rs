//! What has come of a layer is not fetched again: not by callers at the same
//! time, not by those that come later, not after the daemon has died.

use std::collections::HashMap;
use std::time::Duration;

use skerry_client::v1::PullImageRequest;
use skerry_test_support::{Daemon, eventually, needs_root};

use crate::fake::{Asked, Fake, Fault, Picture, digest, layer};
use crate::pull::{blobs, left, of, pulled, root};

fn counted(asked: &[Asked]) -> HashMap<&str, usize> {
    let mut counts = HashMap::new();
    for call in asked {
        *counts.entry(call.path.as_str()).or_default() += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_pulls_at_once_fetch_each_blob_once() {
    needs_root!();
    let (fake, daemon) = (Fake::start().await, Daemon::start().await);
    let picture = Picture::new((0..5).map(|n| layer(&format!("l{n}"), 100_000)).collect());
    let name = fake.serve("same", &picture).await;
    fake.fail(Fault::Slow(Duration::from_millis(300))).await;
    let pulls = (0..20).map(|_| pulled(daemon.client(), of(&name)));
    let images = futures::future::join_all(pulls).await;
    let first = images[0].as_ref().expect("it is pulled").id.clone();
    assert!(images.iter().all(|image| image.as_ref().is_ok_and(|image| image.id == first)));
    let asked = fake.asked().await;
    let counts = counted(&asked);
    assert_eq!(counts.len(), 7, "a manifest, a config, five layers: {counts:?}");
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");

    // Other names of the same, and images that share layers.
    let mut more = picture.layers.clone();
    more.push(layer("more", 1_000));
    let shared = fake.serve("shared", &Picture::new(more)).await;
    let pulls = (0..10).map(|number| {
        let other = PullImageRequest { name: format!("shared-{number}"), ..of(&shared) };
        pulled(daemon.client(), other)
    });
    let images = futures::future::join_all(pulls).await;
    assert!(images.iter().all(Result::is_ok), "{images:?}");
    let asked = fake.asked().await;
    for (path, count) in counted(&asked) {
        let old = picture.layers.iter().any(|layer| path.ends_with(&digest(layer)));
        assert!(!old, "{path} was here");
        assert!(!path.contains("/blobs/") || path.ends_with(&config_of(&asked)) || count == 1);
    }
}

/// The digest of the config that every one of several pulls reads.
fn config_of(asked: &[Asked]) -> String {
    let counts = counted(asked);
    let most = counts.iter().filter(|(path, _)| path.contains("/blobs/")).max_by_key(|(_, n)| **n);
    most.map(|(path, _)| path.rsplit('/').next().unwrap_or_default().to_owned()).unwrap_or_default()
}

/// Begins a pull that stops after so many bytes of its layer.
async fn stopped_at(fake: &Fake, daemon: &Daemon, picture: &Picture, bytes: usize) -> Pulling {
    let name = fake.serve("resumed", picture).await;
    fake.fail(Fault::Stall(bytes)).await;
    let mut pull = daemon.client().pull_image(of(&name)).await.expect("it begins");
    let waiting = tokio::spawn(async move { while let Ok(Some(_)) = pull.next().await {} });
    eventually("the first bytes come", async || {
        let part = blobs(daemon).into_iter().find(|name| name.ends_with(".part"))?;
        let path = daemon.pool().join("images/blobs/sha256").join(part);
        let length = std::fs::metadata(path).ok()?.len();
        (length >= bytes as u64 / 2).then_some(())
    })
    .await;
    Pulling { name, waiting }
}

struct Pulling {
    name: String,
    waiting: tokio::task::JoinHandle<()>,
}

async fn assert_resumed(fake: &Fake, daemon: &Daemon, picture: &Picture, name: &str) {
    fake.asked().await;
    fake.fail(Fault::None).await;
    let image = pulled(daemon.client(), of(name)).await.expect("it goes on");
    assert!(root(daemon, &image).join("big").is_file());
    let blob = digest(&picture.layers[0]);
    let asked = fake.asked().await;
    let of_layer: Vec<_> = asked.iter().filter(|asked| asked.path.ends_with(&blob)).collect();
    assert_eq!(of_layer.len(), 1, "{of_layer:?}");
    assert!(of_layer[0].head.contains("range: bytes="), "{of_layer:?}");
}

#[tokio::test]
async fn a_daemon_that_was_killed_goes_on_where_it_stopped() {
    needs_root!();
    let (fake, mut daemon) = (Fake::start().await, Daemon::start().await);
    let picture = Picture::new(vec![layer("big", 4 << 20)]);
    let pulling = stopped_at(&fake, &daemon, &picture, 2 << 20).await;
    daemon.kill9();
    pulling.waiting.await.expect("it ends with the daemon");
    daemon.restart().await;
    assert!(left(&daemon).is_empty() && blobs(&daemon).len() == 1);
    assert_resumed(&fake, &daemon, &picture, &pulling.name).await;
}

#[tokio::test]
async fn a_pull_that_nobody_waits_for_ends_and_the_next_goes_on() {
    needs_root!();
    let (fake, daemon) = (Fake::start().await, Daemon::start().await);
    let picture = Picture::new(vec![layer("big", 4 << 20)]);
    let pulling = stopped_at(&fake, &daemon, &picture, 2 << 20).await;
    pulling.waiting.abort();
    assert_resumed(&fake, &daemon, &picture, &pulling.name).await;
}

#[tokio::test]
async fn a_pull_goes_on_as_long_as_one_waits() {
    needs_root!();
    let (fake, daemon) = (Fake::start().await, Daemon::start().await);
    let picture = Picture::new(vec![layer("big", 100_000)]);
    let name = fake.serve("two", &picture).await;
    fake.fail(Fault::Slow(Duration::from_secs(2))).await;
    let first = daemon.client().pull_image(of(&name)).await.expect("it begins");
    let second = tokio::spawn({
        let (client, name) = (daemon.client().clone(), name.clone());
        async move { pulled(&client, of(&name)).await }
    });
    eventually("the layer is asked for", async || {
        let blob = digest(&picture.layers[0]);
        fake.asked().await.iter().any(|asked| asked.path.ends_with(&blob)).then_some(())
    })
    .await;
    drop(first);
    second.await.expect("it ends").expect("it is pulled");
    assert!(fake.asked().await.is_empty(), "nothing was asked for twice");
}
