//! Volumes.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use skerry_api::v1;
use tonic::{Code, Status};

use super::super::ask::Ask;
use super::super::failure::{self, Failure, http_code, json};
use super::super::route::Answer;
use super::super::size;
use super::NO_VOLUME;
use super::entry::required;

#[derive(Deserialize)]
struct Create {
    id: String,
    size: Option<String>,
    label: Option<String>,
}

#[derive(Deserialize)]
struct DeleteAll {
    ids: Vec<String>,
}

pub(super) async fn create(ask: Ask) -> Answer {
    let Create { id, size, label } = ask.json().await?;
    required("id", &id)?;
    let size_bytes = match size.as_deref() {
        None => 0,
        Some(size) => size::bytes(size)
            .ok_or_else(|| Failure::invalid("size", "must be a size, as 512M or 10G"))?,
    };
    let labels = label.map(|label| match label.split_once('=') {
        Some((key, value)) => (key.to_owned(), value.to_owned()),
        None => (label, String::new()),
    });
    let labels: BTreeMap<_, _> = labels.into_iter().collect();
    let request = v1::CreateVolumeRequest { name: id.clone(), size_bytes, labels };
    let made = ask.calls.volumes().create_volume(ask.calls.by(request)).await;
    made.map_err(|status| failed("create volume", &status))?;
    Ok(json(&json!({ "id": id })))
}

/// What is told where something fails that was asked for well.
fn failed(what: &str, status: &Status) -> Failure {
    let text = format!("Failed to {what}: {}", failure::message(status));
    match status.code() {
        Code::PermissionDenied | Code::Unauthenticated => Failure::Refused(status.clone()),
        _ => Failure::Said(http_code(status), text),
    }
}

pub(super) async fn list(ask: Ask) -> Answer {
    let volumes = ask.calls.all_volumes().await?;
    Ok(json(&volumes.iter().map(shown).collect()))
}

pub(super) async fn get(ask: Ask) -> Answer {
    Ok(json(&shown(&find(&ask).await?)))
}

async fn find(ask: &Ask) -> Result<v1::Volume, Failure> {
    let name = ask.name("id").ok_or_else(|| Failure::missing(NO_VOLUME))?;
    ask.calls.volume(name).await.map_err(|status| match status.code() {
        Code::InvalidArgument => Failure::missing(NO_VOLUME),
        _ => status.into(),
    })
}

pub(super) async fn delete(ask: Ask) -> Answer {
    let volume = find(&ask).await?;
    let deleted = ask.calls.delete_volume(&volume.id, false).await;
    deleted.map_err(|status| failed("delete volume", &status))?;
    Ok(json(&json!({ "ok": true })))
}

pub(super) async fn delete_all(ask: Ask) -> Answer {
    let DeleteAll { ids } = ask.json().await?;
    if ids.is_empty() {
        return Err(Failure::invalid("ids", "Too small: expected array to have >=1 items"));
    }
    for (index, id) in ids.iter().enumerate() {
        required(&format!("ids[{index}]"), id)?;
    }
    let request = v1::BatchDeleteVolumesRequest { volume_ids: ids.clone(), force: false };
    let answers = ask.calls.volumes().batch_delete_volumes(ask.calls.by(request)).await;
    let answers = answers.map_err(|status| failed("delete volumes", &status))?.into_inner().answers;
    let left: Vec<String> = answers
        .iter()
        .filter(|answer| !answer.deleted)
        .map(|answer| format!("{}: {}", answer.volume_id, answer.message))
        .collect();
    match left.is_empty() {
        true => Ok(json(&json!({ "ok": true, "deleted": ids }))),
        false => {
            let text = format!("Failed to delete volumes: {}", left.join("; "));
            Err(Failure::said(StatusCode::CONFLICT, text))
        }
    }
}

/// In the form that Apple's `container` has, and its id.
pub(super) fn shown(volume: &v1::Volume) -> Value {
    let time = volume.create_time.unwrap_or_default();
    let time = DateTime::<Utc>::from_timestamp(time.seconds, 0).unwrap_or_default();
    let options = match volume.size_bytes {
        0 => json!({}),
        bytes => json!({ "size": size::text(bytes) }),
    };
    json!({
        "id": volume.name,
        "name": volume.name,
        "driver": "local",
        "labels": volume.labels,
        "options": options,
        "sizeInBytes": volume.size_bytes,
        "createdAt": time.to_rfc3339_opts(SecondsFormat::Secs, true),
    })
}
