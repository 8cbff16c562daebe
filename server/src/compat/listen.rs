//! Where a system is served by itself.

use std::net::SocketAddr;
use std::str::FromStr;

use super::Name;

/// A system, and the address of its own listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listen {
    /// Which.
    pub name: Name,
    /// `None`: the one that it always had.
    pub address: Option<SocketAddr>,
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, address) = match text.split_once('=') {
            None => (text, None),
            Some((name, address)) => (name, Some(address)),
        };
        let wrong =
            |_| "must be NAME or NAME=ADDRESS, as apple-sandboxes=127.0.0.1:9102".to_owned();
        let address = address.map(|address| address.parse().map_err(wrong)).transpose()?;
        Ok(Self { name: name.parse()?, address })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_has_an_address_or_its_own() {
        let listen: Listen = "mac-sandbox".parse().unwrap();
        assert_eq!(listen, Listen { name: Name::MacSandbox, address: None });
        assert_eq!(listen.name.address(), "127.0.0.1:4000".parse().unwrap());
        let listen: Listen = "apple-sandboxes=[::1]:7".parse().unwrap();
        assert_eq!(listen.address, Some("[::1]:7".parse().unwrap()));
        assert_eq!(listen.name.address(), "127.0.0.1:9102".parse().unwrap());
        for wrong in
            ["", "mac", "mac-sandbox=", "mac-sandbox=4000", "=127.0.0.1:1", "docker=[::1]:1"]
        {
            assert!(wrong.parse::<Listen>().is_err(), "{wrong}");
        }
    }
}
