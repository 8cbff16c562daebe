//! A sandbox that is made.

use std::future::IntoFuture;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use tonic::Code;
use uuid::Uuid;

use super::sandbox::Sandbox;
use super::sandboxes::Sandboxes;
use crate::error::Error;
use crate::retry::retrying;
use crate::span::longest_possible;
use crate::v1::{
    CreateSandboxRequest, Limits, NetworkPolicy, OnExec, OnIdle, Port, PullPolicy, Timeouts,
    VolumeMount,
};

/// A sandbox that is to be made; awaiting it does. What is not said is the
/// daemon's default.
///
/// ```no_run
/// use std::time::Duration;
///
/// # async fn example(skerry: skerry_client::Skerry) -> Result<(), skerry_client::Error> {
/// let sandbox = skerry
///     .sandboxes()
///     .create("host")
///     .name("web")
///     .memory(512 << 20)
///     .cpus(1.5)
///     .idle_timeout(Duration::from_secs(600))
///     .port(8000)
///     .await?;
/// # Ok(())
/// # }
/// ```
///
/// The errors are `INVALID_FIELD` with the fields named, `IMAGE_NOT_FOUND`,
/// `SNAPSHOT_NOT_FOUND`, `VOLUME_NOT_FOUND`, `SANDBOX_NAME_TAKEN`, and the
/// host's bounds. It may be tried again as often as it likes: one sandbox is
/// made.
#[derive(Debug, Clone)]
#[must_use = "it is made when it is awaited"]
pub struct CreateSandbox {
    sandboxes: Sandboxes,
    request: CreateSandboxRequest,
    or_get: bool,
}

impl CreateSandbox {
    pub(super) fn new(sandboxes: Sandboxes, image: String) -> Self {
        let request_id = Uuid::now_v7().to_string();
        let request = CreateSandboxRequest { image, request_id, ..CreateSandboxRequest::default() };
        Self { sandboxes, request, or_get: false }
    }

    /// One that has the name is as good.
    pub(super) fn or_get(mut self) -> Self {
        self.or_get = true;
        self
    }

    /// Its name, which no other has; else its id.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.request.name = name.into();
        self
    }

    /// A label of the caller's own.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.request.labels.insert(key.into(), value.into());
        self
    }

    /// Adds to the environment of every command.
    pub fn env(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.request.env.insert(key.into(), value.into());
        self
    }

    /// Bytes of memory, swap included.
    pub fn memory(mut self, bytes: u64) -> Self {
        self.limits().memory_bytes = Some(signed(bytes));
        self
    }

    /// Processors: 1.5 is one and a half.
    pub fn cpus(mut self, cpus: f64) -> Self {
        // A cast holds to the bounds of the type; the daemon knows narrower ones.
        self.limits().cpu_millis = Some((cpus * 1000.0).round() as i64);
        self
    }

    /// Processes and threads at once.
    pub fn pids(mut self, pids: u64) -> Self {
        self.limits().pids = Some(signed(pids));
        self
    }

    /// Bytes on its disk beyond its image.
    pub fn disk(mut self, bytes: u64) -> Self {
        self.limits().disk_bytes = Some(signed(bytes));
        self
    }

    /// How long without work until it is stopped, or what [`Self::on_idle`]
    /// says; else it is never idle.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts().idle_timeout = Some(longest_possible(timeout));
        self
    }

    /// What happens when it is idle.
    pub fn on_idle(mut self, action: OnIdle) -> Self {
        self.timeouts().on_idle = action.into();
        self
    }

    /// How long after its start it is stopped, whatever it does; else never.
    pub fn max_lifetime(mut self, lifetime: Duration) -> Self {
        self.timeouts().max_lifetime = Some(longest_possible(lifetime));
        self
    }

    /// How long after its stop it is deleted; else never.
    pub fn auto_delete(mut self, after: Duration) -> Self {
        self.timeouts().auto_delete = Some(longest_possible(after));
        self
    }

    /// It never counts as idle, and runs again when its host does.
    pub fn always_on(mut self) -> Self {
        self.timeouts().always_on = true;
        self
    }

    /// The image is pulled where it is not there.
    pub fn pull(mut self) -> Self {
        self.request.pull_policy = PullPolicy::Missing.into();
        self
    }

    /// A command starts it where it is stopped and resumes it where it is
    /// paused.
    pub fn wake(mut self) -> Self {
        self.request.on_exec = OnExec::Wake.into();
        self
    }

    /// A port that may be reached from outside, by who has a link to it.
    pub fn port(mut self, port: u16) -> Self {
        self.request.ports.push(Port { port: port.into(), ..Port::default() });
        self
    }

    /// A volume, by id or name, at a path.
    pub fn volume(mut self, path: impl Into<String>, volume: impl Into<String>) -> Self {
        let (volume_id, path) = (volume.into(), path.into());
        self.request.mounts.push(VolumeMount { volume_id, path, read_only: false });
        self
    }

    /// A snapshot to start from, by id or name.
    pub fn snapshot(mut self, snapshot: impl Into<String>) -> Self {
        self.request.snapshot_id = snapshot.into();
        self
    }

    /// What it may reach; else what the daemon's default says.
    pub fn network(mut self, policy: NetworkPolicy) -> Self {
        self.request.network_policy = Some(policy);
        self
    }

    /// The user of commands that name none.
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.request.user = user.into();
        self
    }

    /// The working directory of commands that name none.
    pub fn cwd(mut self, path: impl Into<String>) -> Self {
        self.request.cwd = path.into();
        self
    }

    /// What the API can say and this has no method for.
    pub fn with(mut self, change: impl FnOnce(&mut CreateSandboxRequest)) -> Self {
        change(&mut self.request);
        self
    }

    fn limits(&mut self) -> &mut Limits {
        self.request.limits.get_or_insert_default()
    }

    fn timeouts(&mut self) -> &mut Timeouts {
        self.request.timeouts.get_or_insert_default()
    }

    async fn make(self) -> Result<Sandbox, Error> {
        let Self { sandboxes, request, or_get } = self;
        if or_get {
            match sandboxes.get(&request.name).await {
                Err(error) if error.code == Code::NotFound => {}
                found => return found,
            }
        }
        let client = &sandboxes.client;
        match retrying(|| client.create_sandbox(request.clone())).await {
            Ok(info) => Ok(Sandbox::new(client.clone(), info)),
            // Another caller was faster.
            Err(error) if or_get && error.code == Code::AlreadyExists => {
                sandboxes.get(&request.name).await
            }
            Err(error) => Err(error),
        }
    }
}

impl IntoFuture for CreateSandbox {
    type Output = Result<Sandbox, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.make().boxed()
    }
}

/// More than fits is more than any bound.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
