//! `PullImage`: its request, checked, and its events.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{self, BoxStream, StreamExt};
use skerry_api::v1;
use skerry_api::v1::PullImageResponse;
use skerry_api::v1::pull_image_request::Credentials as Given;
use skerry_api::v1::pull_image_response::Event;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tonic::Status;

use super::check::Checks;
use super::{Drain, KEEP_ALIVE, convert, status};
use crate::engine::Engine;
use crate::image::{
    CountUsers, Credentials, ImageError, ImageStore, LayerProgress, Platform, Pull, PullPhase,
    PullRequest, Secret,
};
use crate::model::{HOST_IMAGE, ImageId};

/// How often progress is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// Bytes of a user's name, a password, a token.
const MAX_CREDENTIAL_BYTES: usize = 64 << 10;
/// Bytes of certificates.
const MAX_CERTIFICATE_BYTES: usize = 1 << 20;

/// What `PullImage` answers with.
pub(super) type PullStream = BoxStream<'static, Result<PullImageResponse, Status>>;

/// Checks a request.
pub(super) fn request(request: v1::PullImageRequest) -> Result<PullRequest, Status> {
    let mut checks = Checks::default();
    let reference = request.reference.parse();
    let reference = reference.map_err(|error| checks.fail("reference", format!("{error}"))).ok();
    let name = if request.name.is_empty() { request.reference } else { request.name };
    if reference.is_some() {
        checks.image_name("name", &name);
    }
    let platform = match request.platform.as_str() {
        "" => Some(Platform::host()),
        text => text.parse().map_err(|error| checks.fail("platform", format!("{error}"))).ok(),
    };
    if request.ca_certificate.len() > MAX_CERTIFICATE_BYTES {
        checks.fail("ca_certificate", format!("must have at most {MAX_CERTIFICATE_BYTES} bytes"));
    }
    let credentials = credentials(&mut checks, request.credentials);
    checks.finish()?;
    let (Some(reference), Some(platform)) = (reference, platform) else {
        return Err(super::check::field("reference", "must be set"));
    };
    let ca_certificate = Some(request.ca_certificate).filter(|pem| !pem.is_empty());
    let plain_http = request.plain_http;
    Ok(PullRequest { reference, name, platform, plain_http, ca_certificate, credentials })
}

/// Pulls the image of a create where there is none of that name. What no
/// registry may have, the create refuses.
pub(super) async fn missing(
    images: &ImageStore,
    engine: &Engine,
    image: &str,
) -> Result<(), Status> {
    let is_id = image.parse::<ImageId>().is_ok();
    if image.is_empty() || image == HOST_IMAGE || is_id {
        return Ok(());
    }
    let Err(ImageError::NotFound(_)) = images.get(image) else { return Ok(()) };
    let wanted = v1::PullImageRequest { reference: image.to_owned(), ..Default::default() };
    let Ok(request) = request(wanted) else { return Ok(()) };
    let mut pull = images.pull(request, users(engine)).await?;
    pull.finished().await.map(drop).map_err(|error| Status::from(&*error))
}

/// Counts the sandboxes of an image.
pub(super) fn users(engine: &Engine) -> CountUsers {
    let engine = engine.clone();
    Arc::new(move |image| engine.users_of(image))
}

fn credentials(checks: &mut Checks, given: Option<Given>) -> Option<Credentials> {
    let sendable =
        |text: &str| text.len() <= MAX_CREDENTIAL_BYTES && !text.chars().any(char::is_control);
    match given? {
        Given::Basic(basic) => {
            if !sendable(&basic.username) || basic.username.contains(':') {
                checks.fail("basic.username", "must have no colon and no control character");
            }
            if !sendable(&basic.password) {
                checks.fail("basic.password", "must have no control character");
            }
            let password = Secret::new(basic.password);
            Some(Credentials::Basic { username: basic.username, password })
        }
        Given::BearerToken(token) => {
            if !sendable(&token) || token.is_empty() {
                checks.fail("bearer_token", "must not be empty nor have control characters");
            }
            Some(Credentials::Bearer(Secret::new(token)))
        }
    }
}

/// A pull's events; dropping them is what a caller that goes away does.
struct Events {
    pull: Pull,
    drain: Drain,
    ticks: tokio::time::Interval,
    /// As they were told.
    told: HashMap<String, LayerProgress>,
    waiting: Vec<PullImageResponse>,
    last: Instant,
    over: bool,
}

/// The events of a pull, until it ends.
pub(super) fn events(pull: Pull, drain: Drain) -> PullStream {
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let first = progress(LayerProgress {
        digest: String::new(),
        downloaded: 0,
        total: 0,
        phase: PullPhase::Waiting,
    });
    let events = Events {
        pull,
        drain,
        ticks,
        told: HashMap::new(),
        waiting: vec![first],
        last: Instant::now(),
        over: false,
    };
    stream::unfold(events, |mut events| async {
        let next = events.next().await?;
        Some((next, events))
    })
    .boxed()
}

impl Events {
    async fn next(&mut self) -> Option<Result<PullImageResponse, Status>> {
        loop {
            if let Some(event) = self.waiting.pop() {
                self.last = Instant::now();
                return Some(Ok(event));
            }
            if self.over {
                return None;
            }
            tokio::select! {
                () = self.drain.begun() => {
                    self.over = true;
                    return Some(Err(status::shutting_down("the daemon goes down")));
                }
                finished = self.pull.finished() => {
                    self.over = true;
                    let image = match finished {
                        Ok(image) => convert::image(image),
                        Err(error) => return Some(Err(Status::from(&*error))),
                    };
                    self.look();
                    // Taken from the end: the image is the last event.
                    self.waiting.insert(0, PullImageResponse { event: Some(Event::Image(image)) });
                }
                _ = self.ticks.tick() => self.look(),
            }
        }
    }

    /// Puts up what has changed, and all once nothing was said for long.
    fn look(&mut self) {
        let all = self.last.elapsed() >= KEEP_ALIVE;
        for layer in self.pull.progress().into_iter().rev() {
            if all || self.told.get(&layer.digest) != Some(&layer) {
                self.told.insert(layer.digest.clone(), layer.clone());
                self.waiting.push(progress(layer));
            }
        }
    }
}

fn progress(layer: LayerProgress) -> PullImageResponse {
    let phase = match layer.phase {
        PullPhase::Waiting => v1::PullPhase::Waiting,
        PullPhase::Downloading => v1::PullPhase::Downloading,
        PullPhase::Downloaded => v1::PullPhase::Downloaded,
        PullPhase::Unpacking => v1::PullPhase::Unpacking,
        PullPhase::Done => v1::PullPhase::Done,
    };
    let progress = v1::PullProgress {
        layer: layer.digest,
        downloaded_bytes: convert::signed(layer.downloaded),
        total_bytes: convert::signed(layer.total),
        phase: phase.into(),
    };
    PullImageResponse { event: Some(Event::Progress(progress)) }
}
