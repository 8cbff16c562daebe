//! Ends what has lived long enough.
//!
//! One task sleeps until the earliest deadline. A deadline that was moved is
//! found out when it comes, since calls only ever move it later; one that
//! comes earlier, by an update or a change of state, is told through
//! [`Deadlines`]. What is due is asked of the sandbox's supervisor, which
//! looks again.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::command::Command;
use super::entry::{Entry, Live};
use super::lifecycle::Event;
use super::shared::Shared;
use crate::model::{OnIdle, SandboxId, SandboxState, Timeouts};

/// How long after something due was asked for it is asked for again, where it
/// still is due: the supervisor was busy, or it failed.
const ASK_AGAIN: Duration = Duration::from_secs(10);
/// How long after a delete that failed it is tried again.
const DELETE_AGAIN: Duration = Duration::from_secs(30);

/// What is to happen to a sandbox, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) at: Instant,
    pub(super) event: Event,
    pub(super) reason: &'static str,
}

/// Sandboxes whose deadline has to be looked up again; at most all there are.
#[derive(Default)]
pub(super) struct Deadlines {
    changed: Mutex<HashSet<SandboxId>>,
    wake: Notify,
}

impl Deadlines {
    /// An entry's record has changed.
    pub(super) fn changed(&self, entry: &Entry) {
        let may_be_due = entry.live(|live| {
            live.delete_failed.is_some() || live.record.timeouts != Timeouts::default()
        });
        if may_be_due {
            self.changed.lock().insert(entry.id.clone());
            self.wake.notify_one();
        }
    }
}

/// The next thing that is to happen, as things are now.
pub(super) fn deadline(live: &mut Live, now: Instant) -> Option<Due> {
    let record = Arc::clone(&live.record);
    let timeouts = &record.timeouts;
    let after = |from: Instant, span: Option<Duration>, event, reason| {
        span.map(|span| Due { at: from + span, event, reason })
    };
    let started = live.started;
    let lifetime =
        || after(started, timeouts.max_lifetime, Event::Stop, "its max_lifetime has run out");
    match record.state {
        SandboxState::Running => {
            let event = match timeouts.on_idle {
                OnIdle::Stop => Event::Stop,
                OnIdle::Pause => Event::Pause,
                OnIdle::Delete => Event::Delete,
            };
            let idle = timeouts.idle.filter(|_| !timeouts.always_on).map(|span| Due {
                at: last_work(live, now).max(live.kept) + span,
                event,
                reason: "its idle_timeout has run out",
            });
            idle.into_iter().chain(lifetime()).min_by_key(|due| due.at)
        }
        SandboxState::Paused => lifetime(),
        SandboxState::Stopped | SandboxState::Failed => {
            after(live.stopped, timeouts.auto_delete, Event::Delete, "its auto_delete has run out")
        }
        SandboxState::Deleting => live.delete_failed.map(|at| Due {
            at: at + DELETE_AGAIN,
            event: Event::Delete,
            reason: "its delete failed before",
        }),
        _ => None,
    }
}

/// When there was work last: now, while an exec runs or somebody is at a port.
/// What runs by itself is none.
fn last_work(live: &mut Live, now: Instant) -> Instant {
    if live.visits > 0 {
        return now;
    }
    let mut processes =
        live.machine.as_ref().map(|machine| machine.processes()).unwrap_or_default();
    let main = live.record.main.as_ref().and_then(|main| main.exec.as_ref());
    processes.retain(|process| Some(process.id()) != main);
    if processes.iter().any(|process| process.exit_status().is_none()) {
        return now;
    }
    let ended = processes.iter().filter_map(|process| process.exit_status());
    if let Some(ended) = ended.map(|status| status.end_time).max()
        && live.exec_ended.is_none_or(|(seen, _)| seen != ended)
    {
        live.exec_ended = Some((ended, instant_of(ended)));
    }
    live.exec_ended.map_or(live.active, |(_, at)| at.max(live.active))
}

/// When something was, which the host's clock dates; never later than now.
pub(super) fn instant_of(time: SystemTime) -> Instant {
    let ago = SystemTime::now().duration_since(time).unwrap_or_default();
    Instant::now().checked_sub(ago).unwrap_or_else(Instant::now)
}

/// The deadlines in order.
#[derive(Default)]
struct Queue {
    order: BTreeSet<(Instant, SandboxId)>,
    of: HashMap<SandboxId, Instant>,
}

impl Queue {
    fn set(&mut self, id: SandboxId, at: Option<Instant>) {
        if let Some(old) = self.of.remove(&id) {
            self.order.remove(&(old, id.clone()));
        }
        if let Some(at) = at {
            self.order.insert((at, id.clone()));
            self.of.insert(id, at);
        }
    }

    fn first(&self) -> Option<Instant> {
        self.order.first().map(|(at, _)| *at)
    }

    fn pop_due(&mut self, now: Instant) -> Option<SandboxId> {
        let (_, id) = self.order.first().filter(|(at, _)| *at <= now)?.clone();
        self.set(id.clone(), None);
        Some(id)
    }
}

/// Runs until it is aborted.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut queue = Queue::default();
    loop {
        match queue.first() {
            Some(at) => {
                tokio::select! {
                    () = tokio::time::sleep_until(at) => {}
                    () = shared.deadlines.wake.notified() => {}
                }
            }
            None => shared.deadlines.wake.notified().await,
        }
        for id in std::mem::take(&mut *shared.deadlines.changed.lock()) {
            let at = due(&shared, &id).map(|(_, due)| due.at);
            queue.set(id, at);
        }
        let now = Instant::now();
        while let Some(id) = queue.pop_due(now) {
            let Some((entry, due)) = due(&shared, &id) else { continue };
            if due.at > now {
                queue.set(id, Some(due.at));
                continue;
            }
            // A full mailbox or a closed one is met again in its time.
            let _ = shared.supervisor(&entry).try_send(Command::Reap);
            queue.set(id, Some(now + ASK_AGAIN));
        }
    }
}

fn due(shared: &Shared, id: &SandboxId) -> Option<(Arc<Entry>, Due)> {
    let entry = shared.index.lock().get(id).map(Arc::clone)?;
    let due = entry.live(|live| deadline(live, Instant::now()))?;
    Some((entry, due))
}
