//! The page that confirms a pairing, in a browser.

use std::process::Stdio;

use skerry_test_support::skip;
use tokio::process::Command;

use crate::caller::http;
use crate::stage::Stage;

/// Names the file that a screenshot is kept at, for people who look.
const KEEP: &str = "SKERRY_TEST_SCREENSHOT";

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_shows_the_page() {
    if std::process::Command::new("chromium").arg("--version").output().is_err() {
        skip!("chromium is not installed");
    }
    let stage = Stage::start(&[]).await;
    let url = stage.invitation.clone().expect("a code").url;
    let dir = tempfile::tempdir().expect("a folder");
    let picture = dir.path().join("page.png");
    let output = Command::new("timeout")
        .args(["120", "chromium", "--headless", "--no-sandbox", "--disable-gpu"])
        .args(["--hide-scrollbars", "--window-size=520,760", "--virtual-time-budget=5000"])
        .arg(format!("--user-data-dir={}", dir.path().join("profile").display()))
        .arg(format!("--screenshot={}", picture.display()))
        .args(["--dump-dom", &url])
        .stdin(Stdio::null())
        .output()
        .await
        .expect("chromium runs");
    let page = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(page.contains("Pair this device"), "{page} {said}");
    // Written by the script: it was run, and the policy let it.
    assert!(page.contains(&format!("<strong id=\"host\">{}</strong>", stage.address)), "{page}");
    let picture_bytes = std::fs::read(&picture).expect("a screenshot");
    assert!(picture_bytes.starts_with(b"\x89PNG"));
    if let Some(keep) = std::env::var_os(KEEP) {
        std::fs::copy(&picture, keep).expect("kept");
    }
}

#[tokio::test]
async fn the_page_has_all_it_needs_and_confirms_by_a_post() {
    let stage = Stage::start(&[]).await;
    let get = async |path: &str| {
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", stage.address);
        let to = stage.address;
        tokio::task::spawn_blocking(move || {
            use std::io::{Read, Write};
            let mut stream = std::net::TcpStream::connect(to).expect("it listens");
            stream.write_all(request.as_bytes()).expect("sent");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("text");
            answer
        })
        .await
        .expect("an answer")
    };
    for path in ["/pair", "/pair.js", "/pair.css"] {
        let answer = get(path).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        for header in [
            "content-security-policy: default-src 'none';",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "cache-control: no-store",
        ] {
            assert!(answer.contains(header), "{path}: {answer}");
        }
        // Nothing from elsewhere.
        let body = answer.split_once("\r\n\r\n").expect("a body").1;
        assert!(!body.contains("http://") && !body.contains("https://"), "{path}");
    }
    let post = async |origin: &str, code: &str| {
        let body = format!(r#"{{"code":"{code}","deviceName":"phone"}}"#);
        let request = format!(
            "POST /api/v1/pairings:confirm HTTP/1.1\r\nhost: {}\r\norigin: {origin}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            stage.address,
            body.len()
        );
        http(stage.address, [127, 0, 0, 1].into(), &request).await
    };
    let code = stage.invitation.clone().expect("a code").code;
    let (refused, body) = post("http://evil.example", &code).await;
    assert!(refused == 403 && body.contains("ORIGIN_NOT_ALLOWED"), "{body}");
    let (confirmed, body) = post(&format!("http://{}", stage.address), &code).await;
    assert!(confirmed == 200 && body.contains("tok_"), "{body}");
    // Only by a POST: who looks at the address uses nothing up.
    let request = format!(
        "GET /api/v1/pairings:confirm HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
        stage.address
    );
    assert_eq!(http(stage.address, [127, 0, 0, 1].into(), &request).await.0, 405);
}
