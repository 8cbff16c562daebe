//! The names of previews: `s-<id>-<port>.preview.<domain>`, where `<id>` is a
//! sandbox's without its `sbx_`. Never a sandbox's name: that may be another's
//! tomorrow, and a browser keeps what it has of a host by the name.

use std::fmt;
use std::str::FromStr;

use crate::model::{SandboxId, is_host_label};

/// Between a preview's own part and the domain.
const MIDDLE: &str = "preview";
/// Before the sandbox.
const MARK: &str = "s-";
/// Bytes of a domain, so that the whole name has at most 253.
const MAX_DOMAIN_BYTES: usize = 200;

/// One port of one sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// The sandbox.
    pub sandbox: SandboxId,
    /// Its port, never 0.
    pub port: u16,
}

/// What a host's name is to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    /// None of a preview's.
    Elsewhere,
    /// One of ours that leads nowhere.
    Nowhere,
    /// A preview's.
    Preview(Place),
}

/// A domain below which previews are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// `preview.<domain>`.
    suffix: String,
}

/// Not a domain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a domain's name, such as example.com")]
pub struct DomainError;

impl FromStr for Domain {
    type Err = DomainError;

    fn from_str(text: &str) -> Result<Self, DomainError> {
        if text.len() > MAX_DOMAIN_BYTES || !text.split('.').all(is_host_label) {
            return Err(DomainError);
        }
        Ok(Self { suffix: format!("{MIDDLE}.{}", text.to_ascii_lowercase()) })
    }
}

impl Domain {
    /// Reads what stands in a Host header, or for it.
    pub(crate) fn read(&self, host: &str) -> Named {
        let name = without_port(host);
        let name = name.strip_suffix('.').unwrap_or(name);
        let Some(at) = name.len().checked_sub(self.suffix.len()) else {
            return Named::Elsewhere;
        };
        match (name.get(at..), name.get(..at)) {
            (Some(end), Some(start)) if end.eq_ignore_ascii_case(&self.suffix) => {
                match start.strip_suffix('.') {
                    Some(label) => place(label).map_or(Named::Nowhere, Named::Preview),
                    None if start.is_empty() => Named::Nowhere,
                    None => Named::Elsewhere,
                }
            }
            _ => Named::Elsewhere,
        }
    }

    /// The name of a preview.
    pub(crate) fn name_of(&self, place: &Place) -> String {
        format!("{place}.{}", self.suffix)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.sandbox.as_str().trim_start_matches(SandboxId::PREFIX);
        write!(formatter, "{MARK}{digits}-{}", self.port)
    }
}

/// What is after the last `:` is a port where it is digits, or nothing.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn place(label: &str) -> Option<Place> {
    let label = label.to_ascii_lowercase();
    let (digits, port) = label.strip_prefix(MARK)?.split_once('-')?;
    let sandbox = format!("{}{digits}", SandboxId::PREFIX).parse().ok()?;
    let plain = port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('0');
    let port = port.parse().ok().filter(|_| plain)?;
    Some(Place { sandbox, port })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn domain() -> Domain {
        "Example.COM".parse().unwrap()
    }

    #[test]
    fn a_preview_is_found_in_every_spelling_of_its_host() {
        let place = Place { sandbox: SandboxId::from_uuid(1 << 90), port: 3000 };
        let name = domain().name_of(&place);
        assert!(name.starts_with("s-0") && name.ends_with("-3000.preview.example.com"), "{name}");
        for host in [
            name.clone(),
            name.to_uppercase(),
            format!("{name}."),
            format!("{name}:4000"),
            format!("{name}.:80"),
            format!("{name}:"),
        ] {
            assert_eq!(domain().read(&host), Named::Preview(place.clone()), "{host}");
        }
    }

    #[test]
    fn what_only_looks_like_a_preview_leads_nowhere() {
        let id = "0".repeat(26);
        for label in [
            format!("s-{id}-0"),
            format!("s-{id}-65536"),
            format!("s-{id}-080"),
            format!("s-{id}-"),
            format!("s-{id}"),
            format!("s-{id}-80-80"),
            format!("s-{}-80", &id[1..]),
            format!("s-{id}0-80"),
            format!("x@s-{id}-80"),
            format!("a.s-{id}-80"),
            format!("s-{id}-+8"),
            format!("s-{}l-80", &id[1..]),
            "s--80".to_owned(),
            String::new(),
            "api".to_owned(),
        ] {
            let host = format!("{label}.preview.example.com");
            assert_eq!(domain().read(&host), Named::Nowhere, "{host}");
        }
        assert_eq!(domain().read("preview.example.com"), Named::Nowhere);
    }

    #[test]
    fn other_hosts_are_not_ours() {
        let id = "0".repeat(26);
        for host in [
            "",
            ":",
            "127.0.0.1:4000",
            "[::1]:4000",
            "localhost",
            "example.com",
            "xpreview.example.com",
            "preview.example.com.evil.org",
            "é.example.com",
            &format!("s-{id}-80.preview.evil-example.com"),
            &format!("s-{id}-80.preview.example.com:x"),
            &format!("s-{id}-80preview.example.com"),
        ] {
            assert_eq!(domain().read(host), Named::Elsewhere, "{host}");
        }
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        for text in ["", ".", "a.", ".a", "a..b", "-a", "a-", "a b", "a/b", "a:80", "é.com"] {
            assert!(text.parse::<Domain>().is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_host_is_it_is_read(host in "\\PC*") {
            let _any = domain().read(&host);
        }

        #[test]
        fn a_name_leads_where_it_was_made_for(uuid: u128, port in 1u16..) {
            let place = Place { sandbox: SandboxId::from_uuid(uuid), port };
            prop_assert_eq!(domain().read(&domain().name_of(&place)), Named::Preview(place));
        }
    }
}
