//! The world's way to a sandbox.

use axum::http::StatusCode;
use prost_types::FieldMask;
use serde::Deserialize;
use serde_json::json;
use skerry_api::v1::{self, TunnelState};
use tonic::{Code, Status};

use super::super::ask::Ask;
use super::super::calls::Calls;
use super::super::failure::{self, Failure, http_code, json};
use super::super::route::Answer;
use super::entry::PORT;
use super::sandbox::find;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Start {
    tunnel_token: String,
    /// The token has it.
    #[expect(dead_code, reason = "it is held to its type")]
    tunnel_id: Option<String>,
    /// Never asked itself: what is asked is what cloudflared told.
    url: Option<String>,
    checkhealth: Option<bool>,
}

pub(super) async fn start(ask: Ask) -> Answer {
    let start: Start = ask.json().await?;
    let sandbox = find(&ask).await?;
    if runs(&ask.calls, &sandbox).await? {
        return Ok(json(&json!({ "ok": true, "alreadyRunning": true })));
    }
    let check = start.checkhealth != Some(false) && start.url.is_some();
    let made = make(&ask.calls, &sandbox, Some(start.tunnel_token), check).await;
    made.map_err(|status| failed(&status))?;
    Ok(json(&json!({ "ok": true })))
}

/// What is told of one that does not start: what a token lets do is told as it
/// is everywhere.
pub(super) fn failed(status: &Status) -> Failure {
    let text = format!("Failed to start tunnel: {}", failure::message(status));
    match status.code() {
        Code::PermissionDenied | Code::Unauthenticated => Failure::Refused(status.clone()),
        Code::InvalidArgument | Code::ResourceExhausted => Failure::Said(http_code(status), text),
        _ => Failure::Said(StatusCode::INTERNAL_SERVER_ERROR, text),
    }
}

async fn runs(calls: &Calls, sandbox: &v1::Sandbox) -> Result<bool, Status> {
    let request = v1::ListTunnelsRequest { sandbox_id: sandbox.id.clone() };
    let tunnels = calls.tunnels().list_tunnels(calls.by(request)).await?.into_inner().tunnels;
    let runs = |tunnel: &v1::Tunnel| tunnel.port == PORT && tunnel.state() != TunnelState::Failed;
    Ok(tunnels.iter().any(runs))
}

/// Makes one; everybody may come by it.
pub(super) async fn make(
    calls: &Calls,
    sandbox: &v1::Sandbox,
    token: Option<String>,
    check: bool,
) -> Result<(), Status> {
    open(calls, sandbox).await?;
    let request = v1::CreateTunnelRequest {
        sandbox_id: sandbox.id.clone(),
        port: PORT,
        token: token.unwrap_or_default(),
        check,
        ..Default::default()
    };
    calls.tunnels().create_tunnel(calls.by(request)).await.map(drop)
}

/// Opens the port to everybody, where it is not.
async fn open(calls: &Calls, sandbox: &v1::Sandbox) -> Result<(), Status> {
    let mut ports = sandbox.ports.clone();
    match ports.iter_mut().find(|port| port.port == PORT) {
        Some(port) if port.public => return Ok(()),
        Some(port) => port.public = true,
        None => ports.push(v1::Port { port: PORT, public: true, ..Default::default() }),
    }
    let request = v1::UpdateSandboxRequest {
        sandbox_id: sandbox.id.clone(),
        sandbox: Some(v1::Sandbox { ports, ..Default::default() }),
        update_mask: Some(FieldMask { paths: vec!["ports".to_owned()] }),
    };
    calls.sandboxes().update_sandbox(calls.by(request)).await.map(drop)
}
