//! `SandboxService`.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::stream::{self, BoxStream, StreamExt};
use skerry_api::v1::sandbox_service_server::SandboxService;
use skerry_api::v1::watch_sandboxes_response::EventType;
use skerry_api::v1::{self, WatchSandboxesResponse};
use tonic::{Request, Response, Status};

use super::check::{Checks, field};
use super::page::{ListKey, page, page_size};
use super::{Drain, KEEP_ALIVE, convert, preview, status, update};
use crate::engine::{
    CreateSandbox, Engine, Filter, MountRequest, SandboxChange, SandboxEvent, StorageRequest, Watch,
};
use crate::model::{
    HOST_IMAGE, MainRequest, OnExec, Sandbox, SandboxId, SandboxState, SnapshotId, Timeouts,
    VolumeId, check_mount_path, has_labels, parse_signal,
};

const MIN_TIMEOUT: Duration = Duration::from_secs(1);
const MAX_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);
const DEFAULT_GRACE: Duration = Duration::from_secs(10);
const MAX_GRACE: Duration = Duration::from_secs(10 * 60);

/// Makes, changes, watches and ends sandboxes.
pub(super) struct Sandboxes {
    pub(super) engine: Engine,
    pub(super) drain: Drain,
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl SandboxService for Sandboxes {
    type WatchSandboxesStream = BoxStream<'static, Result<WatchSandboxesResponse, Status>>;

    async fn create_sandbox(
        &self,
        request: Request<v1::CreateSandboxRequest>,
    ) -> Answer<v1::Sandbox> {
        let request = create(request.into_inner())?;
        answer(self.engine.create(request).await?)
    }

    async fn get_sandbox(&self, request: Request<v1::GetSandboxRequest>) -> Answer<v1::Sandbox> {
        let id = sandbox_ref(request.into_inner().sandbox_id)?;
        self.engine.touch(&id);
        answer(self.engine.get(&id)?)
    }

    async fn list_sandboxes(
        &self,
        request: Request<v1::ListSandboxesRequest>,
    ) -> Answer<v1::ListSandboxesResponse> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        let size = page_size(&mut checks, request.page_size);
        checks.labels("labels", &request.labels);
        let states = states(&mut checks, &request.states);
        checks.finish()?;
        let key = list_key(&request);
        let after = key.cursor(&request.page_token)?.map(|cursor| cursor.parse::<SandboxId>());
        let after = after.transpose().map_err(|error| field("page_token", error.to_string()))?;
        let filter = Filter { labels: request.labels, states };
        let found = self.engine.list(&filter, after.as_ref(), size + 1);
        let (found, next_page_token) = page(&key, found, size, |sandbox| sandbox.id.as_str());
        let sandboxes = found.into_iter().map(convert::sandbox).collect();
        Ok(Response::new(v1::ListSandboxesResponse { sandboxes, next_page_token }))
    }

    async fn update_sandbox(
        &self,
        request: Request<v1::UpdateSandboxRequest>,
    ) -> Answer<v1::Sandbox> {
        let request = request.into_inner();
        let id = sandbox_ref(request.sandbox_id)?;
        let defaults = &self.engine.config().default_limits;
        let patch = update::patch(request.sandbox, request.update_mask, defaults)?;
        let updated = self.engine.update(&id, patch).await;
        answer(updated.map_err(update::name_the_field)?)
    }

    async fn delete_sandbox(
        &self,
        request: Request<v1::DeleteSandboxRequest>,
    ) -> Answer<v1::DeleteSandboxResponse> {
        self.engine.delete(&sandbox_ref(request.into_inner().sandbox_id)?).await?;
        Ok(Response::new(v1::DeleteSandboxResponse {}))
    }

    async fn start_sandbox(
        &self,
        request: Request<v1::StartSandboxRequest>,
    ) -> Answer<v1::Sandbox> {
        answer(self.engine.start(&sandbox_ref(request.into_inner().sandbox_id)?).await?)
    }

