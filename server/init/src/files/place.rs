//! From a path to what is there. The kernel resolves every path, in the
//! machine's own root, which the worker's is; a link that is swapped meanwhile
//! leads elsewhere in the machine and nowhere else.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;
use skerry_api::init::file_failure::Reason;

use super::failure::{About, Outcome, failed};

/// The kernel's own bound of links followed in one path.
const MAX_LINKS: usize = 40;
/// Of the file systems whose files are the kernel's and not bytes.
const PROC_SUPER_MAGIC: i64 = 0x9fa0;

const PATH: OFlags = OFlags::PATH.union(OFlags::CLOEXEC);

/// A name in a directory; what it names may not be there.
pub(crate) struct Place {
    pub(crate) directory: OwnedFd,
    pub(crate) name: Vec<u8>,
}

/// The directory part and the last name; `None` where there is no name of its
/// own: `/`, `.` and `..`.
pub(crate) fn split(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = path.iter().rposition(|byte| *byte != b'/')? + 1;
    let path = &path[..end];
    let start = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let name = &path[start..];
    if name == b"." || name == b".." {
        return None;
    }
    Some((if start == 0 { b"." } else { &path[..start] }, name))
}

impl Place {
    /// Of the path's own last name, be it a link or not.
    pub(crate) fn of(path: &[u8]) -> Outcome<Self> {
        let Some((above, name)) = split(path) else {
            return Err(failed(Reason::Invalid, path, "the path ends in no name of its own"));
        };
        let directory = open_directory_path(CWD, above).about(path)?;
        Ok(Self { directory, name: name.to_vec() })
    }

    /// Where a write to the path goes: links at its end are followed.
    pub(crate) fn followed(path: &[u8]) -> Outcome<Self> {
        let mut place = Self::of(path)?;
        for _ in 0..MAX_LINKS {
            let target = match rustix::fs::readlinkat(&place.directory, &place.name[..], Vec::new())
            {
                Ok(target) => target.into_bytes(),
                Err(Errno::INVAL | Errno::NOENT) => return Ok(place),
                Err(errno) => return Err(super::failure::of_errno(errno, path)),
            };
            let Some((above, name)) = split(&target) else {
                return Err(failed(Reason::IsADirectory, path, "it is a link to a directory"));
            };
            let directory = open_directory_path(place.directory.as_fd(), above).about(path)?;
            place = Self { directory, name: name.to_vec() };
        }
        Err(failed(Reason::TooManyLinks, path, "links lead in a circle"))
    }

    /// What is there, if anything, a link itself.
    pub(crate) fn look(&self) -> rustix::io::Result<Option<Stat>> {
        match rustix::fs::statat(&self.directory, &self.name[..], AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(errno),
        }
    }
}

fn open_directory_path(from: BorrowedFd<'_>, path: &[u8]) -> rustix::io::Result<OwnedFd> {
    rustix::fs::openat(from, path, PATH | OFlags::DIRECTORY, Mode::empty())
}

pub(crate) fn kind_of(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}

/// A hold on what a path names, without opening it.
pub(crate) fn hold(path: &[u8], follow: bool) -> Outcome<OwnedFd> {
    let nofollow = if follow { OFlags::empty() } else { OFlags::NOFOLLOW };
    rustix::fs::open(path, PATH | nofollow, Mode::empty()).about(path)
}

/// A hold on an entry of a directory, a link itself.
pub(crate) fn hold_at(directory: BorrowedFd<'_>, name: &[u8]) -> rustix::io::Result<OwnedFd> {
    rustix::fs::openat(directory, name, PATH | OFlags::NOFOLLOW, Mode::empty())
}

/// Opens what is held, if it is a regular file. What is no regular file is
/// never opened: that alone can hang, or change what a device does.
pub(crate) fn open_regular(held: BorrowedFd<'_>, flags: OFlags, path: &[u8]) -> Outcome<OwnedFd> {
    check_regular(held, path)?;
    check_not_process(held, flags, path)?;
    // O_NONBLOCK: a lease on the file must not make the worker wait.
    let flags = flags | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    reopen(held, flags).about(path)
}

