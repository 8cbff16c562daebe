//! An archive as a snapshot: all of it, or nothing stays.
//!
//! ```text
//!  manifest ─▶ the caller checks it ─▶ trees, with bounds ─▶ digest ─▶ sealed
//! ```
//!
//! Nothing of the archive is believed before its digest has come, and its
//! trees are no snapshot before there is a record.

use std::io::{self, Read};
use std::path::Path;

use tar::{Archive, Entries, Entry};

use super::manifest::Manifest;
use super::{DIGEST, DISK, MANIFEST, SnapshotError, Snapshots, VOLUME, disk, volume};
use crate::archive::Refusal;
use crate::archive::UnpackError;
use crate::archive::attribute::Contents;
use crate::archive::digest::{Lag, LaggingReader};
use crate::archive::reader::{Allowance, ArchiveReader};
use crate::archive::unpack::{Unpacking, read_failed, refused};
use crate::model::{Snapshot, SnapshotId};
use crate::storage::{Pool, Tree, disk as layout, fill};

/// Bytes of a manifest: an environment has a mebibyte at most.
const MAX_MANIFEST_BYTES: u64 = 4 << 20;
/// Bytes of a digest in hexadecimal, and the end of its line.
const DIGEST_BYTES: u64 = 65;
/// A member's header.
const HEADER_BYTES: usize = 512;
/// A file of nothing takes a few hundred bytes on the disk, and four times as
/// many in an archive.
const ARCHIVE_FACTOR: u64 = 4;
/// Of an archive of nothing.
const ARCHIVE_BYTES: u64 = 16 << 20;

/// How many bytes an archive's trees may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// The disk.
    pub disk: u64,
    /// The volume.
    pub volume: u64,
}

impl Snapshots {
    /// Unpacks an archive into the trees of an id, which has none. `accept`
    /// makes a record of its manifest, and says how much room there is; the
    /// record's sizes are set here. Blocks on the disk.
    pub fn unpack<E: From<SnapshotError>>(
        &self,
        id: &SnapshotId,
        source: impl Read,
        accept: impl FnOnce(Manifest) -> Result<(Snapshot, Room), E>,
    ) -> Result<Snapshot, E> {
        let failed = |error| SnapshotError::from(read_failed(error));
        let allowance = Allowance::of(MAX_MANIFEST_BYTES + ARCHIVE_BYTES);
        let reader = ArchiveReader::open(source, allowance.clone()).map_err(failed)?;
        let (reader, lag) = LaggingReader::new(reader, HEADER_BYTES);
        let mut archive = Archive::new(reader);
        let mut members = Members { entries: archive.entries().map_err(failed)?, allowance, lag };
        let (mut snapshot, room) = accept(members.manifest()?)?;
        let all = room.disk.saturating_add(room.volume).saturating_mul(ARCHIVE_FACTOR);
        members.allowance.set_total(all.saturating_add(ARCHIVE_BYTES));

        let pool = &*self.pool;
        let trees = (disk(id), snapshot.own_volume.is_some().then(|| volume(id)));
        fill(pool, &trees.0, |path| {
            layout::make(path)?;
            bound(pool, &trees.0, room.disk)?;
            let upper = layout::upper(path);
            match &trees.1 {
                None => members.unpack(&upper, None),
                Some(tree) => fill(pool, tree, |path| {
                    bound(pool, tree, room.volume)?;
                    members.unpack(&upper, Some(path))
                }),
            }
        })?;
        drop(members);
        // To the end, so that the wrapping's checksum is checked.
        io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(failed)?;
        snapshot.size_bytes = pool.usage(&trees.0);
        snapshot.volume_bytes = trees.1.and_then(|tree| pool.usage(&tree));
        Ok(snapshot)
    }
}

fn bound(pool: &dyn Pool, tree: &Tree, bytes: u64) -> Result<(), SnapshotError> {
    match pool.has_limits() {
        true => Ok(pool.set_limit(tree, Some(bytes))?),
        false => Ok(()),
    }
}

/// The members of an archive, one after the other.
struct Members<'a, R: Read> {
    entries: Entries<'a, R>,
    allowance: Allowance,
    lag: Lag,
}

impl<'a, R: Read> Members<'a, R> {
    fn next(&mut self) -> Result<Option<Entry<'a, R>>, UnpackError> {
        self.allowance.expect_headers();
        let next = self.entries.next().transpose().map_err(read_failed);
        self.allowance.expect_content();
        next
    }

    fn manifest(&mut self) -> Result<Manifest, SnapshotError> {
        let Some(entry) = self.next()? else { return Err(UnpackError::Empty.into()) };
        if &*entry.path_bytes() != MANIFEST.as_bytes() || entry.size() > MAX_MANIFEST_BYTES {
            return Err(SnapshotError::NoArchive("it does not begin with a manifest".to_owned()));
        }
        let mut text = Vec::new();
        let mut entry = entry.take(MAX_MANIFEST_BYTES);
        entry.read_to_end(&mut text).map_err(read_failed)?;
        Manifest::read(&text)
    }

    /// Unpacks all members, and compares the digest, which is the last one.
    fn unpack(&mut self, upper: &Path, volume: Option<&Path>) -> Result<(), SnapshotError> {
        let mut disk = Unpacking::part(upper, Contents::Disk, DISK.as_bytes())?;
        let part = |path| Unpacking::part(path, Contents::Volume, VOLUME.as_bytes());
        let mut volume = volume.map(part).transpose()?;
        while let Some(mut entry) = self.next()? {
            let name = entry.path_bytes().into_owned();
            let first = name.split(|byte| *byte == b'/').next().unwrap_or_default();
            match (first, &mut volume) {
                (first, _) if first == DISK.as_bytes() => disk.member(&mut entry)?,
                (first, Some(volume)) if first == VOLUME.as_bytes() => volume.member(&mut entry)?,
                _ if name == DIGEST.as_bytes() => {
                    self.compare(entry)?;
                    disk.finish();
                    volume.map(Unpacking::finish);
                    return Ok(());
                }
                _ => return Err(refused(&name, Refusal::Outside).into()),
            }
            // What of its content was not wanted.
            io::copy(&mut entry, &mut io::sink()).map_err(read_failed)?;
        }
        Err(UnpackError::Damaged("it has no end".to_owned()).into())
    }

    fn compare(&mut self, entry: Entry<'_, R>) -> Result<(), SnapshotError> {
        let got = self.lag.digest();
        let mut text = String::new();
        entry.take(DIGEST_BYTES).read_to_string(&mut text).map_err(read_failed)?;
        if text.trim_end() != got.hex() {
            return Err(UnpackError::Damaged("its digest is another".to_owned()).into());
        }
        match self.next()? {
            None => Ok(()),
            Some(_) => Err(UnpackError::Damaged("it goes on after its digest".to_owned()).into()),
        }
    }
}
