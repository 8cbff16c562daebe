//! What callers ask of the engine, and what it must hold to.

mod check;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::{EngineConfig, EngineError};
use crate::model::{
    Credential, HealthCheck, ImageConfig, Limits, LimitsPatch, MainProcess, MainRequest,
    NetworkPolicy, OnExec, OnIdle, Port, Reach, Retention, Sandbox, SandboxId, SandboxState,
    Snapshot, SnapshotId, Tenant, Timeouts, check_name, has_labels, replace_ports,
};
use crate::storage::StorageError;
pub(super) use check::{check_env, check_labels, check_snapshot_name, invalid_limit};
use check::{
    check_group, check_port_list, check_request_id, check_timeouts, invalid, invalid_name,
};

/// A new sandbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CreateSandbox {
    /// `None`: its id.
    pub name: Option<String>,
    /// An image's name or id.
    pub image: String,
    /// The caller's labels.
    pub labels: BTreeMap<String, String>,
    /// Over the defaults.
    pub limits: LimitsPatch,
    /// How long it may live.
    pub timeouts: Timeouts,
    /// What an exec does when it does not run.
    pub on_exec: OnExec,
    /// Environment of every exec.
    pub env: BTreeMap<String, String>,
    /// `None`: its name.
    pub hostname: Option<String>,
    /// The name or id of a snapshot that it is made from.
    pub snapshot: Option<String>,
    /// Volumes to mount.
    pub mounts: Vec<MountRequest>,
    /// A volume of its own.
    pub storage: Option<StorageRequest>,
    /// What it runs by itself; `None`: nothing.
    pub main: Option<MainRequest>,
    /// The user of commands that name none; empty: the image's.
    pub user: String,
    /// The working directory of commands that name none; empty: the image's.
    pub cwd: String,
    /// What is open to previews.
    pub ports: Vec<Port>,
    /// What it must pass before it is there.
    pub health_check: Option<HealthCheck>,
    /// What it may reach; `None`: as the daemon says.
    pub network_policy: Option<NetworkPolicy>,
    /// Reaches the others of this group; empty: none.
    pub group: String,
    /// What is added to its requests.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub credentials: Vec<Credential>,
    /// The sandbox that it is forked from; [`super::Engine::fork`] sets it.
    #[serde(skip)]
    pub parent: Option<SandboxId>,
    /// The snapshot's id; [`super::Engine::create`] looks it up.
    #[serde(skip)]
    pub snapshot_id: Option<SnapshotId>,
    /// Makes a retry safe. Not part of what is compared.
    #[serde(skip)]
    pub request_id: Option<String>,
    /// Whose it will be.
    #[serde(skip)]
    pub tenant: Tenant,
}

/// A volume to mount.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MountRequest {
    /// Its name or id.
    pub volume: String,
    /// Empty: /workspace.
    pub path: String,
    /// The sandbox can't change it.
    pub read_only: bool,
}

/// A volume to make for a sandbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StorageRequest {
    /// Bytes that it may hold; 0: no bound of its own.
    pub size_bytes: u64,
    /// Empty: /workspace.
    pub path: String,
    /// What becomes of it with the sandbox.
    pub retention: Retention,
}

/// What of a sandbox changes; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SandboxPatch {
    /// Empty: its id.
    pub name: Option<String>,
    /// All of them.
    pub labels: Option<BTreeMap<String, String>>,
    /// Those that are named.
    pub limits: LimitsPatch,
    /// Those that are named.
    pub timeouts: TimeoutsPatch,
    /// What an exec does when it does not run.
    pub on_exec: Option<OnExec>,
    /// What it may reach.
    pub network_policy: Option<NetworkPolicy>,
    /// Its group; empty: none.
    pub group: Option<String>,
    /// Until when it counts as worked on, where that is later than before.
    pub keep_alive: Option<SystemTime>,
    /// What is added to its requests: all of it. One with an empty value keeps
    /// the value of the one that is the same otherwise.
    pub credentials: Option<Vec<Credential>>,
    /// It has no parent any more.
    pub orphan: bool,
    /// What is open to previews: all of it.
    pub ports: Option<Vec<Port>>,
    /// Links to these previews open nothing any more.
    pub revoke: Option<Revoke>,
}

