//! What the daemon remembers: typed tables in one sled database.
//!
//! Durable means durable: an acknowledged write survives SIGKILL and the loss
//! of power. sled's own `flush` does not give that (it never fsyncs its log),
//! so the one writer thread puts a barrier after it:
//!
//! ```text
//!  put ──┐
//!  put ──┼─▶ queue ─▶ writer: one batch ─▶ sled flush ─▶ fsync(db) ─▶ answers
//!  put ──┘            (all that wait)
//! ```
//!
//! All tables share one sled tree, so that a [`Batch`] over several of them is
//! one atomic write. Reads see what the writer has applied.

mod catalog;
mod layout;
mod private_file;
mod record;
mod table;
mod writer;

use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use catalog::{Catalog, NameClaim, Named};
pub use private_file::PrivateFile;
pub use record::{Record, TableName};
pub use table::{Batch, Table};

use layout::Layout;
use table::Reader;
use writer::Writer;

/// Why the store could not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Another process has it open.
    #[error("{} is in use by another process", dir.display())]
    Locked {
        /// The store's directory.
        dir: PathBuf,
    },
    /// Its files are not what they must be; opening them would lose data.
    #[error("the store in {} is damaged: {what}", dir.display())]
    Damaged {
        /// The store's directory.
        dir: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// Written by a newer version of this program.
    #[error("{table:?} {key}: has record version {version}, this program knows up to {known}")]
    NewerRecord {
        /// Its table.
        table: TableName,
        /// Its key.
        key: String,
        /// What it has.
        version: u8,
        /// The newest that this program knows.
        known: u8,
    },
    /// Not readable as what it must be.
    #[error("{table:?} {key}: not readable: {cause}")]
    BadRecord {
        /// Its table.
        table: TableName,
        /// Its key.
        key: String,
        /// Why not.
        cause: String,
    },
    /// The operating system refused.
    #[error("{}: {cause}", path.display())]
    Io {
        /// On this file.
        path: PathBuf,
        /// Its answer.
        cause: String,
    },
    /// The database refused.
    #[error("database: {0}")]
    Database(String),
    /// An earlier write failed, so nothing more is taken: what is on the disk
    /// is not known any more until the store is opened again.
    #[error("the store takes no writes since one failed: {0}")]
    Broken(String),
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
}

/// Whether an acknowledged write waits for the disk itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Barrier {
    /// It does.
    Fsync,
    /// It trusts sled's flush: loses data with the power. Only a test asks
    /// for it, to show that the power-cut test can fail.
    #[cfg(feature = "fake")]
    SledFlushOnly,
}

/// The open store; cheap to clone. It closes when the last clone, table and
/// batch of it are gone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

/// Fields drop in this order: the writer finishes its queue, the database
/// closes, then the lock is let go.
struct Inner {
    writer: Writer,
    reader: Reader,
    _layout: Layout,
}

impl Store {
    /// Opens the store in a directory, which is made where it is not there.
    /// Blocks on the disk.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        Self::open_with(dir, Barrier::Fsync)
    }

    /// Opens it with no fsync after sled's flush, so that a test can show what
    /// a power cut then costs.
    #[cfg(feature = "fake")]
    pub fn open_without_barrier(dir: &Path) -> Result<Self, StoreError> {
        Self::open_with(dir, Barrier::SledFlushOnly)
    }

    fn open_with(dir: &Path, barrier: Barrier) -> Result<Self, StoreError> {
        let (layout, database) = Layout::open(dir)?;
        let reader = Reader::new(database.clone());
        let next_part = reader.sweep_parts()?;
        let writer = Writer::start(database, layout.barrier_file(barrier)?, next_part)?;
        Ok(Self { inner: Arc::new(Inner { writer, reader, _layout: layout }) })
    }

    /// The table of one kind of record.
    pub fn table<R: Record>(&self) -> Table<R> {
        Table { inner: Arc::clone(&self.inner), record: PhantomData }
    }

    /// Writes a batch; all of it is durable when this resolves, or none is
    /// there after a restart. Dropping the call does not take the batch back.
    pub async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        self.inner.writer.write(batch.into_changes()).await
    }

    /// Waits until everything written before, `put_soon` included, is durable.
    pub async fn flush(&self) -> Result<(), StoreError> {
        self.inner.writer.write(Vec::new()).await
    }
}
