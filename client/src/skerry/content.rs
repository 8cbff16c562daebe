//! What is read of files.

use std::io;

use bytes::Bytes;
use futures::stream::{self, Stream};
use tonic::Code;

use crate::client::Client;
use crate::error::Error;
use crate::file::{FileReader, FileStream};
use crate::retry::Retry;
use crate::v1::{DownloadArchiveResponse, FileInfo, ReadFileRequest};

/// A file's content, in pieces. A lost connection is taken up where it was.
#[derive(Debug)]
pub struct Content {
    client: Client,
    /// From where on it is read, and how much; they move on with it.
    request: ReadFileRequest,
    reader: Option<FileReader>,
    known: Option<FileInfo>,
    retry: Retry,
}

impl Content {
    pub(super) fn new(client: Client, request: ReadFileRequest) -> Self {
        Self { client, request, reader: None, known: None, retry: Retry::default() }
    }

    /// From this byte on.
    pub fn offset(mut self, offset: u64) -> Self {
        self.request.offset = i64::try_from(offset).unwrap_or(i64::MAX);
        self
    }

    /// So many bytes at most.
    pub fn length(mut self, length: u64) -> Self {
        self.request.length = Some(i64::try_from(length).unwrap_or(i64::MAX));
        self
    }

    /// The next piece; `None` at the end. Cancel-safe.
    ///
    /// # Errors
    ///
    /// As [`Files::read`](super::Files::read); `FILE_CHANGED` for a file that
    /// was changed while a lost connection was taken up.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            match self.piece().await {
                Ok(Some(piece)) => {
                    self.retry.progress();
                    let length = i64::try_from(piece.len()).unwrap_or(i64::MAX);
                    self.request.offset += length;
                    self.request.length = self.request.length.map(|left| left - length);
                    return Ok(Some(piece));
                }
                Ok(None) => return Ok(None),
                Err(error) => {
                    self.reader = None;
                    self.retry.after_cut(error).await?;
                }
            }
        }
    }

    /// The same as a stream, which is [`Data`](super::Data) for another file.
    pub fn into_stream(self) -> impl Stream<Item = io::Result<Bytes>> + Send + Unpin {
        Box::pin(stream::try_unfold(self, |mut content| async move {
            let piece = content.next().await.map_err(io::Error::other)?;
            Ok(piece.map(|piece| (piece, content)))
        }))
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, Error> {
        let reader = match &mut self.reader {
            Some(reader) => reader,
            None => {
                let reader = self.client.read_file(self.request.clone()).await?;
                let known = self.known.get_or_insert_with(|| reader.info.clone());
                if !is_same(known, &reader.info) {
                    let why = format!("{} was changed while it was read", reader.info.path);
                    return Err(Error::own(Code::FailedPrecondition, "FILE_CHANGED", &why));
                }
                self.reader.insert(reader)
            }
        };
        reader.next().await
    }
}

fn is_same(known: &FileInfo, now: &FileInfo) -> bool {
    let of = |info: &FileInfo| (info.inode, info.size_bytes, info.modify_time);
    of(known) == of(now)
}

/// A file or a tree as an archive, in pieces. Dropping it ends the call.
#[derive(Debug)]
pub struct Download(pub(super) FileStream<DownloadArchiveResponse>);

impl Download {
    /// The next piece; `None` at the end. Cancel-safe.
    ///
    /// # Errors
    ///
    /// What ended the call; it is not taken up again.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        Ok(self.0.next().await?.map(|piece| piece.data))
    }

    /// The same as a stream, which is [`Data`](super::Data) for an upload.
    pub fn into_stream(self) -> impl Stream<Item = io::Result<Bytes>> + Send + Unpin {
        Box::pin(stream::try_unfold(self, |mut download| async move {
            let piece = download.next().await.map_err(io::Error::other)?;
            Ok(piece.map(|piece| (piece, download)))
        }))
    }
}
