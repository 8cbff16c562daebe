//! What it is told about the APIs of the systems before ours. The names in the
//! environment are mac-sandbox's own.

use std::net::SocketAddr;

use clap::Args;
use clap::builder::FalseyValueParser;

use super::ConfigError;
use crate::compat::{Listen, Name};

/// The APIs of the systems before ours.
#[derive(Debug, Clone, Args)]
pub struct CompatOptions {
    /// Serve the API of mac-sandbox or apple-sandboxes alone at an address of its
    /// own [default address: 127.0.0.1:4000, 127.0.0.1:9102]; may be given again
    #[arg(
        long = "compat",
        env = "SKERRY_COMPAT",
        value_name = "NAME[=ADDRESS]",
        value_delimiter = ','
    )]
    pub alone: Vec<Listen>,
    /// The port of mac-sandbox, where --compat names no address
    #[arg(short = 'p', long, env = "PORT", value_name = "PORT")]
    pub port: Option<String>,
    /// The image of mac-sandbox's sandboxes
    #[arg(
        short = 'i',
        long = "image",
        env = "SANDBOX_IMAGE",
        default_value = "host",
        value_name = "IMAGE"
    )]
    pub image: String,
    /// Show the API to the world by a quick tunnel of Cloudflare's, for devices
    /// elsewhere to pair with
    #[arg(short = 't', long)]
    pub tunnel: bool,
    /// Delete what was made by mac-sandbox's API when the daemon ends
    #[arg(long, env = "FLAGS_DESTROY_CONTAINERS", value_parser = FalseyValueParser::new())]
    pub flags_destroy_containers: bool,
}

impl CompatOptions {
    /// Checks the port, where it counts: others may set `PORT` too.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let waits = |one: &Listen| one.name == Name::MacSandbox && one.address.is_none();
        match &self.port {
            Some(port) if self.alone.iter().any(waits) && port.parse::<u16>().is_err() => {
                Err(ConfigError::BadPort(port.clone()))
            }
            _ => Ok(()),
        }
    }

    /// Where each listens.
    pub fn listens(&self) -> Vec<Listen> {
        let port = self.port.as_ref().and_then(|port| port.parse().ok());
        let placed = |one: &Listen| match (one.name, one.address, port) {
            (Name::MacSandbox, None, Some(port)) => {
                let address = SocketAddr::new(one.name.address().ip(), port);
                Listen { address: Some(address), ..*one }
            }
            _ => *one,
        };
        self.alone.iter().map(placed).collect()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::Config;
    use super::*;

    #[test]
    fn a_port_is_mac_sandboxes_own_where_no_address_is_named() {
        let parse = |flags: &[&str]| {
            Config::try_parse_from([&["skerryd"], flags].concat()).unwrap().checked()
        };
        let config = parse(&["--compat", "mac-sandbox,apple-sandboxes", "-p", "4001"]).unwrap();
        let addresses: Vec<_> =
            config.compat.listens().into_iter().map(|one| one.address).collect();
        assert_eq!(addresses, [Some("127.0.0.1:4001".parse().unwrap()), None]);
        let config = parse(&["--compat", "mac-sandbox=[::1]:7", "-p", "no"]).unwrap();
        assert_eq!(config.compat.listens()[0].address, Some("[::1]:7".parse().unwrap()));
        let refused = parse(&["--compat", "mac-sandbox", "-p", "no"]);
        assert!(matches!(refused, Err(ConfigError::BadPort(_))));
    }
}
