//! The main process: an exec that each start of its sandbox begins, and whose
//! output goes to a log that stays.

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::exec;
use super::shared::Shared;
use super::{Engine, EngineError};
use crate::main_log::{Content, LastRun, LogReader, LogWriter, MainLogs, Piece};
use crate::model::{ExecId, ExecSpec, MainProcess, Sandbox, SandboxId};
use crate::runtime::{Machine, OutputEvent, Process};

/// How long a stop waits for the log of a main process that has ended: what a
/// slow disk has not taken by then is lost.
const LOG_WAIT: Duration = Duration::from_secs(10);

impl Engine {
    /// Reads what a sandbox's main process has written, from a position on.
    pub fn logs(&self, id_or_name: &str, position: u64) -> Result<LogReader, EngineError> {
        let record = self.core.shared.find(id_or_name)?.record();
        match record.main {
            Some(_) => Ok(self.core.shared.logs.read(&record.id, position)),
            None => Err(EngineError::NoMainProcess { sandbox: record.id.clone() }),
        }
    }
}

/// Names the exec of a run that is about to begin.
pub(super) fn next_run(record: &mut Sandbox) {
    if let Some(main) = &mut record.main {
        main.exec = Some(ExecId::from_uuid(uuid::Uuid::now_v7().as_u128()));
        main.exit = None;
    }
}

/// Starts the run that the record names, if it has a main process.
pub(super) async fn start(
    shared: &Shared,
    record: &Sandbox,
    machine: &Arc<dyn Machine>,
) -> Result<(), EngineError> {
    let Some((main, id)) = run(record) else { return Ok(()) };
    let spec = ExecSpec { command: main.argv(), ..ExecSpec::default() };
    let process = exec::spawn(machine, record, id, &spec, &*shared.images).await?;
    keep(shared.logs.clone(), record.id.clone(), process);
    Ok(())
}

/// Goes on with what an earlier daemon began: keeps what a run writes, or
/// starts one that was not started yet.
pub(super) async fn take_up(
    shared: &Shared,
    record: &Sandbox,
    machine: &Arc<dyn Machine>,
) -> Result<(), EngineError> {
    let Some((_, id)) = run(record) else { return Ok(()) };
    if let Some(process) = machine.process(id) {
        keep(shared.logs.clone(), record.id.clone(), process);
        return Ok(());
    }
    // One that has ended long ago is kept no more, but in the log.
    let log = shared.logs.write(&record.id).await;
    match log.map(|log| log.last_run().is_some_and(|run| run.exec == *id)) {
        Ok(true) => Ok(()),
        Ok(false) => start(shared, record, machine).await,
        Err(error) => {
            tracing::warn!(sandbox = %record.id, %error, "its log can't be read");
            Ok(())
        }
    }
}

/// Asks a main process that runs to end, and waits for that; says how much of
/// the grace is left.
pub(super) async fn end(
    shared: &Shared,
    record: &Sandbox,
    machine: &Arc<dyn Machine>,
    grace: Duration,
) -> Duration {
    let Some((main, id)) = run(record) else { return grace };
    let Some(process) = machine.process(id) else { return grace };
    let begun = Instant::now();
    // Its children are its own to end; the others hear of it later.
    if let Ok(true) = process.signal(main.stop_signal, true).await {
        let ended = tokio::time::timeout(grace, process.wait()).await.is_ok();
        if ended {
            let kept = shared.logs.written(&record.id);
            let _ = tokio::time::timeout(LOG_WAIT, kept).await;
        }
    }
    grace.saturating_sub(begun.elapsed())
}

/// Notes in a record how its run has ended, if it has.
pub(super) fn note_exit(record: &mut Sandbox, machine: &dyn Machine) {
    if let Some(main) = &mut record.main {
        let process = main.exec.as_ref().and_then(|exec| machine.process(exec));
        main.exit = process.and_then(|process| process.exit_status());
    }
}

fn run(record: &Sandbox) -> Option<(&MainProcess, &ExecId)> {
    let main = record.main.as_ref()?;
    Some((main, main.exec.as_ref()?))
}

/// Writes what a process writes to the log, until it has ended or its machine
/// is gone.
fn keep(logs: MainLogs, sandbox: SandboxId, process: Arc<dyn Process>) {
    tokio::spawn(async move {
        let kept = match logs.write(&sandbox).await {
            Ok(log) => copy(log, &*process).await,
            Err(error) => Err(error),
        };
        if let Err(error) = kept {
            tracing::warn!(%sandbox, %error, "what its main process writes is not kept");
        }
    });
}

async fn copy(mut log: LogWriter, process: &dyn Process) -> io::Result<()> {
    let id = process.id();
    let of_this = |run: &&LastRun| run.exec == *id;
    let offset = match log.last_run().filter(of_this) {
        Some(run) if run.ended => return Ok(()),
        Some(run) => run.offset,
        None => {
            let started =
                Piece { time: process.start_time(), content: Content::Started(id.clone()) };
            log.add(started).await?;
            0
        }
    };
    let mut output = process.read_output(offset);
    // The machine's end is the log's, too.
    while let Ok(event) = output.next().await {
        let time = SystemTime::now();
        match event {
            OutputEvent::Chunk { stream, offset, data } => {
                log.add(Piece { time, content: Content::Output { stream, offset, data } }).await?;
            }
            // More was written than is kept while no daemon was there.
            OutputEvent::Truncated { .. } => {}
            OutputEvent::Exited(exit) => {
                let content = Content::Exited(exit.exit_code());
                return log.add(Piece { time: exit.end_time, content }).await;
            }
        }
    }
    Ok(())
}
