//! Archives that come and go in pieces, between an async caller and the thread
//! that unpacks or writes them.

use std::io::{self, Read, Write};

use bytes::{Buf, Bytes, BytesMut};
use tokio::sync::{mpsc, oneshot};

use super::reader::ReadStop;
use super::unpack::UnpackError;

/// Pieces on their way: one is being worked on while the next ones arrive.
const QUEUED_PIECES: usize = 4;
/// Bytes of one piece that goes out.
const PIECE_BYTES: usize = 256 << 10;

/// A piece of an archive, or that it was the last one.
enum Piece {
    Data(Bytes),
    End,
}

/// Says that it has failed already; [`Intake::finish`] tells why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed;

/// Where a caller's pieces go. Dropped before [`PieceSender::end`], they have
/// no end.
pub(crate) struct PieceSender(mpsc::Sender<Piece>);

/// Reads the pieces as one stream. An end that was not announced is an error:
/// it is how a caller that went away looks.
pub(crate) struct PieceReader {
    pieces: mpsc::Receiver<Piece>,
    piece: Bytes,
    ended: bool,
}

/// Pieces that come in.
pub(crate) fn incoming() -> (PieceSender, PieceReader) {
    let (sender, pieces) = mpsc::channel(QUEUED_PIECES);
    (PieceSender(sender), PieceReader { pieces, piece: Bytes::new(), ended: false })
}

impl PieceSender {
    /// Hands over the next piece; waits while the disk is slower.
    pub(crate) async fn piece(&self, data: Bytes) -> Result<(), Failed> {
        self.0.send(Piece::Data(data)).await.map_err(|_| Failed)
    }

    /// Says that all pieces were given.
    pub(crate) async fn end(self) {
        // Where the reader has failed already, its outcome says so.
        let _failed = self.0.send(Piece::End).await;
    }
}

impl Read for PieceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && !self.ended {
            match self.pieces.blocking_recv() {
                Some(Piece::Data(data)) => self.piece = data,
                Some(Piece::End) => self.ended = true,
                None => return Err(ReadStop::Aborted.into()),
            }
        }
        let length = self.piece.len().min(buffer.len());
        self.piece.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}

/// An archive that comes in, and what is made of it. Dropping it before
/// [`Intake::finish`] undoes it, in the background.
pub struct Intake<T, E> {
    pieces: PieceSender,
    outcome: oneshot::Receiver<Result<T, E>>,
}

impl<T, E: From<UnpackError>> Intake<T, E> {
    /// Of a task that reads the other end of `pieces` and answers.
    pub(crate) fn new(pieces: PieceSender, outcome: oneshot::Receiver<Result<T, E>>) -> Self {
        Self { pieces, outcome }
    }

    /// Hands over the next piece; waits while the disk is slower.
    pub async fn piece(&mut self, data: Bytes) -> Result<(), Failed> {
        self.pieces.piece(data).await
    }

    /// Undoes it, and waits until nothing of it is left.
    pub async fn abort(self) {
        drop(self.pieces);
        // Its failure is what was asked for.
        let _aborted = self.outcome.await;
    }

    /// Says that all pieces were given, and waits for what is made of them.
    pub async fn finish(self) -> Result<T, E> {
        self.pieces.end().await;
        self.outcome.await.unwrap_or_else(|_| Err(UnpackError::Aborted.into()))
    }
}

/// Where pieces that go out come from; an error is the last of them.
pub(crate) type Pieces<E> = mpsc::Receiver<Result<Bytes, E>>;

/// Cuts what is written into pieces that go out.
pub(crate) struct PieceWriter<'a, E> {
    pieces: &'a mpsc::Sender<Result<Bytes, E>>,
    piece: BytesMut,
}

/// Pieces that go out.
pub(crate) fn outgoing<E>() -> (mpsc::Sender<Result<Bytes, E>>, Pieces<E>) {
    mpsc::channel(QUEUED_PIECES)
}

impl<'a, E> PieceWriter<'a, E> {
    pub(crate) fn new(pieces: &'a mpsc::Sender<Result<Bytes, E>>) -> Self {
        Self { pieces, piece: BytesMut::new() }
    }
}

impl<E> Write for PieceWriter<'_, E> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let part = &data[..data.len().min(PIECE_BYTES - self.piece.len())];
        self.piece.extend_from_slice(part);
        if self.piece.len() == PIECE_BYTES {
            self.flush()?;
        }
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = self.piece.split().freeze();
        self.pieces.blocking_send(Ok(piece)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
