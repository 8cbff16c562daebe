//! Archives compressed on their way out and decompressed on their way in, a
//! piece at a time: what a bomb holds is only as much as its reader takes.
//!
//! The libraries block, so each archive has a thread of the blocking pool
//! between two short queues.

use std::io::{self, Read, Write};

use bytes::{Buf, Bytes};
use skerry_api::v1::ArchiveFormat;
use tokio::sync::mpsc;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Pieces that wait in a queue.
const QUEUE: usize = 4;
const PIECE: usize = 256 << 10;
/// Memory that a Zstandard frame may ask for: 2^27 bytes, as `zstd` has it.
const ZSTD_WINDOW_LOG: u32 = 27;
const ZSTD_LEVEL: i32 = 3;

/// What goes in, what comes out, and how it ended.
pub(super) struct Codec {
    pub(super) input: mpsc::Sender<Bytes>,
    pub(super) output: mpsc::Receiver<Bytes>,
    pub(super) ended: tokio::task::JoinHandle<io::Result<()>>,
}

/// Turns a tar archive into what was asked for.
pub(super) fn compress(format: ArchiveFormat) -> Codec {
    start(move |input, output| match format {
        ArchiveFormat::Unspecified | ArchiveFormat::Tar => copy(input, output),
        ArchiveFormat::TarGz => {
            let mut encoder = flate2::write::GzEncoder::new(output, flate2::Compression::default());
            io::copy(&mut input.buffered(), &mut encoder)?;
            encoder.finish()?.flush()
        }
        ArchiveFormat::TarZst => {
            let mut encoder = zstd::Encoder::new(output, ZSTD_LEVEL)?;
            io::copy(&mut input.buffered(), &mut encoder)?;
            encoder.finish()?.flush()
        }
        ArchiveFormat::Zip => to_zip(input, output),
    })
}

/// Turns what came into a tar archive.
pub(super) fn decompress(format: ArchiveFormat) -> Codec {
    start(move |input, output| match format {
        ArchiveFormat::TarGz => copy(flate2::read::MultiGzDecoder::new(input), output),
        ArchiveFormat::TarZst => {
            let mut decoder = zstd::Decoder::new(input)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            copy(decoder, output)
        }
        _ => copy(input, output),
    })
}

fn start(turn: impl FnOnce(Input, Output) -> io::Result<()> + Send + 'static) -> Codec {
    let (input, pieces) = mpsc::channel(QUEUE);
    let (turned, output) = mpsc::channel(QUEUE);
    let ended = tokio::task::spawn_blocking(move || {
        let input = Input { pieces, left: Bytes::new() };
        turn(input, Output { pieces: turned, waiting: Vec::new() })
    });
    Codec { input, output, ended }
}

fn copy(mut from: impl Read, mut to: Output) -> io::Result<()> {
    io::copy(&mut from, &mut to)?;
    to.flush()
}

/// Members as they come: a zip's directory is at its end.
fn to_zip(input: Input, output: Output) -> io::Result<()> {
    let mut archive = tar::Archive::new(input);
    let mut zip = ZipWriter::new_stream(output);
    for member in archive.entries()? {
        let mut member = member?;
        let name = String::from_utf8_lossy(&member.path_bytes()).into_owned();
        let mode = member.header().mode()?;
        let options =
            SimpleFileOptions::default().unix_permissions(mode).large_file(member.size() >> 31 > 0);
        match member.header().entry_type() {
            tar::EntryType::Directory => zip.add_directory(name, options)?,
            tar::EntryType::Symlink => {
                let target = member.link_name_bytes().unwrap_or_default();
                zip.add_symlink(name, String::from_utf8_lossy(&target), options)?;
            }
            _ => {
                zip.start_file(name, options)?;
                io::copy(&mut member, &mut zip)?;
            }
        }
    }
    zip.finish()?.into_inner().flush()
}

struct Input {
    pieces: mpsc::Receiver<Bytes>,
    left: Bytes,
}

impl Input {
    fn buffered(self) -> io::BufReader<Self> {
        io::BufReader::with_capacity(PIECE, self)
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.left.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.left = piece,
                None => return Ok(0),
            }
        }
        let taken = buffer.len().min(self.left.len());
        self.left.copy_to_slice(&mut buffer[..taken]);
        Ok(taken)
    }
}

struct Output {
    pieces: mpsc::Sender<Bytes>,
    waiting: Vec<u8>,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PIECE - self.waiting.len());
        self.waiting.extend_from_slice(&bytes[..taken]);
        if self.waiting.len() == PIECE {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::take(&mut self.waiting));
        // Nobody takes it any more.
        self.pieces.blocking_send(piece).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
