//! init's first half: from a fresh clone to a machine that is closed. The
//! order matters: what needs a right comes before the right is dropped.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{Mode, OFlags};
use rustix::thread::{Gid, Uid};
use skerry_api::init::SpawnRequest;
use skerry_linux::{capability, loopback, pass, signal};

use crate::guard::Guard;
use crate::mounts::{self, Trees};
use crate::server::Server;
use crate::stage::Descriptors;
use crate::wire::{SetupError, Step, reply_failure};
use crate::zygote::Zygote;

/// Sets the machine up and serves it until it ends.
pub(crate) fn run(
    zygote: &Zygote,
    request: &SpawnRequest,
    reply_socket: OwnedFd,
    descriptors: Descriptors,
    stage: OwnedFd,
) {
    let closed = close(zygote, request, descriptors, &stage)
        .and_then(|parts| Server::new(zygote.proof, request, parts).step("start serving"));
    drop(stage);
    match closed {
        Ok(server) => {
            drop(reply_socket);
            server.run();
        }
        Err(failure) => reply_failure(&reply_socket, &failure),
    }
}

/// What init keeps.
pub(crate) struct Parts {
    pub(crate) listener: OwnedFd,
    pub(crate) cgroups: Vec<OwnedFd>,
}

fn close(
    zygote: &Zygote,
    request: &SpawnRequest,
    descriptors: Descriptors,
    stage: &OwnedFd,
) -> Result<Parts, SetupError> {
    rustix::thread::set_name(c"skerry-init").step("set the name")?;
    let trees = wait_for_trees(stage, request.binds.len()).step("wait for the root")?;
    become_root().step("become the machine's root")?;
    mounts::set_up(&trees, &request.binds, &request.files)?;
    drop(trees);
    quieten().step("open /dev/null")?;
    if Guard::UtsNamespace.is_up() {
        rustix::system::sethostname(request.hostname.as_bytes()).step("set the host name")?;
    }
    if Guard::NetNamespace.is_up() {
        loopback::bring_up().step("bring up loopback")?;
    }
    if !Guard::Dumpable.is_up() {
        // Taking on the root's ids has made the kernel forbid it.
        let dumpable = rustix::process::DumpableBehavior::Dumpable;
        rustix::process::set_dumpable_behavior(dumpable).step("allow tracing")?;
    }
    signal::notice_children();
    if Guard::Capabilities.is_up() {
        capability::drop_others().step("drop capabilities")?;
    }
    if Guard::Seccomp.is_up() {
        zygote.filters.load().map_err(io::Error::other).step("load seccomp filters")?;
    } else if Guard::NoNewPrivs.is_up() {
        rustix::thread::set_no_new_privs(true).step("set no_new_privs")?;
    }
    Ok(Parts { listener: descriptors.listener, cgroups: descriptors.cgroups })
}

/// The stage sends the root and the binds when the ids are mapped. When it
/// fails, its end of the socket closes.
fn wait_for_trees(stage: &OwnedFd, binds: usize) -> io::Result<Trees> {
    let mut descriptors = Vec::new();
    let length = pass::receive(stage.as_fd(), &mut [0; 1], &mut descriptors)?;
    if length == 0 || descriptors.len() != binds + 1 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let root = descriptors.remove(0);
    Ok(Trees { root, binds: descriptors })
}

fn become_root() -> rustix::io::Result<()> {
    rustix::process::setsid()?;
    rustix::thread::set_thread_groups(&[])?;
    rustix::thread::set_thread_res_gid(Gid::ROOT, Gid::ROOT, Gid::ROOT)?;
    rustix::thread::set_thread_res_uid(Uid::ROOT, Uid::ROOT, Uid::ROOT)
}

/// Lets go of the zygote's socket and the daemon's log.
fn quieten() -> rustix::io::Result<()> {
    let null = rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stdout(&null)?;
    rustix::stdio::dup2_stderr(&null)
}
