//! The health check of a create, which answers when it has passed.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::EngineError;
use super::probe::probe;
use crate::model::HealthCheck;
use crate::runtime::Machine;

/// Asks again and again, as often as the check says.
pub(super) async fn wait_for(
    machine: &Arc<dyn Machine>,
    check: &HealthCheck,
) -> Result<(), EngineError> {
    let mut why = String::new();
    for attempt in 0..check.attempts {
        if attempt > 0 {
            let interval = Duration::from_millis(check.interval_millis);
            if let Ok(ended) = timeout(interval, machine.ended()).await {
                why = ended;
                break;
            }
        }
        let limit = Duration::from_millis(check.timeout_millis);
        let asked = timeout(limit, probe(&**machine, check.port, &check.path)).await;
        match asked {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => why = error.to_string(),
            Err(_) => why = format!("no answer in {limit:?}"),
        }
    }
    Err(EngineError::Unhealthy { port: check.port, attempts: check.attempts, why })
}
