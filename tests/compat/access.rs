//! Every route of every system by every kind of token, at each of its places.

use serde_json::{Value, json};
use skerry_server::compat::{Listed, Name, table};
use skerry_test_support::eventually;

use crate::answer::{Answer, Caller};
use crate::stage::Stage;

/// Routes that every token may call, which reach nothing of anyone.
const FOR_ALL: [&str; 1] = ["GET /auth/me"];

/// A path with its places filled by a name that a tenant has.
fn line(route: &Listed, name: &str) -> String {
    let path = route.path.replace("{id}", name).replace("{exec}", "exec_none");
    format!("{} {}", route.method, path.replace("{*path}", "a.txt"))
}

/// A body that a route takes, which names what is named.
fn body(route: &Listed, sandbox: &str) -> String {
    let body = match (route.system, route.path) {
        _ if route.method != "POST" => Value::Null,
        (_, "/pairing/confirm") => json!({ "code": "AAAAAA" }),
        (_, "/sandbox/create") => json!({ "volumeId": "none" }),
        (_, "/volume/create") => json!({ "id": "new" }),
        (_, "/volume/batch-delete") => json!({ "ids": ["none"] }),
        (_, "/sandbox/{id}/tunnel") => json!({ "tunnelToken": "x" }),
        (_, path) if path.contains("/exec") => json!({ "command": "true" }),
        (_, "/v1/images") => json!({ "name": "new", "image": "none" }),
        (_, "/v1/volumes") => json!({ "name": "new-one" }),
        (_, "/v1/snapshots") => json!({ "name": "new", "sandboxId": sandbox }),
        (_, "/v1/sandboxes") => json!({ "imageId": "none" }),
        _ => Value::Null,
    };
    if body.is_null() { String::new() } else { body.to_string() }
}

/// What is named at a route: what its path is about.
fn named<'a>(route: &Listed, things: &'a Things) -> &'a str {
    match route.path {
        path if path.contains("volume") => &things.volume,
        path if path.contains("snapshots") => &things.snapshot,
        path if path.contains("images") => &things.image,
        _ => &things.sandbox,
    }
}

struct Things {
    sandbox: String,
    volume: String,
    snapshot: String,
    image: String,
}

impl Things {
    async fn make(stage: &Stage, own: &str) -> Self {
        let sandbox = stage.sandbox(own).await;
        let caller = stage.root(Some(own));
        let id = |made: Value| made["id"].as_str().expect("an id").to_owned();
        let volume = caller.call("POST /api/v1/volumes", "{}").await.success();
        let body = json!({ "sandboxId": sandbox }).to_string();
        let snapshot = caller.call("POST /api/v1/snapshots", &body).await.success();
        let body = json!({ "name": "theirs", "image": "host" }).to_string();
        let apple = stage.alone(Name::AppleSandboxes, Some(own));
        let image = apple.call("POST /v1/images", &body).await.success();
        Self { sandbox, volume: id(volume), snapshot: id(snapshot), image: id(image) }
    }
}

#[track_caller]
fn refused(answer: &Answer, status: u16, called: &str) {
    assert_eq!(answer.status, status, "{called}: {}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"), "{called}");
    let error = answer.json()["error"].clone();
    assert!(error.as_str().is_some_and(|error| !error.is_empty()), "{called}: {error}");
}

/// Where a route is served.
fn places(stage: &Stage, route: &Listed, token: Option<&str>) -> Vec<Caller> {
    let mut places = vec![stage.alone(route.system, token), stage.below(route.system, token)];
    places.extend(route.at_root.then(|| stage.root(token)));
    places
}

/// The message that goes with each kind of refusal.
fn message(system: Name, kind: &str) -> &'static str {
    match (system, kind) {
        (Name::AppleSandboxes, _) => "unauthorized",
        (_, "none") => "Missing Authorization header",
        (_, "malformed") => "Invalid Authorization header format. Use: Bearer <token>",
        _ => "Invalid or expired token",
    }
}

