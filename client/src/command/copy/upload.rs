//! Into a sandbox.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use futures::stream::{BoxStream, StreamExt};
use skerry_client::v1::{FileKind, StatFileRequest, UploadArchiveOpen, WriteFileOpen};
use skerry_client::{Error, UploadError, chunks};
use tokio_stream::wrappers::ReceiverStream;

use super::place::or_workspace;
use crate::archive::{Archive, Pipes};
use crate::command::Context;
use crate::failure::Failure;
use crate::output::TransferProgress;

type Chunks = BoxStream<'static, std::io::Result<bytes::Bytes>>;

pub(super) async fn from_stdin(
    context: &Context,
    what: &str,
    sandbox: &str,
    path: &str,
) -> Result<(), Failure> {
    let chunks = chunks(tokio::io::stdin()).boxed();
    unpack(context, what, sandbox, or_workspace(path), None, chunks).await
}

pub(super) async fn from_disk(
    context: &Context,
    what: &str,
    from: &Path,
    sandbox: &str,
    path: &str,
) -> Result<(), Failure> {
    let unreadable = |error: std::io::Error| {
        let why = format!("{}: {error}", from.display());
        Failure::new(what, &why, "give a file or a directory that can be read")
    };
    let metadata = tokio::fs::metadata(from).await.map_err(unreadable)?;
    let name = from.canonicalize().ok();
    let name = name.as_deref().and_then(Path::file_name).unwrap_or_default();
    let to = target(context, what, sandbox, path, &name.to_string_lossy()).await?;
    if metadata.is_dir() {
        let archive = Archive::of_directory(from.to_owned(), Pipes::LeaveOut);
        let archive = archive.map_err(unreadable)?;
        let chunks = ReceiverStream::new(archive.chunks).boxed();
        return unpack(context, what, sandbox, to, None, chunks).await;
    }
    let file = tokio::fs::File::open(from).await.map_err(unreadable)?;
    let progress = TransferProgress::new(what, Some(metadata.len()));
    let open = WriteFileOpen {
        sandbox_id: sandbox.to_owned(),
        path: to,
        mode: Some(metadata.permissions().mode() & 0o777),
        ..WriteFileOpen::default()
    };
    let writing = context.client.write_file(open, progress.counted(chunks(file)));
    let written = progress.waiting(writing).await;
    written.map(drop).map_err(|error| failure(context, what, error))
}

/// Where it goes: into a directory that is there, or by the name that was
/// given.
async fn target(
    context: &Context,
    what: &str,
    sandbox: &str,
    path: &str,
    name: &str,
) -> Result<String, Failure> {
    let path = or_workspace(path);
    let request = StatFileRequest {
        sandbox_id: sandbox.to_owned(),
        path: path.clone(),
        ..StatFileRequest::default()
    };
    match context.client.stat_file(request).await {
        Ok(info) if info.kind() == FileKind::Directory && !name.is_empty() => {
            Ok(format!("{}/{name}", path.trim_end_matches('/')))
        }
        Ok(_) => Ok(path),
        Err(error) if is_missing(&error) => Ok(path),
        Err(error) => Err(context.failure(what, &error)),
    }
}

fn is_missing(error: &Error) -> bool {
    error.reason.as_deref() == Some("FILE_NOT_FOUND")
}

async fn unpack(
    context: &Context,
    what: &str,
    sandbox: &str,
    path: String,
    total: Option<u64>,
    chunks: Chunks,
) -> Result<(), Failure> {
    let progress = TransferProgress::new(what, total);
    let sandbox_id = sandbox.to_owned();
    let open = UploadArchiveOpen { sandbox_id, path, ..UploadArchiveOpen::default() };
    let unpacking = context.client.upload_archive(open, progress.counted(chunks));
    let unpacked = progress.waiting(unpacking).await;
    unpacked.map(drop).map_err(|error| failure(context, what, error))
}

fn failure(context: &Context, what: &str, error: UploadError) -> Failure {
    match error {
        UploadError::Call(error) => context.failure(what, &error),
        UploadError::Source(error) => {
            Failure::new(what, &error.to_string(), "make it readable and copy again")
        }
    }
}
