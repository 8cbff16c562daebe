//! Certificates by ACME, from pebble, with its own DNS: all on this machine.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use skerry_test_support::{eventually, skip};

use crate::pebble::{Pebble, Ports, curl, directory, programs};
use crate::stage::Stage;

fn port(stage: &Stage) -> u16 {
    stage.address.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).expect("a port")
}

/// What it says over TLS to who trusts this root alone.
async fn about(stage: &Stage, root: &Path, name: &str) -> String {
    let (url, there) = (format!("https://{name}/"), format!("::{}", stage.address));
    curl(&["--cacert", root.to_str().expect("it is plain"), "--connect-to", &there, &url]).await
}

/// Waits until its certificate is pebble's.
async fn certified(stage: &Stage, root: &Path, name: &str) {
    eventually("it has a certificate", async || {
        about(stage, root, name).await.contains("skerryd").then_some(())
    })
    .await;
}

/// The certificate that is served, in PEM.
async fn served(stage: &Stage) -> String {
    let output = tokio::process::Command::new("openssl")
        .args(["s_client", "-connect", &stage.address])
        .stdin(Stdio::null())
        .output()
        .await
        .expect("openssl runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let end = text.find("-----END CERTIFICATE-----").expect("it serves one");
    text[..end].to_owned()
}

/// A hook that talks to pebble's DNS, with a line before; it tells what it was
/// asked.
fn hook(dir: &Path, before: &str, dns: u16) -> String {
    let path = dir.join("hook");
    let script = format!(
        "#!/bin/sh\necho \"$1 $2\" >>{told}\n{before}\n\
         case $1 in present) call=set-txt;; *) call=clear-txt;; esac\n\
         curl -sSf -d \"{{\\\"host\\\":\\\"$2.\\\",\\\"value\\\":\\\"$3\\\"}}\" \
         http://127.0.0.1:{dns}/$call\n",
        told = dir.join("told").display()
    );
    // Put in its place whole: it may be run at this moment.
    fs::write(dir.join("new"), script).expect("written");
    fs::set_permissions(dir.join("new"), fs::Permissions::from_mode(0o755)).expect("set");
    fs::rename(dir.join("new"), &path).expect("renamed");
    path.to_str().expect("it is plain").to_owned()
}

/// A daemon's flags for a certificate of these names, tried for anew after a
/// second.
fn flags<'a>(names: &'a str, directory: &'a str, ca: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let always = ["--acme-name", names, "--acme-directory", directory, "--acme-ca", ca];
    [&always[..], &["--acme-pause", "1"], more].concat()
}

#[tokio::test]
async fn a_certificate_is_made_by_each_proof_and_kept() {
    let programs = match programs() {
        Ok(programs) => programs,
        Err(why) => skip!("{why}"),
    };
    for proof in ["tls-alpn-01", "http-01"] {
        let ports = Ports::find();
        let ca = tempfile::tempdir().expect("a folder");
        let ca_file = ca.path().join("ca.pem").to_str().expect("it is plain").to_owned();
        let url = directory(&ports);
        let flags = flags(
            "box.example.test",
            &url,
            &ca_file,
            &["--acme-proof", proof, "--acme-email", "me@example.test"],
        );
        // pebble has to know where it listens.
        let stage = Stage::start_with(&flags).await;
        let pebble = Pebble::start(&programs, &ports, port(&stage), 86_400);
        fs::copy(pebble.ca(), &ca_file).expect("copied");
        let root = pebble.root().await;
        certified(&stage, &root, "box.example.test").await;
        let folder = stage.data_dir().join("acme");
        for name in ["account.json", "certificate.pem"] {
            let mode = fs::metadata(folder.join(name)).expect("it is there").permissions().mode();
            assert_eq!(mode & 0o7777, 0o600, "{name}");
        }
        let (before, account) =
            (served(&stage).await, fs::read(folder.join("account.json")).expect("read"));
        // What is good is served at once by the next daemon, without pebble.
        drop(pebble);
        let stage = stage.restart(&flags).await;
        assert_eq!(served(&stage).await, before);
        assert_eq!(fs::read(folder.join("account.json")).expect("read"), account);
    }
}

#[tokio::test]
async fn a_certificate_is_renewed_before_it_expires_without_a_restart() {
    let programs = match programs() {
        Ok(programs) => programs,
        Err(why) => skip!("{why}"),
    };
    let ports = Ports::find();
    let ca = tempfile::tempdir().expect("a folder");
    let ca_file = ca.path().join("ca.pem").to_str().expect("it is plain").to_owned();
    let url = directory(&ports);
    let flags = flags("box.example.test", &url, &ca_file, &[]);
    let stage = Stage::start_with(&flags).await;
    let pebble = Pebble::start(&programs, &ports, port(&stage), 30);
    fs::copy(pebble.ca(), &ca_file).expect("copied");
    let root = pebble.root().await;
    certified(&stage, &root, "box.example.test").await;
    let first = served(&stage).await;
    eventually("there is another", async || (served(&stage).await != first).then_some(())).await;
    assert!(about(&stage, &root, "box.example.test").await.contains("skerryd"));
    // Where nobody renews it, the old one stays, even beyond its time.
    let last = served(&stage).await;
    drop(pebble);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(served(&stage).await.len(), last.len());
}

