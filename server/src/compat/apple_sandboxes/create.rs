//! New sandboxes.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use skerry_api::v1::{self, OnExec};
use tonic::Code;

use super::super::ask::Ask;
use super::super::calls::{has_network, limits};
use super::super::failure::{Failure, json};
use super::super::route::Answer;
use super::super::size;
use super::network::{self, Network};
use super::record::SandboxRecord;
use super::ssh::{self, Ssh};
use super::{NO_IMAGE, sandbox, show, snapshot};
use crate::whole::whole;

const IMAGE: &str = "ubuntu:24.04";
pub(super) const CPUS: f64 = 2.0;
pub(super) const MEMORY: &str = "2G";
const MEMORY_BYTES: i64 = 2 << 30;
/// Seconds of a time: no date is further.
const MAX_SECONDS: f64 = 1e9;

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Create {
    name: Option<String>,
    image: Option<String>,
    image_id: Option<String>,
    snapshot_id: Option<String>,
    env: Option<BTreeMap<String, String>>,
    cpus: Option<f64>,
    memory: Option<String>,
    network: Option<Network>,
    auto_start: Option<bool>,
    idle_timeout_seconds: Option<f64>,
    max_lifetime_seconds: Option<f64>,
    auto_delete_seconds: Option<f64>,
    volumes: Option<Vec<Mount>>,
    ssh: Option<Ssh>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mount {
    volume_id: String,
    mount_path: String,
    readonly: Option<bool>,
}

pub(super) async fn create(ask: Ask) -> Answer {
    let create: Create = ask.json().await?;
    // What is made is remembered, also where the caller does not wait.
    whole(async move { Ok(json(&make(&ask, create).await?)) }).await
}

async fn make(ask: &Ask, mut create: Create) -> Result<Value, Failure> {
    let (ssh, starts) = (create.ssh.take(), create.auto_start != Some(false));
    let Source { image, image_id, snapshot_id } = source(ask, &mut create).await?;
    let network = network::told(create.network.as_ref());
    let volumes = create.volumes.iter().flatten().map(|mount| mount.volume_id.clone()).collect();
    let request = request(ask, create, image, snapshot_id).await?;
    let made = ask.calls.sandboxes().create_sandbox(ask.calls.by(request)).await?.into_inner();
    let made = match starts {
        true => made,
        // It has nothing that would have to end by itself.
        false => sandbox::halt(ask, made.id, prost_types::Duration::default()).await?,
    };
    let mut record = SandboxRecord {
        id: made.id.parse().map_err(|_| Failure::missing(super::NO_SANDBOX))?,
        name: made.name.clone(),
        tenant: ask.tenant(),
        image_id,
        volumes,
        network,
        waits: !starts,
        last: Value::Null,
    };
    let mut shown = show::sandbox(&made, Some(&record));
    record.last = shown.clone();
    ask.shared.records.sandboxes.put(record).await?;
    if let Some(asked) = ssh
        && let Some(access) = ssh::make(ask, &made.id, asked).await?
    {
        shown["ssh"] = access;
    }
    Ok(shown)
}

/// What a sandbox is made from.
struct Source {
    image: String,
    image_id: Option<String>,
    snapshot_id: String,
}

/// A snapshot's image goes before a definition's, and that before a plain one.
async fn source(ask: &Ask, create: &mut Create) -> Result<Source, Failure> {
    let definition = match create.image_id.take() {
        None => None,
        Some(id) => {
            let record = ask.shared.records.images.find(&id, &ask.reach());
            Some(record.ok_or_else(|| Failure::missing(NO_IMAGE))?)
        }
    };
    let snapshot = match create.snapshot_id.take() {
        None => None,
        Some(name) => Some(snapshot::found(ask, &name).await?),
    };
    let image_id = definition.as_ref().map(|record| record.id.clone());
    let (snapshot_image, snapshot_id) = snapshot.map(|taken| (taken.image, taken.id)).unzip();
    let image = snapshot_image
        .or(definition.map(|record| record.image))
        .or(create.image.take())
        .unwrap_or_else(|| IMAGE.to_owned());
    if let Err(status) = ask.calls.image_or_pull(&image).await {
        return Err(match status.code() {
            Code::NotFound => Failure::missing(NO_IMAGE),
            _ => status.into(),
        });
    }
    Ok(Source { image, image_id, snapshot_id: snapshot_id.unwrap_or_default() })
}

async fn request(
    ask: &Ask,
    create: Create,
    image: String,
    snapshot_id: String,
) -> Result<v1::CreateSandboxRequest, Failure> {
    let info = ask.calls.info().await?;
    let memory = memory("memory", create.memory.as_deref())?;
    let timeouts = v1::Timeouts {
        idle_timeout: span("idleTimeoutSeconds", create.idle_timeout_seconds)?,
        max_lifetime: span("maxLifetimeSeconds", create.max_lifetime_seconds)?,
        auto_delete: span("autoDeleteSeconds", create.auto_delete_seconds)?,
        ..Default::default()
    };
    let mounts = create.volumes.unwrap_or_default().into_iter().map(|mount| v1::VolumeMount {
        volume_id: mount.volume_id,
        path: mount.mount_path,
        read_only: mount.readonly.unwrap_or(false),
    });
    let mut request = v1::CreateSandboxRequest {
        name: create.name.unwrap_or_default(),
        image,
        snapshot_id,
        limits: Some(limits(&info, (create.cpus, CPUS), (memory, MEMORY_BYTES))),
        timeouts: Some(timeouts),
        env: create.env.unwrap_or_default(),
        mounts: mounts.collect(),
        network_policy: network::policy(create.network, has_network(&info))?,
        ..Default::default()
    };
    request.set_on_exec(OnExec::Wake);
    Ok(request)
}

/// Bytes of a size.
pub(super) fn memory(field: &str, text: Option<&str>) -> Result<Option<i64>, Failure> {
    let wrong = || Failure::invalid(field, "must be a size, as 512M or 2G");
    text.map(|text| size::bytes(text).ok_or_else(wrong)).transpose()
}

/// A time; 0 is none, as it was.
fn span(field: &str, seconds: Option<f64>) -> Result<Option<prost_types::Duration>, Failure> {
    let Some(seconds) = seconds.filter(|seconds| *seconds != 0.0) else { return Ok(None) };
    if !(0.0..=MAX_SECONDS).contains(&seconds) {
        return Err(Failure::invalid(field, "must be a number of seconds"));
    }
    let span = std::time::Duration::from_secs_f64(seconds);
    Ok(prost_types::Duration::try_from(span).ok())
}
