//! Changing what may change of a sandbox, without changing its state.

use std::sync::Arc;
use std::time::SystemTime;

use super::EngineError;
use super::action::Settled;
use super::request::{SandboxPatch, invalid_limit};
use super::shared::Shared;
use crate::model::{Sandbox, SandboxId};
use crate::runtime::Machine;
use crate::storage::{StorageError, Tree, TreeKind, blocking};

/// What an update works on.
pub(super) struct Update {
    pub(super) shared: Arc<Shared>,
    pub(super) record: Sandbox,
    pub(super) machine: Option<Arc<dyn Machine>>,
    pub(super) patch: SandboxPatch,
}

/// Changes all that the patch names, or nothing.
pub(super) async fn run(update: Update) -> Result<Settled, EngineError> {
    let Update { shared, record: old, machine, patch } = update;
    let mut record = old.clone();
    if patch.limits.disk_bytes.is_some() && !shared.pool.has_limits() {
        return Err(StorageError::NoLimits.into());
    }
    record.limits = old
        .limits
        .patched(&patch.limits, &shared.config.max_limits)
        .map_err(|error| invalid_limit(&error))?;
    record.timeouts = patch.timeouts.over(&old.timeouts);
    record.on_exec = patch.on_exec.unwrap_or(old.on_exec);
    if patch.orphan {
        record.parent = None;
    }
    if let Some(labels) = patch.labels {
        record.labels = labels;
    }
    if let Some(name) = patch.name {
        record.name = if name.is_empty() { old.id.to_string() } else { name };
    }
    let claim = NameClaim::take(&shared, &old, &record.name)?;
    if let Some(machine) = machine.as_ref().filter(|_| record.limits != old.limits) {
        machine.set_limits(&record.limits).await?;
    }
    if record.limits.disk_bytes != old.limits.disk_bytes {
        let (pool, limit) = (Arc::clone(&shared.pool), record.disk_limit());
        let disk = Tree::new(TreeKind::Disk, &record.id);
        blocking(move || pool.set_limit(&disk, limit)).await?;
    }
    record.update_time = SystemTime::now();
    shared.table.put(&record).await?;
    claim.keep();
    Ok(Settled { record, machine })
}

/// A new name beside the old one; dropping it lets the new one go.
struct NameClaim {
    shared: Arc<Shared>,
    id: SandboxId,
    old: String,
    new: String,
}

impl NameClaim {
    fn take(shared: &Arc<Shared>, old: &Sandbox, new: &str) -> Result<Self, EngineError> {
        shared.index.lock().take_name(new, &old.id)?;
        Ok(Self {
            shared: Arc::clone(shared),
            id: old.id.clone(),
            old: old.name.clone(),
            new: new.to_owned(),
        })
    }

    /// The new name stays, the old one goes.
    fn keep(mut self) {
        std::mem::swap(&mut self.old, &mut self.new);
    }
}

impl Drop for NameClaim {
    fn drop(&mut self) {
        if self.old != self.new {
            self.shared.index.lock().let_name_go(&self.new, &self.id);
        }
    }
}
