//! What the daemon is told at its start: flags, then the environment, then
//! defaults. Checks, and has no effects.

mod acme;
mod compat;

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use axum::http::{HeaderValue, Uri};
use clap::{Parser, Subcommand, ValueEnum};
use ipnet::Ipv4Net;

pub use self::acme::AcmeOptions;
pub use self::compat::CompatOptions;
use crate::auth::StaticToken;
use crate::model::parse_cidr;
use crate::preview::Domain;
use crate::storage::StorageChoice;

/// Where it listens when it is not told.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:4000";
/// Where it keeps everything when it is not told.
pub const DEFAULT_DATA_DIR: &str = "/var/lib/skerry";

/// Addresses of sandboxes when it is not told.
const DEFAULT_RANGE: &str = "10.88.0.0/16";
/// The bridge when it is not told.
const DEFAULT_BRIDGE: &str = "skerry0";

/// skerryd gives every caller an isolated Linux machine in milliseconds.
#[derive(Debug, Clone, Parser)]
#[command(name = "skerryd", version)]
pub struct Config {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "SKERRY_LISTEN", default_value = DEFAULT_LISTEN, value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Where sandboxes, images and the daemon's records are kept
    #[arg(long, env = "SKERRY_DATA_DIR", default_value = DEFAULT_DATA_DIR, value_name = "DIR")]
    pub data_dir: PathBuf,
    /// Ask callers for no token; on a loopback address only
    #[arg(long)]
    pub no_auth: bool,
    /// The most sandboxes at once, stopped ones included
    #[arg(
        long,
        default_value_t = 2000,
        value_name = "NUMBER",
        value_parser = clap::value_parser!(u32).range(1..=MAX_SANDBOXES)
    )]
    pub max_sandboxes: u32,
    /// Address and port to serve SSH on, usually 127.0.0.1:4022; without it there
    /// is no SSH
    #[arg(long, env = "SKERRY_SSH_LISTEN", value_name = "ADDRESS")]
    pub ssh_listen: Option<SocketAddr>,
    /// The name or address at which callers reach SSH [default: that of
    /// --ssh-listen, or the host's name]
    #[arg(long, env = "SKERRY_SSH_HOST", value_name = "NAME", value_parser = parse_host)]
    pub ssh_host: Option<String>,
    /// Serve previews on this address and port alone [default: on that of
    /// --listen, by their host]
    #[arg(long, env = "SKERRY_PREVIEW_LISTEN", value_name = "ADDRESS")]
    pub preview_listen: Option<SocketAddr>,
    /// Previews are at s-ID-PORT.preview.DOMAIN, which must lead to this daemon
    #[arg(long, env = "SKERRY_PREVIEW_DOMAIN", default_value = "localhost", value_name = "DOMAIN")]
    pub preview_domain: Domain,
    /// Seconds that a port may take to answer after its sandbox was started
    #[arg(
        long,
        default_value_t = 60,
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    pub preview_wait: u64,
    /// Address at which published ports listen
    #[arg(
        long,
        env = "SKERRY_PUBLISH_ADDRESS",
        default_value = "127.0.0.1",
        value_name = "ADDRESS"
    )]
    pub publish_address: IpAddr,
    /// Ports of the host that sandboxes' ports may be published at
    #[arg(
        long,
        env = "SKERRY_PUBLISH_RANGE",
        default_value = "9000-9999",
        value_name = "FIRST-LAST",
        value_parser = parse_range
    )]
    pub publish_range: RangeInclusive<u16>,
    /// Serve TLS with this certificate and what it is signed by, a PEM file; read
    /// again when it changes
    #[arg(long, env = "SKERRY_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's key, a PEM file
    #[arg(long, env = "SKERRY_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Take only callers with a certificate that one in this PEM file has signed
    #[arg(long, env = "SKERRY_TLS_CLIENT_CA", value_name = "FILE", requires = "tls_cert")]
    pub tls_client_ca: Option<PathBuf>,
    /// A socket on which root and the daemon's own user need no token [default:
    /// skerry.sock in the data directory]
    #[arg(long, env = "SKERRY_SOCKET", value_name = "PATH")]
    pub socket: Option<PathBuf>,
    /// A token of an admin's, as NAME=SECRET; may be given again. In the
    /// environment others don't see it, with commas between
    #[arg(
        long,
        env = "SKERRY_STATIC_TOKENS",
        hide_env_values = true,
        value_name = "NAME=SECRET",
        value_delimiter = ','
    )]
    pub static_token: Vec<StaticToken>,
    /// A name at which web pages and, with --no-auth, all callers may reach the
    /// daemon beside its addresses; may be given again
    #[arg(
        long,
        env = "SKERRY_HOST_NAMES",
        value_name = "NAME",
        value_delimiter = ',',
        value_parser = parse_host
    )]
    pub host_name: Vec<String>,
    /// The address of a proxy whose X-Forwarded-For is believed; may be given
    /// again
    #[arg(long, env = "SKERRY_TRUSTED_PROXIES", value_name = "ADDRESS", value_delimiter = ',')]
    pub trusted_proxy: Vec<IpAddr>,
    /// Print a pairing code at start, also where nobody watches
    #[arg(long)]
    pub pairing: bool,
    /// TLS with a certificate that an authority makes.
    #[command(flatten)]
    pub acme: AcmeOptions,
    /// The systems before ours.
    #[command(flatten)]
    pub compat: CompatOptions,
    /// The cloudflared that makes tunnels [default: the one on PATH]
    #[arg(long, env = "SKERRY_CLOUDFLARED", value_name = "FILE")]
    pub cloudflared: Option<PathBuf>,
    /// What keeps disks and volumes: chosen at the data directory's first start
    #[arg(long, env = "SKERRY_STORAGE", value_enum, default_value_t, value_name = "DRIVER")]
    pub storage: StorageChoice,
    /// Whether sandboxes have a network; `auto`: where this host can
    #[arg(long, env = "SKERRY_NETWORK", value_enum, default_value_t, value_name = "CHOICE")]
    pub network: NetworkChoice,
    /// Addresses of sandboxes: a private block that nothing else here uses
    #[arg(
        long,
        env = "SKERRY_NETWORK_RANGE",
        default_value = DEFAULT_RANGE,
        value_name = "BLOCK",
        value_parser = parse_cidr
    )]
    pub network_range: Ipv4Net,
    /// The bridge's name; it is made where there is none
    #[arg(
        long,
        env = "SKERRY_NETWORK_BRIDGE",
        default_value = DEFAULT_BRIDGE,
        value_name = "NAME",
        value_parser = parse_interface
    )]
    pub network_bridge: String,
    /// Who is asked for the names that sandboxes ask for, several with commas
    /// [default: the host's own resolvers]
    #[arg(long, env = "SKERRY_DNS_UPSTREAM", value_name = "ADDRESS", value_delimiter = ',')]
    pub dns_upstream: Vec<IpAddr>,
    /// Who signed the certificates of hosts that sandboxes have credentials for, a
    /// PEM file, beside those whom the system trusts
    #[arg(long, env = "SKERRY_EGRESS_CA", value_name = "FILE")]
    pub egress_ca: Option<PathBuf>,
    /// What a sandbox may reach that is made without a policy
    #[arg(long, env = "SKERRY_EGRESS", value_enum, default_value_t, value_name = "MODE")]
    pub egress: DefaultEgress,
    /// A docker config.json with credentials for registries; programs that it
    /// names are not run
    #[arg(long, env = "SKERRY_DOCKER_CONFIG", value_name = "FILE")]
    pub docker_config: Option<PathBuf>,
    /// Milliseconds without a byte until a registry counts as gone
    #[arg(
        long,
        hide = true,
        default_value_t = 30_000,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub pull_stall_millis: u64,
    /// A web page's origin, as https://app.example, whose scripts may call; may be
    /// given again
    #[arg(long, env = "SKERRY_CORS_ORIGIN", value_name = "ORIGIN", value_delimiter = ',', value_parser = parse_origin)]
    pub cors_origin: Vec<HeaderValue>,
    /// What to log: a level, or a filter such as `info,skerry_server::engine=debug`
    #[arg(
        long,
        env = "SKERRY_LOG",
        default_value = "info,hickory_server=warn",
        value_name = "FILTER"
    )]
    pub log: String,
}

