//! What a command does and how it ends.

use std::borrow::Cow;

use bytes::Bytes;

use crate::v1::ExecResult;

/// Bytes that are kept of stdout and of stderr, unless a caller says otherwise.
pub const MAX_OUTPUT: usize = 16 << 20;

/// What a command writes, as it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// To stdout; on a terminal, all of it.
    Stdout(Bytes),
    /// To stderr.
    Stderr(Bytes),
    /// Output before this offset was not kept, and is missing here.
    Truncated {
        /// Of what comes next, stdout and stderr counted together.
        before: u64,
    },
}

impl Output {
    /// The bytes of either stream; none for `Truncated`.
    pub fn data(&self) -> &[u8] {
        match self {
            Self::Stdout(data) | Self::Stderr(data) => data,
            Self::Truncated { .. } => &[],
        }
    }

    /// The data as UTF-8; what is not becomes U+FFFD.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.data())
    }
}

/// How a command ended, and what it wrote. A non-zero exit code is a result;
/// [`CommandResult::check`] makes an error of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommandResult {
    /// What it wrote to stdout, at most so many bytes as were asked for.
    pub stdout_bytes: Vec<u8>,
    /// What it wrote to stderr, as much.
    pub stderr_bytes: Vec<u8>,
    /// 0 to 255; 128 and the signal's number where a signal ended it.
    pub exit_code: i32,
    /// The signal that ended it, or 0.
    pub signal: i32,
    /// Its timeout ran out.
    pub timed_out: bool,
    /// The sandbox was out of memory.
    pub oom_killed: bool,
    /// Output is missing: there was more than was asked for, or it was not
    /// kept.
    pub truncated: bool,
}

impl CommandResult {
    /// Stdout as UTF-8; what is not becomes U+FFFD.
    pub fn stdout(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.stdout_bytes)
    }

    /// Stderr as UTF-8; what is not becomes U+FFFD.
    pub fn stderr(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.stderr_bytes)
    }

    /// Itself, where the exit code is 0.
    ///
    /// # Errors
    ///
    /// Any other exit code.
    pub fn check(self) -> Result<Self, CommandFailed> {
        match self.exit_code {
            0 => Ok(self),
            _ => Err(CommandFailed { result: Box::new(self) }),
        }
    }
}

/// A command whose result was checked, and that did not exit with 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("exit code {}{}", result.exit_code, last_line(result))]
pub struct CommandFailed {
    /// How it ended.
    pub result: Box<CommandResult>,
}

/// What it said last, after a colon.
fn last_line(result: &CommandResult) -> String {
    match result.stderr().trim().lines().next_back() {
        None | Some("") => String::new(),
        Some(line) => format!(": {line}"),
    }
}

/// Keeps output up to a bound.
#[derive(Debug)]
pub(super) struct Collector {
    most: usize,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    truncated: bool,
}

impl Collector {
    pub(super) fn new(most: usize) -> Self {
        Self { most, stdout: Vec::new(), stderr: Vec::new(), truncated: false }
    }

    pub(super) fn add(&mut self, output: &Output) {
        let (kept, data) = match output {
            Output::Stdout(data) => (&mut self.stdout, data),
            Output::Stderr(data) => (&mut self.stderr, data),
            Output::Truncated { .. } => return self.truncated = true,
        };
        let fits = data.len().min(self.most.saturating_sub(kept.len()));
        kept.extend_from_slice(&data[..fits]);
        self.truncated |= fits < data.len();
    }

    pub(super) fn result(self, ended: ExecResult) -> CommandResult {
        CommandResult {
            stdout_bytes: self.stdout,
            stderr_bytes: self.stderr,
            exit_code: ended.exit_code,
            signal: ended.signal,
            timed_out: ended.timed_out,
            oom_killed: ended.oom_killed,
            truncated: self.truncated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beyond_the_bound_is_left_out_and_marked() {
        let mut collector = Collector::new(4);
        for piece in ["ab", "cd"] {
            collector.add(&Output::Stdout(piece.into()));
        }
        let whole = ExecResult { exit_code: 3, ..ExecResult::default() };
        collector.add(&Output::Stderr("why\nso it is\n".into()));
        let result = collector.result(whole);
        assert_eq!((result.stdout().as_ref(), result.stderr().as_ref()), ("abcd", "why\n"));
        assert!(result.truncated);
        assert_eq!(result.check().expect_err("3").to_string(), "exit code 3: why");
    }
}
