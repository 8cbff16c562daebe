//! One piece of a log as it lies in a file.
//!
//! ```text
//! kind (1) | milliseconds since 1970 (8) | offset (8) | length (4) | content
//! ```
//!
//! Numbers are little-endian.

use std::io::{self, Read};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;

use crate::model::{ExecId, OutputStream};

const HEAD_BYTES: usize = 21;
/// The longest content: what a reader of output gets at once.
const MAX_CONTENT: usize = 1 << 20;

const STDOUT: u8 = 1;
const STDERR: u8 = 2;
const STARTED: u8 = 3;
const EXITED: u8 = 4;

/// A piece of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// When it came, to the millisecond.
    pub time: SystemTime,
    /// What it is.
    pub content: Content,
}

/// What a piece tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A main process was started.
    Started(ExecId),
    /// It has written.
    Output {
        /// Where.
        stream: OutputStream,
        /// Of the first byte, in all that this run has written.
        offset: u64,
        /// At most 1 MiB.
        data: Bytes,
    },
    /// It has ended, as a shell says it.
    Exited(i32),
}

impl Piece {
    pub(super) fn encode(&self) -> Vec<u8> {
        let exit_code;
        let (kind, offset, content): (u8, u64, &[u8]) = match &self.content {
            Content::Started(exec) => (STARTED, 0, exec.as_str().as_bytes()),
            Content::Output { stream: OutputStream::Stdout, offset, data } => {
                (STDOUT, *offset, data)
            }
            Content::Output { stream: OutputStream::Stderr, offset, data } => {
                (STDERR, *offset, data)
            }
            Content::Exited(code) => {
                exit_code = code.to_le_bytes();
                (EXITED, 0, &exit_code)
            }
        };
        let since = self.time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut bytes = Vec::with_capacity(HEAD_BYTES + content.len());
        bytes.push(kind);
        bytes.extend((since.as_millis() as u64).to_le_bytes());
        bytes.extend(offset.to_le_bytes());
        bytes.extend((content.len() as u32).to_le_bytes());
        bytes.extend(content);
        bytes
    }

    /// Reads a piece and its length; `None` where there is no whole one (yet).
    pub(super) fn read(from: &mut impl Read) -> io::Result<Option<(Self, u64)>> {
        let mut head = [0; HEAD_BYTES];
        if !fill(from, &mut head)? {
            return Ok(None);
        }
        let number =
            |from: usize| u64::from_le_bytes(head[from..from + 8].try_into().expect("eight bytes"));
        let length = u32::from_le_bytes(head[17..].try_into().expect("four bytes")) as usize;
        if length > MAX_CONTENT {
            return Err(damaged());
        }
        let mut content = vec![0; length];
        if !fill(from, &mut content)? {
            return Ok(None);
        }
        let time = UNIX_EPOCH.checked_add(Duration::from_millis(number(1))).ok_or_else(damaged)?;
        let content = content_of(head[0], number(9), content).ok_or_else(damaged)?;
        Ok(Some((Self { time, content }, (HEAD_BYTES + length) as u64)))
    }
}

fn content_of(kind: u8, offset: u64, content: Vec<u8>) -> Option<Content> {
    let output = |stream, data: Vec<u8>| Content::Output { stream, offset, data: data.into() };
    Some(match kind {
        STDOUT => output(OutputStream::Stdout, content),
        STDERR => output(OutputStream::Stderr, content),
        STARTED => Content::Started(std::str::from_utf8(&content).ok()?.parse().ok()?),
        EXITED => Content::Exited(i32::from_le_bytes(content.try_into().ok()?)),
        _ => return None,
    })
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "no piece of a log begins there")
}

/// Whether there was enough.
fn fill(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match from.read_exact(buffer) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        filled => filled.map(|()| true),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn contents() -> impl Strategy<Value = Content> {
        let output = (any::<bool>(), any::<u64>(), any::<Vec<u8>>());
        prop_oneof![
            any::<u128>().prop_map(|number| Content::Started(ExecId::from_uuid(number))),
            any::<i32>().prop_map(Content::Exited),
            output.prop_map(|(error, offset, data)| Content::Output {
                stream: if error { OutputStream::Stderr } else { OutputStream::Stdout },
                offset,
                data: data.into(),
            }),
        ]
    }

    proptest! {
        #[test]
        fn a_piece_is_read_as_it_was_written(content in contents(), millis in 0..1u64 << 45) {
            let piece = Piece { time: UNIX_EPOCH + Duration::from_millis(millis), content };
            let bytes = piece.encode();
            let (read, length) = Piece::read(&mut &bytes[..]).unwrap().expect("a whole piece");
            prop_assert_eq!(&read, &piece);
            prop_assert_eq!(length, bytes.len() as u64);
            for cut in 0..bytes.len() {
                prop_assert!(Piece::read(&mut &bytes[..cut]).unwrap().is_none());
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = Piece::read(&mut &bytes[..]);
        }
    }
}
