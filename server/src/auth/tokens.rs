//! The tokens that are known: those in the records, the admin's with its file,
//! and those that the daemon was started with.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime};

use parking_lot::RwLock;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::{
    AdminToken, AuthError, Grant, Identity, StaticToken, Token, TokenHash, TokenRecord, admin,
};
use crate::model::TokenId;
use crate::store::{Store, StoreError, Table};

/// Tokens at once: all are kept in memory.
pub const MAX_TOKENS: usize = 10_000;
/// Between two times at which it is written down when tokens were last shown.
const WRITE_EVERY: Duration = Duration::from_secs(60);

/// Why a token could not be made or taken away.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// At the bound.
    #[error("there are {MAX_TOKENS} tokens already")]
    TooMany,
    /// It is kept elsewhere.
    #[error("the token {0} is kept outside the records: remove it where it is, and restart")]
    Fixed(TokenId),
    /// The operating system has no random numbers.
    #[error("no random numbers: {0}")]
    Random(getrandom::Error),
    /// Its record can't be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A token to make.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewToken {
    /// What its maker calls it.
    pub name: String,
    /// What it reaches and lets do.
    pub grant: Grant,
    /// When it ends; `None`: never.
    pub expire_time: Option<SystemTime>,
    /// The device that it is for.
    pub device_name: String,
    /// The token that makes it.
    pub created_by: Option<TokenId>,
}

/// All tokens.
pub struct Tokens {
    table: Table<TokenRecord>,
    known: RwLock<Known>,
    /// Held while a record is written or removed, so that what is removed
    /// is not written again.
    writing: Mutex<()>,
    /// The admin's, which has the file.
    root: Arc<Identity>,
    _keeping: Keeping,
}

#[derive(Default)]
struct Known {
    by_hash: HashMap<TokenHash, Arc<Identity>>,
    by_id: BTreeMap<TokenId, Arc<Identity>>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Tokens(…)")
    }
}

impl Known {
    fn add(&mut self, identity: Arc<Identity>) {
        self.by_hash.insert(identity.hash, Arc::clone(&identity));
        self.by_id.insert(identity.record.id.clone(), identity);
    }

    fn remove(&mut self, id: &TokenId) -> Option<Arc<Identity>> {
        let identity = self.by_id.remove(id)?;
        self.by_hash.remove(&identity.hash);
        Some(identity)
    }
}

/// The task that writes down, until it is dropped.
struct Keeping(JoinHandle<()>);

impl Drop for Keeping {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Tokens {
    /// Reads the tokens, and makes the admin's where it is missing. Blocks on
    /// small files.
    ///
    /// # Errors
    /// The admin token's file or the records can't be read or written.
    pub async fn open(
        data_dir: &Path,
        store: &Store,
        fixed: &[StaticToken],
    ) -> Result<(Arc<Self>, AdminToken), AuthError> {
        let (root, origin) = admin::open(data_dir, store).await?;
        let table = store.table::<TokenRecord>();
        let mut known = Known::default();
        for record in table.all()? {
            if let Some(hash) = TokenHash::from_hex(&record.hash) {
                known.add(Arc::new(Identity::new(record, hash)));
            }
        }
        for token in fixed {
            let (hash, record) = (token.hash(), token.record(SystemTime::now()));
            known.add(Arc::new(Identity::new(record, hash)));
        }
        let root = known.by_id.get(&root).map(Arc::clone).ok_or(AuthError::NoAdmin)?;
        let tokens = Arc::new_cyclic(|tokens| Self {
            table,
            known: RwLock::new(known),
            writing: Mutex::default(),
            root,
            _keeping: Keeping(tokio::spawn(keep(Weak::clone(tokens)))),
        });
        Ok((tokens, origin))
    }

    /// Whose token was shown; notes that it was.
    pub(super) fn identify(&self, secret: &[u8]) -> Option<Arc<Identity>> {
        let identity = self.find(&TokenHash::of(secret))?;
        identity.note_use(SystemTime::now());
        Some(identity)
    }

    /// The token of this hash, if it is good.
    pub(super) fn find(&self, hash: &TokenHash) -> Option<Arc<Identity>> {
        let identity = self.known.read().by_hash.get(hash).map(Arc::clone)?;
        identity.is_good().then_some(identity)
    }

    /// The admin's own, by which who is known without a token is known.
    pub(super) fn root(&self) -> Arc<Identity> {
        self.root.note_use(SystemTime::now());
        Arc::clone(&self.root)
    }

    /// Makes a token; durable when this resolves.
    ///
    /// # Errors
    /// [`MAX_TOKENS`]; its record can't be written.
    pub async fn create(&self, new: NewToken) -> Result<(TokenRecord, Token), TokenError> {
        let _writing = self.writing.lock().await;
        if self.known.read().by_id.len() >= MAX_TOKENS {
            return Err(TokenError::TooMany);
        }
        let token = Token::generate().map_err(TokenError::Random)?;
        let record = TokenRecord::of(&token, new);
        self.table.put(&record).await?;
        self.known.write().add(Arc::new(Identity::new(record.clone(), token.hash())));
        Ok((record, token))
    }

    /// Takes a token away, if it is there: it opens nothing more at once, and
    /// is gone for good when this resolves.
    ///
    /// # Errors
    /// One that is kept elsewhere; its record can't be written.
    pub async fn revoke(&self, id: &TokenId) -> Result<(), TokenError> {
        if self.known.read().by_id.get(id).is_some_and(|identity| identity.record.fixed) {
            return Err(TokenError::Fixed(id.clone()));
        }
        let _writing = self.writing.lock().await;
        self.remove(id).await.map_err(TokenError::from)
    }

    async fn remove(&self, id: &TokenId) -> Result<(), StoreError> {
        let Some(identity) = self.known.write().remove(id) else { return Ok(()) };
        identity.end();
        self.table.delete(&identity.record.hash).await
    }

    /// Those after one, oldest first, at most `limit`.
    pub fn list(&self, after: Option<&TokenId>, limit: usize) -> Vec<TokenRecord> {
        use std::ops::Bound::{Excluded, Unbounded};
        let known = self.known.read();
        let from = after.map_or(Unbounded, Excluded);
        let found = known.by_id.range::<TokenId, _>((from, Unbounded)).map(|(_, found)| found);
        found.filter(|found| found.is_good()).take(limit).map(|found| found.record()).collect()
    }

    /// Writes down when tokens were last shown, and removes those that have
    /// expired.
    ///
    /// # Errors
    /// The records can't be written.
    pub async fn write_down(&self) -> Result<(), StoreError> {
        let _writing = self.writing.lock().await;
        let all: Vec<_> = self.known.read().by_id.values().map(Arc::clone).collect();
        let now = SystemTime::now();
        let recorded = |one: &&Arc<Identity>| !one.record.fixed || Arc::ptr_eq(one, &self.root);
        for identity in all.iter().filter(recorded) {
            if identity.has_expired(now) {
                self.remove(&identity.record.id).await?;
            } else if let Some(record) = identity.to_write() {
                self.table.put_soon(&record).await?;
            }
        }
        Ok(())
    }
}

async fn keep(tokens: Weak<Tokens>) {
    loop {
        tokio::time::sleep(WRITE_EVERY).await;
        let Some(tokens) = tokens.upgrade() else { return };
        if let Err(error) = tokens.write_down().await {
            tracing::warn!(%error, "when tokens were last shown can't be written down");
        }
    }
}
