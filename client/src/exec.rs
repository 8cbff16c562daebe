//! Commands in sandboxes.

use bytes::Bytes;
use tonic::Streaming;

use crate::client::Client;
use crate::error::Error;
use crate::page::{PAGE_SIZE, all_pages};
use crate::v1::exec_stream_response::Event;
use crate::v1::{
    AttachExecRequest, ExecInfo, ExecRequest, ExecResponse, ExecResult, ExecSpec,
    ExecStreamRequest, ExecStreamResponse, GetExecRequest, ListExecsRequest, SignalExecRequest,
    StartExecRequest, WaitExecRequest,
};

/// What happens to a command, in order: `Started` once, output, `Exited` last.
#[expect(clippy::large_enum_variant, reason = "one event is alive at a time")]
#[derive(Debug, Clone, PartialEq)]
pub enum ExecEvent {
    /// It runs.
    Started(ExecInfo),
    /// It wrote to stdout.
    Stdout(Bytes),
    /// It wrote to stderr.
    Stderr(Bytes),
    /// Its log has moved on: output before this offset is lost.
    Truncated {
        /// Offset of what comes next.
        before: u64,
    },
    /// It ended; all of its output has come.
    Exited(ExecResult),
}

/// A command's events as they come.
///
/// Dropping it leaves the command running; end it with
/// [`Client::signal_exec`]. A reader that is slow holds the command back, and
/// loses nothing.
#[derive(Debug)]
pub struct ExecStream {
    frames: Streaming<ExecStreamResponse>,
    offset: u64,
    exited: bool,
}

impl ExecStream {
    pub(crate) fn new(frames: Streaming<ExecStreamResponse>, offset: u64) -> Self {
        Self { frames, offset, exited: false }
    }

    /// The next event; `None` after `Exited`. Cancel-safe: a call that is
    /// dropped takes no event with it.
    ///
    /// # Errors
    ///
    /// A command that could not be started (reasons as
    /// [`Client::exec_stream`]), and a stream that was cut before `Exited`.
    pub async fn next(&mut self) -> Result<Option<ExecEvent>, Error> {
        while !self.exited {
            let frame = self.frames.message().await?;
            let frame = frame.ok_or_else(|| Error::cut("the stream ended before the command"))?;
            if let Some(event) = frame.event.and_then(|event| self.take(event)) {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }

    /// How far the output has been read, stdout and stderr counted together:
    /// the offset of the first byte that has not come.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    fn take(&mut self, event: Event) -> Option<ExecEvent> {
        match event {
            Event::Started(exec) => Some(ExecEvent::Started(exec)),
            Event::Stdout(chunk) => {
                self.advance(chunk.offset, chunk.data.len());
                Some(ExecEvent::Stdout(chunk.data))
            }
            Event::Stderr(chunk) => {
                self.advance(chunk.offset, chunk.data.len());
                Some(ExecEvent::Stderr(chunk.data))
            }
            Event::KeepAlive(_) => None,
            Event::Truncated(truncated) => {
                self.offset = u64::try_from(truncated.before).unwrap_or(0);
                Some(ExecEvent::Truncated { before: self.offset })
            }
            Event::Exited(result) => {
                self.exited = true;
                Some(ExecEvent::Exited(result))
            }
        }
    }

    fn advance(&mut self, offset: i64, length: usize) {
        self.offset = u64::try_from(offset).unwrap_or(0).saturating_add(length as u64);
    }
}

impl Client {
    /// Runs a command to its end and answers with its output, at most 1 MiB
    /// of stdout and of stderr each. A non-zero exit code is a result, not an
    /// error.
    ///
    /// # Errors
    ///
    /// As [`Client::exec_stream`].
    pub async fn exec(&self, sandbox: &str, spec: ExecSpec) -> Result<ExecResponse, Error> {
        let request =
            ExecRequest { sandbox_id: sandbox.to_owned(), spec: Some(spec), max_output_bytes: 0 };
        self.exec_with(request).await
    }

