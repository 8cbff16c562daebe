//! Debian's registry as a process of the test's own.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use skerry_test_support::eventually;

pub(crate) const USER: &str = "ada";
pub(crate) const PASSWORD: &str = "s3cret-and-long";

/// What the registry asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guard {
    Open,
    TlsAndPassword,
}

pub(crate) struct Registry {
    child: Child,
    /// `127.0.0.1:port`.
    pub(crate) address: String,
    folder: tempfile::TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

impl Registry {
    pub(crate) async fn start(guard: Guard) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("an address").to_string();
        drop(free);
        let mut config = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage:\n  filesystem: {{rootdirectory: {}}}\n\
             http:\n  addr: {address}\n",
            folder.path().join("data").display()
        );
        if guard == Guard::TlsAndPassword {
            certificates(folder.path());
            fs::write(folder.path().join("htpasswd"), htpasswd()).expect("written");
            let path = folder.path().display();
            config.push_str(&format!(
                "  tls: {{certificate: {path}/server.pem, key: {path}/server.key}}\n\
                 auth:\n  htpasswd: {{realm: test, path: {path}/htpasswd}}\n"
            ));
        }
        let path = folder.path().join("config.yml");
        fs::write(&path, config).expect("written");
        let log = fs::File::create(folder.path().join("log")).expect("made");
        let child = Command::new("docker-registry")
            .arg("serve")
            .arg(&path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("it can be run");
        let registry = Self { child, address: address.clone(), folder };
        eventually("the registry listens", async || {
            tokio::net::TcpStream::connect(&address).await.ok()
        })
        .await;
        registry
    }

    /// Its CA's certificate.
    pub(crate) fn ca(&self) -> String {
        fs::read_to_string(self.folder.path().join("ca.pem")).expect("it was made")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// A CA and a certificate for 127.0.0.1.
fn certificates(folder: &Path) {
    let openssl = |arguments: &str| {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(folder)
            .output()
            .expect("openssl can be run");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments}: {error}");
    };
    let extensions = "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n";
    fs::write(folder.join("extensions"), extensions).expect("written");
    openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key \
         -out ca.pem -days 2 -subj /CN=test-ca -addext basicConstraints=critical,CA:TRUE \
         -addext keyUsage=critical,keyCertSign",
    );
    openssl(
        "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key \
         -out server.csr -subj /CN=registry",
    );
    openssl(
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
         -extfile extensions -out server.pem",
    );
}

/// [`PASSWORD`] by bcrypt, which is all that the registry takes.
fn htpasswd() -> String {
    format!("{USER}:{HASH}\n")
}

const HASH: &str = "$2y$05$abcdefghijklmnopqrstuuglu8rLdLkDKkviSoZ1P/.hgA1xHUAJS";
