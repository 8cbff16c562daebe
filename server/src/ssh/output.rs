//! A channel's way back to the client, as fast as the client's window lets it.

use bytes::Bytes;
use russh::server::{Handle, Msg};
use russh::{ChannelId, ChannelWriteHalf};

use super::signal;
use crate::model::ExitStatus;

/// SSH's number for standard error.
const STDERR: u32 = 1;
/// The code of what failed before or beside the command itself.
const FAILED: u32 = 255;

/// The client has closed the channel, or is gone.
#[derive(Debug)]
pub(super) struct Closed;

/// Where a channel's output goes.
pub(super) struct Output {
    write: ChannelWriteHalf<Msg>,
    handle: Handle,
}

impl Output {
    pub(super) fn new(write: ChannelWriteHalf<Msg>, handle: Handle) -> Self {
        Self { write, handle }
    }

    /// Sends to standard output; waits for the client's window.
    pub(super) async fn stdout(&self, data: Bytes) -> Result<(), Closed> {
        self.write.data_bytes(data).await.map_err(|_| Closed)
    }

    /// Sends to standard error; waits for the client's window.
    pub(super) async fn stderr(&self, data: Bytes) -> Result<(), Closed> {
        self.write.extended_data_bytes(STDERR, data).await.map_err(|_| Closed)
    }

    /// Says how the command ended and closes the channel.
    pub(super) async fn exited(&self, status: &ExitStatus) -> Result<(), Closed> {
        match (status.signal, u32::try_from(status.code)) {
            (0, code) => self.close(code.unwrap_or(FAILED)).await,
            (number, _) => {
                let (id, why) = (self.id(), why(status));
                let name = signal::name(number);
                self.handle
                    .exit_signal_request(id, name, false, why, String::new())
                    .await
                    .map_err(|()| Closed)?;
                self.end().await
            }
        }
    }

    /// Says on standard error why nothing more comes, and closes the channel.
    pub(super) async fn failed(&self, why: &str) -> Result<(), Closed> {
        self.stderr(format!("skerryd: {why}\r\n").into()).await?;
        self.close(FAILED).await
    }

    /// Closes the channel with an exit code.
    pub(super) async fn close(&self, code: u32) -> Result<(), Closed> {
        self.write.exit_status(code).await.map_err(|_| Closed)?;
        self.end().await
    }

    async fn end(&self) -> Result<(), Closed> {
        self.write.eof().await.map_err(|_| Closed)?;
        self.write.close().await.map_err(|_| Closed)
    }

    fn id(&self) -> ChannelId {
        self.write.id()
    }
}

fn why(status: &ExitStatus) -> String {
    match (status.oom_killed, status.timed_out) {
        (true, _) => "the kernel killed it for want of memory".to_owned(),
        (_, true) => "its timeout ran out".to_owned(),
        _ => String::new(),
    }
}
