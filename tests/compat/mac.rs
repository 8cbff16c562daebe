//! mac-sandbox: every route by curl with the bodies of its documents, compared
//! field by field.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use skerry_test_support::{needs_btrfs, needs_root};

use crate::answer::Caller;
use crate::place::Place;
use crate::shape::same;

/// A stand-in for cloudflared: it says what that says of a quick tunnel.
const CLOUDFLARED: &str = r#"#!/bin/sh
folder=$(dirname "$0"); echo "$*" >"$folder/arguments"; echo $$ >"$folder/pid"
say() { printf '2025-12-02T10:30:46Z INF %s\n' "$1" >&2; }
say "|  Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):  |"
say "|  https://purple-rain-4d7f.trycloudflare.com                                                |"
say "Registered tunnel connection connIndex=0 connection=bb527b3a event=0 ip=198.41.200.13 protocol=quic"
exec sleep 1000
"#;

/// The stand-in, in a folder of its own that everybody may read.
pub(crate) fn cloudflared() -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("cloudflared");
    fs::write(&path, CLOUDFLARED).expect("written");
    // It runs as nobody.
    for path in [dir.path(), path.as_path()] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o777)).expect("set");
    }
    let path = path.to_str().expect("it is plain").to_owned();
    (dir, path)
}

fn error(text: &str) -> Value {
    json!({ "error": text })
}

/// What it is called.
pub(crate) fn id(entry: &Value) -> String {
    entry["id"].as_str().expect("an id").to_owned()
}

/// A line of the table: a call, its body, and what it answers.
struct Row(String, Value, u16, Value);

async fn hold(caller: &Caller, rows: Vec<Row>) {
    for Row(line, body, status, wanted) in rows {
        println!("{line} {body}");
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = caller.call(&line, &body).await;
        assert_eq!(answer.status, status, "{line} {body}: {}", answer.text());
        assert_eq!(answer.header("content-type"), Some("application/json"), "{line}");
        same(&answer.json(), &wanted);
    }
}

