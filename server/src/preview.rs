//! Previews: sandboxes' ports over HTTP, on hosts of their own, asleep or
//! awake.
//!
//! ```text
//!  Host: s-<id>-<port>.preview.<domain> ─▶ admit ─▶ target ─▶ wake, if asleep
//!  /api/v1/sandboxes/{id}/proxy/{port}/ ─▶ token ──┘   │
//!                                                      └▶ forward ─▶ the port
//! ```
//!
//! A [`target::Target`] owns the connections to one port. They are cut when
//! the sandbox stops or goes, and when links to it are revoked.

mod address;
mod admit;
mod forward;
#[cfg(feature = "fuzz")]
#[doc(hidden)]
pub mod fuzz;
mod headers;
mod host;
mod link;
mod published;
mod refusal;
mod target;
mod tend;
mod wake;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_SECURITY_POLICY, HOST, HeaderValue, SET_COOKIE};
use axum::http::{Method, Request, Response};
use hyper::body::{Body as _, Incoming};
use parking_lot::Mutex;
use tokio::sync::mpsc;

use self::admit::{Admission, Admitted, Pages};
use self::forward::{Kind, Way};
use self::headers::{Came, to_sandbox};
use self::host::Named;
use self::link::Links;
use self::published::Published;
use self::refusal::Refusal;
use self::target::{Open, Target};
use self::tend::Tending;
use crate::auth::{Access, Caller, until_over};
use crate::engine::{Engine, EngineError, Revoke, SandboxPatch, Visit};
use crate::model::{Port, Sandbox, SandboxId};
use crate::publish;

pub use address::{Link, PortPlaces};
pub use host::{Domain, DomainError, Place};
pub use link::KeyError;

/// A browser gets a page after so long, which tells that there is more to
/// come.
const PAGE_AFTER: Duration = Duration::from_secs(2);

/// How previews are served.
#[derive(Debug, Clone)]
pub struct PreviewConfig {
    /// Below which they are.
    pub domain: Domain,
    /// The port at which browsers reach them.
    pub port: u16,
    /// Over TLS.
    pub secure: bool,
    /// How long a port may take to answer after its sandbox was started.
    pub patience: Duration,
}

/// Where a connection comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// The other end.
    pub address: SocketAddr,
    /// Over TLS.
    pub secure: bool,
}

/// Serves previews; cheap to clone.
#[derive(Clone)]
pub struct Previews {
    inner: Arc<Inner>,
    _tending: Arc<(Tending, Published)>,
}

struct Inner {
    config: PreviewConfig,
    engine: Engine,
    access: Access,
    links: Links,
    targets: Mutex<HashMap<Place, Arc<Target>>>,
}

/// A request's way into a sandbox.
struct Asked<'a> {
    /// With whose token what is open ends.
    caller: Caller,
    came: Came<'a>,
    kind: Kind,
    open: Open,
    target: Arc<Target>,
}

impl Previews {
    /// Opens them; the key for links is in the data directory. `callers` are
    /// those at published ports.
    pub fn open(
        data_dir: &Path,
        config: PreviewConfig,
        engine: Engine,
        access: Access,
        callers: mpsc::Receiver<publish::Caller>,
    ) -> Result<Self, KeyError> {
        let links = Links::open(data_dir)?;
        let inner = Arc::new(Inner { config, engine, access, links, targets: Mutex::default() });
        let tending = (Tending::start(&inner), Published::start(&inner, callers));
        Ok(Self { inner, _tending: Arc::new(tending) })
    }

