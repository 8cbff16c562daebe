//! The sockets on which inits listen. The daemon makes each and hands it
//! over; a later daemon finds it by name.

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, bind, connect, listen, socket_with,
};

use super::{Step, ids_in};
use crate::model::SandboxId;
use crate::runtime::RuntimeError;
use crate::storage;

const SUFFIX: &str = ".sock";
/// One daemon connects; a second attempt may wait while the first is given up.
const BACKLOG: i32 = 2;

pub(super) struct Sockets {
    path: PathBuf,
    directory: File,
}

impl Sockets {
    pub(super) fn open(data_dir: &Path) -> Result<Self, RuntimeError> {
        let path = data_dir.join("run");
        storage::make_private(&path)?;
        let directory = File::open(&path).step("open the sockets' directory")?;
        Ok(Self { path, directory })
    }

    /// A socket's address is at most 108 bytes, so that the directory goes by
    /// its descriptor.
    fn address(&self, id: &SandboxId) -> io::Result<SocketAddrUnix> {
        let directory = self.directory.as_raw_fd();
        Ok(SocketAddrUnix::new(format!("/proc/self/fd/{directory}/{id}{SUFFIX}"))?)
    }

    pub(super) fn listen(&self, id: &SandboxId) -> io::Result<OwnedFd> {
        self.remove(id)?;
        let socket = socket(SocketFlags::CLOEXEC)?;
        bind(&socket, &self.address(id)?)?;
        listen(&socket, BACKLOG)?;
        // init accepts when it is told to; it must never wait.
        rustix::io::ioctl_fionbio(&socket, true)?;
        Ok(socket)
    }

    pub(super) fn connect(&self, id: &SandboxId) -> io::Result<OwnedFd> {
        let socket = socket(SocketFlags::CLOEXEC | SocketFlags::NONBLOCK)?;
        connect(&socket, &self.address(id)?)?;
        Ok(socket)
    }

    pub(super) fn remove(&self, id: &SandboxId) -> io::Result<()> {
        match fs::remove_file(self.path.join(format!("{id}{SUFFIX}"))) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    pub(super) fn list(&self) -> Result<Vec<SandboxId>, RuntimeError> {
        ids_in(&self.path, SUFFIX)
    }
}

fn socket(flags: SocketFlags) -> io::Result<OwnedFd> {
    Ok(socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?)
}
