//! btrfs subvolumes: trees that are copied in one step, removed in one step,
//! and whose size the file system itself counts and bounds.
//!
//! The numbers and layouts are those of `linux/btrfs.h`.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// `struct btrfs_ioctl_vol_args`.
#[repr(C)]
struct VolumeArgs {
    fd: i64,
    name: [u8; 4088],
}

/// `struct btrfs_ioctl_vol_args_v2`.
#[repr(C)]
struct VolumeArgs2 {
    fd: i64,
    transaction: u64,
    flags: u64,
    unused: [u64; 4],
    name: [u8; 4040],
}

/// `struct btrfs_ioctl_quota_ctl_args`.
#[repr(C)]
struct QuotaArgs {
    command: u64,
    status: u64,
}

/// `struct btrfs_ioctl_qgroup_limit_args`.
#[repr(C)]
struct LimitArgs {
    group: u64,
    flags: u64,
    max_referenced: u64,
    max_exclusive: u64,
    reserved_referenced: u64,
    reserved_exclusive: u64,
}

/// `struct btrfs_ioctl_ino_lookup_args`.
#[repr(C)]
struct LookupArgs {
    tree: u64,
    object: u64,
    name: [u8; 4080],
}

/// `struct btrfs_ioctl_fs_info_args`, of which only the id is read.
#[repr(C)]
struct FileSystemArgs {
    max_id: u64,
    devices: u64,
    id: [u8; 16],
    rest: [u8; 992],
}

const TYPE: u64 = 0x94;
const RESIZE: u64 = request(WRITE, 3, size_of::<VolumeArgs>());
const DESTROY: u64 = request(WRITE, 15, size_of::<VolumeArgs>());
const LOOKUP: u64 = request(READ | WRITE, 18, size_of::<LookupArgs>());
const SNAPSHOT: u64 = request(WRITE, 23, size_of::<VolumeArgs2>());
const CREATE: u64 = request(WRITE, 24, size_of::<VolumeArgs2>());
const GET_FLAGS: u64 = request(READ, 25, size_of::<u64>());
const SET_FLAGS: u64 = request(WRITE, 26, size_of::<u64>());
const FILE_SYSTEM: u64 = request(READ, 31, size_of::<FileSystemArgs>());
const QUOTA: u64 = request(READ | WRITE, 40, size_of::<QuotaArgs>());
const LIMIT: u64 = request(READ, 43, size_of::<LimitArgs>());

/// Those that make or remove subvolumes, which the kernel allows to whoever
/// may make a directory: a subvolume is bounded by no limit but its own.
pub(crate) const OF_SUBVOLUMES: [u64; 6] = [
    request(WRITE, 1, size_of::<VolumeArgs>()),
    request(WRITE, 14, size_of::<VolumeArgs>()),
    DESTROY,
    SNAPSHOT,
    CREATE,
    request(WRITE, 63, size_of::<VolumeArgs2>()),
];

const WRITE: u64 = 1;
const READ: u64 = 2;
const READ_ONLY: u64 = 1 << 1;
const LIMIT_REFERENCED: u64 = 1;
const QUOTA_ENABLE: u64 = 1;
const QUOTA_ENABLE_SIMPLE: u64 = 4;
/// Inode of every subvolume's root.
const FIRST_OBJECT: u64 = 256;

const fn request(direction: u64, number: u64, size: usize) -> u64 {
    direction << 30 | (size as u64) << 16 | TYPE << 8 | number
}

/// How the file system counts what a subvolume has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quota {
    /// To whoever wrote it; costs nothing. Linux 6.7.
    Simple,
    /// To everyone who can see it; each snapshot costs some time.
    Full,
}

/// Makes an empty subvolume.
///
/// # Errors
/// EEXIST; ENOTTY where the file system is no btrfs.
pub fn create(parent: BorrowedFd<'_>, name: &CStr) -> io::Result<()> {
    call(parent, CREATE, &mut volume2(0, 0, name)?)
}

/// Makes a copy of a subvolume as it is now, what is not yet on the disk
/// included; the copy is durable when this returns.
///
/// # Errors
/// EEXIST; EINVAL where `source` is no subvolume's root.
pub fn snapshot(
    source: BorrowedFd<'_>,
    parent: BorrowedFd<'_>,
    name: &CStr,
    read_only: bool,
) -> io::Result<()> {
    let flags = if read_only { READ_ONLY } else { 0 };
    call(parent, SNAPSHOT, &mut volume2(source.as_raw_fd().into(), flags, name)?)
}

/// Removes a subvolume with all in it; its space comes back little by little.
///
/// # Errors
/// ENOENT; EINVAL where it is none; ENOTEMPTY where others are in it; EBUSY
/// where it is mounted by itself.
pub fn remove(parent: BorrowedFd<'_>, name: &CStr) -> io::Result<()> {
    call(parent, DESTROY, &mut volume(name)?)
}

