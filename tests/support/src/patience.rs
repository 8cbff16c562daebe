//! Waiting with a bound, and never for a time.

use std::time::{Duration, Instant};

/// Longer than anything takes on a slow machine under load.
const PATIENCE: Duration = Duration::from_secs(60);
const STEP: Duration = Duration::from_millis(20);

/// Asks again and again until there is an answer. Panics with `what` when
/// none comes in a minute.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(STEP).await;
    }
}
