//! The task that owns one sandbox.
//!
//! ```text
//!  callers, reaper ─▶ mailbox ─┐
//!  machine ends ───────────────┼─▶ lifecycle::decide ─▶ action (one at a time)
//!  action is over ─────────────┘        │
//!                                       └▶ answers, or parks until it is over
//! ```
//!
//! The loop itself never waits for an action: it polls it beside its mailbox,
//! so that a delete gets in at any time and gives up what is under way. An
//! action belongs to the supervisor, not to who asked for it: a caller that
//! leaves changes nothing.

mod failure;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::FutureExt;
use futures::future::{BoxFuture, OptionFuture};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::EngineError;
use super::action::{Birth, Settled, Work};
use super::command::{Command, Reply, answer, refuse};
use super::copy::{self, Copy};
use super::entry::Entry;
use super::lifecycle::{self, Action, Decision, Event};
use super::reaper::{self, Due};
use super::shared::Shared;
use super::update::{self, Update};
use crate::model::{Sandbox, SandboxState};
use crate::runtime::{Machine, RuntimeError};

/// Commands that wait to be read: the loop reads at once, so that few do.
const MAILBOX: usize = 16;
/// Calls that wait for the action under way, and as many for the next: more
/// than that is a caller gone wild.
const MAX_WAITING: usize = 256;
/// What processes get after SIGTERM where nobody says.
pub(super) const DEFAULT_GRACE: Duration = Duration::from_secs(10);

/// Who waits for the action under way.
struct Waiter {
    reply: Reply,
    /// What it gets however the action ends, where that is known.
    verdict: Option<EngineError>,
}

type Outcome = Result<Settled, EngineError>;

struct Supervisor {
    shared: Arc<Shared>,
    entry: Arc<Entry>,
    mailbox: mpsc::Receiver<Command>,
    action: Option<BoxFuture<'static, Outcome>>,
    ended: Option<BoxFuture<'static, String>>,
    waiters: Vec<Waiter>,
    parked: Vec<Command>,
    /// How one that is being created is made.
    birth: Birth,
    closing: bool,
}

/// Whether the loop goes on.
#[derive(PartialEq, Eq)]
enum Next {
    On,
    End,
}

/// Starts the supervisor of an entry that is in the index. `first` is the
/// create's caller, and how it is made: with it, the machine is.
pub(super) fn spawn(
    shared: Arc<Shared>,
    entry: Arc<Entry>,
    first: Option<(Reply, Birth)>,
) -> (mpsc::Sender<Command>, JoinHandle<()>) {
    let (sender, mailbox) = mpsc::channel(MAILBOX);
    let mut supervisor = Supervisor {
        shared,
        entry,
        mailbox,
        action: None,
        ended: None,
        waiters: Vec::new(),
        parked: Vec::new(),
        birth: Birth::default(),
        closing: false,
    };
    if let Some((reply, birth)) = first {
        supervisor.birth = birth;
        supervisor.waiters.push(Waiter { reply, verdict: None });
        let record = Sandbox::clone(&supervisor.entry.record());
        supervisor.act(SandboxState::Creating, record, Action::Create, DEFAULT_GRACE);
    } else {
        supervisor.watch_machine();
        supervisor.check_again();
    }
    (sender, tokio::spawn(supervisor.run()))
}

impl Supervisor {
    async fn run(mut self) {
        loop {
            let settled = self.action.is_none();
            let next = tokio::select! {
                biased;
                Some(outcome) = OptionFuture::from(self.action.as_mut()) => self.over(outcome),
                command = self.mailbox.recv() => match command {
                    Some(command) => {
                        self.told(command);
                        Next::On
                    }
                    None => Next::End,
                },
                Some(why) = OptionFuture::from(self.ended.as_mut()), if settled => {
                    self.machine_ended(&why);
                    Next::On
                }
            };
            if next == Next::End || (self.closing && self.action.is_none()) {
                break;
            }
        }
        self.refuse_all(&EngineError::ShuttingDown);
    }

    /// Goes on with a create whose check an earlier daemon did not end.
    fn check_again(&mut self) {
        let (record, machine) =
            self.entry.live(|live| (Arc::clone(&live.record), live.machine.is_some()));
        if let (Some(check), true) = (record.unchecked.clone(), machine) {
            self.birth.health_check = Some(check);
            self.begin(SandboxState::Creating, Action::Create, DEFAULT_GRACE, "");
        }
    }

