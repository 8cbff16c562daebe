//! A runtime in which nothing runs, with faults to order: for tests of what
//! stands on the seam, never for the shipped program.
//!
//! What a real host would hold lies in a directory, so that it outlives the
//! daemon that made it: `machines/<id>` while a machine is there, with
//! `running` or `paused` in it, and `disks/<id>/`.

mod file;
mod process;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::{oneshot, watch};

pub use process::FakeProcess;

use super::{
    Capability, CapabilityStatus, DialError, FileCall, FileError, Machine, MachineSpec,
    MachineUsage, Process, Runtime, RuntimeError, SpawnError,
};
use crate::model::{ExecId, ExecSpec, FileRequest, Limits, SandboxId};

/// A call that can be made to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Step {
    Create,
    Connect,
    Destroy,
    RemoveDisk,
    List,
    Pause,
    Resume,
    Stop,
    SetLimits,
    StartExec,
    File,
    Dial,
}

/// How a call goes wrong, every time until it is ordered otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It takes so long.
    Delay(Duration),
    /// It waits until the step is cleared.
    Hold,
    /// It fails.
    Fail,
    /// It finds the machine ended.
    Gone,
    /// It panics.
    Panic,
}

/// The fake runtime.
pub struct FakeRuntime {
    world: Arc<World>,
}

struct World {
    dir: PathBuf,
    faults: Mutex<HashMap<Step, Fault>>,
    cleared: watch::Sender<()>,
    calls: Mutex<HashMap<Step, usize>>,
    machines: Mutex<HashMap<SandboxId, Arc<FakeMachine>>>,
    listeners: Mutex<HashMap<u16, SocketAddr>>,
}

/// A machine in which nothing runs.
pub struct FakeMachine {
    id: SandboxId,
    world: Arc<World>,
    ended: watch::Sender<Option<String>>,
    processes: Mutex<Vec<Arc<FakeProcess>>>,
    limits: Mutex<Option<Limits>>,
}

impl FakeRuntime {
    /// A runtime whose host is this directory, which must be there.
    pub fn new(dir: &Path) -> Self {
        for part in ["machines", "disks"] {
            fs::create_dir_all(dir.join(part)).expect("the test's directory can be written");
        }
        let world = World {
            dir: dir.to_owned(),
            faults: Mutex::default(),
            cleared: watch::Sender::new(()),
            calls: Mutex::default(),
            machines: Mutex::default(),
            listeners: Mutex::default(),
        };
        Self { world: Arc::new(world) }
    }

    /// From now on, each such call goes wrong so.
    pub fn order(&self, step: Step, fault: Fault) {
        self.world.faults.lock().insert(step, fault);
    }

    /// From now on, it goes right.
    pub fn clear(&self, step: Step) {
        self.world.faults.lock().remove(&step);
        self.world.cleared.send_replace(());
    }

    /// How often a call was made.
    pub fn calls(&self, step: Step) -> usize {
        self.world.calls.lock().get(&step).copied().unwrap_or_default()
    }

    /// From now on, this port of every machine is what really listens there.
    pub fn listen(&self, port: u16, at: SocketAddr) {
        self.world.listeners.lock().insert(port, at);
    }

    /// Makes a machine end by itself.
    pub fn end(&self, id: &SandboxId, why: &str) {
        self.world.end(id, why);
    }

    /// A machine that this daemon has.
    pub fn machine(&self, id: &SandboxId) -> Option<Arc<FakeMachine>> {
        self.world.machines.lock().get(id).cloned()
    }

    /// Whether there is a machine, and it is paused.
    pub fn is_frozen(&self, id: &SandboxId) -> bool {
        fs::read(self.world.machine(id)).is_ok_and(|state| state == b"paused")
    }

    /// Ids of machines that are there.
    pub fn machines(&self) -> Vec<SandboxId> {
        self.world.ids("machines")
    }

    /// Ids of disks that are there.
    pub fn disks(&self) -> Vec<SandboxId> {
        self.world.ids("disks")
    }
}

impl World {
    fn machine(&self, id: &SandboxId) -> PathBuf {
        self.dir.join("machines").join(id.as_str())
    }

