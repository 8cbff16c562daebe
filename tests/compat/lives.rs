//! mac-sandbox: what becomes of sandboxes, volumes, streams and codes.

use serde_json::{Value, json};
use skerry_test_support::{eventually, needs_btrfs, needs_root};

use crate::answer::Caller;
use crate::mac::{cloudflared, id};
use crate::place::Place;
use crate::shape::same;

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_paired_and_its_token_is_its_own() {
    needs_root!();
    let place = Place::start(&[]).await;
    let admin =
        Caller::new(format!("http://{}", place.daemon.address()), Some(&place.daemon.token()));
    let pairing = admin.call("POST /api/v1/pairings", "{}").await.success();
    let nobody = Caller { token: None, ..place.mac() };
    let body = json!({ "code": pairing["code"], "deviceName": "My Laptop" }).to_string();
    let confirmed = nobody.call("POST /pairing/confirm", &body).await.success();
    same(
        &confirmed,
        &json!({
            "token": "<text>",
            "message": "Pairing successful. Use this token for API authentication.",
            "usage": "Add header: Authorization: Bearer <token>",
        }),
    );
    assert_eq!(nobody.call("POST /pairing/confirm", &body).await.status, 400);
    let paired = Caller { token: confirmed["token"].as_str().map(str::to_owned), ..place.mac() };
    let me = paired.call("GET /auth/me", "").await.success();
    assert_eq!(me["deviceName"], "My Laptop");
}

