//! One command.

use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt};
use tonic::Code;

use super::data::Data;
use super::result::{Collector, CommandResult, MAX_OUTPUT, Output};
use crate::client::Client;
use crate::error::Error;
use crate::exec::{ExecEvent, ExecStream};
use crate::interaction::{Interaction, StdinSender};
use crate::retry::{Retry, retrying};
use crate::v1::{ExecInfo, ExecResult};

const SIGKILL: i32 = 9;

/// A command in a sandbox, whose output is read by [`Exec::next`].
///
/// The output survives a lost connection by itself: it is taken up again where
/// it was, no byte lost or doubled. Input does not, as nobody can know what has
/// arrived: of a command with input a lost connection is an error
/// (`INPUT_CUT`), and [`Commands::attach_with_input`] at its [`Exec::offset`]
/// goes on.
///
/// A reader that is slow holds the command back; dropping this lets it go on
/// alone, and it can be attached to by its [`Exec::id`].
///
/// [`Commands::attach_with_input`]: super::Commands::attach_with_input
#[derive(Debug)]
pub struct Exec {
    client: Client,
    sandbox: String,
    id: String,
    offset: u64,
    /// It is read by a call that has its input as well.
    with_input: bool,
    link: Option<Link>,
    retry: Retry,
    result: Option<ExecResult>,
}

/// The call that its output comes by.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) output: ExecStream,
    pub(super) input: Option<StdinSender>,
}

impl From<Interaction> for Link {
    fn from(Interaction { output, input }: Interaction) -> Self {
        Self { output, input: Some(input) }
    }
}

/// The way to a command's standard input and terminal, beside who reads its
/// output. Clones lead to the same command.
#[derive(Debug, Clone)]
pub struct ExecInput(StdinSender);

impl ExecInput {
    /// Writes to its standard input; waits for it to read.
    ///
    /// # Errors
    ///
    /// `STDIN_CLOSED` where it takes no input any more.
    pub async fn write(&self, data: impl Into<Bytes>) -> Result<(), Error> {
        sent(self.0.write(data.into()).await)
    }

    /// Ends its standard input; on a terminal, types the end-of-file character.
    ///
    /// # Errors
    ///
    /// `STDIN_CLOSED` where it takes no input any more.
    pub async fn end(&self) -> Result<(), Error> {
        sent(self.0.end().await)
    }

    /// Gives its terminal another size.
    ///
    /// # Errors
    ///
    /// `STDIN_CLOSED` where it takes no input any more.
    pub async fn resize(&self, rows: u16, columns: u16) -> Result<(), Error> {
        sent(self.0.resize(rows, columns).await)
    }
}

fn sent(taken: bool) -> Result<(), Error> {
    match taken {
        true => Ok(()),
        false => Err(stdin_closed("the command takes no input any more")),
    }
}

fn stdin_closed(message: &str) -> Error {
    Error::own(Code::FailedPrecondition, "STDIN_CLOSED", message)
}

impl Exec {
    /// A command that runs, of which nothing is read yet.
    pub(super) fn of(
        client: &Client,
        sandbox: &str,
        id: &str,
        offset: u64,
        with_input: bool,
    ) -> Self {
        Self {
            client: client.clone(),
            sandbox: sandbox.to_owned(),
            id: id.to_owned(),
            offset,
            with_input,
            link: None,
            retry: Retry::default(),
            result: None,
        }
    }

    /// A command that has just been asked for, once it runs.
    pub(super) async fn started(client: &Client, sandbox: &str, link: Link) -> Result<Self, Error> {
        let with_input = link.input.is_some();
        let mut exec = Self::of(client, sandbox, "", 0, with_input);
        exec.link = Some(link);
        while exec.id.is_empty() {
            let event = exec.read().await?;
            exec.take(event);
        }
        Ok(exec)
    }

    /// Made by the daemon, for an attach.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Of the first byte that has not come, stdout and stderr counted together.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// `None` until all of its output was read.
    pub fn exit_code(&self) -> Option<i32> {
        self.result.as_ref().map(|result| result.exit_code)
    }

    /// The next piece of its output; `None` when it has ended and all was read.
    /// Cancel-safe.
    ///
    /// # Errors
    ///
    /// `INPUT_CUT`; a connection that can't be had again; a sandbox that stops
    /// first.
    pub async fn next(&mut self) -> Result<Option<Output>, Error> {
        while self.result.is_none() {
            match self.read().await {
                Ok(event) => {
                    self.retry.progress();
                    if let Some(output) = self.take(event) {
                        return Ok(Some(output));
                    }
                }
                Err(error) => self.lost(error).await?,
            }
        }
        self.link = None;
        Ok(None)
    }

