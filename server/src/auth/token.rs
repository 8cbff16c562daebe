//! Tokens: 256 random bits, of which the store keeps the hash.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::{Grant, NewToken};
use crate::model::TokenId;
use crate::store::{Record, TableName};

/// What every token starts with, so that people and secret scanners know one.
const PREFIX: &str = "tok_";
/// What the admin's token is called.
const ADMIN_NAME: &str = "admin";
/// More than can be guessed.
const SECRET_BYTES: usize = 32;

/// A token in plain text; shown by nothing but [`Token::secret`].
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Makes one from the operating system's random numbers.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut secret = [0; SECRET_BYTES];
        getrandom::fill(&mut secret)?;
        Ok(Self(format!("{PREFIX}{}", blake3::Hash::from_bytes(secret).to_hex())))
    }

    /// Reads one as it stands in a file; `None` where it is none.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim_ascii();
        let digits = text.strip_prefix(PREFIX)?;
        let valid =
            digits.len() == 2 * SECRET_BYTES && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        valid.then(|| Self(text.to_owned()))
    }

    /// The text that opens the daemon.
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// What the store keeps of it.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(self.0.as_bytes())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

/// The hash of a token. A plain fast hash: the token has 256 random bits, so
/// there is nothing to guess.
#[derive(Debug, Clone, Copy)]
pub struct TokenHash([u8; 32]);

/// In a time that does not depend on where they differ.
impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for TokenHash {}

impl Hash for TokenHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl TokenHash {
    /// Hashes what a caller shows.
    pub fn of(secret: &[u8]) -> Self {
        Self(*blake3::hash(secret).as_bytes())
    }

    /// Reads one as the store has it.
    pub fn from_hex(text: &str) -> Option<Self> {
        blake3::Hash::from_hex(text).ok().map(|hash| Self(*hash.as_bytes()))
    }

    /// As the store has it.
    pub fn to_hex(self) -> String {
        blake3::Hash::from_bytes(self.0).to_hex().to_string()
    }

    /// Half of it, to make an id from.
    pub(super) fn to_uuid(self) -> u128 {
        let (half, _) = self.0.split_at(16);
        half.iter().fold(0, |number, byte| number << 8 | u128::from(*byte))
    }
}

/// A token's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRecord {
    /// Its hash, in hexadecimal digits.
    pub hash: String,
    /// When it was made.
    pub create_time: SystemTime,
    /// Its id.
    pub id: TokenId,
    /// What its maker calls it.
    pub name: String,
    /// What it reaches and lets do.
    pub grant: Grant,
    /// When it ends; `None`: never.
    pub expire_time: Option<SystemTime>,
    /// When it was last shown, as far as that was written down.
    pub last_use_time: Option<SystemTime>,
    /// The device that it was paired with; empty: none.
    pub device_name: String,
    /// The token that made it.
    pub created_by: Option<TokenId>,
    /// Its secret is kept outside: the admin's, in its file, and those that
    /// the daemon was started with.
    pub fixed: bool,
}

/// What the records held before tokens had scopes.
#[derive(Deserialize)]
struct FirstVersion {
    hash: String,
    create_time: SystemTime,
}

impl TokenRecord {
    /// Of a token that is made now.
    pub(super) fn of(token: &Token, new: NewToken) -> Self {
        Self {
            hash: token.hash().to_hex(),
            create_time: SystemTime::now(),
            id: TokenId::from_uuid(uuid::Uuid::now_v7().as_u128()),
            name: new.name,
            grant: new.grant,
            expire_time: new.expire_time,
            last_use_time: None,
            device_name: new.device_name,
            created_by: new.created_by,
            fixed: false,
        }
    }

    /// The admin's, which has the file.
    pub(super) fn admin(hash: TokenHash, create_time: SystemTime) -> Self {
        Self::fixed(hash, ADMIN_NAME.to_owned(), create_time)
    }

    /// Of an admin's token that the daemon was given and did not make.
    pub(super) fn fixed(hash: TokenHash, name: String, create_time: SystemTime) -> Self {
        Self {
            hash: hash.to_hex(),
            create_time,
            id: TokenId::from_uuid(hash.to_uuid()),
            name,
            grant: Grant::default(),
            expire_time: None,
            last_use_time: None,
            device_name: String::new(),
            created_by: None,
            fixed: true,
        }
    }
}

impl Record for TokenRecord {
    const TABLE: TableName = TableName::Tokens;
    /// 2: id, name, scope and all that follows.
    const VERSION: u8 = 2;

    fn key(&self) -> &str {
        &self.hash
    }

    /// The first version had the admin's token alone.
    fn migrate(_version: u8, payload: &[u8]) -> Result<Self, serde_json::Error> {
        let first: FirstVersion = serde_json::from_slice(payload)?;
        let hash = TokenHash::from_hex(&first.hash);
        let hash = hash.ok_or_else(|| serde::de::Error::custom("the hash is none"))?;
        Ok(Self::admin(hash, first.create_time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_hides_itself() {
        let token = Token::generate().unwrap();
        assert_eq!(Token::read(&format!("{}\n", token.secret())), Some(token.clone()));
        assert_eq!(token.secret().len(), 68);
        assert!(!format!("{token:?}").contains(&token.secret()[4..]));
        assert_ne!(token, Token::generate().unwrap());
        for text in ["", "tok_", "tok_12", &token.secret()[1..], &format!("{}0", token.secret())] {
            assert_eq!(Token::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_hash_reads_back_from_its_digits() {
        let hash = Token::generate().unwrap().hash();
        assert_eq!(TokenHash::from_hex(&hash.to_hex()), Some(hash));
        assert_ne!(hash, Token::generate().unwrap().hash());
        assert!(TokenHash::from_hex("no hash").is_none());
    }
}