#[tokio::test]
async fn every_route_asks_for_a_token_at_each_place() {
    let stage = Stage::start(&[]).await;
    let (revoked, id) = stage.token(json!({ "role": "ROLE_ADMIN" })).await;
    stage.api(&format!("DELETE /api/v1/tokens/{id}"), Value::Null).await;
    let unknown = format!("tok_{}", "0".repeat(64));
    let kinds = [("none", None), ("unknown", Some(&unknown)), ("revoked", Some(&revoked))];
    let mut from = 0_u8;
    let mut open = Vec::new();
    for route in table() {
        // Few unknown tokens come from each address: many would be held up.
        from += 1;
        for (kind, token) in kinds {
            for place in places(&stage, &route, token.map(String::as_str)) {
                let place = Caller { from: Some(format!("127.6.6.{from}")), ..place };
                let called = format!("{route} at {}, {kind}", place.base);
                let answer = place.call(&line(&route, "none"), &body(&route, "none")).await;
                if route.open {
                    assert_ne!(answer.status, 401, "{called}");
                    open.push(route.to_string());
                    continue;
                }
                refused(&answer, 401, &called);
                assert_eq!(answer.json()["error"], message(route.system, kind), "{called}");
                assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{called}");
            }
        }
        if !route.open {
            let place = stage.alone(route.system, None);
            let header = ["authorization: Basic dXNlcjpwYXNz"];
            let answer = place.call_with(&line(&route, "none"), &header, b"").await;
            refused(&answer, 401, &route.to_string());
            assert_eq!(answer.json()["error"], message(route.system, "malformed"));
        }
    }
    open.sort();
    open.dedup();
    let wanted = [
        "GET /",
        "GET /doc",
        "GET /health",
        "GET /openapi.json",
        "GET /reference",
        "POST /pairing/confirm",
    ];
    assert_eq!(open, wanted);
}

#[tokio::test]
async fn every_route_keeps_to_what_its_token_reaches_and_lets_do() {
    let stage = Stage::start(&[]).await;
    let (own, _) = stage.token(json!({ "tenant": "shop" })).await;
    let (foreign, _) = stage.token(json!({ "tenant": "other" })).await;
    let (read, _) =
        stage.token(json!({ "tenant": "shop", "permissions": ["PERMISSION_READ"] })).await;
    let things = Things::make(&stage, &own).await;
    let bound = stage.sandbox(&own).await;
    let (bound, _) = stage.token(json!({ "sandboxId": bound })).await;
    for route in table().into_iter().filter(|route| !route.open) {
        let (line, body) = (line(&route, named(&route, &things)), body(&route, &things.sandbox));
        let names = route.path.contains('{') || route.path == "/v1/snapshots" && !body.is_empty();
        for place in places(&stage, &route, None) {
            let by = |token: &str| Caller { token: Some(token.to_owned()), ..place.clone() };
            let called = format!("{route} at {}", place.base);
            let answer = by(&foreign).call(&line, &body).await;
            match names {
                true => refused(&answer, 404, &format!("{called}, foreign")),
                false => shows_nothing(&answer, &things, &called),
            }
            let answer = by(&bound).call(&line, &body).await;
            let fine = FOR_ALL.contains(&route.to_string().as_str());
            match names {
                true if [403, 404].contains(&answer.status) => {}
                false if fine => assert_eq!(answer.status, 200, "{called}"),
                false => shows_nothing(&answer, &things, &called),
                true => panic!("{called}, bound: {} {}", answer.status, answer.text()),
            }
            if route.method != "GET" {
                let answer = by(&read).call(&line, &body).await;
                // What names nothing that is there is told so.
                assert!([403, 404].contains(&answer.status), "{called}: {}", answer.text());
                if names {
                    refused(&answer, 403, &format!("{called}, a token to look"));
                }
            }
        }
    }
    // All of it is there still, for whose it is.
    let apple = stage.alone(Name::AppleSandboxes, Some(&own));
    for (kind, id) in [
        ("sandboxes", &things.sandbox),
        ("volumes", &things.volume),
        ("snapshots", &things.snapshot),
        ("images", &things.image),
    ] {
        let read = apple.call(&format!("GET /v1/{kind}/{id}"), "").await.success();
        assert_eq!(&read["id"], id);
        assert_ne!(read["state"], "deleted");
    }
}

