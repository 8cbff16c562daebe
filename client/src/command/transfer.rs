//! Archives: out to a file or a pipe, and in from one.

use std::io::{self, IsTerminal};
use std::path::Path;

use skerry_client::{Export, UploadError};
use tokio::fs::File;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::Context;
use crate::failure::Failure;
use crate::output::TransferProgress;

/// Where an archive goes that is not asked for at a path.
pub(super) const STDOUT: &str = "-";

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

/// Why an archive did not arrive.
pub(super) fn not_sent(context: &Context, what: &str, error: UploadError) -> Failure {
    match error {
        UploadError::Call(error) => context.failure(what, &error),
        UploadError::Source(_) => {
            Failure::new(what, &error.to_string(), "make it readable and import again")
        }
    }
}
