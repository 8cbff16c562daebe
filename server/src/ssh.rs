//! Sandboxes over SSH: a listener of its own, on which OpenSSH's programs work
//! as they are. A session is an exec, `sftp` is calls on files; what neither
//! of them is, such as forwarding, is refused.
//!
//! ```text
//!  TCP ─▶ connection ─▶ caller (russh): key ─▶ doors: whose, until when
//!                          └─ channel ─▶ shell: engine's exec
//!                                    └─▶ sftp:  engine's calls on files
//! ```
//!
//! A connection is one task, and a channel one more, which the connection
//! owns: where that ends, what it has started is killed.

mod caller;
mod doors;
mod host_key;
mod input;
mod key;
mod listener;
mod output;
mod record;
mod sftp;
mod shell;
mod signal;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use russh::keys::PrivateKey;

pub use doors::{MAX_ACCESSES, MAX_KEYS};
pub use key::{AccessKey, KeyError, UserKey};
pub use record::{SshAccessRecord, SshKeyRecord};

use crate::auth::{Access, TokenHash};
use crate::engine::{Engine, EngineError};
use crate::model::{Reach, Sandbox, SandboxId, SshAccessId, SshKeyId, Tenant};
use crate::store::{Store, StoreError};
use doors::Doors;

/// Why something about SSH could not be done.
#[derive(Debug, thiserror::Error)]
pub enum SshError {
    /// The daemon's own key can't be read or written.
    #[error("{}: {error}", path.display())]
    HostKey {
        /// Its file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A key is none, or is not taken.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The key is let in already.
    #[error("the key is let in already, as {0}")]
    KeyExists(SshKeyId),
    /// At a bound.
    #[error("at most {bound} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        bound: usize,
    },
    /// The sandbox can't be used.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The records can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the SSH side is made of.
pub struct SshParts {
    /// Sandboxes.
    pub engine: Engine,
    /// The records.
    pub store: Store,
    /// Which tokens there are: a key is worth as much as its token.
    pub access: Access,
    /// Where it listens.
    pub address: SocketAddr,
    /// What callers are told to connect to.
    pub host: String,
}

/// The SSH side of the daemon; cheap to clone.
#[derive(Clone)]
pub struct Ssh {
    shared: Arc<Shared>,
}

/// What every connection needs.
struct Shared {
    engine: Engine,
    access: Access,
    doors: Doors,
    host_key: PrivateKey,
    host: String,
    port: u16,
}

impl Ssh {
    /// Opens it: reads the daemon's own key, or makes it, and the records.
    /// Blocks on small files.
    ///
    /// # Errors
    /// The key's file or the records can't be read or written.
    pub async fn open(data_dir: &Path, parts: SshParts) -> Result<Self, SshError> {
        let SshParts { engine, store, access, address, host } = parts;
        let host_key = host_key::open(data_dir)?;
        let doors = Doors::open(store)?;
        let shared = Shared { engine, access, doors, host_key, host, port: address.port() };
        let ssh = Self { shared: Arc::new(shared) };
        ssh.shared.sweep(SystemTime::now()).await?;
        Ok(ssh)
    }

    /// Lets a key in for a token: to every sandbox that it may reach.
    ///
    /// # Errors
    /// One that is let in already, and [`MAX_KEYS`].
    pub async fn create_key(
        &self,
        key: &UserKey,
        name: String,
        token: Option<TokenHash>,
    ) -> Result<SshKeyRecord, SshError> {
        let record = SshKeyRecord {
            id: SshKeyId::from_uuid(uuid::Uuid::now_v7().as_u128()),
            name,
            public_key: key.to_line(),
            token: token.map(TokenHash::to_hex),
            create_time: SystemTime::now(),
        };
        self.shared.doors.add_key(record.clone(), key).await?;
        Ok(record)
    }

    /// The keys of the tokens that a caller reaches, oldest first.
    pub fn keys(&self, reach: &Reach) -> Vec<SshKeyRecord> {
        let mut keys = self.shared.doors.keys();
        keys.retain(|key| reach.includes(&self.shared.tenant_of(key), None));
        keys
    }

    /// Whose a key is.
    pub fn owner_of_key(&self, id: &SshKeyId) -> Option<Tenant> {
        let keys = self.shared.doors.keys();
        keys.iter().find(|key| key.id == *id).map(|key| self.shared.tenant_of(key))
    }

