//! Files of a sandbox.

use super::content::{Content, Download};
use super::data::Data;
use super::events::Events;
use super::path::FilePath;
use super::write::Write;
use crate::client::Client;
use crate::error::Error;
use crate::page::all_pages;
use crate::retry::retrying;
use crate::v1::watch_files_response::Event;
use crate::v1::{
    DownloadArchiveRequest, FileInfo, ListFilesRequest, MakeDirectoryRequest, MoveFileRequest,
    ReadFileRequest, RemoveFileRequest, StatFileRequest, UploadArchiveOpen, WatchFilesRequest,
    WatchFilesResponse,
};

/// Files of a sandbox; they are there while it is paused or stopped, too.
#[derive(Debug, Clone)]
pub struct Files {
    pub(super) client: Client,
    pub(super) sandbox: String,
}

impl Files {
    /// A file's content. The caller knows that it fits into memory.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`, `IS_A_DIRECTORY`, `NOT_A_REGULAR_FILE`.
    pub async fn read(&self, path: impl Into<FilePath>) -> Result<Vec<u8>, Error> {
        let mut content = self.read_stream(path);
        let mut all = Vec::new();
        while let Some(piece) = content.next().await? {
            all.extend_from_slice(&piece);
        }
        Ok(all)
    }

    /// A file's content as text; what is not UTF-8 becomes U+FFFD.
    ///
    /// # Errors
    ///
    /// As [`Files::read`].
    pub async fn read_text(&self, path: impl Into<FilePath>) -> Result<String, Error> {
        let content = self.read(path).await?;
        Ok(String::from_utf8(content)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// A file's content in pieces. A lost connection is taken up where it was;
    /// a file that was changed meanwhile is an error (`FILE_CHANGED`).
    pub fn read_stream(&self, path: impl Into<FilePath>) -> Content {
        let (path, raw_path) = path.into().fields();
        let sandbox_id = self.sandbox.clone();
        let request = ReadFileRequest { sandbox_id, path, raw_path, ..ReadFileRequest::default() };
        Content::new(self.client.clone(), request)
    }

    /// Writes a file, when it is awaited: all of it, at once, or nothing.
    pub fn write(&self, path: impl Into<FilePath>, data: impl Into<Data>) -> Write {
        let (path, raw_path) = path.into().fields();
        Write::new(self.client.clone(), self.sandbox.clone(), path, raw_path, data.into())
    }

    /// What is known of a file, or of what a link leads to.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`.
    pub async fn stat(&self, path: impl Into<FilePath>) -> Result<FileInfo, Error> {
        self.look(path.into(), false).await
    }

    /// What is known of a file, or of a link itself.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`.
    pub async fn stat_link(&self, path: impl Into<FilePath>) -> Result<FileInfo, Error> {
        self.look(path.into(), true).await
    }

    async fn look(&self, path: FilePath, no_follow: bool) -> Result<FileInfo, Error> {
        let (path, raw_path) = path.fields();
        let request =
            StatFileRequest { sandbox_id: self.sandbox.clone(), path, raw_path, no_follow };
        retrying(|| self.client.stat_file(request.clone())).await
    }

    /// What is in a directory; an empty path is /workspace.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`, `NOT_A_DIRECTORY`.
    pub async fn list(&self, path: impl Into<FilePath>) -> Result<Vec<FileInfo>, Error> {
        self.list_all(path.into(), false).await
    }

    /// What is in the tree below a directory.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`, `NOT_A_DIRECTORY`.
    pub async fn list_tree(&self, path: impl Into<FilePath>) -> Result<Vec<FileInfo>, Error> {
        self.list_all(path.into(), true).await
    }

    async fn list_all(&self, path: FilePath, recursive: bool) -> Result<Vec<FileInfo>, Error> {
        let (path, raw_path) = path.fields();
        let sandbox_id = self.sandbox.clone();
        let first = ListFilesRequest {
            sandbox_id,
            path,
            raw_path,
            recursive,
            ..ListFilesRequest::default()
        };
        all_pages(|page_token| {
            let request = ListFilesRequest { page_token, ..first.clone() };
            async move {
                let page = retrying(|| self.client.list_files_page(request.clone())).await?;
                Ok((page.files, page.next_page_token))
            }
        })
        .await
    }

    /// Makes a directory, and those that lead to it.
    ///
    /// # Errors
    ///
    /// `FILE_EXISTS` where something else is there.
    pub async fn make_directory(&self, path: impl Into<FilePath>) -> Result<FileInfo, Error> {
        let (path, raw_path) = path.into().fields();
        let sandbox_id = self.sandbox.clone();
        let request =
            MakeDirectoryRequest { sandbox_id, path, raw_path, parents: true, mode: None };
        retrying(|| self.client.make_directory(request.clone())).await
    }

    /// Gives a file another name, where nothing has it.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`, `FILE_EXISTS`.
    pub async fn move_to(
        &self,
        path: impl Into<FilePath>,
        to_path: impl Into<FilePath>,
    ) -> Result<FileInfo, Error> {
        let ((path, raw_path), (to_path, raw_to_path)) =
            (path.into().fields(), to_path.into().fields());
        let sandbox_id = self.sandbox.clone();
        let request =
            MoveFileRequest { sandbox_id, path, raw_path, to_path, raw_to_path, overwrite: false };
        self.client.move_file(request).await
    }

    /// Removes a file or an empty directory.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`, `DIRECTORY_NOT_EMPTY`.
    pub async fn remove(&self, path: impl Into<FilePath>) -> Result<(), Error> {
        self.remove_with(path.into(), false).await
    }

    /// Removes a file or a tree.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`.
    pub async fn remove_all(&self, path: impl Into<FilePath>) -> Result<(), Error> {
        self.remove_with(path.into(), true).await
    }

    async fn remove_with(&self, path: FilePath, recursive: bool) -> Result<(), Error> {
        let (path, raw_path) = path.fields();
        let sandbox_id = self.sandbox.clone();
        self.client.remove_file(RemoveFileRequest { sandbox_id, path, raw_path, recursive }).await
    }

    /// Changes of a file, or of what is in a directory: `watching` once every
    /// later change is sure to be told, then `change`. After `overflow`, and
    /// after another `watching`, which follows a lost connection, changes may
    /// have been missed: look at everything again.
    pub fn watch(&self, path: impl Into<FilePath>) -> Events<WatchFilesResponse> {
        self.watch_with(path.into(), false)
    }

    /// The same of the tree below a directory.
    pub fn watch_tree(&self, path: impl Into<FilePath>) -> Events<WatchFilesResponse> {
        self.watch_with(path.into(), true)
    }

    fn watch_with(&self, path: FilePath, recursive: bool) -> Events<WatchFilesResponse> {
        let (path, raw_path) = path.fields();
        let sandbox_id = self.sandbox.clone();
        let request = WatchFilesRequest { sandbox_id, path, raw_path, recursive };
        let client = self.client.clone();
        let is_told =
            |event: &WatchFilesResponse| !matches!(event.event, None | Some(Event::KeepAlive(_)));
        Events::new(is_told, move || {
            let (client, request) = (client.clone(), request.clone());
            async move { Ok(client.files().watch_files(request).await?.into_inner()) }
        })
    }

    /// Unpacks a tar archive into a directory: all of it, or nothing. For other
    /// formats there is [`Client::upload_archive`].
    ///
    /// # Errors
    ///
    /// `BAD_ARCHIVE`, `NO_SPACE`; `SOURCE_FAILED` where what is sent can't be
    /// read.
    pub async fn upload(
        &self,
        path: impl Into<FilePath>,
        archive: impl Into<Data>,
    ) -> Result<FileInfo, Error> {
        let (path, raw_path) = path.into().fields();
        let sandbox_id = self.sandbox.clone();
        let open = UploadArchiveOpen { sandbox_id, path, raw_path, ..UploadArchiveOpen::default() };
        Ok(self.client.upload_archive(open, archive.into().pieces()).await?)
    }

    /// A file or a tree as a tar archive, in pieces.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`.
    pub async fn download(&self, path: impl Into<FilePath>) -> Result<Download, Error> {
        let (path, raw_path) = path.into().fields();
        let sandbox_id = self.sandbox.clone();
        let request = DownloadArchiveRequest {
            sandbox_id,
            path,
            raw_path,
            ..DownloadArchiveRequest::default()
        };
        Ok(Download(self.client.download_archive(request).await?))
    }
}
