//! The seam between the engine and what really runs sandboxes.
//!
//! A [`Runtime`] makes machines; a [`Machine`] is one that runs and starts
//! processes; a [`Process`] is one exec in it. A stopped sandbox has no
//! machine, only a disk. Every call is safe to repeat after a crash:
//! [`Runtime::destroy`] and [`Runtime::remove_disk`] succeed on what is not
//! there.
//!
//! Everything a machine says is hostile: drivers bound it before it gets here.

#[cfg(any(test, feature = "fake"))]
pub mod fake;
mod file;
pub mod linux;

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

pub use file::{FileCall, FileError};

use crate::model::{
    ExecId, ExecSpec, ExitStatus, FileRequest, ImageSource, Limits, OutputStream, SandboxId,
    TerminalSize,
};

/// How far a host gives a capability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CapabilityStatus {
    /// In force.
    On,
    /// In force in part.
    Degraded,
    /// Not given.
    Off,
}

/// One kind of isolation or limit, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capability {
    /// For example `user_namespace`.
    pub name: &'static str,
    /// How far.
    pub status: CapabilityStatus,
    /// How, or why not.
    pub detail: String,
}

/// What a machine is made from.
#[derive(Debug, Clone)]
pub struct MachineSpec {
    /// The sandbox's id.
    pub id: SandboxId,
    /// Host name inside.
    pub hostname: String,
    /// First of its 65,536 host ids.
    pub host_uid_base: u32,
    /// The image's files.
    pub image: ImageSource,
    /// What its processes may use.
    pub limits: Limits,
    /// Bytes that it may write to its disk; `None` where nothing bounds them.
    pub disk_limit: Option<u64>,
    /// What is attached below its root.
    pub mounts: Vec<Mount>,
    /// What is written before anything runs in it.
    pub files: Vec<MachineFile>,
}

/// A small file that a machine finds at its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineFile {
    /// Relative to the root: a directory that is there, and a name.
    pub path: &'static str,
    /// All of it. A file there whose first line is another one stays, unless
    /// `replace`.
    pub content: String,
    /// Whatever is there.
    pub replace: bool,
}

/// A directory of the host's that a machine shows, owners as its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Which; its owners are ids 0 to 65,535.
    pub source: PathBuf,
    /// Absolute path inside.
    pub path: String,
    /// The machine can't change it.
    pub read_only: bool,
}

/// Why a runtime could not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RuntimeError {
    /// The machine is not there any more.
    #[error("the sandbox's machine has ended")]
    Gone,
    /// The image can't be used as a root file system.
    #[error("the image can't be used: {0}")]
    BadImage(String),
    /// The host is out of something.
    #[error("the host is out of {0}")]
    Exhausted(String),
    /// A step failed.
    #[error("{step}: {cause}")]
    Failed {
        /// What was being done.
        step: String,
        /// The operating system's answer.
        cause: String,
    },
}

/// Why a process could not be started.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SpawnError {
    /// No such program.
    #[error("command not found: {0}")]
    CommandNotFound(String),
    /// There, but a directory or without the right to execute.
    #[error("not executable: {0}")]
    NotExecutable(String),
    /// Its interpreter is missing, or it is no program for this machine.
    #[error("bad interpreter or executable format: {0}")]
    BadInterpreter(String),
    /// No such working directory.
    #[error("working directory not found: {0}")]
    CwdNotFound(String),
    /// Not a directory, or no right to enter it.
    #[error("working directory not accessible: {0}")]
    CwdNotAccessible(String),
    /// Not in the sandbox's /etc/passwd or /etc/group.
    #[error("user not found: {0}")]
    UserNotFound(String),
    /// The kernel would not take so long a list.
    #[error("arguments and environment are too long: {0}")]
    ArgumentsTooLong(String),
    /// No memory for a process.
    #[error("out of memory: {0}")]
    OutOfMemory(String),
    /// No room for a process.
    #[error("out of pids: {0}")]
    OutOfPids(String),
    /// At the bound of running execs.
    #[error("too many execs: {0}")]
    TooManyExecs(String),
    /// Something else failed.
    #[error("{0}")]
    Other(String),
    /// The machine could not answer.
    #[error(transparent)]
    Machine(#[from] RuntimeError),
}

