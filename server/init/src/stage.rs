//! The stage: between zygote and init. It still has the host's rights, which
//! mapping ids, idmapping trees and mounting an overlay take.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{CWD, Mode, OFlags};
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MoveMountFlags, fsconfig_create,
    fsconfig_set_string, fsmount, fsopen, move_mount,
};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use rustix::process::Pid;
use skerry_api::init::spawn_reply::Reply;
use skerry_api::init::{SpawnRequest, Spawned};
use skerry_linux::fork::{self, Forked, MACHINE_NAMESPACES, namespace};
use skerry_linux::idmap::{TreeAttributes, set_tree_attributes};
use skerry_linux::pass;

use crate::guard::Guard;
use crate::machine;
use crate::wire::{SetupError, Step, reply, reply_failure};
use crate::zygote::Zygote;

/// The most layers of one root.
pub(crate) const MAX_LOWERS: usize = 40;
/// Ids that a machine has of its own.
const ID_COUNT: u32 = 65_536;

/// A request's descriptors by what they are.
pub(crate) struct Descriptors {
    pub(crate) listener: OwnedFd,
    disk: OwnedFd,
    lowers: Vec<OwnedFd>,
    binds: Vec<OwnedFd>,
    pub(crate) cgroups: Vec<OwnedFd>,
    unified: Option<OwnedFd>,
}

impl Descriptors {
    fn sort(request: &SpawnRequest, all: Vec<OwnedFd>) -> Option<Self> {
        let mut all = all.into_iter();
        let sorted = Self {
            listener: all.next()?,
            disk: all.next()?,
            lowers: take(&mut all, request.lowers.len())?,
            binds: take(&mut all, request.binds.len())?,
            cgroups: take(&mut all, request.cgroups as usize)?,
            unified: if request.unified { Some(all.next()?) } else { None },
        };
        all.next().is_none().then_some(sorted)
    }
}

fn take(all: &mut impl Iterator<Item = OwnedFd>, count: usize) -> Option<Vec<OwnedFd>> {
    let taken: Vec<_> = all.take(count).collect();
    (taken.len() == count).then_some(taken)
}

/// Which process goes on after the clone.
enum Side {
    Stage,
    Machine { descriptors: Descriptors, stage: OwnedFd },
}

/// Makes a machine and tells the daemon. On failure the machine's init is
/// told nothing, sees the end of its socket, and ends.
pub(crate) fn run(
    zygote: &Zygote,
    request: &SpawnRequest,
    reply_socket: OwnedFd,
    all: Vec<OwnedFd>,
) {
    let made = Descriptors::sort(request, all)
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))
        .step("sort descriptors")
        .and_then(|descriptors| make(zygote, request, &reply_socket, descriptors));
    match made {
        Ok(Side::Stage) => {}
        Ok(Side::Machine { descriptors, stage }) => {
            machine::run(zygote, request, reply_socket, descriptors, stage);
        }
        Err(failure) => reply_failure(&reply_socket, &failure),
    }
}

fn make(
    zygote: &Zygote,
    request: &SpawnRequest,
    reply_socket: &OwnedFd,
    descriptors: Descriptors,
) -> Result<Side, SetupError> {
    let (ours, stage) =
        socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
            .step("make a socket pair")?;
    let unified = descriptors.unified.as_ref().map(AsFd::as_fd);
    let cloned = fork::clone_sibling(zygote.proof, namespaces(), unified);
    let (pid, pidfd) = match cloned.step("clone into new namespaces")? {
        Forked::Child => return Ok(Side::Machine { descriptors, stage }),
        Forked::Parent { pid, pidfd } => (pid, pidfd),
    };
    drop(stage);
    let spawned = Reply::Spawned(Spawned { pid: pid.as_raw_nonzero().get() });
    reply(reply_socket, spawned, &[pidfd.as_fd()]).step("reply")?;
    map_ids(pid, request.host_uid_base).step("map ids")?;
    let user_namespace = open_namespace(pid).step("open the machine's user namespace")?;
    let root = mount_root(request, &descriptors, user_namespace.as_fd())?;
    set_bind_attributes(request, &descriptors.binds, user_namespace.as_fd())?;
    let mut trees = vec![root.as_fd()];
    trees.extend(descriptors.binds.iter().map(AsFd::as_fd));
    pass::send(ours.as_fd(), b"g", &trees).step("hand over the root")?;
    Ok(Side::Stage)
}

