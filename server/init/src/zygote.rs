//! The zygote: waits for requests on its standard input and forks a stage
//! for each. Ends when the daemon does; the machines go on.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use prost::Message;
use rustix::fs::{CWD, Mode, OFlags};
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MountPropagationFlags, MoveMountFlags, UnmountFlags,
    fsconfig_create, fsmount, fsopen, mount_change, move_mount, unmount,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use skerry_api::init::SpawnRequest;
use skerry_linux::fork::{self, SingleThread, exit_now};
use skerry_linux::seccomp::Filters;
use skerry_linux::{pass, signal};

use crate::devices;
use crate::guard::Guard;
use crate::stage;
use crate::wire::{MAX_PACKET, SetupError, Step};

/// Ten for each of 700 execs, with room to spare.
const MAX_DESCRIPTORS: u64 = 16_384;

/// What every machine is made with.
pub(crate) struct Zygote {
    pub(crate) proof: SingleThread,
    pub(crate) filters: Filters,
}

/// Serves the daemon until it goes away.
pub(crate) fn run() -> Result<(), SetupError> {
    let proof = SingleThread::verify().step("count threads")?;
    // Executed by descriptor, it would be called by its number.
    rustix::thread::set_name(c"skerry-zygote").step("set the name")?;
    let filters = Filters::compile().map_err(io::Error::other).step("compile seccomp filters")?;
    if Guard::Dumpable.is_up() {
        fork::forbid_tracing().step("forbid tracing")?;
    }
    rustix::process::umask(Mode::empty());
    allow_many_descriptors();
    enter_empty_root().step("make a root of its own")?;
    signal::heed_ignored();
    // A stage that ends needs nobody to wait for it.
    signal::ignore_children();
    let zygote = Zygote { proof, filters };
    let mut packet = vec![0; MAX_PACKET];
    loop {
        let mut descriptors = Vec::new();
        match pass::receive(rustix::stdio::stdin(), &mut packet, &mut descriptors) {
            Ok(0) => return Ok(()),
            Ok(length) => zygote.serve(&packet[..length], descriptors),
            Err(error) => return Err(error).step("receive a request"),
        }
    }
}

impl Zygote {
    fn serve(&self, packet: &[u8], mut descriptors: Vec<OwnedFd>) {
        if descriptors.is_empty() {
            return;
        }
        let reply = descriptors.remove(0);
        let Ok(request) = SpawnRequest::decode(packet) else { return };
        match fork::fork(self.proof) {
            Ok(Some(_)) => {}
            Ok(None) => {
                stage::run(self, &request, reply, descriptors);
                exit_now(0)
            }
            Err(error) => {
                crate::wire::reply_failure(&reply, &SetupError { step: "fork".into(), error });
            }
        }
    }
}

/// init holds several for each exec.
fn allow_many_descriptors() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(MAX_DESCRIPTORS, |most| most.min(MAX_DESCRIPTORS));
    // Never more than the hard limit, so that it can't fail.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit });
}

/// A mount namespace with four mounts: an empty root, /proc, /sys, and the
/// /dev that all machines show.
///
/// Every machine starts with a copy of it, so that making one costs the same
/// however much the host has mounted. The kernel lets a user namespace mount
/// /proc and /sys only where it can see them whole, hence those two.
fn enter_empty_root() -> io::Result<()> {
    fork::unshare_mounts()?;
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
    let root = new_mount("tmpfs")?;
    for directory in ["proc", "sys", "dev", "root", "disk", "lower"] {
        rustix::fs::mkdirat(&root, directory, Mode::from_raw_mode(0o755))?;
    }
    for layer in 0..stage::MAX_LOWERS {
        rustix::fs::mkdirat(&root, format!("lower/{layer}"), Mode::from_raw_mode(0o755))?;
    }
    // Any directory serves to attach it; the namespace is private.
    move_mount(&root, "", CWD, "/proc", MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)?;
    let root = rustix::fs::open("/proc", OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
    rustix::process::fchdir(&root)?;
    rustix::process::pivot_root(".", ".")?;
    unmount(".", UnmountFlags::DETACH)?;
    rustix::process::chdir("/")?;
    let devices = new_mount("tmpfs")?;
    devices::fill(&devices)?;
    for (mount, path) in
        [(new_mount("proc")?, "/proc"), (new_mount("sysfs")?, "/sys"), (devices, "/dev")]
    {
        move_mount(&mount, "", CWD, path, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)?;
    }
    Ok(())
}

fn new_mount(kind: &str) -> io::Result<OwnedFd> {
    let context = fsopen(kind, FsOpenFlags::FSOPEN_CLOEXEC)?;
    fsconfig_create(context.as_fd())?;
    Ok(fsmount(context.as_fd(), FsMountFlags::FSMOUNT_CLOEXEC, MountAttrFlags::empty())?)
}
