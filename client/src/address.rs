//! Where a daemon listens.

use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::str::FromStr;

use tonic::transport::Uri;

/// The port that a daemon listens on unless told otherwise.
const DEFAULT_PORT: u16 = 4000;
/// The port of `https://` without one, as everywhere.
const DEFAULT_TLS_PORT: u16 = 443;

/// Why a text is not an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Another scheme than `http` and `https`.
    #[error("the scheme {0}:// is not supported, only host:port, http:// and https://host:port")]
    Scheme(String),
    /// Not `host:port`.
    #[error("not an address: want host:port, http://host:port or https://host:port")]
    Malformed,
}

/// Whether a daemon is called over TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Without: for this machine, and for networks that are trusted.
    Http,
    /// Over TLS.
    Https,
}

/// The address of a daemon: a host and a port, and whether over TLS; or a
/// socket of this machine.
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
pub struct Address(Place);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Place {
    Port { scheme: Scheme, host: String, port: u16 },
    Socket(String),
}

impl Address {
    /// Whether it is this machine's loopback: `localhost`, 127.0.0.0/8 or
    /// `::1`. Only there is a local token of use and safe to send.
    pub fn is_loopback(&self) -> bool {
        let Place::Port { host, .. } = &self.0 else { return true };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            Ok(ip) => ip.is_loopback(),
            Err(_) => bare.eq_ignore_ascii_case("localhost"),
        }
    }

    /// Whether it is a socket of this machine, on which root needs no token.
    pub fn is_socket(&self) -> bool {
        matches!(self.0, Place::Socket(_))
    }

    /// Whether it is called over TLS.
    pub fn scheme(&self) -> Scheme {
        match self.0 {
            Place::Port { scheme, .. } => scheme,
            Place::Socket(_) => Scheme::Http,
        }
    }

    /// The socket at an absolute path.
    pub(crate) fn socket(path: &Path) -> Option<Self> {
        let path = path.to_str().filter(|path| path.starts_with('/'))?;
        Some(Self(Place::Socket(path.to_owned())))
    }

    pub(crate) fn uri(&self) -> String {
        match &self.0 {
            Place::Port { scheme: Scheme::Http, .. } => format!("http://{self}"),
            Place::Port { scheme: Scheme::Https, .. } | Place::Socket(_) => self.to_string(),
        }
    }
}

impl Default for Address {
    /// `127.0.0.1:4000`.
    fn default() -> Self {
        let (scheme, host) = (Scheme::Http, "127.0.0.1".to_owned());
        Self(Place::Port { scheme, host, port: DEFAULT_PORT })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Port { scheme: Scheme::Http, host, port } => write!(formatter, "{host}:{port}"),
            Place::Port { scheme: Scheme::Https, host, port } => {
                write!(formatter, "https://{host}:{port}")
            }
            Place::Socket(path) => write!(formatter, "unix:{path}"),
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    /// Reads `host`, `host:port`, `http://host:port` or `https://host:port`;
    /// an IPv6 address is in brackets. Without a port it is 4000, or 443 over
    /// TLS. `unix:/path` is a socket.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        if let Some(path) = text.strip_prefix("unix:") {
            let path = path.strip_prefix("//").filter(|path| path.starts_with('/')).unwrap_or(path);
            return Self::socket(Path::new(path)).ok_or(AddressError::Malformed);
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (Scheme::Http, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (Scheme::Https, rest),
            Some((scheme, _)) => return Err(AddressError::Scheme(scheme.to_owned())),
            None => (Scheme::Http, text),
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
            (None, false) if scheme == Scheme::Https => DEFAULT_TLS_PORT,
            (None, false) => DEFAULT_PORT,
            (None, true) => return Err(AddressError::Malformed),
        };
        Ok(Self(Place::Port { scheme, host: authority.host().to_owned(), port }))
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
            ("unix:/run/a.sock", "unix:/run/a.sock"),
            ("unix:///run/a.sock", "unix:/run/a.sock"),
            ("https://Example.org", "https://Example.org:443"),
            ("HTTPS://[::1]:4000/", "https://[::1]:4000"),
        ] {
            let address: Address = text.parse().expect(text);
            assert_eq!(address.to_string(), shown);
        }
    }

    #[test]
    fn what_is_not_host_and_port_is_refused() {
        for text in [
            "",
            ":4000",
            "host:",
            "host:99999",
            "a b",
            "host/path",
            "unix:a.sock",
            "me@host:1",
            "http://",
        ] {
            assert_eq!(text.parse::<Address>(), Err(AddressError::Malformed), "{text}");
        }
        assert_eq!("ftp://host".parse::<Address>(), Err(AddressError::Scheme("ftp".to_owned())));
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
