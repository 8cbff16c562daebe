//! Blobs: layers as registries have them, kept so that an image that shares
//! one does not fetch it again.
//!
//! ```text
//! <data>/images/blobs/sha256/<hex>.part   what has come of it; taken up again
//!                           /<hex>        whole, and of that digest
//! ```
//!
//! One fetch of a blob runs at a time. Others that want it wait for their
//! turn, find it there, or go on where it stopped.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::io::AsyncWriteExt;

use super::oci::Descriptor;
use super::registry::{Registry, RegistryError};
use super::{BLOBS, ImageError};
use crate::archive::digest::{Digest, Hasher};

/// What the name of a blob that is not whole ends with.
const PART: &str = ".part";
/// How long such a one waits to be taken up again.
const PART_TIME: Duration = Duration::from_secs(24 * 60 * 60);
/// Read at once where a part is taken up again.
const READ_BYTES: usize = 1 << 20;
/// The longest pause between two attempts.
const MAX_PAUSE: Duration = Duration::from_secs(10);
/// Attempts at one blob, whatever they bring.
const MAX_ATTEMPTS: u32 = 100;

/// The blobs of one daemon.
pub(super) struct Blobs {
    dir: PathBuf,
    fetches: Mutex<HashMap<Digest, Weak<Fetch>>>,
    /// What pulls under way need, and how many of them.
    pinned: Mutex<BTreeMap<Digest, usize>>,
}

/// The fetch of one blob, and who waits for it.
#[derive(Default)]
pub(super) struct Fetch {
    turn: tokio::sync::Mutex<()>,
    /// Bytes that are there.
    have: AtomicU64,
}

impl Fetch {
    /// Bytes that are there.
    pub(super) fn have(&self) -> u64 {
        self.have.load(Ordering::Relaxed)
    }
}

/// Keeps blobs from being removed until it is dropped.
pub(super) struct Pins {
    blobs: Arc<Blobs>,
    digests: Vec<Digest>,
}

impl Drop for Pins {
    fn drop(&mut self) {
        let mut pinned = self.blobs.pinned.lock();
        for digest in &self.digests {
            if let Some(count) = pinned.get_mut(digest) {
                *count -= 1;
                if *count == 0 {
                    pinned.remove(digest);
                }
            }
        }
    }
}

impl Blobs {
    /// Opens `images/blobs` and removes parts that nobody came back for.
    pub(super) fn open(images: &Path) -> Result<Self, ImageError> {
        let dir = images.join(BLOBS).join("sha256");
        fs::create_dir_all(&dir).map_err(ImageError::at(&dir))?;
        let blobs =
            Self { dir, fetches: Mutex::new(HashMap::new()), pinned: Mutex::new(BTreeMap::new()) };
        for entry in fs::read_dir(&blobs.dir).map_err(ImageError::at(&blobs.dir))? {
            let path = entry.map_err(ImageError::at(&blobs.dir))?.path();
            if is_part(&path) && age(&path) > PART_TIME {
                fs::remove_file(&path).map_err(ImageError::at(&path))?;
            }
        }
        Ok(blobs)
    }

    /// Keeps these from being removed.
    pub(super) fn pin(self: &Arc<Self>, digests: Vec<Digest>) -> Pins {
        let mut pinned = self.pinned.lock();
        for digest in &digests {
            *pinned.entry(digest.clone()).or_default() += 1;
        }
        drop(pinned);
        Pins { blobs: Arc::clone(self), digests }
    }

    /// The fetch of a blob: that under way, or a new one.
    pub(super) fn fetch_of(&self, digest: &Digest) -> Arc<Fetch> {
        let mut fetches = self.fetches.lock();
        if let Some(fetch) = fetches.get(digest).and_then(Weak::upgrade) {
            return fetch;
        }
        fetches.retain(|_, fetch| fetch.strong_count() > 0);
        let fetch = Arc::new(Fetch::default());
        fetches.insert(digest.clone(), Arc::downgrade(&fetch));
        fetch
    }

    /// Opens a blob that is there.
    pub(super) fn open_blob(&self, digest: &Digest) -> io::Result<File> {
        File::open(self.path(digest))
    }

