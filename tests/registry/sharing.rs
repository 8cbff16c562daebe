//! Names that share files, and what is removed when.

use skerry_client::Code;
use skerry_client::v1::{CreateSandboxRequest, PruneImagesRequest, PullImageRequest};
use skerry_test_support::{Daemon, needs_root};

use crate::fake::{Fake, Picture, layer};
use crate::pull::{blobs, left, of, pulled, refused, root};

#[tokio::test]
async fn files_are_there_as_long_as_a_name_of_them_is() {
    needs_root!();
    let (fake, mut daemon) = (Fake::start().await, Daemon::start().await);
    let name = fake.serve("one", &Picture::new(vec![layer("a", 1_000)])).await;
    let image = pulled(daemon.client(), of(&name)).await.expect("it is pulled");
    let client = daemon.client();
    let tagged = client.tag_image(&name, "short").await.expect("it is tagged");
    assert_eq!((tagged.name.as_str(), &tagged.digest), ("short", &image.digest));
    assert_ne!(tagged.id, image.id);
    assert_eq!(client.tag_image(&name, "short").await.expect("as before").id, tagged.id);
    let again = PullImageRequest { name: "again".to_owned(), ..of(&name) };
    let again = pulled(client, again).await.expect("it is here");
    assert_eq!((left(&daemon).len(), again.entries), (1, 1));
    for (from, to, code) in [
        ("missing", "x", Code::NotFound),
        ("host", "x", Code::FailedPrecondition),
        ("short", "host", Code::FailedPrecondition),
        ("short", "a b", Code::InvalidArgument),
    ] {
        assert_eq!(client.tag_image(from, to).await.expect_err("refused").code, code, "{from}");
    }
    let other = fake.serve("two", &Picture::new(vec![layer("b", 1_000)])).await;
    pulled(client, of(&other)).await.expect("another");
    let taken = client.tag_image(&other, "short").await.expect_err("it is another's");
    assert_eq!(taken.reason.as_deref(), Some("IMAGE_NAME_TAKEN"));

    client.delete_image(&name).await.expect("it goes");
    client.delete_image("again").await.expect("it goes");
    assert!(root(&daemon, &image).join("a").is_file(), "`short` has them");
    assert!(daemon.terminate().await.success());
    daemon.restart().await;
    assert!(root(&daemon, &image).join("a").is_file(), "also after a restart");
    daemon.client().delete_image("short").await.expect("it goes");
    assert!(!root(&daemon, &image).exists());
}

#[tokio::test]
async fn a_new_image_takes_the_place_of_an_old_one_that_nobody_uses() {
    needs_root!();
    let (fake, daemon) = (Fake::start().await, Daemon::start().await);
    let client = daemon.client();
    let name = fake.serve("moving", &Picture::new(vec![layer("old", 1_000)])).await;
    let old = pulled(client, of(&name)).await.expect("it is pulled");
    assert_eq!(pulled(client, of(&name)).await.expect("it is here").id, old.id);
    fake.serve("moving", &Picture::new(vec![layer("new", 1_000)])).await;
    let new = pulled(client, of(&name)).await.expect("it is replaced");
    assert!(root(&daemon, &new).join("new").is_file() && !root(&daemon, &old).exists());
    assert_eq!(client.list_images().await.expect("a list").len(), 2);

    // Sandboxes can't start from files alone; a record of one is enough.
    let create = CreateSandboxRequest { image: name.clone(), ..CreateSandboxRequest::default() };
    let sandbox = client.create_sandbox(create).await.expect("it is made").id;
    fake.serve("moving", &Picture::new(vec![layer("newer", 1_000)])).await;
    let error = refused(client, of(&name)).await;
    assert_eq!(error.reason.as_deref(), Some("IMAGE_IN_USE"), "{error}");
    assert!(root(&daemon, &new).join("new").is_file());
    client.delete_sandbox(&sandbox).await.expect("it goes");
    let newer = pulled(client, of(&name)).await.expect("it is replaced");
    assert!(root(&daemon, &newer).join("newer").is_file());
}

#[tokio::test]
async fn what_nobody_uses_is_pruned_and_its_layers_with_it() {
    needs_root!();
    let (fake, daemon) = (Fake::start().await, Daemon::start().await);
    let client = daemon.client();
    let shared = layer("shared", 10_000);
    let used = Picture::new(vec![shared.clone()]);
    let used = fake.serve("used", &used).await;
    let unused = Picture::new(vec![shared.clone(), layer("own", 20_000)]);
    let own = unused.layers[1].len() as i64;
    let unused = fake.serve("unused", &unused).await;
    for name in [&used, &unused] {
        pulled(client, of(name)).await.expect("it is pulled");
    }
    let create = CreateSandboxRequest { image: used.clone(), ..CreateSandboxRequest::default() };
    let sandbox = client.create_sandbox(create).await.expect("it is made").id;
    assert_eq!(blobs(&daemon).len(), 2);
    let prune =
        |dry_run, only_blobs| client.prune_images(PruneImagesRequest { dry_run, only_blobs });
    assert_eq!(prune(false, true).await.expect("nothing").freed_bytes, 0);
    for dry_run in [true, false] {
        let pruned = prune(dry_run, false).await.expect("it is pruned");
        assert_eq!((&pruned.images[..], pruned.blobs), (&[unused.clone()][..], 1));
        assert_eq!(pruned.freed_bytes, 30_000 + own);
        assert_eq!(blobs(&daemon).len(), if dry_run { 2 } else { 1 });
    }
    client.delete_sandbox(&sandbox).await.expect("it goes");
    client.delete_image(&used).await.expect("it goes");
    assert_eq!(prune(false, true).await.expect("its layer").blobs, 1);
    assert!(blobs(&daemon).is_empty() && left(&daemon).is_empty());
}
