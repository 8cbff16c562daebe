//! Registries: where images are pulled from, by the OCI distribution API that
//! Docker's registry speaks too.
//!
//! A registry is a stranger that the caller chose: what it sends is bounded
//! and checked against digests, and credentials go to nobody else but whom it
//! names for them over TLS.

mod challenge;
mod client;
mod credentials;
mod reference;
mod wire;

use std::time::Duration;

pub(super) use client::{Access, Registry, Timing};
pub(super) use credentials::from_docker_config;
pub use credentials::{Credentials, Secret};
pub use reference::{Reference, ReferenceError};

use crate::archive::digest::Digest;

/// Why a registry did not give what was asked for.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RegistryError {
    /// It wants other credentials, or any.
    #[error("{registry} denies access ({status}){}", if *.with_credentials { ": the credentials do not open it" } else { ": give credentials, or is it private or not there?" })]
    Denied {
        /// Which.
        registry: String,
        /// Its HTTP status.
        status: u16,
        /// Whether any were given.
        with_credentials: bool,
    },
    /// It has no such thing.
    #[error("{registry} has no {what}")]
    NotFound {
        /// Which.
        registry: String,
        /// Repository and tag, or a digest.
        what: String,
    },
    /// It was asked too often.
    #[error("{registry} was asked too often; try again later or with credentials")]
    RateLimited {
        /// Which.
        registry: String,
        /// When it may be asked again.
        retry_after: Option<Duration>,
    },
    /// It can't be reached, or does not do its work.
    #[error("{registry} can't be used: {cause}")]
    Unavailable {
        /// Which.
        registry: String,
        /// Why.
        cause: String,
    },
    /// It sent something else.
    #[error("{registry} sent another {what} than was asked for: wanted {wanted}, got {got}")]
    WrongContent {
        /// Which.
        registry: String,
        /// A manifest, a layer.
        what: &'static str,
        /// By digest.
        wanted: Digest,
        /// Its digest, or how long it is.
        got: String,
    },
    /// A manifest or config beyond its bound.
    #[error("{registry} answers with more than {max} bytes")]
    TooBig {
        /// Which.
        registry: String,
        /// The bound.
        max: u64,
    },
    /// The certificate that came with the request is none.
    #[error("the CA certificate can't be read: {0}")]
    BadCertificate(String),
    /// The daemon's docker config can't be read.
    #[error("the docker config can't be used: {0}")]
    DockerConfig(String),
}

impl RegistryError {
    /// Whether asking again may help.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}
