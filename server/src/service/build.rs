//! `BuildImage` and `ExportImage`: their messages and their streams.

use std::time::Duration;

use futures::stream::{self, BoxStream, StreamExt};
use skerry_api::v1;
use skerry_api::v1::build_image_request::{Part, Start};
use skerry_api::v1::build_image_response::Event;
use tonic::{Status, Streaming};

use super::check::{Checks, field};
use super::{Drain, convert, status};
use crate::image::{BuildEvent, BuildRequest, Building, ImageStore};

/// Bytes of one piece of a context.
const MAX_CHUNK_BYTES: usize = 1 << 20;
/// Bytes of a Containerfile.
const MAX_CONTAINERFILE_BYTES: usize = 1 << 20;
/// How long a build may take that does not say it.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// The least bound of its disk: less holds no image at all.
const MIN_DISK_BYTES: i64 = 16 << 20;
const MIN_TIMEOUT: Duration = Duration::from_secs(1);
const MAX_TIMEOUT: Duration = Duration::from_secs(6 * 60 * 60);

/// What `BuildImage` answers with.
pub(super) type BuildStream = BoxStream<'static, Result<v1::BuildImageResponse, Status>>;

/// Takes a build's request and its context, and starts it.
pub(super) async fn started(
    images: &ImageStore,
    mut parts: Streaming<v1::BuildImageRequest>,
) -> Result<Building, Status> {
    let first = parts.message().await.map_err(status::of_stream)?.and_then(|message| message.part);
    let Some(Part::Start(start)) = first else {
        return Err(field("start", "must be the first message"));
    };
    let mut build = images.build(request(start)?)?;
    while let Some(message) = parts.message().await.map_err(status::of_stream)? {
        match message.part {
            Some(Part::Chunk(chunk)) if chunk.len() <= MAX_CHUNK_BYTES => {
                build.piece(&chunk).await?;
            }
            Some(Part::Chunk(_)) => {
                return Err(field("chunk", format!("must have at most {MAX_CHUNK_BYTES} bytes")));
            }
            Some(Part::Start(_)) => return Err(field("start", "must be the first message alone")),
            None => return Err(field("chunk", "must be set")),
        }
    }
    Ok(build.start().await?)
}

fn request(start: Start) -> Result<BuildRequest, Status> {
    let mut checks = Checks::default();
    checks.image_name("start.name", &start.name);
    let length = start.containerfile.len();
    if length == 0 || length > MAX_CONTAINERFILE_BYTES {
        let message = format!("must have 1 to {MAX_CONTAINERFILE_BYTES} bytes");
        checks.fail("start.containerfile", message);
    }
    checks.env("start.build_args", &start.build_args);
    let timeout = checks.duration("start.timeout", start.timeout, MIN_TIMEOUT, MAX_TIMEOUT);
    let disk_bytes = start.disk_bytes;
    if disk_bytes != 0 && !(MIN_DISK_BYTES..).contains(&disk_bytes) {
        checks.fail("start.disk_bytes", format!("must be 0 or at least {MIN_DISK_BYTES}"));
    }
    checks.finish()?;
    Ok(BuildRequest {
        name: start.name,
        containerfile: start.containerfile,
        args: start.build_args.into_iter().collect(),
        network: start.network,
        timeout: timeout.unwrap_or(DEFAULT_TIMEOUT),
        disk_bytes: u64::try_from(disk_bytes).ok().filter(|bytes| *bytes > 0),
    })
}

/// What a build says, until it ends.
pub(super) fn events(building: Building, drain: Drain) -> BuildStream {
    let state = (building, drain, false);
    stream::unfold(state, |(mut building, mut drain, over)| async move {
        if over {
            return None;
        }
        let next = tokio::select! {
            () = drain.begun() => Err(status::shutting_down("the daemon goes down")),
            next = building.next() => next?.map_err(Status::from),
        };
        let over = matches!(next, Err(_) | Ok(BuildEvent::Image(_)));
        let next = next.map(|event| {
            let event = match event {
                BuildEvent::Log(piece) => Event::Log(piece),
                BuildEvent::Image(image) => Event::Image(convert::image(*image)),
            };
            v1::BuildImageResponse { event: Some(event) }
        });
        Some((next, (building, drain, over)))
    })
    .boxed()
}
