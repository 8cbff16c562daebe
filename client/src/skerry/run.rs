//! A command that is run to its end.

use std::fmt;
use std::future::IntoFuture;

use futures::future::{BoxFuture, FutureExt};

use super::command::Command;
use super::commands::Commands;
use super::data::Data;
use super::result::{CommandResult, MAX_OUTPUT, Output};
use crate::error::Error;

type Told<'a> = Option<Box<dyn FnMut(&[u8]) + Send + 'a>>;

/// A command that is to be run to its end; awaiting it does.
///
/// ```no_run
/// # async fn example(sandbox: skerry_client::Sandbox) -> Result<(), skerry_client::Error> {
/// let mut lines = 0;
/// let result = sandbox
///     .commands()
///     .run(["sort", "-u"])
///     .input("b\na\nb\n")
///     .on_stdout(|piece| lines += piece.iter().filter(|byte| **byte == b'\n').count())
///     .await?;
/// assert_eq!((result.stdout().as_ref(), lines), ("a\nb\n", 2));
/// # Ok(())
/// # }
/// ```
#[must_use = "it is run when it is awaited"]
pub struct Run<'a> {
    commands: Commands,
    command: Command,
    input: Option<Data>,
    on_stdout: Told<'a>,
    on_stderr: Told<'a>,
    max_output: usize,
}

impl<'a> Run<'a> {
    pub(super) fn new(commands: Commands, command: Command) -> Self {
        let max_output = MAX_OUTPUT;
        Self { commands, command, input: None, on_stdout: None, on_stderr: None, max_output }
    }

    /// Its standard input. A lost connection is an error then: `INPUT_CUT`.
    pub fn input(mut self, data: impl Into<Data>) -> Self {
        self.input = Some(data.into());
        self
    }

    /// Told of each piece of stdout.
    pub fn on_stdout(mut self, told: impl FnMut(&[u8]) + Send + 'a) -> Self {
        self.on_stdout = Some(Box::new(told));
        self
    }

    /// Told of each piece of stderr.
    pub fn on_stderr(mut self, told: impl FnMut(&[u8]) + Send + 'a) -> Self {
        self.on_stderr = Some(Box::new(told));
        self
    }

    /// How many bytes of stdout and of stderr each are kept; else
    /// [`MAX_OUTPUT`].
    pub fn max_output(mut self, bytes: usize) -> Self {
        self.max_output = bytes;
        self
    }

    async fn run(self) -> Result<CommandResult, Error> {
        let Self { commands, command, input, mut on_stdout, mut on_stderr, max_output } = self;
        let told = move |output: &Output| match output {
            Output::Stdout(data) => tell(&mut on_stdout, data),
            Output::Stderr(data) => tell(&mut on_stderr, data),
            Output::Truncated { .. } => {}
        };
        let Some(input) = input else {
            return commands.stream(command).await?.collect(max_output, told).await;
        };
        let mut exec = commands.interact(command).await?;
        let feeding = exec.feed(input);
        let collecting = exec.collect(max_output, told);
        tokio::pin!(feeding, collecting);
        tokio::select! {
            // What it does not read any more keeps nobody waiting.
            result = &mut collecting => result,
            fed = &mut feeding => {
                fed?;
                collecting.await
            }
        }
    }
}

fn tell(told: &mut Told<'_>, data: &[u8]) {
    if let Some(told) = told {
        told(data);
    }
}

impl<'a> IntoFuture for Run<'a> {
    type Output = Result<CommandResult, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.run().boxed()
    }
}

impl fmt::Debug for Run<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Run").field("command", &self.command).finish_non_exhaustive()
    }
}
