//! The bytes of an archive: out of whichever wrapping they came in, and
//! never more of them than is agreed.

use std::cell::Cell;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

use flate2::read::MultiGzDecoder;

/// The most bytes that an archive may unwrap to: the most that its files may
/// have (`unpack::MAX_FILE_BYTES`) and as much again in 16th parts for headers
/// and padding. It also bounds what a compressed bomb costs.
pub(crate) const MAX_ARCHIVE_BYTES: u64 = (64 << 30) + (4 << 30);
/// The most bytes of headers before one member: long names and extended
/// attributes are kept in memory while they are read.
const MAX_HEADER_BYTES: u64 = 1 << 20;
/// What a wrapping is told by.
const MAGIC_BYTES: usize = 6;
/// The largest window that a zstd frame may ask for, as its power of two:
/// 128 MiB, what `zstd --ultra -22` makes.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// Why no more bytes come, where the archive itself is not to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReadStop {
    /// Whoever sends it went away.
    #[error("the archive's sender went away")]
    Aborted,
    /// More than it may have.
    #[error("the archive has more bytes than it may have")]
    TooBig,
    /// More than [`MAX_HEADER_BYTES`] of headers for one member.
    #[error("a member's headers have more than {MAX_HEADER_BYTES} bytes")]
    HeadersTooBig,
    /// A wrapping that is not read here.
    #[error("compressed with {0}; use gzip, zstd or no compression")]
    UnknownWrapping(&'static str),
}

impl From<ReadStop> for io::Error {
    fn from(stop: ReadStop) -> Self {
        io::Error::other(stop)
    }
}

impl ReadStop {
    /// The stop that this error carries, where it carries one. A decoder may
    /// have wrapped it.
    pub(crate) fn of(error: &io::Error) -> Option<Self> {
        let inner = error.get_ref()?;
        match inner.downcast_ref::<Self>() {
            Some(stop) => Some(*stop),
            None => Self::of(inner.downcast_ref::<io::Error>()?),
        }
    }
}

/// How many bytes may still be read; shared by the reader and whoever knows
/// whether headers or a file's content come next.
#[derive(Debug, Clone)]
pub(crate) struct Allowance {
    total: Rc<Cell<u64>>,
    header: Rc<Cell<Option<u64>>>,
    exhausted: Rc<Cell<bool>>,
}

impl Allowance {
    /// As much as one image may have, however many archives it comes in.
    pub(crate) fn new() -> Self {
        Self::of(MAX_ARCHIVE_BYTES)
    }

    /// So many bytes.
    pub(crate) fn of(total: u64) -> Self {
        Self {
            total: Rc::new(Cell::new(total)),
            header: Rc::new(Cell::new(None)),
            exhausted: Rc::new(Cell::new(false)),
        }
    }

    /// So many bytes from now on.
    pub(crate) fn set_total(&self, bytes: u64) {
        self.total.set(bytes);
    }

    /// Headers come next.
    pub(crate) fn expect_headers(&self) {
        self.header.set(Some(MAX_HEADER_BYTES));
    }

    /// A file's content comes next.
    pub(crate) fn expect_content(&self) {
        self.header.set(None);
    }

    /// Whether the last byte was read and more was asked for.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.exhausted.get()
    }

    /// How many of `wanted` bytes may be read now: at least one.
    fn grant(&self, wanted: usize) -> Result<usize, ReadStop> {
        let header = self.header.get().unwrap_or(u64::MAX);
        match self.total.get().min(header) {
            0 if header == 0 => Err(ReadStop::HeadersTooBig),
            0 => Err(ReadStop::TooBig),
            left => Ok(wanted.min(usize::try_from(left).unwrap_or(usize::MAX))),
        }
    }

    fn spend(&self, read: usize) {
        let read = read as u64;
        self.total.set(self.total.get().saturating_sub(read));
        self.header.set(self.header.get().map(|left| left.saturating_sub(read)));
    }
}

/// Reads an archive's own bytes, unwrapped and bounded.
pub(crate) struct ArchiveReader<'a> {
    unwrapped: Box<dyn Read + 'a>,
    allowance: Allowance,
}

impl<'a> ArchiveReader<'a> {
    /// Looks at the first bytes of `source` to tell how it is wrapped.
    pub(crate) fn open(mut source: impl Read + 'a, allowance: Allowance) -> io::Result<Self> {
        let mut magic = [0; MAGIC_BYTES];
        let known = read_up_to(&mut source, &mut magic)?;
        let source = io::Cursor::new(magic).take(known as u64).chain(source);
        let unwrapped: Box<dyn Read + 'a> = match &magic[..known] {
            [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(BufReader::new(source))),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => {
                let mut decoder = zstd::stream::read::Decoder::new(source)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
                Box::new(decoder)
            }
            [0xfd, b'7', b'z', b'X', b'Z', 0] => return Err(ReadStop::UnknownWrapping("xz").into()),
            [b'B', b'Z', b'h', ..] => return Err(ReadStop::UnknownWrapping("bzip2").into()),
            _ => Box::new(source),
        };
        Ok(Self { unwrapped, allowance })
    }
}

impl Read for ArchiveReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let granted = self.allowance.grant(buffer.len())?;
        let read = self.unwrapped.read(&mut buffer[..granted])?;
        self.allowance.spend(read);
        self.allowance.exhausted.set(read == 0);
        Ok(read)
    }
}

/// Reads until the buffer is full or the source ends.
fn read_up_to(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unwrap(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        ArchiveReader::open(bytes, Allowance::new())?.read_to_end(&mut content)?;
        Ok(content)
    }

    #[test]
    fn plain_gzip_and_zstd_are_told_by_their_first_bytes() {
        let content = b"some content, long enough".repeat(100);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        io::Write::write_all(&mut gzip, &content).unwrap();
        assert_eq!(unwrap(&content).unwrap(), content);
        assert_eq!(unwrap(&gzip.finish().unwrap()).unwrap(), content);
        assert_eq!(unwrap(&zstd::encode_all(&content[..], 1).unwrap()).unwrap(), content);
        assert_eq!(unwrap(b"").unwrap(), b"");
    }

    #[test]
    fn a_wrapping_that_is_not_read_is_named() {
        let error = unwrap(b"\xfd7zXZ\0rest").unwrap_err();
        assert_eq!(ReadStop::of(&error), Some(ReadStop::UnknownWrapping("xz")));
    }

    #[test]
    fn headers_have_a_bound_of_their_own() {
        let allowance = Allowance::new();
        let mut reader = ArchiveReader::open(io::repeat(b'x'), allowance.clone()).unwrap();
        allowance.expect_headers();
        let error = io::copy(&mut reader, &mut io::sink()).unwrap_err();
        assert_eq!(ReadStop::of(&error), Some(ReadStop::HeadersTooBig));
        allowance.expect_content();
        assert_eq!(reader.read(&mut [0; 10]).unwrap(), 10);
    }
}