/// Why a port of a machine could not be connected to.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DialError {
    /// Nothing listens on it.
    #[error("nothing listens on port {0}")]
    NotListening(u16),
    /// It listens, and takes no connection in time.
    #[error("what listens on port {0} takes no connection")]
    TimedOut(u16),
    /// The machine could not be asked.
    #[error(transparent)]
    Machine(#[from] RuntimeError),
}

/// A driver: what makes machines and their disks.
#[async_trait]
pub trait Runtime: Send + Sync + 'static {
    /// The driver's name, kept in each sandbox's record.
    fn name(&self) -> &'static str;

    /// What isolation this host really gives.
    fn capabilities(&self) -> Vec<Capability>;

    /// Makes a machine and waits until it answers. Makes its disk where there
    /// is none. `born` gets what [`Runtime::connect`] needs to find it again,
    /// as soon as that is known; the machine may fail after that. On failure,
    /// and when the call is dropped, nothing of the machine stays but its disk.
    async fn create(
        &self,
        spec: &MachineSpec,
        born: oneshot::Sender<serde_json::Value>,
    ) -> Result<Arc<dyn Machine>, RuntimeError>;

    /// Finds the machine again that an earlier daemon made.
    /// [`RuntimeError::Gone`] where it has ended.
    async fn connect(
        &self,
        id: &SandboxId,
        note: &serde_json::Value,
    ) -> Result<Arc<dyn Machine>, RuntimeError>;

    /// The machine's network namespace, from what was sent when it was born;
    /// `None` where the driver has none. `Gone` where the machine has ended.
    async fn network_namespace(
        &self,
        _id: &SandboxId,
        _note: &serde_json::Value,
    ) -> Result<Option<OwnedFd>, RuntimeError> {
        Ok(None)
    }

    /// Ends whatever runs for this sandbox and frees what the host holds for
    /// it, the disk excepted. Returns when it is gone.
    async fn destroy(&self, id: &SandboxId) -> Result<(), RuntimeError>;

    /// Removes the sandbox's disk: nothing finds it any more. Its space is
    /// free soon after.
    async fn remove_disk(&self, id: &SandboxId) -> Result<(), RuntimeError>;

    /// Every sandbox of which the host holds anything: processes, cgroups,
    /// mounts, directories. For the sweep of what has no record.
    async fn list(&self) -> Result<Vec<SandboxId>, RuntimeError>;

    /// Those of them of which there is more than a disk.
    async fn machines(&self) -> Result<Vec<SandboxId>, RuntimeError>;
}

/// What a machine's users take of the host, init excepted. `None` where the
/// host has no counter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MachineUsage {
    /// On a processor since the machine was made, ended processes included.
    pub cpu_time: Option<Duration>,
    /// Bytes in use, without files in memory that the kernel drops first.
    pub memory: Option<u64>,
    /// The most bytes that counted against the limit at once.
    pub memory_peak: Option<u64>,
    /// Processes and threads.
    pub pids: Option<u64>,
}

