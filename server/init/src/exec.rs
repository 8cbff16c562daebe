//! One exec: its process, its streams, its log, and how far it has come.
//!
//! ```text
//! Starting ──program runs──▶ Running ──process ends──▶ Draining ──streams empty──▶ Ended
//!    └────────failed: the exec is dropped, its request answered────────┘
//! ```

use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::fs::{Mode, OFlags, fcntl_setfl};
use rustix::pipe::{PipeFlags, fcntl_setpipe_size, pipe_with};
use rustix::process::Pid;
use rustix::pty::OpenptFlags;
use rustix::termios::{Winsize, tcsetwinsize};
use rustix::thread::{Gid, Uid};
use skerry_api::init::{ExitStatus, SpawnFailure, StartExec, TerminalSize};
use skerry_linux::fork::SingleThread;
use skerry_linux::spawn::{Spawned, spawn};

use crate::exec_log::{ExecLog, Moved, Source, Stream};
use crate::input::Input;
use crate::program::{failure, out_of, program};
use crate::user::{self, User};

/// Bytes taken from one stream before others get their turn.
const TURN: u64 = 512 << 10;
/// A pipe that was once full gets so much: fewer wake-ups at full speed.
const WIDE_PIPE: usize = 512 << 10;
/// A pipe's first capacity.
const NARROW_PIPE: u64 = 64 << 10;
/// Who may write to a terminal beside its owner; 5 in every distribution.
const TTY_GROUP: u32 = 5;

/// How far an exec has come.
#[derive(Debug)]
pub(crate) enum Phase {
    /// The child is on its way to its program.
    Starting { request_id: u64, status: OwnedFd, program: String, cwd: String },
    /// The program runs.
    Running,
    /// The process ended; its streams may still hold output.
    Draining(ExitStatus),
    /// All was told.
    Ended(ExitStatus),
}

/// Where a process's output comes out.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) source: Source,
    pub(crate) stream: Stream,
    /// Nothing more is asked of it until the log has room.
    pub(crate) parked: bool,
    wide: bool,
}

impl Output {
    fn new(source: Source, stream: Stream) -> Option<Self> {
        Some(Self { source, stream, parked: false, wide: false })
    }
}

/// What a turn at a stream came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// There may be more.
    More,
    /// Nothing for now.
    Empty,
    /// The log is full.
    Parked,
    /// It has ended.
    Closed,
}

/// When it has to end, and how that is made to happen.
#[derive(Debug)]
pub(crate) struct Timeout {
    pub(crate) next: Instant,
    grace: Duration,
    /// SIGTERM was sent; what is next is the kill.
    pub(crate) terminated: bool,
}

impl Timeout {
    /// SIGTERM was sent: the grace begins.
    pub(crate) fn begin_grace(&mut self) {
        self.terminated = true;
        self.next = Instant::now() + self.grace;
    }
}

#[derive(Debug)]
pub(crate) struct Exec {
    pub(crate) id: String,
    pub(crate) tag: Vec<u8>,
    pub(crate) pid: Pid,
    pub(crate) phase: Phase,
    pub(crate) log: ExecLog,
    pub(crate) outputs: [Option<Output>; 2],
    pub(crate) input: Option<Input>,
    pub(crate) terminal: Option<OwnedFd>,
    pub(crate) timeout: Option<Timeout>,
    /// `cgroup.kill` of its own cgroup.
    kill: Option<OwnedFd>,
}

/// The child's ends and init's ends of the streams.
struct Streams {
    child: [OwnedFd; 3],
    outputs: [Option<Output>; 2],
    input: Option<Input>,
    terminal: Option<OwnedFd>,
}

