//! TLS that asks callers for a certificate.

use std::path::Path;
use std::process::{Command, Stdio};

use skerry_test_support::{openssl, skip};

use crate::stage::Stage;

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
        || Command::new(program).arg("version").output().is_ok()
}

/// A certificate that signs itself, and one that it has signed.
fn certify(dir: &Path, authority: &str, name: &str) {
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
    openssl(
        dir,
        &format!(
            "req -x509 {key} -subj /CN={authority} -keyout {authority}.key -out {authority}.crt"
        ),
    );
    std::fs::write(dir.join("ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        .expect("written");
    openssl(
        dir,
        &format!("req {key} -subj /CN={name} -keyout {name}.key -out {name}.csr")
            .replace(" -days 2", ""),
    );
    openssl(
        dir,
        &format!(
            "x509 -req -in {name}.csr -CA {authority}.crt -CAkey {authority}.key -days 2 \
             -CAcreateserial -extfile ext -out {name}.crt"
        ),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_callers_with_a_certificate_come_in() {
    for program in ["curl", "openssl"] {
        if !is_there(program) {
            skip!("{program} is not installed");
        }
    }
    let dir = tempfile::tempdir().expect("a folder");
    certify(dir.path(), "servers", "server");
    certify(dir.path(), "callers", "caller");
    certify(dir.path(), "strangers", "stranger");
    let file = |name: &str| dir.path().join(name).display().to_string();
    let flags = ["--tls-cert", &file("server.crt"), "--tls-key", &file("server.key")];
    let stage =
        Stage::start(&[&flags[..], &["--tls-client-ca", &file("callers.crt")]].concat()).await;
    let token = format!("authorization: Bearer {}", stage.admin.as_deref().expect("a token"));
    let url = format!("https://{}/api/v1/identity", stage.address);
    let curl = async |who: Option<&str>| {
        let mut command = tokio::process::Command::new("curl");
        command.args(["-sS", "--max-time", "30", "-w", " %{http_code}", "-H", &token]);
        command.args(["--cacert", &file("servers.crt")]);
        if let Some(who) = who {
            command.args(["--cert", &file(&format!("{who}.crt"))]);
            command.args(["--key", &file(&format!("{who}.key"))]);
        }
        let output = command.arg(&url).stdin(Stdio::null()).output().await.expect("curl runs");
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (came, answer) = curl(Some("caller")).await;
    assert!(came && answer.ends_with(" 200"), "{answer}");
    for who in [None, Some("stranger")] {
        let (came, answer) = curl(who).await;
        assert!(!came && answer == " 000", "{who:?}: {answer}");
    }
}

#[test]
fn callers_certificates_need_tls() {
    use clap::Parser;
    let flags = ["skerryd", "--tls-client-ca", "/x"];
    assert!(skerry_server::config::Config::try_parse_from(flags).is_err());
}
