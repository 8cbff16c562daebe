//! A registry that fails: a clear error, no half image, and the next pull
//! works.

use std::time::Duration;

use skerry_client::v1::pull_image_request::{BasicCredentials, Credentials};
use skerry_client::v1::{PruneImagesRequest, PullImageRequest};
use skerry_client::{Code, RetryAdvice};
use skerry_test_support::{Daemon, Options, needs_root};

use crate::fake::{Fake, Fault, Picture, architecture, digest, layer};
use crate::pull::{blobs, left, of, pulled, refused, root};

/// A daemon that waits a second for a byte.
async fn daemon() -> Daemon {
    let arguments = ["--pull-stall-millis", "1000"].map(str::to_owned).to_vec();
    Daemon::start_with(Options { arguments, ..Options::default() }).await
}

#[tokio::test]
async fn each_fault_is_told_apart_and_leaves_nothing() {
    needs_root!();
    let (fake, daemon) = (Fake::start().await, daemon().await);
    let client = daemon.client();
    for (fault, code, reason) in [
        (Fault::Status(401, ""), Code::PermissionDenied, "REGISTRY_DENIED"),
        (Fault::Status(403, ""), Code::PermissionDenied, "REGISTRY_DENIED"),
        (Fault::Status(404, ""), Code::NotFound, "IMAGE_NOT_IN_REGISTRY"),
        (
            Fault::Status(429, "retry-after: 7\r\n"),
            Code::ResourceExhausted,
            "REGISTRY_RATE_LIMITED",
        ),
        (Fault::Status(500, ""), Code::Unavailable, "REGISTRY_UNAVAILABLE"),
        (Fault::Status(418, ""), Code::Unavailable, "REGISTRY_UNAVAILABLE"),
        (Fault::Cut(0), Code::Unavailable, "REGISTRY_UNAVAILABLE"),
        (Fault::Stall(0), Code::Unavailable, "REGISTRY_UNAVAILABLE"),
        (Fault::Corrupt, Code::DataLoss, "WRONG_DIGEST"),
        (Fault::Longer, Code::DataLoss, "WRONG_DIGEST"),
    ] {
        // A layer that no other round has fetched.
        let picture = Picture::new(vec![layer(&format!("{fault:?}"), 200_000)]);
        let name = fake.serve("latest", &picture).await;
        fake.fail(fault.clone()).await;
        let error = refused(client, of(&name)).await;
        assert_eq!(
            (error.code, error.reason.as_deref()),
            (code, Some(reason)),
            "{fault:?}: {error}"
        );
        if let Fault::Status(429, _) = fault {
            assert_eq!(error.retry, RetryAdvice::After(Duration::from_secs(7)));
        }
        assert!(left(&daemon).is_empty(), "{fault:?}: {:?}", left(&daemon));
        assert!(blobs(&daemon).iter().all(|name| name.ends_with(".part")), "{fault:?}");
        assert_eq!(client.image(&name).await.expect_err("not there").code, Code::NotFound);

        fake.fail(Fault::None).await;
        let image = pulled(client, of(&name)).await.expect("the next pull works");
        assert_eq!(image.entries, 1);
        client.delete_image(&name).await.expect("it goes");
        let layers = PruneImagesRequest { only_blobs: true, ..PruneImagesRequest::default() };
        client.prune_images(layers).await.expect("its layer goes");
    }
}

#[tokio::test]
async fn a_layer_that_breaks_off_is_taken_up_where_it_stopped() {
    needs_root!();
    let (fake, daemon) = (Fake::start().await, daemon().await);
    let picture = Picture::new(vec![layer("cut", 300_000)]);
    let name = fake.serve("cut", &picture).await;
    fake.fail(Fault::Cut(100_000)).await;
    let image = pulled(daemon.client(), of(&name)).await.expect("it is pulled in pieces");
    let content = std::fs::read(root(&daemon, &image).join("cut")).expect("it is there");
    assert_eq!(content.len(), 300_000);
    let blob = digest(&picture.layers[0]);
    let asked = fake.asked().await;
    let of_layer: Vec<_> = asked.iter().filter(|asked| asked.path.ends_with(&blob)).collect();
    assert!(of_layer.len() >= 3, "{of_layer:?}");
    assert!(of_layer[1..].iter().all(|asked| asked.head.contains("range: bytes=")), "{of_layer:?}");
}

