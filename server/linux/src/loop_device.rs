//! Loop devices: a file as a disk. One is freed by the kernel with its last
//! user, so that none stays behind, however its users end.
//!
//! The numbers and layouts are those of `linux/loop.h`.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// `struct loop_info64`.
#[repr(C)]
struct Info {
    device: u64,
    inode: u64,
    rdevice: u64,
    offset: u64,
    size_limit: u64,
    number: u32,
    encryption: u32,
    key_size: u32,
    flags: u32,
    file_name: [u8; 64],
    crypt_name: [u8; 64],
    key: [u8; 32],
    init: [u64; 2],
}

/// `struct loop_config`.
#[repr(C)]
struct Config {
    fd: u32,
    block_size: u32,
    info: Info,
    reserved: [u64; 8],
}

const SET_CAPACITY: u64 = 0x4c07;
const GET_STATUS: u64 = 0x4c05;
const CONFIGURE: u64 = 0x4c0a;
const GET_FREE: u64 = 0x4c82;
/// Free it with its last user.
const AUTOCLEAR: u32 = 4;
/// A device that is free may be taken by another before it is used.
const TRIES: u32 = 64;

/// A loop device in use: it stays at least as long as this.
#[derive(Debug)]
pub struct LoopDevice {
    file: File,
    path: PathBuf,
}

impl LoopDevice {
    /// Makes a device of a file that is open to read and write.
    ///
    /// # Errors
    /// ENOENT or EPERM where the host has no loop devices.
    pub fn attach(backing: &File) -> io::Result<Self> {
        let control = File::options().read(true).write(true).open("/dev/loop-control")?;
        for _ in 0..TRIES {
            // SAFETY: takes and returns plain integers.
            let number = unsafe { libc::ioctl(control.as_raw_fd(), GET_FREE as libc::Ioctl) };
            if number < 0 {
                return Err(io::Error::last_os_error());
            }
            let path = PathBuf::from(format!("/dev/loop{number}"));
            let file = File::options().read(true).write(true).open(&path)?;
            // SAFETY: all zeroes is a valid loop_config.
            let mut config: Config = unsafe { std::mem::zeroed() };
            config.fd = u32::try_from(backing.as_raw_fd()).map_err(io::Error::other)?;
            config.block_size = 4096;
            config.info.flags = AUTOCLEAR;
            // SAFETY: reads a loop_config, which outlives the call.
            let done = unsafe {
                libc::ioctl(file.as_raw_fd(), CONFIGURE as libc::Ioctl, &raw const config)
            };
            if done == 0 {
                return Ok(Self { file, path });
            }
            let error = io::Error::last_os_error();
            if error.raw_os_error() != Some(libc::EBUSY) {
                return Err(error);
            }
        }
        Err(io::ErrorKind::ResourceBusy.into())
    }

    /// Finds the device that a file is in use by, if there is one.
    ///
    /// # Errors
    /// When /sys/block can't be read.
    pub fn find(backing: &File) -> io::Result<Option<Self>> {
        let wanted = backing.metadata()?;
        for entry in fs::read_dir("/sys/block")? {
            let name = entry?.file_name();
            let is_loop = name.to_str().is_some_and(|name| name.starts_with("loop"));
            if !is_loop || !Path::new("/sys/block").join(&name).join("loop").exists() {
                continue;
            }
            let path = Path::new("/dev").join(&name);
            let Ok(file) = File::options().read(true).write(true).open(&path) else { continue };
            // SAFETY: all zeroes is a valid loop_info64.
            let mut info: Info = unsafe { std::mem::zeroed() };
            // SAFETY: writes a loop_info64, which outlives the call.
            let done =
                unsafe { libc::ioctl(file.as_raw_fd(), GET_STATUS as libc::Ioctl, &raw mut info) };
            // ENXIO: freed since.
            if done == 0 && info.inode == wanted.ino() && info.device == wanted.dev() {
                return Ok(Some(Self { file, path }));
            }
        }
        Ok(None)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes up what its file has grown by.
    ///
    /// # Errors
    /// ENXIO where it is not in use any more.
    pub fn grow(&self) -> io::Result<()> {
        // SAFETY: takes plain integers.
        let done = unsafe { libc::ioctl(self.file.as_raw_fd(), SET_CAPACITY as libc::Ioctl, 0) };
        if done == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }
}
