//! Snapshots of /workspace.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;
use skerry_api::v1::{self, SnapshotScope};

use super::super::ask::Ask;
use super::super::failure::{Failure, json};
use super::super::route::Answer;
use super::{NO_SANDBOX, NO_SNAPSHOT, absent, deleted, show};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Create {
    name: String,
    sandbox_id: String,
    labels: Option<BTreeMap<String, String>>,
}

pub(super) async fn create(ask: Ask) -> Answer {
    let Create { name, sandbox_id, labels } = ask.json().await?;
    // An empty one would be every sandbox's.
    let sandbox = ask.calls.sandbox(&sandbox_id).await;
    let sandbox = sandbox.map_err(|status| absent(status, NO_SANDBOX))?;
    let mut request = v1::CreateSnapshotRequest {
        sandbox_id: sandbox.id,
        name,
        labels: labels.unwrap_or_default(),
        ..Default::default()
    };
    request.set_scope(SnapshotScope::Workspace);
    let taken = ask.calls.snapshots().create_snapshot(ask.calls.by(request)).await?;
    Ok(json(&show::snapshot(&taken.into_inner())))
}

pub(super) async fn list(ask: Ask) -> Answer {
    let mut request = v1::ListSnapshotsRequest { page_size: 1000, ..Default::default() };
    let mut all = Vec::new();
    loop {
        let page = ask.calls.snapshots().list_snapshots(ask.calls.by(request.clone())).await?;
        let page = page.into_inner();
        all.extend(page.snapshots.iter().map(show::snapshot));
        if page.next_page_token.is_empty() {
            return Ok(json(&json!({ "snapshots": all })));
        }
        request.page_token = page.next_page_token;
    }
}

pub(super) async fn get(ask: Ask) -> Answer {
    Ok(json(&show::snapshot(&named(&ask).await?)))
}

pub(super) async fn delete(ask: Ask) -> Answer {
    let snapshot_id = named(&ask).await?.id;
    let request = v1::DeleteSnapshotRequest { snapshot_id: snapshot_id.clone() };
    ask.calls.snapshots().delete_snapshot(ask.calls.by(request)).await?;
    Ok(json(&deleted(&snapshot_id)))
}

async fn named(ask: &Ask) -> Result<v1::Snapshot, Failure> {
    let name = ask.name("id").ok_or_else(|| Failure::missing(NO_SNAPSHOT))?;
    found(ask, name).await
}

/// One by id or name.
pub(super) async fn found(ask: &Ask, name: &str) -> Result<v1::Snapshot, Failure> {
    let request = v1::GetSnapshotRequest { snapshot_id: name.to_owned() };
    let found = ask.calls.snapshots().get_snapshot(ask.calls.by(request)).await;
    Ok(found.map_err(|status| absent(status, NO_SNAPSHOT))?.into_inner())
}
