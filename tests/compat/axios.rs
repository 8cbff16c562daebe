//! The program of mac-sandbox's README, by node.

use serde_json::json;
use skerry_test_support::{needs_root, skip, tools};

use crate::mac::cloudflared;
use crate::place::{Place, run};
use crate::shape::same;

#[tokio::test(flavor = "multi_thread")]
async fn the_program_of_its_readme_runs() {
    needs_root!();
    let axios = match tools::find("axios/node_modules/axios/package.json") {
        Ok(axios) => axios,
        Err(reason) => skip!("{reason}"),
    };
    let (_dir, program) = cloudflared();
    let place = Place::start(&["--cloudflared", &program]).await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/compat/axios.mjs");
    let token = place.daemon.token();
    let folder = axios.parent().expect("it is in a folder").to_str().expect("it is plain");
    for base in [place.mac().base, format!("http://{}", place.daemon.address())] {
        let environment = [
            ("AXIOS", folder),
            ("BASE", base.as_str()),
            ("TOKEN", token.as_str()),
            // What would be asked is Cloudflare's.
            ("CHECK", "false"),
        ];
        let found = run("node", &[script], &environment).await.json();
        same(
            &found["data"],
            &json!({
                "id": "<8 hex>", "ipAddress": "<any>", "hostPort": "<whole>",
                "createdAt": "<millis>", "routePrefix": "/__platform", "volume": null,
                "urls": { "tunnel": null, "lan": null, "container": "<any>" },
            }),
        );
        same(&found["tunnel"], &json!({ "ok": true }));
        assert_eq!(found["ran"]["stdout"], "my-value");
        same(&found["refused"], &json!([404, { "error": "Sandbox not found" }]));
    }
}
