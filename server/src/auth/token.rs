//! Tokens: 256 random bits, of which the store keeps the hash.

use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::store::{Record, TableName};

/// What every token starts with, so that people and secret scanners know one.
const PREFIX: &str = "tok_";
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

    /// Compares in a time that does not depend on where they differ.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// A token's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRecord {
    /// Its hash, in hexadecimal digits.
    pub hash: String,
    /// When it was made.
    pub create_time: SystemTime,
}

impl Record for TokenRecord {
    const TABLE: TableName = TableName::Tokens;
    const VERSION: u8 = 1;

    fn key(&self) -> &str {
        &self.hash
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
        assert!(TokenHash::from_hex(&hash.to_hex()).unwrap().matches(&hash));
        assert!(TokenHash::from_hex("no hash").is_none());
    }
}