    fn told(&mut self, command: Command) {
        match command {
            Command::Ask { event, grace, reply } => self.asked(event, grace, reply),
            aside @ (Command::Update { .. } | Command::Copy { .. }) if self.action.is_some() => {
                self.park(aside);
            }
            Command::Update { patch, reply } => self.aside(reply, |shared, record, machine| {
                update::run(Update { shared, record, machine, patch: *patch })
            }),
            Command::Copy { scope, to, copied, reply } => {
                let entry = Arc::clone(&self.entry);
                self.aside(reply, |shared, record, machine| {
                    copy::run(Copy { shared, entry, record, machine, scope, to, copied })
                });
            }
            Command::Join { reply } => self.join(reply),
            Command::Reap => self.reap(),
            Command::Close => self.closing = true,
        }
    }

    fn asked(&mut self, event: Event, grace: Duration, reply: Reply) {
        let record = self.entry.record();
        let state = record.state;
        match lifecycle::decide(state, event) {
            Decision::Begin(SandboxState::Deleting, _) => self.delete(reply),
            _ if self.action.is_some() => self.park(Command::Ask { event, grace, reply }),
            Decision::Begin(to, action) => {
                self.wait(reply);
                self.begin(to, action, grace, "");
            }
            Decision::Denied(wanted) => {
                let sandbox = record.id.clone();
                answer(reply, Err(EngineError::WrongState { sandbox, state, wanted }));
            }
            _ => answer(reply, Ok(self.entry.sandbox())),
        }
    }

    /// Lets a caller wait for the action under way, or the one that begins.
    fn wait(&mut self, reply: Reply) {
        if self.waiters.len() < MAX_WAITING {
            return self.waiters.push(Waiter { reply, verdict: None });
        }
        answer(reply, Err(too_many()));
    }

    /// One that is going is waited for; without an answer its creator makes
    /// another.
    fn join(&mut self, reply: Reply) {
        let state = self.entry.record().state;
        match state {
            SandboxState::Creating => self.wait(reply),
            SandboxState::Deleting if self.action.is_some() => self.park(Command::Join { reply }),
            SandboxState::Deleting => answer(reply, Err(self.deleted())),
            _ => answer(reply, Ok(self.entry.sandbox())),
        }
    }

    fn park(&mut self, command: Command) {
        if self.parked.len() < MAX_WAITING {
            return self.parked.push(command);
        }
        refuse(command, &too_many());
    }

    /// Gives up what is under way, a delete excepted.
    fn delete(&mut self, reply: Reply) {
        let deleting = self.entry.record().state == SandboxState::Deleting;
        if !(deleting && self.action.is_some()) {
            self.refuse_all(&self.deleted());
            self.begin(SandboxState::Deleting, Action::Delete, DEFAULT_GRACE, "");
        }
        self.wait(reply);
    }

    fn deleted(&self) -> EngineError {
        EngineError::Deleted { sandbox: self.entry.id.clone() }
    }

    /// Enters a passing state and begins its action.
    fn begin(&mut self, to: SandboxState, action: Action, grace: Duration, reason: &str) {
        let old = self.entry.record();
        let mut record = Sandbox::clone(&old);
        record.state = to;
        reason.clone_into(&mut record.state_reason);
        record.update_time = SystemTime::now();
        self.shared.publish(&self.entry, record.clone(), |live| live.delete_failed = None);
        self.act(old.state, record, action, grace);
    }

    fn act(&mut self, was: SandboxState, record: Sandbox, action: Action, grace: Duration) {
        let machine = self.entry.live(|live| live.machine.clone());
        let shared = Arc::clone(&self.shared);
        let entry = Arc::clone(&self.entry);
        let birth = std::mem::take(&mut self.birth);
        let work = Work { shared, record, birth, machine, was, grace };
        self.set_action(async move {
            entry.disk.close(&work.shared, &entry.id).await?;
            work.run(action).await
        });
    }

    fn set_action(&mut self, work: impl Future<Output = Outcome> + Send + 'static) {
        // The old one, if any, is dropped, which gives it up.
        self.action = Some(Box::pin(AssertUnwindSafe(work).catch_unwind().map(|outcome| {
            outcome.unwrap_or_else(|_| {
                let (step, cause) = ("action".to_owned(), "it panicked".to_owned());
                Err(RuntimeError::Failed { step, cause }.into())
            })
        })));
    }

