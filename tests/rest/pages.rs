//! What web pages and generators of clients need: the document, CORS,
//! gRPC-Web.

use std::io::Write;

use serde_json::Value;
use skerry_test_support::{Daemon, Options, needs_root, skip, tools};

use crate::web::{anonymous, curl, run};

/// Checks a document with the validator; its path is the argument.
const VALIDATE: &str = "import sys, json\n\
    from openapi_spec_validator import validate\n\
    validate(json.load(open(sys.argv[1])))\n\
    print('valid')";

async fn document(daemon: &Daemon) -> Value {
    run(anonymous(daemon, "/openapi.json", &[]), b"").await.success()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_open_and_describes_every_call() {
    needs_root!();
    let daemon = Daemon::start().await;
    let document = document(&daemon).await;
    assert_eq!(document, run(anonymous(&daemon, "/doc", &[]), b"").await.success());
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().expect("paths");
    let operations: Vec<&Value> =
        paths.values().flat_map(|path| path.as_object().expect("operations").values()).collect();
    let pool = prost_reflect::DescriptorPool::decode(skerry_api::DESCRIPTOR_SET);
    let pool = pool.expect("a descriptor set");
    for method in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        let found = operations.iter().find(|operation| operation["operationId"] == method.name());
        let operation = found.unwrap_or_else(|| panic!("no {}", method.full_name()));
        let text = operation["description"].as_str().unwrap_or_default();
        assert!(text.starts_with(method.name()), "{}: {text}", method.full_name());
    }
    let create = &document["components"]["schemas"]["CreateSandboxRequest"]["properties"];
    assert_eq!(create["labels"]["additionalProperties"]["type"], "string");
    assert!(create["name"]["description"].as_str().is_some_and(|text| !text.is_empty()));
    let list = &document["paths"]["/api/v1/sandboxes"]["get"]["parameters"];
    let labels = list.as_array().expect("a list").iter().find(|one| one["name"] == "labels");
    assert_eq!(labels.expect("labels")["style"], "deepObject");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_finds_nothing_wrong_with_the_document() {
    needs_root!();
    let python = match tools::find("python/bin/python") {
        Ok(python) => python,
        Err(reason) => skip!("{reason}"),
    };
    let daemon = Daemon::start().await;
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(document(&daemon).await.to_string().as_bytes()).expect("it is writable");
    let ran = tokio::process::Command::new(python).args(["-c", VALIDATE]).arg(file.path()).output();
    let ran = ran.await.expect("python can be run");
    let error = String::from_utf8_lossy(&ran.stderr).into_owned();
    if error.contains("No module named 'openapi_spec_validator'") {
        skip!("openapi-spec-validator did not install");
    }
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "valid\n", "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_an_origin_that_was_named_may_call() {
    needs_root!();
    let arguments = ["--cors-origin", "https://app.example"].map(str::to_owned).to_vec();
    let daemon = Daemon::start_with(Options { arguments, ..Options::default() }).await;
    let origin = "origin: https://app.example";
    let asked = [
        "--request",
        "OPTIONS",
        "-H",
        origin,
        "-H",
        "access-control-request-method: PATCH",
        "-H",
        "access-control-request-headers: authorization, content-type",
    ];
    let path = "/api/v1/sandboxes";
    let allowed = run(anonymous(&daemon, path, &asked), b"").await;
    assert_eq!(allowed.status, 200, "{}", allowed.text());
    assert_eq!(allowed.header("access-control-allow-origin"), Some("https://app.example"));
    assert!(
        allowed.header("access-control-allow-methods").is_some_and(|all| all.contains("PATCH"))
    );
    assert_eq!(allowed.header("access-control-allow-headers"), Some("authorization, content-type"));
    let answer = run(curl(&daemon, path, &["-H", origin]), b"").await;
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (200, Some("https://app.example"))
    );
    let other = run(curl(&daemon, path, &["-H", "origin: https://evil.example"]), b"").await;
    other.refused(403, "PERMISSION_DENIED", "ORIGIN_NOT_ALLOWED");
    assert_eq!(other.header("access-control-allow-origin"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_calls_by_grpc_web() {
    needs_root!();
    let daemon = Daemon::start().await;
    let kind = "content-type: application/grpc-web+proto";
    let path = "/skerry.v1.SystemService/GetSystemInfo";
    let arguments = ["-H", kind, "--data-binary", "@-"];
    let answer = run(curl(&daemon, path, &arguments), &[0; 5]).await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("application/grpc-web+proto"))
    );
    let text = answer.text();
    assert!(text.contains(env!("CARGO_PKG_VERSION")), "{text}");
    assert!(text.contains("grpc-status:0"), "the status is at the body's end: {text}");
    let denied = run(anonymous(&daemon, path, &arguments), &[0; 5]).await;
    assert_eq!(denied.header("grpc-status"), Some("16"), "{denied:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_is_a_page_that_asks_nobody_else() {
    needs_root!();
    let daemon = Daemon::start().await;
    let page = run(anonymous(&daemon, "/reference", &[]), b"").await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").expect("it has one");
    assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{policy}");
    let text = page.text();
    let scripts: Vec<_> =
        text.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(scripts, ["/reference/scalar.js", "/reference/page.js"]);
    for script in scripts {
        let plain = run(anonymous(&daemon, script, &[]), b"").await;
        assert_eq!(plain.status, 200, "{script}");
        assert!(
            plain.header("content-type").is_some_and(|kind| kind.starts_with("text/javascript"))
        );
        let packed = run(anonymous(&daemon, script, &["--compressed"]), b"").await;
        assert!(packed.body == plain.body, "{script} is another when it is packed");
    }
}
