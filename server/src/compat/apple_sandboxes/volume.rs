//! Volumes.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use skerry_api::v1;

use super::super::ask::Ask;
use super::super::failure::{Failure, json};
use super::super::route::Answer;
use super::{NO_VOLUME, absent, deleted, show};

#[derive(Deserialize)]
struct Create {
    name: String,
    labels: Option<BTreeMap<String, String>>,
}

pub(super) async fn create(ask: Ask) -> Answer {
    let Create { name, labels } = ask.json().await?;
    let labels = labels.unwrap_or_default();
    let request = v1::CreateVolumeRequest { name, labels, size_bytes: 0 };
    let made = ask.calls.volumes().create_volume(ask.calls.by(request)).await?;
    Ok(json(&show::volume(&made.into_inner())))
}

pub(super) async fn list(ask: Ask) -> Answer {
    let volumes: Vec<_> = ask.calls.all_volumes().await?.iter().map(show::volume).collect();
    Ok(json(&json!({ "volumes": volumes })))
}

pub(super) async fn get(ask: Ask) -> Answer {
    Ok(json(&show::volume(&found(&ask).await?)))
}

pub(super) async fn delete(ask: Ask) -> Answer {
    let volume = found(&ask).await?;
    let force = ask.has_query("force=true");
    if let Some(sandbox) = volume.sandbox_ids.first().filter(|_| !force) {
        let text =
            format!("volume is attached to sandbox {sandbox}; pass force=true to delete anyway");
        return Err(Failure::said(StatusCode::CONFLICT, text));
    }
    ask.calls.delete_volume(&volume.id, force).await?;
    Ok(json(&deleted(&volume.id)))
}

async fn found(ask: &Ask) -> Result<v1::Volume, Failure> {
    let name = ask.name("id").ok_or_else(|| Failure::missing(NO_VOLUME))?;
    ask.calls.volume(name).await.map_err(|status| absent(status, NO_VOLUME))
}
