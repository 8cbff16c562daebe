//! Keys as callers send and get them.

use russh::keys::ssh_key::private::{Ed25519Keypair, KeypairData};
use russh::keys::ssh_key::public::KeyData;
use russh::keys::ssh_key::{self, Algorithm, HashAlg, LineEnding};
use russh::keys::{PrivateKey, PublicKey};

/// Bytes of a public key's line: an RSA key of 16,384 bits has 2,800.
const MAX_LINE_BYTES: usize = 8 << 10;
/// Bits of an RSA key: fewer can be broken, and more take long to check.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=16384;
/// OpenSSH's own port, which a file of known hosts leaves out.
const USUAL_PORT: u16 = 22;

/// Why a key is not taken, or not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It can't be read.
    #[error("is no public key as OpenSSH writes it in a .pub file: {0}")]
    Unreadable(String),
    /// Of a kind that is not taken.
    #[error("must be an Ed25519, ECDSA or RSA key, is {0}")]
    Kind(String),
    /// An RSA key of a wrong length.
    #[error("an RSA key must have {} to {} bits, has {bits}", RSA_BITS.start(), RSA_BITS.end())]
    Length {
        /// Its length.
        bits: usize,
    },
    /// A key could not be made.
    #[error("no key could be made: {0}")]
    Make(String),
}

/// A caller's public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserKey(PublicKey);

impl UserKey {
    /// Reads one line of a `.pub` file.
    ///
    /// # Errors
    /// What is no key, or of a kind or length that is not taken.
    pub fn read(line: &str) -> Result<Self, KeyError> {
        if line.len() > MAX_LINE_BYTES {
            return Err(KeyError::Unreadable(format!("it has over {MAX_LINE_BYTES} bytes")));
        }
        let key = PublicKey::from_openssh(line.trim())
            .map_err(|error| KeyError::Unreadable(error.to_string()))?;
        match key.key_data() {
            KeyData::Ed25519(_) | KeyData::Ecdsa(_) => Ok(Self(key)),
            KeyData::Rsa(rsa) => match length(rsa.n().as_positive_bytes()) {
                bits if RSA_BITS.contains(&bits) => Ok(Self(key)),
                bits => Err(KeyError::Length { bits }),
            },
            _ => Err(KeyError::Kind(key.algorithm().to_string())),
        }
    }

    /// `SHA256:` and the hash of the key.
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }

    /// What stands after the key in its line.
    pub fn comment(&self) -> String {
        self.0.comment().to_string()
    }

    /// As OpenSSH writes it, without a comment.
    pub fn to_line(&self) -> String {
        line(&self.0)
    }

    pub(super) fn data(&self) -> &KeyData {
        self.0.key_data()
    }
}

fn length(number: Option<&[u8]>) -> usize {
    let bytes = number.unwrap_or_default();
    let leading = bytes.first().map_or(0, |byte| byte.leading_zeros() as usize);
    bytes.len() * 8 - leading
}

fn line(key: &PublicKey) -> String {
    let bare = PublicKey::new(key.key_data().clone(), "");
    bare.to_openssh().expect("a key that was read can be written").trim_end().to_owned()
}

/// A pair that the daemon has made for one access.
pub struct AccessKey {
    /// Its public half.
    pub public: UserKey,
    /// Its private half, in OpenSSH's form.
    pub private: String,
}

impl AccessKey {
    /// Makes an Ed25519 pair.
    ///
    /// # Errors
    /// The operating system has no random numbers.
    pub fn generate() -> Result<Self, KeyError> {
        let failed = |error: ssh_key::Error| KeyError::Make(error.to_string());
        let key = generate().map_err(KeyError::Make)?;
        let private = key.to_openssh(LineEnding::LF).map_err(failed)?.to_string();
        Ok(Self { public: UserKey(key.public_key().clone()), private })
    }
}

/// A new Ed25519 pair.
pub(super) fn generate() -> Result<PrivateKey, String> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| error.to_string())?;
    let pair = KeypairData::Ed25519(Ed25519Keypair::from_seed(&seed));
    PrivateKey::new(pair, "").map_err(|error| error.to_string())
}

/// Whether a signature of this kind is taken: RSA with SHA-1 is not.
pub(super) fn is_sound(algorithm: &Algorithm) -> bool {
    !matches!(algorithm, Algorithm::Rsa { hash: None } | Algorithm::Dsa)
}

/// The line by which a client knows the daemon.
pub(super) fn known_hosts_line(host: &str, port: u16, key: &PublicKey) -> String {
    match port {
        USUAL_PORT => format!("{host} {}", line(key)),
        _ => format!("[{host}]:{port} {}", line(key)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_pair_reads_back() {
        let pair = AccessKey::generate().unwrap();
        let private = PrivateKey::from_openssh(&pair.private).unwrap();
        assert_eq!(private.public_key().key_data(), pair.public.data());
        let line = format!("{} ada@example", pair.public.to_line());
        let read = UserKey::read(&line).unwrap();
        assert_eq!(read.data(), pair.public.data());
        assert_eq!(read.comment(), "ada@example");
        assert_eq!(read.to_line(), pair.public.to_line());
        assert!(read.fingerprint().starts_with("SHA256:"));
        assert_ne!(AccessKey::generate().unwrap().private, pair.private);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "ssh-ed25519", "ssh-ed25519 AAAA", "hello", "a\nb"] {
            assert!(matches!(UserKey::read(text), Err(KeyError::Unreadable(_))), "{text:?}");
        }
        let long = "x".repeat(MAX_LINE_BYTES + 1);
        assert!(matches!(UserKey::read(&long), Err(KeyError::Unreadable(_))));
    }

    #[test]
    fn leading_zeros_are_no_bits() {
        assert_eq!(length(Some(&[0x80; 256])), 2048);
        assert_eq!(length(Some(&[0x01, 0xff])), 9);
        assert_eq!(length(None), 0);
    }

    #[test]
    fn a_port_stands_in_brackets_unless_it_is_the_usual_one() {
        let key = generate().unwrap();
        let said = |port| known_hosts_line("box", port, key.public_key());
        assert!(said(4022).starts_with("[box]:4022 ssh-ed25519 "));
        assert!(said(22).starts_with("box ssh-ed25519 "));
    }
}
