//! New sandboxes.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use skerry_api::v1::{self, EgressMode, OnExec};
use tonic::Status;

use super::super::MADE_BY;
use super::super::ask::Ask;
use super::super::calls::{Calls, has_network, limits};
use super::super::failure::{self, Failure, json, reason};
use super::super::route::Answer;
use super::super::size;
use super::entry::{PORT, WORKSPACE, entry, prefix};
use super::sandbox::{end, mark};
use super::tunnel;
use crate::whole::whole;

/// The sizes that a volume of its own may have.
pub(super) const SIZES: [&str; 10] =
    ["1G", "5G", "10G", "15G", "20G", "25G", "30G", "32G", "64G", "128G"];
const CPUS: f64 = 2.0;
const MEMORY_BYTES: i64 = 4 << 30;
/// Of a health check: attempts, and milliseconds for one and between two.
const ATTEMPTS: f64 = 60.0;
const MAX_ATTEMPTS: f64 = 1000.0;
const TIMEOUT: f64 = 5000.0;
const INTERVAL: f64 = 1000.0;
const MAX_TIME: f64 = 60_000.0;

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Config {
    cpus: Option<f64>,
    memory: Option<String>,
    storage: Option<String>,
    volume_id: Option<String>,
    flags: Option<Flags>,
    health_check: Option<HealthCheck>,
    env: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize, Default, Clone, Copy)]
struct Flags {
    tunnel: Option<bool>,
    lan: Option<bool>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
enum Url {
    Tunnel,
    Lan,
    Container,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "camelCase")]
struct HealthCheck {
    url: Option<Url>,
    timeout: Option<f64>,
    interval: Option<f64>,
    max_attempts: Option<f64>,
    destroy: Option<bool>,
}

pub(super) async fn create(ask: Ask) -> Answer {
    let config: Config = ask.json().await?;
    // What is made for it goes where it fails, also where the caller has gone.
    whole(async move { Ok(json(&make(&ask, config).await?)) }).await
}

async fn make(ask: &Ask, config: Config) -> Result<Value, Failure> {
    let calls = &ask.calls;
    let id = id()?;
    let flags = config.flags.unwrap_or_default();
    let check = config.health_check;
    let size = storage(&config)?;
    let mut request = request(ask, &id, config).await?;
    let own = match size {
        None => None,
        Some(size_bytes) => {
            let request =
                v1::CreateVolumeRequest { name: id.clone(), size_bytes, ..Default::default() };
            Some(calls.volumes().create_volume(calls.by(request)).await?.into_inner())
        }
    };
    request.mounts.extend(own.iter().map(|volume| mount(&volume.id)));
    let sandbox = match sandbox(calls, request, check).await {
        Ok(sandbox) => sandbox,
        Err(failure) => {
            if let Some(volume) = own {
                // Nothing has it: what failed is what is told.
                let _left = calls.delete_volume(&volume.id, false).await;
            }
            return Err(failure);
        }
    };
    if let Some(volume) = own {
        mark(calls, volume, Some(&sandbox)).await?;
    }
    if flags.tunnel == Some(true) {
        let checked = check.is_some_and(|check| check.url == Some(Url::Tunnel));
        let made = tunnel::make(calls, &sandbox, None, checked).await;
        let destroy = check.is_some_and(|check| check.destroy == Some(true));
        if let Err(status) = made
            && (destroy || reason(&status) != "TUNNEL_UNHEALTHY")
        {
            end(calls, &sandbox, false).await?;
            return Err(tunnel::failed(&status));
        }
    }
    Ok(entry(calls, &sandbox).await?)
}

/// Makes it. One that is not healthy stays, unless it is to go.
async fn sandbox(
    calls: &Calls,
    request: v1::CreateSandboxRequest,
    check: Option<HealthCheck>,
) -> Result<v1::Sandbox, Failure> {
    let name = request.name.clone();
    match calls.sandboxes().create_sandbox(calls.by(request)).await {
        Ok(made) => Ok(made.into_inner()),
        Err(status) if reason(&status) == "UNHEALTHY" => {
            if check.is_some_and(|check| check.destroy == Some(true)) {
                let text = format!("Health check failed: {}", failure::message(&status));
                return Err(Failure::said(StatusCode::INTERNAL_SERVER_ERROR, text));
            }
            Ok(calls.sandbox(&name).await?)
        }
        Err(status) => Err(status.into()),
    }
}