    /// The action under way is over.
    fn over(&mut self, outcome: Outcome) -> Next {
        self.action = None;
        let state = self.entry.record().state;
        let event = match &outcome {
            Ok(_) => Event::Done,
            Err(EngineError::Runtime(RuntimeError::Gone)) if lifecycle::has_machine(state) => {
                Event::Ended
            }
            Err(_) => Event::Failed,
        };
        match (lifecycle::decide(state, event), outcome) {
            (Decision::Gone, _) => return self.gone(),
            (Decision::Settle(to), Ok(settled)) => self.settled(to, settled),
            (Decision::Settle(to), Err(error)) => self.failed(to, &error),
            (Decision::Begin(to, action), Err(error)) => {
                // The waiters hear of the error when its consequences are over.
                for waiter in &mut self.waiters {
                    waiter.verdict.get_or_insert_with(|| error.clone());
                }
                self.begin(to, action, DEFAULT_GRACE, &error.to_string());
            }
            // An update: the state has not changed.
            (_, Ok(settled)) => self.updated(settled),
            (_, Err(error)) => self.answer_all(&Err(error)),
        }
        self.unpark();
        Next::On
    }

    fn settled(&mut self, to: SandboxState, settled: Settled) {
        debug_assert_eq!(to, settled.record.state, "an action ends where the table says");
        self.shared.publish(&self.entry, settled.record, |live| {
            let now = Instant::now();
            match to {
                SandboxState::Stopped => live.stopped = now,
                SandboxState::Running if live.machine.is_none() => live.started = now,
                _ => {}
            }
            live.machine = settled.machine;
            live.active = now;
        });
        self.watch_machine();
        self.answer_all(&settled.complaint.map_or(Ok(()), Err));
    }

    fn updated(&mut self, settled: Settled) {
        self.shared.publish(&self.entry, settled.record, |_| {});
        self.answer_all(&Ok(()));
    }

    fn gone(&mut self) -> Next {
        self.shared.remove(&self.entry);
        self.answer_all(&Ok(()));
        self.refuse_all(&self.deleted());
        Next::End
    }

    fn machine_ended(&mut self, why: &str) {
        self.ended = None;
        let state = self.entry.record().state;
        if let Decision::Begin(to, action) = lifecycle::decide(state, Event::Ended) {
            self.begin(to, action, DEFAULT_GRACE, why);
        }
    }

    fn watch_machine(&mut self) {
        let machine: Option<Arc<dyn Machine>> = self.entry.live(|live| live.machine.clone());
        self.ended = machine.map(|machine| async move { machine.ended().await }.boxed());
    }

    /// Does what leaves the state as it is.
    fn aside<F>(
        &mut self,
        reply: Reply,
        work: impl FnOnce(Arc<Shared>, Sandbox, Option<Arc<dyn Machine>>) -> F,
    ) where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let (record, machine) =
            self.entry.live(|live| (Sandbox::clone(&live.record), live.machine.clone()));
        if record.state == SandboxState::Deleting {
            return answer(reply, Err(self.deleted()));
        }
        self.wait(reply);
        self.set_action(work(Arc::clone(&self.shared), record, machine));
    }

    /// Does what is due, if it still is; the reaper asks again later if not.
    fn reap(&mut self) {
        let due = self.entry.live(|live| reaper::deadline(live, Instant::now()));
        let Some(due) = due.filter(|due| due.at <= Instant::now() && self.action.is_none()) else {
            return;
        };
        let Due { event, reason, .. } = due;
        if let Decision::Begin(to, action) = lifecycle::decide(self.entry.record().state, event) {
            self.begin(to, action, DEFAULT_GRACE, reason);
        }
    }

    /// Reads again what waited for the action that is over, until one of it
    /// begins another.
    fn unpark(&mut self) {
        let mut parked = std::mem::take(&mut self.parked).into_iter();
        while self.action.is_none() {
            let Some(command) = parked.next() else { return };
            self.told(command);
        }
        self.parked.extend(parked);
    }

    /// Answers who waited for the action that is over.
    fn answer_all(&mut self, result: &Result<(), EngineError>) {
        for Waiter { reply, verdict } in self.waiters.drain(..) {
            let result = match verdict {
                Some(error) => Err(error),
                None => result.clone().map(|()| self.entry.sandbox()),
            };
            answer(reply, result);
        }
    }

    fn refuse_all(&mut self, error: &EngineError) {
        self.answer_all(&Err(error.clone()));
        for command in self.parked.drain(..) {
            refuse(command, error);
        }
    }
}

fn too_many() -> EngineError {
    EngineError::Exhausted { what: format!("{MAX_WAITING} calls that wait for one sandbox") }
}
