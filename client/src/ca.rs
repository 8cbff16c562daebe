//! Who must have signed a daemon's certificate.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{Error as PemError, PemObject};

/// Certificates of authorities, which a daemon's certificate must be signed
/// by: one's own authority, in place of those of the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ca(Arc<[CertificateDer<'static>]>);

/// Why a file holds no authority.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {why}", path.display())]
pub struct CaError {
    /// Which.
    pub path: PathBuf,
    why: String,
}

impl Ca {
    /// Reads the certificates of a PEM file, one or more.
    ///
    /// # Errors
    ///
    /// A file that can't be read, or has no certificate, or one that is none.
    pub fn read(path: &Path) -> Result<Self, CaError> {
        let wrong = |why: String| CaError { path: path.to_owned(), why };
        let found: Vec<_> = CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect)
            .map_err(|error| wrong(why_not(&error)))?;
        if found.is_empty() {
            return Err(wrong("it has no certificate, in PEM".to_owned()));
        }
        let mut roots = RootCertStore::empty();
        for certificate in &found {
            roots.add(certificate.clone()).map_err(|error| wrong(error.to_string()))?;
        }
        Ok(Self(found.into()))
    }

    pub(crate) fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(self.0.iter().cloned());
        roots
    }
}

/// An operating system's error without its number.
fn why_not(error: &PemError) -> String {
    match error {
        PemError::Io(error) if error.kind() == io::ErrorKind::NotFound => {
            "there is no such file".to_owned()
        }
        other => other.to_string(),
    }
}

/// The authorities that the system trusts. None, where it can't tell: then no
/// certificate is good.
pub(crate) fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_says_so() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("ca.pem");
        let why = || Ca::read(&path).expect_err("it has none").to_string();
        assert!(why().ends_with("ca.pem: there is no such file"), "{}", why());
        std::fs::write(&path, "hello").expect("written");
        assert!(why().ends_with("it has no certificate, in PEM"), "{}", why());
        let text = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
        std::fs::write(&path, text).expect("written");
        assert!(why().contains("ca.pem: "), "{}", why());
    }
}
