//! What main processes have written.

use tonic::Streaming;

use crate::client::Client;
use crate::error::Error;
use crate::v1::stream_logs_response::Event;
use crate::v1::{StreamLogsRequest, StreamLogsResponse};

/// A main process's log, as it comes.
#[derive(Debug)]
pub struct LogStream {
    pieces: Streaming<StreamLogsResponse>,
}

impl LogStream {
    /// The next piece; `None` at the end. Keep-alives are left out.
    /// Cancel-safe.
    ///
    /// # Errors
    ///
    /// A connection that was lost: go on with the last piece's `position`.
    pub async fn next(&mut self) -> Result<Option<StreamLogsResponse>, Error> {
        loop {
            match self.pieces.message().await? {
                Some(StreamLogsResponse { event: Some(Event::KeepAlive(_)), .. }) => {}
                piece => return Ok(piece),
            }
        }
    }
}

impl Client {
    /// Reads what a sandbox's main process has written, in all of its runs.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`, `NO_MAIN_PROCESS`; `InvalidArgument` with the
    /// fields named.
    pub async fn logs(&self, request: StreamLogsRequest) -> Result<LogStream, Error> {
        Ok(LogStream { pieces: self.execs().stream_logs(request).await?.into_inner() })
    }
}