    fn disk(&self, id: &SandboxId) -> PathBuf {
        self.dir.join("disks").join(id.as_str())
    }

    fn ids(&self, part: &str) -> Vec<SandboxId> {
        let entries = fs::read_dir(self.dir.join(part)).expect("it was made at the start");
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut ids: Vec<SandboxId> = names.filter_map(|name| name.parse().ok()).collect();
        ids.sort();
        ids
    }

    fn end(&self, id: &SandboxId, why: &str) {
        // A machine that is not there has ended.
        let _ = fs::remove_file(self.machine(id));
        if let Some(machine) = self.machines.lock().remove(id) {
            for process in machine.processes.lock().iter() {
                process.machine_ended();
            }
            machine.ended.send_replace(Some(why.to_owned()));
        }
    }

    async fn step(&self, step: Step) -> Result<(), RuntimeError> {
        *self.calls.lock().entry(step).or_default() += 1;
        let fault = self.faults.lock().get(&step).copied();
        match fault {
            None => Ok(()),
            Some(Fault::Delay(delay)) => {
                tokio::time::sleep(delay).await;
                Ok(())
            }
            Some(Fault::Hold) => {
                let mut cleared = self.cleared.subscribe();
                let held = |faults: &HashMap<Step, Fault>| faults.get(&step) == Some(&Fault::Hold);
                while held(&self.faults.lock()) && cleared.changed().await.is_ok() {}
                Ok(())
            }
            Some(Fault::Fail) => Err(failed(step, "as ordered")),
            Some(Fault::Gone) => Err(RuntimeError::Gone),
            Some(Fault::Panic) => panic!("{step:?} panics as ordered"),
        }
    }

    /// A machine's own call: it must still be there.
    async fn machine_step(&self, step: Step, id: &SandboxId) -> Result<(), RuntimeError> {
        self.step(step).await?;
        if self.machine(id).exists() { Ok(()) } else { Err(RuntimeError::Gone) }
    }

    fn adopt(self: &Arc<Self>, id: &SandboxId) -> Arc<FakeMachine> {
        let machine = Arc::new(FakeMachine {
            id: id.clone(),
            world: Arc::clone(self),
            ended: watch::Sender::new(None),
            processes: Mutex::default(),
            limits: Mutex::default(),
        });
        self.machines.lock().insert(id.clone(), Arc::clone(&machine));
        machine
    }
}

fn failed(step: Step, cause: &str) -> RuntimeError {
    RuntimeError::Failed { step: format!("{step:?}"), cause: cause.to_owned() }
}

fn written(step: Step, result: io::Result<()>) -> Result<(), RuntimeError> {
    result.map_err(|error| failed(step, &error.to_string()))
}

#[async_trait]
impl Runtime for FakeRuntime {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn capabilities(&self) -> Vec<Capability> {
        let detail = "nothing runs".to_owned();
        vec![Capability { name: "isolation", status: CapabilityStatus::Off, detail }]
    }

    async fn create(
        &self,
        spec: &MachineSpec,
        born: oneshot::Sender<Value>,
    ) -> Result<Arc<dyn Machine>, RuntimeError> {
        written(Step::Create, fs::create_dir_all(self.world.disk(&spec.id)))?;
        self.world.step(Step::Create).await?;
        if self.world.machine(&spec.id).exists() {
            return Err(failed(Step::Create, "there is a machine already"));
        }
        written(Step::Create, fs::write(self.world.machine(&spec.id), "running"))?;
        // Not everybody wants it.
        let _ = born.send(Value::from(spec.id.as_str()));
        Ok(self.world.adopt(&spec.id))
    }

    async fn connect(
        &self,
        id: &SandboxId,
        note: &Value,
    ) -> Result<Arc<dyn Machine>, RuntimeError> {
        self.world.machine_step(Step::Connect, id).await?;
        if note != &Value::from(id.as_str()) {
            return Err(failed(Step::Connect, "the note is another machine's"));
        }
        Ok(self.world.adopt(id))
    }

    async fn destroy(&self, id: &SandboxId) -> Result<(), RuntimeError> {
        self.world.step(Step::Destroy).await?;
        self.world.end(id, "destroyed");
        Ok(())
    }

