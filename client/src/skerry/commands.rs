//! Commands in a sandbox.

use super::command::Command;
use super::exec::{Exec, Link};
use super::run::Run;
use crate::client::Client;
use crate::error::Error;
use crate::retry::retrying;
use crate::v1::{ExecInfo, ExecSpec};

/// Commands in a sandbox: see [`Command`] for what one is.
#[derive(Debug, Clone)]
pub struct Commands {
    pub(super) client: Client,
    pub(super) sandbox: String,
}

impl Commands {
    /// Runs a command to its end, when it is awaited. A non-zero exit code is a
    /// result: see [`CommandResult::check`].
    ///
    /// The errors are a command that can't be started, by their reason:
    /// `COMMAND_NOT_FOUND`, `NOT_EXECUTABLE`, `CWD_NOT_FOUND`,
    /// `USER_NOT_FOUND`; a sandbox that does not run (`WRONG_STATE`).
    ///
    /// [`CommandResult::check`]: super::CommandResult::check
    pub fn run<'a>(&self, command: impl Into<Command>) -> Run<'a> {
        Run::new(self.clone(), command.into())
    }

    /// Runs a command whose output is read as it comes. The command waits while
    /// nobody reads.
    ///
    /// # Errors
    ///
    /// As [`Commands::run`].
    pub async fn stream(&self, command: impl Into<Command>) -> Result<Exec, Error> {
        let spec = command.into().into_spec();
        let output = self.client.exec_stream(&self.sandbox, spec).await?;
        Exec::started(&self.client, &self.sandbox, Link { output, input: None }).await
    }

    /// Starts a command in the background, which waits for nobody: of its
    /// output the last MiB is kept. With [`Command::stdin`] it can be written
    /// to.
    ///
    /// # Errors
    ///
    /// As [`Commands::run`].
    pub async fn start(&self, command: impl Into<Command>) -> Result<Exec, Error> {
        self.start_spec(command.into().into_spec()).await
    }

    pub(super) async fn start_spec(&self, spec: ExecSpec) -> Result<Exec, Error> {
        let with_input = spec.keep_stdin || spec.terminal.is_some();
        let info = self.client.start_exec(&self.sandbox, spec).await?;
        Ok(Exec::of(&self.client, &self.sandbox, &info.id, 0, with_input))
    }

    /// A command that was started before, its output from an offset on. Where
    /// there is none, the first read says so.
    pub fn attach(&self, exec: &str, offset: u64) -> Exec {
        Exec::of(&self.client, &self.sandbox, exec, offset, false)
    }

    /// The same with its input, which is taken from whoever has it.
    pub fn attach_with_input(&self, exec: &str, offset: u64) -> Exec {
        Exec::of(&self.client, &self.sandbox, exec, offset, true)
    }

    /// The sandbox's commands, those that ended included, oldest first.
    ///
    /// # Errors
    ///
    /// `SANDBOX_NOT_FOUND`.
    pub async fn list(&self) -> Result<Vec<ExecInfo>, Error> {
        retrying(|| self.client.list_execs(&self.sandbox)).await
    }

    /// Runs a command whose input is written meanwhile.
    pub(super) async fn interact(&self, command: Command) -> Result<Exec, Error> {
        let spec = command.stdin().into_spec();
        let interaction = self.client.interact(&self.sandbox, spec).await?;
        Exec::started(&self.client, &self.sandbox, interaction.into()).await
    }
}
