//! One sandbox as the rest of the engine sees it: its record and machine to
//! read, and the way to its supervisor.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::command::Command;
use super::disk::Disk;
use super::main_process;
use super::reaper::instant_of;
use crate::model::{Sandbox, SandboxId};
use crate::runtime::Machine;

/// A sandbox. Its supervisor alone changes what is in it.
pub(super) struct Entry {
    pub(super) id: SandboxId,
    live: Mutex<Live>,
    seat: Mutex<Seat>,
    /// What serves its files while it is stopped.
    pub(super) disk: Disk,
    /// Execs that are being started and are not among the machine's yet.
    starting: AtomicUsize,
}

/// What changes.
pub(super) struct Live {
    pub(super) record: Arc<Sandbox>,
    pub(super) machine: Option<Arc<dyn Machine>>,
    /// When it was last worked with.
    pub(super) active: Instant,
    /// Until when it counts as worked with, whatever happens.
    pub(super) kept: Instant,
    /// Callers that are at its ports now.
    pub(super) visits: usize,
    /// The end of its last exec by the host's clock, and when it was seen.
    pub(super) exec_ended: Option<(SystemTime, Instant)>,
    /// When it was last started.
    pub(super) started: Instant,
    /// When it last stopped or failed.
    pub(super) stopped: Instant,
    /// When a delete of it last failed.
    pub(super) delete_failed: Option<Instant>,
}

/// Whether it has a supervisor. One that was found stopped gets its own at
/// the first command.
enum Seat {
    Empty,
    /// The task is taken away to wait for its end.
    Taken(mpsc::Sender<Command>, Option<JoinHandle<()>>),
}

impl Entry {
    pub(super) fn new(record: Sandbox, machine: Option<Arc<dyn Machine>>) -> Arc<Self> {
        let now = Instant::now();
        let when = |time: Option<SystemTime>| time.map_or(now, instant_of);
        let left = record.keep_alive.and_then(|end| end.duration_since(SystemTime::now()).ok());
        Arc::new(Self {
            id: record.id.clone(),
            live: Mutex::new(Live {
                active: now,
                kept: now + left.unwrap_or_default(),
                visits: 0,
                exec_ended: None,
                started: when(record.start_time),
                stopped: when(record.stop_time),
                record: Arc::new(record),
                machine,
                delete_failed: None,
            }),
            seat: Mutex::new(Seat::Empty),
            disk: Disk::default(),
            starting: AtomicUsize::new(0),
        })
    }

    /// Reads or changes what is live; never held across an await.
    pub(super) fn live<T>(&self, look: impl FnOnce(&mut Live) -> T) -> T {
        look(&mut self.live.lock())
    }

    /// The record as it is now.
    pub(super) fn record(&self) -> Arc<Sandbox> {
        Arc::clone(&self.live.lock().record)
    }

    /// The record for a caller, with what the machine counts.
    pub(super) fn sandbox(&self) -> Sandbox {
        let live = self.live.lock();
        let mut sandbox = Sandbox::clone(&live.record);
        if let Some(machine) = &live.machine {
            sandbox.oom_kills = machine.oom_kills();
            main_process::note_exit(&mut sandbox, &**machine);
        }
        sandbox
    }

    /// The way to the supervisor, which `spawn` starts where there is none.
    pub(super) fn supervisor(
        &self,
        spawn: impl FnOnce() -> (mpsc::Sender<Command>, JoinHandle<()>),
    ) -> mpsc::Sender<Command> {
        let mut seat = self.seat.lock();
        if let Seat::Taken(sender, _) = &*seat {
            return sender.clone();
        }
        let (sender, task) = spawn();
        *seat = Seat::Taken(sender.clone(), Some(task));
        sender
    }

    /// Takes the supervisor's task, to wait for its end.
    pub(super) fn leave(&self) -> Option<(mpsc::Sender<Command>, JoinHandle<()>)> {
        match &mut *self.seat.lock() {
            Seat::Empty => None,
            Seat::Taken(sender, task) => Some((sender.clone(), task.take()?)),
        }
    }

    /// Counts an exec that is being started, until the answer is dropped, and
    /// says how many others are.
    pub(super) fn starting_exec(self: &Arc<Self>) -> (StartingExec, usize) {
        let others = self.starting.fetch_add(1, Ordering::SeqCst);
        (StartingExec(Arc::clone(self)), others)
    }
}

/// An exec that is being started.
pub(super) struct StartingExec(Arc<Entry>);

impl Drop for StartingExec {
    fn drop(&mut self) {
        self.0.starting.fetch_sub(1, Ordering::SeqCst);
    }
}
