//! Who may come to sandboxes over SSH.

use std::time::Duration;

use crate::client::Client;
use crate::error::Error;
use crate::page::{PAGE_SIZE, all_pages};
use crate::v1::{
    CreateSshAccessRequest, CreateSshAccessResponse, CreateSshKeyRequest, DeleteSshAccessRequest,
    DeleteSshKeyRequest, ListSshAccessesRequest, ListSshKeysRequest, SshAccess, SshKey,
};

/// What a time becomes that the message can't hold.
const TOO_LONG: prost_types::Duration = prost_types::Duration { seconds: i64::MAX, nanos: 0 };

impl Client {
    /// Lets a public key in for as long as this client's token is known. An
    /// empty `name` is the key's own comment.
    ///
    /// # Errors
    ///
    /// A key that is none, or that is let in already; `SSH_OFF`.
    pub async fn create_ssh_key(&self, public_key: &str, name: &str) -> Result<SshKey, Error> {
        let (public_key, name) = (public_key.to_owned(), name.to_owned());
        let request = CreateSshKeyRequest { public_key, name };
        Ok(self.ssh().create_ssh_key(request).await?.into_inner())
    }

    /// The keys of all tokens, oldest first.
    ///
    /// # Errors
    ///
    /// `SSH_OFF`.
    pub async fn list_ssh_keys(&self) -> Result<Vec<SshKey>, Error> {
        all_pages(async |page_token| {
            let request = ListSshKeysRequest { page_size: PAGE_SIZE, page_token };
            let page = self.ssh().list_ssh_keys(request).await?.into_inner();
            Ok((page.keys, page.next_page_token))
        })
        .await
    }

    /// Takes a key away and ends its sessions; one that is not there is no
    /// error.
    ///
    /// # Errors
    ///
    /// `SSH_OFF`.
    pub async fn delete_ssh_key(&self, key_id: &str) -> Result<(), Error> {
        let request = DeleteSshKeyRequest { key_id: key_id.to_owned() };
        self.ssh().delete_ssh_key(request).await?;
        Ok(())
    }

    /// Makes a way into a sandbox that lasts for `ttl`: a minute to a day;
    /// `None` for an hour. Without a public key the daemon makes a pair, and
    /// answers with the private key this once.
    ///
    /// # Errors
    ///
    /// A key that is none, a time out of bounds, no such sandbox; `SSH_OFF`.
    pub async fn create_ssh_access(
        &self,
        sandbox: &str,
        ttl: Option<Duration>,
        public_key: Option<&str>,
    ) -> Result<CreateSshAccessResponse, Error> {
        let request = CreateSshAccessRequest {
            sandbox_id: sandbox.to_owned(),
            // One that is too long is refused as any other.
            ttl: ttl.map(|ttl| ttl.try_into().unwrap_or(TOO_LONG)),
            public_key: public_key.unwrap_or_default().to_owned(),
        };
        Ok(self.ssh().create_ssh_access(request).await?.into_inner())
    }

    /// The accesses that have not run out, of one sandbox or of all, oldest
    /// first.
    ///
    /// # Errors
    ///
    /// No such sandbox; `SSH_OFF`.
    pub async fn list_ssh_accesses(&self, sandbox: Option<&str>) -> Result<Vec<SshAccess>, Error> {
        all_pages(async |page_token| {
            let request = ListSshAccessesRequest {
                sandbox_id: sandbox.unwrap_or_default().to_owned(),
                page_size: PAGE_SIZE,
                page_token,
            };
            let page = self.ssh().list_ssh_accesses(request).await?.into_inner();
            Ok((page.accesses, page.next_page_token))
        })
        .await
    }

    /// Takes an access away and ends its sessions; one that is not there is
    /// no error.
    ///
    /// # Errors
    ///
    /// `SSH_OFF`.
    pub async fn delete_ssh_access(&self, access_id: &str) -> Result<(), Error> {
        let request = DeleteSshAccessRequest { access_id: access_id.to_owned() };
        self.ssh().delete_ssh_access(request).await?;
        Ok(())
    }
}
