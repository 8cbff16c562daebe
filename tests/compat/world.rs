//! The API by a tunnel of its own, with a stand-in for cloudflared.

use std::fs;

use serde_json::json;
use skerry_test_support::needs_root;

use crate::answer::Caller;
use crate::mac::cloudflared;
use crate::place::Place;

const HOST: &str = "purple-rain-4d7f.trycloudflare.com";

#[tokio::test(flavor = "multi_thread")]
async fn a_device_elsewhere_pairs_by_the_tunnel() {
    needs_root!();
    let (dir, program) = cloudflared();
    let mut place = Place::start(&["-t", "--pairing", "--cloudflared", &program]).await;
    let log = place.daemon.log();
    assert!(log.contains(&format!("world:  https://{HOST}\n")), "{log}");
    let pairing = log.lines().find_map(|line| line.strip_prefix("pair:   ")).expect("a code");
    let (code, page) = pairing.split_once(" at ").expect("an address");
    assert!(page.starts_with(&format!("https://{HOST}/pair#")), "{page}");
    // What the stand-in was told, and so where the world comes in.
    let arguments = fs::read_to_string(dir.path().join("arguments")).expect("it was started");
    let base = arguments.trim().rsplit_once("--url ").expect("it leads somewhere").1;
    let world = Caller::new(base, None);
    let host = format!("host: {HOST}");
    let page = world.call_with("GET /pair", &[&host], b"").await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert_eq!(world.call_with("GET /pair", &["host: evil.example"], b"").await.status, 403);
    assert_eq!(world.call_with("GET /sandbox/list", &[&host], b"").await.status, 401);
    let body = json!({ "code": code, "deviceName": "phone" }).to_string();
    let headers =
        [host.as_str(), "content-type: application/json", &format!("origin: https://{HOST}")];
    // As the page sends it.
    let paired = world.call_with("POST /api/v1/pairings:confirm", &headers, body.as_bytes()).await;
    let secret = paired.success()["secret"].as_str().expect("a token").to_owned();
    let world = Caller { token: Some(secret), ..world };
    world.call_with("GET /sandbox/list", &[&host], b"").await.success();
    let pid = fs::read_to_string(dir.path().join("pid")).expect("it was started");
    let runs = || std::path::Path::new("/proc").join(pid.trim()).exists();
    assert!(runs());
    assert!(place.daemon.terminate().await.success());
    assert!(!runs());
}
