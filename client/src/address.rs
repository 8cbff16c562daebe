//! Where a daemon listens.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use tonic::transport::Uri;

/// The port that a daemon listens on unless told otherwise.
const DEFAULT_PORT: u16 = 4000;

/// Why a text is not an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Another scheme than `http`.
    #[error("the scheme {0}:// is not supported, only host:port and http://host:port")]
    Scheme(String),
    /// Not `host:port`.
    #[error("not an address: want host:port or http://host:port")]
    Malformed,
}

/// The address of a daemon: a host and a port.
///
/// ```
/// use skerry_client::Address;
///
/// let address: Address = "http://127.0.0.1:4000/".parse()?;
/// assert_eq!(address.to_string(), "127.0.0.1:4000");
/// assert!(address.is_loopback());
/// # Ok::<(), skerry_client::AddressError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    host: String,
    port: u16,
}

impl Address {
    /// Whether it is this machine's loopback: `localhost`, 127.0.0.0/8 or
    /// `::1`. Only there is a local token of use and safe to send.
    pub fn is_loopback(&self) -> bool {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            Ok(ip) => ip.is_loopback(),
            Err(_) => bare.eq_ignore_ascii_case("localhost"),
        }
    }

    pub(crate) fn uri(&self) -> String {
        format!("http://{self}")
    }
}

impl Default for Address {
    /// `127.0.0.1:4000`.
    fn default() -> Self {
        Self { host: "127.0.0.1".to_owned(), port: DEFAULT_PORT }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.host, self.port)
    }
}

impl FromStr for Address {
    type Err = AddressError;

    /// Reads `host`, `host:port` or `http://host:port`; an IPv6 address is in
    /// brackets. Without a port it is 4000.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let rest = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
            Some((scheme, _)) => return Err(AddressError::Scheme(scheme.to_owned())),
            None => text,
        };
        let uri: Uri = format!("http://{rest}").parse().map_err(|_| AddressError::Malformed)?;
        let authority = uri.authority().ok_or(AddressError::Malformed)?;
        let plain = matches!(uri.path(), "" | "/") && uri.query().is_none();
        if !plain || authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(AddressError::Malformed);
        }
        // `host:` and a port out of range parse as an authority without port.
        let has_port = !authority.as_str().ends_with(authority.host());
        let port = match (authority.port_u16(), has_port) {
            (Some(port), _) => port,
            (None, false) => DEFAULT_PORT,
            (None, true) => return Err(AddressError::Malformed),
        };
        Ok(Self { host: authority.host().to_owned(), port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_have_a_scheme_and_lack_a_port() {
        for (text, shown) in [
            ("127.0.0.1:4000", "127.0.0.1:4000"),
            ("http://10.0.0.1:99", "10.0.0.1:99"),
            ("HTTP://example.org/", "example.org:4000"),
            ("localhost", "localhost:4000"),
            ("[::1]:5", "[::1]:5"),
        ] {
            let address: Address = text.parse().expect(text);
            assert_eq!(address.to_string(), shown);
        }
    }

    #[test]
    fn what_is_not_host_and_port_is_refused() {
        for text in ["", ":4000", "host:", "host:99999", "a b", "host/path", "me@host:1", "http://"]
        {
            assert_eq!(text.parse::<Address>(), Err(AddressError::Malformed), "{text}");
        }
        assert_eq!(
            "https://host".parse::<Address>(),
            Err(AddressError::Scheme("https".to_owned()))
        );
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for (text, loopback) in [
            ("127.0.0.1", true),
            ("127.9.9.9:1", true),
            ("[::1]:4000", true),
            ("LOCALHOST", true),
            ("10.0.0.1", false),
            ("localhost.example.org", false),
            ("127.0.0.1.example.org", false),
        ] {
            let address: Address = text.parse().expect(text);
            assert_eq!(address.is_loopback(), loopback, "{text}");
        }
    }
}
