//! `StreamLogs`: what a main process has written.

use std::io;
use std::time::SystemTime;

use futures::stream::{self, BoxStream, StreamExt};
use skerry_api::v1;
use skerry_api::v1::exec_stream_response::KeepAlive;
use skerry_api::v1::stream_logs_response::Event;
use tonic::Status;

use super::check::{Checks, field};
use super::{Drain, KEEP_ALIVE, convert, status};
use crate::engine::Engine;
use crate::main_log::{Content, LogEvent, LogReader};
use crate::model::OutputStream;

/// What `StreamLogs` answers with.
pub(super) type LogStream = BoxStream<'static, Result<v1::StreamLogsResponse, Status>>;

/// A log on its way to a caller.
struct Logs {
    reader: LogReader,
    follow: bool,
    drain: Drain,
}

/// Reads a log as the request wants it.
pub(super) async fn stream(
    engine: &Engine,
    request: v1::StreamLogsRequest,
    drain: Drain,
) -> Result<LogStream, Status> {
    let mut checks = Checks::default();
    checks.sandbox_ref(&request.sandbox_id);
    let position = natural(&mut checks, "position", request.position);
    let lines = request.tail_lines.map(|lines| natural(&mut checks, "tail_lines", lines));
    let since = request.since_time.map(SystemTime::try_from).transpose();
    if let Err(error) = &since {
        checks.fail("since_time", error.to_string());
    }
    checks.finish()?;
    let mut reader = engine.logs(&request.sandbox_id, position)?;
    if let Some(since) = since.ok().flatten() {
        reader.since(since);
    }
    if let Some(lines) = lines {
        reader.last_lines(lines).await.map_err(unreadable)?;
    }
    let logs = Logs { reader, follow: request.follow, drain };
    Ok(stream::unfold(Some(logs), |logs| async move {
        let mut logs = logs?;
        match logs.next().await {
            Ok(Some(response)) => Some((Ok(response), Some(logs))),
            Ok(None) => None,
            Err(status) => Some((Err(status), None)),
        }
    })
    .boxed())
}

impl Logs {
    async fn next(&mut self) -> Result<Option<v1::StreamLogsResponse>, Status> {
        loop {
            if let Some(event) = self.reader.next().await.map_err(unreadable)? {
                return Ok(Some(response(event, self.reader.position())));
            }
            if !self.follow {
                return Ok(None);
            }
            tokio::select! {
                biased;
                () = self.drain.begun() => {
                    return Err(status::shutting_down("the daemon is shutting down"));
                }
                more = tokio::time::timeout(KEEP_ALIVE, self.reader.more()) => match more {
                    Ok(true) => {}
                    Ok(false) => return Ok(None),
                    Err(_) => return Ok(Some(self.keep_alive())),
                },
            }
        }
    }

    fn keep_alive(&self) -> v1::StreamLogsResponse {
        v1::StreamLogsResponse {
            event: Some(Event::KeepAlive(KeepAlive {})),
            time: Some(convert::timestamp(SystemTime::now())),
            position: convert::signed(self.reader.position()),
        }
    }
}

fn natural(checks: &mut Checks, field: &str, number: i64) -> u64 {
    u64::try_from(number).unwrap_or_else(|_| {
        checks.fail(field, format!("must not be negative, is {number}"));
        0
    })
}

fn response(event: LogEvent, position: u64) -> v1::StreamLogsResponse {
    let (event, time) = match event {
        LogEvent::Truncated => (Event::Truncated(v1::LogTruncated {}), SystemTime::now()),
        LogEvent::Piece(piece) => (piece_event(piece.content), piece.time),
    };
    v1::StreamLogsResponse {
        event: Some(event),
        time: Some(convert::timestamp(time)),
        position: convert::signed(position),
    }
}

fn piece_event(content: Content) -> Event {
    match content {
        Content::Started(exec) => Event::Started(v1::LogStarted { exec_id: exec.into() }),
        Content::Output { stream: OutputStream::Stdout, data, .. } => {
            Event::Stdout(v1::LogChunk { data })
        }
        Content::Output { stream: OutputStream::Stderr, data, .. } => {
            Event::Stderr(v1::LogChunk { data })
        }
        Content::Exited(exit_code) => Event::Exited(v1::LogExited { exit_code }),
    }
}

/// Only a position that the caller made up is in the middle of a piece.
fn unreadable(error: io::Error) -> Status {
    match error.kind() {
        io::ErrorKind::InvalidData => field("position", error.to_string()),
        _ => Status::internal(format!("the log can't be read: {error}")),
    }
}
