//! Whether an app answers.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::super::ask::Ask;
use super::super::failure::{Failure, json};
use super::super::route::Answer;
use super::entry::{PORT, prefix};
use super::sandbox::find;

/// For one answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// What the way to a port says where nothing answers.
const NOT_THERE: [StatusCode; 3] =
    [StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE, StatusCode::GATEWAY_TIMEOUT];

pub(super) async fn health(ask: Ask) -> Answer {
    let sandbox = find(&ask).await.map_err(|failure| match failure {
        Failure::Said(StatusCode::NOT_FOUND, error) => {
            Failure::Whole(StatusCode::NOT_FOUND, json!({ "error": error, "healthy": false }))
        }
        other => other,
    })?;
    let path = format!("/api/v1/sandboxes/{}/proxy/{PORT}{}/health", sandbox.id, prefix(&sandbox));
    Ok(json(&asked(&ask, &path).await))
}

/// Asks by the way that a caller with this token has to the port.
async fn asked(ask: &Ask, path: &str) -> Value {
    let failed = || json!({ "healthy": false, "error": "Health check failed" });
    let Ok(mut request) = Request::get(path).body(Body::empty()) else { return failed() };
    *request.extensions_mut() = ask.extensions().clone();
    let answer = tokio::time::timeout(PATIENCE, ask.shared.ports.clone().oneshot(request)).await;
    match answer {
        Ok(Ok(answer)) if !NOT_THERE.contains(&answer.status()) => {
            let status = answer.status();
            json!({ "healthy": status.is_success(), "status": status.as_u16() })
        }
        _ => failed(),
    }
}