    /// Whose an access is: its sandbox's.
    pub fn owner_of_access(&self, id: &SshAccessId) -> Option<Arc<Sandbox>> {
        let accesses = self.shared.doors.accesses();
        let access = accesses.iter().find(|access| access.id == *id)?;
        self.shared.engine.record(access.sandbox_id.as_str()).ok()
    }

    /// Takes a key away, if it is there; its sessions end.
    ///
    /// # Errors
    /// The records can't be written.
    pub async fn delete_key(&self, id: &SshKeyId) -> Result<(), SshError> {
        Ok(self.shared.doors.remove_keys(std::slice::from_ref(id)).await?)
    }

    /// Lets a key in to one sandbox until `ttl` has passed.
    ///
    /// # Errors
    /// There is no such sandbox, and [`MAX_ACCESSES`].
    pub async fn create_access(
        &self,
        sandbox: &str,
        ttl: Duration,
        key: &UserKey,
    ) -> Result<SshAccessRecord, SshError> {
        let sandbox_id = self.shared.engine.get(sandbox)?.id;
        let create_time = SystemTime::now();
        let record = SshAccessRecord {
            id: SshAccessId::from_uuid(uuid::Uuid::now_v7().as_u128()),
            sandbox_id,
            public_key: key.to_line(),
            create_time,
            expire_time: create_time + ttl,
        };
        let doors = &self.shared.doors;
        match doors.add_access(record.clone(), key).await {
            // Some may be of sandboxes that are gone.
            Err(SshError::TooMany { .. }) => {
                self.shared.sweep(create_time).await?;
                doors.add_access(record.clone(), key).await?;
            }
            added => added?,
        }
        Ok(record)
    }

    /// The accesses that have not run out, oldest first; of one sandbox, or of
    /// all that a caller reaches.
    pub fn accesses(&self, sandbox: Option<&SandboxId>, reach: &Reach) -> Vec<SshAccessRecord> {
        let now = SystemTime::now();
        let mut accesses = self.shared.doors.accesses();
        accesses.retain(|access| {
            let asked = sandbox.is_none_or(|sandbox| access.sandbox_id == *sandbox);
            let record = self.shared.engine.record(access.sandbox_id.as_str());
            let reached = record.is_ok_and(|record| reach.includes_sandbox(&record));
            asked && access.expire_time > now && reached
        });
        accesses
    }

    /// Takes an access away, if it is there; its sessions end.
    ///
    /// # Errors
    /// The records can't be written.
    pub async fn delete_access(&self, id: &SshAccessId) -> Result<(), SshError> {
        Ok(self.shared.doors.remove_accesses(std::slice::from_ref(id)).await?)
    }

    /// What callers connect to.
    pub fn host(&self) -> &str {
        &self.shared.host
    }

    /// The port there.
    pub fn port(&self) -> u16 {
        self.shared.port
    }

    /// The line for a file of known hosts.
    pub fn known_hosts_line(&self) -> String {
        key::known_hosts_line(
            &self.shared.host,
            self.shared.port,
            self.shared.host_key.public_key(),
        )
    }

    /// A command line for OpenSSH's client; KEY_FILE and KNOWN_HOSTS_FILE in
    /// it stand for files.
    pub fn command(&self, user: &SandboxId) -> String {
        format!(
            "ssh -i KEY_FILE -p {} -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes \
             -o UserKnownHostsFile=KNOWN_HOSTS_FILE -o ForwardAgent=no -o ClearAllForwardings=yes \
             {user}@{}",
            self.shared.port, self.shared.host
        )
    }
}

impl Shared {
    /// Of a key without a token that is known, the admin's.
    fn tenant_of(&self, key: &SshKeyRecord) -> Tenant {
        key.opens(&self.access).map(|caller| caller.tenant()).unwrap_or_default()
    }

    fn has(&self, sandbox: &SandboxId) -> bool {
        self.engine.get(sandbox.as_str()).is_ok()
    }

    /// Removes what opens nothing any more: accesses that have run out or
    /// whose sandbox is gone, keys whose token is.
    async fn sweep(&self, now: SystemTime) -> Result<(), StoreError> {
        let mut accesses = self.doors.accesses();
        accesses.retain(|access| access.expire_time <= now || !self.has(&access.sandbox_id));
        let accesses: Vec<_> = accesses.into_iter().map(|access| access.id).collect();
        self.doors.remove_accesses(&accesses).await?;
        let mut keys = self.doors.keys();
        keys.retain(|key| key.opens(&self.access).is_none());
        let keys: Vec<_> = keys.into_iter().map(|key| key.id).collect();
        self.doors.remove_keys(&keys).await
    }
}