fn row(line: impl Into<String>, body: Value, status: u16, wanted: Value) -> Row {
    Row(line.into(), body, status, wanted)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_field_for_field() {
    needs_root!();
    needs_btrfs!();
    let (_dir, program) = cloudflared();
    let place = Place::start(&["--cloudflared", &program]).await;
    let mac = place.mac();
    // As its documents have it, with a size that every host has.
    let config = json!({
        "cpus": 1, "memory": "512M", "storage": "10G", "flags": { "tunnel": false, "lan": true },
        "env": { "MY_VAR": "my-value" },
    });
    let made = mac.call("POST /sandbox/create", &config.to_string()).await.success();
    let entry = json!({
        "id": "<8 hex>", "ipAddress": "<any>", "hostPort": "<whole>", "createdAt": "<millis>",
        "routePrefix": "/__platform", "volume": made["id"],
        "urls": { "tunnel": null, "lan": "<text>", "container": "<any>" },
    });
    same(&made, &entry);
    let port = made["hostPort"].as_u64().expect("a port");
    assert!((9000..=9999).contains(&port), "{port}");
    assert_eq!(made["urls"]["lan"], format!("http://127.0.0.1:{port}"));
    let id = id(&made);
    hold(&mac, general(&id, &made)).await;
    hold(&mac, execs(&id)).await;
    hold(&mac, volumes(&id)).await;
    hold(&mac, tunnels(&id)).await;
    hold(&mac, ends(&id)).await;
}

fn general(id: &str, entry: &Value) -> Vec<Row> {
    let list = json!({ "sandboxes": { id: entry } });
    let volume = json!({
        "id": id, "name": id, "driver": "local", "labels": "<any>",
        "options": { "size": "10G" }, "sizeInBytes": 10_737_418_240_u64, "createdAt": "<text>",
    });
    vec![
        row(
            "GET /health",
            Value::Null,
            200,
            json!({ "status": "ok", "timestamp": "<time>", "version": "<text>" }),
        ),
        row(
            "GET /auth/me",
            Value::Null,
            200,
            json!({ "deviceName": "admin", "createdAt": "<millis>", "lastUsed": "<millis>" }),
        ),
        row("GET /sandbox/list", Value::Null, 200, list.clone()),
        row("GET /admin/sandboxes", Value::Null, 200, list),
        row(format!("GET /sandbox/{id}"), Value::Null, 200, entry.clone()),
        row(format!("GET /sandbox/{}", id.to_uppercase()), Value::Null, 200, entry.clone()),
        row("GET /sandbox/00000000", Value::Null, 404, error("Sandbox not found")),
        row(
            "GET /sandbox/00000000/health",
            Value::Null,
            404,
            json!({ "error": "Sandbox not found", "healthy": false }),
        ),
        row(
            format!("GET /sandbox/{id}/health"),
            Value::Null,
            200,
            json!({ "healthy": false, "error": "Health check failed" }),
        ),
        row(
            format!("GET /sandbox/{id}/inspect"),
            Value::Null,
            200,
            json!({ "sandbox": entry, "container": container(id), "volume": volume }),
        ),
        row("GET /sandbox/00000000/inspect", Value::Null, 404, error("Sandbox not found")),
        row("GET /admin/containers", Value::Null, 200, json!([container(id)])),
        row(
            "GET /admin/stats",
            Value::Null,
            200,
            json!({
                "totalSandboxes": 1, "activeTunnels": 0, "uptime": "<number>",
                "memoryUsage": {
                    "rss": "<whole>", "heapTotal": "<whole>", "heapUsed": "<whole>",
                    "external": "<whole>", "arrayBuffers": "<whole>",
                },
            }),
        ),
        row(
            "POST /pairing/confirm",
            json!({ "code": "ABC123", "deviceName": "My Laptop" }),
            400,
            error("Invalid or expired pairing code"),
        ),
        row("POST /pairing/confirm", json!({ "code": "" }), 400, "<any>".into()),
    ]
}

fn container(id: &str) -> Value {
    json!({
        "status": "running",
        "configuration": {
            "id": id, "hostname": id, "image": { "reference": "host" }, "labels": "<any>",
            "mounts": [{ "source": "<text>", "destination": "/workspace", "options": [] }],
            "initProcess": { "environment": ["MY_VAR=my-value"] },
            "resources": { "cpus": 1, "memoryInBytes": 536_870_912 },
        },
        "networks": [],
    })
}

fn ran(command: &str, args: &[&str], code: i32, stdout: &str, stderr: &str) -> Value {
    json!({
        "success": code == 0, "command": command, "args": args, "exitCode": code,
        "stdout": stdout, "stderr": stderr, "durationMs": "<whole>",
    })
}

fn execs(id: &str) -> Vec<Row> {
    let exec = |body, status, wanted| row(format!("POST /sandbox/{id}/exec"), body, status, wanted);
    let script = "echo \" $MY_VAR \"; pwd; echo oh >&2; exit 3";
    let mut late = ran("sleep", &["600"], -1, "", "");
    late["error"] = json!("Command timed out");
    let mut missing = ran("no-such-program", &[], -1, "", "");
    missing["error"] = json!("<text>");
    vec![
        exec(json!({ "command": "true" }), 200, ran("true", &[], 0, "", "")),
        exec(
            json!({ "command": "sh", "args": ["-c", script], "timeout": 30000, "user": "nobody" }),
            200,
            ran("sh", &["-c", script], 3, "my-value \n/workspace", "oh"),
        ),
        exec(json!({ "command": "sleep", "args": ["600"], "timeout": 200 }), 500, late),
        exec(json!({ "command": "no-such-program" }), 500, missing),
        row(
            "POST /sandbox/00000000/exec",
            json!({ "command": "true" }),
            404,
            error("Sandbox not found"),
        ),
        row(
            "POST /sandbox/00000000/exec/stream",
            json!({ "command": "true" }),
            404,
            error("Sandbox not found"),
        ),
    ]
}

fn volumes(id: &str) -> Vec<Row> {
    let shown = |name: &str, size: &str, bytes: u64, labels: Value| {
        json!({
            "id": name, "name": name, "driver": "local", "labels": labels,
            "options": if size.is_empty() { json!({}) } else { json!({ "size": size }) },
            "sizeInBytes": bytes, "createdAt": "<text>",
        })
    };
    let mine = shown("my-volume", "10G", 10 << 30, json!({ "my-label": "" }));
    let body = json!({ "id": "my-volume", "size": "10G", "label": "my-label" });
    vec![
        row("POST /volume/create", body, 200, json!({ "id": "my-volume" })),
        row("POST /volume/create", json!({ "id": "plain" }), 200, json!({ "id": "plain" })),
        row("GET /volume/my-volume", Value::Null, 200, mine.clone()),
        row(
            "GET /volume/list",
            Value::Null,
            200,
            json!([
                shown(id, "10G", 10 << 30, "<any>".into()),
                mine,
                shown("plain", "", 0, json!({})),
            ]),
        ),
        row("GET /volume/none", Value::Null, 404, error("Volume not found")),
        row("POST /volume/create", json!({ "id": "plain" }), 409, error("<text>")),
        row("DELETE /volume/plain", Value::Null, 200, json!({ "ok": true })),
        row("DELETE /volume/plain", Value::Null, 404, error("Volume not found")),
        row(format!("DELETE /volume/{id}"), Value::Null, 409, error("<text>")),
        row(
            "POST /volume/batch-delete",
            json!({ "ids": ["my-volume"] }),
            200,
            json!({ "ok": true, "deleted": ["my-volume"] }),
        ),
        row("POST /volume/batch-delete", json!({ "ids": [id] }), 409, error("<text>")),
    ]
}

fn tunnels(id: &str) -> Vec<Row> {
    let body = json!({
        "tunnelToken": "eyJhIjoi", "tunnelId": "f0c1", "url": "https://abc123.yourdomain.com",
        "checkhealth": false,
    });
    let line = format!("POST /sandbox/{id}/tunnel");
    let again = json!({ "ok": true, "alreadyRunning": true });
    vec![
        row(&line, body.clone(), 200, json!({ "ok": true })),
        row(&line, body.clone(), 200, again),
        row("POST /sandbox/00000000/tunnel", body, 404, error("Sandbox not found")),
    ]
}

fn ends(id: &str) -> Vec<Row> {
    let ok = || json!({ "ok": true });
    vec![
        row(format!("DELETE /sandbox/{id}"), Value::Null, 200, ok()),
        row(format!("DELETE /sandbox/{id}"), Value::Null, 404, error("Sandbox not found")),
        // What was made for it has gone with it.
        row("GET /volume/list", Value::Null, 200, json!([])),
        row("POST /admin/kill-all", Value::Null, 200, ok()),
    ]
}
