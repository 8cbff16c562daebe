//! Definitions of images: a name for a reference, or for a Dockerfile.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use skerry_api::access::Need;
use skerry_api::v1::{
    BuildImageRequest, DeleteImageRequest, build_image_request, build_image_response,
};
use tonic::Code;

use super::super::ask::Ask;
use super::super::failure::{self, Failure, http_code, json};
use super::super::route::Answer;
use super::create::{CPUS, MEMORY, memory};
use super::record::ImageRecord;
use super::{NO_IMAGE, deleted, show};
use crate::model::{Reach, check_image_name};
use crate::whole::whole;

/// Characters of a name.
const MAX_NAME: usize = 128;
/// Bytes of a Dockerfile.
const MAX_DOCKERFILE: usize = 1 << 20;
/// Bytes of labels.
const MAX_LABELS: usize = 64 << 10;
/// A tar archive of nothing.
static NO_CONTEXT: [u8; 1024] = [0; 1024];
/// Bytes of what a failed build said last.
const MAX_ERROR: usize = 4096;

#[derive(Deserialize)]
struct Create {
    name: String,
    image: Option<String>,
    dockerfile: Option<String>,
    build: Option<bool>,
    cpus: Option<f64>,
    memory: Option<String>,
    labels: Option<BTreeMap<String, String>>,
}

pub(super) async fn create(ask: Ask) -> Answer {
    let create: Create = ask.json().await?;
    may_define(&ask)?;
    whole(async move {
        let build = create.build == Some(true);
        let record = define(&ask, create).await?;
        ask.shared.records.images.put(record.clone()).await?;
        match build && record.dockerfile.is_some() {
            true => Ok(json(&show::image(&built(&ask, record).await?))),
            false => Ok(json(&show::image(&record))),
        }
    })
    .await
}

/// A token that is bound to one sandbox defines nothing.
fn may_define(ask: &Ask) -> Result<(), Failure> {
    ask.must(Need::Manage)?;
    match ask.reach() {
        Reach::Sandbox(..) => Err(Failure::Denied(crate::auth::Denied::Bound)),
        _ => Ok(()),
    }
}

async fn define(ask: &Ask, create: Create) -> Result<ImageRecord, Failure> {
    let id = id()?;
    let Create { name, dockerfile, .. } = create;
    if !(1..=MAX_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(Failure::invalid("name", format!("must have 1 to {MAX_NAME} characters")));
    }
    if ask.shared.records.images.find(&name, &Reach::Tenant(ask.tenant())).is_some() {
        return Err(Failure::said(
            StatusCode::CONFLICT,
            format!("there is an image {name:?} already"),
        ));
    }
    let labels = create.labels.unwrap_or_default();
    let long: usize = labels.iter().map(|(key, value)| key.len() + value.len()).sum();
    if long > MAX_LABELS {
        return Err(Failure::invalid("labels", format!("have more than {MAX_LABELS} bytes")));
    }
    memory("memory", create.memory.as_deref())?;
    let (image, dockerfile) = match (create.image.filter(|image| !image.is_empty()), dockerfile) {
        (image, Some(text)) if !text.is_empty() => {
            if text.len() > MAX_DOCKERFILE {
                let message = format!("has more than {MAX_DOCKERFILE} bytes");
                return Err(Failure::invalid("dockerfile", message));
            }
            (image.unwrap_or_else(|| tag(&name, &id)), Some(text))
        }
        (Some(image), _) => (image, None),
        (None, _) => {
            return Err(Failure::said(StatusCode::BAD_REQUEST, "image or dockerfile is required"));
        }
    };
    check_image_name(&image).map_err(|error| Failure::invalid("image", error.to_string()))?;
    let now = show::now();
    Ok(ImageRecord {
        state: if dockerfile.is_some() { "created" } else { "ready" }.to_owned(),
        tenant: ask.tenant(),
        cpus: create.cpus.unwrap_or(CPUS),
        memory: create.memory.unwrap_or_else(|| MEMORY.to_owned()),
        created_at: now.clone(),
        updated_at: now,
        error: None,
        id,
        name,
        image,
        dockerfile,
        labels,
    })
}

/// What is built of a Dockerfile is called so.
fn tag(name: &str, id: &str) -> String {
    let plain = |letter: char| match letter.to_ascii_lowercase() {
        letter @ ('a'..='z' | '0'..='9') => letter,
        _ => '-',
    };
    let name: String = name.chars().map(plain).collect();
    let name = match name.trim_matches('-') {
        "" => "image",
        name => name,
    };
    format!("apple-sandboxes/{name}:{}", id.trim_start_matches("img_"))
}

