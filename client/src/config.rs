//! Which daemon to talk to, and what opens it.

use std::env::{self, VarError};
use std::fmt;
use std::io;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use tonic::metadata::{Ascii, MetadataValue};

use crate::address::{Address, AddressError, Scheme};
use crate::ca::{Ca, CaError};
use crate::saved::{self, saved_tokens_path};

const ADDRESS: &str = "SKERRY_ADDRESS";
const TOKEN: &str = "SKERRY_TOKEN";
const TLS_CA: &str = "SKERRY_TLS_CA";
const DATA_DIR: &str = "SKERRY_DATA_DIR";
/// Where a daemon keeps its data unless told otherwise.
const DEFAULT_DATA_DIR: &str = "/var/lib/skerry";
/// What a daemon writes its admin token to, for clients on its machine.
const TOKEN_FILE: &str = "admin.token";
/// What a daemon listens on for clients on its machine.
const SOCKET_FILE: &str = "skerry.sock";

/// Why the environment names no daemon.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// `SKERRY_ADDRESS` is not an address.
    #[error("{ADDRESS}={value}: {cause}")]
    Address {
        /// What it is.
        value: String,
        /// What is wrong with it.
        cause: AddressError,
    },
    /// `SKERRY_TOKEN` is not a token.
    #[error("{TOKEN}: {0}")]
    Token(#[from] TokenError),
    /// The file of `SKERRY_TLS_CA` can't be used.
    #[error("{TLS_CA}: {0}")]
    Ca(#[from] CaError),
    /// A variable is not UTF-8.
    #[error("{0} is not UTF-8")]
    NotUnicode(&'static str),
}

/// A text that can't be sent as a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a token is printable ASCII without spaces, and not empty")]
pub struct TokenError;

/// What a daemon knows its caller by. `Debug` doesn't show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The metadata value that carries it.
    pub(crate) fn bearer(&self) -> MetadataValue<Ascii> {
        let mut value: MetadataValue<Ascii> = format!("Bearer {}", self.0)
            .parse()
            .expect("a token was checked to be printable ASCII");
        value.set_sensitive(true);
        value
    }
}

impl FromStr for Token {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let text = text.trim();
        let valid = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if valid { Ok(Self(text.to_owned())) } else { Err(TokenError) }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

/// Where a token came from, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenSource {
    /// The caller gave it.
    Given,
    /// The environment's `SKERRY_TOKEN`.
    Environment,
    /// The file that a daemon on this machine wrote.
    File(PathBuf),
    /// None: that file can't be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        kind: io::ErrorKind,
    },
    /// None: that file holds no token.
    Malformed(PathBuf),
    /// The file of tokens that were paired for.
    Saved(PathBuf),
    /// None: over a socket of this machine the daemon sees who calls.
    Socket,
    /// None: the address is not on this machine, so no file was looked for.
    Remote,
}

/// Which daemon to talk to, and with what token.
///
/// ```no_run
/// use skerry_client::{Client, Config};
///
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let config = Config::at("10.0.0.7:4000".parse()?).with_token("sk_…".parse()?);
/// let client = Client::new(&config);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The daemon's address.
    pub address: Address,
    /// Sent with each call; a daemon with `--no-auth` needs none.
    pub token: Option<Token>,
    /// Where the token came from.
    pub token_source: TokenSource,
    /// Who must have signed the daemon's certificate, over TLS; `None`: one of
    /// the system's authorities.
    pub ca: Option<Ca>,
}

impl Config {
    /// The daemon at this address. On a loopback address the token is the one
    /// in `admin.token` of the data directory (`SKERRY_DATA_DIR`, or
    /// /var/lib/skerry), where that can be read; else it is one that was
    /// paired for with this address, where there is one.
    pub fn at(address: Address) -> Self {
        if address.is_socket() {
            return Self { address, token: None, token_source: TokenSource::Socket, ca: None };
        }
        let (token, token_source) = match address.is_loopback() {
            true => read_token(&data_dir().join(TOKEN_FILE)),
            false => (None, TokenSource::Remote),
        };
        let saved = || {
            let path = saved_tokens_path()?;
            Some((saved::find(&path, &address)?, TokenSource::Saved(path)))
        };
        let saved = if token.is_none() { saved() } else { None };
        let found = saved.map(|(token, source)| (Some(token), source));
        let (token, token_source) = found.unwrap_or((token, token_source));
        Self { address, token, token_source, ca: None }
    }

    /// The daemon at this address, without a token.
    pub fn without_token(address: Address) -> Self {
        Self { address, token: None, token_source: TokenSource::Remote, ca: None }
    }

