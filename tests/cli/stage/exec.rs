//! The stage's execs.

use std::sync::Arc;

use bytes::Bytes;
use skerry_client::v1::exec_service_server::ExecService;
use skerry_client::v1::exec_stream_response::{Event, KeepAlive};
use skerry_client::v1::{
    AttachExecRequest, ExecInfo, ExecRequest, ExecResponse, ExecResult, ExecStreamRequest,
    ExecStreamResponse, GetExecRequest, InteractExecRequest, ListExecsRequest, ListExecsResponse,
    OutputChunk, SignalExecRequest, SignalExecResponse, StartExecRequest, StreamLogsRequest,
    StreamLogsResponse, WaitExecRequest,
};
use tokio::sync::mpsc::{self, Sender};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request, Response, Status, Streaming};

use super::{Services, Shared, refusal};

/// The id of every exec that a stage runs.
const EXEC: &str = "exec_00000000000000000000000001";
/// Frames under way.
const AHEAD: usize = 4;

/// What an exec does next.
#[derive(Debug, Clone)]
pub(crate) enum Frame {
    /// Writes to stdout.
    Stdout(Bytes),
    /// Writes to stderr.
    Stderr(Bytes),
    /// Writes to stdout for as long as it is read.
    Endless(Bytes),
    /// Nothing for 15 seconds.
    KeepAlive,
    /// Waits for a signal and ends by it.
    UntilSignal,
    /// Takes no notice of signals.
    Forever,
    /// Ends.
    Exit(i32),
    /// Ends for want of memory.
    OutOfMemory,
    /// The stream stops without an end.
    Cut,
}

type Frames = Sender<Result<ExecStreamResponse, Status>>;

async fn send(frames: &Frames, event: Event) -> Option<()> {
    frames.send(Ok(ExecStreamResponse { event: Some(event) })).await.ok()
}

/// Plays a frame; `None` when nobody reads any more or it was the last.
async fn play(shared: &Shared, frames: &Frames, offset: &mut i64, frame: &Frame) -> Option<()> {
    let mut chunk = |data: &Bytes| {
        let chunk = OutputChunk { offset: *offset, data: data.clone() };
        *offset += data.len() as i64;
        chunk
    };
    let exit = |exit_code, signal, oom_killed| {
        Event::Exited(ExecResult { exit_code, signal, oom_killed, timed_out: false })
    };
    match frame {
        Frame::Stdout(data) => send(frames, Event::Stdout(chunk(data))).await,
        Frame::Stderr(data) => send(frames, Event::Stderr(chunk(data))).await,
        Frame::Endless(data) => loop {
            send(frames, Event::Stdout(chunk(data))).await?;
        },
        Frame::KeepAlive => send(frames, Event::KeepAlive(KeepAlive {})).await,
        Frame::UntilSignal => {
            let mut signals = shared.signal.subscribe();
            let signal = *signals.wait_for(|signal| *signal != 0).await.ok()?;
            send(frames, exit(128 + signal, signal, false)).await
        }
        Frame::Forever => std::future::pending().await,
        Frame::Exit(code) => send(frames, exit(*code, 0, false)).await,
        Frame::OutOfMemory => send(frames, exit(137, 9, true)).await,
        Frame::Cut => None,
    }
}

/// What no script here has.
fn unscripted() -> Status {
    refusal(Code::Unimplemented, "UNKNOWN_METHOD", "the stage has no script for it")
}

#[tonic::async_trait]
impl ExecService for Services {
    async fn exec(&self, _: Request<ExecRequest>) -> Result<Response<ExecResponse>, Status> {
        Err(unscripted())
    }

    type ExecStreamStream = ReceiverStream<Result<ExecStreamResponse, Status>>;

    async fn exec_stream(
        &self,
        request: Request<ExecStreamRequest>,
    ) -> Result<Response<Self::ExecStreamStream>, Status> {
        let request = request.into_inner();
        let spec = request.spec.unwrap_or_default();
        self.0.asked().specs.push(spec);
        self.0.call("exec", &request.sandbox_id)?;
        let (frames, stream) = mpsc::channel(AHEAD);
        let shared = Arc::clone(&self.0);
        // Ends with its reader, or with the stage's runtime.
        tokio::spawn(async move {
            let started = ExecInfo { id: EXEC.to_owned(), ..ExecInfo::default() };
            let mut offset = 0;
            send(&frames, Event::Started(started)).await?;
            for frame in &shared.script.frames {
                play(&shared, &frames, &mut offset, frame).await?;
            }
            Some(())
        });
        Ok(Response::new(ReceiverStream::new(stream)))
    }

    type AttachExecStream = Self::ExecStreamStream;
    type InteractExecStream = Self::ExecStreamStream;

    async fn start_exec(&self, _: Request<StartExecRequest>) -> Result<Response<ExecInfo>, Status> {
        Err(unscripted())
    }

    async fn attach_exec(
        &self,
        _: Request<AttachExecRequest>,
    ) -> Result<Response<Self::AttachExecStream>, Status> {
        Err(unscripted())
    }

    async fn interact_exec(
        &self,
        _: Request<Streaming<InteractExecRequest>>,
    ) -> Result<Response<Self::InteractExecStream>, Status> {
        Err(unscripted())
    }

    type StreamLogsStream = ReceiverStream<Result<StreamLogsResponse, Status>>;

    async fn stream_logs(
        &self,
        _: Request<StreamLogsRequest>,
    ) -> Result<Response<Self::StreamLogsStream>, Status> {
        Err(unscripted())
    }

    async fn wait_exec(&self, _: Request<WaitExecRequest>) -> Result<Response<ExecInfo>, Status> {
        Err(unscripted())
    }

    async fn signal_exec(
        &self,
        request: Request<SignalExecRequest>,
    ) -> Result<Response<SignalExecResponse>, Status> {
        let request = request.into_inner();
        self.0.call("signal", &request.signal.to_string())?;
        self.0.signal.send_replace(request.signal);
        Ok(Response::new(SignalExecResponse {}))
    }

    async fn get_exec(&self, _: Request<GetExecRequest>) -> Result<Response<ExecInfo>, Status> {
        Err(refusal(Code::NotFound, "EXEC_NOT_FOUND", "there is no such exec"))
    }

    async fn list_execs(
        &self,
        request: Request<ListExecsRequest>,
    ) -> Result<Response<ListExecsResponse>, Status> {
        self.0.call("execs", &request.into_inner().sandbox_id)?;
        Ok(Response::new(ListExecsResponse {
            execs: self.0.script.execs.clone(),
            next_page_token: String::new(),
        }))
    }
}
