//! Sandboxes that are there, and those that were.

use std::collections::HashSet;

use serde_json::{Value, json};
use skerry_api::access::Need;
use skerry_api::v1;
use tonic::Code;

use super::super::ask::Ask;
use super::super::failure::{Failure, json};
use super::super::route::Answer;
use super::record::SandboxRecord;
use super::{NO_SANDBOX, deleted, show, ssh};

/// What its stop gives processes after SIGTERM.
const GRACE: prost_types::Duration = prost_types::Duration { seconds: 5, nanos: 0 };

/// A sandbox that somebody asks for.
enum Found {
    Live(Box<v1::Sandbox>),
    Gone(SandboxRecord),
}

/// By id or name: what is there, else what was.
async fn find(ask: &Ask) -> Result<Found, Failure> {
    let name = ask.name("id").ok_or_else(|| Failure::missing(NO_SANDBOX))?;
    match ask.calls.look_at(name).await {
        Ok(Some(live)) => return Ok(Found::Live(Box::new(live))),
        Ok(None) => {}
        Err(status) if matches!(status.code(), Code::NotFound | Code::InvalidArgument) => {}
        Err(status) => return Err(status.into()),
    }
    let record = ask.shared.records.sandboxes.find(name, &ask.reach());
    record.map(Found::Gone).ok_or_else(|| Failure::missing(NO_SANDBOX))
}

/// One that is there.
pub(super) async fn live(ask: &Ask) -> Result<v1::Sandbox, Failure> {
    match find(ask).await? {
        Found::Live(live) => Ok(*live),
        Found::Gone(_) => Err(Failure::missing(NO_SANDBOX)),
    }
}

/// As it is told; what is told is what is remembered of it.
pub(super) async fn told(ask: &Ask, live: &v1::Sandbox) -> Result<Value, Failure> {
    let record = ask.shared.records.sandboxes.get(&live.id);
    let mut shown = show::sandbox(live, record.as_ref());
    if let Some(record) = record.filter(|record| record.last["updatedAt"] != shown["updatedAt"]) {
        let record = SandboxRecord { last: shown.clone(), name: live.name.clone(), ..record };
        ask.shared.records.sandboxes.put(record).await?;
    }
    if let Some(access) = ssh::open(ask, &live.id).await {
        shown["ssh"] = access;
    }
    Ok(shown)
}

pub(super) async fn list(ask: Ask) -> Answer {
    let all = ask.calls.all_sandboxes().await?;
    let live: HashSet<&str> = all.iter().map(|sandbox| sandbox.id.as_str()).collect();
    let records = ask.shared.records.sandboxes.list(&ask.reach());
    let gone = records.iter().filter(|record| !live.contains(record.id.as_str()));
    let gone: Vec<Value> = gone.map(show::gone).collect();
    let mut sandboxes = Vec::with_capacity(all.len() + gone.len());
    for sandbox in all.iter().rev() {
        let record = ask.shared.records.sandboxes.get(&sandbox.id);
        sandboxes.push(show::sandbox(sandbox, record.as_ref()));
    }
    sandboxes.extend(gone);
    Ok(json(&json!({ "sandboxes": sandboxes })))
}

pub(super) async fn get(ask: Ask) -> Answer {
    match find(&ask).await? {
        Found::Live(live) => Ok(json(&told(&ask, &live).await?)),
        Found::Gone(record) => Ok(json(&show::gone(&record))),
    }
}

pub(super) async fn start(ask: Ask) -> Answer {
    let sandbox_id = live(&ask).await?.id;
    let request = v1::StartSandboxRequest { sandbox_id };
    let started = ask.calls.sandboxes().start_sandbox(ask.calls.by(request)).await?.into_inner();
    has_started(&ask, &started.id).await?;
    Ok(json(&told(&ask, &started).await?))
}

/// One that waits for its first start has had it.
pub(super) async fn has_started(ask: &Ask, id: &str) -> Result<(), Failure> {
    let record = ask.shared.records.sandboxes.get(id);
    match record.filter(|record| record.waits) {
        Some(record) => {
            ask.shared.records.sandboxes.put(SandboxRecord { waits: false, ..record }).await
        }
        None => Ok(()),
    }
}

pub(super) async fn stop(ask: Ask) -> Answer {
    let sandbox_id = live(&ask).await?.id;
    let stopped = halt(&ask, sandbox_id, GRACE).await?;
    Ok(json(&told(&ask, &stopped).await?))
}

/// Stops one, with so long for its processes to end by themselves.
pub(super) async fn halt(
    ask: &Ask,
    sandbox_id: String,
    grace: prost_types::Duration,
) -> Result<v1::Sandbox, Failure> {
    let request = v1::StopSandboxRequest { sandbox_id, grace_period: Some(grace) };
    Ok(ask.calls.sandboxes().stop_sandbox(ask.calls.by(request)).await?.into_inner())
}

/// Again after a delete it is the same, and no failure.
pub(super) async fn delete(ask: Ask) -> Answer {
    let id = match find(&ask).await? {
        Found::Live(live) => {
            ask.calls.delete_sandbox(&live.id).await?;
            live.id
        }
        Found::Gone(record) => {
            ask.must(Need::Manage)?;
            record.id.to_string()
        }
    };
    Ok(json(&deleted(&id)))
}
