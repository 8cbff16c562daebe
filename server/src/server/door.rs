//! What a request meets first: a preview's host leads to a sandbox and never
//! to the API; all else is the API's.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, StatusCode};
use axum::response::IntoResponse;
use hyper::body::Incoming;
use tower::ServiceExt;

use super::http::Front;
use super::tls::Tls;
use crate::auth::{LocalUser, Proxies, is_grpc};
use crate::preview::{Peer, Previews};
use crate::service;

/// One listener's; cheap to clone.
#[derive(Clone)]
pub(super) struct Door {
    previews: Previews,
    /// The API; `None` on a listener for previews alone.
    front: Option<Front>,
    tls: Option<Arc<Tls>>,
    proxies: Proxies,
}

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Far {
    pub(super) peer: Peer,
    /// Whom the kernel names, on a socket of this machine.
    pub(super) local: Option<LocalUser>,
}

impl Door {
    pub(super) fn new(
        previews: Previews,
        front: Option<Front>,
        tls: Option<Arc<Tls>>,
        proxies: Proxies,
    ) -> Self {
        Self { previews, front, tls, proxies }
    }

    /// The same for who is on this machine already.
    pub(super) fn without_tls(&self) -> Self {
        Self { tls: None, ..self.clone() }
    }

    /// The same in front of something else.
    pub(super) fn in_front_of(&self, front: Front) -> Self {
        Self { front: Some(front), ..self.clone() }
    }

    /// What makes its connections secure, where something does.
    pub(super) fn tls(&self) -> Option<&Tls> {
        self.tls.as_deref()
    }

    /// Answers a request.
    pub(super) async fn answer(
        self,
        request: Request<Incoming>,
        Far { peer, local }: Far,
    ) -> Result<Response<Body>, Infallible> {
        if let (Some(tls), false) = (&self.tls, peer.secure) {
            let looked_for = tls.challenges().and_then(|shown| shown.text(request.uri().path()));
            return Ok(match looked_for {
                Some(text) => text.into_response(),
                None => without_tls(request.headers()),
            });
        }
        let mut request = match self.previews.answer(request, peer).await {
            Ok(answer) => return Ok(answer),
            Err(request) => request,
        };
        let client = self.proxies.client(peer.address.ip(), request.headers());
        let extensions = request.extensions_mut();
        extensions.insert(peer);
        extensions.insert(client);
        local.and_then(|local| extensions.insert(local));
        match self.front {
            Some(front) => front.oneshot(request).await,
            None => Ok(Previews::nowhere()),
        }
    }
}

/// What is sent without TLS where that is wanted gets no further.
fn without_tls(headers: &HeaderMap) -> Response<Body> {
    match is_grpc(headers) {
        true => service::tls_wanted(),
        false => (StatusCode::BAD_REQUEST, "skerry: this port speaks TLS: use https://\n")
            .into_response(),
    }
}
