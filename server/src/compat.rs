//! The HTTP APIs of the systems that Skerry succeeds, for their clients as
//! they are.
//!
//! ```text
//! request ─▶ a system's table of routes ─▶ token? ─▶ its module
//!                                                       │ the caller's own call
//!                                                       ▼
//!                       the whole stack of the gRPC services, in this process
//! ```
//!
//! A system is a module with a table of routes, a shape of its errors and a
//! folder with what answers; `System` is all that the others know of it.
//! Each is served under `/compat/NAME/…`, at the root where no other has the
//! same path, and alone at a listener of its own.

mod apple_sandboxes;
mod ask;
mod body;
mod calls;
mod failure;
mod listen;
mod mac_sandbox;
mod route;
mod size;
mod system;

pub use listen::Listen;
pub use route::Listed;
pub use system::Name;

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request as AxumRequest;
use axum::http::{Request, Response, Uri};
use tokio::sync::Notify;
use tower::Service;
use tower::util::{BoxCloneSyncService, MapRequest};

use crate::auth::{Access, Throttle};
use crate::rest::{Grpcs, Origins};
use crate::store::{Store, StoreError};
use apple_sandboxes::Records;

/// The label of sandboxes that mac-sandbox's API has made.
pub const MADE_BY: (&str, &str) = ("made-by", "mac-sandbox");

/// What they work with.
pub struct Parts<S> {
    /// The whole stack of the gRPC services.
    pub grpcs: S,
    /// Ports of sandboxes, at `/api/v1/sandboxes/ID/proxy/PORT/…`.
    pub ports: Router,
    /// Who may call.
    pub access: Access,
    /// Who is held up.
    pub throttle: Throttle,
    /// Whose web pages may call.
    pub origins: Origins,
    /// Keeps what the API has no place for.
    pub store: Store,
    /// The image of mac-sandbox's sandboxes.
    pub image: String,
}

/// All systems; cheap to clone.
#[derive(Clone)]
pub struct Compat {
    shared: Arc<Shared>,
}

/// What every route has.
struct Shared {
    grpcs: Grpcs,
    ports: Router,
    access: Access,
    throttle: Throttle,
    origins: Origins,
    records: Records,
    image: String,
    /// A caller wants the daemon to end.
    ending: Notify,
}

impl Compat {
    /// Over these parts.
    pub fn open<S>(parts: Parts<S>) -> Result<Self, StoreError>
    where
        S: Service<Request<tonic::body::Body>, Response = Response<Body>, Error = Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        let Parts { grpcs, ports, access, throttle, origins, store, image } = parts;
        let records = Records::open(&store)?;
        let (grpcs, ending) = (BoxCloneSyncService::new(grpcs), Notify::new());
        let shared = Shared { grpcs, ports, access, throttle, origins, records, image, ending };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// All of them under `/compat/NAME`, and at the root what one alone has.
    pub fn beside(&self) -> Router {
        Name::ALL.into_iter().fold(Router::new(), |router, name| {
            let system = name.system();
            let (whole, below) = (route::whole(system, &self.shared), format!("/compat/{name}"));
            // What is nested does not take its own root with a slash.
            let slash = MapRequest::new(whole.clone(), |mut request: AxumRequest| {
                *request.uri_mut() = Uri::from_static("/");
                request
            });
            let router = router.route_service(&format!("{below}/"), slash).nest(&below, whole);
            router.merge(route::at_root(system, &self.shared))
        })
    }

    /// One, and nothing else.
    pub fn alone(&self, name: Name) -> Router {
        route::whole(name.system(), &self.shared)
    }

    /// Resolves when a caller who may has asked the daemon to end.
    pub async fn ending(&self) {
        self.shared.ending.notified().await;
    }
}

/// Every route of every system.
pub fn table() -> Vec<Listed> {
    Name::ALL.into_iter().flat_map(route::listed).collect()
}