/// Which links end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoke {
    /// Those to every port.
    All,
    /// Those to one port.
    Port(u16),
}

/// Timeouts that change; the inner `None` never runs out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TimeoutsPatch {
    /// Without work until `on_idle`.
    pub idle: Option<Option<Duration>>,
    /// What then.
    pub on_idle: Option<OnIdle>,
    /// From a start until it is stopped.
    pub max_lifetime: Option<Option<Duration>>,
    /// From a stop until it is deleted.
    pub auto_delete: Option<Option<Duration>>,
    /// Whether `idle` never runs out.
    pub always_on: Option<bool>,
}

/// Which sandboxes to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// It has all of them.
    pub labels: BTreeMap<String, String>,
    /// It is in one of them; empty: in any.
    pub states: Vec<SandboxState>,
    /// Who asks reaches it.
    pub reach: Reach,
}

impl Filter {
    /// Whether a sandbox passes.
    pub fn matches(&self, sandbox: &Sandbox) -> bool {
        let state = self.states.is_empty() || self.states.contains(&sandbox.state);
        self.reach.includes_sandbox(sandbox) && state && has_labels(&sandbox.labels, &self.labels)
    }
}

impl CreateSandbox {
    /// Holds every field but the limits to its bounds.
    pub(super) fn check(&self) -> Result<(), EngineError> {
        if let Some(name) = &self.name {
            check_name(name).map_err(|error| invalid_name("name", &error))?;
        }
        if let Some(hostname) = &self.hostname {
            check_name(hostname).map_err(|error| invalid_name("hostname", &error))?;
        }
        if let Some(request_id) = &self.request_id {
            check_request_id(request_id)?;
        }
        check_group("group", &self.group)?;
        check_labels("labels", &self.labels)?;
        check_timeouts(&self.timeouts)?;
        check_port_list("ports", &self.ports)?;
        check_env("env", &self.env)
    }

    /// A fork: all that the parent was made with but its name.
    pub(super) fn fork_of(parent: &Sandbox, name: Option<String>) -> Self {
        let own = parent.own_volume.as_ref().map(|own| &own.volume);
        let shared = parent.mounts.iter().filter(|mount| Some(&mount.volume) != own);
        Self {
            name,
            image: parent.image.clone(),
            labels: parent.labels.clone(),
            limits: LimitsPatch::of(&parent.limits),
            timeouts: parent.timeouts.clone(),
            on_exec: parent.on_exec,
            env: parent.env.clone(),
            // Of the host's ports each has its own.
            ports: parent.ports.iter().map(Port::elsewhere).collect(),
            network_policy: parent.network.as_ref().map(|network| network.policy.clone()),
            group: parent
                .network
                .as_ref()
                .and_then(|network| network.group.as_ref())
                .map(|group| group.name.clone())
                .unwrap_or_default(),
            credentials: parent
                .network
                .as_ref()
                .map(|network| network.credentials.all.clone())
                .unwrap_or_default(),
            mounts: shared
                .map(|mount| MountRequest {
                    volume: mount.volume.to_string(),
                    path: mount.path.clone(),
                    read_only: mount.read_only,
                })
                .collect(),
            main: parent.main.as_ref().map(MainProcess::request),
            user: parent.user.clone(),
            cwd: parent.cwd.clone(),
            parent: Some(parent.id.clone()),
            tenant: parent.tenant.clone(),
            ..Self::default()
        }
    }

