//! Making processes. Only a process with one thread may fork here, which
//! [`SingleThread`] proves: in a forked child of a threaded one, any lock may
//! be held for ever.

use std::fs::File;
use std::io;
use std::marker::PhantomData;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use rustix::process::Pid;

/// Proof that the process has one thread. Not `Send`: whoever holds it must
/// not start another.
#[derive(Debug, Clone, Copy)]
pub struct SingleThread(PhantomData<*const ()>);

impl SingleThread {
    /// Counts the threads.
    ///
    /// # Errors
    /// When there is more than one, or /proc can't be read.
    pub fn verify() -> io::Result<Self> {
        let status = io::read_to_string(File::open("/proc/self/status")?)?;
        let threads = status.lines().find_map(|line| line.strip_prefix("Threads:")).map(str::trim);
        match threads {
            Some("1") => Ok(Self(PhantomData)),
            _ => Err(io::Error::other("the process has more than one thread")),
        }
    }
}

/// The namespaces that a machine has of its own: all but time.
pub const MACHINE_NAMESPACES: u64 = (libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNS
    | libc::CLONE_NEWNET
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWCGROUP) as u64;

/// The name spaces' bits, for a test that leaves one out.
pub mod namespace {
    /// Network.
    pub const NET: u64 = libc::CLONE_NEWNET as u64;
    /// System V IPC and POSIX message queues.
    pub const IPC: u64 = libc::CLONE_NEWIPC as u64;
    /// Host name.
    pub const UTS: u64 = libc::CLONE_NEWUTS as u64;
    /// The view of cgroups.
    pub const CGROUP: u64 = libc::CLONE_NEWCGROUP as u64;
}

/// Which side of a clone one is on.
#[derive(Debug)]
pub enum Forked {
    /// The new process.
    Child,
    /// The old one.
    Parent {
        /// The child.
        pid: Pid,
        /// Readable when the child has ended.
        pidfd: OwnedFd,
    },
}

// libc's constant is a c_int, which it overflows.
const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;

/// A copy of this process, as fork(2) makes it: `None` in the copy. By the
/// old clone call, which the filters of [`crate::seccomp`] let through.
///
/// # Errors
/// The kernel's: EAGAIN at a limit of processes, ENOMEM.
pub fn fork(_proof: SingleThread) -> io::Result<Option<Pid>> {
    // SAFETY: without CLONE_VM and with no stack given this is fork(2); the
    // proof says that no other thread can hold a lock.
    let pid = unsafe { libc::syscall(libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0) };
    if pid == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(Pid::from_raw(pid as i32))
}

/// Forks a process that has no descriptor but `socket` beside the standard
/// ones, runs `run` on it, and ends.
///
/// # Errors
/// As [`fork`].
pub fn fork_on(
    proof: SingleThread,
    socket: OwnedFd,
    run: impl FnOnce(OwnedFd) -> i32,
) -> io::Result<Pid> {
    if let Some(pid) = fork(proof)? {
        return Ok(pid);
    }
    const PLACE: libc::c_int = 3;
    // SAFETY: plain descriptor numbers. Those that are closed have owners in
    // this copy of the parent, none of which is ever dropped: nothing but
    // `run`, which holds none of them, goes on before the process ends.
    let ready = unsafe {
        (socket.as_raw_fd() == PLACE
            || libc::dup3(socket.as_raw_fd(), PLACE, libc::O_CLOEXEC) == PLACE)
            && libc::syscall(libc::SYS_close_range, PLACE + 1, libc::c_uint::MAX, 0) == 0
    };
    std::mem::forget(socket);
    if !ready {
        exit_now(1);
    }
    // SAFETY: the descriptor is open, and nothing else owns it here.
    let socket = unsafe { OwnedFd::from_raw_fd(PLACE) };
    exit_now(run(socket))
}

/// A copy of this process in new `namespaces`, born in the cgroup v2
/// directory `cgroup`, and child of this process's parent: it stays when this
/// process ends, without being handed to the host's PID 1.
///
/// # Errors
/// The kernel's: ENOSPC at a limit of namespaces, EAGAIN, ENOMEM.
pub fn clone_sibling(
    _proof: SingleThread,
    namespaces: u64,
    cgroup: Option<BorrowedFd<'_>>,
) -> io::Result<Forked> {
    let mut pidfd: libc::c_int = -1;
    // SAFETY: all zeroes is a valid clone_args.
    let mut args: libc::clone_args = unsafe { std::mem::zeroed() };
    args.flags = namespaces | (libc::CLONE_PIDFD | libc::CLONE_PARENT) as u64;
    args.pidfd = std::ptr::from_mut(&mut pidfd) as u64;
    if let Some(cgroup) = cgroup {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = cgroup.as_raw_fd() as u64;
    }
    // SAFETY: as fork; `args` and `pidfd` outlive the call. With CLONE_PARENT
    // the exit signal is the parent's own.
    let pid = unsafe {
        libc::syscall(
            libc::SYS_clone3,
            std::ptr::from_mut(&mut args),
            size_of::<libc::clone_args>(),
        )
    };
    match pid {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(Forked::Child),
        pid => {
            let pid = Pid::from_raw(pid as i32).expect("a clone's pid is positive");
            // SAFETY: the kernel has just made this descriptor for us alone.
            let pidfd = unsafe { OwnedFd::from_raw_fd(pidfd) };
            Ok(Forked::Parent { pid, pidfd })
        }
    }
}

/// Ends the process at once: no destructor and no exit handler runs, which in
/// a forked child would be the parent's.
pub fn exit_now(code: i32) -> ! {
    // SAFETY: _exit has no precondition.
    unsafe { libc::_exit(code) }
}

/// Makes this process one that no process of another user namespace may
/// trace or look into, whatever its uid.
///
/// # Errors
/// None is known.
pub fn forbid_tracing() -> io::Result<()> {
    // SAFETY: takes plain integers.
    match unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Gives this process a copy of its mount namespace.
///
/// # Errors
/// EPERM without CAP_SYS_ADMIN.
pub fn unshare_mounts() -> io::Result<()> {
    // SAFETY: takes a plain integer; other than file descriptors, mounts are
    // nothing that Rust code holds on to.
    if unsafe { libc::unshare(libc::CLONE_NEWNS) } == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Makes files of this process belong to `id` from here on, while it keeps
/// every capability: what mounts an overlay on an idmapped tree has to be
/// somebody whom that mapping knows.
///
/// # Errors
/// EPERM without CAP_SETPCAP; EINVAL where the ids were not taken on.
pub fn take_file_ids(id: u32) -> io::Result<()> {
    use rustix::thread::CapabilitiesSecureBits;
    rustix::thread::set_capabilities_secure_bits(CapabilitiesSecureBits::NO_SETUID_FIXUP)?;
    // SAFETY: take plain integers. The second call answers with what the
    // first one set.
    let taken = unsafe {
        libc::setfsgid(id);
        libc::setfsuid(id);
        [libc::setfsgid(id), libc::setfsuid(id)]
    };
    if taken == [id as i32; 2] { Ok(()) } else { Err(io::ErrorKind::InvalidInput.into()) }
}
