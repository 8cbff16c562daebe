//! How a device gets its token, and whose one is.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use skerry_api::v1::{ConfirmPairingRequest, GetIdentityRequest};
use tonic::Code;

use super::super::ask::Ask;
use super::super::failure::{Failure, json};
use super::super::route::Answer;
use super::entry::{millis, required};

/// What a device is called that does not say.
const DEVICE: &str = "unknown device";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Confirm {
    code: String,
    device_name: Option<String>,
}

pub(super) async fn confirm(ask: Ask) -> Answer {
    let Confirm { code, device_name } = ask.json().await?;
    required("code", &code)?;
    let device_name = device_name.filter(|name| !name.is_empty());
    let device_name = device_name.unwrap_or_else(|| DEVICE.to_owned());
    let request = ConfirmPairingRequest { code, device_name };
    let confirmed = ask.calls.pairings().confirm_pairing(ask.calls.by(request)).await;
    let confirmed = confirmed.map_err(|status| match status.code() {
        Code::NotFound => Failure::said(StatusCode::BAD_REQUEST, "Invalid or expired pairing code"),
        _ => status.into(),
    })?;
    Ok(json(&json!({
        "token": confirmed.into_inner().secret,
        "message": "Pairing successful. Use this token for API authentication.",
        "usage": "Add header: Authorization: Bearer <token>",
    })))
}

pub(super) async fn me(ask: Ask) -> Answer {
    let request = ask.calls.by(GetIdentityRequest {});
    let identity = ask.calls.tokens().get_identity(request).await?.into_inner();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let Some(token) = identity.token else {
        // Where no token is asked for.
        let me = json!({
            "deviceName": "dev-mode", "createdAt": now, "lastUsed": now, "devMode": true,
        });
        return Ok(json(&me));
    };
    let named = [token.device_name, token.name, token.id];
    Ok(json(&json!({
        "deviceName": named.into_iter().find(|name| !name.is_empty()),
        "createdAt": millis(token.create_time),
        "lastUsed": millis(token.last_use_time),
    })))
}
