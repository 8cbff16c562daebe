//! `FileService`.

mod codec;
mod convert;
mod cursor;
mod request;
mod stream;

use bytes::Bytes;
use futures::stream::BoxStream;
use skerry_api::v1;
use skerry_api::v1::file_service_server::FileService;
use skerry_api::v1::{upload_archive_request, write_file_request};
use tonic::{Request, Response, Status, Streaming};

use super::check::{Checks, field};
use super::{Drain, status};
use crate::engine::Engine;
use crate::model::{FileEvent, FileInfo, FileInput, FileRequest, MAX_FILE_CHUNK};
use crate::runtime::{FileCall, RuntimeError};

/// Bytes of content in one message of a caller.
const MAX_CHUNK_BYTES: usize = 2 << 20;

/// Reads and changes files.
pub(super) struct Files {
    pub(super) engine: Engine,
    pub(super) drain: Drain,
}

type Answer<T> = Result<Response<T>, Status>;
type Stream<T> = BoxStream<'static, Result<T, Status>>;

#[tonic::async_trait]
impl FileService for Files {
    type ReadFileStream = Stream<v1::ReadFileResponse>;
    type SearchFilesStream = Stream<v1::SearchFilesResponse>;
    type ReplaceInFilesStream = Stream<v1::ReplaceInFilesResponse>;
    type WatchFilesStream = Stream<v1::WatchFilesResponse>;
    type DownloadArchiveStream = Stream<v1::DownloadArchiveResponse>;

    async fn read_file(
        &self,
        request: Request<v1::ReadFileRequest>,
    ) -> Answer<Self::ReadFileStream> {
        let (sandbox, request) = request::read(request.into_inner())?;
        let mut call = self.engine.file(&sandbox, request).await?;
        // What can't be read is the call's error, not the stream's.
        let first = call.next().await?;
        Ok(Response::new(stream::of_call(call, first, &self.drain, convert::read)))
    }

    async fn write_file(
        &self,
        request: Request<Streaming<v1::WriteFileRequest>>,
    ) -> Answer<v1::FileInfo> {
        let mut parts = request.into_inner();
        let open = match next_part(&mut parts).await?.and_then(|message| message.part) {
            Some(write_file_request::Part::Open(open)) => open,
            _ => return Err(field("open", "must be the first message")),
        };
        let (sandbox, request) = request::write(open)?;
        let mut call = self.engine.file(&sandbox, request).await?;
        loop {
            match next_part(&mut parts).await?.ok_or_else(cut)?.part {
                Some(write_file_request::Part::Data(data)) => send(&mut *call, chunk(data)?).await,
                Some(write_file_request::Part::End(_)) => break,
                _ => return Err(field("data", "must follow `open`, which comes once")),
            }
        }
        finish(&mut *call).await;
        Ok(Response::new(convert::info(info(call).await?)))
    }

    async fn stat_file(&self, request: Request<v1::StatFileRequest>) -> Answer<v1::FileInfo> {
        let (sandbox, request) = request::stat(request.into_inner())?;
        self.info(&sandbox, request).await
    }

    async fn list_files(
        &self,
        request: Request<v1::ListFilesRequest>,
    ) -> Answer<v1::ListFilesResponse> {
        let request = request.into_inner();
        let key = cursor::key(&request);
        let (sandbox, request) = request::list(request, &key)?;
        let mut call = self.engine.file(&sandbox, request).await?;
        let Some(FileEvent::Entries { entries, next_cursor }) = call.next().await? else {
            return Err(RuntimeError::Gone.into());
        };
        done(call).await?;
        Ok(Response::new(v1::ListFilesResponse {
            files: entries.into_iter().map(convert::info).collect(),
            next_page_token: next_cursor.map(|next| cursor::token(&key, &next)).unwrap_or_default(),
        }))
    }

    async fn make_directory(
        &self,
        request: Request<v1::MakeDirectoryRequest>,
    ) -> Answer<v1::FileInfo> {
        let (sandbox, request) = request::make_directory(request.into_inner())?;
        self.info(&sandbox, request).await
    }

    async fn move_file(&self, request: Request<v1::MoveFileRequest>) -> Answer<v1::FileInfo> {
        let (sandbox, request) = request::move_file(request.into_inner())?;
        self.info(&sandbox, request).await
    }

    async fn copy_file(&self, request: Request<v1::CopyFileRequest>) -> Answer<v1::FileInfo> {
        let (sandbox, request) = request::copy_file(request.into_inner())?;
        self.info(&sandbox, request).await
    }

    async fn remove_file(
        &self,
        request: Request<v1::RemoveFileRequest>,
    ) -> Answer<v1::RemoveFileResponse> {
        let (sandbox, request) = request::remove(request.into_inner())?;
        self.change(&sandbox, request).await?;
        Ok(Response::new(v1::RemoveFileResponse {}))
    }

    async fn change_mode(&self, request: Request<v1::ChangeModeRequest>) -> Answer<v1::FileInfo> {
        let (sandbox, request) = request::change_mode(request.into_inner())?;
        self.info(&sandbox, request).await
    }

    async fn change_owner(&self, request: Request<v1::ChangeOwnerRequest>) -> Answer<v1::FileInfo> {
        let (sandbox, request) = request::change_owner(request.into_inner())?;
        self.info(&sandbox, request).await
    }

