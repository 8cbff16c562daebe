//! Why two ends do not come to speak.

use std::error::Error;
use std::io;

use rustls::{AlertDescription, CertificateError};

/// What is wrong between this end and the other, though something listens
/// there: each has a remedy of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Nobody who is trusted has signed the other end's certificate.
    UnknownAuthority,
    /// Its certificate is for other names than the one that was asked for.
    OtherName {
        /// For which: as `DnsName("example.org")`.
        names: Vec<String>,
    },
    /// Its certificate has expired, or begins later.
    OutOfDate,
    /// Its certificate is an authority's own, which is none for a server.
    AuthorityItself,
    /// It can't be used otherwise.
    BadCertificate,
    /// The other end does not speak TLS.
    NoTls,
    /// It speaks TLS, and not as this end wants.
    OtherTls,
    /// It does not speak HTTP/2, at least not without TLS.
    NoHttp2,
}

impl Fault {
    /// The fault that an error is about, if it is about one.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Option<Self> {
        if let Some(error) = error.downcast_ref::<rustls::Error>() {
            return Some(Self::of_tls(error));
        }
        // How a TLS alert, or HTTP/1, reads to who expects HTTP/2; the type is
        // another crate's.
        if error.to_string().ends_with("frame with invalid size") {
            return Some(Self::NoHttp2);
        }
        let error = error.downcast_ref::<io::Error>()?;
        match error.get_ref() {
            Some(inner) => Self::of(inner).or_else(|| Self::of_text(&inner.to_string())),
            None => None,
        }
    }

    fn of_text(text: &str) -> Option<Self> {
        (text == "tls handshake eof").then_some(Self::NoTls)
    }

    fn of_tls(error: &rustls::Error) -> Self {
        use CertificateError as C;
        match error {
            rustls::Error::InvalidMessage(_) => Self::NoTls,
            rustls::Error::AlertReceived(AlertDescription::NoApplicationProtocol)
            | rustls::Error::PeerIncompatible(_) => Self::OtherTls,
            rustls::Error::InvalidCertificate(why) => match why {
                // The second is of another authority with the same name.
                C::UnknownIssuer | C::BadSignature => Self::UnknownAuthority,
                C::NotValidForName => Self::OtherName { names: Vec::new() },
                C::NotValidForNameContext { presented, .. } => {
                    Self::OtherName { names: presented.clone() }
                }
                C::Expired
                | C::ExpiredContext { .. }
                | C::NotValidYet
                | C::NotValidYetContext { .. } => Self::OutOfDate,
                // The type behind it is another crate's.
                C::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
                    Self::AuthorityItself
                }
                _ => Self::BadCertificate,
            },
            _ => Self::OtherTls,
        }
    }
}
