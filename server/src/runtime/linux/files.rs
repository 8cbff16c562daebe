//! Calls on a machine's files: each goes to a file worker, a process in the
//! machine that init forks and that does all the work there. What a worker
//! says is as hostile as the machine.

mod convert;
mod worker;

use std::sync::{Arc, Weak};
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use skerry_api::init::file_news::News;
use skerry_api::init::{OpenFiles, daemon_message, reply};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::Step;
use super::machine::Shared;
use crate::model::{FileEvent, FileInput, FileReason, FileRequest};
use crate::runtime::{FileCall, FileError, RuntimeError};
use worker::Worker;

/// Calls of one machine at once, watches and open files included: each is a
/// process in it, whose memory no limit of the machine's bounds.
const MAX_CALLS: usize = 64;
/// Workers that wait for the next call: two calls in turns are common.
const MAX_IDLE: usize = 2;
/// How long they wait.
const IDLE_TIME: Duration = Duration::from_secs(10);

/// A machine's workers.
pub(super) struct Files {
    calls: Arc<Semaphore>,
    idle: Mutex<Vec<(Worker, Instant)>>,
    /// Ends workers that have waited long enough.
    sweeper: Mutex<Option<JoinHandle<()>>>,
}

impl Files {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            calls: Arc::new(Semaphore::new(MAX_CALLS)),
            idle: Mutex::default(),
            sweeper: Mutex::default(),
        })
    }

    /// Begins a call.
    pub(super) async fn begin(
        self: &Arc<Self>,
        machine: &Shared,
        request: FileRequest,
    ) -> Result<Box<dyn FileCall>, FileError> {
        let permit = Arc::clone(&self.calls).try_acquire_owned().map_err(|_| {
            let detail = format!("{MAX_CALLS} calls on this sandbox's files are under way");
            FileError::of(FileReason::TooManyCalls, b"", detail)
        })?;
        let takes_input = takes_input(&request);
        let command = convert::request(request);
        // One that waited may have ended meanwhile.
        loop {
            let idle = self.idle.lock().pop();
            let was_idle = idle.is_some();
            let mut worker = match idle {
                Some((worker, _)) => worker,
                None => open(machine).await?,
            };
            match worker.send(&command).await {
                Err(_) if was_idle => continue,
                sent => sent?,
            }
            let files = Arc::clone(self);
            return Ok(Box::new(Call {
                files,
                worker: Some(worker),
                takes_input,
                _permit: permit,
            }));
        }
    }

    /// Keeps a worker for the next call.
    fn keep(self: &Arc<Self>, worker: Worker) {
        let mut idle = self.idle.lock();
        if idle.len() < MAX_IDLE {
            idle.push((worker, Instant::now()));
        }
        drop(idle);
        let mut sweeper = self.sweeper.lock();
        if sweeper.as_ref().is_none_or(JoinHandle::is_finished) {
            *sweeper = Some(tokio::spawn(sweep(Arc::downgrade(self))));
        }
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        if let Some(sweeper) = self.sweeper.get_mut() {
            sweeper.abort();
        }
    }
}

async fn sweep(files: Weak<Files>) {
    loop {
        tokio::time::sleep(IDLE_TIME).await;
        let Some(files) = files.upgrade() else { return };
        files.idle.lock().retain(|(_, since)| since.elapsed() < IDLE_TIME);
    }
}

async fn open(machine: &Shared) -> Result<Worker, FileError> {
    let (ours, theirs) =
        std::os::unix::net::UnixStream::pair().step("make a socket pair for a file worker")?;
    ours.set_nonblocking(true).step("prepare a file worker's socket")?;
    let message = daemon_message::Message::OpenFiles(OpenFiles {});
    let theirs = std::fs::File::from(std::os::fd::OwnedFd::from(theirs));
    match machine.connection.request_with(message, &[theirs]).await? {
        reply::Result::Done(_) => Ok(Worker::new(ours).step("watch a file worker's socket")?),
        reply::Result::SpawnFailure(failure) => {
            Err(FileError::of(FileReason::OutOfMemory, b"", failure.detail))
        }
        _ => Err(RuntimeError::Gone.into()),
    }
}

/// Whether the call goes on until the daemon says that nothing more comes.
fn takes_input(request: &FileRequest) -> bool {
    matches!(
        request,
        FileRequest::Write { .. } | FileRequest::Unpack { .. } | FileRequest::Open { .. }
    )
}

struct Call {
    files: Arc<Files>,
    /// Gone when the call is over. Dropping it ends the call.
    worker: Option<Worker>,
    takes_input: bool,
    _permit: OwnedSemaphorePermit,
}

#[async_trait]
impl FileCall for Call {
    async fn send(&mut self, input: FileInput) -> Result<(), FileError> {
        let worker = self.worker.as_mut().ok_or(RuntimeError::Gone)?;
        for command in convert::input(input) {
            worker.send(&command).await?;
        }
        Ok(())
    }

    async fn next(&mut self) -> Result<Option<FileEvent>, FileError> {
        let Some(worker) = self.worker.as_mut() else { return Ok(None) };
        let news = match worker.receive().await {
            Ok(news) => news,
            Err(error) => {
                self.worker = None;
                return Err(error.into());
            }
        };
        match news {
            News::Over(_) => {
                self.end(true);
                Ok(None)
            }
            News::Failed(failure) => {
                // A call that takes input may still be sent some: the worker
                // ends by itself.
                self.end(!self.takes_input);
                Err(convert::failure(failure).into())
            }
            news => match convert::event(news) {
                Some(event) => Ok(Some(event)),
                None => {
                    self.worker = None;
                    Err(RuntimeError::Gone.into())
                }
            },
        }
    }
}

impl Call {
    fn end(&mut self, keep: bool) {
        if let Some(worker) = self.worker.take()
            && keep
        {
            self.files.keep(worker);
        }
    }
}
