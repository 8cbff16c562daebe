//! Files of a sandbox.

use std::io;

use bytes::Bytes;
use futures::stream::Stream;
use tonic::Streaming;

use crate::client::Client;
use crate::error::Error;
use crate::upload::{self, UploadError};
use crate::v1::{
    ChangeModeRequest, ChangeOwnerRequest, CopyFileRequest, CreateSymlinkRequest,
    DownloadArchiveRequest, DownloadArchiveResponse, FileEnd, FileInfo, ListFilesRequest,
    ListFilesResponse, MakeDirectoryRequest, MoveFileRequest, ReadFileRequest, ReadFileResponse,
    ReadSymlinkRequest, ReadSymlinkResponse, RemoveFileRequest, ReplaceInFilesRequest,
    ReplaceInFilesResponse, SearchFilesRequest, SearchFilesResponse, StatFileRequest,
    UploadArchiveOpen, UploadArchiveRequest, WatchFilesRequest, WatchFilesResponse, WriteFileOpen,
    WriteFileRequest, read_file_response, upload_archive_request, write_file_request,
};

/// The messages of a streaming call about files. Dropping it ends the call.
#[derive(Debug)]
pub struct FileStream<T> {
    messages: Streaming<T>,
}

impl<T> FileStream<T> {
    /// The next message; `None` at the end. Cancel-safe.
    ///
    /// # Errors
    ///
    /// What ended the call.
    pub async fn next(&mut self) -> Result<Option<T>, Error> {
        Ok(self.messages.message().await?)
    }
}

/// A file that is being read.
#[derive(Debug)]
pub struct FileReader {
    /// What was known of it when the reading began.
    pub info: FileInfo,
    messages: Streaming<ReadFileResponse>,
}

impl FileReader {
    /// The next piece; `None` at the end. Cancel-safe.
    ///
    /// # Errors
    ///
    /// What ended the call.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            match self.messages.message().await? {
                None => return Ok(None),
                Some(message) => {
                    if let Some(read_file_response::Part::Data(data)) = message.part {
                        return Ok(Some(data));
                    }
                }
            }
        }
    }

    /// All that is left. The caller knows that it fits into memory.
    ///
    /// # Errors
    ///
    /// What ended the call.
    pub async fn collect(mut self) -> Result<Vec<u8>, Error> {
        let mut all = Vec::new();
        while let Some(data) = self.next().await? {
            all.extend_from_slice(&data);
        }
        Ok(all)
    }
}

/// A path is `path`, or `raw_path` where it is not UTF-8; relative ones are
/// below /workspace.
impl Client {
    /// Reads a regular file.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`, `IS_A_DIRECTORY`, `NOT_A_REGULAR_FILE`.
    pub async fn read_file(&self, request: ReadFileRequest) -> Result<FileReader, Error> {
        let mut messages = self.files().read_file(request).await?.into_inner();
        let info = match messages.message().await?.and_then(|message| message.part) {
            Some(read_file_response::Part::Info(info)) => info,
            _ => FileInfo::default(),
        };
        Ok(FileReader { info, messages })
    }

