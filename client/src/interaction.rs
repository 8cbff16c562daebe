//! Commands with input.

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::client::Client;
use crate::error::Error;
use crate::exec::ExecStream;
use crate::v1::interact_exec_request::{Attach, Message, Start, StdinEnd};
use crate::v1::{ExecSpec, InteractExecRequest, TerminalSize};

/// Messages on their way: what the command does not read holds the sender
/// back after so many.
const QUEUE: usize = 4;
/// Bytes of input in one message.
const MAX_CHUNK: usize = 64 << 10;

/// A command's events, and the way to its input.
#[derive(Debug)]
pub struct Interaction {
    /// Its events.
    pub output: ExecStream,
    /// Its input, size and signals.
    pub input: StdinSender,
}

/// Sends to a command. Clones send to the same one; when all are dropped its
/// input stays as it is.
#[derive(Debug, Clone)]
pub struct StdinSender(mpsc::Sender<InteractExecRequest>);

impl StdinSender {
    /// Sends input; waits while the command does not read. `false` when the
    /// command has ended.
    pub async fn write(&self, mut data: Bytes) -> bool {
        while !data.is_empty() {
            let chunk = data.split_to(data.len().min(MAX_CHUNK));
            if !self.send(Message::Stdin(chunk)).await {
                return false;
            }
        }
        true
    }

    /// Ends its input; on a terminal, types the end-of-file character.
    pub async fn end(&self) -> bool {
        self.send(Message::StdinEnd(StdinEnd {})).await
    }

    /// Tells it its terminal's new size.
    pub async fn resize(&self, rows: u16, columns: u16) -> bool {
        let size = TerminalSize { rows: rows.into(), columns: columns.into() };
        self.send(Message::Resize(size)).await
    }

    /// Sends a signal (1 to 64) to its process group.
    pub async fn signal(&self, signal: i32) -> bool {
        self.send(Message::Signal(signal)).await
    }

    async fn send(&self, message: Message) -> bool {
        self.0.send(InteractExecRequest { message: Some(message) }).await.is_ok()
    }
}

impl Client {
    /// Runs a command whose input is kept open.
    ///
    /// # Errors
    ///
    /// As [`Client::exec_stream`].
    pub async fn interact(&self, sandbox: &str, spec: ExecSpec) -> Result<Interaction, Error> {
        let start = Start { sandbox_id: sandbox.to_owned(), spec: Some(spec) };
        self.open(Message::Start(start), 0).await
    }

    /// Attaches to a command that runs, its input included; with `takeover`
    /// also where another caller has that.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`, `EXEC_NOT_FOUND`.
    pub async fn interact_attach(
        &self,
        sandbox: &str,
        exec: &str,
        from: u64,
        takeover: bool,
    ) -> Result<Interaction, Error> {
        let attach = Attach {
            sandbox_id: sandbox.to_owned(),
            exec_id: exec.to_owned(),
            from_offset: i64::try_from(from).unwrap_or(i64::MAX),
            takeover,
        };
        self.open(Message::Attach(attach), from).await
    }

    async fn open(&self, first: Message, from: u64) -> Result<Interaction, Error> {
        let (sender, requests) = mpsc::channel(QUEUE);
        let input = StdinSender(sender);
        // There is room: the queue is new.
        input.send(first).await;
        let frames = self.execs().interact_exec(ReceiverStream::new(requests)).await?.into_inner();
        Ok(Interaction { output: ExecStream::new(frames, from), input })
    }
}
