//! Who may come in, in memory and in the records, and that those who are in
//! leave when what let them in has ended.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use russh::keys::PublicKey;
use russh::keys::ssh_key::public::KeyData;
use skerry_api::access::Need;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::{SshAccessRecord, SshError, SshKeyRecord, UserKey};
use crate::auth::{Access, Caller};
use crate::model::{SandboxId, SshAccessId, SshKeyId, Tenant};
use crate::store::{Batch, Record, Store, StoreError};

/// Keys at once: all are looked through at each attempt.
pub const MAX_KEYS: usize = 1000;
/// Accesses at once, for the same reason.
pub const MAX_ACCESSES: usize = 10_000;

/// Keys and accesses.
pub(super) struct Doors {
    store: Store,
    known: Mutex<Known>,
    /// An access is there that may be the next to run out.
    added: Notify,
}

#[derive(Default)]
struct Known {
    keys: BTreeMap<SshKeyId, Door<SshKeyRecord>>,
    accesses: BTreeMap<SshAccessId, Door<SshAccessRecord>>,
}

/// One of them. Dropping it ends the sessions that it let in.
struct Door<R> {
    record: R,
    key: KeyData,
    open: watch::Sender<()>,
}

impl<R> Door<R> {
    fn new(record: R, key: KeyData) -> Self {
        Self { record, key, open: watch::Sender::new(()) }
    }
}

/// That a caller was let in, and until when.
#[derive(Debug)]
pub(super) struct Grant {
    expires: Option<Instant>,
    /// By whose token.
    caller: Caller,
    open: watch::Receiver<()>,
}

impl Grant {
    /// Resolves when what let the caller in has run out or was taken away.
    pub(super) async fn ended(mut self) {
        let expired = async {
            match self.expires {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = expired => {}
            () = self.caller.ended() => {}
            // Nothing is ever sent: it fails when the door is gone.
            _ = self.open.changed() => {}
        }
    }
}

impl Doors {
    /// Reads the records.
    pub(super) fn open(store: Store) -> Result<Self, StoreError> {
        let mut known = Known::default();
        for record in store.table::<SshKeyRecord>().all()? {
            if let Some(key) = readable(record.id.as_str(), &record.public_key) {
                known.keys.insert(record.id.clone(), Door::new(record, key));
            }
        }
        for record in store.table::<SshAccessRecord>().all()? {
            if let Some(key) = readable(record.id.as_str(), &record.public_key) {
                known.accesses.insert(record.id.clone(), Door::new(record, key));
            }
        }
        Ok(Self { store, known: Mutex::new(known), added: Notify::new() })
    }

    /// Whether a key opens a sandbox of a tenant's.
    pub(super) fn check(
        &self,
        (sandbox, tenant): (&SandboxId, &Tenant),
        key: &PublicKey,
        access: &Access,
        now: SystemTime,
    ) -> Option<Grant> {
        let known = self.known.lock();
        let of_token = known.keys.values().filter(|door| door.key == *key.key_data());
        let mut callers = of_token.filter_map(|door| Some((door, door.record.opens(access)?)));
        let may = |caller: &Caller| {
            caller.allows(Need::Exec) && caller.reach().includes(tenant, Some(sandbox))
        };
        if let Some((door, caller)) = callers.find(|(_, caller)| may(caller)) {
            return Some(Grant { expires: None, caller, open: door.open.subscribe() });
        }
        let fitting = known
            .accesses
            .values()
            .filter(|door| door.record.sandbox_id == *sandbox && door.key == *key.key_data());
        let lasting = fitting.max_by_key(|door| door.record.expire_time)?;
        let left = lasting.record.expire_time.duration_since(now).ok()?;
        (left > Duration::ZERO).then(|| Grant {
            expires: Some(Instant::now() + left),
            caller: Caller::Anyone,
            open: lasting.open.subscribe(),
        })
    }

    pub(super) async fn add_key(
        &self,
        record: SshKeyRecord,
        key: &UserKey,
    ) -> Result<(), SshError> {
        let id = record.id.clone();
        {
            let mut known = self.known.lock();
            let same = known
                .keys
                .values()
                .find(|door| door.key == *key.data() && door.record.token == record.token);
            if let Some(same) = same {
                return Err(SshError::KeyExists(same.record.id.clone()));
            }
            if known.keys.len() >= MAX_KEYS {
                return Err(SshError::TooMany { what: "keys", bound: MAX_KEYS });
            }
            known.keys.insert(id.clone(), Door::new(record.clone(), key.data().clone()));
        }
        let written = self.store.table().put(&record).await;
        if written.is_err() {
            self.known.lock().keys.remove(&id);
        }
        Ok(written?)
    }

