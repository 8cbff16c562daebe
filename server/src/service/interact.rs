//! `InteractExec`: output as frames, and what the caller sends meanwhile.

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, StreamExt};
use parking_lot::Mutex;
use skerry_api::v1::InteractExecRequest;
use skerry_api::v1::exec_stream_response::Event;
use skerry_api::v1::interact_exec_request::{Attach, Message, Start};
use tonic::{Status, Streaming};

use super::check::{Checks, field};
use super::exec::{Execs, offset, spec};
use super::frames::{FrameStream, Frames, frame};
use super::status;
use crate::model::ExecId;
use crate::runtime::{Process, RuntimeError};

/// Who may write to which exec's input: one caller each, by a number.
#[derive(Clone, Default)]
pub(super) struct InputOwners(Arc<Mutex<Owners>>);

#[derive(Default)]
struct Owners {
    by_exec: HashMap<ExecId, u64>,
    last: u64,
}

impl InputOwners {
    /// `None` where another has it.
    fn take(&self, exec: &ExecId, takeover: bool) -> Option<InputOwner> {
        let mut owners = self.0.lock();
        if owners.by_exec.contains_key(exec) && !takeover {
            return None;
        }
        owners.last += 1;
        let number = owners.last;
        owners.by_exec.insert(exec.clone(), number);
        Some(InputOwner { owners: self.clone(), exec: exec.clone(), number })
    }
}

struct InputOwner {
    owners: InputOwners,
    exec: ExecId,
    number: u64,
}

impl InputOwner {
    /// Whether no other has taken over.
    fn holds(&self) -> bool {
        self.owners.0.lock().by_exec.get(&self.exec) == Some(&self.number)
    }
}

impl Drop for InputOwner {
    fn drop(&mut self) {
        if self.holds() {
            self.owners.0.lock().by_exec.remove(&self.exec);
        }
    }
}

/// Serves one caller. Output goes on while input waits for the process to
/// read; no task is spawned.
struct Interaction {
    frames: Frames,
    /// `None` when the caller has sent its last message.
    requests: Option<Streaming<InteractExecRequest>>,
    owner: Option<InputOwner>,
    /// What was asked for last and is not done yet.
    pending: Option<BoxFuture<'static, Result<bool, RuntimeError>>>,
}

/// Reads the first message and starts or finds the exec.
pub(super) async fn interact(
    execs: &Execs,
    mut requests: Streaming<InteractExecRequest>,
) -> Result<FrameStream, Status> {
    let first = requests.message().await?.and_then(|request| request.message);
    let (frames, takeover) = match first {
        Some(Message::Start(start)) => (start_exec(execs, start).await?, false),
        Some(Message::Attach(attach)) => (attach_exec(execs, &attach)?, attach.takeover),
        _ => return Err(field("message", "the first must be `start` or `attach`")),
    };
    let owner = execs.input_owners.take(frames.process().id(), takeover);
    let interaction = Interaction { frames, requests: Some(requests), owner, pending: None };
    Ok(stream::unfold(Some(interaction), |interaction| async move {
        let mut interaction = interaction?;
        match interaction.next().await {
            Ok(event @ Event::Exited(_)) => Some((Ok(frame(event)), None)),
            Ok(event) => Some((Ok(frame(event)), Some(interaction))),
            Err(status) => Some((Err(status), None)),
        }
    })
    .boxed())
}

async fn start_exec(execs: &Execs, start: Start) -> Result<Frames, Status> {
    let mut spec = spec(Checks::default(), &start.sandbox_id, start.spec)?;
    spec.stdin = true;
    let (sandbox_id, process) = execs.start(start.sandbox_id, &spec).await?;
    Ok(Frames::started(sandbox_id, process, &execs.drain))
}

fn attach_exec(execs: &Execs, attach: &Attach) -> Result<Frames, Status> {
    let mut checks = Checks::default();
    let from = offset(&mut checks, attach.from_offset);
    let process = execs.find(checks, &attach.sandbox_id, &attach.exec_id)?;
    let sandbox_id = execs.id(attach.sandbox_id.clone())?;
    Ok(Frames::attached(sandbox_id, process, from, &execs.drain))
}

impl Interaction {
    async fn next(&mut self) -> Result<Event, Status> {
        loop {
            let Self { frames, requests, pending, .. } = self;
            tokio::select! {
                event = frames.next() => return event,
                done = async { pending.as_mut().expect("guarded").await }, if pending.is_some() => {
                    *pending = None;
                    if !done? {
                        return Err(status::stdin_closed());
                    }
                }
                request = async { requests.as_mut().expect("guarded").message().await },
                    if requests.is_some() && pending.is_none() =>
                {
                    match request? {
                        Some(request) => self.take(request)?,
                        None => *requests = None,
                    }
                }
            }
        }
    }

    fn take(&mut self, request: InteractExecRequest) -> Result<(), Status> {
        let process = Arc::clone(self.frames.process());
        self.pending = match request.message {
            Some(Message::Stdin(data)) => Some(self.write(process, data, false)?),
            Some(Message::StdinEnd(_)) => Some(self.write(process, Default::default(), true)?),
            Some(Message::Resize(size)) => {
                let mut checks = Checks::default();
                let size = checks.terminal("resize", size);
                checks.finish()?;
                // On a command without a terminal a size means nothing.
                Some(async move { process.resize(size).await.map(|_| true) }.boxed())
            }
            Some(Message::Signal(signal)) => {
                let mut checks = Checks::default();
                checks.signal(signal);
                checks.finish()?;
                // One that has just ended needs none.
                Some(async move { process.signal(signal, false).await.map(|_| true) }.boxed())
            }
            _ => return Err(field("message", "must be input, a size or a signal")),
        };
        Ok(())
    }

    fn write(
        &self,
        process: Arc<dyn Process>,
        data: bytes::Bytes,
        end: bool,
    ) -> Result<BoxFuture<'static, Result<bool, RuntimeError>>, Status> {
        if !self.owner.as_ref().is_some_and(InputOwner::holds) {
            return Err(status::stdin_taken());
        }
        Ok(async move { process.write_stdin(data, end).await }.boxed())
    }
}
