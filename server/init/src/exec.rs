//! One exec: its process, its two pipes, its log, and how far it has come.
//!
//! ```text
//! Starting ──program runs──▶ Running ──process ends──▶ Draining ──pipes empty──▶ Ended
//!    └────────failed: the exec is dropped, its request answered────────┘
//! ```

use std::ffi::CString;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::fs::{Mode, OFlags, fcntl_setfl};
use rustix::pipe::{PipeFlags, fcntl_setpipe_size, pipe_with};
use rustix::process::Pid;
use skerry_api::init::spawn_failure::Kind;
use skerry_api::init::{ExitStatus, SpawnFailure, StartExec};
use skerry_linux::fork::SingleThread;
use skerry_linux::spawn::{Failure, Program, Spawned, Step, spawn};

use crate::exec_log::{ExecLog, Moved, Stream};
use crate::user;

/// Bytes taken from one pipe before others get their turn.
const TURN: u64 = 512 << 10;
/// A pipe that was once full gets so much: fewer wake-ups at full speed.
const WIDE_PIPE: usize = 512 << 10;
/// A pipe's first capacity.
const NARROW_PIPE: u64 = 64 << 10;
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const DEFAULT_CWD: &[u8] = b"/workspace";
const UMASK: u32 = 0o022;

/// How far an exec has come.
#[derive(Debug)]
pub(crate) enum Phase {
    /// The child is on its way to its program.
    Starting { request_id: u64, status: OwnedFd, program: String, cwd: String },
    /// The program runs.
    Running,
    /// The process ended; its pipes may still hold output.
    Draining(ExitStatus),
    /// All was told.
    Ended(ExitStatus),
}

/// The reading end of a process's output.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) pipe: OwnedFd,
    pub(crate) stream: Stream,
    /// Nothing more is asked of it until the log has room.
    pub(crate) parked: bool,
    wide: bool,
}

/// What a turn at a pipe came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// There may be more.
    More,
    /// Nothing for now.
    Empty,
    /// The log is full.
    Parked,
    /// The pipe has ended; it is closed.
    Closed,
}

#[derive(Debug)]
pub(crate) struct Exec {
    pub(crate) id: String,
    pub(crate) tag: Vec<u8>,
    pub(crate) pid: Pid,
    pub(crate) phase: Phase,
    pub(crate) log: ExecLog,
    pub(crate) outputs: [Option<Output>; 2],
}

impl Exec {
    /// Forks the process that `start` asks for.
    pub(crate) fn start(
        proof: SingleThread,
        cgroups: &[OwnedFd],
        request_id: u64,
        start: StartExec,
    ) -> Result<Self, SpawnFailure> {
        let (out, out_end) = output_pipe().map_err(out_of)?;
        let (err, err_end) = output_pipe().map_err(out_of)?;
        let null = rustix::fs::open("/dev/null", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
            .map_err(out_of)?;
        let stdio = [null.as_fd(), out_end.as_fd(), err_end.as_fd()];
        let program = program(&start, stdio, cgroups)?;
        let Spawned { pid, status } = spawn(proof, &program).map_err(out_of)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let phase = Phase::Starting {
            request_id,
            status,
            program: start.argv.first().map(|name| text(name)).unwrap_or_default(),
            cwd: text(&start.cwd),
        };
        let output = |pipe, stream| Some(Output { pipe, stream, parked: false, wide: false });
        Ok(Self {
            id: start.exec_id,
            tag: start.tag.into(),
            pid,
            phase,
            log: ExecLog::default(),
            outputs: [output(out, Stream::Stdout), output(err, Stream::Stderr)],
        })
    }

    /// Whether its process is there to be signalled.
    pub(crate) fn is_alive(&self) -> bool {
        matches!(self.phase, Phase::Starting { .. } | Phase::Running)
    }

    /// How it ended, once all was told.
    pub(crate) fn ended(&self) -> Option<ExitStatus> {
        match self.phase {
            Phase::Ended(status) => Some(status),
            _ => None,
        }
    }

    /// Moves what a pipe holds into the log, up to a turn's worth.
    pub(crate) fn take_output(&mut self, which: usize, may_wait: bool) -> Turn {
        let Some(output) = &mut self.outputs[which] else { return Turn::Closed };
        let mut taken = 0;
        while taken < TURN {
            match self.log.take_from(output.pipe.as_fd(), output.stream, may_wait) {
                Ok(Moved::Bytes(bytes)) => {
                    taken += bytes;
                    if bytes >= NARROW_PIPE && !output.wide {
                        output.wide = true;
                        // A refusal (the user's bound of pipe pages) costs speed alone.
                        let _ = fcntl_setpipe_size(&output.pipe, WIDE_PIPE);
                    }
                }
                Ok(Moved::Empty) => return Turn::Empty,
                Ok(Moved::Full) => {
                    output.parked = true;
                    return Turn::Parked;
                }
                Ok(Moved::End) | Err(_) => {
                    self.outputs[which] = None;
                    return Turn::Closed;
                }
            }
        }
        Turn::More
    }
}

/// Its reading end does not block; its writing end does.
fn output_pipe() -> rustix::io::Result<(OwnedFd, OwnedFd)> {
    let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
    fcntl_setfl(&read, OFlags::NONBLOCK)?;
    Ok((read, write))
}

fn program<'a>(
    start: &StartExec,
    stdio: [BorrowedFd<'a>; 3],
    cgroups: &'a [OwnedFd],
) -> Result<Program<'a>, SpawnFailure> {
    let wanted = String::from_utf8_lossy(&start.user).into_owned();
    let user = user::find(&wanted).ok_or_else(|| failure(Kind::UserNotFound, wanted))?;
    let mut env = c_strings(&start.env)?;
    if !start.env.iter().any(|entry| entry.starts_with(b"HOME=")) {
        env.push(c_string(format!("HOME={}", user.home).as_bytes())?);
    }
    let cwd: &[u8] = if start.cwd.is_empty() { DEFAULT_CWD } else { &start.cwd };
    Ok(Program {
        candidates: candidates(start)?,
        argv: c_strings(&start.argv)?,
        env,
        cwd: c_string(cwd)?,
        uid: user.uid,
        gid: user.gid,
        groups: user.groups,
        umask: UMASK,
        rlimits: Vec::new(),
        stdio,
        terminal: false,
        cgroups,
    })
}

