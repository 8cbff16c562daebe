//! Who calls, and what they may do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use skerry_api::access::Need;
use tokio::sync::watch;

use super::{TokenHash, TokenRecord};
use crate::model::{Reach, Tenant};

/// What a token lets do beside reading, which each does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permissions {
    /// To work inside sandboxes.
    pub exec: bool,
    /// To make, change and delete.
    pub manage: bool,
}

impl Default for Permissions {
    fn default() -> Self {
        Self { exec: true, manage: true }
    }
}

/// What a token reaches and lets do; by default, an admin's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// What it reaches.
    pub reach: Reach,
    /// What it lets do there.
    pub permissions: Permissions,
}

impl Grant {
    fn allows(&self, need: Need) -> bool {
        match need {
            Need::Nothing | Need::Read => true,
            Need::Exec => self.permissions.exec,
            Need::Manage => self.permissions.manage,
            Need::Admin => self.reach == Reach::All,
        }
    }
}

/// A token that is known, until it is revoked or expires.
#[derive(Debug)]
pub struct Identity {
    pub(super) record: TokenRecord,
    pub(super) hash: TokenHash,
    /// When it was last shown, and when that was last written down, in seconds
    /// of the epoch; 0: never.
    used: AtomicU64,
    written: AtomicU64,
    over: watch::Sender<bool>,
}

impl Identity {
    pub(super) fn new(record: TokenRecord, hash: TokenHash) -> Self {
        let used = record.last_use_time.map_or(0, seconds);
        Self {
            record,
            hash,
            used: AtomicU64::new(used),
            written: AtomicU64::new(used),
            over: watch::Sender::new(false),
        }
    }

    /// Its record, with when it was last shown.
    pub fn record(&self) -> TokenRecord {
        let used = self.used.load(Ordering::Relaxed);
        let last_use_time = (used > 0).then(|| UNIX_EPOCH + Duration::from_secs(used));
        TokenRecord { last_use_time, ..self.record.clone() }
    }

    /// Whether it is good still.
    pub fn is_good(&self) -> bool {
        !*self.over.borrow() && !self.has_expired(SystemTime::now())
    }

    pub(super) fn has_expired(&self, now: SystemTime) -> bool {
        self.record.expire_time.is_some_and(|end| end <= now)
    }

    pub(super) fn note_use(&self, now: SystemTime) {
        self.used.store(seconds(now), Ordering::Relaxed);
    }

    /// Its record, where what is written down of it is old.
    pub(super) fn to_write(&self) -> Option<TokenRecord> {
        let used = self.used.load(Ordering::Relaxed);
        (self.written.swap(used, Ordering::Relaxed) != used).then(|| self.record())
    }

    pub(super) fn end(&self) {
        self.over.send_replace(true);
    }

    /// Resolves when it is revoked or expires. Cancel-safe.
    pub async fn ended(&self) {
        let mut over = self.over.subscribe();
        let expired = async {
            let Some(end) = self.record.expire_time else { return std::future::pending().await };
            while let Ok(left) = end.duration_since(SystemTime::now()) {
                tokio::time::sleep(left).await;
                if left.is_zero() {
                    return;
                }
            }
        };
        tokio::select! {
            _ = over.wait_for(|over| *over) => {}
            () = expired => {}
        }
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Who makes a request.
#[derive(Debug, Clone)]
pub enum Caller {
    /// Whoever is on this machine, where no token is asked for.
    Anyone,
    /// Who showed this token.
    Known(Arc<Identity>),
}

impl Caller {
    /// What the caller reaches.
    pub fn reach(&self) -> &Reach {
        match self {
            Self::Anyone => &Reach::All,
            Self::Known(identity) => &identity.record.grant.reach,
        }
    }

    /// Whose what the caller makes is.
    pub fn tenant(&self) -> Tenant {
        self.reach().tenant()
    }

    /// Whether the caller may do what needs this.
    pub fn allows(&self, need: Need) -> bool {
        match self {
            Self::Anyone => true,
            Self::Known(identity) => identity.record.grant.allows(need),
        }
    }

    /// The caller's token.
    pub fn identity(&self) -> Option<&Arc<Identity>> {
        match self {
            Self::Anyone => None,
            Self::Known(identity) => Some(identity),
        }
    }

    /// The hash of the caller's token.
    pub fn token(&self) -> Option<TokenHash> {
        self.identity().map(|identity| identity.hash)
    }

    /// Resolves when the caller's token ends. Cancel-safe.
    pub async fn ended(&self) {
        match self {
            Self::Anyone => std::future::pending().await,
            Self::Known(identity) => identity.ended().await,
        }
    }
}
