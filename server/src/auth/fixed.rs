//! Tokens that the daemon is started with: an admin's each, and not in the
//! records.

use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use super::{TokenHash, TokenRecord};

/// Characters of a secret: a shorter one could be guessed.
const MIN_SECRET: usize = 16;
const MAX_SECRET: usize = 512;
const MAX_NAME: usize = 128;

/// A token that the daemon is started with; its secret is not kept.
#[derive(Clone, PartialEq, Eq)]
pub struct StaticToken {
    name: String,
    hash: TokenHash,
}

impl StaticToken {
    pub(super) fn hash(&self) -> TokenHash {
        self.hash
    }

    pub(super) fn record(&self, now: SystemTime) -> TokenRecord {
        TokenRecord::fixed(self.hash, self.name.clone(), now)
    }
}

impl FromStr for StaticToken {
    type Err = String;

    /// Takes `NAME=SECRET` and `NAME:SECRET`.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once(['=', ':']).map(|(name, secret)| (name.trim(), secret.trim()));
        let (name, secret) = parts.ok_or("must be NAME=SECRET or NAME:SECRET")?;
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        if name.is_empty() || name.len() > MAX_NAME || !plain(name) {
            return Err(format!("the name must be 1 to {MAX_NAME} visible ASCII characters"));
        }
        if !(MIN_SECRET..=MAX_SECRET).contains(&secret.len()) || !plain(secret) {
            let wanted = format!("must be {MIN_SECRET} to {MAX_SECRET} visible ASCII characters");
            return Err(format!("the secret of {name} {wanted}; `openssl rand -hex 32` makes one"));
        }
        Ok(Self { name: name.to_owned(), hash: TokenHash::of(secret.as_bytes()) })
    }
}

impl fmt::Debug for StaticToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "StaticToken({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_a_secret_are_divided_by_either_sign() {
        let secret = "0123456789abcdef";
        let token = |text: &str| text.parse::<StaticToken>();
        let plain = token(&format!("ci={secret}")).unwrap();
        assert_eq!((plain.name.as_str(), plain.hash), ("ci", TokenHash::of(secret.as_bytes())));
        assert_eq!(token(&format!(" ci : {secret} ")).unwrap(), plain);
        // What follows the first sign is all secret.
        let signs = token(&format!("ci={secret}=:")).unwrap();
        assert_eq!(signs.hash, TokenHash::of(format!("{secret}=:").as_bytes()));
        for text in ["", "ci", secret, "ci=short", &format!("={secret}"), "ci=0123456789 abcdef"] {
            assert!(token(text).is_err(), "{text:?}");
        }
        assert!(!format!("{plain:?}").contains(secret));
    }
}
