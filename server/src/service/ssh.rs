//! `SshService`.

use std::time::Duration;

use skerry_api::v1;
use skerry_api::v1::ssh_service_server::SshService;
use tonic::{Request, Response, Status};

use super::caller::caller;
use super::check::{Checks, field};
use super::page::{ListKey, page, page_size};
use super::{convert, status};
use crate::engine::Engine;
use crate::model::{SandboxId, SshAccessId, SshKeyId};
use crate::ssh::{AccessKey, Ssh, SshAccessRecord, SshError, SshKeyRecord, UserKey};

/// How long an access lasts where the caller names no time.
const DEFAULT_TTL: Duration = Duration::from_secs(60 * 60);
const MIN_TTL: Duration = Duration::from_secs(60);
const MAX_TTL: Duration = Duration::from_secs(24 * 60 * 60);
/// Characters of a key's name.
const MAX_NAME_CHARACTERS: usize = 128;

/// Lets people in over SSH.
pub(super) struct SshCalls {
    pub(super) ssh: Option<Ssh>,
    pub(super) engine: Engine,
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl SshService for SshCalls {
    async fn create_ssh_key(
        &self,
        request: Request<v1::CreateSshKeyRequest>,
    ) -> Answer<v1::SshKey> {
        let token = caller(&request)?.token();
        let request = request.into_inner();
        let mut checks = Checks::default();
        check_name(&mut checks, &request.name);
        checks.finish()?;
        let key = public_key(&request.public_key)?;
        let name = match request.name.is_empty() {
            true => key.comment().chars().filter(|c| !c.is_control()).collect::<String>(),
            false => request.name,
        };
        let name = name.chars().take(MAX_NAME_CHARACTERS).collect();
        let record = self.ssh()?.create_key(&key, name, token).await?;
        Ok(Response::new(ssh_key(record)))
    }

    async fn list_ssh_keys(
        &self,
        request: Request<v1::ListSshKeysRequest>,
    ) -> Answer<v1::ListSshKeysResponse> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let mut checks = Checks::default();
        let size = page_size(&mut checks, request.page_size);
        checks.finish()?;
        let key = ListKey::new("ssh-keys", []);
        let after = key.cursor(&request.page_token)?;
        let mut keys = self.ssh()?.keys(caller.reach());
        keys.retain(|found| after.as_deref().is_none_or(|after| found.id.as_str() > after));
        let keys = keys.into_iter().take(size + 1).map(ssh_key).collect();
        let (keys, next_page_token) = page(&key, keys, size, |key: &v1::SshKey| key.id.as_str());
        Ok(Response::new(v1::ListSshKeysResponse { keys, next_page_token }))
    }

    async fn delete_ssh_key(
        &self,
        request: Request<v1::DeleteSshKeyRequest>,
    ) -> Answer<v1::DeleteSshKeyResponse> {
        let id = request.into_inner().key_id.parse::<SshKeyId>();
        let id = id.map_err(|error| field("key_id", error.to_string()))?;
        self.ssh()?.delete_key(&id).await?;
        Ok(Response::new(v1::DeleteSshKeyResponse {}))
    }

