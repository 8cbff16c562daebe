//! When a call that failed is made again.

use std::time::{Duration, Instant};

use crate::error::{Error, RetryAdvice};

/// Of one wait.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(2);
/// Tries of a call that may safely be made again.
const MOST_TRIES: u32 = 5;
/// For which a stream that was cut is taken up again, without an answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes a call that may safely be made again, as often as that may help.
pub(crate) async fn retrying<T, F>(call: impl Fn() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut retry = Retry::default();
    loop {
        match call().await {
            Ok(answer) => return Ok(answer),
            Err(error) => retry.after_call(error).await?,
        }
    }
}

/// Counts what failed, and waits or says that it is enough.
#[derive(Debug, Default)]
pub(crate) struct Retry {
    failures: u32,
    /// When the first of them was.
    since: Option<Instant>,
}

impl Retry {
    /// Something came: start anew.
    pub(crate) fn progress(&mut self) {
        *self = Self::default();
    }

    /// Waits before a call is made again; the error when it is enough.
    async fn after_call(&mut self, error: Error) -> Result<(), Error> {
        if !error.retryable() || self.failures + 1 >= MOST_TRIES {
            return Err(error);
        }
        self.wait(&error).await;
        Ok(())
    }

    /// Waits before a stream is taken up again; the error when it is enough.
    pub(crate) async fn after_cut(&mut self, error: Error) -> Result<(), Error> {
        let since = *self.since.get_or_insert_with(Instant::now);
        if !error.is_cut() || since.elapsed() > PATIENCE {
            return Err(error);
        }
        self.wait(&error).await;
        Ok(())
    }

    async fn wait(&mut self, error: &Error) {
        let longest = LONGEST.min(SHORTEST.saturating_mul(1 << self.failures.min(10)));
        self.failures += 1;
        let wait = match error.retry {
            RetryAdvice::After(told) => told,
            _ => rand::random_range(longest / 2..=longest),
        };
        tokio::time::sleep(wait).await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use tonic::Code;

    use super::*;

    async fn tries(error: impl Fn() -> Error, succeeds_at: u32) -> (bool, u32) {
        let made = Cell::new(0);
        let call = || {
            made.set(made.get() + 1);
            let answer = if made.get() == succeeds_at { Ok(()) } else { Err(error()) };
            async { answer }
        };
        let answer = retrying(call).await;
        (answer.is_ok(), made.get())
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_pass_is_tried_five_times_and_what_may_not_once() {
        let cut = || Error::cut("lost");
        assert_eq!(tries(cut, 3).await, (true, 3));
        assert_eq!(tries(cut, 9).await, (false, 5));
        let refused = || Error::own(Code::NotFound, "SANDBOX_NOT_FOUND", "none");
        assert_eq!(tries(refused, 2).await, (false, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_is_the_daemons_where_it_said_one() {
        let told = || Error {
            retry: RetryAdvice::After(Duration::from_secs(7)),
            ..Error::own(Code::ResourceExhausted, "BOUND_REACHED", "full")
        };
        let start = tokio::time::Instant::now();
        assert_eq!(tries(told, 3).await, (true, 3));
        assert_eq!(start.elapsed().as_secs(), 14);
    }
}