    /// Writes a file of what comes in pieces of at most 2 MiB. An error of the
    /// stream leaves the file as it was.
    ///
    /// # Errors
    ///
    /// A stream that fails; `IS_A_DIRECTORY`, `FILE_EXISTS`, `NO_SPACE`.
    pub async fn write_file<S>(
        &self,
        open: WriteFileOpen,
        chunks: S,
    ) -> Result<FileInfo, UploadError>
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        use write_file_request::Part;
        let request = |part| WriteFileRequest { part: Some(part) };
        let (first, last) = (request(Part::Open(open)), request(Part::End(FileEnd {})));
        let piece = move |chunk| request(Part::Data(chunk));
        let mut files = self.files();
        let call = |requests| async move { files.write_file(requests).await };
        upload::send(first, chunks, piece, Some(last), call).await
    }

    /// Reads what is known of a file.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`.
    pub async fn stat_file(&self, request: StatFileRequest) -> Result<FileInfo, Error> {
        Ok(self.files().stat_file(request).await?.into_inner())
    }

    /// Reads a page of a directory or a tree.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`, `NOT_A_DIRECTORY`.
    pub async fn list_files_page(
        &self,
        request: ListFilesRequest,
    ) -> Result<ListFilesResponse, Error> {
        Ok(self.files().list_files(request).await?.into_inner())
    }

    /// Makes a directory.
    ///
    /// # Errors
    ///
    /// `FILE_EXISTS`, `FILE_NOT_FOUND`.
    pub async fn make_directory(&self, request: MakeDirectoryRequest) -> Result<FileInfo, Error> {
        Ok(self.files().make_directory(request).await?.into_inner())
    }

    /// Gives a file another name.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`, `FILE_EXISTS`.
    pub async fn move_file(&self, request: MoveFileRequest) -> Result<FileInfo, Error> {
        Ok(self.files().move_file(request).await?.into_inner())
    }

    /// Copies a file or a tree inside the sandbox.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`, `FILE_EXISTS`, `NO_SPACE`.
    pub async fn copy_file(&self, request: CopyFileRequest) -> Result<FileInfo, Error> {
        Ok(self.files().copy_file(request).await?.into_inner())
    }

    /// Removes a file or a tree.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`, `DIRECTORY_NOT_EMPTY`.
    pub async fn remove_file(&self, request: RemoveFileRequest) -> Result<(), Error> {
        self.files().remove_file(request).await?;
        Ok(())
    }

    /// Changes permissions.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`, `FILE_DENIED`.
    pub async fn change_mode(&self, request: ChangeModeRequest) -> Result<FileInfo, Error> {
        Ok(self.files().change_mode(request).await?.into_inner())
    }

    /// Changes owner and group.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`, `USER_NOT_FOUND`.
    pub async fn change_owner(&self, request: ChangeOwnerRequest) -> Result<FileInfo, Error> {
        Ok(self.files().change_owner(request).await?.into_inner())
    }

    /// Makes a symbolic link.
    ///
    /// # Errors
    ///
    /// `FILE_EXISTS`.
    pub async fn create_symlink(&self, request: CreateSymlinkRequest) -> Result<FileInfo, Error> {
        Ok(self.files().create_symlink(request).await?.into_inner())
    }

    /// Reads where a symbolic link leads.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`, `NOT_A_LINK`.
    pub async fn read_symlink(
        &self,
        request: ReadSymlinkRequest,
    ) -> Result<ReadSymlinkResponse, Error> {
        Ok(self.files().read_symlink(request).await?.into_inner())
    }

    /// Finds files by name and lines by content.
    ///
    /// # Errors
    ///
    /// `BAD_PATTERN`, `FILE_NOT_FOUND`.
    pub async fn search_files(
        &self,
        request: SearchFilesRequest,
    ) -> Result<FileStream<SearchFilesResponse>, Error> {
        Ok(FileStream { messages: self.files().search_files(request).await?.into_inner() })
    }

    /// Replaces what matches in files.
    ///
    /// # Errors
    ///
    /// `BAD_PATTERN`, `FILE_NOT_FOUND`, `FILE_TOO_BIG`.
    pub async fn replace_in_files(
        &self,
        request: ReplaceInFilesRequest,
    ) -> Result<FileStream<ReplaceInFilesResponse>, Error> {
        Ok(FileStream { messages: self.files().replace_in_files(request).await?.into_inner() })
    }

    /// Watches a file or a directory.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`, `FILE_TOO_BIG`.
    pub async fn watch_files(
        &self,
        request: WatchFilesRequest,
    ) -> Result<FileStream<WatchFilesResponse>, Error> {
        Ok(FileStream { messages: self.files().watch_files(request).await?.into_inner() })
    }

    /// Unpacks an archive that comes in pieces of at most 2 MiB. An error of
    /// the stream leaves nothing of it.
    ///
    /// # Errors
    ///
    /// A stream that fails; `BAD_ARCHIVE`, `NO_SPACE`.
    pub async fn upload_archive<S>(
        &self,
        open: UploadArchiveOpen,
        chunks: S,
    ) -> Result<FileInfo, UploadError>
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        use upload_archive_request::Part;
        let request = |part| UploadArchiveRequest { part: Some(part) };
        let (first, last) = (request(Part::Open(open)), request(Part::End(FileEnd {})));
        let piece = move |chunk| request(Part::Data(chunk));
        let mut files = self.files();
        let call = |requests| async move { files.upload_archive(requests).await };
        upload::send(first, chunks, piece, Some(last), call).await
    }

    /// Packs a file or a tree.
    ///
    /// # Errors
    ///
    /// `FILE_NOT_FOUND`.
    pub async fn download_archive(
        &self,
        request: DownloadArchiveRequest,
    ) -> Result<FileStream<DownloadArchiveResponse>, Error> {
        Ok(FileStream { messages: self.files().download_archive(request).await?.into_inner() })
    }
}
