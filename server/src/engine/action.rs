//! The actions: what they do to the host and in which order it is recorded.
//!
//! A record announces an effect, durably, before it happens, and tells of it,
//! durably, before the caller hears of it. So a machine never does what the
//! next daemon can't know of: a STOPPED sandbox never has one, a PAUSED one is
//! frozen. Two do not wait for their announcement, which flushes beside the
//! work: a create, since what has no record is swept, and a delete of one that
//! has no volume of its own, since its record goes before its disk does. That
//! of a machine that begins to run is recorded while it sets itself up.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::oneshot;

use super::EngineError;
use super::health;
use super::layout::{self, Origin};
use super::lifecycle::Action;
use super::main_process;
use super::network;
use super::shared::Shared;
use super::trust;
use crate::failpoint;
use crate::model::{HealthCheck, Sandbox, SandboxState};
use crate::runtime::{Machine, RuntimeError};

/// What an action works on.
pub(super) struct Work {
    pub(super) shared: Arc<Shared>,
    /// The record, in the state that the action passes through.
    pub(super) record: Sandbox,
    /// How a new one is made.
    pub(super) birth: Birth,
    /// Where there is one.
    pub(super) machine: Option<Arc<dyn Machine>>,
    /// The state before that one.
    pub(super) was: SandboxState,
    /// What processes get after SIGTERM.
    pub(super) grace: Duration,
}

/// What an action leaves.
pub(super) struct Settled {
    pub(super) record: Sandbox,
    pub(super) machine: Option<Arc<dyn Machine>>,
    /// What its callers hear, though it was done.
    pub(super) complaint: Option<EngineError>,
}

impl Settled {
    /// All is well.
    pub(super) fn new(record: Sandbox, machine: Option<Arc<dyn Machine>>) -> Self {
        Self { record, machine, complaint: None }
    }
}

/// What a create says beside the record.
#[derive(Default, Clone)]
pub(super) struct Birth {
    /// What the disk is a copy of.
    pub(super) origin: Option<Origin>,
    /// What it has to pass.
    pub(super) health_check: Option<HealthCheck>,
}

/// The failpoints of one action.
struct Points {
    begun: &'static str,
    recorded: &'static str,
    machine: &'static str,
    settled: &'static str,
}

const CREATE: Points = Points {
    begun: "create.begun",
    recorded: "create.recorded",
    machine: "create.machine",
    settled: "create.running_recorded",
};
const START: Points = Points {
    begun: "start.begun",
    recorded: "start.recorded",
    machine: "start.machine",
    settled: "start.running_recorded",
};
const STOP: Points = Points {
    begun: "stop.begun",
    recorded: "stop.recorded",
    machine: "stop.machine",
    settled: "stop.stopped_recorded",
};
const PAUSE: Points = Points {
    begun: "pause.begun",
    recorded: "pause.recorded",
    machine: "pause.machine",
    settled: "pause.paused_recorded",
};
const RESUME: Points = Points {
    begun: "resume.begun",
    recorded: "resume.recorded",
    machine: "resume.machine",
    settled: "resume.running_recorded",
};

impl Work {
    /// Does an action to its end. Dropping it leaves what a delete can clear.
    pub(super) async fn run(self, action: Action) -> Result<Settled, EngineError> {
        match action {
            // Of one whose machine an earlier daemon made, only the check is left.
            Action::Create => match self.machine.clone() {
                None => self.make(&CREATE).await,
                Some(machine) => self.checked(machine).await,
            },
            Action::Start => self.start().await,
            Action::Stop => self.stop().await,
            Action::CleanUp => self.clean_up().await,
            Action::Pause => self.pause().await,
            Action::Resume => self.resume().await,
            Action::Delete => self.delete().await,
        }
    }

    async fn announce(&self, points: &Points) -> Result<(), EngineError> {
        failpoint::hit(points.begun);
        match self.record.state {
            SandboxState::Creating => self.shared.table.put_soon(&self.record).await?,
            _ => self.shared.table.put(&self.record).await?,
        }
        failpoint::hit(points.recorded);
        Ok(())
    }

