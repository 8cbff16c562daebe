//! A machine that runs: made, or found again; its execs; its end.

use std::collections::BTreeMap;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use skerry_api::init::{self, ForgetExec, Terminate, Welcome, daemon_message, init_message};
use skerry_linux::readiness::watch_readable;
use tokio::io::unix::AsyncFd;
use tokio::net::TcpStream;
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

use super::cgroup::{Cgroups, OomCounter};
use super::connection::{Connection, Receiver};
use super::dial::Dialer;
use super::exec_log::ExecLog;
use super::files::Files;
use super::prepare::Prepared;
use super::process::{Handle, LinuxProcess, State, Tag};
use super::{Note, Parts, Step, start};
use crate::model::{ExecId, ExecSpec, FileRequest, Limits, SandboxId};
use crate::runtime::{
    DialError, FileCall, FileError, Machine, MachineUsage, Process, RuntimeError, SpawnError,
};

/// The version of `skerry.init.v1` spoken here.
const PROTOCOL: u32 = 1;
/// Execs that have ended and are still kept, as the API promises.
const MAX_ENDED: usize = 128;
/// More of them are let come together before any is dropped, so that not every
/// start has to count them.
const PRUNE_BATCH: usize = 32;
/// How long init may take to send SIGTERM to everybody.
const TERMINATE_TIMEOUT: Duration = Duration::from_secs(5);
/// Between the end of init's socket and its own.
const END_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) struct LinuxMachine {
    shared: Arc<Shared>,
    files: Arc<Files>,
    dialer: Dialer,
    parts: Arc<Parts>,
    reader: tokio::task::JoinHandle<()>,
}

/// What the machine, its execs and its reader share.
pub(super) struct Shared {
    pub(super) id: SandboxId,
    pub(super) connection: Connection,
    oom: OomCounter,
    pub(super) processes: Mutex<BTreeMap<ExecId, Arc<LinuxProcess>>>,
    /// Why it has ended, once it has.
    ended: watch::Sender<Option<String>>,
}

impl Shared {
    pub(super) fn oom_kills(&self) -> u64 {
        self.oom.read()
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.borrow().is_some()
    }

    /// For a destructor, which can't wait.
    pub(super) fn tell_later(self: &Arc<Self>, message: daemon_message::Message) {
        let shared = Arc::clone(self);
        if let Ok(handle) = tokio::runtime::Handle::try_current() {
            handle.spawn(async move {
                // A machine that has ended needs no word.
                let _ = shared.connection.tell(message).await;
            });
        }
    }

    fn end(&self, why: &str) {
        self.connection.close();
        self.ended.send_if_modified(|ended| {
            let first = ended.is_none();
            ended.get_or_insert_with(|| why.to_owned());
            first
        });
        for process in self.processes.lock().values() {
            process.changed.notify_waiters();
        }
    }
}

/// Asks the zygote for the machine and waits until it answers.
pub(super) async fn make(
    parts: &Arc<Parts>,
    id: &SandboxId,
    prepared: Prepared,
    born: oneshot::Sender<serde_json::Value>,
) -> Result<Arc<LinuxMachine>, RuntimeError> {
    let borrowed: Vec<_> = prepared.descriptors.iter().map(AsFd::as_fd).collect();
    let replies = parts.zygote.request(&prepared.request, &borrowed)?;
    drop(borrowed);
    drop(prepared.descriptors);
    let spawned = replies.spawned().await?;
    let note = serde_json::to_value(Note { pid: spawned.pid }).expect("a number is JSON");
    // Not everybody wants it.
    let _ = born.send(note);
    tokio::select! {
        machine = LinuxMachine::join(parts, id, spawned.pidfd) => machine,
        failure = spawned.reply.failure() => Err(failure),
    }
}

impl LinuxMachine {
    /// Finds a machine again.
    pub(super) async fn connect(
        parts: &Arc<Parts>,
        id: &SandboxId,
        note: &Note,
    ) -> Result<Arc<Self>, RuntimeError> {
        let pid = Pid::from_raw(note.pid).ok_or(RuntimeError::Gone)?;
        let pidfd = pidfd_open(pid, PidfdFlags::empty()).map_err(|_| RuntimeError::Gone)?;
        // The pid may be another process's by now; then nobody listens on the
        // socket, and there is no welcome.
        Self::join(parts, id, pidfd).await
    }

