//! Changing what may change of a sandbox, without changing its state.

use std::sync::Arc;
use std::time::SystemTime;

use super::action::Settled;
use super::request::{Revoke, SandboxPatch, invalid_limit};
use super::shared::Shared;
use super::{EngineError, network, trust};
use crate::model::{Port, Sandbox, SandboxId, replace_ports};
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
    record.keep_alive = old.keep_alive.max(patch.keep_alive);
    change_ports(&mut record, &patch)?;
    record.network = network::patched(&shared, &old, &patch)?;
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
    let host_ports = shared.host_ports.claim(&record.id, &mut record.ports);
    let host_ports = host_ports.map_err(|(index, error)| EngineError::Publish { index, error })?;
    if let Some(machine) = machine.as_ref().filter(|_| record.limits != old.limits) {
        machine.set_limits(&record.limits).await?;
    }
    if record.limits.disk_bytes != old.limits.disk_bytes {
        let (pool, limit) = (Arc::clone(&shared.pool), record.disk_limit());
        let disk = Tree::new(TreeKind::Disk, &record.id);
        blocking(move || pool.set_limit(&disk, limit)).await?;
    }
    if let Some(machine) = machine.as_ref().filter(|_| trust::is_to_be_established(&record)) {
        trust::establish(&**machine, &mut record).await?;
    }
    record.update_time = SystemTime::now();
    network::change(&shared, &old, &record).await?;
    if let Err(error) = shared.table.put(&record).await {
        // What is in force is what is recorded.
        network::change(&shared, &record, &old).await?;
        return Err(error.into());
    }
    claim.keep();
    host_ports.keep(&record.ports);
    Ok(Settled::new(record, machine))
}

fn change_ports(record: &mut Sandbox, patch: &SandboxPatch) -> Result<(), EngineError> {
    if let Some(ports) = &patch.ports {
        let generation = &mut record.preview_generation;
        record.ports = replace_ports(&record.ports, ports.clone(), generation);
    }
    let Some(revoke) = patch.revoke else { return Ok(()) };
    if let Revoke::Port(port) = revoke
        && record.port(port).is_none()
    {
        return Err(EngineError::PortNotOpen { sandbox: record.id.clone(), port });
    }
    record.preview_generation += 1;
    let ended = |port: &&mut Port| revoke == Revoke::All || revoke == Revoke::Port(port.port);
    for port in record.ports.iter_mut().filter(ended) {
        port.since = record.preview_generation;
    }
    Ok(())
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
