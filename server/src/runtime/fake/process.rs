//! Processes that do nothing.

use std::collections::BTreeMap;
use std::time::SystemTime;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::watch;

use crate::model::{ExecId, ExecSpec, ExitStatus, OutputStream, TerminalSize};
use crate::runtime::{OutputEvent, OutputReader, Process, RuntimeError};

type Exit = Option<Result<ExitStatus, RuntimeError>>;

/// A process that does nothing: `sleep` until a signal, any other program
/// ends at once; `echo` has its arguments as output.
pub struct FakeProcess {
    id: ExecId,
    spec: ExecSpec,
    env: BTreeMap<String, String>,
    start_time: SystemTime,
    exit: watch::Sender<Exit>,
    output: Bytes,
}

impl FakeProcess {
    pub(super) fn start(id: &ExecId, spec: &ExecSpec, env: &BTreeMap<String, String>) -> Self {
        let program = spec.command.first().map_or("", String::as_str);
        let output = match program {
            "echo" => spec.command[1..].join(" ") + "\n",
            _ => String::new(),
        };
        let exit = (program != "sleep").then(|| Ok(exited(0)));
        Self {
            id: id.clone(),
            spec: spec.clone(),
            env: env.clone(),
            start_time: SystemTime::now(),
            exit: watch::Sender::new(exit),
            output: output.into(),
        }
    }

    /// The whole environment that it was started with.
    pub fn env(&self) -> &BTreeMap<String, String> {
        &self.env
    }

    pub(super) fn machine_ended(&self) {
        self.end(Err(RuntimeError::Gone));
    }

    /// Whether it ran until now.
    fn end(&self, how: Result<ExitStatus, RuntimeError>) -> bool {
        self.exit.send_if_modified(|exit| {
            let ran = exit.is_none();
            exit.get_or_insert(how);
            ran
        })
    }
}

fn exited(signal: i32) -> ExitStatus {
    ExitStatus { code: 0, signal, oom_killed: false, timed_out: false, end_time: SystemTime::now() }
}

#[async_trait]
impl Process for FakeProcess {
    fn id(&self) -> &ExecId {
        &self.id
    }

    fn spec(&self) -> &ExecSpec {
        &self.spec
    }

    fn pid(&self) -> i32 {
        2
    }

    fn start_time(&self) -> SystemTime {
        self.start_time
    }

    fn exit_status(&self) -> Option<ExitStatus> {
        self.exit.borrow().as_ref()?.as_ref().ok().copied()
    }

    fn output_range(&self) -> (u64, u64) {
        (0, self.output.len() as u64)
    }

    fn read_output(&self, from: u64) -> Box<dyn OutputReader> {
        let end = self.output.len();
        let from = usize::try_from(from).map_or(end, |from| from.min(end));
        Box::new(FakeReader {
            offset: from as u64,
            rest: self.output.slice(from..),
            exit: self.exit.subscribe(),
        })
    }

    async fn wait(&self) -> Result<ExitStatus, RuntimeError> {
        wait(&mut self.exit.subscribe()).await
    }

    async fn write_stdin(&self, _data: Bytes, _end: bool) -> Result<bool, RuntimeError> {
        Ok(self.spec.stdin && self.exit.borrow().is_none())
    }

    async fn resize(&self, _size: TerminalSize) -> Result<bool, RuntimeError> {
        Ok(self.spec.terminal.is_some() && self.exit.borrow().is_none())
    }

    async fn kill_all(&self) -> Result<(), RuntimeError> {
        self.end(Ok(exited(9)));
        Ok(())
    }

    async fn signal(&self, signal: i32, _process_only: bool) -> Result<bool, RuntimeError> {
        Ok(self.end(Ok(exited(signal))))
    }
}

async fn wait(exit: &mut watch::Receiver<Exit>) -> Result<ExitStatus, RuntimeError> {
    match exit.wait_for(Option::is_some).await {
        Ok(exit) => exit.clone().unwrap_or(Err(RuntimeError::Gone)),
        Err(_) => Err(RuntimeError::Gone),
    }
}

struct FakeReader {
    offset: u64,
    rest: Bytes,
    exit: watch::Receiver<Exit>,
}

#[async_trait]
impl OutputReader for FakeReader {
    async fn next(&mut self) -> Result<OutputEvent, RuntimeError> {
        if self.rest.is_empty() {
            return wait(&mut self.exit).await.map(OutputEvent::Exited);
        }
        let data = std::mem::take(&mut self.rest);
        let offset = self.offset;
        self.offset += data.len() as u64;
        Ok(OutputEvent::Chunk { stream: OutputStream::Stdout, offset, data })
    }
}
