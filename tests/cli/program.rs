//! The program under test.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Longer than anything takes on a slow machine under load.
const PATIENCE: Duration = Duration::from_secs(60);
const STEP: Duration = Duration::from_millis(5);

/// `skerry` without anything of this environment that it reads.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(skerry_test_support::skerry());
    command.args(arguments).stdin(Stdio::null());
    for name in ["SKERRY_ADDRESS", "SKERRY_TLS_CA", "SKERRY_TOKEN", "NO_COLOR", "TERM", "COLUMNS"] {
        command.env_remove(name);
    }
    // No token of a daemon on this machine.
    command.env("SKERRY_DATA_DIR", "/nonexistent");
    command
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// The end of a run whose output is text.
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is text"),
            stderr: String::from_utf8(output.stderr).expect("stderr is text"),
        }
    }

    /// What it printed, where it succeeded in silence otherwise.
    pub(crate) fn expect_stdout(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{}", self.stdout);
        self.stdout
    }

    /// The one line of its error, without its start.
    pub(crate) fn expect_error(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        let line = self.stderr.strip_prefix("skerry: ").expect("an error says who speaks");
        let line = line.strip_suffix('\n').expect("an error is a line");
        assert!(!line.contains('\n'), "one line: {line}");
        line.to_owned()
    }
}

/// Runs it to its end.
pub(crate) fn run(command: &mut Command) -> Ended {
    Ended::of(command.output().expect("skerry can be run"))
}

/// Runs it to its end with this on its stdin.
pub(crate) fn run_with_input(command: &mut Command, input: &[u8]) -> Output {
    let mut child = start(command.stdin(Stdio::piped()));
    let mut stdin = child.stdin.take().expect("it is piped");
    std::thread::scope(|scope| {
        // Beside the reading: what it prints may wait for that.
        scope.spawn(move || stdin.write_all(input).expect("skerry reads its input"));
        child.wait_with_output().expect("it is this process's child")
    })
}

/// Starts it with its outputs piped.
pub(crate) fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("skerry can be run")
}

/// Sends it a signal.
pub(crate) fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("it runs");
}

/// Waits for its end.
pub(crate) fn finish(child: Child) -> Ended {
    Ended::of(child.wait_with_output().expect("it is this process's child"))
}

/// Waits, with a bound, until something is so.
pub(crate) fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(STEP);
    }
}

/// A path as an argument.
pub(crate) fn argument(path: &Path) -> &str {
    path.to_str().expect("a temporary path is text")
}