    async fn remove_disk(&self, id: &SandboxId) -> Result<(), RuntimeError> {
        self.world.step(Step::RemoveDisk).await?;
        if self.world.machine(id).exists() {
            return Err(failed(Step::RemoveDisk, "its machine still runs"));
        }
        match fs::remove_dir_all(self.world.disk(id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(failed(Step::RemoveDisk, &error.to_string()))
            }
            _ => Ok(()),
        }
    }

    async fn list(&self) -> Result<Vec<SandboxId>, RuntimeError> {
        self.world.step(Step::List).await?;
        let mut ids = self.machines();
        ids.extend(self.disks());
        ids.sort();
        ids.dedup();
        Ok(ids)
    }

    async fn machines(&self) -> Result<Vec<SandboxId>, RuntimeError> {
        Ok(FakeRuntime::machines(self))
    }
}

impl FakeMachine {
    /// The limits that it was told after its start.
    pub fn limits(&self) -> Option<Limits> {
        *self.limits.lock()
    }

    /// What was started, oldest first.
    pub fn started(&self) -> Vec<Arc<FakeProcess>> {
        self.processes.lock().clone()
    }

    fn write(&self, step: Step, state: &str) -> Result<(), RuntimeError> {
        written(step, fs::write(self.world.machine(&self.id), state))
    }
}

#[async_trait]
impl Machine for FakeMachine {
    async fn pause(&self) -> Result<(), RuntimeError> {
        self.world.machine_step(Step::Pause, &self.id).await?;
        self.write(Step::Pause, "paused")
    }

    async fn resume(&self) -> Result<(), RuntimeError> {
        self.world.machine_step(Step::Resume, &self.id).await?;
        self.write(Step::Resume, "running")
    }

    async fn stop(&self, _grace: Duration) -> Result<(), RuntimeError> {
        self.world.step(Step::Stop).await?;
        self.world.end(&self.id, "stopped");
        Ok(())
    }

    async fn set_limits(&self, limits: &Limits) -> Result<(), RuntimeError> {
        self.world.machine_step(Step::SetLimits, &self.id).await?;
        *self.limits.lock() = Some(*limits);
        Ok(())
    }

    fn oom_kills(&self) -> u64 {
        0
    }

    async fn usage(&self) -> MachineUsage {
        MachineUsage { pids: Some(self.running() as u64), ..MachineUsage::default() }
    }

    async fn start(
        &self,
        id: &ExecId,
        spec: &ExecSpec,
        env: &BTreeMap<String, String>,
    ) -> Result<Arc<dyn Process>, SpawnError> {
        self.world.machine_step(Step::StartExec, &self.id).await?;
        let process = Arc::new(FakeProcess::start(id, spec, env));
        self.processes.lock().push(Arc::clone(&process));
        Ok(process)
    }

    fn processes(&self) -> Vec<Arc<dyn Process>> {
        self.processes.lock().iter().map(|process| Arc::clone(process) as _).collect()
    }

    fn running(&self) -> usize {
        let processes = self.processes.lock();
        processes.iter().filter(|process| process.exit_status().is_none()).count()
    }

    fn process(&self, id: &ExecId) -> Option<Arc<dyn Process>> {
        let processes = self.processes.lock();
        let process = processes.iter().find(|process| process.id() == id);
        process.map(|process| Arc::clone(process) as _)
    }

    async fn file(&self, request: FileRequest) -> Result<Box<dyn FileCall>, FileError> {
        self.world.machine_step(Step::File, &self.id).await?;
        let call = file::FakeFileCall::begin(&self.world.disk(&self.id), request)?;
        Ok(Box::new(call))
    }

    async fn dial(&self, port: u16) -> Result<TcpStream, DialError> {
        self.world.machine_step(Step::Dial, &self.id).await?;
        let at = self.world.listeners.lock().get(&port).copied();
        let connected = TcpStream::connect(at.ok_or(DialError::NotListening(port))?).await;
        connected.map_err(|_| DialError::NotListening(port))
    }

    async fn ended(&self) -> String {
        let mut ended = self.ended.subscribe();
        match ended.wait_for(Option::is_some).await {
            Ok(why) => why.clone().unwrap_or_default(),
            Err(_) => "its runtime is gone".to_owned(),
        }
    }
}