#[tokio::test]
async fn what_is_not_what_it_was_named_by_is_refused() {
    needs_root!();
    let (fake, daemon) = (Fake::start().await, daemon().await);
    let client = daemon.client();
    let picture = Picture::new(vec![layer("a", 1_000)]);
    let name = fake.serve("good", &picture).await;
    let (address, pin) = (&fake.address, digest(&picture.manifest));

    let pinned = pulled(client, of(&format!("{address}/a@{pin}"))).await.expect("it is that one");
    assert_eq!(pinned.digest, pin);
    let other = digest(b"other");
    fake.put(&format!("/v2/a/manifests/{other}"), picture.manifest.clone()).await;
    let error = refused(client, of(&format!("{address}/a@{other}"))).await;
    assert_eq!(error.reason.as_deref(), Some("WRONG_DIGEST"), "{error}");

    // The config names another layer than the manifest.
    let lied = Picture::with_diff_ids(vec![layer("b", 1_000)], &[digest(b"")]);
    let error = refused(client, of(&fake.serve("lied", &lied).await)).await;
    assert_eq!(
        (error.code, error.reason.as_deref()),
        (Code::InvalidArgument, Some("WRONG_DIGEST"))
    );
    let short = Picture::with_diff_ids(vec![layer("b", 1_000)], &[]);
    let error = refused(client, of(&fake.serve("short", &short).await)).await;
    assert_eq!(error.reason.as_deref(), Some("BAD_MANIFEST"), "{error}");

    for (path, bytes, wanted) in [
        ("big", vec![b' '; (4 << 20) + 1], "IMAGE_TOO_BIG"),
        ("html", b"<html>".to_vec(), "BAD_MANIFEST"),
        ("old", br#"{"schemaVersion": 1}"#.to_vec(), "NOT_AN_IMAGE"),
    ] {
        fake.put(&format!("/v2/a/manifests/{path}"), bytes).await;
        let error = refused(client, of(&format!("{address}/a:{path}"))).await;
        assert_eq!(error.reason.as_deref(), Some(wanted), "{path}: {error}");
    }
    let missing = refused(client, of(&format!("{address}/a:missing"))).await;
    assert_eq!(
        (missing.code, missing.reason.as_deref()),
        (Code::NotFound, Some("IMAGE_NOT_IN_REGISTRY"))
    );
    let foreign = PullImageRequest { platform: "linux/s390x".to_owned(), ..of(&name) };
    let foreign = PullImageRequest { name: "foreign".to_owned(), ..foreign };
    for _ in 0..2 {
        // Whether the same image is here for this machine or not.
        let error = refused(client, foreign.clone()).await;
        assert_eq!(error.reason.as_deref(), Some("IMAGE_PLATFORM_NOT_FOUND"), "{error}");
        client.delete_image(&pinned.id).await.expect("it goes");
    }
    assert!(left(&daemon).is_empty(), "{:?}", left(&daemon));

    for bad in ["", "http://a/b", "A", "a@sha256:0"] {
        let error = refused(client, of(bad)).await;
        assert_eq!(error.code, Code::InvalidArgument, "{bad}");
    }
}

#[tokio::test]
async fn an_index_gives_the_image_for_the_platform() {
    needs_root!();
    let (fake, daemon) = (Fake::start().await, daemon().await);
    let own = Picture::new(vec![layer("own", 1_000)]);
    fake.serve("own", &own).await;
    let entry = |picture: &Picture, architecture: &str| {
        serde_json::json!({"digest": digest(&picture.manifest), "size": picture.manifest.len(),
            "platform": {"os": "linux", "architecture": architecture}})
    };
    let other = Picture::new(vec![layer("other", 1_000)]);
    let index = serde_json::json!({"schemaVersion": 2,
        "manifests": [entry(&other, "s390x"), entry(&own, architecture())]});
    fake.put("/v2/a/manifests/all", serde_json::to_vec(&index).expect("it is JSON")).await;
    let all = format!("{}/a:all", fake.address);
    let image = pulled(daemon.client(), of(&all)).await.expect("it is there");
    assert_eq!(image.digest, digest(&own.manifest));
    assert!(root(&daemon, &image).join("own").is_file());
    let none = PullImageRequest { platform: "linux/arm/v6".to_owned(), ..of(&all) };
    let error = refused(daemon.client(), none).await;
    assert_eq!(error.reason.as_deref(), Some("IMAGE_PLATFORM_NOT_FOUND"));
    assert!(error.message.contains("linux/s390x"), "{error}");
}

#[tokio::test]
async fn a_redirect_is_followed_without_the_credentials() {
    needs_root!();
    let (fake, elsewhere, daemon) = (Fake::start().await, Fake::start().await, daemon().await);
    let picture = Picture::new(vec![layer("far", 50_000)]);
    let name = fake.serve("far", &picture).await;
    elsewhere.serve("far", &picture).await;
    fake.fail(Fault::Redirect(elsewhere.address.clone())).await;
    fake.guard(BASIC, "Basic realm=\"a\"").await;
    let request = PullImageRequest { credentials: Some(ada()), ..of(&name) };
    pulled(daemon.client(), request).await.expect("it is pulled");
    let asked = elsewhere.asked().await;
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(!asked[0].head.contains("authorization"), "{asked:?}");
}

/// `ada:s3cret`.
const BASIC: &str = "Basic YWRhOnMzY3JldA==";

fn ada() -> Credentials {
    let (username, password) = ("ada".to_owned(), "s3cret".to_owned());
    Credentials::Basic(BasicCredentials { username, password })
}

#[tokio::test]
async fn a_password_is_shown_for_a_token_and_to_nobody_else() {
    needs_root!();
    let (fake, elsewhere, daemon) = (Fake::start().await, Fake::start().await, daemon().await);
    let client = daemon.client();
    let name = fake.serve("token", &Picture::new(vec![layer("token", 50_000)])).await;
    let bearer = |address: &str| {
        format!("Bearer realm=\"http://{address}/token\",service=\"s\",scope=\"repository:a:pull\"")
    };
    let request = PullImageRequest { credentials: Some(ada()), ..of(&name) };
    let path = "/token?service=s&scope=repository%3Aa%3Apull";
    for (token, reason) in [("a\\nb", "REGISTRY_UNAVAILABLE"), ("t0ken", "")] {
        fake.put(path, format!(r#"{{"token": "{token}"}}"#).into_bytes()).await;
        fake.guard("Bearer t0ken", &bearer(&fake.address)).await;
        match pulled(client, request.clone()).await {
            Ok(_) => assert_eq!(reason, ""),
            Err(error) => assert_eq!(error.reason.as_deref(), Some(reason), "{error}"),
        }
    }
    let basic = BASIC.to_lowercase();
    for asked in fake.asked().await {
        assert_eq!(asked.head.contains(&basic), asked.path == path, "{asked:?}");
    }
    // A realm that is not the registry, without TLS.
    client.delete_image(&name).await.expect("it goes");
    elsewhere.put(path, br#"{"token": "t0ken"}"#.to_vec()).await;
    fake.guard("Bearer t0ken", &bearer(&elsewhere.address)).await;
    let error = refused(client, request).await;
    assert_eq!(error.reason.as_deref(), Some("REGISTRY_UNAVAILABLE"), "{error}");
    assert!(elsewhere.asked().await.is_empty());
}
