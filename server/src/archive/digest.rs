//! Digests: what content is named by, and how it is known again.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

const PREFIX: &str = "sha256:";
/// Hexadecimal digits.
const DIGITS: usize = 64;

/// `sha256:` and 64 lower-case hexadecimal digits: safe as part of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(String);

/// Not a SHA-256 digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no digest: want `sha256:` and 64 digits of 0-9a-f")]
pub struct DigestError(String);

/// The most of a text that an error repeats.
const SHOWN_CHARACTERS: usize = 100;

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let hex = text.strip_prefix(PREFIX).filter(|hex| hex.len() == DIGITS);
        match hex.is_some_and(|hex| hex.bytes().all(digit)) {
            true => Ok(Self(text.to_owned())),
            false => Err(DigestError(text.chars().take(SHOWN_CHARACTERS).collect())),
        }
    }
}

impl Digest {
    /// Of these bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut hasher = Hasher::default();
        hasher.update(bytes);
        hasher.finish()
    }

    /// With its prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its digits.
    pub(crate) fn hex(&self) -> &str {
        &self.0[PREFIX.len()..]
    }

    /// Of its digits alone, as a blob's file is named.
    pub(crate) fn from_hex(hex: &str) -> Result<Self, DigestError> {
        format!("{PREFIX}{hex}").parse()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Makes a digest of what it is given.
#[derive(Default, Clone)]
pub(crate) struct Hasher(Sha256);

impl Hasher {
    /// More of the content.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all of it.
    pub(crate) fn finish(self) -> Digest {
        use fmt::Write;
        let mut text = PREFIX.to_owned();
        for byte in self.0.finalize() {
            write!(text, "{byte:02x}").expect("a String takes any text");
        }
        Digest(text)
    }
}

/// Makes a digest of what is read through it.
pub(crate) struct HashedReader<R> {
    inner: R,
    hasher: Hasher,
}

impl<R: Read> HashedReader<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self { inner, hasher: Hasher::default() }
    }

    /// Reads what is left and answers with the digest of all.
    pub(crate) fn finish(mut self) -> io::Result<Digest> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(self.hasher.finish())
    }
}

impl<R: Read> Read for HashedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..read]);
        Ok(read)
    }
}

/// Counts and digests what is written through it.
pub(crate) struct HashedWriter<W> {
    pub(crate) inner: W,
    pub(crate) hasher: Hasher,
    pub(crate) length: u64,
}

impl<W: Write> HashedWriter<W> {
    pub(crate) fn new(inner: W) -> Self {
        Self { inner, hasher: Hasher::default(), length: 0 }
    }
}

impl<W: Write> Write for HashedWriter<W> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(data)?;
        self.hasher.update(&data[..written]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The digest of what was read through a [`LaggingReader`], but for so many
/// bytes at the end of it.
#[derive(Clone)]
pub(crate) struct Lag {
    state: Rc<RefCell<(Hasher, Vec<u8>)>>,
    bytes: usize,
}

impl Lag {
    /// Of what was read up to now.
    pub(crate) fn digest(&self) -> Digest {
        self.state.borrow().0.clone().finish()
    }
}

/// Makes a digest of what is read through it, as far as it is sure that more
/// comes.
pub(crate) struct LaggingReader<R> {
    inner: R,
    lag: Lag,
}

impl<R: Read> LaggingReader<R> {
    /// Leaves out the last `bytes`.
    pub(crate) fn new(inner: R, bytes: usize) -> (Self, Lag) {
        let lag = Lag { state: Rc::default(), bytes };
        (Self { inner, lag: lag.clone() }, lag)
    }
}

impl<R: Read> Read for LaggingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let (hasher, waiting) = &mut *self.lag.state.borrow_mut();
        waiting.extend_from_slice(&buffer[..read]);
        let ripe = waiting.len().saturating_sub(self.lag.bytes);
        hasher.update(&waiting[..ripe]);
        waiting.drain(..ripe);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sha256_in_lower_case_is_a_digest() {
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").as_str(), empty);
        let digest: Digest = empty.parse().unwrap();
        assert_eq!(Digest::from_hex(digest.hex()).unwrap(), digest);
        assert_eq!(HashedReader::new(&b""[..]).finish().unwrap(), digest);
        let (mut reader, lag) = LaggingReader::new(&b"content!"[..], 1);
        reader.read_to_end(&mut Vec::new()).unwrap();
        assert_eq!(lag.digest(), Digest::of(b"content"));
        let dots = format!("sha256:{}", "../".repeat(22));
        for bad in ["", "sha256:", "sha512:00", &empty.to_uppercase(), &empty[..70], &dots] {
            assert!(bad.parse::<Digest>().is_err(), "{bad}");
        }
    }
}
