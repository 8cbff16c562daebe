//! How often one sandbox may ask.

use tokio::time::Instant;

/// Questions a second, in the long run.
const RATE: f64 = 50.0;
/// As many at once.
const BURST: f64 = 200.0;

/// A bucket of tokens.
#[derive(Debug)]
pub(super) struct Budget {
    tokens: f64,
    filled: Instant,
}

impl Budget {
    pub(super) fn new(now: Instant) -> Self {
        Self { tokens: BURST, filled: now }
    }

    /// Takes one; false where there is none.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.tokens = (self.tokens + passed * RATE).min(BURST);
        self.filled = now;
        let enough = self.tokens >= 1.0;
        if enough {
            self.tokens -= 1.0;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_is_let_through_and_then_the_rate() {
        let start = Instant::now();
        let mut budget = Budget::new(start);
        assert_eq!((0..1000).filter(|_| budget.take(start)).count(), 200);
        let later = start + Duration::from_secs(1);
        assert_eq!((0..1000).filter(|_| budget.take(later)).count(), 50);
        let much_later = start + Duration::from_secs(1000);
        assert_eq!((0..1000).filter(|_| budget.take(much_later)).count(), 200);
    }
}