    /// What it asks for over what a snapshot has, with this image.
    pub(super) fn over(mut self, snapshot: Snapshot, image: String) -> Self {
        let old = LimitsPatch::of(&snapshot.limits);
        self.image = image;
        self.limits = LimitsPatch {
            memory_bytes: self.limits.memory_bytes.or(old.memory_bytes),
            cpu_millis: self.limits.cpu_millis.or(old.cpu_millis),
            pids: self.limits.pids.or(old.pids),
            disk_bytes: self.limits.disk_bytes.or(old.disk_bytes),
        };
        let given = std::mem::replace(&mut self.env, snapshot.env);
        self.env.extend(given);
        self.snapshot_id = Some(snapshot.id);
        self
    }

    /// The limits it gets.
    pub(super) fn limits(&self, config: &EngineConfig) -> Result<Limits, EngineError> {
        if self.limits.disk_bytes.is_some() && config.max_limits.disk_bytes == 0 {
            return Err(StorageError::NoLimits.into());
        }
        config
            .default_limits
            .patched(&self.limits, &config.max_limits)
            .map_err(|error| invalid_limit(&error))
    }

    /// A new record, with an id of its own and no host ids yet.
    pub(super) fn record(
        &self,
        image: &str,
        limits: Limits,
        hash: Option<&str>,
        runtime: &str,
    ) -> Sandbox {
        let id = SandboxId::from_uuid(uuid::Uuid::now_v7().as_u128());
        let name = self.name.clone().unwrap_or_else(|| id.to_string());
        let now = SystemTime::now();
        let mut preview_generation = 0;
        Sandbox {
            hostname: self.hostname.clone().unwrap_or_else(|| default_hostname(&name)),
            id,
            name,
            state: SandboxState::Creating,
            state_reason: String::new(),
            image: image.to_owned(),
            labels: self.labels.clone(),
            limits,
            timeouts: self.timeouts.clone(),
            keep_alive: None,
            on_exec: self.on_exec,
            env: self.env.clone(),
            create_time: now,
            update_time: now,
            start_time: None,
            stop_time: None,
            oom_kills: 0,
            runtime: runtime.to_owned(),
            host_uid_base: 0,
            machine: None,
            request: self.request_id.clone().zip(hash.map(str::to_owned)),
            parent: self.parent.clone(),
            snapshot: self.snapshot_id.clone(),
            mounts: Vec::new(),
            own_volume: None,
            main: None,
            user: self.user.clone(),
            cwd: self.cwd.clone(),
            inherited_bytes: 0,
            ports: replace_ports(&[], self.ports.clone(), &mut preview_generation),
            preview_generation,
            network: None,
            tenant: self.tenant.clone(),
            unchecked: None,
            disk_used_bytes: None,
        }
    }

    /// The main process that it asks for.
    /// `image` reads what its image says.
    pub(super) fn main_process(
        &self,
        image: impl FnOnce() -> ImageConfig,
    ) -> Result<Option<MainProcess>, EngineError> {
        let Some(request) = &self.main else { return Ok(None) };
        match MainProcess::new(request, &image()) {
            Some(main) => Ok(Some(main)),
            None => Err(invalid("main.command", "must name a program: the image names none")),
        }
    }

    /// What a retry with the same `request_id` must have in common.
    pub(super) fn hash(&self) -> String {
        let text = serde_json::to_vec(self).expect("its maps have text for keys");
        blake3::hash(&text).to_hex().to_string()
    }
}

impl SandboxPatch {
    /// Takes the parent away.
    pub(super) fn orphan() -> Self {
        Self { orphan: true, ..Self::default() }
    }

    /// Holds every field but the limits to its bounds.
    pub(super) fn check(&self) -> Result<(), EngineError> {
        if let Some(name) = self.name.as_deref().filter(|name| !name.is_empty()) {
            check_name(name).map_err(|error| invalid_name("sandbox.name", &error))?;
        }
        if let Some(group) = &self.group {
            check_group("sandbox.group", group)?;
        }
        if let Some(labels) = &self.labels {
            check_labels("sandbox.labels", labels)?;
        }
        if let Some(ports) = &self.ports {
            check_port_list("sandbox.ports", ports)?;
        }
        check_timeouts(&self.timeouts.over(&Timeouts::default()))
    }
}

