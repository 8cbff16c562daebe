//! A sandbox as the engine knows it.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::volume::limit;
use super::{
    HealthCheck, Limits, MainProcess, OwnVolume, Port, SandboxId, SandboxNetwork, SnapshotId,
    Tenant, VolumeMount,
};

/// Where in its life a sandbox is. `engine::lifecycle` says what may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SandboxState {
    /// Recorded; its machine is being made.
    Creating,
    /// Runs and answers.
    Running,
    /// A pause is under way.
    Pausing,
    /// Frozen in memory.
    Paused,
    /// A resume is under way.
    Resuming,
    /// A stop is under way.
    Stopping,
    /// No process; the disk is kept.
    Stopped,
    /// A start is under way.
    Starting,
    /// An action failed.
    Failed,
    /// A delete is under way.
    Deleting,
}

/// What happens to a sandbox whose idle time has run out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnIdle {
    /// Stop it.
    #[default]
    Stop,
    /// Pause it.
    Pause,
    /// Delete it.
    Delete,
}

/// What an exec does to a sandbox that does not run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnExec {
    /// It is refused.
    #[default]
    Refuse,
    /// It starts or resumes the sandbox first.
    Wake,
}

/// How long a sandbox may live; `None` never runs out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeouts {
    /// Without work until `on_idle`.
    pub idle: Option<Duration>,
    /// What then.
    pub on_idle: OnIdle,
    /// From a start until it is stopped.
    pub max_lifetime: Option<Duration>,
    /// From a stop until it is deleted.
    pub auto_delete: Option<Duration>,
    /// `idle` never runs out, and it runs whenever the daemon does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub always_on: bool,
}

/// A sandbox's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sandbox {
    /// Its id.
    pub id: SandboxId,
    /// Unique among sandboxes.
    pub name: String,
    /// Where in its life it is.
    pub state: SandboxState,
    /// Why, where there is more to say.
    pub state_reason: String,
    /// The image's name.
    pub image: String,
    /// The caller's labels.
    pub labels: BTreeMap<String, String>,
    /// The limits in force.
    pub limits: Limits,
    /// How long it may live.
    pub timeouts: Timeouts,
    /// Until when it counts as worked on.
    #[serde(default)]
    pub keep_alive: Option<SystemTime>,
    /// What an exec does when it does not run.
    #[serde(default)]
    pub on_exec: OnExec,
    /// Environment of every exec.
    pub env: BTreeMap<String, String>,
    /// Host name inside.
    pub hostname: String,
    /// When it was made.
    pub create_time: SystemTime,
    /// When its record last changed.
    pub update_time: SystemTime,
    /// When it was last started.
    pub start_time: Option<SystemTime>,
    /// When it last stopped; `None` while it runs.
    pub stop_time: Option<SystemTime>,
    /// Kills for want of memory since the last start.
    pub oom_kills: u64,
    /// The driver that runs it.
    pub runtime: String,
    /// First of the 65,536 host ids that are its own.
    pub host_uid_base: u32,
    /// The driver's own note to find its machine again after a restart.
    pub machine: Option<serde_json::Value>,
    /// The create's `request_id` and the hash of its request.
    pub request: Option<(String, String)>,
    /// The sandbox that it was forked from.
    #[serde(default)]
    pub parent: Option<SandboxId>,
    /// The snapshot that it was made from.
    #[serde(default)]
    pub snapshot: Option<SnapshotId>,
    /// Its volumes, its own one included.
    #[serde(default)]
    pub mounts: Vec<VolumeMount>,
    /// The volume that was made for it.
    #[serde(default)]
    pub own_volume: Option<OwnVolume>,
    /// What it runs by itself.
    #[serde(default)]
    pub main: Option<MainProcess>,
    /// The user of commands that name none; empty: the image's.
    #[serde(default)]
    pub user: String,
    /// The working directory of commands that name none; empty: the image's.
    #[serde(default)]
    pub cwd: String,
    /// Bytes of its disk that the storage counts to the one that it was copied
    /// from.
    #[serde(default)]
    pub inherited_bytes: u64,
    /// Its address and what it may reach; `None` where it was made without a
    /// network.
    #[serde(default)]
    pub network: Option<SandboxNetwork>,
    /// What is open to previews.
    #[serde(default)]
    pub ports: Vec<Port>,
    /// That of links to previews that are made now; it only grows.
    #[serde(default)]
    pub preview_generation: u64,
    /// Whose it is.
    #[serde(default)]
    pub tenant: Tenant,
    /// What it has yet to pass: its create is not over.
    #[serde(default)]
    pub unchecked: Option<HealthCheck>,
    /// Bytes on its disk, where they are counted; filled in when it is read.
    #[serde(skip)]
    pub disk_used_bytes: Option<u64>,
}

impl Sandbox {
    /// One of its open ports.
    pub fn port(&self, port: u16) -> Option<&Port> {
        self.ports.iter().find(|open| open.port == port)
    }

    /// Bytes that it may write to its disk; `None` where nothing bounds them.
    pub fn disk_limit(&self) -> Option<u64> {
        limit(self.limits.disk_bytes.unsigned_abs(), self.inherited_bytes)
    }
}