/// The events of a stream, each with its data.
fn events(text: &str) -> Vec<(String, String)> {
    let blocks = text.split("\n\n").filter(|block| !block.trim().is_empty());
    let line = |block: &str, name: &str| {
        let prefix = format!("{name}: ");
        let found = block.lines().find_map(|line| line.strip_prefix(&prefix).map(str::to_owned));
        found.unwrap_or_else(|| panic!("no {name}: {block}"))
    };
    blocks.map(|block| (line(block, "event"), line(block, "data"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_tells_both_outputs_and_the_end() {
    needs_root!();
    let place = Place::start(&[]).await;
    let mac = place.mac();
    let id = id(&mac.call("POST /sandbox/create", r#"{"memory":"512M"}"#).await.success());
    let stream = async |body: Value| {
        let answer = mac.call(&format!("POST /sandbox/{id}/exec/stream"), &body.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("content-type"), Some("text/event-stream"));
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
        events(&answer.text())
    };
    let script = "echo hi; sleep 0.2; echo oh >&2; exit 3";
    let told = stream(json!({ "command": "sh", "args": ["-c", script] })).await;
    let (ping, rest) = told.split_first().expect("events");
    assert_eq!(ping.0, "ping");
    let ping: Value = serde_json::from_str(&ping.1).expect("JSON");
    same(&ping, &json!({ "timestamp": "<millis>" }));
    let rest: Vec<(&str, &str)> = rest.iter().map(|(event, data)| (&**event, &**data)).collect();
    let exit = r#"{"exitCode":3,"signal":null}"#;
    assert_eq!(rest, [("stdout", "aGkK"), ("stderr", "b2gK"), ("exit", exit)]);
    let last = |told: Vec<(String, String)>| {
        let (event, data) = told.last().expect("events").clone();
        (event, serde_json::from_str::<Value>(&data).expect("JSON"))
    };
    let told = stream(json!({ "command": "sleep", "args": ["600"], "timeout": 200 })).await;
    let ended = json!({ "exitCode": 143, "signal": "SIGTERM" });
    assert_eq!(last(told), ("exit".to_owned(), ended));
    let (event, data) = last(stream(json!({ "command": "no-such-program" })).await);
    assert_eq!(event, "error");
    same(&data, &json!({ "error": "<text>" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_is_asked_for_its_health() {
    needs_root!();
    let place = Place::start(&[]).await;
    let mac = place.mac();
    let body = json!({ "memory": "512M", "env": { "ROUTE_PREFIX": "/own" } }).to_string();
    let made = mac.call("POST /sandbox/create", &body).await.success();
    assert_eq!(made["routePrefix"], "/own");
    let id = id(&made);
    let app = "mkdir -p own; echo ok >own/health; \
               setsid python3 -m http.server 80 --bind 127.0.0.1 >/dev/null 2>&1 &";
    let body = json!({ "command": "sh", "args": ["-c", app] }).to_string();
    mac.call(&format!("POST /sandbox/{id}/exec"), &body).await.success();
    let line = format!("GET /sandbox/{id}/health");
    let healthy = eventually("it listens", async || {
        let health = mac.call(&line, "").await.success();
        (health["healthy"] == true).then_some(health)
    })
    .await;
    same(&healthy, &json!({ "healthy": true, "status": 200 }));
    let body = json!({ "command": "rm", "args": ["own/health"] }).to_string();
    mac.call(&format!("POST /sandbox/{id}/exec"), &body).await.success();
    same(&mac.call(&line, "").await.success(), &json!({ "healthy": false, "status": 404 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_fails_ends_the_sandbox_where_that_is_asked_for() {
    needs_root!();
    let place = Place::start(&[]).await;
    let mac = place.mac();
    let config = |destroy: bool| {
        let check = json!({
            "url": "container", "timeout": 100, "interval": 10, "maxAttempts": 2,
            "destroy": destroy,
        });
        json!({ "memory": "512M", "healthCheck": check }).to_string()
    };
    let failed = mac.call("POST /sandbox/create", &config(true)).await;
    assert_eq!(failed.status, 500);
    let text = failed.json()["error"].as_str().expect("a text").to_owned();
    assert!(text.starts_with("Health check failed: "), "{text}");
    let list = mac.call("GET /sandbox/list", "").await.success();
    assert_eq!(list["sandboxes"], json!({}));
    let made = mac.call("POST /sandbox/create", &config(false)).await.success();
    let list = mac.call("GET /sandbox/list", "").await.success();
    assert_eq!(list["sandboxes"][id(&made)], made);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volume_that_was_borrowed_stays() {
    needs_root!();
    needs_btrfs!();
    let place = Place::start(&[]).await;
    let mac = place.mac();
    let create = async |config: Value| {
        id(&mac.call("POST /sandbox/create", &config.to_string()).await.success())
    };
    let names = async || {
        let list = mac.call("GET /volume/list", "").await.success();
        let mut names: Vec<_> = list.as_array().expect("a list").iter().map(id).collect();
        names.sort();
        names
    };
    let delete = async |id: &str, query: &str| {
        mac.call(&format!("DELETE /sandbox/{id}{query}"), "").await.success();
    };
    mac.call("POST /volume/create", r#"{"id": "mine"}"#).await.success();
    // The one that is borrowed goes before one of its own.
    let borrower = create(json!({ "memory": "512M", "volumeId": "mine", "storage": "1G" })).await;
    assert_eq!(names().await, ["mine"]);
    delete(&borrower, "").await;
    assert_eq!(names().await, ["mine"]);
    let owner = create(json!({ "memory": "512M", "storage": "1G" })).await;
    let borrower = create(json!({ "memory": "512M", "volumeId": owner })).await;
    delete(&owner, "").await;
    assert_eq!(names().await.len(), 2, "the other has it still");
    delete(&borrower, "").await;
    assert_eq!(names().await.len(), 2, "it is nobody's any more");
    let owner = create(json!({ "memory": "512M", "storage": "1G" })).await;
    delete(&owner, "?preserveStorage=true").await;
    assert!(names().await.contains(&owner));
    // It is borrowed from then on.
    let borrower = create(json!({ "memory": "512M", "volumeId": owner })).await;
    mac.call("POST /admin/kill-all", "").await.success();
    assert!(names().await.contains(&owner));
    assert_eq!(mac.call(&format!("GET /sandbox/{borrower}"), "").await.status, 404);
    let owner = create(json!({ "memory": "512M", "storage": "1G" })).await;
    delete(&owner, "?preserveStorage=yes").await;
    assert!(!names().await.contains(&owner));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tunnel_shows_its_url_and_leads_to_a_public_port() {
    needs_root!();
    let (_dir, program) = cloudflared();
    let place = Place::start(&["--cloudflared", &program]).await;
    let mac = place.mac();
    let body = json!({ "memory": "512M", "flags": { "tunnel": true } }).to_string();
    let made = mac.call("POST /sandbox/create", &body).await.success();
    assert_eq!(made["urls"]["tunnel"], "https://purple-rain-4d7f.trycloudflare.com");
    assert_eq!(mac.call("GET /admin/stats", "").await.success()["activeTunnels"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disconnect_deletes_all_and_ends_the_daemon() {
    needs_root!();
    let mut place = Place::start(&[]).await;
    let mac = place.mac();
    mac.call("POST /sandbox/create", r#"{"memory": "512M"}"#).await.success();
    same(&mac.call("POST /admin/disconnect", "").await.success(), &json!({ "ok": true }));
    // It has ended by itself: the signal finds nobody.
    assert!(place.daemon.terminate().await.success());
    place.daemon.restart().await;
    assert!(place.daemon.client().list_sandboxes([].into()).await.expect("a list").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_goes_with_the_daemon_where_that_is_asked_for() {
    needs_root!();
    let mut place = Place::start_in(&[("FLAGS_DESTROY_CONTAINERS", "true")], &[]).await;
    let mac = place.mac();
    mac.call("POST /sandbox/create", r#"{"memory": "512M"}"#).await.success();
    let kept = place.apple().call("POST /v1/sandboxes", r#"{"image": "host"}"#).await.success();
    assert!(place.daemon.terminate().await.success());
    place.daemon.restart().await;
    let left = place.daemon.client().list_sandboxes([].into()).await.expect("a list");
    assert_eq!(
        left.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(),
        [kept["id"].as_str().expect("an id")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_image_of_mac_sandboxes_is_that_of_its_environment_or_the_flag() {
    needs_root!();
    // Nobody serves at either port, and which of them is asked is told.
    let image = [("SANDBOX_IMAGE", "127.0.0.1:1/image")];
    for (arguments, wanted) in
        [(&[][..], "127.0.0.1:1 "), (&["--image", "127.0.0.1:2/image"], "127.0.0.1:2 ")]
    {
        let place = Place::start_in(&image, arguments).await;
        let refused = place.mac().call("POST /sandbox/create", "{}").await;
        let text = refused.text();
        assert!(refused.status >= 400 && text.contains(wanted), "{} {text}", refused.status);
    }
}