/// `img_` and 16 digits.
fn id() -> Result<String, Failure> {
    let random = getrandom::u64().map_err(|error| {
        tracing::error!(%error, "no random numbers");
        Failure::said(StatusCode::INTERNAL_SERVER_ERROR, "no random numbers")
    })?;
    Ok(format!("img_{random:016x}"))
}

pub(super) async fn list(ask: Ask) -> Answer {
    let images = ask.shared.records.images.list(&ask.reach());
    let images: Vec<_> = images.iter().map(show::image).collect();
    Ok(json(&json!({ "images": images })))
}

pub(super) async fn get(ask: Ask) -> Answer {
    Ok(json(&show::image(&found(&ask)?)))
}

fn found(ask: &Ask) -> Result<ImageRecord, Failure> {
    let record = ask.shared.records.images.find(ask.param("id"), &ask.reach());
    record.ok_or_else(|| Failure::missing(NO_IMAGE))
}

pub(super) async fn build(ask: Ask) -> Answer {
    let record = found(&ask)?;
    may_define(&ask)?;
    if record.dockerfile.is_none() {
        return Err(Failure::said(StatusCode::BAD_REQUEST, "image has no Dockerfile"));
    }
    whole(async move { Ok(json(&show::image(&built(&ask, record).await?))) }).await
}

/// Builds, and keeps how that went. What was built before is replaced.
async fn built(ask: &Ask, record: ImageRecord) -> Result<ImageRecord, Failure> {
    let images = &ask.shared.records.images;
    let state = |state: &str, error| ImageRecord {
        state: state.to_owned(),
        error,
        updated_at: show::now(),
        ..record.clone()
    };
    images.put(state("building", None)).await?;
    match run(ask, &record).await {
        Ok(()) => {
            let ready = state("ready", None);
            images.put(ready.clone()).await?;
            Ok(ready)
        }
        Err(status) => {
            let error = failure::message(&status);
            images.put(state("error", Some(error.clone()))).await?;
            match status.code() {
                // A step that fails, and no way to build at all.
                Code::Aborted | Code::DeadlineExceeded => {
                    Err(Failure::said(StatusCode::INTERNAL_SERVER_ERROR, error))
                }
                _ => Err(Failure::said(http_code(&status), error)),
            }
        }
    }
}

async fn run(ask: &Ask, record: &ImageRecord) -> Result<(), tonic::Status> {
    use build_image_request::Part;
    remove(ask, &record.image).await?;
    let start = build_image_request::Start {
        name: record.image.clone(),
        containerfile: record.dockerfile.clone().unwrap_or_default(),
        // A build has always had one there.
        network: true,
        ..Default::default()
    };
    let parts = [Part::Start(start), Part::Chunk(Bytes::from_static(&NO_CONTEXT))];
    let parts = parts.map(|part| BuildImageRequest { part: Some(part) });
    let request = ask.calls.by(tokio_stream::iter(parts));
    let mut events = ask.calls.images().build_image(request).await?.into_inner();
    let mut log = Vec::new();
    loop {
        match events.message().await {
            Ok(Some(message)) => match message.event {
                Some(build_image_response::Event::Log(piece)) => keep_last(&mut log, &piece),
                Some(build_image_response::Event::Image(_)) => return Ok(()),
                None => {}
            },
            Ok(None) => return Err(tonic::Status::aborted("the build ended without an image")),
            Err(status) if status.code() == Code::Aborted => {
                let log = String::from_utf8_lossy(&log);
                return Err(tonic::Status::aborted(format!("{}\n{log}", status.message())));
            }
            Err(status) => return Err(status),
        }
    }
}

fn keep_last(log: &mut Vec<u8>, piece: &[u8]) {
    log.extend_from_slice(piece);
    let over = log.len().saturating_sub(MAX_ERROR);
    log.drain(..over);
}

async fn remove(ask: &Ask, image: &str) -> Result<(), tonic::Status> {
    let request = DeleteImageRequest { image_id: image.to_owned() };
    ask.calls.images().delete_image(ask.calls.by(request)).await.map(drop)
}

pub(super) async fn delete(ask: Ask) -> Answer {
    let record = found(&ask)?;
    may_define(&ask)?;
    if record.dockerfile.is_some() {
        // Sandboxes that were made from it keep it.
        let _in_use = remove(&ask, &record.image).await;
    }
    ask.shared.records.images.remove(&record.id).await?;
    Ok(json(&deleted(&record.id)))
}