/// What can be done instead of serving.
#[derive(Debug, Clone, Parser)]
#[command(name = "skerryd", version)]
pub struct Arguments {
    /// How to serve.
    #[command(flatten)]
    pub config: Config,
    /// What to do instead.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Something else than to serve.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// The network of sandboxes on this host
    #[command(subcommand)]
    Network(NetworkCommand),
}

/// What to do with the network.
#[derive(Debug, Clone, Subcommand)]
pub enum NetworkCommand {
    /// Remove the bridge, every sandbox's link, the rules and what the kernel
    /// was told; refused while a daemon serves the network. Sandboxes that
    /// run have loopback alone from then on
    Reset,
}

/// Whether sandboxes have a network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum NetworkChoice {
    /// Where the host can; the capability `network` says why not
    #[default]
    Auto,
    /// Yes, or the daemon does not start
    On,
    /// No
    Off,
}

/// What a sandbox may reach that is made without a policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum DefaultEgress {
    /// Nothing
    #[default]
    Deny,
    /// Every public address
    Open,
}

/// The longest name of an interface.
const MAX_INTERFACE: usize = 15;

fn parse_interface(text: &str) -> Result<String, String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    match (1..=MAX_INTERFACE).contains(&text.len()) && text.bytes().all(allowed) {
        true => Ok(text.to_owned()),
        false => Err(format!("must be 1 to {MAX_INTERFACE} of A-Z, a-z, 0-9, - and _")),
    }
}

