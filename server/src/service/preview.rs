//! `PreviewService`, and ports in messages.

use std::time::{Duration, SystemTime};

use skerry_api::v1;
use skerry_api::v1::preview_service_server::PreviewService;
use tonic::{Request, Response, Status};

use super::check::Checks;
use super::convert;
use crate::model::{HealthCheck, Port, SandboxId, check_ports, is_path};
use crate::preview::{PortPlaces, Previews};
use crate::tunnel::{TunnelError, Tunnels};

/// How long a link opens a port where the caller names no time.
const DEFAULT_TTL: Duration = Duration::from_secs(60 * 60);
const MIN_TTL: Duration = Duration::from_secs(60);
const MAX_TTL: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// For one attempt of a health check, and between two.
const MIN_WAIT: Duration = Duration::from_millis(100);
const DEFAULT_WAIT: Duration = Duration::from_secs(5);
const MIN_PAUSE: Duration = Duration::from_millis(10);
const DEFAULT_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(60);
const MAX_ATTEMPTS: i32 = 1000;
const DEFAULT_ATTEMPTS: u32 = 30;

/// Makes and ends links to ports.
pub(super) struct PreviewCalls {
    pub(super) previews: Previews,
    pub(super) tunnels: Tunnels,
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl PreviewService for PreviewCalls {
    async fn get_preview_url(
        &self,
        request: Request<v1::GetPreviewUrlRequest>,
    ) -> Answer<v1::GetPreviewUrlResponse> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        checks.sandbox_ref(&request.sandbox_id);
        let port = number(&mut checks, "port", request.port);
        let ttl = checks.duration("ttl", request.ttl, MIN_TTL, MAX_TTL).unwrap_or(DEFAULT_TTL);
        checks.finish()?;
        let base = |sandbox: &SandboxId| match request.tunnel {
            false => Ok(None),
            true => {
                let url = self.tunnels.url(sandbox, port);
                url.map(Some).ok_or(TunnelError::NotFound(port))
            }
        };
        let link = self.previews.link(&request.sandbox_id, port, ttl, base)?;
        let expire_time = link.ttl.map(|ttl| convert::timestamp(SystemTime::now() + ttl));
        let published = link.published.map(|address| address.to_string()).unwrap_or_default();
        Ok(Response::new(v1::GetPreviewUrlResponse { url: link.url, expire_time, published }))
    }

    async fn list_urls(
        &self,
        request: Request<v1::ListUrlsRequest>,
    ) -> Answer<v1::ListUrlsResponse> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        checks.sandbox_ref(&request.sandbox_id);
        checks.finish()?;
        let (sandbox, places) = self.previews.places(&request.sandbox_id)?;
        let urls = |place: PortPlaces| v1::PortUrls {
            port: place.port.into(),
            public: place.public,
            preview: place.preview,
            lan: place.published.map(|address| address.to_string()).unwrap_or_default(),
            tunnel: self.tunnels.url(&sandbox, place.port).unwrap_or_default(),
            container: place.container.map(|address| address.to_string()).unwrap_or_default(),
            proxy_path: format!("/api/v1/sandboxes/{sandbox}/proxy/{}/", place.port),
        };
        let ports = places.into_iter().map(urls).collect();
        Ok(Response::new(v1::ListUrlsResponse { ports }))
    }

    async fn revoke_previews(
        &self,
        request: Request<v1::RevokePreviewsRequest>,
    ) -> Answer<v1::RevokePreviewsResponse> {
        let request = request.into_inner();
        let mut checks = Checks::default();
        checks.sandbox_ref(&request.sandbox_id);
        let port = match request.port {
            0 => None,
            port => Some(number(&mut checks, "port", port)),
        };
        checks.finish()?;
        self.previews.revoke(&request.sandbox_id, port).await?;
        Ok(Response::new(v1::RevokePreviewsResponse {}))
    }
}

/// A port's number.
pub(super) fn number(checks: &mut Checks, path: &str, given: i32) -> u16 {
    match u16::try_from(given) {
        Ok(port @ 1..) => port,
        _ => {
            checks.fail(path, format!("must be 1 to 65535, is {given}"));
            0
        }
    }
}

/// A list of ports; `path` is where it stands.
pub(super) fn ports(checks: &mut Checks, path: &str, given: Vec<v1::Port>) -> Vec<Port> {
    let mut ports = Vec::new();
    for (index, port) in given.into_iter().enumerate() {
        let number = number(checks, &format!("{path}[{index}].port"), port.port);
        let host_port = match port.host_port {
            0 => 0,
            given => self::number(checks, &format!("{path}[{index}].host_port"), given),
        };
        // One that is wrong is told of once.
        if number > 0 {
            ports.push(Port {
                port: number,
                public: port.public,
                ready_path: port.ready_path,
                lan: port.lan,
                host_port,
                since: 0,
            });
        }
    }
    if let Err(error) = check_ports(&ports) {
        match error.index {
            Some(index) => checks.fail(format!("{path}[{index}].{}", error.field), error.message),
            None => checks.fail(path, error.message),
        }
    }
    ports
}

/// A create's health check.
pub(super) fn health_check(checks: &mut Checks, given: v1::HealthCheck) -> HealthCheck {
    let port = number(checks, "health_check.port", given.port);
    if !given.path.is_empty() && !is_path(&given.path) {
        let message = "must be a path from / on, of at most 1024 visible ASCII characters";
        checks.fail("health_check.path", message);
    }
    if !(0..=MAX_ATTEMPTS).contains(&given.attempts) {
        let message = format!("must be at most {MAX_ATTEMPTS}, is {}", given.attempts);
        checks.fail("health_check.attempts", message);
    }
    let mut millis = |field, span, min, default: Duration| {
        let path = format!("health_check.{field}");
        let span = checks.duration(&path, span, min, MAX_PAUSE).unwrap_or(default);
        u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
    };
    HealthCheck {
        port,
        path: given.path,
        timeout_millis: millis("timeout", given.timeout, MIN_WAIT, DEFAULT_WAIT),
        interval_millis: millis("interval", given.interval, MIN_PAUSE, DEFAULT_PAUSE),
        attempts: match given.attempts.unsigned_abs() {
            0 => DEFAULT_ATTEMPTS,
            attempts => attempts,
        },
        delete_on_failure: given.delete_on_failure,
    }
}

/// A port as the API shows it.
pub(super) fn message(port: Port) -> v1::Port {
    v1::Port {
        port: port.port.into(),
        public: port.public,
        ready_path: port.ready_path,
        lan: port.lan,
        host_port: port.host_port.into(),
    }
}
