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

/// A copy in the making.
pub(super) struct Copy {
    pub(super) shared: Arc<Shared>,
    pub(super) entry: Arc<Entry>,
    pub(super) record: Sandbox,
    pub(super) machine: Option<Arc<dyn Machine>>,
    /// Names the trees.
    pub(super) to: SnapshotId,
    /// Gets the bytes of the disk, where they are counted.
    pub(super) size: oneshot::Sender<Option<u64>>,
}

/// Has the supervisor make the copy; says what the sandbox is then, and how
/// much it has on its disk. On failure nothing of the copy stays.
pub(super) async fn ask(
    shared: &Arc<Shared>,
    entry: &Arc<Entry>,
    to: &SnapshotId,
) -> Result<(Sandbox, Option<u64>), EngineError> {
    let (size, counted) = oneshot::channel();
    let (reply, answer) = oneshot::channel();
    // A supervisor that has ended drops the reply.
    let _ = shared.supervisor(entry).send(Command::Copy { to: to.clone(), size, reply }).await;
    let gone = || EngineError::NotFound { sandbox: entry.id.to_string() };
    let copied = answer.await.unwrap_or_else(|_| Err(gone()));
    match copied {
        // Not sent where it failed.
        Ok(record) => Ok((record, counted.await.ok().flatten())),
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
    if let Some(machine) = frozen {
        machine.pause().await?;
    }
    failpoint::hit("copy.frozen");
    let copied = trees(&shared, &record, &to).await;
    failpoint::hit("copy.copied");
    if let Some(machine) = frozen
        && machine.resume().await.is_err()
    {
        // One that does not go on is ended.
        return Err(RuntimeError::Gone.into());
    }
    // Who asked may have left.
    let _ = size.send(copied?);
    Ok(Settled { record, machine })
}

async fn trees(
    shared: &Arc<Shared>,
    record: &Sandbox,
    to: &SnapshotId,
) -> Result<Option<u64>, EngineError> {
    let pool = Arc::clone(&shared.pool);
    let from = Tree::new(TreeKind::Disk, &record.id);
    let own = record.own_volume.as_ref().map(|own| Tree::new(TreeKind::Volume, &own.volume));
    let (disk, volume, inherited) =
        (snapshot::disk(to), snapshot::volume(to), record.inherited_bytes);
    let copied = blocking(move || {
        pool.copy(&from, &disk)?;
        if let Some(own) = own {
            pool.copy(&own, &volume)?;
        }
        Ok(pool.usage(&from).map(|used| used + inherited))
    });
    Ok(copied.await.map_err(RuntimeError::from)?)
}
