//! Signals as readable events, and to everybody.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// SIGCHLD as a descriptor. The signal is blocked in this process from here
/// on; [`crate::spawn`] unblocks it in what it starts.
#[derive(Debug)]
pub struct ChildSignal(OwnedFd);

impl ChildSignal {
    /// Blocks the signal and opens the descriptor.
    ///
    /// # Errors
    /// EMFILE, ENOMEM.
    pub fn open() -> io::Result<Self> {
        let mut set = MaybeUninit::<libc::sigset_t>::uninit();
        // SAFETY: sigemptyset initialises the set that the rest reads.
        let fd = unsafe {
            libc::sigemptyset(set.as_mut_ptr());
            libc::sigaddset(set.as_mut_ptr(), libc::SIGCHLD);
            libc::sigprocmask(libc::SIG_BLOCK, set.as_ptr(), std::ptr::null_mut());
            libc::signalfd(-1, set.as_ptr(), libc::SFD_CLOEXEC | libc::SFD_NONBLOCK)
        };
        if fd == -1 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the kernel has just made this descriptor for us alone.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// Takes what is pending; one signal may stand for many children.
    pub fn clear(&self) {
        let mut info = [0u8; size_of::<libc::signalfd_siginfo>()];
        // Nothing pending is no error here.
        let _ = rustix::io::read(&self.0, &mut info);
    }
}

impl std::os::fd::AsFd for ChildSignal {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl AsRawFd for ChildSignal {
    fn as_raw_fd(&self) -> i32 {
        self.0.as_raw_fd()
    }
}

/// Makes signals that are ignored do what they do by default. A program that
/// was started by `nohup`, or in the background of a script, is born with some
/// ignored, and so is all that it starts: a shell can't even trap them.
///
/// SIGPIPE stays as it is: Rust ignores it on purpose.
pub fn heed_ignored() {
    for signal in (1..=libc::SIGRTMAX()).filter(|signal| *signal != libc::SIGPIPE) {
        let mut action = MaybeUninit::<libc::sigaction>::uninit();
        // SAFETY: the kernel fills the action in where it knows the signal, and
        // only then it is read; SIG_DFL is a valid disposition.
        unsafe {
            if libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) == 0
                && action.assume_init().sa_sigaction == libc::SIG_IGN
            {
                libc::signal(signal, libc::SIG_DFL);
            }
        }
    }
}

/// Leaves no zombie of children that nobody waits for.
pub fn ignore_children() {
    // SAFETY: SIG_IGN is a valid disposition and no handler runs.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
}

/// Makes SIGCHLD tell of children again, as it is by default.
pub fn notice_children() {
    // SAFETY: SIG_DFL is a valid disposition and no handler runs.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_DFL) };
}

/// Signals every process that this one may signal, itself excepted: of PID 1
/// in a PID namespace, all others in it.
///
/// # Errors
/// ESRCH where there is none.
pub fn signal_all(signal: i32) -> io::Result<()> {
    // SAFETY: takes plain integers.
    if unsafe { libc::kill(-1, signal) } == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Signals a process, or with a negative number a process group.
///
/// # Errors
/// ESRCH where it is gone; EINVAL for a number that is no signal.
pub fn signal(target: i32, signal: i32) -> io::Result<()> {
    // SAFETY: takes plain integers.
    if unsafe { libc::kill(target, signal) } == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