    /// As [`Client::exec`], with every field of the request.
    ///
    /// # Errors
    ///
    /// As [`Client::exec_stream`].
    pub async fn exec_with(&self, request: ExecRequest) -> Result<ExecResponse, Error> {
        Ok(self.execs().exec(request).await?.into_inner())
    }

    /// Runs a command and streams its output as it comes.
    ///
    /// # Errors
    ///
    /// By `reason`: `COMMAND_NOT_FOUND`, `NOT_EXECUTABLE`, `BAD_INTERPRETER`,
    /// `CWD_NOT_FOUND`, `CWD_NOT_ACCESSIBLE`, `USER_NOT_FOUND`,
    /// `SANDBOX_NOT_FOUND`, `OUT_OF_MEMORY`, `OUT_OF_PIDS`, `TOO_MANY_EXECS`,
    /// and a sandbox that is not running. They may come here or from the
    /// first [`ExecStream::next`].
    pub async fn exec_stream(&self, sandbox: &str, spec: ExecSpec) -> Result<ExecStream, Error> {
        let request = ExecStreamRequest { sandbox_id: sandbox.to_owned(), spec: Some(spec) };
        let frames = self.execs().exec_stream(request).await?.into_inner();
        Ok(ExecStream::new(frames, 0))
    }

    /// Starts a command in the background.
    ///
    /// # Errors
    ///
    /// As [`Client::exec_stream`].
    pub async fn start_exec(&self, sandbox: &str, spec: ExecSpec) -> Result<ExecInfo, Error> {
        let request = StartExecRequest { sandbox_id: sandbox.to_owned(), spec: Some(spec) };
        Ok(self.execs().start_exec(request).await?.into_inner())
    }

    /// Reads a command's output from an offset on: what is kept of it, then
    /// what comes.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`, `EXEC_NOT_FOUND`.
    pub async fn attach_exec(
        &self,
        sandbox: &str,
        exec: &str,
        from: u64,
    ) -> Result<ExecStream, Error> {
        let request = AttachExecRequest {
            sandbox_id: sandbox.to_owned(),
            exec_id: exec.to_owned(),
            from_offset: i64::try_from(from).unwrap_or(i64::MAX),
        };
        Ok(ExecStream::new(self.execs().attach_exec(request).await?.into_inner(), from))
    }

    /// Waits until a command has ended.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`, `EXEC_NOT_FOUND`; a sandbox that stops first.
    pub async fn wait_exec(&self, sandbox: &str, exec: &str) -> Result<ExecInfo, Error> {
        let request = WaitExecRequest { sandbox_id: sandbox.to_owned(), exec_id: exec.to_owned() };
        Ok(self.execs().wait_exec(request).await?.into_inner())
    }

    /// Sends a signal (1 to 64) to a command's process group.
    ///
    /// # Errors
    ///
    /// `EXEC_NOT_FOUND`, `EXEC_ENDED`.
    pub async fn signal_exec(&self, sandbox: &str, exec: &str, signal: i32) -> Result<(), Error> {
        let request = SignalExecRequest {
            sandbox_id: sandbox.to_owned(),
            exec_id: exec.to_owned(),
            signal,
            process_only: false,
        };
        self.execs().signal_exec(request).await?;
        Ok(())
    }

    /// Reads one exec.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`, `EXEC_NOT_FOUND`.
    pub async fn exec_info(&self, sandbox: &str, exec: &str) -> Result<ExecInfo, Error> {
        let request = GetExecRequest { sandbox_id: sandbox.to_owned(), exec_id: exec.to_owned() };
        Ok(self.execs().get_exec(request).await?.into_inner())
    }

    /// Reads all execs that a sandbox still knows, oldest first.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`.
    pub async fn list_execs(&self, sandbox: &str) -> Result<Vec<ExecInfo>, Error> {
        all_pages(async |page_token| {
            let request = ListExecsRequest {
                sandbox_id: sandbox.to_owned(),
                page_size: PAGE_SIZE,
                page_token,
                ..ListExecsRequest::default()
            };
            let page = self.execs().list_execs(request).await?.into_inner();
            Ok((page.execs, page.next_page_token))
        })
        .await
    }
}