/// A program without a slash is looked for in the PATH that it will have.
fn candidates(start: &StartExec) -> Result<Vec<CString>, SpawnFailure> {
    let name = start
        .argv
        .first()
        .filter(|name| !name.is_empty())
        .ok_or_else(|| failure(Kind::CommandNotFound, String::new()))?;
    if name.contains(&b'/') {
        return Ok(vec![c_string(name)?]);
    }
    let path = start.env.iter().find_map(|entry| entry.strip_prefix(b"PATH="));
    path.unwrap_or(DEFAULT_PATH.as_bytes())
        .split(|byte| *byte == b':')
        .map(|directory| {
            let directory = if directory.is_empty() { b"." } else { directory };
            c_string(&[directory, b"/", name].concat())
        })
        .collect()
}

fn c_strings<T: AsRef<[u8]>>(strings: &[T]) -> Result<Vec<CString>, SpawnFailure> {
    strings.iter().map(|string| c_string(string.as_ref())).collect()
}

fn c_string(bytes: &[u8]) -> Result<CString, SpawnFailure> {
    CString::new(bytes).map_err(|_| failure(Kind::Other, "a NUL in a text".to_owned()))
}

fn failure(kind: Kind, detail: String) -> SpawnFailure {
    SpawnFailure { kind: kind.into(), detail }
}

/// A failure before there was a process.
fn out_of(error: impl Into<std::io::Error>) -> SpawnFailure {
    let error = error.into();
    let kind = match error.raw_os_error() {
        Some(libc_errno::ENOMEM) => Kind::OutOfMemory,
        Some(libc_errno::EAGAIN) => Kind::OutOfPids,
        Some(libc_errno::EMFILE | libc_errno::ENFILE) => Kind::TooManyExecs,
        _ => Kind::Other,
    };
    failure(kind, error.to_string())
}

/// What the child said, typed.
pub(crate) fn classify(said: Failure, program: &str, cwd: &str) -> SpawnFailure {
    use libc_errno::*;
    let kind = match (said.step, said.errno) {
        (_, ENOMEM) => Kind::OutOfMemory,
        (_, EAGAIN) => Kind::OutOfPids,
        (Step::Cwd, ENOENT) => Kind::CwdNotFound,
        (Step::Cwd, _) => Kind::CwdNotAccessible,
        (Step::Interpreter, _) | (Step::Execute, ENOEXEC | ELIBBAD) => Kind::BadInterpreter,
        (Step::Execute, ENOENT | ENOTDIR) => Kind::CommandNotFound,
        (Step::Execute, E2BIG) => Kind::ArgumentsTooLong,
        (Step::Execute, EACCES | EPERM | ETXTBSY | EISDIR) => Kind::NotExecutable,
        _ => Kind::Other,
    };
    let subject = if said.step == Step::Cwd { cwd } else { program };
    let error = std::io::Error::from_raw_os_error(said.errno);
    let detail = match kind {
        Kind::Other => format!("{:?}: {error}", said.step),
        _ => format!("{subject}: {error}"),
    };
    failure(kind, detail)
}

/// The numbers that Linux has for them on every architecture of ours.
mod libc_errno {
    use rustix::io::Errno;

    pub(super) const EPERM: i32 = Errno::PERM.raw_os_error();
    pub(super) const ENOENT: i32 = Errno::NOENT.raw_os_error();
    pub(super) const E2BIG: i32 = Errno::TOOBIG.raw_os_error();
    pub(super) const ENOEXEC: i32 = Errno::NOEXEC.raw_os_error();
    pub(super) const EAGAIN: i32 = Errno::AGAIN.raw_os_error();
    pub(super) const ENOMEM: i32 = Errno::NOMEM.raw_os_error();
    pub(super) const EACCES: i32 = Errno::ACCESS.raw_os_error();
    pub(super) const ENOTDIR: i32 = Errno::NOTDIR.raw_os_error();
    pub(super) const EISDIR: i32 = Errno::ISDIR.raw_os_error();
    pub(super) const ENFILE: i32 = Errno::NFILE.raw_os_error();
    pub(super) const EMFILE: i32 = Errno::MFILE.raw_os_error();
    pub(super) const ETXTBSY: i32 = Errno::TXTBSY.raw_os_error();
    pub(super) const ELIBBAD: i32 = Errno::LIBBAD.raw_os_error();
}

/// How a waited-for process ended.
pub(crate) fn exit_status(code: Option<i32>, signal: Option<i32>) -> ExitStatus {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    ExitStatus {
        code: code.unwrap_or(0),
        signal: signal.unwrap_or(0),
        end_time: since_epoch.as_nanos() as i64,
    }
}