    /// Answers what is for a preview's host, and gives back what is not.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
        peer: Peer,
    ) -> Result<Response<Body>, Request<Incoming>> {
        let host = match host_of(&request) {
            Ok(host) => host.unwrap_or_default().to_owned(),
            Err(refusal) => return Ok(refusal.answer()),
        };
        let place = match self.inner.config.domain.read(&host) {
            Named::Elsewhere => return Err(request),
            Named::Nowhere => return Ok(Refusal::NoSandbox.answer()),
            Named::Preview(place) => place,
        };
        let request = request.map(|body| match body.is_end_stream() {
            true => Body::empty(),
            false => Body::new(body),
        });
        let pages = Pages::OfSandbox(&self.inner.config.domain);
        let answer = self.inner.serve(&place, &host, request, peer, pages).await;
        Ok(answer.unwrap_or_else(|refusal| refusal.answer()))
    }

    /// Answers what came through a tunnel to one port, whatever its host; the
    /// tunnel's other end is secure.
    pub(crate) async fn through(
        &self,
        place: &Place,
        request: Request<Incoming>,
        visitor: IpAddr,
    ) -> Response<Body> {
        let host = match host_of(&request) {
            Ok(host) => host.unwrap_or_default().to_owned(),
            Err(refusal) => return refusal.answer(),
        };
        let request = request.map(|body| match body.is_end_stream() {
            true => Body::empty(),
            false => Body::new(body),
        });
        let peer = Peer { address: SocketAddr::new(visitor, 0), secure: true };
        let answer = self.inner.serve(place, &host, request, peer, Pages::OfHost(&host)).await;
        answer.unwrap_or_else(|refusal| refusal.answer())
    }

    /// What a listener for previews alone says to other hosts.
    pub(crate) fn nowhere() -> Response<Body> {
        Refusal::NoSandbox.answer()
    }

    /// Answers a call of the API's that leads to a port; `prefix` is the part
    /// of its path that the sandbox does not see. The call was let through.
    pub(crate) async fn pass(
        &self,
        sandbox: &str,
        port: u16,
        prefix: &str,
        request: Request<Body>,
        peer: Peer,
    ) -> Response<Body> {
        let host = match host_of(&request) {
            Ok(host) => host.unwrap_or_default().to_owned(),
            Err(refusal) => return refusal.answer(),
        };
        let came = Came { from: peer.address.ip(), secure: peer.secure, host: &host, prefix };
        match self.inner.pass(sandbox, port, came, request).await {
            Ok(answer) => answer,
            Err(refusal) => refusal.answer(),
        }
    }

    /// Ends links, and the connections that are open to those ports now.
    pub async fn revoke(&self, sandbox: &str, port: Option<u16>) -> Result<Sandbox, EngineError> {
        let revoke = Some(port.map_or(Revoke::All, Revoke::Port));
        let patch = SandboxPatch { revoke, ..SandboxPatch::default() };
        let sandbox = self.inner.engine.update(sandbox, patch).await?;
        self.inner.hold_to(&sandbox);
        Ok(sandbox)
    }

    /// Cuts every connection: the daemon goes down.
    pub(crate) fn close(&self) {
        for (_, target) in self.inner.targets.lock().drain() {
            target.close();
        }
    }
}

impl Inner {
    async fn serve(
        &self,
        place: &Place,
        host: &str,
        mut request: Request<Body>,
        peer: Peer,
        pages: Pages<'_>,
    ) -> Result<Response<Body>, Refusal> {
        // Who is turned away leaves the sandbox as idle as it was.
        let record = self.engine.record(place.sandbox.as_str()).map_err(|error| no_way(&error))?;
        let port = record.port(place.port).cloned().ok_or(Refusal::NotOpen(place.port))?;
        let kind = Kind::of(&request);
        let admission = Admission {
            access: &self.access,
            links: &self.links,
            pages,
            place,
            tenant: &record.tenant,
            port: &port,
            secure: peer.secure,
        };
        let caller = match admission.admit(&mut request, kind == Kind::Upgrade)? {
            Admitted::Redirected(answer) => return Ok(answer),
            Admitted::As(caller) => caller,
        };
        let target = self.target(place, &port)?;
        let open = target.open(self.visit(place.sandbox.as_str())?)?;
        let came = Came { from: peer.address.ip(), secure: peer.secure, host, prefix: "" };
        self.exchange(Asked { caller, came, kind, open, target }, request).await
    }

    async fn pass(
        &self,
        sandbox: &str,
        port: u16,
        came: Came<'_>,
        request: Request<Body>,
    ) -> Result<Response<Body>, Refusal> {
        let record = self.engine.record(sandbox).map_err(|error| no_way(&error))?;
        let kind = Kind::of(&request);
        let (target, open) = self.open(&Place { sandbox: record.id.clone(), port })?;
        let caller = request.extensions().get().cloned().ok_or(Refusal::Private)?;
        let asked = Asked { caller, came, kind, open, target };
        let mut answer = self.exchange(asked, request).await?;
        let headers = answer.headers_mut();
        // The host is the API's own: what a sandbox says there must neither
        // run as a page of it nor set its cookies.
        headers.remove(SET_COOKIE);
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
        Ok(answer)
    }

    /// A way to a port for who may use it.
    fn open(&self, place: &Place) -> Result<(Arc<Target>, Open), Refusal> {
        let visit = self.visit(place.sandbox.as_str())?;
        let record = visit.sandbox();
        let port = record.port(place.port).ok_or(Refusal::NotOpen(place.port))?;
        let target = self.target(place, port)?;
        let open = target.open(visit)?;
        Ok((target, open))
    }

    fn visit(&self, sandbox: &str) -> Result<Visit, Refusal> {
        self.engine.visit(sandbox).map_err(|error| no_way(&error))
    }

    /// The target of a port as it is in the record that was just read.
    fn target(&self, place: &Place, port: &Port) -> Result<Arc<Target>, Refusal> {
        let mut targets = self.targets.lock();
        match targets.get(place) {
            Some(target) if target.since == port.since => return Ok(Arc::clone(target)),
            // Read before links were revoked.
            Some(target) if target.since > port.since => return Err(Refusal::Private),
            Some(target) => target.close(),
            None => {}
        }
        let target = Target::new(place.clone(), port.since);
        targets.insert(place.clone(), Arc::clone(&target));
        Ok(target)
    }

