//! Waking a sandbox and waiting until its port answers: once for all who wait.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::refusal::Refusal;
use super::target::Target;
use crate::engine::{Engine, EngineError, ProbeError, Visit, probe};
use crate::runtime::{DialError, Machine, RuntimeError};

/// Between two looks at a port, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LAST_PAUSE: Duration = Duration::from_millis(100);

/// A wake under way; each who waits has a clone.
pub(super) type Waking = Shared<BoxFuture<'static, Result<(), Refusal>>>;

impl Target {
    /// A connection to the port of a sandbox that is awake by then.
    pub(super) async fn connect(
        self: &Arc<Self>,
        engine: &Engine,
        visit: &Visit,
        patience: Duration,
    ) -> Result<TcpStream, Refusal> {
        if let Some(stream) = self.try_ready(visit).await? {
            return Ok(stream);
        }
        self.awake(engine, visit, patience).await?;
        let stream = self.try_ready(visit).await?;
        stream.ok_or(Refusal::NotListening(self.place.port))
    }

    /// Where its machine was found ready.
    async fn try_ready(&self, visit: &Visit) -> Result<Option<TcpStream>, Refusal> {
        let Some(machine) = visit.machine().filter(|machine| self.is_ready(machine)) else {
            return Ok(None);
        };
        match machine.dial(self.place.port).await {
            Ok(stream) => Ok(Some(stream)),
            Err(DialError::NotListening(_) | DialError::Machine(RuntimeError::Gone)) => {
                self.set_ready(None);
                Ok(None)
            }
            Err(error) => Err(Refusal::Broken(error.to_string())),
        }
    }

    /// Waits until it is ready; the first one who comes begins it, and it
    /// goes on when everybody leaves.
    pub(super) fn awake(
        self: &Arc<Self>,
        engine: &Engine,
        visit: &Visit,
        patience: Duration,
    ) -> Waking {
        let mut waking = self.waking.lock();
        if let Some(under_way) = waking.as_ref().filter(|waking| waking.peek().is_none()) {
            return under_way.clone();
        }
        let (target, engine, visit) = (Arc::clone(self), engine.clone(), visit.clone());
        let task = tokio::spawn(async move {
            let result = wake(&target, &engine, &visit, patience).await;
            *target.waking.lock() = None;
            result
        });
        let begun = async { task.await.unwrap_or(Err(Refusal::ShuttingDown)) }.boxed().shared();
        *waking = Some(begun.clone());
        begun
    }
}

async fn wake(
    target: &Target,
    engine: &Engine,
    visit: &Visit,
    patience: Duration,
) -> Result<(), Refusal> {
    let begun = Instant::now();
    // One that has run for long is not about to become ready.
    let from = visit.machine().map_or(begun, |_| visit.started());
    let deadline = from + patience;
    engine.wake(visit).await.map_err(|error| cant_wake(&error))?;
    let machine = visit.machine().ok_or(Refusal::CantWake("it stopped again".to_owned()))?;
    let path = visit.sandbox().port(target.place.port).map(|port| port.ready_path.clone());
    let path = path.ok_or(Refusal::NotOpen(target.place.port))?;
    let mut pause = FIRST_PAUSE;
    loop {
        let found = look(&*machine, target.place.port, &path).await;
        match found {
            Ok(()) => {
                target.set_ready(Some(&machine));
                return Ok(());
            }
            Err(Refusal::CantWake(why)) => return Err(Refusal::CantWake(why)),
            Err(why) if Instant::now() + pause > deadline => return Err(why),
            Err(_) => {}
        }
        let ended = timeout(pause, machine.ended()).await;
        if let Ok(why) = ended {
            return Err(Refusal::CantWake(format!("it stopped again: {why}")));
        }
        pause = (pause * 2).min(LAST_PAUSE);
    }
}

/// Whether the port is ready.
async fn look(machine: &dyn Machine, port: u16, path: &str) -> Result<(), Refusal> {
    probe(machine, port, path).await.map_err(|error| match error {
        ProbeError::Dial(DialError::NotListening(port)) => Refusal::NotListening(port),
        ProbeError::Dial(DialError::Machine(RuntimeError::Gone)) => {
            Refusal::CantWake("it stopped again".to_owned())
        }
        ProbeError::Dial(DialError::Machine(error)) => Refusal::Broken(error.to_string()),
        _ => Refusal::NotReady(port),
    })
}

fn cant_wake(error: &EngineError) -> Refusal {
    match error {
        EngineError::NotFound { .. } | EngineError::Deleted { .. } => Refusal::NoSandbox,
        EngineError::ShuttingDown => Refusal::ShuttingDown,
        EngineError::Exhausted { .. } => Refusal::TooMany,
        other => Refusal::CantWake(other.to_string()),
    }
}
