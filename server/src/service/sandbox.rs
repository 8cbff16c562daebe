//! `SandboxService`.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::BoxStream;
use skerry_api::access::Need;
use skerry_api::v1::sandbox_service_server::SandboxService;
use skerry_api::v1::{self, SandboxStats, WatchSandboxesResponse};
use tonic::{Request, Response, Status};

use super::caller::caller;
use super::check::{Checks, field};
use super::page::{ListKey, page, page_size};
use super::{
    Drain, changes, convert, credential, network, preview, pull, stats, status, tunnel, update,
    volume,
};

use crate::engine::{CreateSandbox, Engine, Filter};
use crate::image::ImageStore;
use crate::model::{
    HOST_IMAGE, MainRequest, Sandbox, SandboxId, SandboxState, SnapshotId, Timeouts, parse_signal,
};
use crate::tunnel::Tunnels;

const MIN_TIMEOUT: Duration = Duration::from_secs(1);
const MAX_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);
const DEFAULT_GRACE: Duration = Duration::from_secs(10);
/// As far ahead as KeepAlive reaches.
const MAX_KEEP_ALIVE: Duration = Duration::from_secs(24 * 60 * 60);
const MAX_GRACE: Duration = Duration::from_secs(10 * 60);

/// Makes, changes, watches and ends sandboxes.
pub(super) struct Sandboxes {
    pub(super) engine: Engine,
    pub(super) images: Arc<ImageStore>,
    pub(super) tunnels: Tunnels,
    pub(super) drain: Drain,
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl SandboxService for Sandboxes {
    type WatchSandboxesStream = BoxStream<'static, Result<WatchSandboxesResponse, Status>>;
    type WatchSandboxStatsStream = BoxStream<'static, Result<SandboxStats, Status>>;

    async fn create_sandbox(
        &self,
        request: Request<v1::CreateSandboxRequest>,
    ) -> Answer<v1::Sandbox> {
        let caller = caller(&request)?;
        let mut request = request.into_inner();
        let policy = pull_policy(request.pull_policy)?;
        let wanted = tunnel::wanted(std::mem::take(&mut request.tunnels))?;
        let request = CreateSandbox { tenant: caller.tenant(), ..create(request)? };
        if policy == v1::PullPolicy::Missing && caller.allows(Need::Admin) {
            pull::missing(&self.images, &self.engine, &request.image).await?;
        }
        if wanted.is_empty() {
            return answer(self.engine.create(request).await?);
        }
        answer(self.tunnels.create_sandbox(request, wanted).await?)
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
        let reach = caller(&request)?.reach().clone();
        let request = request.into_inner();
        let mut checks = Checks::default();
        let size = page_size(&mut checks, request.page_size);
        checks.labels("labels", &request.labels);
        let states = states(&mut checks, &request.states);
        checks.finish()?;
        let key = list_key(&request);
        let after = key.cursor(&request.page_token)?.map(|cursor| cursor.parse::<SandboxId>());
        let after = after.transpose().map_err(|error| field("page_token", error.to_string()))?;
        let filter = Filter { labels: request.labels, states, reach };
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

    async fn keep_alive(&self, request: Request<v1::KeepAliveRequest>) -> Answer<v1::Sandbox> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        checks.sandbox_ref(&request.sandbox_id);
        let period = checks.duration("period", request.period, Duration::ZERO, MAX_KEEP_ALIVE);
        checks.finish()?;
        answer(self.engine.keep_alive(&request.sandbox_id, period).await?)
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
        if request.memory {
            return Err(status::memory_fork_unsupported());
        }
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
        let reach = caller(&request)?.reach().clone();
        let request = request.into_inner();
        let mut checks = Checks::default();
        if !request.sandbox_id.is_empty() {
            checks.sandbox_ref(&request.sandbox_id);
        }
        checks.labels("labels", &request.labels);
        checks.finish()?;
        let wanted = changes::Wanted { reach, sandbox: request.sandbox_id, labels: request.labels };
        Ok(Response::new(changes::events(self.engine.watch()?, wanted, self.drain.clone())))
    }

    async fn get_sandbox_stats(
        &self,
        request: Request<v1::GetSandboxStatsRequest>,
    ) -> Answer<SandboxStats> {
        let id = sandbox_ref(request.into_inner().sandbox_id)?;
        Ok(Response::new(stats::message(self.engine.stats(&id).await?)))
    }

    async fn watch_sandbox_stats(
        &self,
        request: Request<v1::WatchSandboxStatsRequest>,
    ) -> Answer<Self::WatchSandboxStatsStream> {
        let watch = stats::watch(&self.engine, self.drain.clone(), request.into_inner())?;
        Ok(Response::new(watch))
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

fn pull_policy(given: i32) -> Result<v1::PullPolicy, Status> {
    v1::PullPolicy::try_from(given).map_err(|error| field("pull_policy", error.to_string()))
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
    let on_exec = update::on_exec(&mut checks, "on_exec", request.on_exec);
    if from_snapshot {
        checks.reference::<SnapshotId>("snapshot_id", &request.snapshot_id);
    }
    let mounts = volume::mounts(&mut checks, request.mounts);
    let storage = request.storage.map(|storage| volume::own_storage(&mut checks, storage));
    let policy = request.network_policy;
    let network_policy =
        policy.and_then(|policy| network::policy(&mut checks, "network_policy", policy));
    checks.name("group", &request.group);
    let credentials = credential::new(&mut checks, "credentials", request.credentials);
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
        network_policy,
        group: request.group,
        credentials,
        main,
        user: request.user,
        cwd: request.cwd,
        ports,
        health_check,
        ..CreateSandbox::default()
    })
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
    let on_idle = convert::model_on_idle(on_idle);
    Timeouts { idle, on_idle, max_lifetime, auto_delete, always_on: given.always_on }
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
