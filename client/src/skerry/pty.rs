//! Terminals in a sandbox.

use super::command::Command;
use super::commands::Commands;
use super::exec::Exec;
use crate::error::Error;

/// Commands on a terminal, which is their input and all of their output.
#[derive(Debug, Clone)]
pub struct Pty {
    pub(super) commands: Commands,
}

impl Pty {
    /// Starts a command on a terminal of this size: `"exec bash"` for a shell.
    ///
    /// # Errors
    ///
    /// As [`Commands::run`].
    pub async fn start(
        &self,
        command: impl Into<Command>,
        rows: u16,
        columns: u16,
    ) -> Result<Exec, Error> {
        self.commands.start_spec(command.into().on_terminal(rows, columns).into_spec()).await
    }

    /// A terminal that was started before, its output from an offset on. Its
    /// input is taken from whoever has it.
    pub fn attach(&self, exec: &str, offset: u64) -> Exec {
        self.commands.attach_with_input(exec, offset)
    }
}