/// Each sandbox has 65,536 host ids of its own; the kernel has 2^32.
const MAX_SANDBOXES: i64 = 32_768;

/// Bytes of a host's name.
const MAX_HOST_BYTES: usize = 253;

/// Takes `FIRST-LAST`, neither of them 0.
fn parse_range(text: &str) -> Result<RangeInclusive<u16>, String> {
    let wrong = || "must be FIRST-LAST, two ports of 1 to 65535".to_owned();
    let (first, last) = text.split_once('-').ok_or_else(wrong)?;
    match (first.parse(), last.parse()) {
        (Ok(first @ 1..), Ok(last)) if first <= last => Ok(first..=last),
        _ => Err(wrong()),
    }
}

/// Takes what is one word in a command line and in a file of known hosts.
fn parse_host(text: &str) -> Result<String, String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
    let starts = text.starts_with(|first: char| first.is_ascii_alphanumeric() || first == ':');
    match starts && text.len() <= MAX_HOST_BYTES && text.bytes().all(allowed) {
        true => Ok(text.to_owned()),
        false => Err("must be a host's name or address".to_owned()),
    }
}

/// Takes a scheme and a host, with a port where it has one, as browsers send it.
fn parse_origin(text: &str) -> Result<HeaderValue, String> {
    let wanted = || "must be a scheme and a host, as https://app.example".to_owned();
    let uri: Uri = text.parse().map_err(|_| wanted())?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(wanted());
    };
    let plain = format!("{scheme}://{authority}") == text && !authority.as_str().contains('@');
    match plain && text == text.to_ascii_lowercase() {
        true => HeaderValue::from_str(text).map_err(|_| wanted()),
        false => Err(wanted()),
    }
}

/// Why a configuration can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// It would give the machine to the network.
    #[error(
        "--no-auth needs a loopback address, {0} is none: drop --no-auth or use --listen 127.0.0.1:4000"
    )]
    OpenToTheNetwork(SocketAddr),
    /// The same, to everybody.
    #[error("--no-auth and --tunnel: everybody would have this machine")]
    OpenToTheWorld,
    /// Relative to what depends on where it was started.
    #[error("--data-dir must be an absolute path, is {}", .0.display())]
    RelativeDataDir(PathBuf),
    /// The same.
    #[error("--socket must be an absolute path, is {}", .0.display())]
    RelativeSocket(PathBuf),
    /// The same.
    #[error("--docker-config must be an absolute path, is {}", .0.display())]
    RelativeDockerConfig(PathBuf),
    /// The same.
    #[error("{option} must be an absolute path, is {}", path.display())]
    RelativePath {
        /// Which.
        option: &'static str,
        /// What it is.
        path: PathBuf,
    },
    /// A name that is shown by DNS alone.
    #[error("{0} is shown to be this host's in DNS: give --acme-dns-hook")]
    NoDnsHook(String),
    /// It is none.
    #[error("PORT must be 1 to 65535 where --compat mac-sandbox has no address, is {0:?}")]
    BadPort(String),
}