    async fn settle(
        mut self,
        points: &Points,
        state: SandboxState,
    ) -> Result<Settled, EngineError> {
        failpoint::hit(points.machine);
        self.record.state = state;
        self.record.update_time = SystemTime::now();
        self.shared.table.put(&self.record).await?;
        failpoint::hit(points.settled);
        Ok(Settled::new(self.record, self.machine))
    }

    async fn make(mut self, points: &Points) -> Result<Settled, EngineError> {
        self.announce(points).await?;
        // Looked up after the record is in the index: an image that is being
        // removed is either not found here or finds this user of it.
        self.shared.images.source(&self.record.image)?;
        if self.record.state == SandboxState::Creating {
            let origin = self.birth.origin.take();
            layout::lay_out(&self.shared, &mut self.record, origin.as_ref()).await?;
        }
        let spec = layout::machine_spec(&self.shared, &self.record)?;
        self.record.start_time = Some(SystemTime::now());
        self.record.stop_time = None;
        self.record.oom_kills = 0;
        main_process::next_run(&mut self.record);
        self.record.unchecked.clone_from(&self.birth.health_check);
        let creating = self.record.state == SandboxState::Creating;
        self.record.state = SandboxState::Running;
        let (born, note) = oneshot::channel();
        let shared = Arc::clone(&self.shared);
        let wanted = self.record.clone();
        let making = async {
            let made = shared.runtime.create(&spec, born).await;
            failpoint::hit(points.machine);
            made
        };
        // The disk and the machine's own setting up take as long as each
        // other. A machine that fails now is gone in a moment, and its record
        // with it, or STOPPED where the daemon ends just then.
        let recording = async {
            // Not sent where there is no machine.
            let Ok(note) = note.await else { return Ok(()) };
            let joining = network::join(&shared, &wanted, note.clone());
            self.record.machine = Some(note);
            self.record.update_time = SystemTime::now();
            let (joined, recorded) = tokio::join!(joining, shared.table.put(&self.record));
            recorded?;
            joined
        };
        let admitting = network::admit(&shared, &wanted);
        let (made, recorded, admitted) = tokio::join!(making, recording, admitting);
        let machine = made?;
        recorded?;
        admitted?;
        failpoint::hit(points.settled);
        match self.begin(&machine).await {
            Err((_, error)) if creating => return Err(error),
            // What is wrong can be mended while it runs.
            Err((what, error)) => {
                self.record.state_reason = format!("{what}: {error}");
                self.shared.table.put(&self.record).await?;
            }
            Ok(()) => {}
        }
        self.checked(machine).await
    }

    /// What comes before the sandbox is its caller's, and what could not be
    /// done of it.
    async fn begin(
        &mut self,
        machine: &Arc<dyn Machine>,
    ) -> Result<(), (&'static str, EngineError)> {
        let trusted = trust::establish(&**machine, &mut self.record).await;
        let changed = trusted.map_err(|error| ("it does not trust its own authority", error))?;
        let what = "its main process can't be started";
        if changed {
            self.shared.table.put(&self.record).await.map_err(|error| (what, error.into()))?;
        }
        let started = main_process::start(&self.shared, &self.record, machine).await;
        started.map_err(|error| (what, error))
    }

    async fn checked(mut self, machine: Arc<dyn Machine>) -> Result<Settled, EngineError> {
        self.record.state = SandboxState::Running;
        let complaint = self.check_health(&machine).await?;
        Ok(Settled { complaint, ..Settled::new(self.record, Some(machine)) })
    }

    /// A machine that does not pass is deleted, or kept with a complaint.
    async fn check_health(
        &mut self,
        machine: &Arc<dyn Machine>,
    ) -> Result<Option<EngineError>, EngineError> {
        let Some(check) = self.birth.health_check.take() else { return Ok(None) };
        let complaint = match health::wait_for(machine, &check).await {
            Ok(()) => None,
            Err(error) if check.delete_on_failure => return Err(error),
            Err(error) => {
                self.record.state_reason = error.to_string();
                Some(error)
            }
        };
        self.record.unchecked = None;
        self.shared.table.put(&self.record).await?;
        Ok(complaint)
    }

