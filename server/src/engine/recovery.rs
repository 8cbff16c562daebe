//! What an earlier daemon left: each record decides what becomes of its
//! machine, then what has no record goes.
//!
//! | record | its machine | after |
//! |---|---|---|
//! | STOPPED | none, or one for its files, which is ended | STOPPED |
//! | RUNNING | found again, goes on: it may be frozen for a copy | RUNNING; STOPPED where it has ended |
//! | RUNNING, its create's check not over | found again, checked again | CREATING, then as after a create |
//! | PAUSED | found again | PAUSED; STOPPED where it has ended |
//! | PAUSING, RESUMING | found again, goes on: nobody was told it would not | RUNNING |
//! | STARTING, STOPPING | ended | STOPPED |
//! | FAILED | ended | FAILED |
//! | CREATING, DELETING | ended, its disk removed | gone |

use std::collections::HashSet;
use std::sync::Arc;
use std::time::SystemTime;

use futures::StreamExt;
use futures::stream;
use tokio::time::Instant;

use super::entry::Entry;
use super::shared::Shared;
use super::{EngineError, layout, main_process, network, trust};
use crate::model::{Sandbox, SandboxId, SandboxState};
use crate::runtime::{Machine, RuntimeError};

/// Sandboxes looked after at once: enough to hide that each waits for its
/// init to answer, few enough not to starve the host.
const AT_ONCE: usize = 64;
const ENDED_MEANWHILE: &str = "its machine ended while the daemon was away";
const CUT_SHORT: &str = "the daemon ended while it was being started or stopped";

/// What to do about a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    Leave,
    Find,
    FindAndResume,
    End,
    Remove,
}

fn plan(state: SandboxState) -> Plan {
    match state {
        SandboxState::Stopped => Plan::Leave,
        SandboxState::Paused => Plan::Find,
        SandboxState::Running | SandboxState::Pausing | SandboxState::Resuming => {
            Plan::FindAndResume
        }
        SandboxState::Starting | SandboxState::Stopping | SandboxState::Failed => Plan::End,
        SandboxState::Creating | SandboxState::Deleting => Plan::Remove,
    }
}

/// Brings every record and what the host holds into line. Answers with those
/// to start again: always on, and lost while they ran.
pub(super) async fn recover(shared: &Arc<Shared>) -> Result<Vec<SandboxId>, EngineError> {
    let records = shared.table.all()?;
    network::adopt(shared, &records).await?;
    let known: HashSet<SandboxId> = records.iter().map(|record| record.id.clone()).collect();
    let (left, busy): (Vec<_>, Vec<_>) =
        records.into_iter().partition(|record| plan(record.state) == Plan::Leave);
    let on = busy.iter().filter(|record| record.timeouts.always_on && runs(record.state));
    let on: HashSet<SandboxId> = on.map(|record| record.id.clone()).collect();
    let mut lost = Vec::new();
    end_left_machines(shared, &left).await;
    for record in left {
        admit(shared, record, None);
    }
    let recovered: Vec<_> = stream::iter(busy)
        .map(|record| recover_one(shared, record))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    for result in recovered {
        if let Some((record, machine)) = result? {
            if record.state == SandboxState::Stopped && on.contains(&record.id) {
                lost.push(record.id.clone());
            }
            admit(shared, record, machine);
        }
    }
    sweep(shared, &known).await;
    sweep_logs(shared).await;
    network::sweep(shared).await;
    shared.store.flush().await?;
    Ok(lost)
}

/// Whether a sandbox in this state runs, or is about to.
fn runs(state: SandboxState) -> bool {
    use SandboxState::{Pausing, Resuming, Running, Starting};
    matches!(state, Running | Pausing | Resuming | Starting)
}

/// Ends the machines that served the files of stopped sandboxes.
async fn end_left_machines(shared: &Shared, stopped: &[Sandbox]) {
    let machines: HashSet<SandboxId> = match shared.runtime.machines().await {
        Ok(machines) => machines.into_iter().collect(),
        Err(error) => {
            tracing::warn!(%error, "can't list machines; those of stopped sandboxes stay");
            return;
        }
    };
    for record in stopped.iter().filter(|record| machines.contains(&record.id)) {
        if let Err(error) = shared.runtime.destroy(&record.id).await {
            tracing::warn!(sandbox = %record.id, %error, "a stopped disk's machine stays");
        }
    }
}

fn admit(shared: &Arc<Shared>, mut record: Sandbox, machine: Option<Arc<dyn Machine>>) {
    match shared.host_ports.claim(&record.id, &mut record.ports) {
        Ok(claim) => claim.keep(&record.ports),
        // Its record keeps it: a later start of the daemon may have it again.
        Err((_, error)) => {
            tracing::error!(sandbox = %record.id, %error, "a port is not published");
        }
    }
    let supervised = machine.is_some();
    let failed_delete = record.state == SandboxState::Deleting;
    let entry = Entry::new(record, machine);
    entry.live(|live| live.delete_failed = failed_delete.then(Instant::now));
    shared.index.lock().add(&entry.record(), Arc::clone(&entry));
    if supervised {
        shared.supervisor(&entry);
    }
    shared.deadlines.changed(&entry);
}

type Recovered = Option<(Sandbox, Option<Arc<dyn Machine>>)>;

