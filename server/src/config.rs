//! What the daemon is told at its start: flags, then the environment, then
//! defaults. Checks, and has no effects.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use axum::http::{HeaderValue, Uri};
use clap::Parser;

use crate::preview::Domain;
use crate::rest::Origins;
use crate::storage::StorageChoice;

/// Where it listens when it is not told.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:4000";
/// Where it keeps everything when it is not told.
pub const DEFAULT_DATA_DIR: &str = "/var/lib/skerry";

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
    /// What keeps disks and volumes: chosen at the data directory's first start
    #[arg(long, env = "SKERRY_STORAGE", value_enum, default_value_t, value_name = "DRIVER")]
    pub storage: StorageChoice,
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
    #[arg(long, env = "SKERRY_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,
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
    /// Relative to what depends on where it was started.
    #[error("--data-dir must be an absolute path, is {}", .0.display())]
    RelativeDataDir(PathBuf),
    /// The same.
    #[error("--docker-config must be an absolute path, is {}", .0.display())]
    RelativeDockerConfig(PathBuf),
}

impl Config {
    /// Whose scripts may call.
    pub fn origins(&self) -> Origins {
        Origins::new(self.cors_origin.clone())
    }

    /// Checks what flags can't say by themselves.
    pub fn checked(self) -> Result<Self, ConfigError> {
        if self.no_auth && !self.listen.ip().to_canonical().is_loopback() {
            return Err(ConfigError::OpenToTheNetwork(self.listen));
        }
        if !self.data_dir.is_absolute() {
            return Err(ConfigError::RelativeDataDir(self.data_dir));
        }
        if let Some(path) = self.docker_config.as_ref().filter(|path| !path.is_absolute()) {
            return Err(ConfigError::RelativeDockerConfig(path.clone()));
        }
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
