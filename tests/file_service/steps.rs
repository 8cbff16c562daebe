//! What most tests do.

use std::io;

use bytes::Bytes;
use skerry_client::v1::{
    CreateSandboxRequest, FileInfo, ListFilesRequest, ReadFileRequest, Sandbox, StatFileRequest,
    UploadArchiveOpen, WriteFileOpen,
};
use skerry_client::{Client, Error, UploadError};

pub(crate) use skerry_test_support::shell::{script, stdout as sh};

/// Makes a sandbox with nothing but defaults.
pub(crate) async fn create(client: &Client) -> Sandbox {
    client.create_sandbox(CreateSandboxRequest::default()).await.expect("a sandbox")
}

/// Opens a file to write.
pub(crate) fn open(sandbox: &str, path: &str) -> WriteFileOpen {
    let (sandbox_id, path) = (sandbox.to_owned(), path.to_owned());
    WriteFileOpen { sandbox_id, path, ..WriteFileOpen::default() }
}

pub(crate) async fn write_with(
    client: &Client,
    open: WriteFileOpen,
    content: &[u8],
) -> Result<FileInfo, Error> {
    let pieces: Vec<io::Result<Bytes>> =
        content.chunks(100_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    match client.write_file(open, futures::stream::iter(pieces)).await {
        Ok(info) => Ok(info),
        Err(UploadError::Call(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

pub(crate) async fn write(client: &Client, sandbox: &str, path: &str, content: &[u8]) -> FileInfo {
    let written = write_with(client, open(sandbox, path), content).await;
    written.unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn reading(sandbox: &str, path: &str) -> ReadFileRequest {
    let (sandbox_id, path) = (sandbox.to_owned(), path.to_owned());
    ReadFileRequest { sandbox_id, path, ..ReadFileRequest::default() }
}

pub(crate) async fn read(client: &Client, sandbox: &str, path: &str) -> Result<Vec<u8>, Error> {
    client.read_file(reading(sandbox, path)).await?.collect().await
}

pub(crate) async fn stat(client: &Client, sandbox: &str, path: &str) -> Result<FileInfo, Error> {
    let (sandbox_id, path) = (sandbox.to_owned(), path.to_owned());
    let request = StatFileRequest { sandbox_id, path, ..StatFileRequest::default() };
    client.stat_file(StatFileRequest { no_follow: true, ..request }).await
}

pub(crate) fn listing(sandbox: &str, path: &str) -> ListFilesRequest {
    let (sandbox_id, path) = (sandbox.to_owned(), path.to_owned());
    ListFilesRequest { sandbox_id, path, ..ListFilesRequest::default() }
}

/// Every page of a listing, in the order in which they came.
pub(crate) async fn list(client: &Client, mut request: ListFilesRequest) -> Vec<FileInfo> {
    let mut all = Vec::new();
    loop {
        let page = client.list_files_page(request.clone()).await.expect("a page");
        all.extend(page.files);
        if page.next_page_token.is_empty() {
            return all;
        }
        request.page_token = page.next_page_token;
    }
}

/// Names below a directory, sorted.
pub(crate) async fn names(client: &Client, sandbox: &str, path: &str) -> Vec<String> {
    let found = list(client, listing(sandbox, path)).await;
    let name = |info: FileInfo| info.path.rsplit('/').next().unwrap_or_default().to_owned();
    let mut names: Vec<String> = found.into_iter().map(name).collect();
    names.sort();
    names
}

pub(crate) async fn unpack(
    client: &Client,
    open: UploadArchiveOpen,
    archive: Vec<u8>,
) -> Result<FileInfo, Error> {
    let pieces: Vec<io::Result<Bytes>> =
        archive.chunks(1 << 20).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    match client.upload_archive(open, futures::stream::iter(pieces)).await {
        Ok(info) => Ok(info),
        Err(UploadError::Call(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

pub(crate) fn unpacking(sandbox: &str, path: &str) -> UploadArchiveOpen {
    let (sandbox_id, path) = (sandbox.to_owned(), path.to_owned());
    UploadArchiveOpen { sandbox_id, path, ..UploadArchiveOpen::default() }
}

/// The reason of what must have failed.
pub(crate) fn reason<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.expect_err("it must be refused").reason.expect("every error has a reason")
}
