//! The one thread that writes. Everything that waits goes into one sled batch
//! and one fsync (group commit), in the order in which it was asked for.

use std::collections::HashMap;
use std::fs::File;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use super::StoreError;
use super::record::{self, Form, INLINE_BYTES, Parts};
use super::table::database_error;
use crate::failpoint;

/// Writes that may wait; more hold their callers back. Each is a record of
/// some hundred bytes, so that a full queue is below a mebibyte.
const QUEUE: usize = 1024;
/// Bytes between two barriers, a quarter of sled's segment: sled uses a
/// segment again once all in it was written elsewhere, and that "elsewhere"
/// must not be only in the page cache.
const MAX_GROUP_BYTES: usize = 128 << 10;

/// One record written (`Some`) or removed.
pub(super) struct Change {
    pub(super) key: Vec<u8>,
    pub(super) value: Option<Vec<u8>>,
}

struct Request {
    changes: Vec<Change>,
    done: Option<oneshot::Sender<Result<(), StoreError>>>,
}

/// The way to the writer thread; dropping it waits until all is written.
pub(super) struct Writer {
    queue: Option<mpsc::Sender<Request>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread. Without `barrier` nothing is fsynced.
    pub(super) fn start(
        database: sled::Db,
        barrier: Option<File>,
        next_part: u64,
    ) -> Result<Self, StoreError> {
        let (queue, requests) = mpsc::channel(QUEUE);
        let disk = Disk { database, barrier, next_part };
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run(requests, disk))
            .map_err(|error| StoreError::Database(format!("no thread for the writer: {error}")))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Resolves when the changes are durable.
    pub(super) async fn write(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        let (done, answer) = oneshot::channel();
        self.send(Request { changes, done: Some(done) }).await?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Resolves when the changes have their place in the queue.
    pub(super) async fn write_soon(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        self.send(Request { changes, done: None }).await
    }

    async fn send(&self, request: Request) -> Result<(), StoreError> {
        let queue = self.queue.as_ref().ok_or(StoreError::Closed)?;
        queue.send(request).await.map_err(|_| StoreError::Closed)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has answered its callers with `Closed`.
            let _ = thread.join();
        }
    }
}

fn run(mut requests: mpsc::Receiver<Request>, mut disk: Disk) {
    let mut broken: Option<String> = None;
    while let Some(first) = requests.blocking_recv() {
        let (changes, waiting) = gather(first, &mut requests);
        let result = match &broken {
            Some(cause) => Err(StoreError::Broken(cause.clone())),
            None => disk.write(changes),
        };
        if let (Err(error), None) = (&result, &broken) {
            tracing::error!(%error, "a write to the store failed; it takes no more");
            broken = Some(error.to_string());
        }
        for done in waiting {
            // A caller that has left wants no answer.
            let _ = done.send(result.clone());
        }
    }
}

type Waiting = Vec<oneshot::Sender<Result<(), StoreError>>>;

/// Takes what waits, up to the bound.
fn gather(first: Request, requests: &mut mpsc::Receiver<Request>) -> (Vec<Change>, Waiting) {
    let mut changes = first.changes;
    let mut waiting: Waiting = first.done.into_iter().collect();
    let mut bytes: usize = changes.iter().map(Change::bytes).sum();
    while bytes < MAX_GROUP_BYTES {
        let Ok(request) = requests.try_recv() else { break };
        bytes += request.changes.iter().map(Change::bytes).sum::<usize>();
        changes.extend(request.changes);
        waiting.extend(request.done);
    }
    (changes, waiting)
}

impl Change {
    fn bytes(&self) -> usize {
        self.key.len() + self.value.as_ref().map_or(0, Vec::len)
    }
}

/// Leaves the last change of each key: the others would never be seen.
fn last_of_each_key(mut changes: Vec<Change>) -> Vec<Change> {
    let mut last = HashMap::with_capacity(changes.len());
    for (index, change) in changes.iter().enumerate() {
        last.insert(change.key.clone(), index);
    }
    let mut index = 0;
    changes.retain(|change| {
        index += 1;
        last.get(&change.key) == Some(&(index - 1))
    });
    changes
}

struct Disk {
    database: sled::Db,
    /// A second handle on sled's log.
    barrier: Option<File>,
    next_part: u64,
}

impl Disk {
    /// Applies the changes as one atomic batch and waits for the disk.
    fn write(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        let mut batch = sled::Batch::default();
        for change in last_of_each_key(changes) {
            self.drop_old_parts(&change.key, &mut batch)?;
            match change.value {
                Some(value) if value.len() > INLINE_BYTES => {
                    let head = self.write_parts(&value)?;
                    batch.insert(change.key, head);
                }
                Some(value) => batch.insert(change.key, value),
                None => batch.remove(change.key),
            }
        }
        failpoint::hit("store.taken");
        self.database.apply_batch(batch).map_err(database_error)?;
        failpoint::hit("store.applied");
        self.sync()?;
        failpoint::hit("store.durable");
        Ok(())
    }

    /// Writes a long value's parts, durable before what refers to them.
    fn write_parts(&mut self, value: &[u8]) -> Result<Vec<u8>, StoreError> {
        let payload = &value[2..];
        let count = payload.len().div_ceil(INLINE_BYTES);
        let count = u32::try_from(count)
            .map_err(|_| StoreError::Database("a record is longer than 16 TiB".to_owned()))?;
        let parts = Parts { number: self.next_part, count };
        self.next_part += 1;
        let mut index = 0;
        for group in payload.chunks(MAX_GROUP_BYTES) {
            let mut batch = sled::Batch::default();
            for part in group.chunks(INLINE_BYTES) {
                batch.insert(&parts.key(index)[..], part);
                index += 1;
            }
            self.database.apply_batch(batch).map_err(database_error)?;
            self.sync()?;
        }
        Ok(parts.head(value[0]))
    }

    /// Removes, in the same batch, the parts of the value that a change
    /// replaces.
    fn drop_old_parts(&self, key: &[u8], batch: &mut sled::Batch) -> Result<(), StoreError> {
        let old = self.database.get(key).map_err(database_error)?;
        if let Some((_, Form::Parts(parts))) = old.as_deref().and_then(record::split) {
            for index in 0..parts.count {
                batch.remove(&parts.key(index)[..]);
            }
        }
        Ok(())
    }

    fn sync(&self) -> Result<(), StoreError> {
        self.database.flush().map_err(database_error)?;
        if let Some(log) = &self.barrier {
            log.sync_all().map_err(|error| StoreError::Database(format!("fsync: {error}")))?;
        }
        Ok(())
    }
}