    async fn join(
        parts: &Arc<Parts>,
        id: &SandboxId,
        pidfd: OwnedFd,
    ) -> Result<Arc<Self>, RuntimeError> {
        let socket = parts.sockets.connect(id).map_err(|_| RuntimeError::Gone)?;
        let shared = Arc::new(Shared {
            id: id.clone(),
            connection: Connection::new(socket).step("watch the machine's socket")?,
            oom: parts.cgroups.oom_counter(id)?,
            processes: Mutex::default(),
            ended: watch::Sender::new(None),
        });
        let dialer = Dialer::new(pidfd.try_clone().step("keep the machine's init")?);
        let pidfd = watch_readable(pidfd).step("watch the machine's init")?;
        let mut receiver = Receiver::default();
        let welcome = tokio::select! {
            welcome = receiver.next(&shared.connection) => welcome,
            _ = pidfd.readable() => return Err(RuntimeError::Gone),
        };
        match welcome {
            Ok(init_message::Message::Welcome(welcome)) => {
                adopt(&shared, &parts.cgroups, welcome, &mut receiver).ok_or(RuntimeError::Gone)?;
            }
            _ => return Err(RuntimeError::Gone),
        }
        let reader = tokio::spawn(read(Arc::clone(&shared), receiver, pidfd));
        let (files, parts) = (Files::new(), Arc::clone(parts));
        Ok(Arc::new(Self { shared, files, dialer, parts, reader }))
    }

    /// Drops the oldest of the execs that have ended.
    fn prune(&self) {
        let mut processes = self.shared.processes.lock();
        if processes.len() < MAX_ENDED + PRUNE_BATCH {
            return;
        }
        let ended: Vec<ExecId> = processes
            .values()
            .filter(|process| process.state.lock().exit.is_some())
            .map(|process| process.id.clone())
            .collect();
        let surplus = ended.len().saturating_sub(MAX_ENDED);
        for id in ended.into_iter().take(surplus) {
            processes.remove(&id);
            let forget = ForgetExec { exec_id: id.to_string() };
            self.shared.tell_later(daemon_message::Message::ForgetExec(forget));
        }
    }
}

impl Drop for LinuxMachine {
    fn drop(&mut self) {
        self.reader.abort();
        // Processes hold what is shared, and what is shared holds them.
        let processes = std::mem::take(&mut *self.shared.processes.lock());
        drop(processes);
    }
}

/// The execs that init has kept.
fn adopt(
    shared: &Arc<Shared>,
    cgroups: &Cgroups,
    welcome: Welcome,
    receiver: &mut Receiver,
) -> Option<()> {
    if welcome.protocol != PROTOCOL || welcome.sandbox_id != shared.id.as_str() {
        return None;
    }
    for snapshot in welcome.execs {
        let memory = if snapshot.has_log { Some(receiver.descriptor()?) } else { None };
        let tag: Tag = serde_json::from_slice(&snapshot.tag).ok()?;
        let id: ExecId = snapshot.exec_id.parse().ok()?;
        let log = ExecLog::from_snapshot(snapshot.output_start, &snapshot.segments, memory)?;
        let own_cgroup = cgroups.find_own(&shared.id, &id);
        let state = State { log, exit: None };
        let process = LinuxProcess::new(Arc::clone(shared), id.clone(), tag, own_cgroup, state);
        process.pid.store(snapshot.pid, Ordering::Relaxed);
        if let Some(exit) = snapshot.exit {
            process.set_exit(exit);
        }
        shared.processes.lock().insert(id, Arc::new(process));
    }
    Some(())
}

/// Takes init's news until the machine ends.
async fn read(shared: Arc<Shared>, mut receiver: Receiver, pidfd: AsyncFd<OwnedFd>) {
    let why = loop {
        let message = tokio::select! {
            message = receiver.next(&shared.connection) => message,
            _ = pidfd.readable() => break "its machine ended",
        };
        let taken = match message {
            Ok(init_message::Message::Reply(reply)) => {
                shared.connection.answer(reply);
                Some(())
            }
            Ok(init_message::Message::Output(output)) => {
                take_output(&shared, output, &mut receiver).await
            }
            Ok(init_message::Message::Exited(exited)) => {
                if let (Some(process), Some(status)) =
                    (find(&shared, &exited.exec_id), exited.status)
                {
                    process.set_exit(status);
                }
                Some(())
            }
            // A second welcome; a connection that broke.
            Ok(init_message::Message::Welcome(_)) | Err(_) => None,
        };
        if taken.is_none() {
            // An init that ends closes its socket just before.
            if tokio::time::timeout(END_TIMEOUT, pidfd.readable()).await.is_ok() {
                break "its machine ended";
            }
            // Without its init nothing in the machine can be reached.
            tracing::warn!(sandbox = %shared.id, "init broke the protocol or the connection");
            break "its init can't be reached";
        }
    };
    shared.end(why);
}

