//! Requests on files that stream: their answers, and archives both ways.

use futures::stream::{self, StreamExt};
use skerry_api::v1::{self, ArchiveFormat, upload_archive_request, watch_files_response};
use tonic::{Status, Streaming};

use super::codec::{self, Codec};
use super::{Stream, chunk, convert, cut, finish, info, next_part, send};
use crate::model::{FileEvent, FileInfo};
use crate::runtime::{FileCall, RuntimeError};
use crate::service::check::field;
use crate::service::{Drain, KEEP_ALIVE, status};

/// A call whose first event was waited for.
struct Going {
    call: Box<dyn FileCall>,
    first: Option<FileEvent>,
    drain: Drain,
}

impl Going {
    async fn next(&mut self) -> Result<Option<FileEvent>, Status> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        tokio::select! {
            biased;
            () = self.drain.begun() => Err(status::shutting_down("the daemon is shutting down")),
            event = self.call.next() => Ok(event?),
        }
    }
}

/// Every event as a message; one that the request has not is the end.
pub(super) fn of_call<T: Send + 'static>(
    call: Box<dyn FileCall>,
    first: Option<FileEvent>,
    drain: &Drain,
    convert: fn(FileEvent) -> Option<T>,
) -> Stream<T> {
    let over = first.is_none();
    let going = Going { call, first, drain: drain.clone() };
    stream::unfold((!over).then_some(going), move |going| async move {
        let mut going = going?;
        match going.next().await {
            Ok(None) => None,
            Ok(Some(event)) => match convert(event) {
                Some(message) => Some((Ok(message), Some(going))),
                None => Some((Err(RuntimeError::Gone.into()), None)),
            },
            Err(status) => Some((Err(status), None)),
        }
    })
    .boxed()
}

/// The same, and a sign of life when nothing happens.
pub(super) fn of_watch(
    call: Box<dyn FileCall>,
    first: Option<FileEvent>,
    drain: &Drain,
) -> Stream<v1::WatchFilesResponse> {
    let over = first.is_none();
    let going = Going { call, first, drain: drain.clone() };
    stream::unfold((!over).then_some(going), |going| async move {
        let mut going = going?;
        let event = match tokio::time::timeout(KEEP_ALIVE, going.next()).await {
            Err(_) => {
                let alive = watch_files_response::Event::KeepAlive(v1::FilesKeepAlive {});
                return Some((Ok(v1::WatchFilesResponse { event: Some(alive) }), Some(going)));
            }
            Ok(Ok(None)) => return None,
            Ok(Ok(Some(event))) => event,
            Ok(Err(status)) => return Some((Err(status), None)),
        };
        match convert::watched(event) {
            Some(message) => Some((Ok(message), Some(going))),
            None => Some((Err(RuntimeError::Gone.into()), None)),
        }
    })
    .boxed()
}

/// What a request packs, compressed.
pub(super) fn download(
    call: Box<dyn FileCall>,
    first: Option<FileEvent>,
    format: ArchiveFormat,
    drain: &Drain,
) -> Stream<v1::DownloadArchiveResponse> {
    let mut going = Going { call, first, drain: drain.clone() };
    let Codec { input, output, ended } = codec::compress(format);
    // Ends by itself: with the call, or when nobody takes the output.
    let packed = tokio::spawn(async move {
        while let Some(event) = going.next().await? {
            let FileEvent::Data(data) = event else { return Err(RuntimeError::Gone.into()) };
            if input.send(data).await.is_err() {
                break;
            }
        }
        Ok::<(), Status>(())
    });
    stream::unfold(Some((output, packed, ended)), |state| async move {
        let (mut output, packed, ended) = state?;
        if let Some(data) = output.recv().await {
            return Some((Ok(v1::DownloadArchiveResponse { data }), Some((output, packed, ended))));
        }
        match (packed.await, ended.await) {
            (Ok(Ok(())), Ok(Ok(()))) => None,
            (Ok(Err(status)), _) => Some((Err(status), None)),
            (_, Ok(Err(error))) => Some((Err(Status::internal(error.to_string())), None)),
            (Err(error), _) | (_, Err(error)) => {
                Some((Err(Status::internal(error.to_string())), None))
            }
        }
    })
    .boxed()
}

/// What a caller sends, decompressed, to a request that unpacks it.
pub(super) async fn upload(
    mut call: Box<dyn FileCall>,
    format: ArchiveFormat,
    mut parts: Streaming<v1::UploadArchiveRequest>,
) -> Result<FileInfo, Status> {
    let Codec { input, mut output, ended } = codec::decompress(format);
    let taken = async move {
        loop {
            match next_part(&mut parts).await?.ok_or_else(cut)?.part {
                // What can't be decompressed says so at its end, and the rest
                // is of no use to it.
                Some(upload_archive_request::Part::Data(data)) => {
                    let _ = input.send(chunk(data)?).await;
                }
                Some(upload_archive_request::Part::End(_)) => break,
                _ => return Err(field("data", "must follow `open`, which comes once")),
            }
        }
        Ok::<(), Status>(())
    };
    let given = async {
        while let Some(data) = output.recv().await {
            send(&mut *call, data).await;
        }
    };
    let (taken, ()) = futures::join!(taken, given);
    taken?;
    match ended.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return Err(status::bad_archive(&error.to_string())),
        Err(error) => return Err(Status::internal(error.to_string())),
    }
    finish(&mut *call).await;
    info(call).await
}
