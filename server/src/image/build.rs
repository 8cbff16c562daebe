//! Building: a Containerfile and its context in, an image out.
//!
//! Debian's buildah does the work, as a process tree of its own:
//!
//! ```text
//!  unshare --user ─▶ ids 0 to 65,535 become ones of the host that nobody has
//!    unshare --mount --pid --net --ipc --uts ─▶ buildah, and what RUN runs
//!      /tmp is the build's folder: context, Containerfile, layers, the result
//! ```
//!
//! Images of the daemon that the steps name are put into the folder as well,
//! from where the build takes them in.
//!
//! Nothing of it is root on the host, whatever a RUN breaks out of. It has no
//! network unless that is asked for. No mount of it is in the daemon's mount
//! namespace. Killing the first process ends all: the second is the parent of
//! its pid namespace's first one, which ends with it.

mod base;
mod folder;
mod process;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::AsyncWriteExt;
use tokio::sync::{mpsc, oneshot, watch};

use super::export::Hold;
use super::import::{fill, place};
use super::name::{NameClaim, new_id};
use super::{ImageError, ImageStore, Shared};
use crate::model::{HOST_IMAGE, Image};
use folder::Folder;
use process::Ended;

/// The most bytes of a context.
const MAX_CONTEXT_BYTES: u64 = 8 << 30;
/// Pieces of the log that wait to be sent: a caller that does not read holds
/// the build back.
const QUEUED_PIECES: usize = 16;
/// What to build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildRequest {
    /// The image's name.
    pub name: String,
    /// The steps.
    pub containerfile: String,
    /// Values of its ARGs.
    pub args: Vec<(String, String)>,
    /// With the daemon's own network.
    pub network: bool,
    /// How long it may take.
    pub timeout: Duration,
    /// Bytes on the disk that it may have at once; `None` where nobody asked
    /// for a bound of their own.
    pub disk_bytes: Option<u64>,
}

/// What a build says.
#[derive(Debug)]
pub enum BuildEvent {
    /// A piece of its log.
    Log(Bytes),
    /// The image: the last event.
    Image(Box<Image>),
}

/// Why a build came to nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BuildError {
    /// There is no program that builds.
    #[error("{0} is not installed on the daemon's machine")]
    NoBuilder(&'static str),
    /// A step failed.
    #[error("the build failed: {0}")]
    Failed(String),
    /// It took too long.
    #[error("the build was ended after {} s", .0.as_secs())]
    TimedOut(Duration),
    /// Its context is too large.
    #[error("the context has more than {MAX_CONTEXT_BYTES} bytes")]
    ContextTooBig,
}

/// A build that waits for its context; dropping it undoes it.
pub struct Build {
    folder: Folder,
    context: tokio::fs::File,
    length: u64,
    request: BuildRequest,
    claim: NameClaim,
    shared: Arc<Shared>,
    closing: watch::Receiver<bool>,
    permit: tokio::sync::OwnedSemaphorePermit,
}

/// A build under way; dropping it ends it.
pub struct Building {
    events: mpsc::Receiver<BuildEvent>,
    outcome: oneshot::Receiver<Result<Image, ImageError>>,
}

impl ImageStore {
    /// Begins a build; its request was checked.
    pub fn build(&self, request: BuildRequest) -> Result<Build, ImageError> {
        if request.name == HOST_IMAGE {
            return Err(ImageError::BuiltIn);
        }
        process::check_programs()?;
        let claim = NameClaim::new(Arc::clone(&self.shared), &request.name)?;
        let permit = Arc::clone(&self.imports).try_acquire_owned().map_err(|_| ImageError::Busy)?;
        let folder = Folder::new(&self.shared.pool, &self.shared.dir, request.disk_bytes)?;
        let context = folder.begin(&request.containerfile)?;
        Ok(Build {
            folder,
            context,
            length: 0,
            request,
            claim,
            shared: Arc::clone(&self.shared),
            closing: self.closing.subscribe(),
            permit,
        })
    }
}

impl Build {
    /// The next piece of the context, a tar archive.
    pub async fn piece(&mut self, piece: &[u8]) -> Result<(), ImageError> {
        self.length += piece.len() as u64;
        if self.length > MAX_CONTEXT_BYTES {
            return Err(BuildError::ContextTooBig.into());
        }
        self.context.write_all(piece).await.map_err(ImageError::at(self.folder.path()))
    }

    /// Runs it.
    pub async fn start(mut self) -> Result<Building, ImageError> {
        self.context.flush().await.map_err(ImageError::at(self.folder.path()))?;
        let (log, events) = mpsc::channel(QUEUED_PIECES);
        let (answer, outcome) = oneshot::channel();
        // Owned by the permit: closing the store waits for it.
        tokio::spawn(async move {
            let Self { folder, request, claim, shared, closing, permit, length, .. } = self;
            let folder = Arc::new(folder);
            let built = async {
                let unwanted = closing.clone();
                let wanted = {
                    let log = log.clone();
                    move || !log.is_closed() && !*unwanted.borrow()
                };
                give_bases(&shared, &folder, &request, wanted).await?;
                match process::run(&folder, &request, length > 0, log, closing).await? {
                    Ended::Built => import(&shared, &claim, &folder).await,
                    Ended::Unwanted => Err(ImageError::PullEnded),
                }
            };
            let built = built.await;
            drop(folder);
            drop(claim);
            // A caller that has gone does not hear the answer.
            let _unheard = answer.send(built);
            drop(permit);
        });
        Ok(Building { events, outcome })
    }
}

impl Building {
    /// What it says next; the image is the last event.
    pub async fn next(&mut self) -> Option<Result<BuildEvent, ImageError>> {
        if let Some(event) = self.events.recv().await {
            return Some(Ok(event));
        }
        match (&mut self.outcome).await {
            Ok(built) => Some(built.map(|image| BuildEvent::Image(Box::new(image)))),
            // It was heard before.
            Err(_) => None,
        }
    }
}

/// Puts the images of the daemon that the steps name into the folder.
async fn give_bases(
    shared: &Arc<Shared>,
    folder: &Arc<Folder>,
    request: &BuildRequest,
    wanted: impl Fn() -> bool + Send + 'static,
) -> Result<(), ImageError> {
    let mut bases = Vec::new();
    for name in base::named(&request.containerfile, &request.args) {
        match Hold::new(shared, &name) {
            Ok(hold) => bases.push((name, hold)),
            // It may be in a registry.
            Err(ImageError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let (folder, dir) = (Arc::clone(folder), shared.dir.clone());
    let given = tokio::task::spawn_blocking(move || {
        for (number, (name, hold)) in bases.into_iter().enumerate() {
            hold.write(&wanted, io::BufWriter::new(folder.base(number, &name)?))?;
        }
        Ok(())
    });
    given.await.map_err(|error| ImageError::Io { path: dir, error: error.into() })?
}

/// Imports what was built.
async fn import(
    shared: &Arc<Shared>,
    claim: &NameClaim,
    folder: &Arc<Folder>,
) -> Result<Image, ImageError> {
    let id = new_id();
    let (store, file_name, folder) = (Arc::clone(shared), id.to_string(), Arc::clone(folder));
    let filled = tokio::task::spawn_blocking(move || {
        let result = folder.result()?;
        place(&store, &file_name, |root| fill(&store.dir, root, result))
    });
    let filled = filled
        .await
        .map_err(|error| ImageError::Io { path: shared.dir.clone(), error: error.into() })??;
    shared.keep(filled.image(id, claim), &|_| 0).await
}

impl From<BuildError> for ImageError {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
    }
}
