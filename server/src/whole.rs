//! Work that is done whole, whoever waits for it.

use std::future::{Future, pending};
use std::panic::resume_unwind;

/// Runs work to its end in a task of its own, so that a caller who leaves
/// leaves nothing half done. A panic of the work is the caller's.
pub(crate) async fn whole<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            // The runtime ends, and this task with it.
            Err(_) => pending().await,
        },
    }
}