    async fn stop_sandbox(&self, request: Request<v1::StopSandboxRequest>) -> Answer<v1::Sandbox> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        checks.sandbox_ref(&request.sandbox_id);
        let grace =
            checks.duration("grace_period", request.grace_period, Duration::ZERO, MAX_GRACE);
        checks.finish()?;
        let grace = grace.unwrap_or(DEFAULT_GRACE);
        answer(self.engine.stop(&request.sandbox_id, grace).await?)
    }

    async fn pause_sandbox(
        &self,
        request: Request<v1::PauseSandboxRequest>,
    ) -> Answer<v1::Sandbox> {
        answer(self.engine.pause(&sandbox_ref(request.into_inner().sandbox_id)?).await?)
    }

    async fn resume_sandbox(
        &self,
        request: Request<v1::ResumeSandboxRequest>,
    ) -> Answer<v1::Sandbox> {
        answer(self.engine.resume(&sandbox_ref(request.into_inner().sandbox_id)?).await?)
    }

    async fn fork_sandbox(
        &self,
        request: Request<v1::ForkSandboxRequest>,
    ) -> Answer<v1::ForkSandboxResponse> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        checks.sandbox_ref(&request.sandbox_id);
        checks.name("name", &request.name);
        checks.finish()?;
        // A negative one is out of the engine's bounds, too.
        let count = usize::try_from(request.count).unwrap_or(usize::MAX).max(1);
        let name = (!request.name.is_empty()).then_some(request.name.as_str());
        let forks = self.engine.fork(&request.sandbox_id, count, name).await?;
        let sandboxes = forks.into_iter().map(convert::sandbox).collect();
        Ok(Response::new(v1::ForkSandboxResponse { sandboxes }))
    }

    async fn coalesce_sandboxes(
        &self,
        request: Request<v1::CoalesceSandboxesRequest>,
    ) -> Answer<v1::CoalesceSandboxesResponse> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        checks.sandbox_ref(&request.sandbox_id);
        checks.reference::<SandboxId>("keep_id", &request.keep_id);
        checks.finish()?;
        let (kept, gone) = self.engine.coalesce(&request.sandbox_id, &request.keep_id).await?;
        Ok(Response::new(v1::CoalesceSandboxesResponse {
            sandbox: Some(convert::sandbox(kept)),
            deleted_ids: gone.into_iter().map(String::from).collect(),
        }))
    }

    async fn watch_sandboxes(
        &self,
        request: Request<v1::WatchSandboxesRequest>,
    ) -> Answer<Self::WatchSandboxesStream> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        if !request.sandbox_id.is_empty() {
            checks.sandbox_ref(&request.sandbox_id);
        }
        checks.labels("labels", &request.labels);
        checks.finish()?;
        let wanted = Wanted { sandbox: request.sandbox_id, labels: request.labels };
        Ok(Response::new(watch(self.engine.watch()?, wanted, self.drain.clone())))
    }
}

fn answer(sandbox: Sandbox) -> Answer<v1::Sandbox> {
    Ok(Response::new(convert::sandbox(sandbox)))
}

fn sandbox_ref(text: String) -> Result<String, Status> {
    let mut checks = Checks::default();
    checks.sandbox_ref(&text);
    checks.finish().map(|()| text)
}

