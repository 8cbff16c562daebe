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
//! Nothing of it is root on the host, whatever a RUN breaks out of. It has no
//! network unless that is asked for. No mount of it is in the daemon's mount
//! namespace. Killing the first process ends all: the second is the parent of
//! its pid namespace's first one, which ends with it.

mod process;

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, chown};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use rustix::fs::OFlags;
use tokio::io::AsyncWriteExt;
use tokio::sync::{mpsc, oneshot, watch};

use super::import::{fill, place};
use super::name::{NameClaim, new_id};
use super::{HALF_MADE, ImageError, ImageStore, Shared, remove_tree};
use crate::model::{HOST_IMAGE, Image};
use process::Ended;

/// The most bytes of a context.
const MAX_CONTEXT_BYTES: u64 = 8 << 30;
/// Pieces of the log that wait to be sent: a caller that does not read holds
/// the build back.
const QUEUED_PIECES: usize = 16;
/// First of the host's ids that builds have: beyond those of all sandboxes.
const FIRST_ID: u32 = 0xf000_0000;
/// Ids of each build.
const IDS: u32 = 1 << 16;
/// Builds that have ids of their own at once; more than may run.
const RANGES: u32 = 1 << 8;
/// In the build's folder.
const CONTEXT: &str = "context.tar";
const CONTAINERFILE: &str = "Containerfile";
const RESULT: &str = "result.tar";

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

/// The build's folder; removed when it is dropped.
struct Folder {
    path: PathBuf,
    first_id: u32,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = remove_tree(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "can't remove a build's folder");
        }
    }
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
        let folder = Folder::new(&self.shared.dir)?;
        let context = folder.file(CONTEXT, b"")?;
        folder.file(CONTAINERFILE, request.containerfile.as_bytes())?;
        Ok(Build {
            folder,
            context: tokio::fs::File::from_std(context),
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
        let path = &self.folder.path;
        self.context.write_all(piece).await.map_err(ImageError::at(path))
    }

    /// Runs it.
    pub async fn start(mut self) -> Result<Building, ImageError> {
        self.context.flush().await.map_err(ImageError::at(&self.folder.path))?;
        let (log, events) = mpsc::channel(QUEUED_PIECES);
        let (answer, outcome) = oneshot::channel();
        // Owned by the permit: closing the store waits for it.
        tokio::spawn(async move {
            let Self { folder, request, claim, shared, closing, permit, length, .. } = self;
            let ran = process::run(&folder, &request, length > 0, log, closing).await;
            let built = match ran {
                Ok(Ended::Built) => import(&shared, &claim, folder).await,
                Ok(Ended::Unwanted) => Err(ImageError::PullEnded),
                Err(error) => Err(error),
            };
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

impl Folder {
    fn new(images: &Path) -> Result<Self, ImageError> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let first_id = FIRST_ID + (NEXT.fetch_add(1, Ordering::Relaxed) % RANGES) * IDS;
        let path = images.join(format!("{HALF_MADE}build-{}", new_id()));
        fs::DirBuilder::new().mode(0o700).create(&path).map_err(ImageError::at(&path))?;
        let folder = Self { path, first_id };
        folder.give_away(&folder.path)?;
        Ok(folder)
    }

    /// A file that the build may read.
    fn file(&self, name: &str, content: &[u8]) -> Result<File, ImageError> {
        let path = self.path.join(name);
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(ImageError::at(&path))?;
        io::Write::write_all(&mut file, content).map_err(ImageError::at(&path))?;
        self.give_away(&path)?;
        Ok(file)
    }

    fn give_away(&self, path: &Path) -> Result<(), ImageError> {
        chown(path, Some(self.first_id), Some(self.first_id)).map_err(ImageError::at(path))
    }

    /// What was built. The folder was the build's own: what has the name may
    /// be anything.
    fn result(&self) -> Result<File, ImageError> {
        let path = self.path.join(RESULT);
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
        let opened = File::options().read(true).custom_flags(flags).open(&path);
        let file = opened.map_err(|_| BuildError::Failed("it left no image".to_owned()))?;
        match file.metadata() {
            Ok(meta) if meta.is_file() => Ok(file),
            _ => Err(BuildError::Failed("it left no image".to_owned()).into()),
        }
    }
}

/// Imports what was built.
async fn import(
    shared: &Arc<Shared>,
    claim: &NameClaim,
    folder: Folder,
) -> Result<Image, ImageError> {
    let id = new_id();
    let (store, file_name) = (Arc::clone(shared), id.to_string());
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