fn find(shared: &Shared, exec_id: &str) -> Option<Arc<LinuxProcess>> {
    shared.processes.lock().get(&exec_id.parse().ok()?).map(Arc::clone)
}

async fn take_output(shared: &Shared, output: init::Output, receiver: &mut Receiver) -> Option<()> {
    let memory = if output.has_log { Some(receiver.descriptor()?) } else { None };
    // One that was just forgotten may still speak.
    let Some(process) = find(shared, &output.exec_id) else {
        return Some(());
    };
    process.state.lock().log.grow(&output.segments, memory, Instant::now())?;
    process.changed.notify_waiters();
    if let Some(release) = process.release_output() {
        shared.connection.tell(release).await.ok()?;
    }
    Some(())
}

#[async_trait]
impl Machine for LinuxMachine {
    async fn pause(&self) -> Result<(), RuntimeError> {
        self.parts.cgroups.freeze(&self.shared.id, true).await
    }

    async fn resume(&self) -> Result<(), RuntimeError> {
        self.parts.cgroups.freeze(&self.shared.id, false).await
    }

    async fn stop(&self, grace: Duration) -> Result<(), RuntimeError> {
        let id = &self.shared.id;
        if !grace.is_zero() && !self.shared.has_ended() {
            // What is frozen can't take a signal.
            self.parts.cgroups.freeze(id, false).await?;
            let terminate = daemon_message::Message::Terminate(Terminate {});
            let asked = self.shared.connection.request(terminate);
            if let Ok(Ok(_)) = tokio::time::timeout(TERMINATE_TIMEOUT, asked).await {
                // Whether all have ended in time or not, what is left is killed.
                let _ = tokio::time::timeout(grace, self.ended()).await;
            }
        }
        self.parts.cgroups.destroy(id).await?;
        self.parts.sockets.remove(id).step("remove the socket")?;
        self.shared.end("it was stopped");
        Ok(())
    }

    async fn set_limits(&self, limits: &Limits) -> Result<(), RuntimeError> {
        self.parts.cgroups.set_limits(&self.shared.id, limits)
    }

    fn oom_kills(&self) -> u64 {
        self.shared.oom_kills()
    }

    async fn usage(&self) -> MachineUsage {
        let (parts, id) = (Arc::clone(&self.parts), self.shared.id.clone());
        let read = tokio::task::spawn_blocking(move || parts.cgroups.usage(&id));
        // A daemon that ends does not read any more.
        read.await.unwrap_or_default()
    }

    async fn start(
        &self,
        id: &ExecId,
        spec: &ExecSpec,
        env: &BTreeMap<String, String>,
    ) -> Result<Arc<dyn Process>, SpawnError> {
        self.prune();
        start::start(&self.shared, &self.parts.cgroups, id, spec, env).await
    }

    fn processes(&self) -> Vec<Arc<dyn Process>> {
        let processes = self.shared.processes.lock();
        processes
            .values()
            .map(|process| Arc::new(Handle::of(Arc::clone(process))) as Arc<dyn Process>)
            .collect()
    }

    fn running(&self) -> usize {
        let processes = self.shared.processes.lock();
        processes.values().filter(|process| process.state.lock().exit.is_none()).count()
    }

    fn process(&self, id: &ExecId) -> Option<Arc<dyn Process>> {
        let process = self.shared.processes.lock().get(id).map(Arc::clone)?;
        Some(Arc::new(Handle::of(process)))
    }

    async fn file(&self, request: FileRequest) -> Result<Box<dyn FileCall>, FileError> {
        self.files.begin(&self.shared, request).await
    }

    async fn dial(&self, port: u16) -> Result<TcpStream, DialError> {
        self.dialer.dial(port).await
    }

    async fn ended(&self) -> String {
        let mut ended = self.shared.ended.subscribe();
        match ended.wait_for(Option::is_some).await {
            Ok(why) => why.clone().unwrap_or_default(),
            Err(_) => String::new(),
        }
    }
}