#[tokio::test]
async fn a_name_with_a_star_is_shown_by_the_hook_which_may_fail_at_first() {
    let programs = match programs() {
        Ok(programs) => programs,
        Err(why) => skip!("{why}"),
    };
    let ports = Ports::find();
    let dir = tempfile::tempdir().expect("a folder");
    let ca_file = dir.path().join("ca.pem").to_str().expect("it is plain").to_owned();
    let failing = hook(dir.path(), "echo 'no such zone' >&2; exit 7", ports.dns_management);
    let url = directory(&ports);
    let flags = flags(
        "example.test,*.preview.example.test",
        &url,
        &ca_file,
        &["--acme-proof", "dns-01", "--acme-dns-hook", &failing],
    );
    let stage = Stage::start_with(&flags).await;
    let pebble = Pebble::start(&programs, &ports, port(&stage), 86_400);
    fs::copy(pebble.ca(), &ca_file).expect("copied");
    let root = pebble.root().await;
    let told = || fs::read_to_string(dir.path().join("told")).unwrap_or_default();
    eventually("the hook was asked twice", async || {
        (told().matches("present ").count() > 1).then_some(())
    })
    .await;
    assert!(!about(&stage, &root, "example.test").await.contains("skerryd"));
    hook(dir.path(), "", pebble.dns);
    certified(&stage, &root, "a.preview.example.test").await;
    assert!(about(&stage, &root, "example.test").await.contains("skerryd"));
    eventually("all is taken out again", async || {
        let notes = fs::read_to_string(stage.data_dir().join("acme/records.json"));
        (notes.expect("it is there") == "[]").then_some(())
    })
    .await;
    assert!(told().contains("cleanup _acme-challenge.preview.example.test\n"), "{}", told());
}

/// A daemon of its own process, which can be killed.
struct Killable(Child);

impl Killable {
    fn start(data: &Path, listen: &str, flags: &[&str]) -> Self {
        let mut command = Command::new(skerry_test_support::skerryd());
        command.args(["--storage", "dir", "--listen", listen, "--data-dir"]).arg(data).args(flags);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().expect("it runs"))
    }
}

impl Drop for Killable {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _status = self.0.wait();
    }
}

#[tokio::test]
async fn a_daemon_killed_within_an_order_cleans_up_and_orders_anew() {
    skerry_test_support::needs_root!();
    let programs = match programs() {
        Ok(programs) => programs,
        Err(why) => skip!("{why}"),
    };
    let ports = Ports::find();
    let dir = tempfile::Builder::new().prefix("sk").tempdir_in("/tmp").expect("a folder");
    let ca_file = dir.path().join("ca.pem").to_str().expect("it is plain").to_owned();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("ports are left");
    let listen = listener.local_addr().expect("it is bound");
    drop(listener);
    let pebble = Pebble::start(&programs, &ports, listen.port(), 86_400);
    fs::copy(pebble.ca(), &ca_file).expect("copied");
    // Not before pebble runs: a first failure would make it wait.
    let root = pebble.root().await;
    let slow = hook(dir.path(), "[ $1 = cleanup ] || exec sleep 60", pebble.dns);
    let flags =
        flags("*.preview.example.test", &pebble.directory, &ca_file, &["--acme-dns-hook", &slow]);
    let (data, listen) = (dir.path().join("data"), listen.to_string());
    let told = || fs::read_to_string(dir.path().join("told")).unwrap_or_default();
    let daemon = Killable::start(&data, &listen, &flags);
    eventually("the hook is asked", async || told().starts_with("present ").then_some(())).await;
    drop(daemon);
    let notes = data.join("acme/records.json");
    assert!(fs::read_to_string(&notes).expect("it is noted").contains("_acme-challenge.preview."));
    hook(dir.path(), "", pebble.dns);
    let daemon = Killable::start(&data, &listen, &flags);
    eventually("it has a certificate", async || {
        let there = format!("::{listen}");
        let root = root.to_str().expect("it is plain");
        let url = "https://a.preview.example.test/";
        let answer = curl(&["--cacert", root, "--connect-to", &there, url]).await;
        answer.contains("skerryd").then_some(())
    })
    .await;
    let told = told();
    let actions: Vec<_> = told.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(actions[..3], ["present", "cleanup", "present"], "{told}");
    drop(daemon);
    assert!(!fs::read_to_string(data.join("acme/account.json")).expect("it is kept").is_empty());
}