    pub(super) async fn add_access(
        &self,
        record: SshAccessRecord,
        key: &UserKey,
    ) -> Result<(), SshError> {
        let id = record.id.clone();
        {
            let mut known = self.known.lock();
            if known.accesses.len() >= MAX_ACCESSES {
                return Err(SshError::TooMany { what: "accesses", bound: MAX_ACCESSES });
            }
            known.accesses.insert(id.clone(), Door::new(record.clone(), key.data().clone()));
        }
        let written = self.store.table().put(&record).await;
        if written.is_err() {
            self.known.lock().accesses.remove(&id);
        }
        self.added.notify_one();
        Ok(written?)
    }

    /// Oldest first.
    pub(super) fn keys(&self) -> Vec<SshKeyRecord> {
        self.known.lock().keys.values().map(|door| door.record.clone()).collect()
    }

    /// Oldest first.
    pub(super) fn accesses(&self) -> Vec<SshAccessRecord> {
        self.known.lock().accesses.values().map(|door| door.record.clone()).collect()
    }

    /// They open nothing more at once, and are gone for good when this
    /// resolves.
    pub(super) async fn remove_keys(&self, ids: &[SshKeyId]) -> Result<(), StoreError> {
        {
            let mut known = self.known.lock();
            ids.iter().for_each(|id| drop(known.keys.remove(id)));
        }
        self.delete::<SshKeyRecord>(ids.iter().map(SshKeyId::as_str)).await
    }

    /// The same of accesses.
    pub(super) async fn remove_accesses(&self, ids: &[SshAccessId]) -> Result<(), StoreError> {
        {
            let mut known = self.known.lock();
            ids.iter().for_each(|id| drop(known.accesses.remove(id)));
        }
        self.delete::<SshAccessRecord>(ids.iter().map(SshAccessId::as_str)).await
    }

    async fn delete<R: Record>(&self, ids: impl Iterator<Item = &str>) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        let mut some = false;
        for id in ids {
            batch.delete::<R>(id);
            some = true;
        }
        if some { self.store.commit(batch).await } else { Ok(()) }
    }

    /// Resolves when an access has run out. Cancel-safe.
    pub(super) async fn expired(&self) {
        loop {
            let next = {
                let known = self.known.lock();
                known.accesses.values().map(|door| door.record.expire_time).min()
            };
            let left = next.map(|next| next.duration_since(SystemTime::now()).unwrap_or_default());
            tokio::select! {
                () = async {
                    match left {
                        Some(left) => tokio::time::sleep(left).await,
                        None => std::future::pending().await,
                    }
                } => return,
                () = self.added.notified() => {}
            }
        }
    }
}

