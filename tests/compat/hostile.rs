//! What no good caller sends, to every route of every system.

use serde_json::{Value, json};
use skerry_server::compat::{Listed, Name, table};

use crate::answer::{Answer, Caller};
use crate::stage::Stage;

const JSON: &str = "content-type: application/json";

/// Holds an answer to a refusal in the system's own form.
#[track_caller]
fn refused(system: Name, answer: &Answer, stage: &Stage, called: &str) {
    let text = answer.text();
    assert!((400..500).contains(&answer.status), "{called}: {} {text}", answer.status);
    assert_eq!(answer.header("content-type"), Some("application/json"), "{called}: {text}");
    let whole = answer.json();
    match (&whole["error"], system) {
        (Value::String(text), _) => assert!(!text.is_empty(), "{called}"),
        (error, Name::MacSandbox) => {
            let kind = [&whole["success"], &error["name"]];
            assert_eq!(kind, [&json!(false), &json!("ZodError")], "{called}: {text}");
            let issues = error["message"].as_str().expect("a text");
            let issues: Value = serde_json::from_str(issues).expect("JSON in itself");
            assert!(issues[0]["path"].is_array() && issues[0]["message"].is_string(), "{issues}");
        }
        (_, Name::AppleSandboxes) => panic!("{called}: {text}"),
    }
    let root = stage.data().display().to_string();
    for secret in [root.as_str(), "/root/", "/home/", "src/", ".rs:"] {
        assert!(!text.contains(secret), "{called} shows {secret}: {text}");
    }
}

pub(crate) fn filled(route: &Listed, name: &str) -> String {
    let path = route.path.replace("{id}", name).replace("{exec}", "exec_none");
    format!("{} {}", route.method, path.replace("{*path}", "a.txt"))
}

/// Routes that take a body in JSON.
pub(crate) fn takes_json(route: &Listed) -> bool {
    let bodies = ["/pairing/confirm", "/volume/batch-delete", "/exec/stream"];
    let ends = [
        "/create",
        "/tunnel",
        "/exec",
        "/v1/images",
        "/v1/volumes",
        "/v1/snapshots",
        "/v1/sandboxes",
    ];
    route.method == "POST" && bodies.iter().chain(&ends).any(|end| route.path.ends_with(end))
}

async fn place(stage: &Stage, system: Name) -> Caller {
    stage.alone(system, stage.admin())
}

#[tokio::test]
async fn bodies_that_are_no_good_are_refused() {
    let stage = Stage::start(&[]).await;
    let sandbox = stage.sandbox(stage.admin().expect("a token")).await;
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    let bodies = [
        "{".to_owned(),
        "nul".to_owned(),
        "{} {}".to_owned(),
        "\u{feff}{}".to_owned(),
        r#"{"name": "\ud800"}"#.to_owned(),
        "[]".to_owned(),
        "7".to_owned(),
        r#""text""#.to_owned(),
        r#"{"env": {"a": "1", "a": "2"}}"#.to_owned(),
        r#"{"name": "a", "name": "b", "id": "a", "id": "b"}"#.to_owned(),
        deep("[", "]"),
        deep("{\"a\":", "}"),
        format!("{{\"name\":{}}}", deep("[", "]")),
        r#"{"cpus": 1e999}"#.to_owned(),
    ];
    let routes: Vec<_> = table().into_iter().filter(takes_json).collect();
    assert_eq!(routes.len(), 12, "{routes:?}");
    for route in &routes {
        let place = place(&stage, route.system).await;
        let line = filled(route, &sandbox);
        for body in &bodies {
            let answer = place.call(&line, body).await;
            let start: String = body.chars().take(40).collect();
            refused(route.system, &answer, &stage, &format!("{route} {start}"));
        }
        let not_utf8 = place.call_with(&line, &[JSON], b"{\"name\": \"\xff\"}").await;
        refused(route.system, &not_utf8, &stage, &format!("{route} not UTF-8"));
        for header in [
            "content-type: text/plain",
            "content-type: application/x-www-form-urlencoded",
            "content-type: application/json; charset=utf-16",
            "content-type;",
        ] {
            let answer = place.call_with(&line, &[header], b"{\"a\": 1}").await;
            refused(route.system, &answer, &stage, &format!("{route} {header}"));
            assert_eq!(answer.status, 415, "{route} {header}");
        }
        let packed = place.call_with(&line, &[JSON, "content-encoding: gzip"], b"{}").await;
        assert_eq!(packed.status, 415, "{route}");
    }
    // Nothing of it was made.
    let list = place(&stage, Name::MacSandbox).await.call("GET /sandbox/list", "").await.success();
    assert_eq!(list["sandboxes"].as_object().map(serde_json::Map::len), Some(1));
}