    /// Removes a blob that turned out to be another.
    pub(super) fn forget(&self, digest: &Digest) {
        if let Err(error) = fs::remove_file(self.path(digest)) {
            tracing::warn!(%digest, %error, "can't remove a damaged blob");
        }
    }

    /// Removes what `used` does not name and no pull needs; answers with how
    /// many and their bytes. `used` is asked when no pull can begin or end.
    /// With `dry_run` nothing is removed. Blocks on the disk.
    pub(super) fn prune(
        &self,
        used: impl FnOnce() -> HashSet<String>,
        dry_run: bool,
    ) -> Result<(u64, u64), ImageError> {
        let pinned = self.pinned.lock();
        let used = used();
        let (mut count, mut bytes) = (0, 0);
        for entry in fs::read_dir(&self.dir).map_err(ImageError::at(&self.dir))? {
            let path = entry.map_err(ImageError::at(&self.dir))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let digest = Digest::from_hex(name.strip_suffix(PART).unwrap_or(name));
            let wanted = digest.is_ok_and(|digest| {
                pinned.contains_key(&digest)
                    || (used.contains(digest.as_str()) && !is_part(&path))
                    || (is_part(&path) && age(&path) < PART_TIME)
            });
            if wanted {
                continue;
            }
            bytes += fs::metadata(&path).map_err(ImageError::at(&path))?.len();
            count += 1;
            if !dry_run {
                fs::remove_file(&path).map_err(ImageError::at(&path))?;
            }
        }
        Ok((count, bytes))
    }

    /// Has the blob here when it returns. Dropping it leaves what has come.
    pub(super) async fn fetch(
        &self,
        fetch: &Fetch,
        registry: &Registry,
        blob: &Descriptor,
    ) -> Result<(), ImageError> {
        let _turn = fetch.turn.lock().await;
        let path = self.path(&blob.digest);
        if tokio::fs::metadata(&path).await.is_ok_and(|meta| meta.len() == blob.size) {
            fetch.have.store(blob.size, Ordering::Relaxed);
            return Ok(());
        }
        let mut part = Part::open(self.dir.join(format!("{}{PART}", blob.digest.hex()))).await?;
        let mut pause = registry.timing().pause;
        let mut fruitless = 0;
        for _ in 0..MAX_ATTEMPTS {
            fetch.have.store(part.length, Ordering::Relaxed);
            let before = part.length;
            let error = match part.fill(registry, blob, fetch).await {
                Ok(()) => return part.finish(registry, blob, &path).await,
                Err(ImageError::Registry(error)) if error.is_passing() => error,
                Err(error) => return Err(error),
            };
            if part.length > before {
                (fruitless, pause) = (0, registry.timing().pause);
            }
            fruitless += 1;
            if fruitless >= registry.timing().attempts {
                return Err(error.into());
            }
            tracing::info!(digest = %blob.digest, %error, "fetching a blob again");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(MAX_PAUSE);
        }
        Err(registry.unavailable("it breaks off again and again").into())
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.dir.join(digest.hex())
    }
}

fn is_part(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == &PART[1..])
}

/// Since it was last written to.
fn age(path: &Path) -> Duration {
    let written = fs::metadata(path).and_then(|meta| meta.modified());
    written.ok().and_then(|time| time.elapsed().ok()).unwrap_or_default()
}

/// What has come of a blob.
struct Part {
    path: PathBuf,
    file: tokio::fs::File,
    length: u64,
    hasher: Hasher,
}

impl Part {
    /// Takes up what is there.
    async fn open(path: PathBuf) -> Result<Self, ImageError> {
        let opened = path.clone();
        let read = tokio::task::spawn_blocking(move || {
            let options = File::options().read(true).append(true).create(true).open(&opened);
            let mut file = options?;
            let (mut hasher, mut length) = (Hasher::default(), 0);
            let mut buffer = vec![0; READ_BYTES];
            loop {
                match file.read(&mut buffer)? {
                    0 => return Ok((file, hasher, length)),
                    read => {
                        hasher.update(&buffer[..read]);
                        length += read as u64;
                    }
                }
            }
        });
        let read: io::Result<_> = read.await.map_err(io::Error::from).and_then(|result| result);
        let (file, hasher, length) = read.map_err(ImageError::at(&path))?;
        Ok(Self { path, file: tokio::fs::File::from_std(file), length, hasher })
    }

