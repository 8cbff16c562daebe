//! What a system is to the others.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;

use axum::body::Body;
use axum::http::{HeaderMap, Response};

use super::failure::Failure;
use super::route::Route;
use super::{apple_sandboxes, mac_sandbox};
use crate::auth::Denied;

/// A system that Skerry succeeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// mac-sandbox 1.0.
    MacSandbox,
    /// @unionstreet/apple-sandboxes 0.1.
    AppleSandboxes,
}

impl Name {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::MacSandbox, Self::AppleSandboxes];

    /// As paths and flags have it.
    pub fn as_str(self) -> &'static str {
        self.system().name
    }

    /// Where it listens by itself.
    pub fn address(self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.system().port).into()
    }

    pub(super) fn system(self) -> &'static System {
        match self {
            Self::MacSandbox => &mac_sandbox::SYSTEM,
            Self::AppleSandboxes => &apple_sandboxes::SYSTEM,
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = || Self::ALL.map(Self::as_str).join(" or ");
        let found = Self::ALL.into_iter().find(|name| name.as_str() == text);
        found.ok_or_else(|| format!("must be {}", known()))
    }
}

/// One system.
pub(super) struct System {
    pub(super) name: &'static str,
    /// Its default one.
    pub(super) port: u16,
    pub(super) routes: fn() -> Vec<Route>,
    /// Whether a path of it is its alone, so that it is served at the root too.
    pub(super) at_root: fn(&str) -> bool,
    /// Shows a failure as it does.
    pub(super) show: fn(Failure) -> Response<Body>,
    /// The same for who is not let in.
    pub(super) denied: fn(&HeaderMap, Denied) -> Response<Body>,
}
