//! Names in a policy: one host, or all below one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Bytes of a name (RFC 1035).
const MAX_NAME: usize = 253;
/// Bytes of a part between dots.
const MAX_LABEL: usize = 63;
const WILDCARD: &str = "*.";

/// `example.com`, or `*.example.com` for every name below it at any depth, in
/// lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostPattern(String);

/// Why a text is no host of a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// No characters.
    #[error("must not be empty")]
    Empty,
    /// More than a name may have.
    #[error("must have at most {MAX_NAME} characters, and {MAX_LABEL} between dots")]
    TooLong,
    /// `*` or `*.` alone, or `*` elsewhere than in front.
    #[error("{0:?}: `*` stands in front of a name alone, as in *.example.com")]
    Wildcard(String),
    /// Not ASCII.
    #[error("{0:?} has letters outside ASCII: give its punycode, which begins with xn--")]
    NotAscii(String),
    /// `example.com.`
    #[error("{0:?} must not end with a dot")]
    TrailingDot(String),
    /// An address is no name.
    #[error("{0:?} is an address: put it into cidrs")]
    Address(String),
    /// Another character, or nothing between two dots.
    #[error("{0:?} is no host name: it has more than a-z, 0-9, - and _ between dots")]
    Malformed(String),
}

impl HostPattern {
    /// As it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name, where it is one host.
    pub fn one(&self) -> Option<&str> {
        (!self.0.starts_with(WILDCARD)).then_some(&*self.0)
    }

    /// Whether a name is it, or below it. The name is in lower case and has
    /// no final dot.
    pub fn matches(&self, name: &str) -> bool {
        match self.0.strip_prefix(WILDCARD) {
            Some(parent) => {
                name.strip_suffix(parent).and_then(|below| below.strip_suffix('.')).is_some_and(
                    // The root's own child is no name below another.
                    |below| !below.is_empty(),
                )
            }
            None => self.0 == name,
        }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for HostPattern {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        let given = || text.to_owned();
        if text.is_empty() {
            return Err(HostError::Empty);
        }
        if !text.is_ascii() {
            return Err(HostError::NotAscii(given()));
        }
        let name = text.strip_prefix(WILDCARD).unwrap_or(text);
        if name.is_empty() || name.contains('*') {
            return Err(HostError::Wildcard(given()));
        }
        if name.ends_with('.') {
            return Err(HostError::TrailingDot(given()));
        }
        if text.len() > MAX_NAME || name.split('.').any(|label| label.len() > MAX_LABEL) {
            return Err(HostError::TooLong);
        }
        let last = name.rsplit('.').next().unwrap_or_default();
        // No top-level domain is a number (RFC 3696), so that resolvers take
        // such a name for an address, in forms of their own.
        if last.bytes().all(|byte| byte.is_ascii_digit()) && !last.is_empty()
            || last.starts_with("0x")
            || text.contains(':')
        {
            return Err(HostError::Address(given()));
        }
        if name.split('.').all(is_label) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(HostError::Malformed(given()))
        }
    }
}

fn is_label(label: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !label.is_empty()
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(allowed)
}

impl TryFrom<String> for HostPattern {
    type Error = HostError;

    fn try_from(text: String) -> Result<Self, HostError> {
        text.parse()
    }
}

impl From<HostPattern> for String {
    fn from(host: HostPattern) -> Self {
        host.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<HostPattern, HostError> {
        text.parse()
    }

    #[test]
    fn what_is_no_host_is_refused_for_its_own_reason() {
        for (text, wanted) in [
            ("", HostError::Empty),
            ("*", HostError::Wildcard("*".into())),
            ("*.", HostError::Wildcard("*.".into())),
            ("a.*.b", HostError::Wildcard("a.*.b".into())),
            ("*a.b", HostError::Wildcard("*a.b".into())),
            ("bücher.example", HostError::NotAscii("bücher.example".into())),
            ("example.com.", HostError::TrailingDot("example.com.".into())),
            ("10.0.0.1", HostError::Address("10.0.0.1".into())),
            ("0x7f.1", HostError::Address("0x7f.1".into())),
            ("::1", HostError::Address("::1".into())),
            ("a..b", HostError::Malformed("a..b".into())),
            ("a b", HostError::Malformed("a b".into())),
            ("user@host", HostError::Malformed("user@host".into())),
            ("-a", HostError::Malformed("-a".into())),
            ("http://a", HostError::Address("http://a".into())),
            (&"a".repeat(64), HostError::TooLong),
        ] {
            assert_eq!(parse(text), Err(wanted), "{text:?}");
        }
        for good in ["example.com", "*.example.com", "EXAMPLE.com", "xn--bcher-kva.example", "a"] {
            assert!(parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn a_wildcard_is_every_name_below() {
        let host = parse("*.Example.com").unwrap();
        assert!(host.matches("a.example.com") && host.matches("a.b.example.com"));
        for other in ["example.com", "evil-example.com", ".example.com", "a.example.com.evil"] {
            assert!(!host.matches(other), "{other}");
        }
    }

    proptest! {
        #[test]
        fn a_pattern_that_was_read_is_read_as_itself(text in "[a-zA-Z0-9.*_-]{0,40}") {
            if let Ok(host) = parse(&text) {
                prop_assert_eq!(parse(host.as_str()), Ok(host.clone()));
                prop_assert_eq!(host.as_str().to_ascii_lowercase(), host.as_str());
                if let Some(parent) = host.as_str().strip_prefix(WILDCARD) {
                    let below = format!("x.{parent}");
                    let beside = format!("x{parent}");
                    prop_assert!(host.matches(&below) && !host.matches(parent));
                    prop_assert!(!host.matches(&beside));
                } else {
                    prop_assert!(host.matches(host.as_str()));
                }
            }
        }
    }
}