/// A call, its body, and the field of it that is wrong.
const WRONG: [(Name, &str, &str, &str); 32] = [
    (Name::MacSandbox, "POST /pairing/confirm", r#"{"code": 7}"#, "code"),
    (Name::MacSandbox, "POST /pairing/confirm", r#"{}"#, "code"),
    (Name::MacSandbox, "POST /sandbox/create", r#"{"cpus": "two"}"#, "cpus"),
    (Name::MacSandbox, "POST /sandbox/create", r#"{"memory": 4}"#, "memory"),
    (Name::MacSandbox, "POST /sandbox/create", r#"{"memory": "4 apples"}"#, "memory"),
    (Name::MacSandbox, "POST /sandbox/create", r#"{"storage": "2G"}"#, "storage"),
    (Name::MacSandbox, "POST /sandbox/create", r#"{"flags": {"lan": 1}}"#, "flags.lan"),
    (
        Name::MacSandbox,
        "POST /sandbox/create",
        r#"{"healthCheck": {"url": "moon"}}"#,
        "healthCheck.url",
    ),
    (Name::MacSandbox, "POST /sandbox/create", r#"{"env": {"A": 1}}"#, "env.A"),
    (Name::MacSandbox, "POST /sandbox/ID/exec", r#"{}"#, "command"),
    (Name::MacSandbox, "POST /sandbox/ID/exec", r#"{"command": ""}"#, "command"),
    (Name::MacSandbox, "POST /sandbox/ID/exec", r#"{"command": "a", "args": [1]}"#, "args.0"),
    (Name::MacSandbox, "POST /sandbox/ID/exec", r#"{"command": "a", "timeout": 0}"#, "timeout"),
    (
        Name::MacSandbox,
        "POST /sandbox/ID/exec/stream",
        r#"{"command": "a", "timeout": -1}"#,
        "timeout",
    ),
    (Name::MacSandbox, "POST /sandbox/ID/tunnel", r#"{"tunnelToken": null}"#, "tunnelToken"),
    (Name::MacSandbox, "POST /volume/create", r#"{"id": ""}"#, "id"),
    (Name::MacSandbox, "POST /volume/create", r#"{"id": "a", "size": "big"}"#, "size"),
    (Name::MacSandbox, "POST /volume/batch-delete", r#"{"ids": []}"#, "ids"),
    (Name::MacSandbox, "POST /volume/batch-delete", r#"{"ids": ["a", ""]}"#, "ids.1"),
    (Name::AppleSandboxes, "POST /v1/images", r#"{"image": "a"}"#, "name"),
    (Name::AppleSandboxes, "POST /v1/images", r#"{"name": "a", "image": 7}"#, "image"),
    (Name::AppleSandboxes, "POST /v1/images", r#"{"name": "a", "image": "--flag"}"#, "image"),
    (Name::AppleSandboxes, "POST /v1/volumes", r#"{}"#, "name"),
    (Name::AppleSandboxes, "POST /v1/volumes", r#"{"name": "a", "labels": {"a": 1}}"#, "labels.a"),
    (Name::AppleSandboxes, "POST /v1/snapshots", r#"{"name": "a"}"#, "sandboxId"),
    (Name::AppleSandboxes, "POST /v1/sandboxes", r#"{"cpus": "2"}"#, "cpus"),
    (
        Name::AppleSandboxes,
        "POST /v1/sandboxes",
        r#"{"image": "host", "memory": "2 apples"}"#,
        "memory",
    ),
    (
        Name::AppleSandboxes,
        "POST /v1/sandboxes",
        r#"{"image": "host", "idleTimeoutSeconds": -1}"#,
        "idleTimeoutSeconds",
    ),
    (
        Name::AppleSandboxes,
        "POST /v1/sandboxes",
        r#"{"volumes": [{"volumeId": "a"}]}"#,
        "volumes[0].mountPath",
    ),
    (Name::AppleSandboxes, "POST /v1/sandboxes/ID/exec", r#"{}"#, "command"),
    (Name::AppleSandboxes, "POST /v1/sandboxes/ID/exec", r#"{"command": 7}"#, "command"),
    (
        Name::AppleSandboxes,
        "POST /v1/sandboxes/ID/exec",
        r#"{"command": "a", "timeoutSeconds": -1}"#,
        "timeoutSeconds",
    ),
];

#[tokio::test]
async fn fields_of_wrong_types_are_named() {
    let stage = Stage::start(&[]).await;
    let sandbox = stage.sandbox(stage.admin().expect("a token")).await;
    for (system, line, body, field) in WRONG {
        let answer = place(&stage, system).await.call(&line.replace("ID", &sandbox), body).await;
        let called = format!("{line} {body}");
        assert_eq!(answer.status, 400, "{called}: {}", answer.text());
        refused(system, &answer, &stage, &called);
        let error = &answer.json()["error"];
        let named = match system {
            Name::AppleSandboxes => {
                error.as_str().is_some_and(|text| text.starts_with(&format!("{field}: ")))
            }
            Name::MacSandbox => {
                let issues: Value =
                    serde_json::from_str(error["message"].as_str().unwrap_or("[]")).expect("JSON");
                let steps = issues[0]["path"].as_array().into_iter().flatten();
                let steps = steps.map(|step| step.to_string().replace('"', ""));
                steps.collect::<Vec<_>>().join(".") == field
            }
        };
        assert!(named, "{called}: {error}");
    }
}

#[tokio::test]
async fn fields_that_are_not_known_are_dropped() {
    let stage = Stage::start(&[]).await;
    let mac = place(&stage, Name::MacSandbox).await;
    // As its own callers send it.
    mac.call("POST /sandbox/create", r#"{"port": 3000, "tunnel": false}"#).await.success();
    // Without a body it is all defaults.
    mac.call("POST /sandbox/create", "").await.success();
    let apple = place(&stage, Name::AppleSandboxes).await;
    apple.call("POST /v1/volumes", r#"{"name": "a", "size": 7}"#).await.success();
}

#[tokio::test]
async fn large_bodies_are_cut_off() {
    let stage = Stage::start(&[]).await;
    let large = format!("{{\"name\": \"{}\"}}", "a".repeat(21 << 20));
    for (system, line) in
        [(Name::MacSandbox, "POST /volume/create"), (Name::AppleSandboxes, "POST /v1/volumes")]
    {
        let answer = place(&stage, system).await.call(line, &large).await;
        assert_eq!(answer.status, 413, "{}", answer.text());
        refused(system, &answer, &stage, line);
    }
}

#[tokio::test]
async fn a_name_leads_nowhere_else() {
    let stage = Stage::start(&[]).await;
    stage.sandbox(stage.admin().expect("a token")).await;
    let names = [
        "..%2Fx",
        "..%2F..%2Fetc%2Fpasswd",
        "%2e%2e",
        "%2e",
        "a%2Fb",
        "%00",
        "%ff%fe",
        "%25",
        "%zz",
        "%20",
        "%3Cscript%3E",
        "no_such",
        "..",
        ".",
    ];
    for route in table().into_iter().filter(|route| route.path.contains("{id}")) {
        let place = place(&stage, route.system).await;
        for name in names {
            let line = filled(&route, name);
            let body =
                if takes_json(&route) { r#"{"command": "a", "tunnelToken": "a"}"# } else { "" };
            let answer = place.call(&line, body).await;
            refused(route.system, &answer, &stage, &line);
            assert_eq!(answer.status, 404, "{line}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn files_stay_in_the_workspace() {
    let stage = Stage::start(&[]).await;
    let sandbox = stage.sandbox(stage.admin().expect("a token")).await;
    let apple = place(&stage, Name::AppleSandboxes).await;
    for path in [
        "..%2Fetc%2Fpasswd",
        "a/..%2F..%2F..%2Fetc/passwd",
        "../../etc/passwd",
        "a%00b",
        "%2e%2e/x",
        "%2F",
        ".",
    ] {
        for method in ["GET", "PUT"] {
            let line = format!("{method} /v1/sandboxes/{sandbox}/files/{path}");
            let body: &[u8] = if method == "PUT" { b"x" } else { b"" };
            let answer = apple.call_with(&line, &[], body).await;
            refused(Name::AppleSandboxes, &answer, &stage, &line);
            assert!([400, 404].contains(&answer.status), "{line}: {}", answer.text());
        }
    }
    let bare = apple.call(&format!("GET /v1/sandboxes/{sandbox}/files/"), "").await;
    refused(Name::AppleSandboxes, &bare, &stage, "no path");
}

#[tokio::test]
async fn what_is_not_there_is_told_in_json() {
    let stage = Stage::start(&[]).await;
    for system in Name::ALL {
        for caller in [place(&stage, system).await, stage.below(system, stage.admin())] {
            for line in [
                "GET /nosuch",
                "POST /",
                "DELETE /health",
                "PATCH /v1/sandboxes",
                "GET //",
                "PUT /sandbox/list",
            ] {
                let answer = caller.call(line, "").await;
                refused(system, &answer, &stage, line);
            }
        }
    }
}