/// A list of another's, and what another may not do.
#[track_caller]
fn shows_nothing(answer: &Answer, things: &Things, called: &str) {
    let text = answer.text();
    assert!(answer.status < 500, "{called}: {text}");
    for id in [&things.sandbox, &things.volume, &things.snapshot, &things.image] {
        assert!(!text.contains(id.as_str()), "{called} shows {id}: {text}");
    }
}

#[tokio::test]
async fn what_is_gone_is_seen_by_whose_it_was() {
    let stage = Stage::start(&[]).await;
    let (own, _) = stage.token(json!({ "tenant": "shop" })).await;
    let (foreign, _) = stage.token(json!({ "tenant": "other" })).await;
    let mine = stage.alone(Name::AppleSandboxes, Some(&own));
    let made =
        mine.call("POST /v1/sandboxes", r#"{"name": "dev", "image": "host"}"#).await.success();
    let id = made["id"].as_str().expect("an id");
    mine.call("DELETE /v1/sandboxes/dev", "").await.success();
    for name in ["dev", id] {
        let line = format!("GET /v1/sandboxes/{name}");
        assert_eq!(mine.call(&line, "").await.success()["state"], "deleted");
        let theirs = stage.alone(Name::AppleSandboxes, Some(&foreign));
        assert_eq!(theirs.call(&line, "").await.status, 404);
        assert_eq!(
            theirs.call("GET /v1/sandboxes", "").await.success(),
            json!({ "sandboxes": [] })
        );
    }
    // A new one of the name is the one that is found.
    let again =
        mine.call("POST /v1/sandboxes", r#"{"name": "dev", "image": "host"}"#).await.success();
    assert_eq!(mine.call("GET /v1/sandboxes/dev", "").await.success()["id"], again["id"]);
    let list = mine.call("GET /v1/sandboxes", "").await.success();
    assert_eq!(list["sandboxes"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn only_an_admin_ends_the_daemon() {
    let stage = Stage::start(&[]).await;
    let (own, _) = stage.token(json!({ "tenant": "shop" })).await;
    let mac = stage.alone(Name::MacSandbox, Some(&own));
    refused(&mac.call("POST /admin/disconnect", "").await, 403, "a tenant");
    assert!(!stage.serving.is_finished());
    stage.alone(Name::MacSandbox, stage.admin()).call("POST /admin/disconnect", "").await.success();
    eventually("it ends", async || stage.serving.is_finished().then_some(())).await;
}

#[tokio::test]
async fn other_web_pages_and_names_are_refused() {
    let stage = Stage::start(&["--cors-origin", "https://app.example"]).await;
    for name in Name::ALL {
        for place in [stage.alone(name, stage.admin()), stage.below(name, stage.admin())] {
            let line = match name {
                Name::MacSandbox => "GET /sandbox/list",
                Name::AppleSandboxes => "GET /v1/sandboxes",
            };
            let evil = place.call_with(line, &["origin: https://evil.example"], b"").await;
            refused(&evil, 403, line);
            let told = place.call_with(line, &["origin: https://app.example"], b"").await;
            told.success();
            assert_eq!(told.header("access-control-allow-origin"), Some("https://app.example"));
        }
    }
    let stage = Stage::start(&["--no-auth"]).await;
    for name in Name::ALL {
        for place in [stage.alone(name, None), stage.below(name, None)] {
            let answer = place.call_with("GET /health", &["host: evil.example"], b"").await;
            assert_eq!(answer.status, 403, "{}", place.base);
            place.call("GET /health", "").await.success();
        }
    }
    let me = stage.alone(Name::MacSandbox, None).call("GET /auth/me", "").await.success();
    assert_eq!([&me["deviceName"], &me["devMode"]], [&json!("dev-mode"), &json!(true)]);
}