    /// Fetches what is missing.
    async fn fill(
        &mut self,
        registry: &Registry,
        blob: &Descriptor,
        fetch: &Fetch,
    ) -> Result<(), ImageError> {
        if self.length > blob.size {
            self.restart().await?;
        }
        if self.length == blob.size && self.length > 0 {
            return Ok(());
        }
        let (mut answer, begins) = registry.blob(blob, self.length).await?;
        if begins != self.length {
            self.restart().await?;
            if begins != 0 {
                return Err(registry
                    .unavailable("it sends another part than was asked for")
                    .into());
            }
        }
        while let Some(chunk) = registry.chunk(&mut answer).await? {
            if self.length + chunk.len() as u64 > blob.size {
                self.restart().await?;
                let got = format!("more than {} bytes", blob.size);
                return Err(registry.wrong("layer", &blob.digest, &got).into());
            }
            self.file.write_all(&chunk).await.map_err(ImageError::at(&self.path))?;
            self.hasher.update(&chunk);
            self.length += chunk.len() as u64;
            fetch.have.store(self.length, Ordering::Relaxed);
        }
        self.file.flush().await.map_err(ImageError::at(&self.path))?;
        match self.length == blob.size {
            true => Ok(()),
            false => Err(registry.unavailable("it broke off in the middle of a layer").into()),
        }
    }

    /// Begins anew.
    async fn restart(&mut self) -> Result<(), ImageError> {
        self.file.flush().await.map_err(ImageError::at(&self.path))?;
        self.file.set_len(0).await.map_err(ImageError::at(&self.path))?;
        (self.length, self.hasher) = (0, Hasher::default());
        Ok(())
    }

    /// Gives it its name, where it is what it must be.
    async fn finish(
        mut self,
        registry: &Registry,
        blob: &Descriptor,
        path: &Path,
    ) -> Result<(), ImageError> {
        let digest = std::mem::take(&mut self.hasher).finish();
        if digest != blob.digest {
            tokio::fs::remove_file(&self.path).await.map_err(ImageError::at(&self.path))?;
            return Err(registry.wrong("layer", &blob.digest, &digest).into());
        }
        // A name promises the content, also after a power cut.
        self.file.sync_all().await.map_err(ImageError::at(&self.path))?;
        tokio::fs::rename(&self.path, path).await.map_err(ImageError::at(path))
    }
}

impl From<RegistryError> for ImageError {
    fn from(error: RegistryError) -> Self {
        Self::Registry(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_needs_is_pruned() {
        let temp = tempfile::tempdir().unwrap();
        let blobs = Arc::new(Blobs::open(temp.path()).unwrap());
        let [used, pinned, unused] = [b"1", b"2", b"3"].map(|text| Digest::of(text));
        for digest in [&used, &pinned, &unused] {
            fs::write(blobs.path(digest), "12345").unwrap();
        }
        let part = blobs.dir.join(format!("{}{PART}", unused.hex()));
        fs::write(&part, "1").unwrap();
        let keep = || HashSet::from([used.to_string()]);
        let pins = blobs.pin(vec![pinned.clone()]);
        assert_eq!(blobs.prune(keep, true).unwrap(), (1, 5));
        assert!(blobs.path(&unused).exists());
        assert_eq!(blobs.prune(keep, false).unwrap(), (1, 5));
        assert!(!blobs.path(&unused).exists() && blobs.path(&pinned).exists() && part.exists());
        drop(pins);
        assert_eq!(blobs.prune(keep, false).unwrap(), (1, 5));
        assert!(blobs.path(&used).exists());

        let old = std::time::SystemTime::now() - PART_TIME * 2;
        File::options().write(true).open(&part).unwrap().set_modified(old).unwrap();
        Blobs::open(temp.path()).unwrap();
        assert!(!part.exists() && blobs.path(&used).exists());
    }
}
