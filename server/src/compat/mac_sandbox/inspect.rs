//! All that is known of sandboxes, in the form that Apple's `container` has.

use serde_json::{Value, json};
use skerry_api::v1::{self, SandboxState};

use super::super::ask::Ask;
use super::super::failure::json;
use super::super::route::Answer;
use super::entry::{entry, volume_id};
use super::sandbox::find;
use super::volume;

pub(super) async fn inspect(ask: Ask) -> Answer {
    let sandbox = find(&ask).await?;
    let entry = entry(&ask.calls, &sandbox).await?;
    let volume = match volume_id(&sandbox) {
        None => None,
        Some(id) => ask.calls.volume(id).await.ok(),
    };
    Ok(json(&json!({
        "sandbox": entry,
        "container": container(&sandbox),
        "volume": volume.as_ref().map(volume::shown),
    })))
}

pub(super) async fn containers(ask: Ask) -> Answer {
    let all = ask.calls.all_sandboxes().await?;
    Ok(json(&all.iter().map(container).collect()))
}

fn container(sandbox: &v1::Sandbox) -> Value {
    let limits = sandbox.limits.unwrap_or_default();
    let status = match sandbox.state() {
        SandboxState::Running | SandboxState::Pausing | SandboxState::Resuming => "running",
        SandboxState::Stopping => "stopping",
        SandboxState::Stopped | SandboxState::Failed => "stopped",
        _ => "unknown",
    };
    let networks: Vec<Value> = match sandbox.ip_address.as_str() {
        "" => Vec::new(),
        address => vec![json!({
            "network": "default", "address": address, "hostname": sandbox.hostname,
        })],
    };
    let mounts = sandbox.mounts.iter().map(|mount| {
        let options: &[&str] = if mount.read_only { &["ro"] } else { &[] };
        json!({ "source": mount.volume_id, "destination": mount.path, "options": options })
    });
    let environment = sandbox.env.iter().map(|(name, value)| format!("{name}={value}"));
    json!({
        "status": status,
        "configuration": {
            "id": sandbox.name,
            "hostname": sandbox.hostname,
            "image": { "reference": sandbox.image },
            "labels": sandbox.labels,
            "mounts": mounts.collect::<Vec<_>>(),
            "initProcess": { "environment": environment.collect::<Vec<_>>() },
            "resources": {
                "cpus": limits.cpu_millis.unwrap_or_default() / 1000,
                "memoryInBytes": limits.memory_bytes.unwrap_or_default(),
            },
        },
        "networks": networks,
    })
}