impl TimeoutsPatch {
    /// These timeouts over old ones.
    pub(super) fn over(&self, old: &Timeouts) -> Timeouts {
        Timeouts {
            idle: self.idle.unwrap_or(old.idle),
            on_idle: self.on_idle.unwrap_or(old.on_idle),
            max_lifetime: self.max_lifetime.unwrap_or(old.max_lifetime),
            auto_delete: self.auto_delete.unwrap_or(old.auto_delete),
            always_on: self.always_on.unwrap_or(old.always_on),
        }
    }
}

/// The name; an id is one too, but `_` is none of a host name's characters.
fn default_hostname(name: &str) -> String {
    name.replace('_', "-")
}

#[cfg(test)]
pub(super) mod tests {
    use super::check::{MAX_TIMEOUT, MIN_TIMEOUT};
    use super::*;

    /// A record to test with.
    pub(in crate::engine) fn sandbox() -> Sandbox {
        let request = CreateSandbox { name: Some("sandbox".to_owned()), ..Default::default() };
        request.record("host", Limits::of_host(1 << 30, 1, 0), None, "fake")
    }

    fn field(request: &CreateSandbox) -> Option<&'static str> {
        match request.check() {
            Ok(()) => None,
            Err(EngineError::Invalid { field, .. }) => Some(field),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn what_is_out_of_bounds_is_refused_by_its_field() {
        let map = |key: &str, value: &str| BTreeMap::from([(key.to_owned(), value.to_owned())]);
        let base = CreateSandbox::default;
        assert_eq!(field(&base()), None);
        for name in ["a/b", "..", "a\0", "a\n", "sbx_x", "", &"a".repeat(300)] {
            assert_eq!(field(&CreateSandbox { name: Some(name.into()), ..base() }), Some("name"));
            let hostname = Some(name.into());
            assert_eq!(field(&CreateSandbox { hostname, ..base() }), Some("hostname"));
        }
        for key in ["", "a=b", "a\0"] {
            assert_eq!(
                field(&CreateSandbox { env: map(key, ""), ..base() }),
                Some("env"),
                "{key:?}"
            );
        }
        assert_eq!(field(&CreateSandbox { env: map("a", "\0"), ..base() }), Some("env"));
        let long = "a".repeat(10 << 20);
        assert_eq!(field(&CreateSandbox { env: map("a", &long), ..base() }), Some("env"));
        for (key, value) in [("", ""), ("a b", ""), ("a", &long)] {
            let labels = map(key, value);
            assert_eq!(field(&CreateSandbox { labels, ..base() }), Some("labels"), "{key:?}");
        }
        for request_id in ["", "a\n", "é", &"a".repeat(129)] {
            let request_id = Some(request_id.into());
            assert_eq!(field(&CreateSandbox { request_id, ..base() }), Some("request_id"));
        }
        for span in [Duration::ZERO, Duration::from_millis(999), MAX_TIMEOUT + MIN_TIMEOUT] {
            let timeouts = Timeouts { idle: Some(span), ..Default::default() };
            let request = CreateSandbox { timeouts, ..base() };
            assert_eq!(field(&request), Some("timeouts.idle_timeout"));
        }
    }

    #[test]
    fn a_retry_is_the_same_request_under_another_request_id_too() {
        let first = CreateSandbox { request_id: Some("a".into()), ..Default::default() };
        let second = CreateSandbox { request_id: Some("b".into()), ..first.clone() };
        assert_eq!(first.hash(), second.hash());
        let other = CreateSandbox { image: "other".into(), ..first.clone() };
        assert_ne!(first.hash(), other.hash());
    }
}