fn readable(id: &str, line: &str) -> Option<KeyData> {
    match UserKey::read(line) {
        Ok(key) => Some(key.data().clone()),
        Err(error) => {
            tracing::warn!(id, %error, "a key's record can't be read; it opens nothing");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::auth::{NewToken, Tokens};
    use crate::model::Reach;
    use crate::ssh::AccessKey;

    struct Hall {
        doors: Doors,
        store: Store,
        tokens: Arc<Tokens>,
        _dir: tempfile::TempDir,
    }

    impl Hall {
        async fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let store = Store::open(&dir.path().join("store")).unwrap();
            let doors = Doors::open(store.clone()).unwrap();
            let (tokens, _) = Tokens::open(dir.path(), &store, &[]).await.unwrap();
            Self { doors, store, tokens, _dir: dir }
        }

        /// Whether a key opens one of ada's sandboxes.
        fn opens(&self, key: &UserKey, access: &Access) -> Option<Grant> {
            let key = PublicKey::new(key.data().clone(), "");
            let sandbox = (&SandboxId::from_uuid(7), &Tenant::named("ada"));
            self.doors.check(sandbox, &key, access, SystemTime::now())
        }

        async fn access(&self, sandbox: u128, key: &UserKey, seconds: u64) -> SshAccessId {
            let create_time = SystemTime::now();
            let record = SshAccessRecord {
                id: SshAccessId::from_uuid(uuid::Uuid::now_v7().as_u128()),
                sandbox_id: SandboxId::from_uuid(sandbox),
                public_key: key.to_line(),
                create_time,
                expire_time: create_time + Duration::from_secs(seconds),
            };
            self.doors.add_access(record.clone(), key).await.unwrap();
            record.id
        }

        fn check(&self, sandbox: u128, key: &UserKey) -> Option<Grant> {
            self.check_at(sandbox, key, SystemTime::now())
        }

        fn check_at(&self, sandbox: u128, key: &UserKey, now: SystemTime) -> Option<Grant> {
            let key = PublicKey::new(key.data().clone(), "");
            let access = Access::Tokens(Arc::clone(&self.tokens));
            let sandbox = (&SandboxId::from_uuid(sandbox), &Tenant::default());
            self.doors.check(sandbox, &key, &access, now)
        }
    }

    fn key() -> UserKey {
        AccessKey::generate().unwrap().public
    }

    async fn is_over(grant: &mut std::pin::Pin<Box<impl Future<Output = ()>>>) -> bool {
        futures::poll!(grant.as_mut()).is_ready()
    }

    #[tokio::test]
    async fn an_access_opens_its_sandbox_for_its_key_alone() {
        let hall = Hall::new().await;
        let (mine, other) = (key(), key());
        hall.access(1, &mine, 60).await;
        assert!(hall.check(1, &mine).is_some());
        assert!(hall.check(2, &mine).is_none());
        assert!(hall.check(1, &other).is_none());
        let late = SystemTime::now() + Duration::from_secs(61);
        assert!(hall.check_at(1, &mine, late).is_none());
        let read_again = Doors::open(hall.store.clone()).unwrap();
        assert_eq!(read_again.accesses(), hall.doors.accesses());
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_ends_when_its_access_runs_out() {
        let hall = Hall::new().await;
        let mine = key();
        hall.access(1, &mine, 60).await;
        let mut ended = Box::pin(hall.check(1, &mine).unwrap().ended());
        assert!(!is_over(&mut ended).await);
        tokio::time::advance(Duration::from_secs(55)).await;
        assert!(!is_over(&mut ended).await);
        tokio::time::advance(Duration::from_secs(6)).await;
        assert!(is_over(&mut ended).await);
    }

    #[tokio::test]
    async fn a_session_ends_when_its_access_is_taken_away() {
        let hall = Hall::new().await;
        let mine = key();
        let id = hall.access(1, &mine, 60).await;
        let stays = hall.access(1, &key(), 60).await;
        let mut ended = Box::pin(hall.check(1, &mine).unwrap().ended());
        assert!(!is_over(&mut ended).await);
        hall.doors.remove_accesses(&[id]).await.unwrap();
        assert!(is_over(&mut ended).await);
        assert!(hall.check(1, &mine).is_none());
        let left = hall.store.table::<SshAccessRecord>().all().unwrap();
        assert_eq!(left.iter().map(|access| &access.id).collect::<Vec<_>>(), [&stays]);
    }

    #[tokio::test]
    async fn a_tokens_key_opens_as_long_as_the_token_is_known() {
        let hall = Hall::new().await;
        let mine = key();
        let grant = |reach| NewToken {
            grant: crate::auth::Grant { reach, ..Default::default() },
            ..NewToken::default()
        };
        let ada = grant(Reach::Tenant(Tenant::named("ada")));
        let (made, token) = hall.tokens.create(ada).await.unwrap();
        let record = SshKeyRecord {
            id: SshKeyId::from_uuid(1),
            name: String::new(),
            public_key: mine.to_line(),
            token: Some(token.hash().to_hex()),
            create_time: SystemTime::now(),
        };
        hall.doors.add_key(record.clone(), &mine).await.unwrap();
        let again = hall.doors.add_key(record, &mine).await;
        assert!(matches!(again, Err(SshError::KeyExists(id)) if id == SshKeyId::from_uuid(1)));
        let access = Access::Tokens(Arc::clone(&hall.tokens));
        let mut ended = Box::pin(hall.opens(&mine, &access).unwrap().ended());
        assert!(!is_over(&mut ended).await);
        // Of other tenants it opens nothing.
        assert!(hall.check(7, &mine).is_none());
        assert!(hall.opens(&mine, &Access::Open).is_some());
        hall.tokens.revoke(&made.id).await.unwrap();
        assert!(is_over(&mut ended).await);
        assert!(hall.opens(&mine, &access).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_to_run_out_is_waited_for() {
        let hall = Hall::new().await;
        let mut expired = Box::pin(hall.doors.expired());
        assert!(!is_over(&mut expired).await);
        hall.access(1, &key(), 60).await;
        assert!(!is_over(&mut expired).await);
        tokio::time::advance(Duration::from_secs(61)).await;
        assert!(is_over(&mut expired).await);
    }
}
