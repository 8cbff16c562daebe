//! Sandboxes, volumes and snapshots as it shows them.

use chrono::{DateTime, SecondsFormat, Utc};
use prost_types::Timestamp;
use serde_json::{Value, json};
use skerry_api::v1::{self, EgressMode, SandboxState};

use super::super::size;
use super::record::{ImageRecord, SandboxRecord};

/// `2026-11-20T21:40:21.734Z`.
pub(super) fn time(time: Option<Timestamp>) -> String {
    let time = time.unwrap_or_default();
    let nanos = u32::try_from(time.nanos).unwrap_or_default();
    let time = DateTime::<Utc>::from_timestamp(time.seconds, nanos).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The same for now.
pub(super) fn now() -> String {
    DateTime::<Utc>::from(std::time::SystemTime::now()).to_rfc3339_opts(SecondsFormat::Millis, true)
}

pub(super) fn image(record: &ImageRecord) -> Value {
    let mut shown = json!({
        "id": record.id,
        "name": record.name,
        "image": record.image,
        "state": record.state,
        "hasDockerfile": record.dockerfile.is_some(),
        "cpus": record.cpus,
        "memory": record.memory,
        "labels": record.labels,
        "createdAt": record.created_at,
        "updatedAt": record.updated_at,
    });
    if let Some(error) = &record.error {
        shown["error"] = json!(error);
    }
    tidy(shown)
}

/// `path` is the volume's place among the others; where it is on the host's
/// disk is nobody's business.
pub(super) fn volume(volume: &v1::Volume) -> Value {
    json!({
        "id": volume.id,
        "name": volume.name,
        "path": format!("volumes/{}/data", volume.id),
        "labels": volume.labels,
        "createdAt": time(volume.create_time),
        "updatedAt": time(volume.update_time),
    })
}

/// It is no archive: both sizes are those of its files.
pub(super) fn snapshot(snapshot: &v1::Snapshot) -> Value {
    let size = snapshot.size_bytes.unwrap_or_default();
    json!({
        "id": snapshot.id,
        "name": snapshot.name,
        "state": "ready",
        "sourceSandboxId": snapshot.sandbox_id,
        "image": snapshot.image,
        "archivePath": format!("snapshots/{}", snapshot.id),
        "archiveBytes": size,
        "workspaceBytes": size,
        "labels": snapshot.labels,
        "createdAt": time(snapshot.create_time),
        "updatedAt": time(snapshot.create_time),
    })
}

/// A sandbox that is there, with what was asked of it where it was made here.
pub(super) fn sandbox(live: &v1::Sandbox, record: Option<&SandboxRecord>) -> Value {
    let bare = live.id.trim_start_matches("sbx_");
    let limits = live.limits.unwrap_or_default();
    let image_id = record.and_then(|record| record.image_id.clone());
    let snapshot_id = Some(live.snapshot_id.clone()).filter(|id| !id.is_empty());
    let source = match (&snapshot_id, &image_id) {
        (Some(_), _) => "snapshot",
        (None, Some(_)) => "image",
        (None, None) => "inline",
    };
    let timeouts = live.timeouts.unwrap_or_default();
    let mut shown = json!({
        "id": live.id,
        "name": live.name,
        "state": state(live, record),
        "source": source,
        "image": live.image,
        "containerName": format!("apple-sbx-{bare}"),
        "workspace": "/workspace",
        "cpus": cpus(limits.cpu_millis.unwrap_or_default()),
        "memory": size::text(limits.memory_bytes.unwrap_or_default()),
        "network": record.map_or_else(
            || network(live.network_policy.as_ref()),
            |record| record.network.clone(),
        ),
        "volumes": volumes(live, record),
        "createdAt": time(live.create_time),
        "updatedAt": time(live.update_time),
        "lastActivityAt": time(live.update_time),
    });
    let given = [
        ("imageId", image_id.map(Value::from)),
        ("snapshotId", snapshot_id.map(Value::from)),
        ("idleTimeoutSeconds", timeouts.idle_timeout.map(seconds)),
        ("maxLifetimeSeconds", timeouts.max_lifetime.map(seconds)),
        ("autoDeleteSeconds", timeouts.auto_delete.map(seconds)),
    ];
    for (name, value) in given {
        value.into_iter().for_each(|value| shown[name] = value);
    }
    tidy(shown)
}

/// One that is gone, as it was last seen.
pub(super) fn gone(record: &SandboxRecord) -> Value {
    let mut shown = record.last.clone();
    shown["state"] = json!("deleted");
    shown
}

fn state(live: &v1::Sandbox, record: Option<&SandboxRecord>) -> &'static str {
    match live.state() {
        SandboxState::Unspecified | SandboxState::Creating => "creating",
        SandboxState::Stopped if record.is_some_and(|record| record.waits) => "created",
        SandboxState::Stopped => "stopped",
        SandboxState::Failed => "error",
        SandboxState::Deleting => "deleted",
        _ => "running",
    }
}

/// Each by what it was called when it was asked for.
fn volumes(live: &v1::Sandbox, record: Option<&SandboxRecord>) -> Value {
    let names = record.map_or(&[][..], |record| &record.volumes);
    let mounts = live.mounts.iter().enumerate().map(|(index, mount)| {
        json!({
            "volumeId": names.get(index).unwrap_or(&mount.volume_id),
            "mountPath": mount.path,
            "readonly": mount.read_only,
        })
    });
    mounts.collect()
}

fn network(policy: Option<&v1::NetworkPolicy>) -> Value {
    let mode = policy.map(v1::NetworkPolicy::mode);
    match (mode, policy) {
        (Some(EgressMode::Open), _) => json!({ "mode": "open" }),
        (Some(EgressMode::Allowlist), Some(policy)) => {
            json!({ "mode": "deny", "allowedHosts": policy.hosts })
        }
        _ => json!({ "mode": "deny" }),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a host has fewer processors than 2^53")]
pub(super) fn cpus(millis: i64) -> f64 {
    millis as f64 / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "a time is shorter than 2^53 seconds")]
fn seconds(span: prost_types::Duration) -> Value {
    json!(span.seconds as f64 + f64::from(span.nanos) / 1e9)
}

/// Whole numbers as such: `2` and not `2.0`.
fn tidy(mut shown: Value) -> Value {
    let names = ["cpus", "idleTimeoutSeconds", "maxLifetimeSeconds", "autoDeleteSeconds"];
    for name in names {
        let Some(number) = shown.get(name).and_then(Value::as_f64) else { continue };
        if number.fract() == 0.0 && number.abs() < 1e15 {
            #[expect(clippy::cast_possible_truncation, reason = "it was just held to a whole one")]
            let whole = number as i64;
            shown[name] = json!(whole);
        }
    }
    shown
}
