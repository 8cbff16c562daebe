//! TLS from files: the API and previews by one listener, and new
//! certificates without a restart.

use std::path::Path;
use std::process::Stdio;

use skerry_client::v1::Sandbox;
use skerry_test_support::{eventually, skip};
use tokio::process::Command;

use crate::app::{App, OK};
use crate::stage::{Stage, host};

pub(crate) fn is_there(program: &str) -> bool {
    let found =
        std::process::Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
    found.is_ok_and(|output| output.status.success())
}

/// A certificate that signs itself, for all previews and one name more.
fn certify(dir: &Path, name: &str) {
    let made = std::process::Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-nodes", "-days", "2", "-subj"])
        .arg(format!("/CN={name}"))
        .arg("-addext")
        .arg(format!("subjectAltName=DNS:{name},DNS:localhost,DNS:*.preview.localhost"))
        .arg("-keyout")
        .arg(dir.join("new.key"))
        .arg("-out")
        .arg(dir.join("new.crt"))
        .output()
        .expect("openssl runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    std::fs::rename(dir.join("new.key"), dir.join("key.pem")).expect("renamed");
    std::fs::rename(dir.join("new.crt"), dir.join("cert.pem")).expect("renamed");
}

async fn curl(stage: &Stage, dir: &Path, url: &str, more: &[&str]) -> String {
    let port = stage.address.rsplit_once(':').expect("a port").1;
    let output = Command::new("curl")
        .args(["-sS", "--max-time", "60", "--cacert"])
        .arg(dir.join("cert.pem"))
        .args(["-w", " %{http_version} %{http_code}", "--connect-to"])
        .arg(format!("::127.0.0.1:{port}"))
        .args(more)
        .arg(url)
        .stdin(Stdio::null())
        .output()
        .await
        .expect("curl runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text + &String::from_utf8_lossy(&output.stderr)
}

/// A daemon with TLS, and a sandbox with a public port that is the app.
async fn secure(app: &App) -> (Stage, Sandbox, tempfile::TempDir) {
    let stage = Stage::start().await;
    let sandbox = stage.public(app).await;
    let dir = tempfile::tempdir().expect("a folder");
    certify(dir.path(), "first.localhost");
    let file = |name: &str| dir.path().join(name).to_str().expect("it is plain").to_owned();
    let (cert, key) = (file("cert.pem"), file("key.pem"));
    let stage = stage.restart(&["--tls-cert", &cert, "--tls-key", &key]).await;
    stage.runtime.listen(80, app.address);
    (stage, sandbox, dir)
}

#[tokio::test]
async fn the_api_and_previews_are_served_over_tls() {
    if !is_there("openssl") || !is_there("curl") {
        skip!("openssl or curl is not installed");
    }
    let app = App::start(OK).await;
    let (stage, sandbox, dir) = secure(&app).await;
    for (more, version) in [(&["--http1.1"][..], "1.1"), (&["--http2"][..], "2")] {
        let about = curl(&stage, dir.path(), "https://localhost/", more).await;
        assert!(about.contains("skerryd"), "{about}");
        assert!(about.ends_with(&format!(" {version} 200")), "{about}");
        let url = format!("https://{}/", host(&sandbox, 80));
        let answer = curl(&stage, dir.path(), &url, more).await;
        assert_eq!(answer, format!("hi {version} 200"));
        assert!(app.last().contains("\r\nx-forwarded-proto: https\r\n"), "{}", app.last());
    }
    let denied = curl(&stage, dir.path(), "https://localhost/api/v1/x", &[]).await;
    assert!(denied.ends_with(" 401"), "{denied}");
}

#[tokio::test]
async fn who_does_not_shake_hands_holds_nobody_up() {
    if !is_there("openssl") || !is_there("curl") {
        skip!("openssl or curl is not installed");
    }
    let app = App::start(OK).await;
    let (stage, _, dir) = secure(&app).await;
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(stage.connect().await);
    }
    let about = curl(&stage, dir.path(), "https://localhost/", &[]).await;
    assert!(about.contains("skerryd"), "{about}");
    drop(silent);
}

#[tokio::test]
async fn a_new_certificate_is_served_and_a_bad_one_is_not() {
    if !is_there("openssl") || !is_there("curl") {
        skip!("openssl or curl is not installed");
    }
    let app = App::start(OK).await;
    let (stage, _, dir) = secure(&app).await;
    let served = async |name: &str| {
        let url = format!("https://{name}.localhost/");
        curl(&stage, dir.path(), &url, &[]).await.contains("skerryd")
    };
    assert!(served("first").await);
    certify(dir.path(), "second.localhost");
    eventually("the new one is served", async || served("second").await.then_some(())).await;
    let good = std::fs::read(dir.path().join("cert.pem")).expect("it is there");
    std::fs::write(dir.path().join("key.pem"), "no key").expect("written");
    for _ in 0..5 {
        assert!(served("second").await, "the old pair is gone");
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    assert_eq!(std::fs::read(dir.path().join("cert.pem")).expect("it is there"), good);
}