    async fn create_ssh_access(
        &self,
        request: Request<v1::CreateSshAccessRequest>,
    ) -> Answer<v1::CreateSshAccessResponse> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        checks.sandbox_ref(&request.sandbox_id);
        let ttl = checks.duration("ttl", request.ttl, MIN_TTL, MAX_TTL).unwrap_or(DEFAULT_TTL);
        checks.finish()?;
        let (key, private_key) = match request.public_key.is_empty() {
            true => {
                let made = AccessKey::generate().map_err(SshError::Key)?;
                (made.public, made.private)
            }
            false => (public_key(&request.public_key)?, String::new()),
        };
        let ssh = self.ssh()?;
        let record = ssh.create_access(&request.sandbox_id, ttl, &key).await?;
        let command = ssh.command(&record.sandbox_id);
        Ok(Response::new(v1::CreateSshAccessResponse {
            access: Some(ssh_access(ssh, record)),
            private_key,
            known_hosts_line: ssh.known_hosts_line(),
            command,
        }))
    }

    async fn list_ssh_accesses(
        &self,
        request: Request<v1::ListSshAccessesRequest>,
    ) -> Answer<v1::ListSshAccessesResponse> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let mut checks = Checks::default();
        if !request.sandbox_id.is_empty() {
            checks.sandbox_ref(&request.sandbox_id);
        }
        let size = page_size(&mut checks, request.page_size);
        checks.finish()?;
        let ssh = self.ssh()?;
        let sandbox = self.sandbox(&request.sandbox_id)?;
        let filter = sandbox.as_ref().map_or("", SandboxId::as_str);
        let key = ListKey::new("ssh-accesses", [filter]);
        let after = key.cursor(&request.page_token)?;
        let mut found = ssh.accesses(sandbox.as_ref(), caller.reach());
        found.retain(|access| after.as_deref().is_none_or(|after| access.id.as_str() > after));
        let found = found.into_iter().take(size + 1).map(|access| ssh_access(ssh, access));
        let (accesses, next_page_token) =
            page(&key, found.collect(), size, |access: &v1::SshAccess| access.id.as_str());
        Ok(Response::new(v1::ListSshAccessesResponse { accesses, next_page_token }))
    }

    async fn delete_ssh_access(
        &self,
        request: Request<v1::DeleteSshAccessRequest>,
    ) -> Answer<v1::DeleteSshAccessResponse> {
        let id = request.into_inner().access_id.parse::<SshAccessId>();
        let id = id.map_err(|error| field("access_id", error.to_string()))?;
        self.ssh()?.delete_access(&id).await?;
        Ok(Response::new(v1::DeleteSshAccessResponse {}))
    }
}

impl SshCalls {
    fn ssh(&self) -> Result<&Ssh, Status> {
        self.ssh.as_ref().ok_or_else(status::ssh_off)
    }

    /// The sandbox that a list is of; empty for all.
    fn sandbox(&self, id_or_name: &str) -> Result<Option<SandboxId>, Status> {
        match id_or_name.is_empty() {
            true => Ok(None),
            false => Ok(Some(self.engine.get(id_or_name)?.id)),
        }
    }
}

fn check_name(checks: &mut Checks, name: &str) {
    let fits = name.chars().count() <= MAX_NAME_CHARACTERS && !name.chars().any(char::is_control);
    if !fits {
        let message =
            format!("must be at most {MAX_NAME_CHARACTERS} characters, none of them a control");
        checks.fail("name", message);
    }
}

fn public_key(line: &str) -> Result<UserKey, Status> {
    UserKey::read(line).map_err(|error| field("public_key", error.to_string()))
}

/// A record's own key; what was checked when it came is read again.
fn fingerprint(line: &str) -> String {
    UserKey::read(line).map(|key| key.fingerprint()).unwrap_or_default()
}

fn ssh_key(record: SshKeyRecord) -> v1::SshKey {
    v1::SshKey {
        fingerprint: fingerprint(&record.public_key),
        id: record.id.into(),
        name: record.name,
        public_key: record.public_key,
        create_time: Some(convert::timestamp(record.create_time)),
    }
}

fn ssh_access(ssh: &Ssh, record: SshAccessRecord) -> v1::SshAccess {
    v1::SshAccess {
        id: record.id.into(),
        host: ssh.host().to_owned(),
        port: ssh.port().into(),
        user: record.sandbox_id.to_string(),
        sandbox_id: record.sandbox_id.into(),
        fingerprint: fingerprint(&record.public_key),
        expire_time: Some(convert::timestamp(record.expire_time)),
        create_time: Some(convert::timestamp(record.create_time)),
    }
}