/// A machine that runs.
#[async_trait]
pub trait Machine: Send + Sync + 'static {
    /// Freezes every process of it.
    async fn pause(&self) -> Result<(), RuntimeError>;

    /// Lets them go on.
    async fn resume(&self) -> Result<(), RuntimeError>;

    /// SIGTERM to every process, SIGKILL to what is left after `grace`;
    /// returns when all have ended and the host holds nothing but the disk.
    async fn stop(&self, grace: Duration) -> Result<(), RuntimeError>;

    /// Changes the limits at once.
    async fn set_limits(&self, limits: &Limits) -> Result<(), RuntimeError>;

    /// How often the kernel killed for want of memory since the start.
    fn oom_kills(&self) -> u64;

    /// What it uses now. Of one that has ended, nothing is counted.
    async fn usage(&self) -> MachineUsage;

    /// Starts a process. `env` is the whole environment.
    async fn start(
        &self,
        id: &ExecId,
        spec: &ExecSpec,
        env: &BTreeMap<String, String>,
    ) -> Result<Arc<dyn Process>, SpawnError>;

    /// Every process that it still keeps, oldest first; at most some hundreds.
    fn processes(&self) -> Vec<Arc<dyn Process>>;

    /// How many of them run. For hot paths, which ask nothing else.
    fn running(&self) -> usize;

    /// One of them.
    fn process(&self, id: &ExecId) -> Option<Arc<dyn Process>>;

    /// Begins a call on its files. They are there while it is paused, too.
    async fn file(&self, request: FileRequest) -> Result<Box<dyn FileCall>, FileError>;

    /// Connects to a TCP port of its loopback address, from inside its own
    /// network: whatever its network may do. It must not be paused: what is
    /// frozen listens and never answers.
    async fn dial(&self, port: u16) -> Result<TcpStream, DialError>;

    /// Resolves when the machine has ended by itself or was stopped, with why.
    async fn ended(&self) -> String;
}

/// What a reader of output gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputEvent {
    /// A piece of one stream.
    Chunk {
        /// Which.
        stream: OutputStream,
        /// Of its first byte, both streams counted together.
        offset: u64,
        /// At most 1 MiB.
        data: Bytes,
    },
    /// What was before this offset is not kept any more.
    Truncated {
        /// The next chunk's offset.
        before: u64,
    },
    /// The process ended and all its output was read.
    Exited(ExitStatus),
}

/// Reads a process's output. A reader that is alive holds the process back
/// rather than lose output; dropping it lets go.
#[async_trait]
pub trait OutputReader: Send {
    /// The next event; after `Exited` it must not be called again. Fails with
    /// `Gone` when the machine ends first. Cancel-safe.
    async fn next(&mut self) -> Result<OutputEvent, RuntimeError>;
}

/// One exec in a machine.
#[async_trait]
pub trait Process: Send + Sync + 'static {
    /// The exec's id.
    fn id(&self) -> &ExecId;

    /// What was asked for.
    fn spec(&self) -> &ExecSpec;

    /// Process id inside.
    fn pid(&self) -> i32;

    /// When it was started.
    fn start_time(&self) -> std::time::SystemTime;

    /// How it ended, where it has.
    fn exit_status(&self) -> Option<ExitStatus>;

    /// The offsets of output: first that is kept, and after the last.
    fn output_range(&self) -> (u64, u64);

    /// Reads its output from an offset on.
    fn read_output(&self, from: u64) -> Box<dyn OutputReader>;

    /// Resolves when it has ended. `Gone` when the machine ended with it
    /// still running. Cancel-safe.
    async fn wait(&self) -> Result<ExitStatus, RuntimeError>;

    /// Writes to its standard input, and with `end` closes that (on a
    /// terminal: types the end-of-file character). Returns when the process
    /// has taken it all into its pipe; a call waits for those before it.
    /// `Ok(false)` where it has no standard input or has closed it.
    async fn write_stdin(&self, data: Bytes, end: bool) -> Result<bool, RuntimeError>;

    /// Tells it its terminal's new size. `Ok(false)` where it has none.
    async fn resize(&self, size: TerminalSize) -> Result<bool, RuntimeError>;

    /// Kills every process that it has started, itself included, wherever
    /// they went. Only an exec with a timeout, or that is killed on
    /// disconnect, has a cgroup of its own that makes this sure; of others
    /// the process group is killed.
    async fn kill_all(&self) -> Result<(), RuntimeError>;

    /// Sends a signal to its process group, or to its first process alone.
    /// `Ok(false)` where it has ended.
    async fn signal(&self, signal: i32, process_only: bool) -> Result<bool, RuntimeError>;
}
