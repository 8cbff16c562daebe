//! An authority of the test's own and a certificate of a daemon.

use std::path::PathBuf;
use std::process::Command;

use skerry_test_support::{Options, openssl};

/// Who has signed it, and what a daemon shows.
pub(crate) struct Certificate {
    dir: tempfile::TempDir,
}

impl Certificate {
    /// For 127.0.0.1 alone; none where there is no openssl.
    pub(crate) fn make() -> Option<Self> {
        Command::new("openssl").arg("version").output().ok()?;
        let dir = tempfile::tempdir().expect("a folder");
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
        let authority = "-x509 -days 2 -subj /CN=authority -keyout ca.key -out ca.crt";
        openssl(dir.path(), &format!("req {key} {authority}"));
        std::fs::write(dir.path().join("ext"), "subjectAltName=IP:127.0.0.1\n").expect("written");
        openssl(dir.path(), &format!("req {key} -subj /CN=skerryd -keyout key.pem -out csr.pem"));
        let signing = "-CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile ext";
        openssl(dir.path(), &format!("x509 -req -in csr.pem {signing} -out cert.pem"));
        Some(Self { dir })
    }

    /// The authority's file.
    pub(crate) fn ca(&self) -> PathBuf {
        self.dir.path().join("ca.crt")
    }

    /// A daemon that shows it.
    pub(crate) fn options(&self, more: &[&str]) -> Options {
        let file = |name: &str| self.dir.path().join(name).display().to_string();
        let mut arguments =
            vec!["--tls-cert".into(), file("cert.pem"), "--tls-key".into(), file("key.pem")];
        arguments.extend(more.iter().map(|&argument| argument.to_owned()));
        Options { arguments, ca: Some(self.ca()), ..Options::default() }
    }
}
