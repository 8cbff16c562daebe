//! What a request meets first: a preview's host leads to a sandbox and never
//! to the API; all else is the API's.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use tower::ServiceExt;

use super::http::Front;
use super::tls::Tls;
use crate::preview::{Peer, Previews};

/// One listener's; cheap to clone.
#[derive(Clone)]
pub(super) struct Door {
    previews: Previews,
    /// The API; `None` on a listener for previews alone.
    front: Option<Front>,
    tls: Option<Arc<Tls>>,
}

impl Door {
    pub(super) fn new(previews: Previews, front: Option<Front>, tls: Option<Arc<Tls>>) -> Self {
        Self { previews, front, tls }
    }

    /// What makes its connections secure, where something does.
    pub(super) fn tls(&self) -> Option<&Tls> {
        self.tls.as_deref()
    }

    /// Answers a request.
    pub(super) async fn answer(
        self,
        request: Request<Incoming>,
        peer: Peer,
    ) -> Result<Response<Body>, Infallible> {
        let mut request = match self.previews.answer(request, peer).await {
            Ok(answer) => return Ok(answer),
            Err(request) => request,
        };
        request.extensions_mut().insert(peer);
        match self.front {
            Some(front) => front.oneshot(request).await,
            None => Ok(Previews::nowhere()),
        }
    }
}