    async fn exchange(
        &self,
        asked: Asked<'_>,
        mut request: Request<Body>,
    ) -> Result<Response<Body>, Refusal> {
        let Asked { caller, came, kind, open, target } = asked;
        if request.method() == Method::CONNECT {
            return Err(Refusal::BadRequest("CONNECT is not for previews"));
        }
        if !open.visit.machine().is_some_and(|machine| target.is_ready(&machine)) {
            let patience = self.config.patience;
            let waking = target.awake(&self.engine, &open.visit, patience);
            match wants_page(&request, kind) {
                true => tokio::time::timeout(PAGE_AFTER, waking)
                    .await
                    .unwrap_or(Err(Refusal::Warming))?,
                false => waking.await?,
            }
        }
        to_sandbox(request.headers_mut(), &came, &self.access);
        let patience = self.config.patience;
        let ending = caller.clone();
        let way = Way { target: &target, engine: &self.engine, caller, open, patience };
        Ok(until_over(way.forward(kind, request).await?, ending))
    }

    /// Closes what a sandbox's record does not allow any more.
    fn hold_to(&self, sandbox: &Sandbox) {
        self.of(&sandbox.id, |target| {
            let port = sandbox.port(target.place.port);
            let good = port.is_some_and(|port| port.since <= target.since);
            if !good {
                target.close();
            }
            good
        });
    }

    /// Looks at the targets of a sandbox, and keeps those it should.
    fn of(&self, sandbox: &SandboxId, mut keep: impl FnMut(&Target) -> bool) {
        self.targets.lock().retain(|place, target| place.sandbox != *sandbox || keep(target));
    }
}

fn no_way(error: &EngineError) -> Refusal {
    match error {
        EngineError::ShuttingDown => Refusal::ShuttingDown,
        _ => Refusal::NoSandbox,
    }
}

/// The host that a request is for. Two that differ are none: who reads the
/// one and who reads the other would not agree on where it goes.
fn host_of<B>(request: &Request<B>) -> Result<Option<&str>, Refusal> {
    let mut named = request.headers().get_all(HOST).iter();
    let header = match (named.next(), named.next()) {
        (_, Some(_)) => return Err(Refusal::BadRequest("it has several Host headers")),
        (None, None) => None,
        (Some(value), None) => Some(
            value.to_str().map_err(|_| Refusal::BadRequest("its Host header is no host's name"))?,
        ),
    };
    let authority = request.uri().authority().map(|authority| authority.as_str());
    match (authority, header) {
        (Some(authority), Some(header)) if !authority.eq_ignore_ascii_case(header) => {
            Err(Refusal::BadRequest("its Host header and its address name two hosts"))
        }
        (authority, header) => Ok(authority.or(header)),
    }
}

/// Whether a person looks at it, who would rather see a page than wait.
fn wants_page<B>(request: &Request<B>, kind: Kind) -> bool {
    let headers = request.headers();
    let html = headers
        .get_all(ACCEPT)
        .iter()
        .any(|accept| accept.as_bytes().windows(9).any(|part| part == b"text/html"));
    let navigates = headers.get("sec-fetch-mode").is_none_or(|mode| mode == "navigate");
    kind == Kind::Plain && request.method() == Method::GET && html && navigates
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(uri: &str, headers: &[(&str, &str)]) -> Request<()> {
        let mut builder = Request::builder().uri(uri);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.body(()).unwrap()
    }

    #[test]
    fn one_host_is_named_or_none() {
        let host = |uri: &str, hosts: &[&str]| {
            let headers: Vec<_> = hosts.iter().map(|host| ("host", *host)).collect();
            let request = request(uri, &headers);
            host_of(&request).map(|host| host.map(str::to_owned)).ok()
        };
        assert_eq!(host("/", &["a"]), Some(Some("a".to_owned())));
        assert_eq!(host("http://A/", &["a"]), Some(Some("A".to_owned())));
        assert_eq!(host("http://a/", &[]), Some(Some("a".to_owned())));
        assert_eq!(host("/", &[]), Some(None));
        assert_eq!(host("/", &["a", "a"]), None);
        assert_eq!(host("http://a/", &["b"]), None);
        assert_eq!(host("http://a:80/", &["a"]), None);
    }

    #[test]
    fn a_page_is_for_people_who_navigate() {
        let page = |headers: &[(&str, &str)]| wants_page(&request("/", headers), Kind::Plain);
        let browser = ("accept", "text/html,application/xhtml+xml;q=0.9");
        assert!(page(&[browser]));
        assert!(page(&[browser, ("sec-fetch-mode", "navigate")]));
        assert!(!page(&[browser, ("sec-fetch-mode", "cors")]));
        assert!(!page(&[("accept", "*/*")]) && !page(&[]));
    }
}
