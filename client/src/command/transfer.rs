//! Archives: out to a file or a pipe, and in from one.

use std::io::{self, IsTerminal};
use std::path::Path;

use bytes::{Bytes, BytesMut};
use futures::stream::{self, Stream};
use skerry_client::{Export, UploadError};
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::Context;
use crate::failure::Failure;
use crate::output::TransferProgress;

/// Where an archive goes that is not asked for at a path.
pub(super) const STDOUT: &str = "-";
/// How much of an archive is read at once; the API takes up to 1 MiB.
const CHUNK_SIZE: usize = 256 << 10;

/// Refuses a terminal, before anything is asked of the daemon.
pub(super) fn check_target(what: &str, path: &Path) -> Result<(), Failure> {
    if path == Path::new(STDOUT) && io::stdout().is_terminal() {
        return Err(Failure::new(what, "stdout is a terminal", "give a file, or pipe it on"));
    }
    Ok(())
}

/// Writes an archive to a file or stdout: all of it, or no file is there.
pub(super) async fn save(
    context: &Context,
    what: &str,
    path: &Path,
    mut export: Export,
) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        let why = format!("{}: {error}", path.display());
        Failure::new(what, &why, "give a file that can be written, or -")
    };
    let to_stdout = path == Path::new(STDOUT);
    let mut out: Box<dyn AsyncWrite + Unpin> = match to_stdout {
        true => Box::new(tokio::io::stdout()),
        false => Box::new(File::create(path).await.map_err(failed)?),
    };
    let progress = TransferProgress::new(what, None);
    let counted = progress.clone();
    let written = progress.waiting(async {
        while let Some(piece) =
            export.next().await.map_err(|error| context.failure(what, &error))?
        {
            counted.advance(piece.len());
            out.write_all(&piece).await.map_err(failed)?;
        }
        out.flush().await.map_err(failed)
    });
    let written = written.await;
    if written.is_err() && !to_stdout {
        // Half an archive is none; where it can't go, the error says more.
        tokio::fs::remove_file(path).await.ok();
    }
    written
}

/// What a reader gives, in pieces.
pub(super) fn chunks<R>(reader: R) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static
where
    R: AsyncRead + Send + Unpin + 'static,
{
    stream::unfold(reader, |mut reader| async move {
        let mut chunk = BytesMut::with_capacity(CHUNK_SIZE);
        match reader.read_buf(&mut chunk).await {
            Ok(0) => None,
            Ok(_) => Some((Ok(chunk.freeze()), reader)),
            Err(error) => Some((Err(error), reader)),
        }
    })
}

/// Why an archive did not arrive.
pub(super) fn not_sent(context: &Context, what: &str, error: UploadError) -> Failure {
    match error {
        UploadError::Call(error) => context.failure(what, &error),
        UploadError::Source(_) => {
            Failure::new(what, &error.to_string(), "make it readable and import again")
        }
    }
}
