//! One message each way.

use serde_json::json;
use skerry_test_support::{Daemon, needs_root};

use crate::web::{curl, detail, get, post, run, sandbox, send};

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_lives_its_life_in_json() {
    needs_root!();
    let daemon = Daemon::start().await;
    let request = json!({
        "name": "one",
        "labels": { "team": "blue" },
        "limits": { "memory_bytes": 268_435_456, "pids": "100" },
        "timeouts": { "idleTimeout": "3600s", "on_idle": "ON_IDLE_STOP" },
    });
    let made = post(&daemon, "/api/v1/sandboxes", request).await.success();
    assert_eq!(made["labels"], json!({ "team": "blue" }));
    assert_eq!(made["limits"]["memoryBytes"], "268435456");
    assert_eq!(made["limits"]["pids"], "100");
    assert_eq!(made["timeouts"]["idleTimeout"], "3600s");
    assert!(made["createTime"].as_str().is_some_and(|time| time.ends_with('Z')), "{made}");
    let read = get(&daemon, "/api/v1/sandboxes/one").await.success();
    assert_eq!(read["id"], made["id"]);

    let patch = json!({ "labels": { "team": "red" } }).to_string();
    let path = "/api/v1/sandboxes/one?update_mask=labels";
    let updated = send(&daemon, "PATCH", path, &patch).await.success();
    assert_eq!(updated["labels"], json!({ "team": "red" }));

    let path = "/api/v1/sandboxes/one/exec";
    let spec = json!({ "spec": { "shell": "echo out; echo err >&2; exit 7" } });
    let ran = post(&daemon, path, spec).await.success();
    assert_eq!(ran["result"]["exitCode"], 7, "{ran}");
    assert_eq!((&ran["stdout"], &ran["stderr"]), (&json!("b3V0Cg=="), &json!("ZXJyCg==")));
    let ran = post(&daemon, path, json!({ "spec": { "command": ["true"] } })).await.success();
    assert_eq!(ran["result"]["exitCode"], 0, "a 0 is told: {ran}");

    let stopped = run(curl(&daemon, "/api/v1/sandboxes/one/stop", &["--request", "POST"]), b"");
    assert_eq!(stopped.await.success()["state"], "SANDBOX_STATE_STOPPED");
    let gone = run(curl(&daemon, "/api/v1/sandboxes/one", &["--request", "DELETE"]), b"").await;
    assert_eq!(gone.success(), json!({}));
    let missing = get(&daemon, "/api/v1/sandboxes/one").await;
    missing.refused(404, "NOT_FOUND", "SANDBOX_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_are_scalars_lists_enums_and_maps() {
    needs_root!();
    let daemon = Daemon::start().await;
    for name in ["a", "b", "c"] {
        let labels = json!({ "which": name, "two-words": "x-y" });
        let request = json!({ "name": name, "labels": labels });
        post(&daemon, "/api/v1/sandboxes", request).await.success();
    }
    let names = async |query: &str| -> Vec<String> {
        let listed = get(&daemon, &format!("/api/v1/sandboxes?{query}")).await.success();
        let mut names: Vec<String> = listed["sandboxes"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|sandbox| sandbox["name"].as_str().expect("a name").to_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("").await, ["a", "b", "c"]);
    assert_eq!(names("labels[which]=b").await, ["b"]);
    assert_eq!(names("labels%5Btwo%2Dwords%5D=x%2Dy").await, ["a", "b", "c"]);
    assert_eq!(names("labels[which]=b&labels[two-words]=no").await.len(), 0);
    let states = "states=SANDBOX_STATE_RUNNING&states=7&page_size=10";
    assert_eq!(names(states).await, ["a", "b", "c"]);
    assert_eq!(names("states=SANDBOX_STATE_STOPPED&pageToken=").await.len(), 0);
    let listed = get(&daemon, "/api/v1/sandboxes?pageSize=2").await.success();
    assert_eq!(listed["sandboxes"].as_array().map(Vec::len), Some(2));
    let token = listed["nextPageToken"].as_str().expect("a token");
    assert_eq!(names(&format!("page_token={token}")).await.len(), 1);
    for (query, field) in [
        ("page_size=many", "page_size"),
        ("page_size=1&page_size=2", "page_size"),
        ("page_size=99999999999", "page_size"),
        ("states=RUNNING", "states[0]"),
        ("labels=x", "labels"),
        ("labels[a]=1&labels[a]=2", "labels[a]"),
        ("labels[a].b=1", "labels[a].b"),
        ("page_size.x=1", "page_size.x"),
        ("page_token=%ff", "page_token"),
        ("%ff=1", "%ff"),
        ("unknown", "unknown"),
    ] {
        get(&daemon, &format!("/api/v1/sandboxes?{query}")).await.invalid(field);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_named_by_the_rest_of_the_path() {
    needs_root!();
    let daemon = Daemon::start().await;
    assert_eq!(get(&daemon, "/api/v1/images/host").await.success()["name"], "host");
    for path in ["/api/v1/images/localhost:5000/a/b:1.36", "/api/v1/images/a%2Fb@sha256:00"] {
        let error = get(&daemon, path).await.refused(404, "NOT_FOUND", "IMAGE_NOT_FOUND");
        let named = if path.contains("5000") { "localhost:5000/a/b:1.36" } else { "a/b@sha256:00" };
        assert!(error["message"].as_str().expect("text").contains(named), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_have_code_message_status_and_details() {
    needs_root!();
    let daemon = Daemon::start().await;
    sandbox(&daemon, "one").await;
    let again = post(&daemon, "/api/v1/sandboxes", json!({ "name": "one" })).await;
    assert_eq!(
        (again.status, again.json()["error"]["status"].as_str()),
        (409, Some("ALREADY_EXISTS"))
    );
    let bad = post(&daemon, "/api/v1/sandboxes", json!({ "name": "No Name!" })).await;
    bad.invalid("name");
    let path = "/api/v1/sandboxes/one/exec";
    let spec = json!({ "spec": { "command": ["/no/such/program"] } });
    post(&daemon, path, spec).await.refused(404, "NOT_FOUND", "COMMAND_NOT_FOUND");
    let resumed = post(&daemon, "/api/v1/sandboxes/one/resume", json!({})).await;
    let stopped = post(&daemon, "/api/v1/sandboxes/one/stop", json!({})).await;
    stopped.success();
    let error = post(&daemon, path, json!({ "spec": { "command": ["true"] } })).await;
    let error = error.refused(400, "FAILED_PRECONDITION", "WRONG_STATE");
    assert!(detail(&error, "PreconditionFailure")["violations"][0]["type"].is_string(), "{error}");
    assert!(resumed.status == 200 || resumed.status == 400, "{}", resumed.text());
    let nothing = get(&daemon, "/api/v2/sandboxes").await;
    nothing.refused(404, "NOT_FOUND", "UNKNOWN_PATH");
    assert_eq!(nothing.header("cache-control"), Some("no-store"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_answer_is_compressed_for_who_asks() {
    needs_root!();
    let daemon = Daemon::start().await;
    let path = "/api/v1/system";
    let plain = get(&daemon, path).await;
    assert_eq!(plain.header("content-encoding"), None);
    for coding in ["gzip", "zstd"] {
        let accepted = format!("accept-encoding: {coding}");
        let answer = run(curl(&daemon, path, &["-H", &accepted]), b"").await;
        assert_eq!(answer.header("content-encoding"), Some(coding), "{}", plain.body.len());
        assert!(answer.body.len() < plain.body.len());
    }
    let unpacked = run(curl(&daemon, path, &["--compressed"]), b"").await.success();
    assert_eq!(unpacked["version"], plain.success()["version"]);
}
