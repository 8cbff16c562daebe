//! `TunnelService`.

use std::time::Duration;

use skerry_api::v1;
use skerry_api::v1::tunnel_service_server::TunnelService;
use tonic::{Request, Response, Status};

use super::caller::caller;
use super::check::Checks;
use super::convert;
use super::preview::number;
use crate::tunnel::{NewTunnel, Tunnel, TunnelState, TunnelToken, Tunnels};

/// How long a check asks.
const MIN_CHECK: Duration = Duration::from_secs(1);
const DEFAULT_CHECK: Duration = Duration::from_secs(30);
const MAX_CHECK: Duration = Duration::from_secs(5 * 60);

/// Makes and ends tunnels.
pub(super) struct TunnelCalls {
    pub(super) tunnels: Tunnels,
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl TunnelService for TunnelCalls {
    async fn create_tunnel(&self, request: Request<v1::CreateTunnelRequest>) -> Answer<v1::Tunnel> {
        let v1::CreateTunnelRequest { sandbox_id, port, token, local_port, check } =
            request.into_inner();
        let mut checks = Checks::default();
        checks.sandbox_ref(&sandbox_id);
        let spec = v1::TunnelSpec { port, token, local_port, check };
        let new = NewTunnel { sandbox: sandbox_id, ..new(&mut checks, "", &spec) };
        checks.finish()?;
        Ok(Response::new(message(self.tunnels.create(new).await?)))
    }

    async fn list_tunnels(
        &self,
        request: Request<v1::ListTunnelsRequest>,
    ) -> Answer<v1::ListTunnelsResponse> {
        let reach = caller(&request)?.reach().clone();
        let sandbox = request.into_inner().sandbox_id;
        let sandbox = (!sandbox.is_empty()).then_some(sandbox);
        let mut checks = Checks::default();
        if let Some(sandbox) = &sandbox {
            checks.sandbox_ref(sandbox);
        }
        checks.finish()?;
        let tunnels = self.tunnels.list(sandbox.as_deref(), &reach)?;
        let tunnels = tunnels.into_iter().map(message).collect();
        Ok(Response::new(v1::ListTunnelsResponse { tunnels }))
    }

    async fn delete_tunnel(
        &self,
        request: Request<v1::DeleteTunnelRequest>,
    ) -> Answer<v1::DeleteTunnelResponse> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        checks.sandbox_ref(&request.sandbox_id);
        let port = number(&mut checks, "port", request.port);
        checks.finish()?;
        self.tunnels.delete(&request.sandbox_id, port).await?;
        Ok(Response::new(v1::DeleteTunnelResponse {}))
    }

    async fn check_tunnel(
        &self,
        request: Request<v1::CheckTunnelRequest>,
    ) -> Answer<v1::CheckTunnelResponse> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        checks.sandbox_ref(&request.sandbox_id);
        let port = number(&mut checks, "port", request.port);
        let patience = checks.duration("timeout", request.timeout, MIN_CHECK, MAX_CHECK);
        checks.finish()?;
        let patience = patience.unwrap_or(DEFAULT_CHECK);
        let health = self.tunnels.check(&request.sandbox_id, port, patience).await?;
        Ok(Response::new(v1::CheckTunnelResponse {
            healthy: health.reason.is_none(),
            status: health.status.map_or(0, i32::from),
            reason: health.reason.unwrap_or_default(),
        }))
    }
}

/// The tunnels of a create, whose sandbox is not there yet.
pub(super) fn wanted(specs: Vec<v1::TunnelSpec>) -> Result<Vec<NewTunnel>, Status> {
    let mut checks = Checks::default();
    let mut wanted: Vec<NewTunnel> = Vec::new();
    for (index, spec) in specs.iter().enumerate() {
        let new = new(&mut checks, &format!("tunnels[{index}]."), spec);
        if wanted.iter().any(|other| other.port == new.port) {
            checks.fail(format!("tunnels[{index}].port"), "has a tunnel in this list already");
        }
        wanted.push(new);
    }
    checks.finish().map(|()| wanted)
}

/// What is asked for, of a sandbox that the caller names.
fn new(checks: &mut Checks, path: &str, spec: &v1::TunnelSpec) -> NewTunnel {
    let port = number(checks, &format!("{path}port"), spec.port);
    let local_port = match spec.local_port {
        0 => 0,
        given => number(checks, &format!("{path}local_port"), given),
    };
    let token = (!spec.token.is_empty()).then(|| TunnelToken::read(&spec.token));
    if token == Some(None) {
        checks.fail(format!("{path}token"), "must be at most 4096 visible ASCII characters");
    }
    let token = token.flatten();
    NewTunnel { sandbox: String::new(), port, token, local_port, check: spec.check }
}

fn message(tunnel: Tunnel) -> v1::Tunnel {
    let (state, reason) = match tunnel.state {
        TunnelState::Starting => (v1::TunnelState::Starting, String::new()),
        TunnelState::Ready => (v1::TunnelState::Ready, String::new()),
        TunnelState::Failed(why) => (v1::TunnelState::Failed, why),
    };
    v1::Tunnel {
        sandbox_id: tunnel.place.sandbox.to_string(),
        port: tunnel.place.port.into(),
        state: state.into(),
        reason,
        url: tunnel.url.unwrap_or_default(),
        named: tunnel.named,
        local_port: tunnel.local_port.into(),
        create_time: Some(convert::timestamp(tunnel.create_time)),
    }
}
