//! A web page of another origin in a real browser: a stream by `fetch`, events
//! by `EventSource`, a terminal by xterm.js over the WebSocket.

use serde_json::Value;
use skerry_client::v1::CreateSandboxRequest;
use skerry_test_support::shell::script;
use skerry_test_support::site::Site;
use skerry_test_support::{Daemon, Options, needs_root, skip, tools};

const PAGE: &str = include_str!("browser.html");

#[tokio::test(flavor = "multi_thread")]
async fn a_page_streams_listens_and_is_a_terminal() {
    needs_root!();
    let site = match Site::open().await {
        Ok(site) => site,
        Err(reason) => skip!("{reason}"),
    };
    let xterm = match tools::find("xterm/node_modules/@xterm/xterm/lib/xterm.js") {
        Ok(file) => std::fs::read_to_string(file).expect("it is there"),
        Err(reason) => skip!("{reason}"),
    };
    let origin = site.origin();
    // An EventSource can send no token.
    let arguments = ["--no-auth", "--cors-origin", &origin].map(str::to_owned).to_vec();
    let daemon = Daemon::start_with(Options { arguments, ..Options::default() }).await;
    let client = daemon.client();
    let request = CreateSandboxRequest { name: "web".to_owned(), ..Default::default() };
    client.create_sandbox(request).await.expect("a sandbox");
    let spec = script("for n in 1 2 3; do echo event $n; done");
    let exec = client.start_exec("web", spec).await.expect("it starts").id;
    let page = PAGE.replace("ADDRESS", daemon.address()).replace("EXEC", &exec);

    let html = ("/", "text/html", page);
    let told = site.visited(vec![html, ("/xterm.js", "text/javascript", xterm)]).await;
    assert_eq!(told["failed"], Value::Null, "{told}");
    assert!(told["fetched"].as_str().is_some_and(|text| text.contains("event: end")), "{told}");
    assert_eq!(told["events"], "event 1\nevent 2\nevent 3\n", "{told}");
    let screen = told["screen"].as_str().unwrap_or_default();
    assert!(screen.contains("seen 42") && screen.contains("31 100"), "{told}");
    assert_eq!(told["exit"], 7, "{told}");
}