fn namespaces() -> u64 {
    [
        (Guard::NetNamespace, namespace::NET),
        (Guard::IpcNamespace, namespace::IPC),
        (Guard::UtsNamespace, namespace::UTS),
        (Guard::CgroupNamespace, namespace::CGROUP),
    ]
    .into_iter()
    .filter(|(guard, _)| !guard.is_up())
    .fold(MACHINE_NAMESPACES, |all, (_, one)| all & !one)
}

fn map_ids(pid: Pid, base: u32) -> io::Result<()> {
    let pid = pid.as_raw_nonzero();
    let line = format!("0 {base} {ID_COUNT}");
    for file in ["uid_map", "gid_map"] {
        let path = format!("/proc/{pid}/{file}");
        let map = rustix::fs::open(path, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?;
        rustix::io::write(&map, line.as_bytes())?;
    }
    Ok(())
}

fn open_namespace(pid: Pid) -> io::Result<OwnedFd> {
    let path = format!("/proc/{}/ns/user", pid.as_raw_nonzero());
    Ok(rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?)
}

/// The layers and the disk become one overlay. They are attached in a copy of
/// the mount namespace that ends with this process: an overlay finds its
/// layers by path on every kernel, by descriptor only on new ones.
fn mount_root(
    request: &SpawnRequest,
    descriptors: &Descriptors,
    user_namespace: BorrowedFd<'_>,
) -> Result<OwnedFd, SetupError> {
    fork::unshare_mounts().step("unshare mounts")?;
    let mut lower_paths = Vec::new();
    for (number, (lower, spec)) in descriptors.lowers.iter().zip(&request.lowers).enumerate() {
        let user_namespace = spec.idmap.then_some(user_namespace);
        let path = format!("/lower/{number}");
        let attributes = TreeAttributes { user_namespace, ..TreeAttributes::default() };
        set_tree_attributes(lower.as_fd(), attributes).step("idmap the image")?;
        attach(lower, &path).step("attach the image")?;
        lower_paths.push(path);
    }
    let attributes =
        TreeAttributes { user_namespace: Some(user_namespace), ..TreeAttributes::default() };
    set_tree_attributes(descriptors.disk.as_fd(), attributes).step("idmap the disk")?;
    attach(&descriptors.disk, "/disk").step("attach the disk")?;
    fork::take_file_ids(request.host_uid_base).step("take on the machine's root")?;
    overlay(&lower_paths.join(":")).step("mount the overlay")
}

fn attach(tree: &OwnedFd, path: &str) -> rustix::io::Result<()> {
    move_mount(tree, "", CWD, path, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
}

fn overlay(lower: &str) -> rustix::io::Result<OwnedFd> {
    let context = fsopen("overlay", FsOpenFlags::FSOPEN_CLOEXEC)?;
    let context = context.as_fd();
    fsconfig_set_string(context, "source", "skerry")?;
    fsconfig_set_string(context, "lowerdir", lower)?;
    fsconfig_set_string(context, "upperdir", "/disk/upper")?;
    fsconfig_set_string(context, "workdir", "/disk/work")?;
    fsconfig_create(context)?;
    let attributes = if Guard::NoDevices.is_up() {
        MountAttrFlags::MOUNT_ATTR_NODEV
    } else {
        MountAttrFlags::empty()
    };
    fsmount(context, FsMountFlags::FSMOUNT_CLOEXEC, attributes)
}

fn set_bind_attributes(
    request: &SpawnRequest,
    binds: &[OwnedFd],
    user_namespace: BorrowedFd<'_>,
) -> Result<(), SetupError> {
    for (tree, bind) in binds.iter().zip(&request.binds) {
        let attributes = TreeAttributes {
            user_namespace: bind.idmap.then_some(user_namespace),
            read_only: bind.read_only,
            no_devices: true,
            no_setuid: false,
        };
        set_tree_attributes(tree.as_fd(), attributes).step(format!("prepare {}", bind.path))?;
    }
    Ok(())
}
