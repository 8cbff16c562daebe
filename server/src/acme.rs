//! Certificates from an authority that speaks ACME (RFC 8555): asked for,
//! renewed in time, and put into the one file that TLS is served from.
//!
//! ```text
//!  renew: when? ─▶ order ─▶ challenges: proved at the listener, or by the hook
//!                    └────▶ certificate.pem ─▶ read again by the listener
//! ```

mod account;
mod authority;
mod certificate;
mod challenge;
mod hook;
mod order;
mod renew;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::model::is_host_label;

pub use challenge::Challenges;
pub(crate) use challenge::PROTOCOL;

/// Everything about it, in the data directory.
const FOLDER: &str = "acme";
/// The key and what signs it, in one file, so that both change at once.
const CERTIFICATE: &str = "certificate.pem";
/// Bytes of a name.
const MAX_NAME_BYTES: usize = 253;

/// A host's name that a certificate is for, or `*.` and a domain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CertifiedName(String);

/// Not a name to certify.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a host's name with a dot, as box.example.com or *.preview.example.com")]
pub struct NameError;

impl CertifiedName {
    /// Whether it stands for all names below a domain.
    pub fn is_wildcard(&self) -> bool {
        self.0.starts_with("*.")
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CertifiedName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for CertifiedName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let name = text.to_ascii_lowercase();
        let host = name.strip_prefix("*.").unwrap_or(&name);
        let last = host.rsplit('.').next().unwrap_or_default();
        let is_name = host.contains('.')
            && name.len() <= MAX_NAME_BYTES
            && host.split('.').all(is_host_label)
            && last.bytes().any(|byte| byte.is_ascii_alphabetic());
        if is_name { Ok(Self(name)) } else { Err(NameError) }
    }
}

/// How it is shown that a name is this host's. A wildcard is shown by DNS in
/// each case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Proof {
    /// At the TLS listener, which port 443 must lead to.
    #[default]
    #[value(name = "tls-alpn-01")]
    TlsAlpn01,
    /// At the TLS listener without TLS, which port 80 must lead to.
    #[value(name = "http-01")]
    Http01,
    /// In DNS, by the hook.
    #[value(name = "dns-01")]
    Dns01,
}

impl fmt::Display for Proof {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::TlsAlpn01 => "tls-alpn-01",
            Self::Http01 => "http-01",
            Self::Dns01 => "dns-01",
        })
    }
}

/// Which certificate to have, and from whom.
#[derive(Debug, Clone)]
pub struct AcmeConfig {
    /// What it is for; not empty.
    pub names: Vec<CertifiedName>,
    /// The authority's directory.
    pub directory: String,
    /// Who signed the authority's own certificate; `None`: whom the system
    /// trusts.
    pub authority: Option<PathBuf>,
    /// Where the authority writes to, if anywhere.
    pub email: Option<String>,
    /// How names are shown to be this host's.
    pub proof: Proof,
    /// Puts records into DNS.
    pub hook: Option<PathBuf>,
    /// After the first failure; it doubles.
    pub pause: Duration,
}

/// Why there is no certificate, or no new one.
#[derive(Debug, thiserror::Error)]
pub enum AcmeError {
    /// A file of ours can't be used.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The authority's own certificate, or what signed it.
    #[error("the authority's certificates can't be used: {0}")]
    Authority(String),
    /// What the authority said, or that it said nothing.
    #[error("{}", said(.0))]
    Refused(#[from] instant_acme::Error),
    /// It found no proof.
    #[error("{name} is not shown to be this host's by {proof}: {why}")]
    Unproved {
        /// The name.
        name: String,
        /// How it was to be shown.
        proof: Proof,
        /// What it found.
        why: String,
    },
    /// The hook did not do it.
    #[error("{} {action} {record}: {why}", hook.display())]
    Hook {
        /// Which.
        hook: PathBuf,
        /// `present` or `cleanup`.
        action: &'static str,
        /// The name of the record.
        record: String,
        /// What went wrong.
        why: String,
    },
    /// No key or request can be made.
    #[error("no request for a certificate can be made: {0}")]
    Request(#[from] rcgen::Error),
    /// What it sent is no certificate for these names.
    #[error("the authority's certificate can't be used: {0}")]
    Unusable(String),
}

impl AcmeError {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::File { path, error }
    }
}

/// An error and what is behind it.
fn said(error: &instant_acme::Error) -> String {
    let mut text = error.to_string();
    let mut inner = std::error::Error::source(error);
    while let Some(error) = inner {
        let cause = error.to_string();
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
        inner = error.source();
    }
    text
}

/// Has a certificate and renews it, until it is dropped.
#[derive(Debug)]
pub struct Acme {
    file: PathBuf,
    names: Vec<String>,
    challenges: Arc<Challenges>,
    renewing: JoinHandle<()>,
}

impl Acme {
    /// Begins; what is missing comes later, to the file.
    pub fn start(data_dir: &Path, config: AcmeConfig) -> Result<Self, AcmeError> {
        let folder = data_dir.join(FOLDER);
        account::make_folder(&folder)?;
        let challenges = Arc::new(Challenges::default());
        let names = config.names.iter().map(ToString::to_string).collect();
        let renewing = renew::Renewing::open(&folder, config, Arc::clone(&challenges))?;
        let renewing = tokio::spawn(renewing.run());
        Ok(Self { file: folder.join(CERTIFICATE), names, challenges, renewing })
    }

    /// Where the certificate and its key are, or will be.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// What it is for.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What the listener has to show.
    pub fn challenges(&self) -> &Arc<Challenges> {
        &self.challenges
    }
}

impl Drop for Acme {
    fn drop(&mut self) {
        self.renewing.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_dot_and_at_most_one_star() {
        for (text, wildcard) in [
            ("box.example.com", false),
            ("Box.Example", false),
            ("*.preview.example.com", true),
            ("*.example", false),
        ] {
            match text.parse::<CertifiedName>() {
                Ok(name) => assert_eq!(name.is_wildcard(), wildcard, "{text}"),
                Err(NameError) => assert_eq!(text, "*.example"),
            }
        }
        for text in [
            "",
            "*",
            "*.",
            "localhost",
            "a.*.b",
            "*.*.b.c",
            "10.0.0.1",
            "a b.c",
            "a..b",
            "é.com",
            "a.b:1",
        ] {
            assert_eq!(text.parse::<CertifiedName>(), Err(NameError), "{text:?}");
        }
    }
}