fn create(request: v1::CreateSandboxRequest) -> Result<CreateSandbox, Status> {
    let mut checks = Checks::default();
    let from_snapshot = !request.snapshot_id.is_empty();
    let alone = request.image.is_empty() && !from_snapshot;
    let image = if alone { HOST_IMAGE.to_owned() } else { request.image };
    checks.name("name", &request.name);
    if !image.is_empty() {
        checks.image_ref("image", &image);
    }
    checks.labels("labels", &request.labels);
    checks.env("env", &request.env);
    checks.name("hostname", &request.hostname);
    checks.request_id(&request.request_id);
    let timeouts = timeouts(&mut checks, "timeouts", request.timeouts.unwrap_or_default());
    let on_exec = on_exec(&mut checks, "on_exec", request.on_exec);
    if from_snapshot {
        checks.reference::<SnapshotId>("snapshot_id", &request.snapshot_id);
    }
    let mounts = mounts(&mut checks, request.mounts);
    let storage = request.storage.map(|storage| own_storage(&mut checks, storage));
    let main = request.main.map(|main| main_process(&mut checks, main));
    checks.user("user", &request.user);
    checks.cwd("cwd", &request.cwd);
    let ports = preview::ports(&mut checks, "ports", request.ports);
    let health_check = request.health_check.map(|check| preview::health_check(&mut checks, check));
    checks.finish()?;
    let given = |text: String| (!text.is_empty()).then_some(text);
    Ok(CreateSandbox {
        name: given(request.name),
        image,
        labels: request.labels,
        limits: convert::limits_patch(&request.limits.unwrap_or_default()),
        timeouts,
        on_exec,
        env: request.env,
        hostname: given(request.hostname),
        request_id: given(request.request_id),
        snapshot: given(request.snapshot_id),
        mounts,
        storage,
        main,
        user: request.user,
        cwd: request.cwd,
        ports,
        health_check,
        ..CreateSandbox::default()
    })
}

fn mounts(checks: &mut Checks, given: Vec<v1::VolumeMount>) -> Vec<MountRequest> {
    let mut mounts = Vec::new();
    for (index, mount) in given.into_iter().enumerate() {
        checks.reference::<VolumeId>(&format!("mounts[{index}].volume_id"), &mount.volume_id);
        mount_path(checks, &format!("mounts[{index}].path"), &mount.path);
        let (volume, path) = (mount.volume_id, mount.path);
        mounts.push(MountRequest { volume, path, read_only: mount.read_only });
    }
    mounts
}

fn main_process(checks: &mut Checks, given: v1::MainProcess) -> MainRequest {
    for (field, words) in [("main.entrypoint", &given.entrypoint), ("main.command", &given.command)]
    {
        // Empty, it is the image's.
        if !words.is_empty() {
            checks.command(field, words, 0);
        }
    }
    let stop_signal = match given.stop_signal.as_str() {
        "" => None,
        text => parse_signal(text).or_else(|| {
            checks.fail("main.stop_signal", "is no signal: want 1 to 64, or a name like SIGQUIT");
            None
        }),
    };
    MainRequest { entrypoint: given.entrypoint, command: given.command, stop_signal }
}

fn own_storage(checks: &mut Checks, given: v1::Storage) -> StorageRequest {
    let size_bytes = super::volume::size(checks, "storage.size_bytes", given.size_bytes);
    mount_path(checks, "storage.path", &given.path);
    let retention = v1::Retention::try_from(given.retention).unwrap_or_else(|error| {
        checks.fail("storage.retention", error.to_string());
        v1::Retention::Unspecified
    });
    let retention = convert::model_retention(retention);
    StorageRequest { size_bytes, path: given.path, retention }
}

/// Where a volume is mounted; empty leaves it to the daemon.
fn mount_path(checks: &mut Checks, field: &str, path: &str) {
    if let Some(error) = check_mount_path(path).err().filter(|_| !path.is_empty()) {
        checks.fail(field, error.to_string());
    }
}

/// Timeouts with their bounds checked; `path` is where they stand.
pub(super) fn timeouts(checks: &mut Checks, path: &str, given: v1::Timeouts) -> Timeouts {
    let mut span =
        |name, span| checks.duration(&format!("{path}.{name}"), span, MIN_TIMEOUT, MAX_TIMEOUT);
    let idle = span("idle_timeout", given.idle_timeout);
    let max_lifetime = span("max_lifetime", given.max_lifetime);
    let auto_delete = span("auto_delete", given.auto_delete);
    let on_idle = v1::OnIdle::try_from(given.on_idle).unwrap_or_else(|error| {
        checks.fail(format!("{path}.on_idle"), error.to_string());
        v1::OnIdle::Unspecified
    });
    Timeouts { idle, on_idle: convert::model_on_idle(on_idle), max_lifetime, auto_delete }
}

