//! Running other programs: to their end, timed, with their error output kept
//! for the message.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use thiserror::Error;

/// Where Debian's packages put programs; looked at before PATH, so that a
/// wrapper of the same name does not take part instead.
const PACKAGED: [&str; 4] = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// How much of a program's error output a message carries.
const STDERR_KEPT: usize = 600;

/// The last lines of a log that a message carries.
const LOG_LINES: usize = 5;

/// One read of a plain pipe's reader: what the kernel gives at most from a
/// pipe of the default size.
const PIPE_READ: usize = 64 * 1024;

/// Why a program's run came to nothing.
#[derive(Debug, Error)]
pub(crate) enum CommandError {
    /// It could not be started, or waited for.
    #[error("can't run {program}: {source}")]
    Run {
        /// Its path or name.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// It failed.
    #[error("{program} ended with {status}: {stderr}")]
    Failed {
        /// Its path or name and arguments.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// The end of what it wrote to standard error.
        stderr: String,
    },
    /// It wrote less or more than it should have.
    #[error("{program} wrote {got} bytes to standard output instead of {wanted}")]
    WrongLength {
        /// Its path or name and arguments.
        program: String,
        /// Bytes it wrote.
        got: u64,
        /// Bytes it should have written.
        wanted: u64,
    },
}

/// Finds a program by name.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    PACKAGED
        .iter()
        .map(PathBuf::from)
        .chain(std::env::split_paths(&path))
        .map(|directory| directory.join(name))
        .find(|candidate| candidate.is_file())
}

/// Runs a command to its end and answers with its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String, CommandError> {
    let output =
        command.stdin(Stdio::null()).output().map_err(|source| cant_run(command, source))?;
    if !output.status.success() {
        return Err(failed(command, output.status, &output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The first line of a program's `--version`, or what went wrong.
pub(crate) fn version(program: &Path) -> String {
    match output(Command::new(program).arg("--version")) {
        Ok(text) => text.lines().next().unwrap_or_default().to_owned(),
        Err(error) => error.to_string(),
    }
}

/// The end of a log, on one line.
pub(crate) fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let mut lines: Vec<&str> = text.lines().rev().take(LOG_LINES).collect();
    lines.reverse();
    lines.join(" | ")
}

/// Runs commands with their error output in a file, so that nothing has to
/// read a pipe while the clock runs.
#[derive(Debug)]
pub(crate) struct Stopwatch {
    stderr: PathBuf,
}

impl Stopwatch {
    /// Uses a file in `dir` for error output.
    pub(crate) fn new(dir: &Path) -> Self {
        Self { stderr: dir.join("stderr") }
    }

    /// Time from before a command is started until it has been waited for.
    pub(crate) fn run(&self, command: &mut Command) -> Result<Duration, CommandError> {
        let stderr = self.prepare(command)?;
        command.stdout(Stdio::null()).stderr(stderr);
        let started = Instant::now();
        let status = command.status().map_err(|source| cant_run(command, source))?;
        let took = started.elapsed();
        self.check(command, status)?;
        Ok(took)
    }

    /// The same for a command whose output is read through a plain pipe, 64
    /// KiB at a time, and has to be `wanted` bytes long.
    pub(crate) fn drain(
        &self,
        command: &mut Command,
        wanted: u64,
    ) -> Result<Duration, CommandError> {
        let stderr = self.prepare(command)?;
        command.stdout(Stdio::piped()).stderr(stderr);
        let mut buffer = vec![0; PIPE_READ];
        let started = Instant::now();
        let mut child = command.spawn().map_err(|source| cant_run(command, source))?;
        let got = read_to_end(&mut child, &mut buffer).map_err(|e| cant_run(command, e))?;
        let status = child.wait().map_err(|source| cant_run(command, source))?;
        let took = started.elapsed();
        self.check(command, status)?;
        if got != wanted {
            let program = line(command);
            return Err(CommandError::WrongLength { program, got, wanted });
        }
        Ok(took)
    }

    /// Time until all of `commands`, started at once, have ended.
    pub(crate) fn together(&self, commands: &mut [Command]) -> Result<Duration, CommandError> {
        let mut children = Vec::with_capacity(commands.len());
        for command in commands.iter_mut() {
            let stderr = self.prepare(command)?;
            command.stdout(Stdio::null()).stderr(stderr);
        }
        let started = Instant::now();
        for command in commands.iter_mut() {
            children.push(command.spawn().map_err(|e| cant_run(command, e)));
        }
        // All are waited for before the first error is answered with: none
        // may run on into the next measurement.
        let ended: Vec<_> =
            children.into_iter().map(|child| child.map(|mut child| child.wait())).collect();
        let took = started.elapsed();
        for (command, status) in commands.iter().zip(ended) {
            let status = status?.map_err(|source| cant_run(command, source))?;
            self.check(command, status)?;
        }
        Ok(took)
    }

    fn prepare(&self, command: &mut Command) -> Result<File, CommandError> {
        command.stdin(Stdio::null());
        File::create(&self.stderr).map_err(|source| cant_run(command, source))
    }

    fn check(&self, command: &Command, status: ExitStatus) -> Result<(), CommandError> {
        if status.success() {
            return Ok(());
        }
        let stderr = std::fs::read(&self.stderr).unwrap_or_default();
        Err(failed(command, status, &stderr))
    }
}

fn read_to_end(child: &mut Child, buffer: &mut [u8]) -> io::Result<u64> {
    let mut stdout = child.stdout.take().expect("standard output is a pipe");
    let mut total = 0;
    loop {
        match stdout.read(buffer) {
            Ok(0) => return Ok(total),
            Ok(got) => total += got as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn cant_run(command: &Command, source: io::Error) -> CommandError {
    let program = command.get_program().to_string_lossy().into_owned();
    CommandError::Run { program, source }
}

fn failed(command: &Command, status: ExitStatus, stderr: &[u8]) -> CommandError {
    let text = String::from_utf8_lossy(stderr);
    let text = text.trim();
    let kept: Vec<char> = text.chars().rev().take(STDERR_KEPT).collect();
    CommandError::Failed {
        program: line(command),
        status,
        stderr: kept.into_iter().rev().collect(),
    }
}

fn line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_carries_what_the_program_said() {
        let dir = tempfile::tempdir().expect("a directory");
        let stopwatch = Stopwatch::new(dir.path());
        let mut command = Command::new("sh");
        command.args(["-c", "echo no such luck >&2; exit 3"]);
        let error = stopwatch.run(&mut command).expect_err("it exits with 3");
        assert!(error.to_string().contains("no such luck"), "{error}");
    }

    #[test]
    fn output_of_the_wrong_length_is_an_error() {
        let dir = tempfile::tempdir().expect("a directory");
        let stopwatch = Stopwatch::new(dir.path());
        let mut command = Command::new("head");
        command.args(["-c", "100000", "/dev/zero"]);
        assert!(stopwatch.drain(&mut command, 100_000).is_ok());
        let error = stopwatch.drain(&mut command, 100_001);
        assert!(matches!(error, Err(CommandError::WrongLength { .. })));
    }

    #[test]
    fn one_failure_of_many_at_once_is_seen() {
        let dir = tempfile::tempdir().expect("a directory");
        let stopwatch = Stopwatch::new(dir.path());
        let mut commands = [Command::new("true"), Command::new("false")];
        assert!(stopwatch.together(&mut commands).is_err());
    }
}
