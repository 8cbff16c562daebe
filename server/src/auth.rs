//! Who may call, and what.
//!
//! ```text
//!  request ─▶ layer: which token? ─▶ Caller ─▶ gate: the method's rule ─▶ service
//!                │ tokens (hashes)              │ scope, then whose what it names is
//!             throttle                          └ ends what is open with the token
//! ```
//!
//! The rules are the protos' own: `skerry.v1.access` on each method, made into
//! a table by the build. One admin token is made at the first start. Its plain
//! text is in `<data>/admin.token`, mode 0600, where the local client finds
//! it; the store has hashes alone.

mod address;
mod admin;
mod caller;
mod fixed;
mod gate;
mod guard;
mod layer;
mod message;
mod over;
mod pairing;
mod throttle;
mod token;
mod tokens;

use std::sync::Arc;
use std::time::Duration;

pub use address::{ClientAddress, Proxies};
pub use admin::{AdminToken, AuthError, TOKEN_FILE};
pub use caller::{Caller, Grant, Identity, Permissions};
pub use fixed::StaticToken;
pub use gate::GateLayer;
pub use guard::{Guard, Owner, Owners};
pub(crate) use layer::is_grpc;
pub use layer::{Authenticate, AuthenticateLayer, LocalUser};
pub use over::until_over;
pub use pairing::{Pairing, PairingError, Pairings};
pub use throttle::Throttle;
pub use token::{Token, TokenHash, TokenRecord};
pub use tokens::{MAX_TOKENS, NewToken, TokenError, Tokens};

use skerry_api::access::{Kind, Need};

/// What opens the daemon's calls.
#[derive(Debug, Clone)]
pub enum Access {
    /// One of these tokens.
    Tokens(Arc<Tokens>),
    /// Nothing is asked for; on loopback only.
    Open,
}

/// Why a caller is turned away.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// No token was shown.
    #[error(
        "no token: send `authorization: Bearer TOKEN`; the admin's is in admin.token in the daemon's data directory"
    )]
    Missing,
    /// Something else than one token was shown.
    #[error("want one `authorization: Bearer TOKEN`, or one `x-api-key: TOKEN`")]
    Malformed,
    /// No such token, or none any more.
    #[error(
        "the token is not known to this daemon, has expired or was revoked: `skerry pair` or `skerry token create` where the daemon runs makes another"
    )]
    Unknown,
    /// It was revoked, or has expired, while the call was open.
    #[error("the token was revoked or has expired")]
    Ended,
    /// Too many unknown tokens from this address.
    #[error("too many unknown tokens from this address; wait {} s", .0.as_secs() + 1)]
    Throttled(Duration),
    /// The token does not let do it.
    #[error("the token does not let do this: it needs {}", needs(*.0))]
    Permission(Need),
    /// The token is bound to one sandbox.
    #[error("the token is bound to one sandbox, and this call reaches more")]
    Bound,
    /// What is named is another's; the same as if it were not there.
    #[error("there is no {1:?}")]
    NotThere(Kind, String),
    /// The host that was asked for may be anyone's name for this machine.
    #[error("{0:?} is no name of this daemon: use its address, or start skerryd with --host-name")]
    Host(String),
    /// The first message is none.
    #[error("the message can't be read: {0}")]
    BadMessage(String),
    /// The first message is too big.
    #[error("the message has {0} bytes, which is too many")]
    TooBig(usize),
    /// The first message is compressed.
    #[error("compressed requests are not taken")]
    Compressed,
}

fn needs(need: Need) -> &'static str {
    match need {
        Need::Nothing => "nothing",
        Need::Read => "a token",
        Need::Exec => "the permission `exec`",
        Need::Manage => "the permission `manage`",
        Need::Admin => "an admin's token",
    }
}

impl Access {
    /// Whose token a secret is; where none is asked for, none is known.
    pub fn identify(&self, secret: &[u8]) -> Option<Caller> {
        match self {
            Self::Open => None,
            Self::Tokens(tokens) => tokens.identify(secret).map(Caller::Known),
        }
    }

    /// Who has the token of a hash, as long as it is good.
    pub fn of_hash(&self, hash: Option<&TokenHash>) -> Option<Caller> {
        match self {
            Self::Open => Some(Caller::Anyone),
            Self::Tokens(tokens) => tokens.find(hash?).map(Caller::Known),
        }
    }

    /// The admin, known without a token.
    pub fn admin(&self) -> Caller {
        match self {
            Self::Open => Caller::Anyone,
            Self::Tokens(tokens) => Caller::Known(tokens.root()),
        }
    }

    /// The tokens, where any are asked for.
    pub fn tokens(&self) -> Option<&Arc<Tokens>> {
        match self {
            Self::Open => None,
            Self::Tokens(tokens) => Some(tokens),
        }
    }
}
