//! What to run, and how.

use std::time::Duration;

use crate::span::longest_possible;
use crate::v1::{ExecSpec, TerminalSize};

/// A command: a line for the shell, or a program and its arguments, which no
/// shell sees. Like [`std::process::Command`], it also says how it is run.
///
/// A text is a line, a list is a program and its arguments:
///
/// ```
/// use std::time::Duration;
/// use skerry_client::Command;
///
/// let line = Command::from("echo $HOME | tr a-z A-Z");
/// let program = Command::from(["printf", "%s", "$HOME"]);
/// let careful = Command::shell("make test").cwd("/src").timeout(Duration::from_secs(60));
/// # let _ = (line, program, careful);
/// ```
#[derive(Debug, Clone)]
pub struct Command {
    spec: ExecSpec,
}

impl Command {
    /// A line for the sandbox's shell.
    pub fn shell(line: impl Into<String>) -> Self {
        Self { spec: ExecSpec { shell: line.into(), ..ExecSpec::default() } }
    }

    /// A program and its arguments, as they are.
    pub fn argv<S: Into<String>>(words: impl IntoIterator<Item = S>) -> Self {
        let command = words.into_iter().map(Into::into).collect();
        Self { spec: ExecSpec { command, ..ExecSpec::default() } }
    }

    /// Adds to the sandbox's environment.
    pub fn env(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.spec.env.insert(key.into(), value.into());
        self
    }

    /// Where it is run: an absolute path; else the sandbox's own, or
    /// /workspace.
    pub fn cwd(mut self, path: impl Into<String>) -> Self {
        self.spec.cwd = path.into();
        self
    }

    /// Who runs it: a user's name or uid, optionally with `:` and a group; else
    /// the sandbox's own, or root.
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.spec.user = user.into();
        self
    }

    /// Ends it after so long, by SIGTERM and then SIGKILL; else never. That is a
    /// result, with `timed_out`.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.spec.timeout = Some(longest_possible(timeout));
        self
    }

    /// How long it has after the SIGTERM of its timeout; else 5 seconds.
    pub fn grace_period(mut self, period: Duration) -> Self {
        self.spec.grace_period = Some(longest_possible(period));
        self
    }

    /// Lets it be written to, where it is started in the background.
    pub fn stdin(mut self) -> Self {
        self.spec.keep_stdin = true;
        self
    }

    pub(super) fn on_terminal(mut self, rows: u16, columns: u16) -> Self {
        self.spec.terminal = Some(TerminalSize { rows: rows.into(), columns: columns.into() });
        self
    }

    pub(super) fn into_spec(self) -> ExecSpec {
        self.spec
    }
}

/// What the API can say and this has no method for.
impl From<ExecSpec> for Command {
    fn from(spec: ExecSpec) -> Self {
        Self { spec }
    }
}

impl From<&str> for Command {
    fn from(line: &str) -> Self {
        Self::shell(line)
    }
}

impl From<String> for Command {
    fn from(line: String) -> Self {
        Self::shell(line)
    }
}

impl<S: Into<String>> From<Vec<S>> for Command {
    fn from(words: Vec<S>) -> Self {
        Self::argv(words)
    }
}

impl<S: Into<String>, const N: usize> From<[S; N]> for Command {
    fn from(words: [S; N]) -> Self {
        Self::argv(words)
    }
}

impl<S: AsRef<str>> From<&[S]> for Command {
    fn from(words: &[S]) -> Self {
        Self::argv(words.iter().map(AsRef::as_ref))
    }
}