/// What an exec does, by its number; `path` is where it stands.
pub(super) fn on_exec(checks: &mut Checks, path: &str, given: i32) -> OnExec {
    convert::model_on_exec(v1::OnExec::try_from(given).unwrap_or_else(|error| {
        checks.fail(path, error.to_string());
        v1::OnExec::Unspecified
    }))
}

fn states(checks: &mut Checks, numbers: &[i32]) -> Vec<SandboxState> {
    let mut states = Vec::new();
    for (index, number) in numbers.iter().enumerate() {
        match v1::SandboxState::try_from(*number).ok().and_then(convert::model_state) {
            Some(state) if states.contains(&state) => {}
            Some(state) => states.push(state),
            None => checks.fail(format!("states[{index}]"), format!("{number} is no state")),
        }
    }
    states
}

fn list_key(request: &v1::ListSandboxesRequest) -> ListKey {
    let mut states = request.states.clone();
    states.sort_unstable();
    states.dedup();
    let states: Vec<_> = states.iter().map(ToString::to_string).collect();
    ListKey::labelled("sandboxes", &request.labels, states.iter().map(String::as_str))
}

/// What a watch is of.
struct Wanted {
    /// Id or name; empty: all.
    sandbox: String,
    labels: BTreeMap<String, String>,
}

impl Wanted {
    fn matches(&self, sandbox: &Sandbox) -> bool {
        let named = self.sandbox.is_empty()
            || self.sandbox == sandbox.id.as_str()
            || self.sandbox == sandbox.name;
        named && has_labels(&sandbox.labels, &self.labels)
    }
}

fn event(kind: EventType, sandbox: Option<Sandbox>) -> WatchSandboxesResponse {
    WatchSandboxesResponse { r#type: kind.into(), sandbox: sandbox.map(convert::sandbox) }
}

fn change(change: &SandboxEvent) -> WatchSandboxesResponse {
    let kind = match change.change {
        SandboxChange::Created => EventType::Created,
        SandboxChange::Updated => EventType::Updated,
        SandboxChange::Deleted => EventType::Deleted,
    };
    event(kind, Some(Sandbox::clone(&change.sandbox)))
}

/// What was there, CURRENT, then changes until an error ends it.
fn watch(
    mut watch: Watch,
    wanted: Wanted,
    drain: Drain,
) -> BoxStream<'static, Result<WatchSandboxesResponse, Status>> {
    let mut existing = watch.take_existing();
    existing.retain(|sandbox| wanted.matches(sandbox));
    let existing = existing
        .into_iter()
        .map(|sandbox| Ok(event(EventType::Existing, Some(Sandbox::clone(&sandbox)))));
    let changes = Changes { watch, wanted, drain };
    let changes = stream::unfold(Some(changes), |changes| async move {
        let mut changes = changes?;
        match changes.next().await {
            Ok(event) => Some((Ok(event), Some(changes))),
            Err(status) => Some((Err(status), None)),
        }
    });
    let current = stream::iter([Ok(event(EventType::Current, None))]);
    stream::iter(existing).chain(current).chain(changes).boxed()
}

struct Changes {
    watch: Watch,
    wanted: Wanted,
    drain: Drain,
}

impl Changes {
    async fn next(&mut self) -> Result<WatchSandboxesResponse, Status> {
        // Changes of other sandboxes don't put the keep-alive off.
        let silence = tokio::time::sleep(KEEP_ALIVE);
        tokio::pin!(silence);
        loop {
            tokio::select! {
                biased;
                () = self.drain.begun() => {
                    return Err(status::shutting_down("the daemon is shutting down; watch anew"));
                }
                next = self.watch.next() => match next? {
                    next if self.wanted.matches(&next.sandbox) => return Ok(change(&next)),
                    _ => {}
                },
                () = &mut silence => return Ok(event(EventType::KeepAlive, None)),
            }
        }
    }
}
