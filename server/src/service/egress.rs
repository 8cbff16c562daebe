//! `NetworkService`.

use futures::stream::{self, BoxStream, StreamExt};
use skerry_api::v1::network_service_server::NetworkService;
use skerry_api::v1::watch_egress_response::EventType;
use skerry_api::v1::{self, WatchEgressResponse};
use tonic::{Request, Response, Status};

use super::caller::caller;
use super::check::Checks;
use super::{Drain, KEEP_ALIVE, convert, status};
use crate::engine::Engine;
use crate::model::{Reach, SandboxId};
use crate::network::{EgressEvent, EgressEventKind, EgressReason, EgressWatch};

/// Tells what was refused.
pub(super) struct NetworkCalls {
    pub(super) engine: Engine,
    pub(super) drain: Drain,
}

#[tonic::async_trait]
impl NetworkService for NetworkCalls {
    type WatchEgressStream = BoxStream<'static, Result<WatchEgressResponse, Status>>;

    async fn watch_egress(
        &self,
        request: Request<v1::WatchEgressRequest>,
    ) -> Result<Response<Self::WatchEgressStream>, Status> {
        let reach = caller(&request)?.reach().clone();
        let sandbox = request.into_inner().sandbox_id;
        let mut only = None;
        if !sandbox.is_empty() {
            let mut checks = Checks::default();
            checks.sandbox_ref(&sandbox);
            checks.finish()?;
            only = Some(self.engine.get(&sandbox)?.id);
        }
        let watch = self.engine.watch_egress()?;
        let (engine, drain) = (self.engine.clone(), self.drain.clone());
        let watching = Watching { watch, only, reach, engine, drain };
        let events = stream::unfold(Some(watching), |watching| async move {
            let mut watching = watching?;
            match watching.next().await {
                Ok(event) => Some((Ok(event), Some(watching))),
                Err(status) => Some((Err(status), None)),
            }
        });
        Ok(Response::new(events.boxed()))
    }

    async fn get_egress_counts(
        &self,
        request: Request<v1::GetEgressCountsRequest>,
    ) -> Result<Response<v1::EgressCounts>, Status> {
        let sandbox = request.into_inner().sandbox_id;
        let mut checks = Checks::default();
        checks.sandbox_ref(&sandbox);
        checks.finish()?;
        let counts = self.engine.egress_counts(&sandbox).await?;
        Ok(Response::new(v1::EgressCounts {
            refused_packets: convert::signed(counts.packets),
            refused_names: convert::signed(counts.names),
            refused_connections: convert::signed(counts.connections),
        }))
    }
}

struct Watching {
    watch: EgressWatch,
    only: Option<SandboxId>,
    /// Who watches reaches it.
    reach: Reach,
    engine: Engine,
    drain: Drain,
}

impl Watching {
    fn shows(&self, sandbox: &SandboxId) -> bool {
        let is_wanted = self.only.as_ref().is_none_or(|only| only == sandbox);
        let reaches = || {
            let found = self.engine.get(sandbox.as_str());
            found.is_ok_and(|found| self.reach.includes_sandbox(&found))
        };
        is_wanted && (self.reach == Reach::All || reaches())
    }

    async fn next(&mut self) -> Result<WatchEgressResponse, Status> {
        let ended = || status::shutting_down("the daemon is shutting down; watch anew");
        // Refusals of other sandboxes don't put the keep-alive off.
        let silence = tokio::time::sleep(KEEP_ALIVE);
        tokio::pin!(silence);
        loop {
            tokio::select! {
                biased;
                () = self.drain.begun() => return Err(ended()),
                next = self.watch.next() => match next? {
                    None => return Err(ended()),
                    Some(event) if self.shows(&event.sandbox) => return Ok(message(event)),
                    Some(_) => {}
                },
                () = &mut silence => {
                    let kind = EventType::KeepAlive.into();
                    return Ok(WatchEgressResponse { r#type: kind, ..Default::default() });
                }
            }
        }
    }
}

fn message(event: EgressEvent) -> WatchEgressResponse {
    // From whom it can't be, nobody is told.
    let verdict = match event.reason {
        EgressReason::Spoofed => v1::EgressVerdict::Dropped,
        _ => v1::EgressVerdict::Refused,
    };
    let common = WatchEgressResponse {
        time: Some(convert::timestamp(event.time)),
        sandbox_id: event.sandbox.into(),
        verdict: verdict.into(),
        reason: reason(event.reason).into(),
        ..WatchEgressResponse::default()
    };
    match event.kind {
        EgressEventKind::Name(name) => {
            WatchEgressResponse { r#type: EventType::Name.into(), name, ..common }
        }
        EgressEventKind::Packet { address, port, protocol, name } => WatchEgressResponse {
            r#type: EventType::Packet.into(),
            name: name.unwrap_or_default(),
            address: address.to_string(),
            port: port.into(),
            protocol: protocol.into(),
            ..common
        },
    }
}

fn reason(reason: EgressReason) -> v1::EgressReason {
    match reason {
        EgressReason::Policy => v1::EgressReason::Policy,
        EgressReason::Private => v1::EgressReason::Private,
        EgressReason::Host => v1::EgressReason::Host,
        EgressReason::Sandbox => v1::EgressReason::Sandbox,
        EgressReason::Spoofed => v1::EgressReason::Spoofed,
        EgressReason::Rebinding => v1::EgressReason::Rebinding,
        EgressReason::ServerName => v1::EgressReason::ServerName,
        EgressReason::QueryType => v1::EgressReason::QueryType,
        EgressReason::TooMany => v1::EgressReason::TooMany,
    }
}
