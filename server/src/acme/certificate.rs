//! A certificate as it is in its file: for what, and how long.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;

use super::{AcmeError, CertifiedName};

/// What of its time is left when it is renewed: a third, as with 30 of 90
/// days.
const LEFT: u32 = 3;

/// The first of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certificate {
    names: Vec<String>,
    from: SystemTime,
    until: SystemTime,
}

impl Certificate {
    /// Reads a chain, in PEM; what else is there is left out.
    pub(super) fn read(pem: &[u8]) -> Result<Self, AcmeError> {
        let unusable = |why: String| AcmeError::Unusable(why);
        let first = CertificateDer::pem_slice_iter(pem).next();
        let first = first.ok_or_else(|| unusable("there is none".to_owned()))?;
        let first = first.map_err(|error| unusable(error.to_string()))?;
        let (_, found) =
            parse_x509_certificate(&first).map_err(|error| unusable(error.to_string()))?;
        let names =
            found.subject_alternative_name().map_err(|error| unusable(error.to_string()))?;
        let names = names.map_or(&[][..], |names| &names.value.general_names);
        let dns = |name: &GeneralName<'_>| match name {
            GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
            _ => None,
        };
        let time = |seconds: i64| UNIX_EPOCH + Duration::from_secs(seconds.try_into().unwrap_or(0));
        let validity = found.validity();
        Ok(Self {
            names: names.iter().filter_map(dns).collect(),
            from: time(validity.not_before.timestamp()),
            until: time(validity.not_after.timestamp()),
        })
    }

    /// The one in a file; `None` where there is none that can be used.
    pub(super) fn open(path: &Path) -> Option<Self> {
        Self::read(&std::fs::read(path).ok()?).ok()
    }

    pub(super) fn is_for(&self, names: &[CertifiedName]) -> bool {
        names.iter().all(|name| self.names.iter().any(|known| known == name.as_str()))
    }

    /// When to renew it.
    pub(super) fn due(&self) -> SystemTime {
        let time = self.until.duration_since(self.from).unwrap_or_default();
        self.until - time / LEFT
    }

    pub(super) fn until(&self) -> SystemTime {
        self.until
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    #[test]
    fn it_is_renewed_when_a_third_of_its_time_is_left() {
        let names = ["box.example.com", "*.preview.example.com"];
        let mut params = CertificateParams::new(names.map(str::to_owned)).unwrap();
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2026, 4, 1);
        let signed = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let found = Certificate::read(signed.pem().as_bytes()).unwrap();
        let wanted = names.map(|name| name.parse().unwrap());
        assert!(found.is_for(&wanted) && found.is_for(&wanted[1..]));
        assert!(!found.is_for(&["other.example.com".parse().unwrap()]));
        let days = |span: Duration| span.as_secs() / 86_400;
        assert_eq!(days(found.until().duration_since(found.due()).unwrap()), 30);
        assert!(Certificate::read(b"").is_err());
        let text = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
        assert!(Certificate::read(text.as_bytes()).is_err());
    }
}