fn check_regular(held: BorrowedFd<'_>, path: &[u8]) -> Outcome<()> {
    match kind_of(&rustix::fs::fstat(held).about(path)?) {
        FileType::RegularFile => Ok(()),
        FileType::Directory => Err(failed(Reason::IsADirectory, path, "is a directory")),
        FileType::Symlink => Err(failed(Reason::TooManyLinks, path, "is a symbolic link")),
        kind => Err(failed(Reason::NotARegularFile, path, format!("is {}", name_of(kind)))),
    }
}

pub(crate) fn name_of(kind: FileType) -> &'static str {
    match kind {
        FileType::RegularFile => "a regular file",
        FileType::Directory => "a directory",
        FileType::Symlink => "a symbolic link",
        FileType::Fifo => "a FIFO",
        FileType::Socket => "a socket",
        FileType::CharacterDevice => "a character device",
        FileType::BlockDevice => "a block device",
        FileType::Unknown => "of an unknown kind",
    }
}

/// /proc/self is the worker itself: its memory is not for reading, and nothing
/// there is for writing.
fn check_not_process(held: BorrowedFd<'_>, flags: OFlags, path: &[u8]) -> Outcome<()> {
    if i64::from(rustix::fs::fstatfs(held).about(path)?.f_type) != PROC_SUPER_MAGIC {
        return Ok(());
    }
    let name = rustix::fs::readlink(own_path(held), Vec::new()).about(path)?.into_bytes();
    let writes = flags.intersects(OFlags::WRONLY | OFlags::RDWR);
    if writes || name.ends_with(b"/mem") {
        return Err(failed(Reason::PermissionDenied, path, "is a process's own"));
    }
    Ok(())
}

fn own_path(held: BorrowedFd<'_>) -> String {
    format!("/proc/self/fd/{}", held.as_raw_fd())
}

/// Sets the permissions of the very thing that is held, which is no link.
pub(crate) fn chmod_held(held: BorrowedFd<'_>, mode: Mode) -> rustix::io::Result<()> {
    rustix::fs::chmod(own_path(held), mode)
}

/// Opens the very thing that is held.
pub(crate) fn reopen(held: BorrowedFd<'_>, flags: OFlags) -> rustix::io::Result<OwnedFd> {
    rustix::fs::open(own_path(held), flags | OFlags::CLOEXEC, Mode::empty())
}

/// Opens a directory for its entries; `follow` is for the last name.
pub(crate) fn open_directory(path: &[u8]) -> Outcome<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    rustix::fs::open(path, flags, Mode::empty()).about(path)
}

/// Opens a subdirectory that is no link.
pub(crate) fn open_below(directory: BorrowedFd<'_>, name: &[u8]) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(directory, name, flags, Mode::empty())
}

/// Makes the directories above a path that are not there.
pub(crate) fn make_above(path: &[u8]) -> Outcome<()> {
    let Some((above, _)) = split(path) else { return Ok(()) };
    make_all(above, Mode::from_raw_mode(0o755))
}

/// Makes a directory with those above it; one that is there is fine.
pub(crate) fn make_all(path: &[u8], mode: Mode) -> Outcome<()> {
    let usual = Mode::from_raw_mode(0o755);
    let slashes = path.iter().enumerate().skip(1).filter(|(_, byte)| **byte == b'/');
    let ends: Vec<usize> = slashes.map(|(at, _)| at).chain([path.len()]).collect();
    for end in ends {
        let mode = if end == path.len() { mode } else { usual };
        match rustix::fs::mkdir(&path[..end], mode) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(errno) => return Err(super::failure::of_errno(errno, &path[..end])),
        }
    }
    // What was there may be something else.
    rustix::fs::open(path, PATH | OFlags::DIRECTORY, Mode::empty()).about(path).map(drop)
}
