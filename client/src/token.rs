//! Tokens and pairings.

use crate::client::Client;
use crate::error::Error;
use crate::page::{PAGE_SIZE, all_pages};
use crate::v1::{
    ConfirmPairingRequest, ConfirmPairingResponse, CreatePairingRequest, CreateTokenRequest,
    CreateTokenResponse, GetIdentityRequest, Identity, ListTokensRequest, Pairing,
    RevokeTokenRequest, Token,
};

impl Client {
    /// Makes a token; its secret is told this once.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` with the fields named; `BOUND_REACHED`; `AUTH_OFF`
    /// where the daemon asks for no token.
    pub async fn create_token(
        &self,
        request: CreateTokenRequest,
    ) -> Result<CreateTokenResponse, Error> {
        Ok(self.tokens().create_token(request).await?.into_inner())
    }

    /// Reads all tokens, oldest first.
    ///
    /// # Errors
    ///
    /// `AUTH_OFF` where the daemon asks for no token.
    pub async fn list_tokens(&self) -> Result<Vec<Token>, Error> {
        all_pages(async |page_token| {
            let request = ListTokensRequest { page_size: PAGE_SIZE, page_token };
            let page = self.tokens().list_tokens(request).await?.into_inner();
            Ok((page.tokens, page.next_page_token))
        })
        .await
    }

    /// Takes a token away, by its id; one that is not there is no error. Its
    /// open streams end.
    ///
    /// # Errors
    ///
    /// `TOKEN_FIXED` for the admin's own and those that the daemon was started
    /// with.
    pub async fn revoke_token(&self, token: &str) -> Result<(), Error> {
        let request = RevokeTokenRequest { token_id: token.to_owned() };
        self.tokens().revoke_token(request).await?;
        Ok(())
    }

    /// Reads whom the daemon takes this client for.
    ///
    /// # Errors
    ///
    /// None but those of every call.
    pub async fn identity(&self) -> Result<Identity, Error> {
        Ok(self.tokens().get_identity(GetIdentityRequest {}).await?.into_inner())
    }

    /// Makes a pairing code, good for 5 minutes and one device.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` with the fields named; `BOUND_REACHED`; `AUTH_OFF`.
    pub async fn create_pairing(&self, request: CreatePairingRequest) -> Result<Pairing, Error> {
        Ok(self.pairings().create_pairing(request).await?.into_inner())
    }

    /// Gets a token for a pairing code. Needs no token.
    ///
    /// # Errors
    ///
    /// `PAIRING_NOT_FOUND` for a code that is wrong, used or too old;
    /// `TOO_MANY_TRIES` with the time to wait.
    pub async fn confirm_pairing(
        &self,
        code: &str,
        device_name: &str,
    ) -> Result<ConfirmPairingResponse, Error> {
        let (code, device_name) = (code.to_owned(), device_name.to_owned());
        let request = ConfirmPairingRequest { code, device_name };
        Ok(self.pairings().confirm_pairing(request).await?.into_inner())
    }
}
