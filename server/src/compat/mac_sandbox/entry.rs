//! A sandbox as it shows it.

use std::collections::BTreeMap;

use prost_types::Timestamp;
use serde_json::{Value, json};
use skerry_api::v1;
use tonic::Status;

use super::super::calls::Calls;
use super::super::failure::Failure;

/// The port that its images listen at.
pub(super) const PORT: i32 = 80;
/// Where its volumes are mounted.
pub(super) const WORKSPACE: &str = "/workspace";
/// Says where an app has what the platform asks for.
const PREFIX_ENV: &str = "ROUTE_PREFIX";
const PREFIX: &str = "/__platform";

/// Milliseconds since 1970.
pub(super) fn millis(time: Option<Timestamp>) -> i64 {
    let time = time.unwrap_or_default();
    time.seconds * 1000 + i64::from(time.nanos) / 1_000_000
}

/// Refuses a text that is empty.
pub(super) fn required(field: &str, text: &str) -> Result<(), Failure> {
    match text.is_empty() {
        true => Err(Failure::invalid(field, "Too small: expected string to have >=1 characters")),
        false => Ok(()),
    }
}

pub(super) fn prefix(sandbox: &v1::Sandbox) -> &str {
    sandbox.env.get(PREFIX_ENV).map_or(PREFIX, String::as_str)
}

/// The volume at /workspace, by its own id.
pub(super) fn volume_id(sandbox: &v1::Sandbox) -> Option<&str> {
    let mount = sandbox.mounts.iter().find(|mount| mount.path == WORKSPACE);
    mount.map(|mount| mount.volume_id.as_str())
}

/// One sandbox.
pub(super) async fn entry(calls: &Calls, sandbox: &v1::Sandbox) -> Result<Value, Status> {
    let volume = match volume_id(sandbox) {
        None => None,
        // It may go at any time.
        Some(id) => calls.volume(id).await.ok().map(|volume| volume.name),
    };
    shown(calls, sandbox, volume).await
}

/// All sandboxes, by id.
pub(super) async fn entries(calls: &Calls) -> Result<Value, Status> {
    let volumes = calls.all_volumes().await?.into_iter();
    let names: BTreeMap<String, String> = volumes.map(|volume| (volume.id, volume.name)).collect();
    let mut entries = serde_json::Map::new();
    for sandbox in calls.all_sandboxes().await? {
        let volume = volume_id(&sandbox).and_then(|id| names.get(id)).cloned();
        // One that went since is not there.
        if let Ok(shown) = shown(calls, &sandbox, volume).await {
            entries.insert(sandbox.name, shown);
        }
    }
    Ok(Value::Object(entries))
}

async fn shown(
    calls: &Calls,
    sandbox: &v1::Sandbox,
    volume: Option<String>,
) -> Result<Value, Status> {
    let request = v1::ListUrlsRequest { sandbox_id: sandbox.id.clone() };
    let urls = calls.previews().list_urls(calls.by(request)).await?.into_inner().ports;
    let urls = urls.into_iter().find(|urls| urls.port == PORT).unwrap_or_default();
    let given = |url: String| (!url.is_empty()).then_some(url);
    let port = sandbox.ports.iter().find(|port| port.port == PORT);
    let ip = &sandbox.ip_address;
    Ok(json!({
        "id": sandbox.name,
        "ipAddress": ip,
        "hostPort": port.map_or(0, |port| port.host_port),
        "createdAt": millis(sandbox.create_time),
        "routePrefix": prefix(sandbox),
        "volume": volume,
        "urls": {
            "tunnel": given(urls.tunnel),
            "lan": given(urls.lan).map(|address| format!("http://{address}")),
            "container": if ip.is_empty() { String::new() } else { format!("http://{ip}:{PORT}") },
        },
    }))
}
