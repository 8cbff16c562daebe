//! Copies of a sandbox's disk and of a volume of its, or of what is at its
//! /workspace, as they are at one instant: what snapshots and forks are made
//! of.
//!
//! ```text
//!  frozen   disk ──▶ <id>          or ──▶ <id>.whole      volume ──▶ <id>.volume
//!  thawed                          <id> ◀── /workspace of it
//! ```

use std::sync::Arc;

use tokio::sync::oneshot;

use super::EngineError;
use super::action::Settled;
use super::command::Command;
use super::entry::Entry;
use super::part::{DiskPart, Part};
use super::shared::Shared;
use crate::failpoint;
use crate::model::{OwnVolume, Sandbox, SandboxState, SnapshotId, SnapshotScope, VolumeMount};
use crate::runtime::{Machine, RuntimeError};
use crate::snapshot;
use crate::storage::{Tree, TreeKind, blocking};

/// Bytes of a disk and of an own volume, where they are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) disk: Option<u64>,
    pub(super) volume: Option<u64>,
}

/// What a copy is of, found when it was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Copied {
    /// Bytes of the trees.
    pub(super) size: Counted,
    /// The volume that there is a copy of.
    pub(super) volume: Option<(OwnVolume, VolumeMount)>,
}

/// A copy in the making.
pub(super) struct Copy {
    pub(super) shared: Arc<Shared>,
    pub(super) entry: Arc<Entry>,
    pub(super) record: Sandbox,
    pub(super) machine: Option<Arc<dyn Machine>>,
    /// How much of it.
    pub(super) scope: SnapshotScope,
    /// Names the trees.
    pub(super) to: SnapshotId,
    /// Gets what was copied.
    pub(super) copied: oneshot::Sender<Copied>,
}

/// Has the supervisor make the copy; says what the sandbox is then, and what
/// was copied. On failure nothing of the copy stays.
pub(super) async fn ask(
    shared: &Arc<Shared>,
    entry: &Arc<Entry>,
    scope: SnapshotScope,
    to: &SnapshotId,
) -> Result<(Sandbox, Copied), EngineError> {
    let (copied, told) = oneshot::channel();
    let (reply, answer) = oneshot::channel();
    let command = Command::Copy { scope, to: to.clone(), copied, reply };
    // A supervisor that has ended drops the reply.
    let _ = shared.supervisor(entry).send(command).await;
    let gone = || EngineError::NotFound { sandbox: entry.id.to_string() };
    match answer.await.unwrap_or_else(|_| Err(gone())) {
        // Not sent where it failed.
        Ok(record) => Ok((record, told.await.unwrap_or_default())),
        Err(error) => {
            shared.snapshots.remove_trees(to).await;
            Err(error)
        }
    }
}

/// Makes it: a machine that runs is frozen meanwhile, and goes on whatever
/// comes of it.
pub(super) async fn run(copy: Copy) -> Result<Settled, EngineError> {
    let Copy { shared, entry, record, machine, scope, to, copied: told } = copy;
    let part = Part::of(&shared, &record, scope)?;
    // What serves the files of a stopped one may write to them.
    entry.disk.close(&shared, &entry.id).await?;
    let frozen = machine.as_ref().filter(|_| record.state == SandboxState::Running);
    let paused = match frozen {
        Some(machine) => machine.pause().await,
        None => Ok(()),
    };
    failpoint::hit("copy.frozen");
    let copied = match paused {
        Ok(()) => trees(&shared, &record, &part, &to).await,
        // A part of it may be frozen.
        Err(error) => Err(error.into()),
    };
    failpoint::hit("copy.copied");
    if let Some(machine) = frozen
        && machine.resume().await.is_err()
    {
        // One that does not go on is ended.
        return Err(RuntimeError::Gone.into());
    }
    let counted = copied?;
    part.take_out(&shared, &record, &to).await?;
    let size = measure(&shared, &record, &part, &to, counted).await?;
    // Who asked may have left.
    let _ = told.send(Copied { size, volume: part.volume });
    Ok(Settled::new(record, machine))
}

async fn trees(
    shared: &Arc<Shared>,
    record: &Sandbox,
    part: &Part,
    to: &SnapshotId,
) -> Result<Counted, EngineError> {
    let pool = Arc::clone(&shared.pool);
    let from = Tree::new(TreeKind::Disk, &record.id);
    let disk = match part.disk {
        DiskPart::Whole => Some(snapshot::disk(to)),
        DiskPart::Workspace => Some(snapshot::whole_disk(to)),
        DiskPart::Nothing => None,
    };
    let own = part.volume.as_ref().map(|(own, _)| Tree::new(TreeKind::Volume, &own.volume));
    let volume = snapshot::volume(to);
    let copied = blocking(move || {
        let mut counted = Counted::default();
        if let Some(disk) = disk {
            pool.copy(&from, &disk)?;
            counted.disk = pool.usage(&from);
        }
        if let Some(own) = own {
            pool.copy(&own, &volume)?;
            counted.volume = pool.usage(&own);
        }
        Ok(counted)
    });
    Ok(copied.await?)
}

/// Bytes of the trees: what was counted, less what has gone since it was
/// inherited.
async fn measure(
    shared: &Arc<Shared>,
    record: &Sandbox,
    part: &Part,
    to: &SnapshotId,
    counted: Counted,
) -> Result<Counted, EngineError> {
    let own = part.volume.as_ref();
    let own = own.and_then(|(own, _)| shared.volumes.get(own.volume.as_str()).ok());
    let inherited = (record.inherited_bytes, own.map_or(0, |volume| volume.inherited_bytes));
    let (pool, disk, volume) = (Arc::clone(&shared.pool), snapshot::disk(to), snapshot::volume(to));
    let part = part.disk;
    let measured = blocking(move || {
        let (own, others) = match part {
            DiskPart::Whole => (counted.disk, inherited.0),
            // What is in it was counted to the sandbox.
            _ => (pool.usage(&disk), counted.disk.map_or(0, |all| all + inherited.0)),
        };
        Ok(Counted {
            disk: pool.size(&disk, own, others),
            volume: pool.size(&volume, counted.volume, inherited.1),
        })
    });
    Ok(measured.await?)
}
