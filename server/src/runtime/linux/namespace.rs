//! A machine's network namespace, by its init's pid.

use std::os::fd::OwnedFd;

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;

use super::failed;
use crate::model::SandboxId;
use crate::runtime::RuntimeError;

/// The most of a cgroup file: a dozen hierarchies and their paths.
const MAX_CGROUPS: usize = 8192;

/// Opens it. By now the pid may be another process's: what is opened is one
/// process's own directory, and its cgroup has to be the sandbox's.
pub(super) fn open(id: &SandboxId, pid: i32) -> Result<OwnedFd, RuntimeError> {
    let look = || -> rustix::io::Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let directory =
            openat(CWD, format!("/proc/{pid}"), flags | OFlags::DIRECTORY, Mode::empty())?;
        let namespace = openat(&directory, "ns/net", flags, Mode::empty())?;
        let cgroups = openat(&directory, "cgroup", flags, Mode::empty())?;
        let mut text = [0; MAX_CGROUPS];
        let mut length = 0;
        loop {
            match rustix::io::read(&cgroups, &mut text[length..])? {
                0 => break,
                more => length += more,
            }
        }
        let part = format!("/{id}");
        let text = String::from_utf8_lossy(&text[..length]);
        if text.lines().any(|line| line.contains(&part)) { Ok(namespace) } else { Err(Errno::SRCH) }
    };
    look().map_err(|errno| match errno {
        Errno::NOENT | Errno::SRCH => RuntimeError::Gone,
        other => failed("open the network namespace", &other.into()),
    })
}
