//! What is written of the routes, by them and of them.

use std::collections::BTreeSet;

use skerry_server::compat::{Name, table};

use crate::stage::Stage;

const PAGE: &str = include_str!("../../docs/compat.md");

#[test]
fn the_page_has_every_route_and_no_other() {
    let written: BTreeSet<String> = PAGE
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(route, _)| route.to_owned())
        .filter(|route| route.contains(" /"))
        .collect();
    let routes: BTreeSet<String> = table().iter().map(ToString::to_string).collect();
    assert_eq!(written, routes);
}

#[tokio::test]
async fn each_system_describes_its_routes() {
    let stage = Stage::start(&[]).await;
    for (name, path, version) in
        [(Name::MacSandbox, "/doc", "3.0.0"), (Name::AppleSandboxes, "/openapi.json", "3.1.0")]
    {
        for caller in [stage.alone(name, None), stage.below(name, None)] {
            let document = caller.call(&format!("GET {path}"), "").await.success();
            assert_eq!(document["openapi"], version);
            for route in table().into_iter().filter(|route| route.system == name) {
                let path = route.path.replace("{*", "{");
                let method = route.method.as_str().to_ascii_lowercase();
                let found = &document["paths"][&path][&method];
                assert!(found["summary"].is_string(), "{route}: {found}");
            }
        }
    }
    let mac = stage.alone(Name::MacSandbox, None);
    for path in ["GET /", "GET /reference"] {
        let page = mac.call(path, "").await;
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        let text = page.text();
        assert!(text.contains("Mac Sandbox API Reference") && text.contains("/sandbox/{id}/exec"));
        // It loads nothing, from nowhere.
        assert!(!text.contains("<script") && !text.contains("http"), "{text}");
    }
}
