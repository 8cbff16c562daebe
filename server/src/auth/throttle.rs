//! How often strangers may try, by where they come from.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{NotUntil, Quota, RateLimiter};
use parking_lot::Mutex;

use super::{Caller, ClientAddress, Denied};

/// Unknown tokens a minute from one address.
const UNKNOWN_TOKENS: NonZeroU32 = NonZeroU32::new(30).expect("it is not zero");
/// Tries of a pairing code a minute from one address.
const CODES: NonZeroU32 = NonZeroU32::new(10).expect("it is not zero");
/// The same from all addresses together.
const CODES_OF_ALL: NonZeroU32 = NonZeroU32::new(60).expect("it is not zero");
/// Addresses that are remembered; who is not, while as many try, waits.
const MAX_ADDRESSES: usize = 16_384;

type Instants = NoOpMiddleware<Instant>;
type OfEach = RateLimiter<IpAddr, HashMapStateStore<IpAddr>, MonotonicClock, Instants>;
type OfAll = RateLimiter<NotKeyed, InMemoryState, MonotonicClock, Instants>;

/// Counts tries; cheap to clone.
#[derive(Debug, Clone)]
pub struct Throttle {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    tokens: OfEach,
    codes: OfEach,
    codes_of_all: OfAll,
    /// Who has shown too many unknown tokens, and until when. A secret that
    /// people chose could be guessed at otherwise.
    blocked: Mutex<HashMap<IpAddr, Instant>>,
    any_blocked: AtomicBool,
}

impl Default for Throttle {
    fn default() -> Self {
        let of_each =
            |most| RateLimiter::hashmap_with_clock(Quota::per_minute(most), MonotonicClock);
        let inner = Inner {
            tokens: of_each(UNKNOWN_TOKENS),
            codes: of_each(CODES),
            codes_of_all: RateLimiter::direct_with_clock(
                Quota::per_minute(CODES_OF_ALL),
                MonotonicClock,
            ),
            blocked: Mutex::default(),
            any_blocked: AtomicBool::new(false),
        };
        Self { inner: Arc::new(inner) }
    }
}

impl Throttle {
    /// Counts an unknown token, and says how it is refused.
    pub(super) fn unknown(&self, from: Option<&ClientAddress>) -> Denied {
        let Some(network) = from.map(|from| from.network()) else { return Denied::Unknown };
        match count(&self.inner.tokens, network) {
            Ok(()) => Denied::Unknown,
            Err(wait) => {
                let mut blocked = self.inner.blocked.lock();
                let now = Instant::now();
                if blocked.len() >= MAX_ADDRESSES {
                    blocked.retain(|_, until| *until > now);
                }
                if blocked.len() < MAX_ADDRESSES {
                    blocked.insert(network, now + wait);
                    self.inner.any_blocked.store(true, Ordering::Release);
                }
                Denied::Throttled(wait)
            }
        }
    }

    /// Holds up who shows a token that could have been guessed: after too many
    /// wrong ones a right one counts no more. Those that the daemon made can't
    /// be guessed.
    pub(super) fn hold_up(
        &self,
        from: Option<&ClientAddress>,
        caller: &Caller,
    ) -> Result<(), Denied> {
        let chosen = caller.identity().is_some_and(|identity| identity.record.fixed);
        if !chosen || !self.inner.any_blocked.load(Ordering::Acquire) {
            return Ok(());
        }
        let Some(network) = from.map(|from| from.network()) else { return Ok(()) };
        let mut blocked = self.inner.blocked.lock();
        let now = Instant::now();
        blocked.retain(|_, until| *until > now);
        self.inner.any_blocked.store(!blocked.is_empty(), Ordering::Release);
        match blocked.get(&network) {
            Some(until) => Err(Denied::Throttled(*until - now)),
            None => Ok(()),
        }
    }

    /// Counts a try of a pairing code, or says how long to wait.
    pub(super) fn code(&self, from: ClientAddress) -> Result<(), Duration> {
        // Who is held up alone takes nothing from what all have together.
        count(&self.inner.codes, from.network())?;
        self.inner.codes_of_all.check().map_err(|not_until| wait(&not_until))
    }
}

fn count(limiter: &OfEach, network: IpAddr) -> Result<(), Duration> {
    if limiter.len() >= MAX_ADDRESSES {
        limiter.retain_recent();
        if limiter.len() >= MAX_ADDRESSES {
            return Err(Duration::from_secs(60));
        }
    }
    limiter.check_key(&network).map_err(|not_until| wait(&not_until))
}

fn wait(not_until: &NotUntil<Instant>) -> Duration {
    not_until.wait_time_from(MonotonicClock.now())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> ClientAddress {
        ClientAddress(text.parse().unwrap())
    }

    #[test]
    fn one_address_has_ten_tries_and_all_have_sixty() {
        let throttle = Throttle::default();
        let tries = |from: &str| (0..20).filter(|_| throttle.code(address(from)).is_ok()).count();
        assert_eq!(tries("192.0.2.1"), 10);
        // Other addresses of the same line are the same.
        assert_eq!(tries("2001:db8::1") + tries("2001:db8::2"), 10);
        let others: usize = (1..=20).map(|host| tries(&format!("198.51.100.{host}"))).sum();
        assert_eq!(others, 40);
        let wait = throttle.code(address("203.0.113.1")).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(60), "{wait:?}");
    }

    #[test]
    fn unknown_tokens_are_counted_by_address() {
        let throttle = Throttle::default();
        let (one, other) = (address("192.0.2.1"), address("192.0.2.2"));
        for _ in 0..30 {
            assert_eq!(throttle.unknown(Some(&one)), Denied::Unknown);
        }
        assert!(matches!(throttle.unknown(Some(&one)), Denied::Throttled(_)));
        assert_eq!(throttle.unknown(Some(&other)), Denied::Unknown);
    }
}
