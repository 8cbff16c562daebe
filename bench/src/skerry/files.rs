//! Files of a sandbox, by the client library.

use std::path::Path;

use bytes::BytesMut;
use futures::stream;
use skerry_client::v1::{ListFilesRequest, ReadFileRequest, RemoveFileRequest, WriteFileOpen};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Skerry, SkerryError, call};

/// One message's bytes.
const CHUNK: usize = 256 << 10;
/// The most entries that a page has.
const PAGE: i32 = 10_000;

impl Skerry {
    /// Writes a file of the host into a sandbox.
    pub(crate) async fn write(&self, id: &str, from: &Path, to: &str) -> Result<(), SkerryError> {
        let file = File::open(from).await.map_err(SkerryError::File)?;
        let chunks = stream::unfold(file, |mut file| async move {
            let mut chunk = BytesMut::with_capacity(CHUNK);
            match file.read_buf(&mut chunk).await {
                Ok(0) => None,
                Ok(_) => Some((Ok(chunk.freeze()), file)),
                Err(error) => Some((Err(error), file)),
            }
        });
        let open = WriteFileOpen {
            sandbox_id: id.to_owned(),
            path: to.to_owned(),
            ..WriteFileOpen::default()
        };
        self.client.write_file(open, chunks).await?;
        Ok(())
    }

    /// Reads a file of a sandbox into one of the host.
    pub(crate) async fn read(&self, id: &str, from: &str, to: &Path) -> Result<(), SkerryError> {
        let request = ReadFileRequest {
            sandbox_id: id.to_owned(),
            path: from.to_owned(),
            ..ReadFileRequest::default()
        };
        let mut reader = self.client.read_file(request).await.map_err(call("read file"))?;
        let mut file = File::create(to).await.map_err(SkerryError::File)?;
        while let Some(data) = reader.next().await.map_err(call("read file"))? {
            file.write_all(&data).await.map_err(SkerryError::File)?;
        }
        file.flush().await.map_err(SkerryError::File)
    }

    /// Removes a file of a sandbox.
    pub(crate) async fn remove(&self, id: &str, path: &str) -> Result<(), SkerryError> {
        let request = RemoveFileRequest {
            sandbox_id: id.to_owned(),
            path: path.to_owned(),
            ..RemoveFileRequest::default()
        };
        self.client.remove_file(request).await.map_err(call("remove file"))
    }

    /// Lists a directory of a sandbox page by page; answers with how many
    /// entries it has.
    pub(crate) async fn list(&self, id: &str, path: &str) -> Result<usize, SkerryError> {
        let mut request = ListFilesRequest {
            sandbox_id: id.to_owned(),
            path: path.to_owned(),
            page_size: PAGE,
            ..ListFilesRequest::default()
        };
        let mut count = 0;
        loop {
            let page = self.client.list_files_page(request.clone()).await;
            let page = page.map_err(call("list files"))?;
            count += page.files.len();
            if page.next_page_token.is_empty() {
                return Ok(count);
            }
            request.page_token = page.next_page_token;
        }
    }
}
