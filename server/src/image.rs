//! Images: the built-in one, `host`, and those that were imported or pulled.
//!
//! ```text
//! <data>/images/host/…      see `host`
//!              /img_…/root  an image's files, owners 0 to 65,535
//!              /blobs/…     layers as registries have them, see `blobs`
//!              /.new-…      half made; swept at start
//! ```
//!
//! An image is there when its record is. Files without a record are swept at
//! start; a record without files is not listed, and said in the log.

mod blobs;
mod build;
mod export;
mod host;
mod import;
mod layers;
mod name;
mod oci;
mod package;
mod prune;
mod pull;
mod registry;

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::ops::Bound;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{Semaphore, watch};

pub use build::{Build, BuildError, BuildEvent, BuildRequest, Building};
pub use export::Export;
pub use host::{HostImageError, RecipeError};
pub use import::Import;
pub use oci::{DocumentError, Platform, PlatformError};
pub use prune::Pruned;
pub use pull::{CountUsers, LayerProgress, Pull, PullConfig, PullPhase, PullRequest};
pub use registry::{Credentials, Reference, ReferenceError, RegistryError, Secret};

pub use crate::archive::{Digest, DigestError, Refusal, UnpackError};
use crate::model::{ExecDefaults, HOST_IMAGE, Image, ImageSource};
use crate::storage::{Pool, StorageError, remove_tree};
use crate::store::{Store, StoreError, Table};
use crate::whole::whole;
use blobs::Blobs;
use name::{Index, NameClaim};
use pull::Pulls;

/// What the name of a directory that is being made starts with.
const HALF_MADE: &str = ".new-";
/// Where layers are, as registries have them.
const BLOBS: &str = "blobs";
/// Imports at once: each has a thread, and they share the disk.
const MAX_IMPORTS: usize = 4;

/// Why an image could not be made, found or removed.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// No image has that name or id.
    #[error("no image is named {0:?}")]
    NotFound(String),
    /// An image, or an import under way, has that name.
    #[error("an image named {0:?} is there already")]
    NameTaken(String),
    /// The built-in image can't be replaced or removed.
    #[error("the image `host` is built in")]
    BuiltIn,
    /// This machine can't give its own /usr.
    #[error("the image `host` is not available on this machine: {0}")]
    HostUnavailable(String),
    /// Sandboxes were made from it.
    #[error("{users} sandboxes were made from the image {name:?}")]
    InUse {
        /// Its name.
        name: String,
        /// How many.
        users: usize,
    },
    /// As many imports run as may.
    #[error("{MAX_IMPORTS} imports are under way already")]
    Busy,
    /// The archive was not unpacked.
    #[error(transparent)]
    Unpack(#[from] UnpackError),
    /// What the image says of itself is not taken.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The registry did not give it.
    #[error(transparent)]
    Registry(RegistryError),
    /// It was not built.
    #[error(transparent)]
    Build(BuildError),
    /// The daemon goes down, or nobody waits for it any more.
    #[error("the pull was ended before it was done")]
    PullEnded,
    /// The record could not be written or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The host refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// At which path.
        path: PathBuf,
        /// Its answer.
        error: io::Error,
    },
}

impl ImageError {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io { path, error }
    }
}

/// The images of one daemon.
pub struct ImageStore {
    shared: Arc<Shared>,
    /// Its root, or why there is none.
    host: Result<PathBuf, String>,
    host_time: std::time::SystemTime,
    imports: Arc<Semaphore>,
    pulls: Pulls,
    /// Ends builds.
    closing: watch::Sender<bool>,
}

struct Shared {
    dir: PathBuf,
    pool: Arc<dyn Pool>,
    store: Store,
    table: Table<Image>,
    index: Mutex<Index>,
    blobs: Arc<Blobs>,
    pull: PullConfig,
}

impl ImageStore {
    /// Opens the images of a pool, sweeps what is half made, and makes the
    /// image `host` where it is missing or out of date. Blocks on the disk.
    pub fn open(pool: &Arc<dyn Pool>, store: &Store) -> Result<Self, ImageError> {
        Self::open_with(pool, store, PullConfig::default())
    }

    /// As [`ImageStore::open`], with what the daemon was told of pulls.
    pub fn open_with(
        pool: &Arc<dyn Pool>,
        store: &Store,
        pull: PullConfig,
    ) -> Result<Self, ImageError> {
        let dir = &pool.root().join("images");
        let private = fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
        private.map_err(ImageError::at(dir))?;
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(ImageError::at(dir))?;
        let table = store.table::<Image>();
        let mut images = BTreeMap::new();
        for image in table.all()? {
            if dir.join(image.files().as_str()).join("root").is_dir() {
                images.insert(image.name.clone(), image);
            } else {
                tracing::error!(image = image.name, id = %image.id, "an image's files are gone");
            }
        }
        let shared = Shared {
            dir: dir.to_owned(),
            pool: Arc::clone(pool),
            store: store.clone(),
            table,
            index: Mutex::new(Index::new(images)),
            blobs: Arc::new(Blobs::open(dir)?),
            pull,
        };
        shared.sweep()?;
        let host = host::open(&**pool, &dir.join(HOST_IMAGE)).map_err(|error| error.to_string());
        if let Err(reason) = &host {
            tracing::warn!(reason, "the image `host` is not available");
        }
        Ok(Self {
            shared: Arc::new(shared),
            host,
            host_time: std::time::SystemTime::now(),
            imports: Arc::new(Semaphore::new(MAX_IMPORTS)),
            pulls: Pulls::default(),
            closing: watch::Sender::new(false),
        })
    }

