//! From what the daemon asks for to what the kernel is told to execute, and
//! from what the kernel answers to why it failed.

use std::ffi::CString;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::process::{Resource, Rlimit};
use skerry_api::init::spawn_failure::Kind;
use skerry_api::init::{self, SpawnFailure, StartExec};
use skerry_linux::spawn::{Failure, Program, Step};

use crate::user::User;

const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const DEFAULT_CWD: &[u8] = b"/workspace";
const DEFAULT_UMASK: u32 = 0o022;

/// The limits that may be set, by the kernel's number: setrlimit(2).
const RESOURCES: [Resource; 16] = [
    Resource::Cpu,
    Resource::Fsize,
    Resource::Data,
    Resource::Stack,
    Resource::Core,
    Resource::Rss,
    Resource::Nproc,
    Resource::Nofile,
    Resource::Memlock,
    Resource::As,
    Resource::Locks,
    Resource::Sigpending,
    Resource::Msgqueue,
    Resource::Nice,
    Resource::Rtprio,
    Resource::Rttime,
];

pub(crate) fn program<'a>(
    start: &StartExec,
    user: &User,
    stdio: [BorrowedFd<'a>; 3],
    cgroups: &'a [OwnedFd],
) -> Result<Program<'a>, SpawnFailure> {
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
        groups: user.groups.clone(),
        umask: start.umask.unwrap_or(DEFAULT_UMASK) & 0o777,
        rlimits: start.rlimits.iter().map(rlimit).collect::<Result<_, _>>()?,
        stdio,
        terminal: start.terminal.is_some(),
        cgroups,
        own_cgroup: None,
    })
}

fn rlimit(wanted: &init::Rlimit) -> Result<(Resource, Rlimit), SpawnFailure> {
    let resource = RESOURCES
        .get(wanted.resource as usize)
        .copied()
        .ok_or_else(|| failure(Kind::Other, format!("no rlimit {}", wanted.resource)))?;
    let bound = |value: u64| (value != u64::MAX).then_some(value);
    let limit = Rlimit { current: bound(wanted.soft), maximum: bound(wanted.hard) };
    Ok((resource, limit))
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

pub(crate) fn failure(kind: Kind, detail: String) -> SpawnFailure {
    SpawnFailure { kind: kind.into(), detail }
}

/// A failure before there was a process.
pub(crate) fn out_of(error: impl Into<std::io::Error>) -> SpawnFailure {
    let error = error.into();
    let kind = match Errno::from_io_error(&error) {
        Some(Errno::NOMEM) => Kind::OutOfMemory,
        Some(Errno::AGAIN) => Kind::OutOfPids,
        Some(Errno::MFILE | Errno::NFILE) => Kind::TooManyExecs,
        _ => Kind::Other,
    };
    failure(kind, error.to_string())
}

/// What the child said, typed.
pub(crate) fn classify(said: Failure, program: &str, cwd: &str) -> SpawnFailure {
    let kind = match (said.step, Errno::from_raw_os_error(said.errno)) {
        (_, Errno::NOMEM) => Kind::OutOfMemory,
        (_, Errno::AGAIN) => Kind::OutOfPids,
        (Step::Cwd, Errno::NOENT) => Kind::CwdNotFound,
        (Step::Cwd, _) => Kind::CwdNotAccessible,
        (Step::Interpreter, _) | (Step::Execute, Errno::NOEXEC | Errno::LIBBAD) => {
            Kind::BadInterpreter
        }
        (Step::Execute, Errno::NOENT | Errno::NOTDIR) => Kind::CommandNotFound,
        (Step::Execute, Errno::TOOBIG) => Kind::ArgumentsTooLong,
        (Step::Execute, Errno::ACCESS | Errno::PERM | Errno::TXTBSY | Errno::ISDIR) => {
            Kind::NotExecutable
        }
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
