//! What sandboxes use. Looking is no work on them.

use std::time::SystemTime;

use super::{Engine, EngineError};
use crate::model::{Limits, SandboxId, SandboxState};
use crate::network::Traffic;
use crate::runtime::MachineUsage;

/// What a sandbox uses at one moment.
#[derive(Debug, Clone)]
pub struct Stats {
    /// Whose.
    pub id: SandboxId,
    /// Where in its life it is.
    pub state: SandboxState,
    /// When this was read.
    pub time: SystemTime,
    /// What it is held to.
    pub limits: Limits,
    /// What runs in it, where something can.
    pub machine: MachineUsage,
    /// What went over its network, where it has one now.
    pub traffic: Option<Traffic>,
    /// Bytes on its disk, where they are counted.
    pub disk_used: Option<u64>,
    /// Kills for want of memory since the last start.
    pub oom_kills: u64,
}

impl Engine {
    /// What a sandbox uses now.
    pub async fn stats(&self, id_or_name: &str) -> Result<Stats, EngineError> {
        self.check_open()?;
        let shared = &self.core.shared;
        let entry = shared.find(id_or_name)?;
        let machine = entry.live(|live| live.machine.clone());
        let usage = match &machine {
            Some(machine) => machine.usage().await,
            None => MachineUsage::default(),
        };
        let address = entry.record().network.as_ref().map(|network| network.address);
        let traffic = match address.filter(|_| machine.is_some()) {
            Some(address) => shared.network.traffic(address).await?,
            None => None,
        };
        let sandbox = self.with_usage(entry.sandbox());
        Ok(Stats {
            id: sandbox.id,
            state: sandbox.state,
            time: SystemTime::now(),
            limits: sandbox.limits,
            machine: usage,
            traffic,
            disk_used: sandbox.disk_used_bytes,
            oom_kills: sandbox.oom_kills,
        })
    }
}