/// Says whether a subvolume can be written to.
///
/// # Errors
/// EINVAL where it is no subvolume's root.
pub fn set_read_only(subvolume: BorrowedFd<'_>, read_only: bool) -> io::Result<()> {
    let mut flags = 0u64;
    call(subvolume, GET_FLAGS, &mut flags)?;
    flags = if read_only { flags | READ_ONLY } else { flags & !READ_ONLY };
    call(subvolume, SET_FLAGS, &mut flags)
}

/// The number of the subvolume that a file is in.
///
/// # Errors
/// ENOTTY where the file system is no btrfs.
pub fn subvolume_id(file: BorrowedFd<'_>) -> io::Result<u64> {
    let mut args = LookupArgs { tree: 0, object: FIRST_OBJECT, name: [0; 4080] };
    call(file, LOOKUP, &mut args)?;
    Ok(args.tree)
}

/// The file system's id, as /sys/fs/btrfs has it.
///
/// # Errors
/// ENOTTY where the file system is no btrfs.
pub fn file_system_id(file: BorrowedFd<'_>) -> io::Result<String> {
    let mut args = FileSystemArgs { max_id: 0, devices: 0, id: [0; 16], rest: [0; 992] };
    call(file, FILE_SYSTEM, &mut args)?;
    let mut text = String::with_capacity(36);
    for (place, byte) in args.id.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    Ok(text)
}

/// Begins to count what subvolumes have.
///
/// # Errors
/// EINVAL where the kernel can't count so; EEXIST or EALREADY, by its version,
/// where it counts already.
pub fn enable_quota(file: BorrowedFd<'_>, quota: Quota) -> io::Result<()> {
    let command = match quota {
        Quota::Simple => QUOTA_ENABLE_SIMPLE,
        Quota::Full => QUOTA_ENABLE,
    };
    call(file, QUOTA, &mut QuotaArgs { command, status: 0 })
}

/// Bounds the bytes of a subvolume; `None` lets it grow. What it has already
/// stays.
///
/// # Errors
/// ENOTCONN or EINVAL where nothing is counted.
pub fn set_limit(subvolume: BorrowedFd<'_>, bytes: Option<u64>) -> io::Result<()> {
    let mut args = LimitArgs {
        group: 0,
        flags: LIMIT_REFERENCED,
        // All ones clears it.
        max_referenced: bytes.unwrap_or(u64::MAX),
        max_exclusive: 0,
        reserved_referenced: 0,
        reserved_exclusive: 0,
    };
    call(subvolume, LIMIT, &mut args)
}

/// Takes up all of the file system's first device, which has grown.
///
/// # Errors
/// EINPROGRESS while another such call runs.
pub fn grow(file: BorrowedFd<'_>) -> io::Result<()> {
    call(file, RESIZE, &mut volume(c"1:max")?)
}

fn volume(name: &CStr) -> io::Result<VolumeArgs> {
    let mut args = VolumeArgs { fd: 0, name: [0; 4088] };
    copy_name(&mut args.name, name)?;
    Ok(args)
}

fn volume2(fd: i64, flags: u64, name: &CStr) -> io::Result<VolumeArgs2> {
    let mut args = VolumeArgs2 { fd, transaction: 0, flags, unused: [0; 4], name: [0; 4040] };
    copy_name(&mut args.name, name)?;
    Ok(args)
}

/// With room for the NUL at its end.
fn copy_name(space: &mut [u8], name: &CStr) -> io::Result<()> {
    let name = name.to_bytes_with_nul();
    let place = space.get_mut(..name.len()).ok_or(io::ErrorKind::InvalidFilename)?;
    place.copy_from_slice(name);
    Ok(())
}

fn call<T>(file: BorrowedFd<'_>, request: u64, argument: &mut T) -> io::Result<()> {
    // SAFETY: the request's number says the argument's size, which is `T`'s by
    // the constants above; it outlives the call, and any bytes are valid in it.
    let done = unsafe {
        libc::ioctl(file.as_raw_fd(), request as libc::Ioctl, std::ptr::from_mut(argument))
    };
    if done == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_the_kernels_numbers() {
        assert_eq!(CREATE, 0x5000_9418);
        assert_eq!(SNAPSHOT, 0x5000_9417);
        assert_eq!(DESTROY, 0x5000_940f);
        assert_eq!(RESIZE, 0x5000_9403);
        assert_eq!(LOOKUP, 0xd000_9412);
        assert_eq!(FILE_SYSTEM, 0x8400_941f);
        assert_eq!(QUOTA, 0xc010_9428);
        assert_eq!(LIMIT, 0x8030_942b);
        assert_eq!((GET_FLAGS, SET_FLAGS), (0x8008_9419, 0x4008_941a));
        assert_eq!(OF_SUBVOLUMES[5], 0x5000_943f);
    }

    #[test]
    fn what_is_no_btrfs_is_refused() {
        let scratch = tempfile::tempfile_in("/dev/shm").expect("a tmpfs");
        let error = subvolume_id(std::os::fd::AsFd::as_fd(&scratch)).expect_err("a tmpfs");
        assert_eq!(error.raw_os_error(), Some(libc::ENOTTY));
    }
}
