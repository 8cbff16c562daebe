//! Starting a user's process from init: fork, make the child the caller's
//! and nobody else's, execute. The child tells a failure through a pipe that
//! a successful execve closes.

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use rustix::fs::{Access, AtFlags, CWD, Mode};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, Resource, Rlimit};
use rustix::thread::{Gid, Uid};

use crate::fork::{SingleThread, exit_now, fork};

/// Where the child keeps the pipe that tells of failure.
const STATUS_FD: RawFd = 3;

/// What to execute and as whom.
#[derive(Debug)]
pub struct Program<'a> {
    /// Tried one after the other, as PATH goes.
    pub candidates: Vec<CString>,
    /// Arguments, the program's own name first.
    pub argv: Vec<CString>,
    /// The whole environment.
    pub env: Vec<CString>,
    /// Working directory, entered with the user's rights.
    pub cwd: CString,
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// All groups.
    pub groups: Vec<u32>,
    /// File mode creation mask.
    pub umask: u32,
    /// Limits to set, each as soft and hard.
    pub rlimits: Vec<(Resource, Rlimit)>,
    /// What becomes descriptors 0, 1 and 2.
    pub stdio: [BorrowedFd<'a>; 3],
    /// Make descriptor 0 the controlling terminal.
    pub terminal: bool,
    /// cgroup files that the child writes itself into.
    pub cgroups: &'a [OwnedFd],
    /// The same, of a cgroup for this process and its descendants alone.
    pub own_cgroup: Option<BorrowedFd<'a>>,
}

/// Which step of the child failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Joining the cgroups.
    Cgroup,
    /// Setting up descriptors, session and terminal.
    Descriptors,
    /// Taking on the user.
    User,
    /// Setting a limit.
    Limit,
    /// Entering the working directory.
    Cwd,
    /// Executing: the file is missing or can't be executed.
    Execute,
    /// Executing: the file is there, its interpreter is not.
    Interpreter,
}

const STEPS: [Step; 7] = [
    Step::Cgroup,
    Step::Descriptors,
    Step::User,
    Step::Limit,
    Step::Cwd,
    Step::Execute,
    Step::Interpreter,
];

/// What a child that did not get to its program said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// What it was doing.
    pub step: Step,
    /// What the kernel answered.
    pub errno: i32,
}

/// A process on its way to its program.
#[derive(Debug)]
pub struct Spawned {
    /// Its pid, which is also its process group and session.
    pub pid: Pid,
    /// Ends empty when the program runs, else holds a [`Failure`].
    pub status: OwnedFd,
}

/// Forks and lets the child go on its way; does not wait for it.
///
/// # Errors
/// Those of fork and pipe: EAGAIN, ENOMEM, EMFILE.
pub fn spawn(proof: SingleThread, program: &Program<'_>) -> io::Result<Spawned> {
    let (status, tell) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
    match fork(proof)? {
        Some(pid) => Ok(Spawned { pid, status }),
        None => {
            let failure = run_child(program, &tell);
            tell_failure(failure);
            exit_now(127)
        }
    }
}

/// Reads what the child said; `None` when its program runs.
///
/// # Errors
/// WouldBlock while it has said nothing yet.
pub fn read_status(status: BorrowedFd<'_>) -> io::Result<Option<Failure>> {
    let mut said = [0u8; 5];
    let length = rustix::io::retry_on_intr(|| rustix::io::read(status, &mut said))?;
    if length == 0 {
        return Ok(None);
    }
    let [step, errno @ ..] = said;
    let step = STEPS.get(usize::from(step)).copied().unwrap_or(Step::Execute);
    Ok(Some(Failure { step, errno: i32::from_le_bytes(errno) }))
}

fn tell_failure(failure: Failure) {
    let place = STEPS.iter().position(|step| *step == failure.step);
    let mut said = [0u8; 5];
    said[0] = place.expect("STEPS has every step") as u8;
    said[1..].copy_from_slice(&failure.errno.to_le_bytes());
    // SAFETY: the child alone uses this descriptor, which run_child made or,
    // where it failed before, is closed, and then the write fails.
    let status = unsafe { BorrowedFd::borrow_raw(STATUS_FD) };
    // Nobody is left to hear of a failure to tell.
    let _ = rustix::io::write(status, &said);
}

/// Everything between fork and execve. Returns only on failure.
fn run_child(program: &Program<'_>, tell: &OwnedFd) -> Failure {
    let steps: [(Step, &dyn Fn() -> rustix::io::Result<()>); 5] = [
        (Step::Descriptors, &|| take_descriptors(program, tell)),
        (Step::Limit, &|| set_limits(program)),
        (Step::User, &|| become_user(program)),
        (Step::Cwd, &|| enter(&program.cwd)),
        (Step::Descriptors, &|| reset_signals()),
    ];
    // The cgroup files are among what take_descriptors closes.
    if let Err(errno) = join_cgroups(program) {
        return early_failure(tell, Step::Cgroup, errno);
    }
    for (step, run) in steps {
        if let Err(errno) = run() {
            return Failure { step, errno: errno.raw_os_error() };
        }
    }
    rustix::process::umask(Mode::from_raw_mode(program.umask));
    execute(program)
}

