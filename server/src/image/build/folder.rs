//! The folder that a build works in: its own to the last file, bounded in size
//! where the storage can, and removed with it.

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::fs::OFlags;

use super::BuildError;
use crate::image::name::new_id;
use crate::image::{HALF_MADE, ImageError};
use crate::storage::{Pool, StorageError};

/// Its archive of what the steps may copy.
pub(super) const CONTEXT: &str = "context.tar";
/// Its steps.
pub(super) const CONTAINERFILE: &str = "Containerfile";
/// Names of the images that were given to it, one a line; the first one's
/// archive is `base-0.tar`.
pub(super) const BASES: &str = "bases";
/// What comes of it.
pub(super) const RESULT: &str = "result.tar";
/// Ids of each build.
pub(super) const IDS: u32 = 1 << 16;

/// First of the host's ids that builds have: beyond those of all sandboxes.
const FIRST_ID: u32 = 0xf000_0000;
/// Builds that have ids of their own at once; more than may run.
const RANGES: u32 = 1 << 8;
/// Bytes that a build may have where its caller says nothing: each layer is a
/// copy of the one below it.
const DEFAULT_BYTES: u64 = 32 << 30;

/// The build's folder; removed when it is dropped.
pub(super) struct Folder {
    pool: Arc<dyn Pool>,
    path: PathBuf,
    first_id: u32,
}

impl Folder {
    /// A new one in a directory of the pool. A bound that is asked for is held
    /// or refused.
    pub(super) fn new(
        pool: &Arc<dyn Pool>,
        images: &Path,
        bytes: Option<u64>,
    ) -> Result<Self, ImageError> {
        if bytes.is_some() && !pool.has_limits() {
            return Err(StorageError::NoLimits.into());
        }
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let first_id = FIRST_ID + (NEXT.fetch_add(1, Ordering::Relaxed) % RANGES) * IDS;
        let path = images.join(format!("{HALF_MADE}build-{}", new_id()));
        pool.make_directory(&path)?;
        let folder = Self { pool: Arc::clone(pool), path, first_id };
        let path = &folder.path;
        fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(ImageError::at(path))?;
        if pool.has_limits() {
            pool.bound_directory(path, bytes.unwrap_or(DEFAULT_BYTES))?;
        }
        folder.give_away(path)?;
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// First of the host's ids that the build has.
    pub(super) fn first_id(&self) -> u32 {
        self.first_id
    }

    /// Whether the storage has so little room left that the build has to end.
    pub(super) fn is_cramped(&self) -> Result<bool, StorageError> {
        let space = self.pool.space()?;
        Ok(space.free < space.total / 50)
    }

    /// Puts the steps in; the file is for the context.
    pub(super) fn begin(&self, steps: &str) -> Result<tokio::fs::File, ImageError> {
        let path = self.path.join(CONTAINERFILE);
        let mut file = self.file(CONTAINERFILE)?;
        file.write_all(steps.as_bytes()).map_err(ImageError::at(&path))?;
        self.file(BASES)?;
        Ok(tokio::fs::File::from_std(self.file(CONTEXT)?))
    }

    /// A file for the archive of the next image that the steps name: its
    /// number counts from 0.
    pub(super) fn base(&self, number: usize, name: &str) -> Result<File, ImageError> {
        let path = self.path.join(BASES);
        let names = File::options().append(true).open(&path);
        let added = names.and_then(|mut names| writeln!(names, "{name}"));
        added.map_err(ImageError::at(&path))?;
        self.file(&format!("base-{number}.tar"))
    }

    /// What was built. The folder was the build's own: what has the name may
    /// be anything.
    pub(super) fn result(&self) -> Result<File, ImageError> {
        let path = self.path.join(RESULT);
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
        let opened = File::options().read(true).custom_flags(flags).open(&path);
        let file = opened.map_err(|_| BuildError::Failed("it left no image".to_owned()))?;
        match file.metadata() {
            Ok(meta) if meta.is_file() => Ok(file),
            _ => Err(BuildError::Failed("it left no image".to_owned()).into()),
        }
    }

    /// An empty file that the build may read.
    fn file(&self, name: &str) -> Result<File, ImageError> {
        let path = self.path.join(name);
        let file = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(ImageError::at(&path))?;
        self.give_away(&path)?;
        Ok(file)
    }

    fn give_away(&self, path: &Path) -> Result<(), ImageError> {
        chown(path, Some(self.first_id), Some(self.first_id)).map_err(ImageError::at(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = self.pool.remove_directory(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "can't remove a build's folder");
        }
    }
}
