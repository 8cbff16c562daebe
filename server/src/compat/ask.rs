//! A request, as what answers it sees it.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Extensions, HeaderMap, request};
use parking_lot::Mutex;
use serde::de::DeserializeOwned;
use skerry_api::access::Need;

use super::Shared;
use super::body;
use super::calls::Calls;
use super::failure::Failure;
use crate::auth::{Caller, Denied};
use crate::model::{Reach, Tenant};
use crate::rest;

/// The longest name of anything.
const MAX_NAME: usize = 255;

/// A request.
pub(super) struct Ask {
    pub(super) shared: Arc<Shared>,
    /// The services, as its caller calls them.
    pub(super) calls: Calls,
    caller: Option<Caller>,
    params: Vec<(String, String)>,
    query: String,
    headers: HeaderMap,
    extensions: Extensions,
    body: Mutex<Body>,
}

impl Ask {
    pub(super) fn new(
        shared: Arc<Shared>,
        params: Vec<(String, String)>,
        parts: request::Parts,
        body: Body,
    ) -> Self {
        Self {
            calls: Calls::new(shared.grpcs.clone(), rest::Caller::of(&parts)),
            caller: parts.extensions.get().cloned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            extensions: parts.extensions,
            shared,
            params,
            body: Mutex::new(body),
        }
    }

    /// What a place in the path holds, decoded.
    pub(super) fn param(&self, name: &str) -> &str {
        let found = self.params.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// The same as the name of a sandbox, a volume or a snapshot; `None` for
    /// what can't be one.
    pub(super) fn name(&self, name: &str) -> Option<&str> {
        let text = self.param(name);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        ((1..=MAX_NAME).contains(&text.len()) && text.bytes().all(plain)).then_some(text)
    }

    /// What the layers before have found out.
    pub(super) fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// Whether the query has this, word for word.
    pub(super) fn has_query(&self, wanted: &str) -> bool {
        self.query.split('&').any(|pair| pair == wanted)
    }

    /// Its body, which is read once.
    pub(super) async fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        body::read(&self.headers, self.take_body()).await
    }

    /// The same as it comes.
    pub(super) fn take_body(&self) -> Body {
        std::mem::take(&mut self.body.lock())
    }

    /// What the caller reaches; of what is open to everyone, nobody asks.
    pub(super) fn reach(&self) -> Reach {
        self.caller.as_ref().map(|caller| caller.reach().clone()).unwrap_or_default()
    }

    /// Whose what the caller makes is.
    pub(super) fn tenant(&self) -> Tenant {
        self.reach().tenant()
    }

    /// Refuses a caller who may not do what has this need.
    pub(super) fn must(&self, need: Need) -> Result<(), Failure> {
        match &self.caller {
            Some(caller) if caller.allows(need) => Ok(()),
            Some(_) => Err(Failure::Denied(Denied::Permission(need))),
            None => Err(Failure::Denied(Denied::Missing)),
        }
    }
}
