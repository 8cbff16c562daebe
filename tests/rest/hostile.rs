//! What no good caller sends.

use serde_json::json;
use skerry_test_support::{Daemon, needs_root};

use crate::web::{Answer, curl, get, run, sandbox, send};

const SANDBOXES: &str = "/api/v1/sandboxes";

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_good_is_refused_with_its_field() {
    needs_root!();
    let daemon = Daemon::start().await;
    let create = async |body: &str| send(&daemon, "POST", SANDBOXES, body).await;
    for (body, field) in [
        (r#"{"name": "a", "name": "b"}"#, "name"),
        (r#"{"request_id": "a", "requestId": "b"}"#, "requestId"),
        (r#"{"labels": {"a": "1", "a": "2"}}"#, "labels.a"),
        (r#"{"limits": {"memory": 1}}"#, "limits.memory"),
        (r#"{"mounts": [{"path": "/a"}, {"paht": "/b"}]}"#, "mounts[1].paht"),
        (r#"{"name": 7}"#, "name"),
        (r#"{"labels": {"a": 1}}"#, "labels.a"),
        (r#"{"limits": {"pids": 1e400}}"#, ""),
        (r#"{"limits": {"pids": 99999999999999999999}}"#, "limits.pids"),
        (r#"{"limits": {"pids": 1.5}}"#, "limits.pids"),
        (r#"{"limits": {"pids": "seven"}}"#, "limits.pids"),
        (r#"{"timeouts": {"idleTimeout": "soon"}}"#, "timeouts.idleTimeout"),
        (r#"{"timeouts": {"onIdle": "SLEEP"}}"#, "timeouts.onIdle"),
        (r#"[]"#, ""),
        (r#""text""#, ""),
    ] {
        println!("{body}");
        match field {
            "" => assert_eq!(create(body).await.status, 400),
            field => create(body).await.invalid(field),
        }
    }
    for body in ["{", "{} {}", "{'a': 1}", "\u{feff}{}", "nul", "{\"name\": \"\u{0}\"}"] {
        create(body).await.refused(400, "INVALID_ARGUMENT", "MALFORMED_JSON");
    }
    assert_eq!(get(&daemon, SANDBOXES).await.success()["sandboxes"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn deep_and_large_bodies_are_bounded() {
    needs_root!();
    let daemon = Daemon::start().await;
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    for body in
        [deep("[", "]"), deep("{\"name\":", "}"), format!("{{\"name\":{}}}", deep("[", "]"))]
    {
        let answer = send(&daemon, "POST", SANDBOXES, &body).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        answer.reason();
    }
    let large = format!("{{\"name\": \"{}\"}}", "a".repeat(17 << 20));
    let answer = send(&daemon, "POST", SANDBOXES, &large).await;
    answer.refused(413, "OUT_OF_RANGE", "BODY_TOO_LARGE");
    get(&daemon, SANDBOXES).await.success();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_another_kind_is_refused() {
    needs_root!();
    let daemon = Daemon::start().await;
    let create = async |kind: &str, more: &[&str]| -> Answer {
        let kind = format!("content-type: {kind}");
        let arguments = [&["-H", kind.as_str(), "--data-binary", "{}"], more].concat();
        run(curl(&daemon, SANDBOXES, &arguments), b"").await
    };
    for kind in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "application/json; charset=utf-16",
        "multipart/form-data; boundary=x",
    ] {
        create(kind, &[]).await.refused(415, "INVALID_ARGUMENT", "UNSUPPORTED_MEDIA_TYPE");
    }
    let packed = create("application/json", &["-H", "content-encoding: gzip"]).await;
    packed.refused(415, "INVALID_ARGUMENT", "UNSUPPORTED_MEDIA_TYPE");
    create("Application/JSON; charset=UTF-8", &[]).await.success();
    // One that would be dropped is refused: it may be meant.
    let gone = send(&daemon, "DELETE", "/api/v1/volumes/x", r#"{"force": true}"#).await;
    gone.refused(415, "INVALID_ARGUMENT", "UNSUPPORTED_MEDIA_TYPE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_is_split_before_it_is_decoded() {
    needs_root!();
    let daemon = Daemon::start().await;
    sandbox(&daemon, "one").await;
    assert_eq!(get(&daemon, "/api/v1/sandboxes/%6Fne").await.success()["name"], "one");
    for path in
        ["..%2F..%2Fetc%2Fpasswd", "one%2Fexecs", "%2e%2e", "one%00", "one%3Aexec", "%25", "%zz"]
    {
        let answer = get(&daemon, &format!("{SANDBOXES}/{path}")).await;
        assert!([400, 404].contains(&answer.status), "{path}: {}", answer.text());
        let reason = answer.reason();
        assert!(
            ["SANDBOX_NOT_FOUND", "INVALID_FIELD"].contains(&reason.as_str()),
            "{path}: {reason}"
        );
    }
    get(&daemon, "/api/v1/sandboxes/%ff%fe").await.invalid("sandbox_id");
    for path in ["/", "//one", "/one/", "/one//execs", "/../sandboxes/one"] {
        let answer = get(&daemon, &format!("{SANDBOXES}{path}")).await;
        answer.refused(404, "NOT_FOUND", "UNKNOWN_PATH");
    }
    let path = "/api/v1/sandboxes/one/exec";
    let other = json!({ "sandboxId": "two", "spec": { "command": ["true"] } });
    send(&daemon, "POST", path, &other.to_string()).await.invalid("sandbox_id");
    let same = json!({ "sandboxId": "one", "spec": { "command": ["true"] } });
    send(&daemon, "POST", path, &same.to_string()).await.success();
}

#[tokio::test(flavor = "multi_thread")]
async fn other_web_pages_may_not_call() {
    needs_root!();
    let daemon = Daemon::start().await;
    let from = async |origin: &str, method: &str| {
        let origin = format!("origin: {origin}");
        run(curl(&daemon, SANDBOXES, &["-H", &origin, "--request", method]), b"").await
    };
    for method in ["GET", "POST"] {
        let refused = from("https://evil.example", method).await;
        refused.refused(403, "PERMISSION_DENIED", "ORIGIN_NOT_ALLOWED");
        from("null", method).await.refused(403, "PERMISSION_DENIED", "ORIGIN_NOT_ALLOWED");
    }
    from(&format!("http://{}", daemon.address()), "GET").await.success();
}