    async fn create_symlink(
        &self,
        request: Request<v1::CreateSymlinkRequest>,
    ) -> Answer<v1::FileInfo> {
        let (sandbox, request) = request::create_symlink(request.into_inner())?;
        self.info(&sandbox, request).await
    }

    async fn read_symlink(
        &self,
        request: Request<v1::ReadSymlinkRequest>,
    ) -> Answer<v1::ReadSymlinkResponse> {
        let (sandbox, request) = request::read_symlink(request.into_inner())?;
        let mut call = self.engine.file(&sandbox, request).await?;
        let Some(FileEvent::Link(target)) = call.next().await? else {
            return Err(RuntimeError::Gone.into());
        };
        done(call).await?;
        let (target, raw_target) = convert::text(target);
        Ok(Response::new(v1::ReadSymlinkResponse { target, raw_target }))
    }

    async fn search_files(
        &self,
        request: Request<v1::SearchFilesRequest>,
    ) -> Answer<Self::SearchFilesStream> {
        let (sandbox, request) = request::search(request.into_inner())?;
        let mut call = self.engine.file(&sandbox, request).await?;
        let first = call.next().await?;
        Ok(Response::new(stream::of_call(call, first, &self.drain, convert::found)))
    }

    async fn replace_in_files(
        &self,
        request: Request<v1::ReplaceInFilesRequest>,
    ) -> Answer<Self::ReplaceInFilesStream> {
        let (sandbox, request) = request::replace(request.into_inner())?;
        let mut call = self.engine.file(&sandbox, request).await?;
        let first = call.next().await?;
        Ok(Response::new(stream::of_call(call, first, &self.drain, convert::replaced)))
    }

    async fn watch_files(
        &self,
        request: Request<v1::WatchFilesRequest>,
    ) -> Answer<Self::WatchFilesStream> {
        let (sandbox, request) = request::watch(request.into_inner())?;
        let mut call = self.engine.file(&sandbox, request).await?;
        let first = call.next().await?;
        Ok(Response::new(stream::of_watch(call, first, &self.drain)))
    }

    async fn upload_archive(
        &self,
        request: Request<Streaming<v1::UploadArchiveRequest>>,
    ) -> Answer<v1::FileInfo> {
        let mut parts = request.into_inner();
        let open = match next_part(&mut parts).await?.and_then(|message| message.part) {
            Some(upload_archive_request::Part::Open(open)) => open,
            _ => return Err(field("open", "must be the first message")),
        };
        let (sandbox, format, request) = request::upload(open)?;
        let call = self.engine.file(&sandbox, request).await?;
        Ok(Response::new(convert::info(stream::upload(call, format, parts).await?)))
    }

    async fn download_archive(
        &self,
        request: Request<v1::DownloadArchiveRequest>,
    ) -> Answer<Self::DownloadArchiveStream> {
        let (sandbox, format, request) = request::download(request.into_inner())?;
        let mut call = self.engine.file(&sandbox, request).await?;
        let first = call.next().await?;
        Ok(Response::new(stream::download(call, first, format, &self.drain)))
    }
}

impl Files {
    async fn info(&self, sandbox: &str, request: FileRequest) -> Answer<v1::FileInfo> {
        let call = self.engine.file(sandbox, request).await?;
        Ok(Response::new(convert::info(info(call).await?)))
    }

    async fn change(&self, sandbox: &str, request: FileRequest) -> Result<(), Status> {
        done(self.engine.file(sandbox, request).await?).await
    }
}

/// Sends content in pieces of the runtime's size. A call that has failed
/// takes nothing more, and its next event says why.
async fn send(call: &mut dyn FileCall, mut data: Bytes) {
    while !data.is_empty() {
        let piece = data.split_to(data.len().min(MAX_FILE_CHUNK));
        if call.send(FileInput::Data(piece)).await.is_err() {
            return;
        }
    }
}

async fn finish(call: &mut dyn FileCall) {
    // As with `send`.
    let _ = call.send(FileInput::End).await;
}

async fn info(mut call: Box<dyn FileCall>) -> Result<FileInfo, Status> {
    let Some(FileEvent::Info(info)) = call.next().await? else {
        return Err(RuntimeError::Gone.into());
    };
    done(call).await.map(|()| info)
}

/// Waits for the end of what says nothing more.
async fn done(mut call: Box<dyn FileCall>) -> Result<(), Status> {
    match call.next().await? {
        None => Ok(()),
        Some(_) => Err(RuntimeError::Gone.into()),
    }
}

async fn next_part<T>(parts: &mut Streaming<T>) -> Result<Option<T>, Status> {
    parts.message().await.map_err(status::of_stream)
}

/// A caller that goes away in the midst of its messages ends them without an
/// error: its connection's layer makes both the same.
fn cut() -> Status {
    field("end", "must be the last message; without it nothing is kept")
}

fn chunk(data: Bytes) -> Result<Bytes, Status> {
    if data.len() <= MAX_CHUNK_BYTES {
        return Ok(data);
    }
    let mut checks = Checks::default();
    checks.fail("data", format!("must have at most {MAX_CHUNK_BYTES} bytes, has {}", data.len()));
    checks.finish().map(|()| data)
}
