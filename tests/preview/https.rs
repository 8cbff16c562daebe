//! The client over TLS, with the daemon's own files: whom it trusts, and what
//! it says where the two ends do not come to speak.

use std::path::Path;
use std::process::{Command, Stdio};

use skerry_client::{Ca, Client, Config, Fault};
use skerry_test_support::{openssl, skip};

use crate::stage::Stage;
use crate::tls::is_there;

/// An authority, and certificates of its own making for some names.
pub(crate) struct Authority(tempfile::TempDir);

impl Authority {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        openssl(
            dir.path(),
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem",
        );
        Self(dir)
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().expect("it is plain").to_owned()
    }

    /// Makes `cert.pem` and `key.pem`, for so many days.
    pub(crate) fn sign(&self, name: &str, days: &str) -> &Self {
        let dir = self.0.path();
        std::fs::write(dir.join("ext"), format!("subjectAltName={name}\n")).expect("written");
        openssl(
            dir,
            "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=skerryd -keyout key.pem -out req.pem",
        );
        openssl(
            dir,
            &format!(
                "x509 -req -in req.pem -CA ca.pem -CAkey ca.key -CAcreateserial {days} -extfile ext -out cert.pem"
            ),
        );
        self
    }

    async fn stage(&self) -> Stage {
        let (cert, key) = (self.path("cert.pem"), self.path("key.pem"));
        Stage::start_with(&["--tls-cert", &cert, "--tls-key", &key]).await
    }
}

/// `skerry ls` at an address; what it says, with its exit code.
async fn ls(stage: &Stage, address: String, ca: Option<&str>) -> (i32, String) {
    let mut command = tokio::process::Command::new(skerry_test_support::skerry());
    command.args(["ls", "--address", &address, "--token", &stage.token]);
    command.env_remove("SKERRY_TLS_CA").env("SKERRY_DATA_DIR", "/nonexistent");
    if let Some(ca) = ca {
        command.env("SKERRY_TLS_CA", ca);
    }
    let output = command.stdin(Stdio::null()).output().await.expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let text = text + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().expect("it ends by itself"), text)
}

fn port(stage: &Stage) -> &str {
    stage.address.rsplit_once(':').expect("a port").1
}

#[tokio::test]
async fn the_client_calls_over_tls_with_an_authority_of_its_own() {
    if !is_there("openssl") {
        skip!("openssl is not installed");
    }
    let authority = Authority::new();
    let stage = authority.sign("DNS:localhost,IP:127.0.0.1", "-days 2").stage().await;
    let ca = Ca::read(Path::new(&authority.path("ca.pem"))).expect("an authority");
    for host in ["localhost", "127.0.0.1"] {
        let address = format!("https://{host}:{}", port(&stage)).parse().expect("an address");
        let config = Config::at(address).with_ca(ca.clone());
        let client = Client::new(&config.with_token(stage.token.parse().expect("a token")));
        assert!(client.list_sandboxes(Default::default()).await.expect("it works").is_empty());
    }
    let address = format!("https://localhost:{}", port(&stage));
    let (code, text) = ls(&stage, address, Some(&authority.path("ca.pem"))).await;
    assert_eq!(code, 0, "{text}");
}

#[tokio::test]
async fn who_is_not_trusted_is_not_called() {
    if !is_there("openssl") {
        skip!("openssl is not installed");
    }
    let (authority, other) = (Authority::new(), Authority::new());
    let stage = authority.sign("DNS:other.example", "-days 2").stage().await;
    let address = format!("https://localhost:{}", port(&stage));
    let (own, wrong) = (authority.path("ca.pem"), other.path("ca.pem"));
    for (ca, why, next) in [
        (None, "signed by nobody whom this system trusts", "--tls-ca or SKERRY_TLS_CA"),
        (Some(&wrong), "not signed by the authority that was given", "--tls-ca"),
        (Some(&own), "its certificate is for other.example", "use that name in --address"),
    ] {
        let (code, text) = ls(&stage, address.clone(), ca.map(String::as_str)).await;
        assert_eq!(code, 1, "{text}");
        assert!(text.contains(why) && text.contains(next), "{text}");
    }
    let missing = ls(&stage, address, Some("/nonexistent/ca.pem")).await.1;
    assert!(missing.contains("SKERRY_TLS_CA: /nonexistent/ca.pem: there is no"), "{missing}");
}

#[tokio::test]
async fn a_certificate_that_is_no_servers_is_told_apart() {
    if !is_there("openssl") {
        skip!("openssl is not installed");
    }
    let authority = Authority::new();
    let ask = async |stage: &Stage| {
        let address = format!("https://localhost:{}", port(stage)).parse().expect("an address");
        let ca = Ca::read(Path::new(&authority.path("ca.pem"))).expect("an authority");
        let client = Client::new(&Config::at(address).with_ca(ca));
        let error = client.list_sandboxes(Default::default()).await.expect_err("it is refused");
        assert!(error.unreachable, "{error:?}");
        error.fault
    };
    let dates = "-not_before 20200101000000Z -not_after 20200102000000Z";
    if openssl_can("-not_before") {
        let stage = authority.sign("DNS:localhost", dates).stage().await;
        assert_eq!(ask(&stage).await, Some(Fault::OutOfDate));
    }
    std::fs::copy(authority.path("ca.pem"), authority.path("cert.pem")).expect("copied");
    std::fs::copy(authority.path("ca.key"), authority.path("key.pem")).expect("copied");
    let stage = authority.stage().await;
    assert_eq!(ask(&stage).await, Some(Fault::AuthorityItself));
}

/// Whether `openssl x509` knows an option, which came with some version.
fn openssl_can(option: &str) -> bool {
    let help = Command::new("openssl").args(["x509", "-help"]).output().expect("it runs");
    String::from_utf8_lossy(&help.stderr).contains(option)
}

#[tokio::test]
async fn two_ends_of_which_one_speaks_tls_say_so() {
    if !is_there("openssl") {
        skip!("openssl is not installed");
    }
    let authority = Authority::new();
    let secure = authority.sign("DNS:localhost", "-days 2").stage().await;
    let plain = Stage::start().await;
    let (code, text) = ls(&plain, format!("https://localhost:{}", port(&plain)), None).await;
    assert_eq!(code, 1);
    assert!(text.contains("does not speak TLS; use http://"), "{text}");
    let (code, text) = ls(&secure, secure.address.clone(), None).await;
    assert_eq!(code, 1);
    assert!(text.contains("this port speaks TLS") && text.contains("; use https://"), "{text}");
    let answer = secure.say("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("use https://"), "{answer}");
}
