//! What is kept of who may come: public keys alone.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::auth::{Access, Caller, TokenHash};
use crate::model::{SandboxId, SshAccessId, SshKeyId};
use crate::store::{Record, TableName};

/// A token's public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SshKeyRecord {
    /// Its id.
    pub id: SshKeyId,
    /// What its owner calls it.
    pub name: String,
    /// As OpenSSH writes it, without a comment.
    pub public_key: String,
    /// The hash of its token, in hexadecimal digits; `None` where the daemon
    /// asked for none.
    pub token: Option<String>,
    /// When it was let in.
    pub create_time: SystemTime,
}

impl SshKeyRecord {
    /// Who comes with it, as long as its token is good; where no token is
    /// asked for, anyone.
    pub(super) fn opens(&self, access: &Access) -> Option<Caller> {
        let token = self.token.as_deref().and_then(TokenHash::from_hex);
        access.of_hash(token.as_ref())
    }
}

impl Record for SshKeyRecord {
    const TABLE: TableName = TableName::SshKeys;
    const VERSION: u8 = 1;

    fn key(&self) -> &str {
        self.id.as_str()
    }
}

/// One key's way into one sandbox, for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SshAccessRecord {
    /// Its id.
    pub id: SshAccessId,
    /// The sandbox.
    pub sandbox_id: SandboxId,
    /// As OpenSSH writes it, without a comment.
    pub public_key: String,
    /// When it was made.
    pub create_time: SystemTime,
    /// When it ends.
    pub expire_time: SystemTime,
}

impl Record for SshAccessRecord {
    const TABLE: TableName = TableName::SshAccesses;
    const VERSION: u8 = 1;

    fn key(&self) -> &str {
        self.id.as_str()
    }
}
