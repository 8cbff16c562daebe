//! A session: one exec, with what the client types and what it is shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{mpsc, watch};

use super::input::InputReader;
use super::output::{Closed, Output};
use crate::engine::{Engine, EngineError};
use crate::model::{ExecSpec, ExitStatus, OnDisconnect, OutputStream, SandboxId, TerminalSize};
use crate::runtime::{OutputEvent, Process, RuntimeError};

/// bash where the sandbox has it, as people expect it; its own /bin/sh
/// otherwise. `$1` is the command.
const RUN: &str = "[ -x /bin/bash ] && exec /bin/bash -c \"$1\"; exec /bin/sh -c \"$1\"";
const LOGIN: &str = "[ -x /bin/bash ] && exec /bin/bash -l; exec /bin/sh -l";

/// What a client is told that took nothing while another reader was further.
const MISSING: &str = "skerryd: some output is missing\r\n";

/// What a client asked for before the command.
#[derive(Debug, Clone, Default)]
pub(super) struct Setup {
    /// Variables, TERM among them.
    pub(super) env: BTreeMap<String, String>,
    /// The terminal that it wants, if it wants one.
    pub(super) terminal: Option<TerminalSize>,
}

/// A session about to begin.
pub(super) struct Session {
    pub(super) engine: Engine,
    pub(super) sandbox: SandboxId,
    pub(super) input: InputReader,
    pub(super) output: Output,
    /// The terminal's size, as it changes.
    pub(super) sizes: watch::Receiver<Option<TerminalSize>>,
    /// What the client sends the command.
    pub(super) signals: mpsc::Receiver<i32>,
}

/// The exec that runs a command line, or without one a login shell.
pub(super) fn spec(command: Option<&str>, setup: Setup) -> ExecSpec {
    let words: Vec<&str> = match command {
        Some(command) => vec!["/bin/sh", "-c", RUN, "sh", command],
        None => vec!["/bin/sh", "-c", LOGIN],
    };
    ExecSpec {
        command: words.into_iter().map(str::to_owned).collect(),
        env: setup.env,
        terminal: setup.terminal,
        stdin: true,
        on_disconnect: OnDisconnect::Kill,
        ..ExecSpec::default()
    }
}

/// Runs it. The client hears of every end but its own.
pub(super) async fn run(session: Session, spec: ExecSpec) {
    let Session { engine, sandbox, input, output, sizes, signals } = session;
    let done = match engine.start_exec(sandbox.as_str(), &spec).await {
        Ok(process) => {
            let started = Started(process);
            let process = &started.0;
            let ended = tokio::select! {
                ended = show(&**process, &output) => ended,
                never = type_in(&**process, input) => match never {},
                never = pass_on(&**process, sizes, signals) => match never {},
            };
            match ended {
                Ok(status) => output.exited(&status).await,
                Err(Ended::Machine(error)) => output.failed(&error.to_string()).await,
                Err(Ended::Client(Closed)) => Err(Closed),
            }
        }
        Err(error) => output.failed(&refusal(&error)).await,
    };
    if let Err(Closed) = done {
        tracing::debug!(%sandbox, "the client of a session has left");
    }
}

fn refusal(error: &EngineError) -> String {
    match error {
        EngineError::WrongState { sandbox, state, wanted } => {
            format!("{sandbox} is {}: {wanted}", format!("{state:?}").to_uppercase())
        }
        other => other.to_string(),
    }
}

/// Why a session ended without its command.
enum Ended {
    Machine(RuntimeError),
    Client(Closed),
}

/// Sends what the command says until it has ended.
async fn show(process: &dyn Process, output: &Output) -> Result<ExitStatus, Ended> {
    let mut reader = process.read_output(0);
    loop {
        let sent = match reader.next().await.map_err(Ended::Machine)? {
            OutputEvent::Chunk { stream: OutputStream::Stdout, data, .. } => {
                output.stdout(data).await
            }
            OutputEvent::Chunk { stream: OutputStream::Stderr, data, .. } => {
                output.stderr(data).await
            }
            OutputEvent::Truncated { .. } => output.stderr(MISSING.into()).await,
            OutputEvent::Exited(status) => return Ok(status),
        };
        sent.map_err(Ended::Client)?;
    }
}

/// Sends the command what the client sends. What it does not want any more is
/// taken all the same: there may be other channels.
async fn type_in(process: &dyn Process, mut input: InputReader) -> std::convert::Infallible {
    let mut wanted = true;
    while let Some(data) = input.next().await {
        wanted = wanted && matches!(process.write_stdin(data, false).await, Ok(true));
    }
    if wanted {
        // A command that has just ended wants no end of its input.
        let _ = process.write_stdin(Bytes::new(), true).await;
    }
    std::future::pending().await
}

/// Passes on the terminal's sizes, and signals.
async fn pass_on(
    process: &dyn Process,
    mut sizes: watch::Receiver<Option<TerminalSize>>,
    mut signals: mpsc::Receiver<i32>,
) -> std::convert::Infallible {
    loop {
        // A command that has just ended needs neither.
        tokio::select! {
            Ok(()) = sizes.changed() => {
                let size = *sizes.borrow_and_update();
                if let Some(size) = size {
                    let _ = process.resize(size).await;
                }
            }
            Some(signal) = signals.recv() => {
                let _ = process.signal(signal, false).await;
            }
            else => std::future::pending().await,
        }
    }
}

/// Kills what its client leaves behind.
struct Started(Arc<dyn Process>);

impl Drop for Started {
    fn drop(&mut self) {
        if self.0.exit_status().is_none() {
            let process = Arc::clone(&self.0);
            tokio::spawn(async move {
                if let Err(error) = process.kill_all().await {
                    tracing::warn!(exec = %process.id(), %error, "its client is gone, it goes on");
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_is_one_argument_of_a_shell() {
        let ran = spec(Some("echo \"a b\"; exit 3"), Setup::default());
        assert_eq!(ran.command.last().unwrap(), "echo \"a b\"; exit 3");
        assert!(ran.stdin && ran.on_disconnect == OnDisconnect::Kill);
        assert_eq!(spec(None, Setup::default()).command, ["/bin/sh", "-c", LOGIN]);
    }
}