    /// The daemon that the environment names: `SKERRY_ADDRESS`, else the
    /// socket of the one on this machine, where that can be used, else
    /// 127.0.0.1:4000; and `SKERRY_TOKEN`, else as [`Config::at`]; over TLS
    /// with the authority in the file that `SKERRY_TLS_CA` names, else with the
    /// system's.
    ///
    /// # Errors
    ///
    /// A variable that doesn't hold what it should. A missing token is no
    /// error here: the daemon may not want one.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::or_env(None, None, None)
    }

    /// As [`Config::from_env`], with what is given here in place of what the
    /// environment says.
    ///
    /// # Errors
    ///
    /// A variable that is asked for and doesn't hold what it should.
    pub fn or_env(
        address: Option<Address>,
        token: Option<Token>,
        ca: Option<Ca>,
    ) -> Result<Self, ConfigError> {
        let address = match address {
            Some(address) => address,
            None => address_from_env()?,
        };
        let ca = match (ca, address.scheme()) {
            (None, Scheme::Https) => ca_from_env()?,
            (ca, _) => ca,
        };
        if let Some(token) = token {
            let (token, token_source) = (Some(token), TokenSource::Given);
            return Ok(Self { address, token, token_source, ca });
        }
        match variable(TOKEN)? {
            None => Ok(Self { ca, ..Self::at(address) }),
            Some(value) => Ok(Self {
                address,
                token: Some(value.parse()?),
                token_source: TokenSource::Environment,
                ca,
            }),
        }
    }

    /// The same daemon with this token.
    pub fn with_token(self, token: Token) -> Self {
        Self { token: Some(token), token_source: TokenSource::Given, ..self }
    }

    /// The same daemon, over TLS with this authority alone.
    pub fn with_ca(self, ca: Ca) -> Self {
        Self { ca: Some(ca), ..self }
    }
}

fn address_from_env() -> Result<Address, ConfigError> {
    match variable(ADDRESS)? {
        None => Ok(local_socket().unwrap_or_default()),
        Some(value) => value.parse().map_err(|cause| ConfigError::Address { value, cause }),
    }
}

fn data_dir() -> PathBuf {
    env::var_os(DATA_DIR).map_or_else(|| DEFAULT_DATA_DIR.into(), PathBuf::from)
}

/// The socket of the daemon on this machine, where one listens that lets in.
fn local_socket() -> Option<Address> {
    let path = data_dir().join(SOCKET_FILE);
    UnixStream::connect(&path).ok()?;
    Address::socket(&path)
}

fn ca_from_env() -> Result<Option<Ca>, ConfigError> {
    match env::var_os(TLS_CA).filter(|value| !value.is_empty()) {
        None => Ok(None),
        Some(path) => Ok(Some(Ca::read(Path::new(&path))?)),
    }
}

/// A variable's value; an empty one counts as unset.
fn variable(name: &'static str) -> Result<Option<String>, ConfigError> {
    match env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(ConfigError::NotUnicode(name)),
    }
}

fn read_token(path: &Path) -> (Option<Token>, TokenSource) {
    let path = path.to_owned();
    match std::fs::read_to_string(&path) {
        Err(error) => (None, TokenSource::Unreadable { path, kind: error.kind() }),
        Ok(text) => match text.parse() {
            Ok(token) => (Some(token), TokenSource::File(path)),
            Err(TokenError) => (None, TokenSource::Malformed(path)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_one_printable_word_and_is_not_shown() {
        let token: Token = " sk_abc\n".parse().expect("a token");
        assert_eq!(token.bearer().to_str().ok(), Some("Bearer sk_abc"));
        assert_eq!(format!("{token:?}"), "Token(…)");
        assert!(token.bearer().is_sensitive());
        for bad in ["", " \n", "a b", "a\nb", "é", "a\u{0}"] {
            assert_eq!(bad.parse::<Token>(), Err(TokenError), "{bad:?}");
        }
    }

    #[test]
    fn a_token_file_is_read_or_said_why_not() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join(TOKEN_FILE);
        let (token, source) = read_token(&path);
        assert_eq!(token, None);
        let kind = io::ErrorKind::NotFound;
        assert_eq!(source, TokenSource::Unreadable { path: path.clone(), kind });

        std::fs::write(&path, "sk_1\n").expect("written");
        let (token, source) = read_token(&path);
        assert_eq!((token.is_some(), source), (true, TokenSource::File(path.clone())));

        std::fs::write(&path, "\n").expect("written");
        assert_eq!(read_token(&path), (None, TokenSource::Malformed(path)));
    }

    #[test]
    fn another_machine_gets_no_local_token() {
        let config = Config::at("192.0.2.1:4000".parse().expect("an address"));
        assert_eq!((config.token, config.token_source), (None, TokenSource::Remote));
    }
}
