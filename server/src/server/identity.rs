//! How callers are known: tokens, codes for new ones, and the page for these.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use super::StartError;
use crate::auth::{Access, AdminToken, NewToken, Pairings, Throttle, Tokens};
use crate::config::Config;
use crate::qr::Qr;
use crate::service::Identities;
use crate::store::Store;

/// An address of nobody's, to ask the kernel which of its own it would use;
/// nothing is sent there.
const ELSEWHERE: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 1), 9);

/// Opens the tokens, and says where the admin's comes from.
pub(super) async fn open_access(
    config: &Config,
    store: &Store,
) -> Result<(Access, Option<AdminToken>), StartError> {
    if config.no_auth {
        tracing::warn!("callers are asked for no token");
        return Ok((Access::Open, None));
    }
    let (tokens, origin) = Tokens::open(&config.data_dir, store, &config.static_token).await?;
    Ok((Access::Tokens(tokens), Some(origin)))
}

/// What the services of tokens and pairings work with; codes are confirmed by
/// this page.
pub(super) fn identities(access: &Access, throttle: &Throttle, page: String) -> Identities {
    let tokens = access.tokens().cloned();
    let pairings = tokens.clone().map(|tokens| Pairings::new(tokens, throttle.clone()));
    Identities { tokens, pairings, page }
}

/// A code that a person can pair a device with.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The code.
    pub code: String,
    /// The page that confirms it.
    pub url: String,
    /// The same as a QR code of block characters.
    pub qr: String,
}

/// Makes codes.
pub(super) struct Invitations {
    pairings: Pairings,
    page: String,
}

impl Invitations {
    /// As the services make them; `None` where no token is asked for.
    pub(super) fn of(identities: &Identities) -> Option<Self> {
        let pairings = identities.pairings.clone()?;
        Some(Self { pairings, page: identities.page.clone() })
    }

    /// One more, unless as many are open as may be.
    pub(super) fn make(&self) -> Option<Invitation> {
        let pairing = self.pairings.create(NewToken::default()).ok()?;
        let url = pairing.url(&self.page);
        let qr = Qr::of(&url).as_ref().map(Qr::text).unwrap_or_default();
        Some(Invitation { code: pairing.code, url, qr })
    }
}

/// The address of the page that confirms a pairing, as other machines reach
/// it: where the world finds this one, there.
pub(super) fn page(config: &Config, address: SocketAddr, world: Option<&str>) -> String {
    if let Some(url) = world {
        return format!("{url}/pair");
    }
    let scheme = if config.tls_cert.is_some() { "https" } else { "http" };
    let host = match config.host_name.first() {
        Some(name) => name.clone(),
        None if address.ip().is_unspecified() => literal(lan_address().unwrap_or(address.ip())),
        None => literal(address.ip().to_canonical()),
    };
    format!("{scheme}://{host}:{}/pair", address.port())
}

fn literal(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// The address by which others on its network know this machine.
fn lan_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(ELSEWHERE).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn the_page_is_where_others_find_it() {
        let page_of = |flags: &[&str], address: &str| {
            let config = Config::try_parse_from([&["skerryd"], flags].concat()).unwrap();
            page(&config, address.parse().unwrap(), None)
        };
        assert_eq!(page_of(&[], "127.0.0.1:4000"), "http://127.0.0.1:4000/pair");
        assert_eq!(page_of(&[], "[::1]:4000"), "http://[::1]:4000/pair");
        let named = ["--host-name", "box.example"];
        assert_eq!(page_of(&named, "0.0.0.0:80"), "http://box.example:80/pair");
        assert!(!page_of(&[], "0.0.0.0:4000").contains("//0.0.0.0") || lan_address().is_none());
    }
}