/// Bytes of a volume of its own; one that is borrowed goes before.
fn storage(config: &Config) -> Result<Option<i64>, Failure> {
    let Some(storage) = &config.storage else { return Ok(None) };
    if !SIZES.contains(&storage.as_str()) {
        let known = SIZES.map(|size| format!("{size:?}")).join("|");
        return Err(Failure::invalid(
            "storage",
            format!("Invalid option: expected one of {known}"),
        ));
    }
    Ok(size::bytes(storage).filter(|_| config.volume_id.is_none()))
}

fn mount(volume: &str) -> v1::VolumeMount {
    v1::VolumeMount { volume_id: volume.to_owned(), path: WORKSPACE.to_owned(), read_only: false }
}

async fn request(ask: &Ask, id: &str, config: Config) -> Result<v1::CreateSandboxRequest, Failure> {
    let memory = match &config.memory {
        None => None,
        Some(text) => Some(
            size::bytes(text)
                .ok_or_else(|| Failure::invalid("memory", "must be a size, as 512M or 4G"))?,
        ),
    };
    let info = ask.calls.info().await?;
    let image = ask.calls.image_or_pull(&ask.shared.image).await?;
    let flags = config.flags.unwrap_or_default();
    let port = v1::Port {
        port: PORT,
        public: flags.tunnel == Some(true),
        lan: flags.lan == Some(true),
        ..Default::default()
    };
    let mut request = v1::CreateSandboxRequest {
        name: id.to_owned(),
        image: ask.shared.image.clone(),
        limits: Some(limits(&info, (config.cpus, CPUS), (memory, MEMORY_BYTES))),
        labels: [(MADE_BY.0.to_owned(), MADE_BY.1.to_owned())].into(),
        env: config.env.unwrap_or_default(),
        mounts: config.volume_id.iter().map(|volume| mount(volume)).collect(),
        ports: vec![port],
        main: main(&image),
        ..Default::default()
    };
    request.set_on_exec(OnExec::Wake);
    if has_network(&info) {
        let mut policy = v1::NetworkPolicy::default();
        policy.set_mode(EgressMode::Open);
        request.network_policy = Some(policy);
    }
    if let Some(check) = config.health_check
        && check.url != Some(Url::Tunnel)
    {
        request.health_check = Some(health_check(&check, &request)?);
    }
    Ok(request)
}

/// What the image runs by itself, where it runs something.
fn main(image: &v1::Image) -> Option<v1::MainProcess> {
    let config = image.config.as_ref()?;
    let runs = !config.entrypoint.is_empty() || !config.cmd.is_empty();
    runs.then(v1::MainProcess::default)
}

/// Asked at its port, whichever URL of this machine is named: all lead there.
fn health_check(
    check: &HealthCheck,
    request: &v1::CreateSandboxRequest,
) -> Result<v1::HealthCheck, Failure> {
    let span = |field: &str, given: Option<f64>, default: f64| {
        let millis = given.unwrap_or(default);
        if !(0.0..=f64::from(u32::MAX)).contains(&millis) {
            return Err(Failure::invalid(field, "must be a number of milliseconds"));
        }
        let span = Duration::from_secs_f64(millis.clamp(100.0, MAX_TIME) / 1000.0);
        Ok(prost_types::Duration::try_from(span).ok())
    };
    let attempts = check.max_attempts.unwrap_or(ATTEMPTS);
    if !(1.0..=f64::from(u32::MAX)).contains(&attempts) {
        return Err(Failure::invalid("healthCheck.maxAttempts", "must be a number from 1"));
    }
    let probe = v1::Sandbox { env: request.env.clone(), ..Default::default() };
    #[expect(clippy::cast_possible_truncation, reason = "it is at most the bound")]
    let attempts = attempts.min(MAX_ATTEMPTS) as i32;
    Ok(v1::HealthCheck {
        port: PORT,
        path: format!("{}/health", prefix(&probe)),
        timeout: span("healthCheck.timeout", check.timeout, TIMEOUT)?,
        interval: span("healthCheck.interval", check.interval, INTERVAL)?,
        attempts,
        delete_on_failure: check.destroy == Some(true),
    })
}

/// 8 hexadecimal digits.
fn id() -> Result<String, Failure> {
    let random = getrandom::u32().map_err(|error| Status::internal(error.to_string()))?;
    Ok(format!("{random:08x}"))
}
