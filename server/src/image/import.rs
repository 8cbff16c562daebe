//! Importing: pieces of an archive in, a whole image or nothing out.
//!
//! ```text
//!  caller ─▶ bounded queue ─▶ blocking thread: unpack into images/.new-<id>
//!                                   │ the end was seen
//!                                   ▼
//!                 syncfs ─▶ rename to images/<id> ─▶ record (durable) ─▶ listed
//! ```
//!
//! A caller that goes away before the end leaves nothing. One that goes away
//! after it leaves the image: the task is the store's, not the caller's.

use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::name::{NameClaim, new_id};
use super::oci::Platform;
use super::package::{self, Contents};
use super::{HALF_MADE, ImageError, Shared, remove_files};
use crate::archive::Intake;
use crate::archive::member::MemberPath;
use crate::archive::pieces::{PieceReader, incoming};
use crate::archive::place::Root;
use crate::archive::unpack::{Unpacked, unpack};
use crate::model::{Image, ImageConfig, ImageId, ImageOrigin};
use crate::storage::Pool;

/// An import under way.
pub type Import = Intake<Image, ImageError>;

/// Starts the task. `permit` and `name` are held until it ends.
pub(super) fn start(shared: Arc<Shared>, name: NameClaim, permit: OwnedSemaphorePermit) -> Import {
    let (pieces, received) = incoming();
    let (answer, outcome) = oneshot::channel();
    // Owned by the permit: closing the store waits for all of them.
    tokio::spawn(async move {
        let imported = import(&shared, &name, received).await;
        drop(name);
        // A caller that has gone does not hear the answer.
        let _unheard = answer.send(imported);
        drop(permit);
    });
    Intake::new(pieces, outcome)
}

async fn import(
    shared: &Arc<Shared>,
    name: &NameClaim,
    pieces: PieceReader,
) -> Result<Image, ImageError> {
    let id = new_id();
    let (store, file_name) = (Arc::clone(shared), id.to_string());
    let filled = tokio::task::spawn_blocking(move || {
        place(&store, &file_name, |root| fill(&store.dir, root, pieces))
    })
    .await
    .map_err(|error| ImageError::Io { path: shared.dir.clone(), error: error.into() })??;
    shared.keep(filled.image(id, name), &|_| 0).await
}

/// What an image's root was filled with.
pub(super) struct Filled {
    pub(super) unpacked: Unpacked,
    pub(super) origin: ImageOrigin,
    pub(super) config: ImageConfig,
}

impl Filled {
    /// The record of it.
    pub(super) fn image(self, id: ImageId, name: &NameClaim) -> Image {
        Image {
            id,
            name: name.name().to_owned(),
            size_bytes: self.unpacked.bytes,
            entries: self.unpacked.entries,
            create_time: SystemTime::now(),
            files: None,
            origin: self.origin,
            config: self.config,
        }
    }
}

/// Unpacks an archive of any kind into the empty directory `root`.
pub(super) fn fill(dir: &Path, root: &Path, source: impl Read) -> Result<Filled, ImageError> {
    match package::open(source, dir)? {
        Contents::Plain(source) => Ok(Filled {
            unpacked: unpack(source, root)?,
            origin: ImageOrigin::default(),
            config: ImageConfig::default(),
        }),
        Contents::Package(package) => {
            let packed = package.image(&Platform::host())?;
            let unpacked = package.unpack(&packed, root)?;
            Ok(Filled { unpacked, origin: packed.origin, config: packed.config })
        }
    }
}

/// Fills `dir/id/root`: all of it, or nothing stays.
pub(super) fn place(
    shared: &Shared,
    id: &str,
    fill: impl FnOnce(&Path) -> Result<Filled, ImageError>,
) -> Result<Filled, ImageError> {
    let (dir, pool) = (&shared.dir, &shared.pool);
    let path = dir.join(format!("{HALF_MADE}{id}"));
    let staging = Staging { pool: Arc::clone(pool), path };
    let root = staging.path.join("root");
    pool.make_directory(&root)?;
    // Whatever the daemon's umask: an image may leave it unsaid.
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&root, mode).map_err(ImageError::at(&root))?;
    let filled = fill(&root)?;
    make_promised(&root, &filled.config).map_err(ImageError::at(&root))?;
    pool.seal_root(&root)?;
    let opened = std::fs::File::open(dir).map_err(ImageError::at(dir))?;
    // The record must not outlive the files that it promises.
    rustix::fs::syncfs(&opened).map_err(io::Error::from).map_err(ImageError::at(dir))?;
    let whole = dir.join(id);
    std::fs::rename(&staging.path, &whole).map_err(ImageError::at(&whole))?;
    opened.sync_all().map_err(ImageError::at(dir))?;
    Ok(filled)
}

/// Makes the directories that an image speaks of and does not have: where its
/// commands run, and what it calls volumes, which are part of a sandbox's own
/// disk unless something is mounted there.
fn make_promised(root: &Path, config: &ImageConfig) -> io::Result<()> {
    let mut root = Root::open(root)?;
    for path in config.volumes.iter().chain([&config.working_dir]) {
        // What can't be one, such as a file's name, is as it is.
        let path = MemberPath::parse(path.trim_start_matches('/').as_bytes());
        let _ = path.map(|path| root.promised(&path));
    }
    Ok(())
}

/// Removes what is half made when it is dropped; nothing, once it has its
/// final name.
struct Staging {
    pool: Arc<dyn Pool>,
    path: PathBuf,
}

impl Drop for Staging {
    fn drop(&mut self) {
        if let Err(error) = remove_files(&*self.pool, &self.path) {
            tracing::warn!(path = %self.path.display(), %error, "can't remove a half-made image");
        }
    }
}
