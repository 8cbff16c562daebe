//! What is done to all at once.

use std::time::SystemTime;

use serde_json::json;
use skerry_api::access::Need;
use skerry_api::v1;
use skerry_api::v1::{SandboxState, TunnelState};
use tonic::Status;

use super::super::ask::Ask;
use super::super::calls::Calls;
use super::super::failure::{Failure, json};
use super::super::route::Answer;
use super::sandbox::end;
use crate::whole::whole;

/// Deletes every sandbox that the token reaches. Volumes that were made for
/// one go with it.
pub(super) async fn kill_all(ask: Ask) -> Answer {
    ask.must(Need::Manage)?;
    whole(async move { end_all(&ask.calls).await }).await?;
    Ok(json(&json!({ "ok": true })))
}

async fn end_all(calls: &Calls) -> Result<(), Failure> {
    let mut last: Result<(), Status> = Ok(());
    for sandbox in calls.all_sandboxes().await? {
        // One that can't be deleted keeps no other.
        if let Err(status) = end(calls, &sandbox, false).await {
            last = Err(status);
        }
    }
    Ok(last?)
}

/// The same by an admin, and then the daemon ends.
pub(super) async fn disconnect(ask: Ask) -> Answer {
    ask.must(Need::Admin)?;
    whole(async move {
        end_all(&ask.calls).await?;
        ask.shared.ending.notify_one();
        Ok(json(&json!({ "ok": true })))
    })
    .await
}

pub(super) async fn stats(ask: Ask) -> Answer {
    let sandboxes = ask.calls.all_sandboxes().await?;
    let there = sandboxes.iter().filter(|sandbox| sandbox.state() != SandboxState::Deleting);
    let request = v1::ListTunnelsRequest::default();
    let tunnels = ask.calls.tunnels().list_tunnels(ask.calls.by(request)).await?.into_inner();
    let open = tunnels.tunnels.iter().filter(|one| one.state() == TunnelState::Ready);
    let info = ask.calls.info().await?;
    let start = info.start_time.and_then(|time| SystemTime::try_from(time).ok());
    let uptime = start.and_then(|start| start.elapsed().ok()).unwrap_or_default();
    let resident = resident_bytes();
    Ok(json(&json!({
        "totalSandboxes": there.count(),
        "activeTunnels": open.count(),
        "uptime": uptime.as_secs_f64(),
        // There is one heap and no collector: what is resident is all of it.
        "memoryUsage": {
            "rss": resident, "heapTotal": resident, "heapUsed": resident,
            "external": 0, "arrayBuffers": 0,
        },
    })))
}

/// Bytes of memory that the daemon has; 0 where the kernel does not say.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes =
        line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kibibytes.unwrap_or_default() * 1024
}
