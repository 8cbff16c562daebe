//! What callers are known by.

use crate::client::Client;
use crate::error::Error;
use crate::retry::retrying;
use crate::v1::{CreateTokenRequest, CreateTokenResponse, Identity, Token};

/// All tokens.
#[derive(Debug, Clone)]
pub struct Tokens {
    pub(super) client: Client,
}

impl Tokens {
    /// Makes an admin's; its `secret` is told this once.
    ///
    /// # Errors
    ///
    /// `AUTH_OFF` where the daemon asks for no token; `BOUND_REACHED`.
    pub async fn create(&self, name: &str) -> Result<CreateTokenResponse, Error> {
        self.create_with(CreateTokenRequest { name: name.to_owned(), ..Default::default() }).await
    }

    /// The same with all that can be said: what it may do, until when.
    ///
    /// # Errors
    ///
    /// As [`Tokens::create`]; `INVALID_FIELD`.
    pub async fn create_with(
        &self,
        request: CreateTokenRequest,
    ) -> Result<CreateTokenResponse, Error> {
        self.client.create_token(request).await
    }

    /// All, oldest first.
    ///
    /// # Errors
    ///
    /// `AUTH_OFF`.
    pub async fn list(&self) -> Result<Vec<Token>, Error> {
        retrying(|| self.client.list_tokens()).await
    }

    /// Takes one away, by its id; one that is gone is no error.
    ///
    /// # Errors
    ///
    /// `TOKEN_FIXED` for the admin's own and those that the daemon was started
    /// with.
    pub async fn revoke(&self, token: &str) -> Result<(), Error> {
        retrying(|| self.client.revoke_token(token)).await
    }

    /// Who the caller is.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn identity(&self) -> Result<Identity, Error> {
        retrying(|| self.client.identity()).await
    }
}