async fn recover_one(shared: &Shared, record: Sandbox) -> Result<Recovered, EngineError> {
    let plan = plan(record.state);
    match plan {
        Plan::Leave => Ok(Some((record, None))),
        Plan::Find | Plan::FindAndResume => {
            match find(shared, &record, plan == Plan::FindAndResume).await {
                Ok(machine) => found(shared, record, machine).await.map(Some),
                Err(RuntimeError::Gone) => end(shared, record, Ok(ENDED_MEANWHILE)).await.map(Some),
                Err(error) => end(shared, record, Err(error)).await.map(Some),
            }
        }
        Plan::End => end(shared, record, Ok(CUT_SHORT)).await.map(Some),
        Plan::Remove => remove(shared, record).await,
    }
}

async fn find(
    shared: &Shared,
    record: &Sandbox,
    resume: bool,
) -> Result<Arc<dyn Machine>, RuntimeError> {
    let note = record.machine.as_ref().ok_or(RuntimeError::Gone)?;
    let machine = shared.runtime.connect(&record.id, note).await?;
    network::rejoin(shared, record, note).await?;
    if resume {
        machine.resume().await?;
    }
    Ok(machine)
}

async fn found(
    shared: &Shared,
    mut record: Sandbox,
    machine: Arc<dyn Machine>,
) -> Result<(Sandbox, Option<Arc<dyn Machine>>), EngineError> {
    if !matches!(record.state, SandboxState::Running | SandboxState::Paused) {
        record.state = SandboxState::Running;
        record.update_time = SystemTime::now();
        shared.table.put_soon(&record).await?;
    }
    if trust::is_to_be_established(&record) {
        if let Err(error) = trust::establish(&*machine, &mut record).await {
            record.state_reason = format!("it does not trust its own authority: {error}");
        }
        shared.table.put_soon(&record).await?;
    }
    if let Err(error) = main_process::take_up(shared, &record, &machine).await {
        record.state_reason = format!("its main process can't be started: {error}");
    }
    Ok((record, Some(machine)))
}

/// Ends what there is of a machine: STOPPED for a reason, or FAILED by an
/// error.
async fn end(
    shared: &Shared,
    mut record: Sandbox,
    reason: Result<&str, RuntimeError>,
) -> Result<(Sandbox, Option<Arc<dyn Machine>>), EngineError> {
    let destroyed = shared.runtime.destroy(&record.id).await;
    let failed_before = record.state == SandboxState::Failed;
    record.update_time = SystemTime::now();
    record.stop_time = record.stop_time.filter(|_| failed_before).or(Some(record.update_time));
    record.machine = None;
    record.unchecked = None;
    match reason.and_then(|reason| destroyed.map(|()| reason)) {
        Ok(_) if failed_before => {}
        Ok(reason) => {
            record.state = SandboxState::Stopped;
            reason.clone_into(&mut record.state_reason);
        }
        Err(error) => {
            tracing::warn!(sandbox = %record.id, %error, "could not be recovered");
            record.state = SandboxState::Failed;
            record.state_reason = error.to_string();
        }
    }
    shared.table.put_soon(&record).await?;
    Ok((record, None))
}

/// Removes all of a sandbox; one that can't be removed now stays DELETING,
/// and the reaper tries again.
async fn remove(shared: &Shared, mut record: Sandbox) -> Result<Recovered, EngineError> {
    match remove_all(shared, &record).await {
        Ok(()) => {
            shared.table.delete(record.id.as_str()).await?;
            Ok(None)
        }
        Err(error) => {
            tracing::warn!(sandbox = %record.id, %error, "could not be removed");
            record.state = SandboxState::Deleting;
            record.state_reason = format!("its delete failed: {error}");
            shared.table.put_soon(&record).await?;
            Ok(Some((record, None)))
        }
    }
}

async fn remove_all(shared: &Shared, record: &Sandbox) -> Result<(), EngineError> {
    remove_from_host(shared, &record.id).await?;
    network::release(shared, record).await?;
    layout::remove_own_volume(shared, record).await
}

async fn remove_from_host(shared: &Shared, id: &SandboxId) -> Result<(), RuntimeError> {
    shared.runtime.destroy(id).await?;
    shared.runtime.remove_disk(id).await
}

/// Removes what the host holds for sandboxes without a record. What can't be
/// removed is said and met again by the next daemon.
async fn sweep(shared: &Shared, known: &HashSet<SandboxId>) {
    let held = match shared.runtime.list().await {
        Ok(held) => held,
        Err(error) => {
            tracing::warn!(%error, "can't list what the host holds; orphans are not swept");
            return;
        }
    };
    let orphans = held.into_iter().filter(|id| !known.contains(id));
    stream::iter(orphans)
        .for_each_concurrent(AT_ONCE, |id| async move {
            match remove_from_host(shared, &id).await {
                Ok(()) => tracing::info!(sandbox = %id, "swept what had no record"),
                Err(error) => tracing::warn!(sandbox = %id, %error, "could not be swept"),
            }
        })
        .await;
}

/// Removes the logs of sandboxes that are not there any more.
async fn sweep_logs(shared: &Shared) {
    let logs = shared.logs.list().unwrap_or_else(|error| {
        tracing::warn!(%error, "can't list logs; orphans are not swept");
        Vec::new()
    });
    let orphans: Vec<_> = {
        let index = shared.index.lock();
        logs.into_iter().filter(|id| index.get(id).is_none()).collect()
    };
    for id in orphans {
        if let Err(error) = shared.logs.remove(&id).await {
            tracing::warn!(sandbox = %id, %error, "its log could not be swept");
        }
    }
}