    /// Nothing of a machine stays when a start fails; something may be there
    /// before it, of a machine that could not be ended.
    async fn start(self) -> Result<Settled, EngineError> {
        let shared = Arc::clone(&self.shared);
        let id = self.record.id.clone();
        if self.was == SandboxState::Failed {
            shared.runtime.destroy(&id).await?;
        }
        match self.make(&START).await {
            Ok(settled) => Ok(settled),
            Err(error) => {
                // The start's own error says more than this one's.
                let _ = shared.runtime.destroy(&id).await;
                Err(error)
            }
        }
    }

    async fn stop(mut self) -> Result<Settled, EngineError> {
        self.announce(&STOP).await?;
        if let Some(machine) = &self.machine {
            if self.was == SandboxState::Paused {
                // Frozen processes can't hear a SIGTERM; where they can't be
                // thawed, the stop below ends them all the same.
                let _ = machine.resume().await;
            }
            let grace = main_process::end(&self.shared, &self.record, machine, self.grace).await;
            if machine.stop(grace).await.is_err() {
                self.shared.runtime.destroy(&self.record.id).await?;
            }
        }
        self.end_machine();
        self.settle(&STOP, SandboxState::Stopped).await
    }

    async fn clean_up(mut self) -> Result<Settled, EngineError> {
        self.shared.runtime.destroy(&self.record.id).await?;
        self.end_machine();
        self.record.state = SandboxState::Stopped;
        self.shared.table.put(&self.record).await?;
        Ok(Settled::new(self.record, None))
    }

    fn end_machine(&mut self) {
        if let Some(machine) = self.machine.take() {
            self.record.oom_kills = machine.oom_kills();
            main_process::note_exit(&mut self.record, &*machine);
        }
        self.record.machine = None;
        self.record.stop_time = Some(SystemTime::now());
    }

    async fn pause(self) -> Result<Settled, EngineError> {
        self.announce(&PAUSE).await?;
        self.machine.as_ref().ok_or(RuntimeError::Gone)?.pause().await?;
        self.settle(&PAUSE, SandboxState::Paused).await
    }

    /// A machine that does not go on is ended.
    async fn resume(self) -> Result<Settled, EngineError> {
        self.announce(&RESUME).await?;
        match self.machine.as_ref().ok_or(RuntimeError::Gone)?.resume().await {
            Ok(()) => self.settle(&RESUME, SandboxState::Running).await,
            Err(RuntimeError::Gone) => Err(RuntimeError::Gone.into()),
            Err(error) => {
                // As in `start`; what is left, the next start or delete ends.
                let _ = self.shared.runtime.destroy(&self.record.id).await;
                Err(error.into())
            }
        }
    }

    /// The record goes before the disk does: a sandbox that comes back after a
    /// crash must have its files, and a disk without a record is swept. Only
    /// one with a volume of its own, which goes before the record, has to be
    /// known as DELETING first.
    async fn delete(mut self) -> Result<Settled, EngineError> {
        failpoint::hit("delete.begun");
        let id = self.record.id.clone();
        self.record.machine = None;
        match self.record.own_volume {
            Some(_) => self.shared.table.put(&self.record).await?,
            None => self.shared.table.put_soon(&self.record).await?,
        }
        failpoint::hit("delete.recorded");
        self.shared.runtime.destroy(&id).await?;
        failpoint::hit("delete.machine");
        network::release(&self.shared, &self.record).await?;
        layout::remove_own_volume(&self.shared, &self.record).await?;
        self.shared.table.delete(id.as_str()).await?;
        failpoint::hit("delete.record_dropped");
        if let Err(error) = self.shared.runtime.remove_disk(&id).await {
            // There to be tried again.
            self.shared.table.put(&self.record).await?;
            return Err(error.into());
        }
        failpoint::hit("delete.disk");
        if self.record.main.is_some()
            && let Err(error) = self.shared.logs.remove(&id).await
        {
            // The next daemon sweeps it.
            tracing::warn!(sandbox = %id, %error, "its log stays");
        }
        Ok(Settled::new(self.record, None))
    }
}
