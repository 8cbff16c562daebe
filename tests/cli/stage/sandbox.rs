//! The stage's sandboxes.

use skerry_client::v1::sandbox_service_server::SandboxService;
use skerry_client::v1::{
    CoalesceSandboxesRequest, CoalesceSandboxesResponse, CreateSandboxRequest,
    DeleteSandboxRequest, DeleteSandboxResponse, ForkSandboxRequest, ForkSandboxResponse,
    GetSandboxRequest, GetSandboxStatsRequest, KeepAliveRequest, ListSandboxesRequest,
    ListSandboxesResponse, PauseSandboxRequest, ResumeSandboxRequest, Sandbox, SandboxState,
    SandboxStats, StartSandboxRequest, StopSandboxRequest, UpdateSandboxRequest,
    WatchSandboxStatsRequest, WatchSandboxesRequest, WatchSandboxesResponse,
};
use tonic::{Code, Request, Response, Status};

use super::{CREATED, Services, refusal};

impl Services {
    fn named(&self, name: &str) -> Result<Response<Sandbox>, Status> {
        let found = |one: &&Sandbox| one.name == name || one.id == name;
        match self.0.script.sandboxes.iter().find(found) {
            Some(sandbox) => Ok(Response::new(sandbox.clone())),
            None => {
                let message = format!("there is no sandbox {name}");
                Err(refusal(Code::NotFound, "SANDBOX_NOT_FOUND", &message))
            }
        }
    }
}

#[tonic::async_trait]
impl SandboxService for Services {
    async fn create_sandbox(
        &self,
        request: Request<CreateSandboxRequest>,
    ) -> Result<Response<Sandbox>, Status> {
        let request = request.into_inner();
        self.0.asked().creates.push(request.clone());
        self.0.call("create", &request.image)?;
        if self.0.script.slow_create {
            self.0.release.notified().await;
        }
        let name = if request.name.is_empty() { CREATED.to_owned() } else { request.name };
        Ok(Response::new(Sandbox {
            id: CREATED.to_owned(),
            name,
            image: request.image,
            state: SandboxState::Running.into(),
            ..Sandbox::default()
        }))
    }

    async fn fork_sandbox(
        &self,
        request: Request<ForkSandboxRequest>,
    ) -> Result<Response<ForkSandboxResponse>, Status> {
        let request = request.into_inner();
        let asked = format!("{} {} {:?}", request.sandbox_id, request.count, request.name);
        self.0.call("fork", &asked)?;
        let forks = (1..=request.count.unsigned_abs())
            .map(|number| super::sandbox(number, &format!("fork-{number}"), SandboxState::Running));
        Ok(Response::new(ForkSandboxResponse { sandboxes: forks.collect() }))
    }

    async fn coalesce_sandboxes(
        &self,
        request: Request<CoalesceSandboxesRequest>,
    ) -> Result<Response<CoalesceSandboxesResponse>, Status> {
        let request = request.into_inner();
        self.0.call("coalesce", &format!("{} {}", request.sandbox_id, request.keep_id))?;
        let sandbox = Some(super::sandbox(1, &request.keep_id, SandboxState::Running));
        let deleted_ids = vec![request.sandbox_id];
        Ok(Response::new(CoalesceSandboxesResponse { sandbox, deleted_ids }))
    }

    async fn get_sandbox(
        &self,
        request: Request<GetSandboxRequest>,
    ) -> Result<Response<Sandbox>, Status> {
        let name = request.into_inner().sandbox_id;
        self.0.call("get", &name)?;
        self.named(&name)
    }

    /// Pages of two, so that every list has several.
    async fn list_sandboxes(
        &self,
        request: Request<ListSandboxesRequest>,
    ) -> Result<Response<ListSandboxesResponse>, Status> {
        let request = request.into_inner();
        self.0.call("list", &format!("{:?} {:?}", request.labels, request.page_token))?;
        let (sandboxes, next_page_token) =
            super::page_of_two(&self.0.script.sandboxes, &request.page_token);
        Ok(Response::new(ListSandboxesResponse { sandboxes, next_page_token }))
    }

