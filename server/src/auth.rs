//! Who may call: whoever shows a token that the store knows the hash of.
//!
//! One admin token is made at the first start. Its plain text is in
//! `<data>/admin.token`, mode 0600, where the local client finds it; the store
//! has only its hash.

mod admin;
mod layer;
mod token;

pub use admin::{AdminToken, AuthError, TOKEN_FILE, open_admin_token};
pub(crate) use layer::is_grpc;
pub use layer::{Authenticate, AuthenticateLayer};
pub use token::{Token, TokenHash, TokenRecord};

use std::sync::Arc;

/// What opens the daemon's calls.
#[derive(Debug, Clone)]
pub enum Access {
    /// One of these tokens.
    Tokens(Arc<[TokenHash]>),
    /// Nothing is asked for; on loopback only.
    Open,
}

/// Why a caller is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// No token was shown.
    #[error(
        "no token: send `authorization: Bearer TOKEN`; the admin's is in admin.token in the daemon's data directory"
    )]
    Missing,
    /// Something else than one `Bearer` token was shown.
    #[error("the authorization header is not `Bearer TOKEN`")]
    Malformed,
    /// No such token.
    #[error(
        "the token is not known to this daemon: take the one in admin.token in its data directory"
    )]
    Unknown,
}

impl Access {
    /// Decides on an `authorization` header.
    pub fn check(&self, header: Option<&[u8]>) -> Result<(), Denied> {
        self.identify(header).map(drop)
    }

    /// Decides on an `authorization` header, for the token in it; `None`
    /// where none is asked for.
    pub fn identify(&self, header: Option<&[u8]>) -> Result<Option<TokenHash>, Denied> {
        let Self::Tokens(known) = self else { return Ok(None) };
        let header = header.ok_or(Denied::Missing)?;
        let (scheme, token) = header.split_at_checked(b"Bearer ".len()).ok_or(Denied::Malformed)?;
        if !scheme.eq_ignore_ascii_case(b"Bearer ") {
            return Err(Denied::Malformed);
        }
        let shown = TokenHash::of(token);
        if is_among(known, &shown) { Ok(Some(shown)) } else { Err(Denied::Unknown) }
    }

    /// Whether a token is known. Where none is asked for, each is, and none.
    pub fn knows(&self, token: Option<&TokenHash>) -> bool {
        match self {
            Self::Open => true,
            Self::Tokens(known) => token.is_some_and(|token| is_among(known, token)),
        }
    }
}

/// Every hash is compared, so that the time tells nothing about which.
fn is_among(known: &[TokenHash], token: &TokenHash) -> bool {
    known.iter().fold(false, |found, hash| found | hash.matches(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_known_bearer_token_opens() {
        let token = Token::generate().unwrap();
        let other = Token::generate().unwrap();
        let access = Access::Tokens([token.hash(), Token::generate().unwrap().hash()].into());
        let check = |header: &str| access.check(Some(header.as_bytes()));
        assert_eq!(check(&format!("Bearer {}", token.secret())), Ok(()));
        assert_eq!(check(&format!("bearer {}", token.secret())), Ok(()));
        assert_eq!(check(&format!("Bearer {}", other.secret())), Err(Denied::Unknown));
        assert_eq!(check(&format!("Bearer {} ", token.secret())), Err(Denied::Unknown));
        assert_eq!(check("Bearer "), Err(Denied::Unknown));
        assert_eq!(check(token.secret()), Err(Denied::Malformed));
        assert_eq!(check("Basic dXNlcjpwYXNz"), Err(Denied::Malformed));
        assert_eq!(access.check(None), Err(Denied::Missing));
        assert_eq!(Access::Open.check(None), Ok(()));
    }
}
