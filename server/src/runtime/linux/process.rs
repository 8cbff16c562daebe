//! One exec of a native machine.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use bytes::Bytes;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use skerry_api::init::{self, ResizeTerminal, SignalExec, WriteStdin, daemon_message, reply};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::cgroup::OwnCgroup;
use super::exec_log::{ExecLog, Read};
use super::machine::Shared;
use super::readers::{self, ReaderId};
use crate::model::{ExecId, ExecSpec, ExitStatus, TerminalSize};
use crate::runtime::{OutputEvent, OutputReader, Process, RuntimeError};

/// The exit code by which a shell says that SIGKILL ended what it ran.
const SHELL_KILLED: i32 = 137;
const SIGKILL: i32 = 9;
/// Bytes in one message to init: a pipe's capacity.
const MAX_WRITE: usize = 64 << 10;

/// What init keeps for the daemon to know an exec again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Tag {
    pub(super) spec: ExecSpec,
    pub(super) start_time: SystemTime,
}

pub(super) struct LinuxProcess {
    pub(super) machine: Arc<Shared>,
    pub(super) id: ExecId,
    pub(super) tag: Tag,
    pub(super) pid: AtomicI32,
    /// Out-of-memory kills in the machine before it started.
    pub(super) oom_kills_before: AtomicU64,
    pub(super) state: Mutex<State>,
    /// Held by who writes to its standard input: init takes one write at a
    /// time.
    writing: tokio::sync::Mutex<()>,
    /// Its own cgroup, where it has one.
    pub(super) own_cgroup: Option<OwnCgroup>,
    /// Told when the state changes, and when the machine is gone.
    pub(super) changed: Notify,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) log: ExecLog,
    pub(super) exit: Option<ExitStatus>,
}

impl LinuxProcess {
    pub(super) fn new(
        machine: Arc<Shared>,
        id: ExecId,
        tag: Tag,
        own_cgroup: Option<OwnCgroup>,
        state: State,
    ) -> Self {
        Self {
            writing: tokio::sync::Mutex::new(()),
            own_cgroup,
            oom_kills_before: AtomicU64::new(machine.oom_kills()),
            machine,
            id,
            tag,
            pid: AtomicI32::new(0),
            state: Mutex::new(state),
            changed: Notify::new(),
        }
    }

    /// init's word for how it ended, with what the daemon knows.
    pub(super) fn set_exit(&self, status: init::ExitStatus) {
        self.state.lock().exit = Some(self.exit_status_of(status));
        self.changed.notify_waiters();
    }

    fn exit_status_of(&self, status: init::ExitStatus) -> ExitStatus {
        let killed = status.signal == SIGKILL || status.code == SHELL_KILLED;
        let kills_before = self.oom_kills_before.load(Ordering::Relaxed);
        ExitStatus {
            code: status.code.clamp(0, 255),
            signal: status.signal.clamp(0, 64),
            oom_killed: killed && self.machine.oom_kills() > kills_before,
            timed_out: status.timed_out,
            end_time: UNIX_EPOCH + Duration::from_nanos(status.end_time.max(0) as u64),
        }
    }

    /// Lets init go on where it may.
    pub(super) fn release_output(&self) -> Option<daemon_message::Message> {
        let offset = self.state.lock().log.release(Instant::now())?;
        let release = init::ReleaseOutput { exec_id: self.id.to_string(), offset };
        Some(daemon_message::Message::ReleaseOutput(release))
    }
}

/// What a caller holds of a process.
pub(super) struct Handle {
    process: Arc<LinuxProcess>,
    /// Holds the output back from its first byte on.
    first: Mutex<Option<LogReader>>,
}

impl Handle {
    /// Of a process that was there.
    pub(super) fn of(process: Arc<LinuxProcess>) -> Self {
        Self { process, first: Mutex::default() }
    }

    /// Of one that is about to start. None of its output moves on before
    /// this is read from or dropped: a program may fill its log before the
    /// caller hears that it runs.
    pub(super) fn starting(process: Arc<LinuxProcess>) -> Self {
        let first = LogReader::new(&process, 0);
        Self { process, first: Mutex::new(Some(first)) }
    }
}

impl Deref for Handle {
    type Target = LinuxProcess;

    fn deref(&self) -> &LinuxProcess {
        &self.process
    }
}

#[async_trait]
impl Process for Handle {
    fn id(&self) -> &ExecId {
        &self.id
    }

    fn spec(&self) -> &ExecSpec {
        &self.tag.spec
    }

    fn pid(&self) -> i32 {
        self.pid.load(Ordering::Relaxed)
    }

    fn start_time(&self) -> SystemTime {
        self.tag.start_time
    }

    fn exit_status(&self) -> Option<ExitStatus> {
        self.state.lock().exit
    }

    fn output_range(&self) -> (u64, u64) {
        self.state.lock().log.range()
    }

    fn read_output(&self, from: u64) -> Box<dyn OutputReader> {
        let reader = LogReader::new(&self.process, from);
        drop(self.first.lock().take());
        Box::new(reader)
    }

