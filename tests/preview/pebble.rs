//! An authority that speaks ACME, and the DNS that it asks.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use skerry_test_support::{eventually, tools};

use crate::https::Authority;
use crate::tls::is_there;

/// pebble and its DNS.
pub(crate) struct Pebble {
    _programs: [Program; 2],
    dir: tempfile::TempDir,
    pub(crate) directory: String,
    roots: String,
    pub(crate) dns: u16,
}

struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        // One that has ended is only waited for.
        let _ended = self.0.kill();
        let _status = self.0.wait();
    }
}

/// Ports that nobody has at this moment.
pub(crate) struct Ports {
    pebble: u16,
    management: u16,
    dns: u16,
    pub(crate) dns_management: u16,
}

impl Ports {
    pub(crate) fn find() -> Self {
        let tcp = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("ports are left");
        let held: Vec<_> = (0..3).map(|_| tcp()).collect();
        let port = |at: usize| held[at].local_addr().expect("it is bound").port();
        // For UDP as for TCP.
        let dns = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("ports are left");
        let dns = dns.local_addr().expect("it is bound").port();
        Self { pebble: port(0), management: port(1), dns, dns_management: port(2) }
    }
}

/// Where pebble's programs are, or why not.
pub(crate) fn programs() -> Result<[PathBuf; 2], String> {
    for needed in ["openssl", "curl"] {
        if !is_there(needed) {
            return Err(format!("{needed} is not installed"));
        }
    }
    Ok([tools::find("bin/pebble")?, tools::find("bin/pebble-challtestsrv")?])
}

impl Pebble {
    /// One that looks at this port, whatever the proof, and whose certificates
    /// are good for so many seconds.
    pub(crate) fn start(
        programs: &[PathBuf; 2],
        ports: &Ports,
        looks_at: u16,
        validity: u32,
    ) -> Self {
        let authority = Authority::new();
        authority.sign("IP:127.0.0.1", "-days 2");
        let dir = tempfile::tempdir().expect("a folder");
        for name in ["cert.pem", "key.pem", "ca.pem"] {
            fs::copy(authority.path(name), dir.path().join(name)).expect("copied");
        }
        let file = |name: &str| dir.path().join(name).to_str().expect("it is plain").to_owned();
        let config = serde_json::json!({"pebble": {
            "listenAddress": format!("127.0.0.1:{}", ports.pebble),
            "managementListenAddress": format!("127.0.0.1:{}", ports.management),
            "certificate": file("cert.pem"),
            "privateKey": file("key.pem"),
            "httpPort": looks_at,
            "tlsPort": looks_at,
            "retryAfter": {"authz": 1, "order": 1},
            "keyAlgorithm": "ecdsa",
            "profiles": {"default": {"description": "short", "validityPeriod": validity}},
        }});
        fs::write(dir.path().join("config.json"), config.to_string()).expect("written");
        let start = |program: &Path, arguments: &[&str]| {
            let mut command = Command::new(program);
            command.args(arguments).env("PEBBLE_VA_NOSLEEP", "1");
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            Program(command.spawn().expect("it runs"))
        };
        let dns = format!("127.0.0.1:{}", ports.dns);
        let management = format!("127.0.0.1:{}", ports.dns_management);
        let names = start(
            &programs[1],
            &[
                "-dnsserver",
                &dns,
                "-management",
                &management,
                "-defaultIPv6",
                "",
                "-http01",
                "",
                "-https01",
                "",
                "-tlsalpn01",
                "",
                "-doh",
                "",
            ],
        );
        let pebble = start(&programs[0], &["-config", &file("config.json"), "-dnsserver", &dns]);
        Self {
            _programs: [pebble, names],
            dir,
            directory: directory(ports),
            roots: format!("https://127.0.0.1:{}/roots/0", ports.management),
            dns: ports.dns_management,
        }
    }

    pub(crate) fn ca(&self) -> String {
        self.dir.path().join("ca.pem").to_str().expect("it is plain").to_owned()
    }

    /// The root that signs what it makes, in a file.
    pub(crate) async fn root(&self) -> PathBuf {
        let path = self.dir.path().join("root.pem");
        let text = eventually("pebble runs", async || {
            let text = curl(&["--cacert", &self.ca(), &self.roots]).await;
            text.contains("BEGIN CERTIFICATE").then_some(text)
        })
        .await;
        fs::write(&path, text).expect("written");
        path
    }
}

pub(crate) fn directory(ports: &Ports) -> String {
    format!("https://127.0.0.1:{}/dir", ports.pebble)
}

pub(crate) async fn curl(arguments: &[&str]) -> String {
    let output = tokio::process::Command::new("curl")
        .args(["-sS", "--max-time", "20"])
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .await
        .expect("curl runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text + &String::from_utf8_lossy(&output.stderr)
}
