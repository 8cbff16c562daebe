//! Files of /workspace, as they are.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use serde_json::json;
use skerry_api::v1::{
    FileEnd, ReadFileRequest, WriteFileOpen, WriteFileRequest, read_file_response,
    write_file_request,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::super::ask::Ask;
use super::super::failure::{Failure, json};
use super::super::route::Answer;
use super::sandbox;

/// Bytes of a file that is written.
const MAX_BYTES: usize = 200 << 20;
/// Of one message.
const PIECE: usize = 1 << 20;
/// Pieces on their way.
const PIECES: usize = 4;

pub(super) async fn read(ask: Ask) -> Answer {
    let path = path(&ask)?.1;
    let sandbox_id = sandbox::live(&ask).await?.id;
    let request = ReadFileRequest { sandbox_id, path, ..Default::default() };
    let mut parts = ask.calls.files().read_file(ask.calls.by(request)).await?.into_inner();
    // What it is comes first; what can't be read is refused before.
    parts.message().await?;
    let content = parts.filter_map(async |part| match part.map(|part| part.part) {
        Ok(Some(read_file_response::Part::Data(data))) => Some(Ok(data)),
        Ok(_) => None,
        Err(status) => Some(Err(status)),
    });
    let mut response = Response::new(Body::from_stream(content));
    let headers = response.headers_mut();
    let bytes = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, bytes);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

pub(super) async fn write(ask: Ask) -> Answer {
    let (shown, path) = path(&ask)?;
    let sandbox_id = sandbox::live(&ask).await?.id;
    let open = WriteFileOpen { sandbox_id, path, make_parents: true, ..Default::default() };
    let (pieces, coming) = mpsc::channel(PIECES);
    let body = ask.take_body().into_data_stream();
    let sending = send(open, body, pieces);
    let request = ask.calls.by(ReceiverStream::new(coming));
    let mut files = ask.calls.files();
    let (sent, written) = tokio::join!(sending, files.write_file(request));
    sent?;
    let written = written?.into_inner();
    Ok(json(&json!({ "path": shown, "bytes": written.size_bytes })))
}

/// Sends a body. One that is too long or breaks off is never ended, so that
/// nothing of it is written.
async fn send(
    open: WriteFileOpen,
    mut body: impl Stream<Item = Result<Bytes, axum::Error>> + Unpin,
    pieces: mpsc::Sender<WriteFileRequest>,
) -> Result<(), Failure> {
    use write_file_request::Part;
    let mut left = MAX_BYTES;
    // Where nobody takes them, the service says why.
    let pass = async |part: Part| pieces.send(WriteFileRequest { part: Some(part) }).await.is_ok();
    if !pass(Part::Open(open)).await {
        return Ok(());
    }
    while let Some(data) = body.next().await {
        let cut = |_| Failure::said(StatusCode::BAD_REQUEST, "the body ended before its end");
        let mut data = data.map_err(cut)?;
        left = left.checked_sub(data.len()).ok_or_else(|| {
            let text = format!("the file has more than {MAX_BYTES} bytes");
            Failure::said(StatusCode::PAYLOAD_TOO_LARGE, text)
        })?;
        while !data.is_empty() {
            let piece = data.split_to(data.len().min(PIECE));
            if !pass(Part::Data(piece)).await {
                return Ok(());
            }
        }
    }
    pass(Part::End(FileEnd {})).await;
    Ok(())
}

/// The path as it was given, and where it is.
fn path(ask: &Ask) -> Result<(String, String), Failure> {
    let given = ask.param("path");
    let mut names = given.split('/').filter(|name| !matches!(*name, "" | "."));
    if names.any(|name| name == "..") {
        return Err(Failure::said(StatusCode::BAD_REQUEST, "path escapes root"));
    }
    let names = given.split('/').filter(|name| !matches!(*name, "" | "."));
    let path = names.collect::<Vec<_>>().join("/");
    if path.is_empty() || path.contains('\0') {
        return Err(Failure::said(StatusCode::BAD_REQUEST, "a file's path is missing"));
    }
    Ok((given.to_owned(), format!("/workspace/{path}")))
}
