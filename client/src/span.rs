//! Spans as they are sent.

use std::time::Duration;

/// A span for the wire. What does not fit is more than any bound, and refused
/// as any other.
pub(crate) fn longest_possible(span: Duration) -> prost_types::Duration {
    let longest = prost_types::Duration { seconds: i64::MAX, nanos: 0 };
    span.try_into().unwrap_or(longest)
}
