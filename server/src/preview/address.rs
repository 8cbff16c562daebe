//! Where ports are found, and links to them.

use std::net::SocketAddr;
use std::time::Duration;

use super::admit::TOKEN_PARAMETER;
use super::headers::our_cookie;
use super::host::Place;
use super::{Inner, Previews};
use crate::engine::EngineError;
use crate::model::{Port, SandboxId};

/// A check of a tunnel takes at most 5 minutes.
const CHECK_TTL: Duration = Duration::from_secs(6 * 60);

/// A link to a preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// For a browser.
    pub url: String,
    /// How long it is good; `None`: as long as the port is public.
    pub ttl: Option<Duration>,
    /// Where the port is published, if it is.
    pub published: Option<SocketAddr>,
}

/// Where a port is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortPlaces {
    /// Its number.
    pub port: u16,
    /// Everybody may come.
    pub public: bool,
    /// Its preview, for a browser.
    pub preview: String,
    /// Where it is published, if it is.
    pub published: Option<SocketAddr>,
    /// Where the sandbox itself has it, if it has a network.
    pub container: Option<SocketAddr>,
}

impl Previews {
    /// A link to a port: signed, unless the port is public. It is at the port's
    /// preview, or at another address that `base` finds for it.
    pub fn link<E: From<EngineError>>(
        &self,
        sandbox: &str,
        port: u16,
        ttl: Duration,
        base: impl FnOnce(&SandboxId) -> Result<Option<String>, E>,
    ) -> Result<Link, E> {
        let Inner { engine, links, .. } = &*self.inner;
        let sandbox = engine.record(sandbox)?;
        let open = sandbox.port(port);
        let not_open = || EngineError::PortNotOpen { sandbox: sandbox.id.clone(), port };
        let Port { public, host_port, .. } = *open.ok_or_else(not_open)?;
        let published = (host_port > 0).then(|| engine.host_address(host_port));
        let place = Place { sandbox: sandbox.id.clone(), port };
        let mut url = match base(&place.sandbox)? {
            Some(base) => format!("{base}/"),
            None => self.address(&place),
        };
        if public {
            return Ok(Link { url, ttl: None, published });
        }
        let token = links.make(&place, sandbox.preview_generation, ttl);
        url.push_str(&format!("?{TOKEN_PARAMETER}={token}"));
        Ok(Link { url, ttl: Some(ttl), published })
    }

    /// Where all ports of a sandbox are.
    pub fn places(&self, sandbox: &str) -> Result<(SandboxId, Vec<PortPlaces>), EngineError> {
        let sandbox = self.inner.engine.record(sandbox)?;
        let found = |port: &Port| {
            let published =
                (port.host_port > 0).then(|| self.inner.engine.host_address(port.host_port));
            let place = Place { sandbox: sandbox.id.clone(), port: port.port };
            let (port, public) = (port.port, port.public);
            let network = sandbox.network.as_ref();
            let container = network.map(|network| (network.address, port).into());
            PortPlaces { port, public, preview: self.address(&place), published, container }
        };
        Ok((sandbox.id.clone(), sandbox.ports.iter().map(found).collect()))
    }

    /// What a visitor of a private port has as a cookie, for a check of a
    /// tunnel; `None` of a public one.
    pub(crate) fn visitor_cookie(&self, place: &Place) -> Option<String> {
        let sandbox = self.inner.engine.record(place.sandbox.as_str()).ok()?;
        let private = sandbox.port(place.port).is_some_and(|port| !port.public);
        let token = || self.inner.links.make(place, sandbox.preview_generation, CHECK_TTL);
        private.then(|| our_cookie(&token(), true))
    }

    /// Where a preview is, for a browser.
    fn address(&self, place: &Place) -> String {
        let config = &self.inner.config;
        let (scheme, default) = if config.secure { ("https", 443) } else { ("http", 80) };
        let name = config.domain.name_of(place);
        match config.port {
            port if port == default => format!("{scheme}://{name}/"),
            port => format!("{scheme}://{name}:{port}/"),
        }
    }
}