impl Config {
    /// Whether it speaks TLS.
    pub fn is_secure(&self) -> bool {
        self.tls_cert.is_some() || !self.acme.acme_name.is_empty()
    }

    /// Checks what flags can't say by themselves.
    pub fn checked(self) -> Result<Self, ConfigError> {
        let own = self.compat.listens().into_iter().filter_map(|one| one.address);
        let open = std::iter::once(self.listen)
            .chain(own)
            .find(|address| !address.ip().to_canonical().is_loopback());
        if let Some(address) = open.filter(|_| self.no_auth) {
            return Err(ConfigError::OpenToTheNetwork(address));
        }
        if self.no_auth && self.compat.tunnel {
            return Err(ConfigError::OpenToTheWorld);
        }
        if !self.data_dir.is_absolute() {
            return Err(ConfigError::RelativeDataDir(self.data_dir));
        }
        if let Some(path) = self.socket.as_ref().filter(|path| !path.is_absolute()) {
            return Err(ConfigError::RelativeSocket(path.clone()));
        }
        if let Some(path) = self.docker_config.as_ref().filter(|path| !path.is_absolute()) {
            return Err(ConfigError::RelativeDockerConfig(path.clone()));
        }
        if let Some(path) = self.cloudflared.as_ref().filter(|path| !path.is_absolute()) {
            let (option, path) = ("--cloudflared", path.clone());
            return Err(ConfigError::RelativePath { option, path });
        }
        self.acme.check()?;
        self.compat.check()?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(flags: &[&str]) -> Result<Config, ConfigError> {
        Config::try_parse_from([&["skerryd"], flags].concat()).unwrap().checked()
    }

    #[test]
    fn no_auth_is_for_loopback_alone() {
        for listen in ["127.0.0.1:0", "127.8.9.1:1", "[::1]:4000", "[::ffff:127.0.0.1]:1"] {
            assert!(parse(&["--no-auth", "--listen", listen]).is_ok(), "{listen}");
        }
        for listen in ["0.0.0.0:4000", "192.168.1.1:4000", "[::]:4000", "[::ffff:10.0.0.1]:1"] {
            let refused = parse(&["--no-auth", "--listen", listen]);
            assert!(matches!(refused, Err(ConfigError::OpenToTheNetwork(_))), "{listen}");
            assert!(parse(&["--listen", listen]).is_ok(), "{listen}");
        }
    }

    #[test]
    fn no_auth_is_not_for_the_world() {
        let refused = parse(&["--no-auth", "-t"]);
        assert!(matches!(refused, Err(ConfigError::OpenToTheWorld)));
        assert!(parse(&["-t"]).unwrap().compat.tunnel);
    }

    #[test]
    fn a_relative_data_directory_is_refused() {
        let refused = parse(&["--data-dir", "data"]);
        assert!(matches!(refused, Err(ConfigError::RelativeDataDir(_))));
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for host in ["box.example", "10.0.0.1", "::1", "a_b-c"] {
            assert!(parse(&["--ssh-host", host]).is_ok(), "{host}");
        }
        for host in ["", "a b", "-oProxyCommand=x", "a\nb", "a;b", "a,b", "*"] {
            let flag = format!("--ssh-host={host}");
            assert!(Config::try_parse_from(["skerryd", &flag]).is_err(), "{host:?}");
        }
    }

    #[test]
    fn a_range_of_ports_is_two_of_them_in_order() {
        let parse = |range: &str| {
            let flag = format!("--publish-range={range}");
            Config::try_parse_from(["skerryd", &flag]).map(|config| config.publish_range)
        };
        assert_eq!(parse("9000-9000").unwrap(), 9000..=9000);
        for range in ["", "9000", "9001-9000", "0-1", "1-65536", "a-b", "-1-2"] {
            assert!(parse(range).is_err(), "{range:?}");
        }
    }

    #[test]
    fn absurd_bounds_are_refused() {
        for number in ["0", "-1", "32769", "many"] {
            let parsed = Config::try_parse_from(["skerryd", "--max-sandboxes", number]);
            assert!(parsed.is_err(), "{number}");
        }
    }
}