    async fn wait(&self) -> Result<ExitStatus, RuntimeError> {
        loop {
            let changed = self.changed.notified();
            if let Some(exit) = self.state.lock().exit {
                return Ok(exit);
            }
            if self.machine.has_ended() {
                return Err(RuntimeError::Gone);
            }
            changed.await;
        }
    }

    async fn write_stdin(&self, data: Bytes, end: bool) -> Result<bool, RuntimeError> {
        let _turn = self.writing.lock().await;
        let mut rest = data;
        loop {
            let data = rest.split_to(rest.len().min(MAX_WRITE));
            let end = end && rest.is_empty();
            let message = WriteStdin { exec_id: self.id.to_string(), data, end };
            let message = daemon_message::Message::WriteStdin(message);
            let written = self.machine.connection.request(message).await?;
            if !matches!(written, reply::Result::Done(_)) {
                return Ok(false);
            }
            if rest.is_empty() {
                return Ok(true);
            }
        }
    }

    async fn resize(&self, size: TerminalSize) -> Result<bool, RuntimeError> {
        let size = init::TerminalSize { rows: size.rows.into(), columns: size.columns.into() };
        let message = ResizeTerminal { exec_id: self.id.to_string(), size: Some(size) };
        let message = daemon_message::Message::ResizeTerminal(message);
        Ok(matches!(self.machine.connection.request(message).await?, reply::Result::Done(_)))
    }

    async fn kill_all(&self) -> Result<(), RuntimeError> {
        match &self.own_cgroup {
            Some(own) => own.kill(),
            None => self.signal(SIGKILL, false).await.map(drop),
        }
    }

    async fn signal(&self, signal: i32, process_only: bool) -> Result<bool, RuntimeError> {
        let message = SignalExec { exec_id: self.id.to_string(), signal, process_only };
        let message = daemon_message::Message::SignalExec(message);
        Ok(matches!(self.machine.connection.request(message).await?, reply::Result::Done(_)))
    }
}

/// Lets a process go on when a reader that was cut off has not come back.
fn release_after_hold(process: Arc<LinuxProcess>) {
    let Ok(handle) = tokio::runtime::Handle::try_current() else { return };
    handle.spawn(async move {
        tokio::time::sleep(readers::HOLD).await;
        if let Some(release) = process.release_output() {
            // A machine that has ended needs no word.
            let _ = process.machine.connection.tell(release).await;
        }
    });
}

/// Reads a log as it grows.
struct LogReader {
    process: Arc<LinuxProcess>,
    reader: ReaderId,
    offset: u64,
    progress: Progress,
}

/// How far a reader got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// It has not asked for anything.
    Unread,
    /// It is cut off if it goes now.
    Reading,
    /// It knows of the exit.
    Done,
}

#[async_trait]
impl OutputReader for LogReader {
    async fn next(&mut self) -> Result<OutputEvent, RuntimeError> {
        loop {
            if let Some(release) = self.process.release_output() {
                self.process.machine.connection.tell(release).await?;
            }
            let process = Arc::clone(&self.process);
            let changed = process.changed.notified();
            if let Some(event) = self.read_now()? {
                return Ok(event);
            }
            if process.machine.has_ended() {
                return Err(RuntimeError::Gone);
            }
            // Looks again in a while whether others hold it up.
            let _ = tokio::time::timeout(readers::STALL, changed).await;
        }
    }
}

impl LogReader {
    fn new(process: &Arc<LinuxProcess>, offset: u64) -> Self {
        let reader = process.state.lock().log.add_reader(offset, Instant::now());
        Self { process: Arc::clone(process), reader, offset, progress: Progress::Unread }
    }

    fn read_now(&mut self) -> Result<Option<OutputEvent>, RuntimeError> {
        let mut state = self.process.state.lock();
        self.progress = Progress::Reading;
        let read = state.log.read(self.reader, self.offset, Instant::now());
        match read.map_err(|error| super::failed("read the exec's log", &error))? {
            Read::Chunk { stream, offset, data } => {
                self.offset = offset + data.len() as u64;
                Ok(Some(OutputEvent::Chunk { stream, offset, data }))
            }
            Read::Truncated { before } => {
                self.offset = before;
                Ok(Some(OutputEvent::Truncated { before }))
            }
            Read::Nothing => {
                if state.exit.is_some() {
                    self.progress = Progress::Done;
                }
                Ok(state.exit.map(OutputEvent::Exited))
            }
        }
    }
}

impl Drop for LogReader {
    fn drop(&mut self) {
        if self.progress == Progress::Reading {
            self.process.state.lock().log.hold_for_reader(self.reader, Instant::now());
            release_after_hold(Arc::clone(&self.process));
            return;
        }
        self.process.state.lock().log.remove_reader(self.reader);
        // The process may have waited for this reader.
        if let Some(release) = self.process.release_output() {
            self.process.machine.tell_later(release);
        }
    }
}
