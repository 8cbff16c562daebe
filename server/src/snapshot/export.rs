//! A snapshot as an archive: a tar, zstd over it.
//!
//! ```text
//!  manifest.json   what it is
//!  disk/…          what was changed of the image, as overlayfs has it
//!  volume/…        the volume, where it has one
//!  sha256          the digest of all before this member, in hexadecimal
//! ```

use std::io::{self, Write};
use std::sync::Arc;

use tar::{Builder, Header};
use tokio::sync::mpsc::Sender;

use super::manifest::Manifest;
use super::{DIGEST, DISK, MANIFEST, SnapshotError, Snapshots, VOLUME, disk, volume};
use crate::archive::attribute::Contents;
use crate::archive::digest::HashedWriter;
use crate::archive::pack::pack;
use crate::archive::pieces::{PieceWriter, Pieces, outgoing};
use crate::model::Snapshot;
use crate::storage::{StorageError, disk as layout};

/// zstd's own default: what is faster is hardly smaller than nothing at all.
const LEVEL: i32 = 3;

type Piece = Result<bytes::Bytes, SnapshotError>;

impl Snapshots {
    /// Begins to export a snapshot whose image has this digest. Dropping the
    /// pieces ends it; an error is the last of them.
    pub fn export(
        &self,
        name_or_id: &str,
        image_digest: impl FnOnce(&str) -> String,
    ) -> Result<Pieces<SnapshotError>, SnapshotError> {
        let snapshot = self.get(name_or_id)?;
        let permit = self.transfer()?;
        let manifest = Manifest::of(&snapshot, image_digest(&snapshot.image));
        let (sender, pieces) = outgoing();
        let snapshots = self.clone();
        tokio::task::spawn_blocking(move || {
            let written = snapshots.write(&snapshot, &manifest, &sender);
            if let Err(error) = written {
                // Nobody hears it where the caller has gone.
                let _gone = sender.blocking_send(Err(error));
            }
            drop(permit);
        });
        Ok(pieces)
    }

    fn write(
        &self,
        snapshot: &Snapshot,
        manifest: &Manifest,
        pieces: &Sender<Piece>,
    ) -> Result<(), SnapshotError> {
        let path = self.pool.path(&disk(&snapshot.id));
        let failed = |error| SnapshotError::from(StorageError::at(&path)(error));
        let begun = || {
            let mut encoder = zstd::stream::write::Encoder::new(PieceWriter::new(pieces), LEVEL)?;
            encoder.include_checksum(true)?;
            Ok(Builder::new(HashedWriter::new(encoder)))
        };
        let mut builder = begun().map_err(failed)?;
        let wanted = || !pieces.is_closed();
        let text = serde_json::to_vec_pretty(manifest).expect("its maps have text for keys");
        let mut trees = || {
            append(&mut builder, MANIFEST, &text)?;
            pack(&layout::upper(&path), DISK, Contents::Disk, &mut builder, &wanted)?;
            if snapshot.own_volume.is_some() {
                let path = self.pool.path(&volume(&snapshot.id));
                pack(&path, VOLUME, Contents::Volume, &mut builder, &wanted)?;
            }
            Ok(())
        };
        trees().map_err(failed)?;
        // One that is removed meanwhile loses files, after its record.
        self.get(snapshot.id.as_str())?;
        let digest = builder.get_ref().hasher.clone().finish();
        let ended = append(&mut builder, DIGEST, format!("{}\n", digest.hex()).as_bytes())
            .and_then(|()| builder.into_inner()?.inner.finish()?.flush());
        ended.map_err(failed)
    }
}

fn append(builder: &mut Builder<impl Write>, name: &str, content: &[u8]) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    builder.append_data(&mut header, name, content)
}

impl From<StorageError> for SnapshotError {
    fn from(error: StorageError) -> Self {
        Self::Storage(Arc::new(error))
    }
}