    /// Its output as a stream.
    pub fn output(&mut self) -> impl Stream<Item = Result<Output, Error>> + Send + Unpin + '_ {
        Box::pin(stream::try_unfold(self, |exec| async move {
            Ok(exec.next().await?.map(|output| (output, exec)))
        }))
    }

    /// Reads to its end, and keeps at most [`MAX_OUTPUT`] bytes of stdout and
    /// of stderr each. A non-zero exit code is a result.
    ///
    /// # Errors
    ///
    /// As [`Exec::next`].
    pub async fn wait(&mut self) -> Result<CommandResult, Error> {
        self.collect(MAX_OUTPUT, |_| ()).await
    }

    /// The same with another bound; `told` is called with each piece.
    pub(super) async fn collect(
        &mut self,
        most: usize,
        mut told: impl FnMut(&Output),
    ) -> Result<CommandResult, Error> {
        let mut collector = Collector::new(most);
        while let Some(output) = self.next().await? {
            told(&output);
            collector.add(&output);
        }
        Ok(collector.result(self.result.unwrap_or_default()))
    }

    /// The way to its input, which can be used while its output is read.
    ///
    /// # Errors
    ///
    /// `STDIN_CLOSED` where it was not started or attached to with its input,
    /// and when it has ended; a connection that can't be had.
    pub async fn input(&mut self) -> Result<ExecInput, Error> {
        if !self.with_input {
            return Err(stdin_closed("start it with `stdin`, or attach to it with its input"));
        }
        if self.result.is_none() {
            let link = self.open().await?;
            if let Some(input) = &link.input {
                return Ok(ExecInput(input.clone()));
            }
        }
        Err(stdin_closed("the command takes no input any more"))
    }

    /// Writes to its standard input; waits for it to read.
    ///
    /// # Errors
    ///
    /// As [`Exec::input`].
    pub async fn write(&mut self, data: impl Into<Bytes>) -> Result<(), Error> {
        self.input().await?.write(data).await
    }

    /// Ends its standard input; on a terminal, types the end-of-file character.
    ///
    /// # Errors
    ///
    /// As [`Exec::input`].
    pub async fn end_input(&mut self) -> Result<(), Error> {
        self.input().await?.end().await
    }

    /// Gives its terminal another size.
    ///
    /// # Errors
    ///
    /// As [`Exec::input`].
    pub async fn resize(&mut self, rows: u16, columns: u16) -> Result<(), Error> {
        self.input().await?.resize(rows, columns).await
    }

    /// Sends a signal, 1 to 64, to its process group.
    ///
    /// # Errors
    ///
    /// `EXEC_NOT_FOUND`, `EXEC_ENDED`.
    pub async fn signal(&self, signal: i32) -> Result<(), Error> {
        self.client.signal_exec(&self.sandbox, &self.id, signal).await
    }

    /// Sends SIGKILL to its process group.
    ///
    /// # Errors
    ///
    /// As [`Exec::signal`].
    pub async fn kill(&self) -> Result<(), Error> {
        self.signal(SIGKILL).await
    }

    /// What the daemon knows of it.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`, `EXEC_NOT_FOUND`.
    pub async fn info(&self) -> Result<ExecInfo, Error> {
        retrying(|| self.client.exec_info(&self.sandbox, &self.id)).await
    }

    async fn open(&mut self) -> Result<&mut Link, Error> {
        if self.link.is_none() {
            let (sandbox, id, from) = (&self.sandbox, &self.id, self.offset);
            self.link = Some(match self.with_input {
                true => self.client.interact_attach(sandbox, id, from, true).await?.into(),
                false => {
                    let output = self.client.attach_exec(sandbox, id, from).await?;
                    Link { output, input: None }
                }
            });
        }
        Ok(self.link.as_mut().expect("it was just opened"))
    }

    async fn read(&mut self) -> Result<ExecEvent, Error> {
        let event = self.open().await?.output.next().await?;
        event.ok_or_else(|| Error::cut("the stream ended before the command"))
    }

    fn take(&mut self, event: ExecEvent) -> Option<Output> {
        match event {
            ExecEvent::Started(exec) => {
                self.id = exec.id;
                None
            }
            ExecEvent::Stdout(data) => self.unread(data).map(Output::Stdout),
            ExecEvent::Stderr(data) => self.unread(data).map(Output::Stderr),
            ExecEvent::Truncated { before } => {
                self.offset = before;
                Some(Output::Truncated { before })
            }
            ExecEvent::Exited(result) => {
                self.result = Some(result);
                None
            }
        }
    }

    /// What has not come before of a piece that ends where the stream is now.
    fn unread(&mut self, mut data: Bytes) -> Option<Bytes> {
        let end = self.link.as_ref().map_or(self.offset, |link| link.output.offset());
        let new = usize::try_from(end.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        self.offset = self.offset.max(end);
        let known = data.len().saturating_sub(new);
        let unread = data.split_off(known);
        (!unread.is_empty()).then_some(unread)
    }

    /// Waits before the output is taken up again, where it may be.
    async fn lost(&mut self, error: Error) -> Result<(), Error> {
        self.link = None;
        if self.with_input && error.is_cut() {
            let why = format!(
                "how much of the input of {} has arrived is not known: {}",
                self.id, error.message
            );
            return Err(Error::own(Code::Unavailable, "INPUT_CUT", &why));
        }
        self.retry.after_cut(error).await
    }

    /// Writes all of this, and ends its input; what the command does not want
    /// is left out.
    pub(super) fn feed(
        &self,
        data: Data,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        let input = self.link.as_ref().and_then(|link| link.input.clone());
        async move {
            let Some(input) = input else { return Ok(()) };
            let mut pieces = data.pieces();
            while let Some(piece) = pieces.next().await {
                let piece = piece.map_err(|error| Error::source_failed(&error))?;
                if !input.write(piece).await {
                    return Ok(());
                }
            }
            input.end().await;
            Ok(())
        }
    }
}
