//! The daemon's end of the zygote: starts it from the program that the daemon
//! carries, and asks it for machines.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use parking_lot::Mutex;
use prost::Message;
use rustix::fs::{MemfdFlags, Mode, SealFlags};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use skerry_api::init::spawn_reply::Reply;
use skerry_api::init::{SetupFailure, SpawnReply, SpawnRequest};
use skerry_linux::pass;
use tokio::io::Interest;
use tokio::net::UnixDatagram;

use super::Step;
use crate::runtime::RuntimeError;

/// The static program, built by build.rs.
const PROGRAM: &[u8] = include_bytes!(env!("SKERRY_INIT"));
const NAME: &CStr = c"skerry-init";
/// A reply is a pid, or a step's name and an error's number.
const MAX_REPLY: usize = 4 << 10;

pub(super) struct Zygote {
    running: Mutex<Running>,
}

struct Running {
    socket: OwnedFd,
    process: Child,
}

/// What the stage says first.
pub(super) struct Spawned {
    pub(super) pid: i32,
    pub(super) pidfd: OwnedFd,
    /// Says later what failed, if anything does.
    pub(super) reply: SpawnReplies,
}

impl Zygote {
    pub(super) fn start() -> Result<Self, RuntimeError> {
        Ok(Self { running: Mutex::new(Running::start().step("start the zygote")?) })
    }

    /// Sends the request; the answer comes on the socket returned. A zygote
    /// that has died is started anew, once.
    pub(super) fn request(
        &self,
        request: &SpawnRequest,
        descriptors: &[BorrowedFd<'_>],
    ) -> Result<SpawnReplies, RuntimeError> {
        let packet = request.encode_to_vec();
        let (ours, theirs) = packet_pair(SocketFlags::NONBLOCK).step("make a socket pair")?;
        rustix::io::ioctl_fionbio(&theirs, false).step("make a socket pair")?;
        let mut all = vec![theirs.as_fd()];
        all.extend(descriptors);
        let mut running = self.running.lock();
        match pass::send(running.socket.as_fd(), &packet, &all) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                tracing::warn!("the zygote has died; starting another");
                *running = Running::start().step("start the zygote")?;
                pass::send(running.socket.as_fd(), &packet, &all).map(drop)
            }
            sent => sent.map(drop),
        }
        .step("ask the zygote")?;
        drop(running);
        let socket = UnixDatagram::from_std(ours.into()).step("watch the zygote's reply")?;
        Ok(SpawnReplies { socket })
    }
}

impl Running {
    fn start() -> io::Result<Self> {
        let program = sealed_program()?;
        let (socket, theirs) = packet_pair(SocketFlags::empty())?;
        let process = Command::new(format!("/proc/self/fd/{}", program.as_raw_fd()))
            .arg0("skerry-init")
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self { socket, process })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It ends when its socket does; nothing more can reach it.
        let _ = rustix::net::shutdown(&self.socket, rustix::net::Shutdown::Both);
        let _ = self.process.wait();
    }
}

fn packet_pair(flags: SocketFlags) -> io::Result<(OwnedFd, OwnedFd)> {
    let flags = flags | SocketFlags::CLOEXEC;
    Ok(socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?)
}

/// A copy of the program that nobody can change (CVE-2019-5736).
fn sealed_program() -> io::Result<OwnedFd> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let program = rustix::fs::memfd_create(NAME, flags)?;
    let mut rest = PROGRAM;
    while !rest.is_empty() {
        let written = rustix::io::write(&program, rest)?;
        rest = &rest[written..];
    }
    rustix::fs::fchmod(&program, Mode::from_raw_mode(0o500))?;
    let seals = SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL;
    rustix::fs::fcntl_add_seals(&program, seals)?;
    // A descriptor for reading: one that may write can't be executed.
    let path = format!("/proc/self/fd/{}", program.as_raw_fd());
    let flags = rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?)
}

/// What stage and init say while they make one machine.
pub(super) struct SpawnReplies {
    /// Of packets, like a datagram socket.
    socket: UnixDatagram,
}

impl SpawnReplies {
    /// The machine's pid, which comes before anything can go wrong inside.
    pub(super) async fn spawned(self) -> Result<Spawned, RuntimeError> {
        match self.receive().await? {
            (Reply::Spawned(spawned), Some(pidfd)) => {
                Ok(Spawned { pid: spawned.pid, pidfd, reply: self })
            }
            (Reply::Failed(failure), _) => Err(describe(failure)),
            (Reply::Spawned(_), None) => {
                Err(super::failed("spawn", &io::ErrorKind::InvalidData.into()))
            }
        }
    }

    /// Resolves when something failed after that; never, when nothing does.
    pub(super) async fn failure(&self) -> RuntimeError {
        match self.receive().await {
            Ok((Reply::Failed(failure), _)) => describe(failure),
            Ok((Reply::Spawned(_), _)) => RuntimeError::Gone,
            // All ends closed: init serves, and its welcome is on the way, or
            // it died, and its pidfd tells.
            Err(_) => std::future::pending().await,
        }
    }

    async fn receive(&self) -> Result<(Reply, Option<OwnedFd>), RuntimeError> {
        let mut packet = [0; MAX_REPLY];
        let mut descriptors = Vec::new();
        let length = self
            .socket
            .async_io(Interest::READABLE, || {
                pass::receive(self.socket.as_fd(), &mut packet, &mut descriptors)
            })
            .await
            .step("receive the zygote's reply")?;
        let reply = SpawnReply::decode(&packet[..length])
            .ok()
            .and_then(|reply| reply.reply)
            .ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))
            .step("read the zygote's reply")?;
        Ok((reply, descriptors.pop()))
    }
}

/// What happens at the mount points of an image is the image's fault.
fn describe(failure: SetupFailure) -> RuntimeError {
    match failure.errno {
        0 => RuntimeError::BadImage(failure.step),
        errno => super::failed(failure.step, &io::Error::from_raw_os_error(errno)),
    }
}