    async fn update_sandbox(
        &self,
        request: Request<UpdateSandboxRequest>,
    ) -> Result<Response<Sandbox>, Status> {
        let request = request.into_inner();
        self.0.asked().updates.push(request.clone());
        self.0.call("update", &request.sandbox_id)?;
        self.named(&request.sandbox_id)
    }

    async fn delete_sandbox(
        &self,
        request: Request<DeleteSandboxRequest>,
    ) -> Result<Response<DeleteSandboxResponse>, Status> {
        self.0.call("delete", &request.into_inner().sandbox_id)?;
        Ok(Response::new(DeleteSandboxResponse {}))
    }

    async fn start_sandbox(
        &self,
        request: Request<StartSandboxRequest>,
    ) -> Result<Response<Sandbox>, Status> {
        let name = request.into_inner().sandbox_id;
        self.0.call("start", &name)?;
        self.named(&name)
    }

    async fn stop_sandbox(
        &self,
        request: Request<StopSandboxRequest>,
    ) -> Result<Response<Sandbox>, Status> {
        let request = request.into_inner();
        let grace = request.grace_period.map_or_else(String::new, |grace| grace.to_string());
        self.0.call("stop", &format!("{} {grace}", request.sandbox_id))?;
        self.named(&request.sandbox_id)
    }

    async fn pause_sandbox(
        &self,
        request: Request<PauseSandboxRequest>,
    ) -> Result<Response<Sandbox>, Status> {
        let name = request.into_inner().sandbox_id;
        self.0.call("pause", &name)?;
        self.named(&name)
    }

    async fn keep_alive(
        &self,
        request: Request<KeepAliveRequest>,
    ) -> Result<Response<Sandbox>, Status> {
        let request = request.into_inner();
        let seconds = request.period.map_or(0, |period| period.seconds);
        self.0.call(&format!("keep alive for {seconds}"), &request.sandbox_id)?;
        self.named(&request.sandbox_id)
    }

    async fn resume_sandbox(
        &self,
        request: Request<ResumeSandboxRequest>,
    ) -> Result<Response<Sandbox>, Status> {
        let name = request.into_inner().sandbox_id;
        self.0.call("resume", &name)?;
        self.named(&name)
    }

    async fn get_sandbox_stats(
        &self,
        request: Request<GetSandboxStatsRequest>,
    ) -> Result<Response<SandboxStats>, Status> {
        let name = request.into_inner().sandbox_id;
        let call = format!("stats {name}");
        let times = self.0.asked().calls.iter().filter(|one| **one == call).count() as i64;
        self.0.call("stats", &name)?;
        let id = self.named(&name)?.into_inner().id;
        let stats = self.0.script.stats.iter().find(|stats| stats.sandbox_id == id);
        let mut stats = stats.cloned().unwrap_or_default();
        if let (Some(time), Some(cpu)) = (&mut stats.time, &mut stats.cpu_time) {
            time.seconds += times;
            cpu.seconds += times / 2;
            cpu.nanos = if times % 2 == 0 { 0 } else { 500_000_000 };
        }
        Ok(Response::new(stats))
    }

    type WatchSandboxStatsStream = tokio_stream::Empty<Result<SandboxStats, Status>>;

    async fn watch_sandbox_stats(
        &self,
        _: Request<WatchSandboxStatsRequest>,
    ) -> Result<Response<Self::WatchSandboxStatsStream>, Status> {
        Err(Status::unimplemented("the command asks again and again"))
    }

    type WatchSandboxesStream =
        tokio_stream::Iter<std::vec::IntoIter<Result<WatchSandboxesResponse, Status>>>;

    /// The script's events; then the first watch of each stage falls behind,
    /// and the second is ended in order.
    async fn watch_sandboxes(
        &self,
        request: Request<WatchSandboxesRequest>,
    ) -> Result<Response<Self::WatchSandboxesStream>, Status> {
        let call = format!("watch {}", request.into_inner().sandbox_id);
        let first = !self.0.asked().calls.iter().any(|one| one.starts_with("watch"));
        self.0.call(call.trim_end(), "")?;
        let mut events: Vec<_> = self.0.script.events.iter().cloned().map(Ok).collect();
        if first {
            events.push(Err(refusal(Code::ResourceExhausted, "WATCH_LAGGED", "too slow")));
        }
        Ok(Response::new(tokio_stream::iter(events)))
    }
}
