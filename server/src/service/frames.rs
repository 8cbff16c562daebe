//! A process's output as the frames of a response stream.

use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt};
use skerry_api::v1::exec_stream_response::{Event, KeepAlive, Truncated};
use skerry_api::v1::{ExecStreamResponse, OutputChunk};
use tonic::Status;

use super::{Drain, KEEP_ALIVE, convert, status};
use crate::model::{OnDisconnect, OutputStream};
use crate::runtime::{OutputEvent, OutputReader, Process};

/// What the streaming calls answer with.
pub(super) type FrameStream = BoxStream<'static, Result<ExecStreamResponse, Status>>;

/// Reads a process's output. The reader is polled by the connection itself:
/// no task and no queue between them, and what the caller does not read holds
/// the process back.
pub(super) struct Frames {
    output: Box<dyn OutputReader>,
    drain: Drain,
    first: Option<Event>,
    caller: Caller,
}

/// Ends what its caller leaves behind, where that was asked for.
struct Caller {
    process: Arc<dyn Process>,
    on_disconnect: OnDisconnect,
}

impl Drop for Caller {
    fn drop(&mut self) {
        if self.on_disconnect == OnDisconnect::Kill && self.process.exit_status().is_none() {
            let process = Arc::clone(&self.process);
            tokio::spawn(async move {
                if let Err(error) = process.kill_all().await {
                    tracing::warn!(exec = %process.id(), %error, "its caller is gone, it goes on");
                }
            });
        }
    }
}

impl Frames {
    /// Of a process that this caller has started.
    pub(super) fn started(sandbox_id: String, process: Arc<dyn Process>, drain: &Drain) -> Self {
        let on_disconnect = process.spec().on_disconnect;
        Self::new(sandbox_id, process, 0, on_disconnect, drain)
    }

    /// Of one that was there.
    pub(super) fn attached(
        sandbox_id: String,
        process: Arc<dyn Process>,
        from: u64,
        drain: &Drain,
    ) -> Self {
        Self::new(sandbox_id, process, from, OnDisconnect::Keep, drain)
    }

    fn new(
        sandbox_id: String,
        process: Arc<dyn Process>,
        from: u64,
        on_disconnect: OnDisconnect,
        drain: &Drain,
    ) -> Self {
        Self {
            output: process.read_output(from),
            drain: drain.clone(),
            first: Some(Event::Started(convert::exec_info(sandbox_id, &*process, None))),
            caller: Caller { process, on_disconnect },
        }
    }

    pub(super) fn stream(self) -> FrameStream {
        stream::unfold(Some(self), |frames| async move {
            let mut frames = frames?;
            match frames.next().await {
                Ok(event @ Event::Exited(_)) => Some((Ok(frame(event)), None)),
                Ok(event) => Some((Ok(frame(event)), Some(frames))),
                Err(status) => Some((Err(status), None)),
            }
        })
        .boxed()
    }

    pub(super) fn process(&self) -> &Arc<dyn Process> {
        &self.caller.process
    }

    /// The next frame's event. Cancel-safe.
    pub(super) async fn next(&mut self) -> Result<Event, Status> {
        if let Some(first) = self.first.take() {
            return Ok(first);
        }
        let event = tokio::select! {
            biased;
            () = self.drain.begun() => {
                return Err(status::shutting_down("the daemon is shutting down; the command goes on"));
            }
            event = tokio::time::timeout(KEEP_ALIVE, self.output.next()) => event,
        };
        match event {
            Ok(event) => Ok(output_event(event?)),
            Err(_) => Ok(Event::KeepAlive(KeepAlive {})),
        }
    }
}

pub(super) fn frame(event: Event) -> ExecStreamResponse {
    ExecStreamResponse { event: Some(event) }
}

fn output_event(event: OutputEvent) -> Event {
    match event {
        OutputEvent::Chunk { stream, offset, data } => {
            let chunk = OutputChunk { offset: convert::signed(offset), data };
            match stream {
                OutputStream::Stdout => Event::Stdout(chunk),
                OutputStream::Stderr => Event::Stderr(chunk),
            }
        }
        OutputEvent::Truncated { before } => {
            Event::Truncated(Truncated { before: convert::signed(before) })
        }
        OutputEvent::Exited(exit) => Event::Exited(convert::exec_result(&exit)),
    }
}
