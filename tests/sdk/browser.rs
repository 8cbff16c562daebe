//! The TypeScript SDK in a web page of another origin, by gRPC-Web.

use serde_json::{Value, json};
use skerry_test_support::site::Site;
use skerry_test_support::{Daemon, Options, needs_root, skip};

use crate::language::{BUILD_TYPESCRIPT_TESTS, installed, kept, run, shell};

const PAGE: &str = include_str!("page.html");

#[tokio::test(flavor = "multi_thread")]
async fn a_page_works_in_a_sandbox() {
    needs_root!();
    let (site, installed) = match (Site::open().await, installed("tests/typescript")) {
        (Ok(site), Ok(installed)) => (site, installed),
        (Err(reason), _) | (_, Err(reason)) => skip!("{reason}"),
    };
    let build = kept("sdk-typescript");
    let bundle = "npx --no-install esbuild examples/page.mjs --bundle --format=esm \
                  --log-level=warning";
    let variables = [("installed", installed.as_path()), ("build", build.as_path())];
    let line = format!("{BUILD_TYPESCRIPT_TESTS}; {bundle}");
    let app = run(shell(&line, &variables)).await.success();

    let arguments = vec!["--cors-origin".to_owned(), site.origin()];
    let daemon = Daemon::start_with(Options { arguments, ..Options::default() }).await;
    let page = PAGE.replace("ADDRESS", daemon.address()).replace("TOKEN", &daemon.token());
    let files = vec![("/", "text/html", page), ("/app.js", "text/javascript", app)];
    let told = site.visited(files).await;
    assert_eq!(told["failed"], Value::Null, "{told}");
    assert_eq!(told["streamed"], "one\ntwo\n", "{told}");
    assert_eq!(told["note"], "hello\n");
    assert_eq!((&told["exitCode"], &told["stderr"]), (&json!(3), &json!("hello\n")));
    let failures = json!({
        "missing": "NOT_FOUND FILE_NOT_FOUND",
        "taken": "ALREADY_EXISTS FILE_EXISTS",
        "input": "UNIMPLEMENTED NO_REQUEST_STREAM",
        "stranger": "UNAUTHENTICATED TOKEN_UNKNOWN",
    });
    assert_eq!(told["failures"], failures);
    let left = daemon.client().list_sandboxes(Default::default()).await.expect("a list");
    assert!(left.is_empty(), "{left:?}");
}
