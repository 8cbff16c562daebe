//! Sandboxes that are there.

use std::collections::BTreeMap;

use prost_types::FieldMask;
use serde_json::json;
use skerry_api::v1;
use tonic::{Code, Status};

use super::super::ask::Ask;
use super::super::calls::Calls;
use super::super::failure::{Failure, json};
use super::super::route::Answer;
use super::NO_SANDBOX;
use super::entry::{entries, entry, volume_id};
use crate::whole::whole;

/// A volume's label: the sandbox that it was made for, and is deleted with.
const MADE_FOR: &str = "mac-sandbox.made-for";

/// The sandbox of a path; case and what no id has don't matter.
pub(super) async fn find(ask: &Ask) -> Result<v1::Sandbox, Failure> {
    let id: String = ask
        .param("id")
        .chars()
        .map(|letter| letter.to_ascii_lowercase())
        .filter(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter))
        .collect();
    let missing = || Failure::missing(NO_SANDBOX);
    if id.is_empty() {
        return Err(missing());
    }
    ask.calls.sandbox(&id).await.map_err(|status| match status.code() {
        Code::NotFound | Code::InvalidArgument => missing(),
        _ => status.into(),
    })
}

pub(super) async fn list(ask: Ask) -> Answer {
    Ok(json(&json!({ "sandboxes": entries(&ask.calls).await? })))
}

pub(super) async fn get(ask: Ask) -> Answer {
    let sandbox = find(&ask).await?;
    Ok(json(&entry(&ask.calls, &sandbox).await?))
}

pub(super) async fn delete(ask: Ask) -> Answer {
    let sandbox = find(&ask).await?;
    let keep = ask.has_query("preserveStorage=true");
    whole(async move { end(&ask.calls, &sandbox, keep).await }).await?;
    Ok(json(&json!({ "ok": true })))
}

/// Deletes a sandbox, and the volume that was made for it unless that is to
/// stay. One that it borrowed stays in any case.
pub(super) async fn end(calls: &Calls, sandbox: &v1::Sandbox, keep: bool) -> Result<(), Status> {
    let own = own_volume(calls, sandbox).await;
    calls.delete_sandbox(&sandbox.id).await?;
    let Some(volume) = own else { return Ok(()) };
    if keep {
        return mark(calls, volume, None).await;
    }
    match calls.delete_volume(&volume.id, false).await {
        // Another sandbox has borrowed it.
        Err(status) if status.code() == Code::FailedPrecondition => mark(calls, volume, None).await,
        deleted => deleted,
    }
}

/// The volume that was made for a sandbox.
async fn own_volume(calls: &Calls, sandbox: &v1::Sandbox) -> Option<v1::Volume> {
    let volume = calls.volume(volume_id(sandbox)?).await.ok()?;
    (volume.labels.get(MADE_FOR) == Some(&sandbox.id)).then_some(volume)
}

/// Says for which sandbox a volume was made.
pub(super) async fn mark(
    calls: &Calls,
    volume: v1::Volume,
    sandbox: Option<&v1::Sandbox>,
) -> Result<(), Status> {
    let mut labels: BTreeMap<String, String> = volume.labels;
    labels.remove(MADE_FOR);
    labels.extend(sandbox.map(|sandbox| (MADE_FOR.to_owned(), sandbox.id.clone())));
    let request = v1::UpdateVolumeRequest {
        volume_id: volume.id,
        volume: Some(v1::Volume { labels, ..Default::default() }),
        update_mask: Some(FieldMask { paths: vec!["labels".to_owned()] }),
    };
    calls.volumes().update_volume(calls.by(request)).await.map(drop)
}