    /// Where the files of an image are, by name or id, and its name.
    pub fn source(&self, name_or_id: &str) -> Result<(String, ImageSource), ImageError> {
        if name_or_id == HOST_IMAGE {
            let root = self.host.clone().map_err(ImageError::HostUnavailable)?;
            return Ok((HOST_IMAGE.to_owned(), ImageSource { lowers: vec![root], host_usr: true }));
        }
        let image = self.get(name_or_id)?;
        let root = self.shared.dir.join(image.files().as_str()).join("root");
        Ok((image.name, ImageSource { lowers: vec![root], host_usr: false }))
    }

    /// An imported image, by name or id.
    pub fn get(&self, name_or_id: &str) -> Result<Image, ImageError> {
        self.shared.index.lock().find(name_or_id).cloned()
    }

    /// What an image says of commands; nothing where it is not there.
    pub fn exec_defaults(&self, name_or_id: &str) -> ExecDefaults {
        let index = self.shared.index.lock();
        index.find(name_or_id).map(|image| image.config.exec_defaults()).unwrap_or_default()
    }

    /// The digest of an image's manifest; empty where it has none, or is not
    /// there.
    pub fn digest(&self, name_or_id: &str) -> String {
        let index = self.shared.index.lock();
        index.find(name_or_id).map(|image| image.origin.digest.clone()).unwrap_or_default()
    }

    /// Whether the image `host` can be used, and since when this daemon has it.
    pub fn host(&self) -> Result<std::time::SystemTime, ImageError> {
        self.host.clone().map(|_| self.host_time).map_err(ImageError::HostUnavailable)
    }

    /// Imported images by name, after one name, at most `limit`.
    pub fn list(&self, after: Option<&str>, limit: usize) -> Vec<Image> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let index = self.shared.index.lock();
        let listed = index.images.range::<str, _>((start, Bound::Unbounded)).take(limit);
        listed.map(|(_, image)| image.clone()).collect()
    }

    /// How many images there are, `host` included where it can be used.
    pub fn count(&self) -> usize {
        self.shared.index.lock().images.len() + usize::from(self.host.is_ok())
    }

    /// Begins an import; `name` was checked.
    pub fn import(&self, name: &str) -> Result<Import, ImageError> {
        if name == HOST_IMAGE {
            return Err(ImageError::BuiltIn);
        }
        let claim = NameClaim::new(Arc::clone(&self.shared), name)?;
        let permit = Arc::clone(&self.imports).try_acquire_owned().map_err(|_| ImageError::Busy)?;
        Ok(import::start(Arc::clone(&self.shared), claim, permit))
    }

    /// Removes an image that `users` counts no sandbox of. It can't be found
    /// any more while they are counted, so that no new one slips in.
    pub async fn delete(
        &self,
        name_or_id: &str,
        users: impl FnOnce(&Image) -> usize,
    ) -> Result<(), ImageError> {
        if name_or_id == HOST_IMAGE {
            return Err(ImageError::BuiltIn);
        }
        let image = self.shared.index.lock().take(name_or_id)?;
        let users = users(&image);
        if users > 0 {
            let name = image.name.clone();
            self.shared.index.lock().images.insert(name.clone(), image);
            return Err(ImageError::InUse { name, users });
        }
        let shared = Arc::clone(&self.shared);
        whole(async move {
            if let Err(error) = shared.table.delete(image.id.as_str()).await {
                shared.index.lock().images.insert(image.name.clone(), image);
                return Err(error.into());
            }
            shared.remove_files(&image).await;
            Ok(())
        })
        .await
    }

    /// Ends pulls and builds, and waits for the imports under way; no new one
    /// starts.
    pub async fn close(&self) {
        self.closing.send_replace(true);
        self.pulls.close().await;
        let all = u32::try_from(MAX_IMPORTS).expect("a handful");
        // Only a second close finds it closed.
        let _closed = self.imports.acquire_many(all).await;
        self.imports.close();
    }
}

impl Shared {
    /// Removes directories that no record knows.
    fn sweep(&self) -> Result<(), ImageError> {
        let index = self.index.lock();
        let known: HashSet<&str> =
            index.images.values().map(|image| image.files().as_str()).collect();
        for entry in fs::read_dir(&self.dir).map_err(ImageError::at(&self.dir))? {
            let path = entry.map_err(ImageError::at(&self.dir))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name != HOST_IMAGE && name != BLOBS && !known.contains(name) {
                tracing::info!(path = %path.display(), "removing what no image record knows");
                remove_files(&*self.pool, &path).map_err(ImageError::at(&path))?;
            }
        }
        Ok(())
    }
}

/// Removes an image's files; what is not there is no error.
fn remove_files(pool: &dyn Pool, path: &Path) -> io::Result<()> {
    // A tree of its own, which may be sealed.
    pool.remove_directory(&path.join("root")).map_err(io::Error::other)?;
    remove_tree(path)
}
