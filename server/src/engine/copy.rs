//! Copies of a sandbox's disk, and of the volume that was made for it, as
//! they are at one instant: what snapshots and forks are made of.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::EngineError;
use super::action::Settled;
use super::command::Command;
use super::entry::Entry;
use super::shared::Shared;
use crate::failpoint;
use crate::model::{Sandbox, SandboxState, SnapshotId};
use crate::runtime::{Machine, RuntimeError};
use crate::snapshot;
use crate::storage::{Tree, TreeKind, blocking};

/// Bytes of a disk and of an own volume, where they are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) disk: Option<u64>,
    pub(super) volume: Option<u64>,
}

/// A copy in the making.
pub(super) struct Copy {
    pub(super) shared: Arc<Shared>,
    pub(super) entry: Arc<Entry>,
    pub(super) record: Sandbox,
    pub(super) machine: Option<Arc<dyn Machine>>,
    /// Names the trees.
    pub(super) to: SnapshotId,
    /// Gets the bytes of the trees.
    pub(super) size: oneshot::Sender<Counted>,
}

/// Has the supervisor make the copy; says what the sandbox is then, and how
/// much it has on its disk. On failure nothing of the copy stays.
pub(super) async fn ask(
    shared: &Arc<Shared>,
    entry: &Arc<Entry>,
    to: &SnapshotId,
) -> Result<(Sandbox, Counted), EngineError> {
    let (size, counted) = oneshot::channel();
    let (reply, answer) = oneshot::channel();
    // A supervisor that has ended drops the reply.
    let _ = shared.supervisor(entry).send(Command::Copy { to: to.clone(), size, reply }).await;
    let gone = || EngineError::NotFound { sandbox: entry.id.to_string() };
    let copied = answer.await.unwrap_or_else(|_| Err(gone()));
    match copied {
        // Not sent where it failed.
        Ok(record) => Ok((record, counted.await.unwrap_or_default())),
        Err(error) => {
            shared.snapshots.remove_trees(to).await;
            Err(error)
        }
    }
}

/// Makes it: a machine that runs is frozen meanwhile, and goes on whatever
/// comes of it.
pub(super) async fn run(copy: Copy) -> Result<Settled, EngineError> {
    let Copy { shared, entry, record, machine, to, size } = copy;
    // What serves the files of a stopped one may write to them.
    entry.disk.close(&shared, &entry.id).await?;
    let frozen = machine.as_ref().filter(|_| record.state == SandboxState::Running);
    let paused = match frozen {
        Some(machine) => machine.pause().await,
        None => Ok(()),
    };
    failpoint::hit("copy.frozen");
    let copied = match paused {
        Ok(()) => trees(&shared, &record, &to).await,
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
    let counted = measure(&shared, &record, &to, copied?).await?;
    // Who asked may have left.
    let _ = size.send(counted);
    Ok(Settled::new(record, machine))
}

async fn trees(
    shared: &Arc<Shared>,
    record: &Sandbox,
    to: &SnapshotId,
) -> Result<Counted, EngineError> {
    let pool = Arc::clone(&shared.pool);
    let from = Tree::new(TreeKind::Disk, &record.id);
    let own = match &record.own_volume {
        None => None,
        // One that was deleted by force can't be copied.
        Some(own) => Some(shared.volumes.get(own.volume.as_str())?),
    };
    let (disk, volume) = (snapshot::disk(to), snapshot::volume(to));
    let copied = blocking(move || {
        pool.copy(&from, &disk)?;
        let mut counted = Counted { disk: pool.usage(&from), volume: None };
        if let Some(own) = own {
            let from = Tree::new(TreeKind::Volume, &own.id);
            pool.copy(&from, &volume)?;
            counted.volume = pool.usage(&from);
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
    to: &SnapshotId,
    counted: Counted,
) -> Result<Counted, EngineError> {
    let own = record.own_volume.as_ref();
    let own = own.and_then(|own| shared.volumes.get(own.volume.as_str()).ok());
    let inherited = (record.inherited_bytes, own.map_or(0, |volume| volume.inherited_bytes));
    let (pool, disk, volume) = (Arc::clone(&shared.pool), snapshot::disk(to), snapshot::volume(to));
    let measured = blocking(move || {
        Ok(Counted {
            disk: pool.size(&disk, counted.disk, inherited.0),
            volume: pool.size(&volume, counted.volume, inherited.1),
        })
    });
    Ok(measured.await?)
}