impl Exec {
    /// Forks the process that `start` asks for. `own_cgroup` is `cgroup.procs`
    /// and `cgroup.kill` of its own cgroup.
    pub(crate) fn start(
        proof: SingleThread,
        cgroups: &[OwnedFd],
        own_cgroup: Option<(OwnedFd, OwnedFd)>,
        request_id: u64,
        start: StartExec,
    ) -> Result<Self, SpawnFailure> {
        let wanted = String::from_utf8_lossy(&start.user).into_owned();
        let user = user::find(&wanted)
            .ok_or_else(|| failure(skerry_api::init::spawn_failure::Kind::UserNotFound, wanted))?;
        let streams = match &start.terminal {
            Some(size) => terminal_streams(size, &user).map_err(out_of)?,
            None => pipe_streams(start.stdin).map_err(out_of)?,
        };
        let stdio = [0, 1, 2].map(|which: usize| streams.child[which].as_fd());
        let (own_procs, kill) = own_cgroup.unzip();
        let mut program = program(&start, &user, stdio, cgroups)?;
        program.own_cgroup = own_procs.as_ref().map(AsFd::as_fd);
        let Spawned { pid, status } = spawn(proof, &program).map_err(out_of)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Self {
            phase: Phase::Starting {
                request_id,
                status,
                program: start.argv.first().map(|name| text(name)).unwrap_or_default(),
                cwd: text(&start.cwd),
            },
            id: start.exec_id,
            tag: start.tag.into(),
            pid,
            log: ExecLog::default(),
            outputs: streams.outputs,
            input: streams.input,
            terminal: streams.terminal,
            timeout: (start.timeout_ms > 0).then(|| Timeout {
                next: Instant::now() + Duration::from_millis(start.timeout_ms),
                grace: Duration::from_millis(start.grace_ms),
                terminated: false,
            }),
            kill,
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

    /// Whether its timeout ran out.
    pub(crate) fn timed_out(&self) -> bool {
        self.timeout.as_ref().is_some_and(|timeout| timeout.terminated)
    }

    /// Ends every process of its cgroup.
    pub(crate) fn kill_all(&self) {
        if let Some(kill) = &self.kill {
            // The machine is ending where this fails.
            let _ = rustix::io::write(kill, b"1");
        }
    }

    /// Moves what a stream holds into the log, up to a turn's worth. One that
    /// has ended is to be dropped.
    pub(crate) fn take_output(&mut self, which: usize, may_wait: bool) -> Turn {
        let Some(output) = &mut self.outputs[which] else { return Turn::Closed };
        let mut taken = 0;
        while taken < TURN {
            match self.log.take_from(&output.source, output.stream, may_wait) {
                Ok(Moved::Bytes(bytes)) => {
                    taken += bytes;
                    if bytes >= NARROW_PIPE && !output.wide {
                        output.wide = true;
                        // A refusal (the user's bound of pipe pages) costs speed alone.
                        let _ = fcntl_setpipe_size(output.source.as_fd(), WIDE_PIPE);
                    }
                }
                Ok(Moved::Empty) => return Turn::Empty,
                Ok(Moved::Full) => {
                    output.parked = true;
                    return Turn::Parked;
                }
                Ok(Moved::End) | Err(_) => return Turn::Closed,
            }
        }
        Turn::More
    }
}

/// Reading ends do not block; writing ends, the child's, do.
fn output_pipe() -> rustix::io::Result<(OwnedFd, OwnedFd)> {
    let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
    fcntl_setfl(&read, OFlags::NONBLOCK)?;
    Ok((read, write))
}

fn pipe_streams(stdin: bool) -> rustix::io::Result<Streams> {
    let (out, out_end) = output_pipe()?;
    let (err, err_end) = output_pipe()?;
    let (input, in_end) = if stdin {
        let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
        fcntl_setfl(&write, OFlags::NONBLOCK)?;
        (Some(Input::new(write, false)), read)
    } else {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        (None, rustix::fs::open("/dev/null", flags, Mode::empty())?)
    };
    Ok(Streams {
        child: [in_end, out_end, err_end],
        outputs: [
            Output::new(Source::Pipe(out), Stream::Stdout),
            Output::new(Source::Pipe(err), Stream::Stderr),
        ],
        input,
        terminal: None,
    })
}

fn terminal_streams(size: &TerminalSize, user: &User) -> rustix::io::Result<Streams> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let ours = rustix::pty::openpt(flags)?;
    rustix::pty::unlockpt(&ours)?;
    let theirs = rustix::pty::ioctl_tiocgptpeer(&ours, flags)?;
    tcsetwinsize(&ours, window(size))?;
    let owner = Some(Uid::from_raw(user.uid));
    rustix::fs::fchown(&theirs, owner, Some(Gid::from_raw(TTY_GROUP)))?;
    fcntl_setfl(&ours, OFlags::RDWR | OFlags::NONBLOCK)?;
    let copy = |descriptor: &OwnedFd| rustix::io::fcntl_dupfd_cloexec(descriptor, 3);
    Ok(Streams {
        child: [copy(&theirs)?, copy(&theirs)?, theirs],
        outputs: [Output::new(Source::Terminal(copy(&ours)?), Stream::Stdout), None],
        input: Some(Input::new(copy(&ours)?, true)),
        terminal: Some(ours),
    })
}

/// As the kernel has it; programs take 0 for unknown.
pub(crate) fn window(size: &TerminalSize) -> Winsize {
    let bounded = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
    Winsize {
        ws_row: bounded(size.rows),
        ws_col: bounded(size.columns),
        ws_xpixel: 0,
        ws_ypixel: 0,
    }
}

/// How a waited-for process ended.
pub(crate) fn exit_status(code: Option<i32>, signal: Option<i32>, timed_out: bool) -> ExitStatus {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    ExitStatus {
        code: code.unwrap_or(0),
        signal: signal.unwrap_or(0),
        end_time: since_epoch.as_nanos() as i64,
        timed_out,
    }
}