/// A failure before descriptor 3 is the pipe: make it so now.
fn early_failure(tell: &OwnedFd, step: Step, errno: rustix::io::Errno) -> Failure {
    // SAFETY: plain descriptor numbers; the child has no other use for 3.
    unsafe { libc::dup3(tell.as_raw_fd(), STATUS_FD, libc::O_CLOEXEC) };
    Failure { step, errno: errno.raw_os_error() }
}

/// A process that writes 0 moves itself, which alone needs no global lock.
fn join_cgroups(program: &Program<'_>) -> rustix::io::Result<()> {
    for file in program.cgroups.iter().map(AsFd::as_fd).chain(program.own_cgroup) {
        rustix::io::write(file, b"0")?;
    }
    Ok(())
}

/// A session of its own; 0, 1, 2 and the status pipe as 3; nothing else
/// (CVE-2024-21626).
fn take_descriptors(program: &Program<'_>, tell: &OwnedFd) -> rustix::io::Result<()> {
    rustix::process::setsid()?;
    // Above all targets first, so that no copy overwrites a source.
    let copies = [&program.stdio[0], &program.stdio[1], &program.stdio[2]]
        .map(|source| rustix::io::fcntl_dupfd_cloexec(source, 16));
    let status = rustix::io::fcntl_dupfd_cloexec(tell, 16)?;
    for (target, copy) in copies.into_iter().enumerate() {
        let copy = copy?;
        // SAFETY: plain descriptor numbers of this child alone, whose Rust
        // owners are never dropped: it executes or ends.
        if unsafe { libc::dup2(copy.as_raw_fd(), target as RawFd) } == -1 {
            return Err(last_errno());
        }
    }
    // SAFETY: as above.
    unsafe {
        if libc::dup3(status.as_raw_fd(), STATUS_FD, libc::O_CLOEXEC) == -1
            || libc::syscall(libc::SYS_close_range, STATUS_FD + 1, libc::c_uint::MAX, 0) == -1
        {
            return Err(last_errno());
        }
    }
    std::mem::forget(status);
    if program.terminal {
        let stdin = rustix::stdio::stdin();
        rustix::process::ioctl_tiocsctty(stdin)?;
    }
    Ok(())
}

fn set_limits(program: &Program<'_>) -> rustix::io::Result<()> {
    for (resource, limit) in &program.rlimits {
        rustix::process::setrlimit(*resource, *limit)?;
    }
    Ok(())
}

fn become_user(program: &Program<'_>) -> rustix::io::Result<()> {
    let groups: Vec<Gid> = program.groups.iter().map(|gid| Gid::from_raw(*gid)).collect();
    let (uid, gid) = (Uid::from_raw(program.uid), Gid::from_raw(program.gid));
    rustix::thread::set_thread_groups(&groups)?;
    rustix::thread::set_thread_res_gid(gid, gid, gid)?;
    rustix::thread::set_thread_res_uid(uid, uid, uid)
}

/// Enters the directory and makes sure that it is below the root.
fn enter(cwd: &CStr) -> rustix::io::Result<()> {
    rustix::process::chdir(cwd)?;
    let path = rustix::process::getcwd(Vec::new())?;
    if path.as_bytes().first() == Some(&b'/') { Ok(()) } else { Err(rustix::io::Errno::NOENT) }
}

/// Rust ignores SIGPIPE and init blocks SIGCHLD; programs expect neither.
fn reset_signals() -> rustix::io::Result<()> {
    // SAFETY: an empty set is valid to read once sigemptyset has made it;
    // SIG_DFL is a valid disposition.
    unsafe {
        let mut set = std::mem::MaybeUninit::<libc::sigset_t>::uninit();
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigprocmask(libc::SIG_SETMASK, set.as_ptr(), std::ptr::null_mut());
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
    }
    Ok(())
}

fn execute(program: &Program<'_>) -> Failure {
    let argv = pointers(&program.argv);
    let env = pointers(&program.env);
    let mut failure = Failure { step: Step::Execute, errno: libc::ENOENT };
    for path in &program.candidates {
        // SAFETY: both lists end with a null pointer and their strings with
        // NUL; they outlive the call.
        unsafe { libc::execve(path.as_ptr(), argv.as_ptr(), env.as_ptr()) };
        let errno = last_errno().raw_os_error();
        match errno {
            libc::ENOENT if exists(path) => return Failure { step: Step::Interpreter, errno },
            libc::ENOENT | libc::ENOTDIR => {}
            // A later directory of PATH may have one that may be executed.
            libc::EACCES => failure.errno = errno,
            _ => return Failure { step: Step::Execute, errno },
        }
    }
    failure
}

fn exists(path: &CStr) -> bool {
    rustix::fs::accessat(CWD, path, Access::EXISTS, AtFlags::empty()).is_ok()
}

fn pointers(strings: &[CString]) -> Vec<*const libc::c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([std::ptr::null()]).collect()
}

fn last_errno() -> rustix::io::Errno {
    io::Error::last_os_error()
        .raw_os_error()
        .map_or(rustix::io::Errno::IO, rustix::io::Errno::from_raw_os_error)
}
