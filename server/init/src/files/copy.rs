//! Copy, and the move that is one across file systems.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{
    AtFlags, CWD, FileType, Gid, Mode, OFlags, RenameFlags, SeekFrom, Stat, Timespec, Timestamps,
    Uid,
};
use rustix::io::Errno;
use skerry_api::init::file_failure::Reason;
use skerry_api::init::{FileCopy, FileMove};

use super::change::remove_all;
use super::failure::{About, Outcome, failed, of_errno};
use super::info::info_of;
use super::place::{Place, hold_at, kind_of, name_of, open_below, open_regular};
use super::session::Session;
use super::temporary::Temporary;
use super::walk::{Step, Walk};
use super::write::write_all;

/// Bytes that the kernel copies at once, between two looks at the daemon.
const PIECE: usize = 8 << 20;
/// Bytes of the buffer where the kernel can't copy by itself.
const BUFFER: usize = 128 << 10;
const PERMISSIONS: u32 = 0o7777;

/// How a copy goes.
struct Manner {
    recursive: bool,
    overwrite: bool,
}

pub(super) fn copy(session: &mut Session, request: &FileCopy) -> Outcome<()> {
    let manner = Manner { recursive: request.recursive, overwrite: request.overwrite };
    let from = Place::of_existing(&request.from)?;
    copy_place(session, &from, &request.from, &request.to, &manner)?;
    session.tell_info(info_of(&request.to, false)?)
}

pub(super) fn move_to(session: &mut Session, request: &FileMove) -> Outcome<()> {
    let (from, to) = (&request.from[..], &request.to[..]);
    let flags = if request.overwrite { RenameFlags::empty() } else { RenameFlags::NOREPLACE };
    match rustix::fs::renameat_with(CWD, from, CWD, to, flags) {
        Ok(()) => {}
        Err(Errno::XDEV) => move_across(session, request)?,
        Err(errno @ (Errno::NOENT | Errno::INVAL | Errno::BUSY)) => {
            return Err(of_errno(errno, from));
        }
        Err(errno) => return Err(of_errno(errno, to)),
    }
    session.tell_info(info_of(to, false)?)
}

fn move_across(session: &mut Session, request: &FileMove) -> Outcome<()> {
    let manner = Manner { recursive: true, overwrite: request.overwrite };
    let from = Place::of_existing(&request.from)?;
    copy_place(session, &from, &request.from, &request.to, &manner)?;
    remove_all(session, &from, &request.from)
}

impl Place {
    fn of_existing(path: &[u8]) -> Outcome<Self> {
        let place = Self::of(path)?;
        match place.look().about(path)? {
            Some(_) => Ok(place),
            None => Err(of_errno(Errno::NOENT, path)),
        }
    }
}

/// What is new is made beside its place and put there when it is whole; into a
/// directory that is there, files are put one by one.
fn copy_place(
    session: &mut Session,
    from: &Place,
    from_path: &[u8],
    to_path: &[u8],
    manner: &Manner,
) -> Outcome<()> {
    let to = Place::of(to_path)?;
    let there = to.look().about(to_path)?;
    if there.is_some() && !manner.overwrite {
        return Err(failed(Reason::Exists, to_path, "it exists"));
    }
    let held = hold_at(from.directory.as_fd(), &from.name).about(from_path)?;
    let stat = rustix::fs::fstat(&held).about(from_path)?;
    if kind_of(&stat) != FileType::Directory {
        return copy_entry(session, held.as_fd(), &stat, from_path, &to, to_path, manner);
    }
    if !manner.recursive {
        return Err(failed(Reason::IsADirectory, from_path, "is a directory"));
    }
    refuse_inside(&stat, &to, to_path)?;
    let source = open_below(from.directory.as_fd(), &from.name).about(from_path)?;
    match there.map(|there| kind_of(&there)) {
        None => {
            let (temporary, target) = Temporary::directory(to.directory.as_fd()).about(to_path)?;
            copy_tree(session, source, from_path, target, to_path, manner)?;
            temporary.put(&to.name, false).about(to_path)
        }
        Some(FileType::Directory) => {
            let target = open_below(to.directory.as_fd(), &to.name).about(to_path)?;
            copy_tree(session, source, from_path, target, to_path, manner)
        }
        Some(_) => Err(failed(Reason::NotADirectory, to_path, "is no directory")),
    }
}

/// A directory can't be copied into itself.
fn refuse_inside(stat: &Stat, to: &Place, path: &[u8]) -> Outcome<()> {
    let mut above = rustix::io::fcntl_dupfd_cloexec(&to.directory, 3).about(path)?;
    let root = rustix::fs::stat("/").about(path)?;
    loop {
        let here = rustix::fs::fstat(&above).about(path)?;
        if (here.st_dev, here.st_ino) == (stat.st_dev, stat.st_ino) {
            return Err(failed(Reason::Invalid, path, "it lies inside of what is copied"));
        }
        if (here.st_dev, here.st_ino) == (root.st_dev, root.st_ino) {
            return Ok(());
        }
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        above = rustix::fs::openat(&above, "..", flags, Mode::empty()).about(path)?;
    }
}

fn copy_tree(
    session: &mut Session,
    source: OwnedFd,
    from_path: &[u8],
    target: OwnedFd,
    to_path: &[u8],
    manner: &Manner,
) -> Outcome<()> {
    let stat = rustix::fs::fstat(&source).about(from_path)?;
    let mut walk = Walk::new(source, from_path);
    let above = walk.path_of(b"").len();
    let mut targets = vec![(target, stat)];
    while let Some(step) = walk.next()? {
        session.step()?;
        let entry = match step {
            Step::Left => {
                let (target, stat) = targets.pop().expect("as deep as the walk");
                take_on(target.as_fd(), &stat).about(from_path)?;
                continue;
            }
            Step::Entry(entry) => entry,
        };
        let path = walk.path_of(&entry.name);
        let held = match hold_at(walk.directory(), &entry.name) {
            Ok(held) => held,
            Err(Errno::NOENT) => continue,
            Err(errno) => return Err(of_errno(errno, &path)),
        };
        let stat = rustix::fs::fstat(&held).about(&path)?;
        let (parent, _) = targets.last().expect("there is the first");
        let shown = [to_path, b"/", &path[above..]].concat();
        if kind_of(&stat) == FileType::Directory {
            let target = make_directory(parent.as_fd(), &entry.name).about(&shown)?;
            if walk.enter(&entry.name)? {
                targets.push((target, stat));
            }
            continue;
        }
        let directory = rustix::io::fcntl_dupfd_cloexec(parent, 3).about(&shown)?;
        let to = Place { directory, name: entry.name };
        copy_entry(session, held.as_fd(), &stat, &path, &to, &shown, manner)?;
    }
    let (target, stat) = targets.pop().expect("the first is left");
    take_on(target.as_fd(), &stat).about(to_path)
}

fn make_directory(parent: BorrowedFd<'_>, name: &[u8]) -> rustix::io::Result<OwnedFd> {
    match rustix::fs::mkdirat(parent, name, Mode::from_raw_mode(0o700)) {
        Ok(()) | Err(Errno::EXIST) => open_below(parent, name),
        Err(errno) => Err(errno),
    }
}

/// Owner, mode and times of what was copied; of a directory when its entries
/// are there, so that its time stays.
fn take_on(target: BorrowedFd<'_>, stat: &Stat) -> rustix::io::Result<()> {
    rustix::fs::fchown(target, Some(Uid::from_raw(stat.st_uid)), Some(Gid::from_raw(stat.st_gid)))?;
    rustix::fs::fchmod(target, Mode::from_raw_mode(stat.st_mode & PERMISSIONS))?;
    rustix::fs::futimens(target, &times(stat))
}

fn times(stat: &Stat) -> Timestamps {
    Timestamps {
        last_access: Timespec { tv_sec: stat.st_atime, tv_nsec: stat.st_atime_nsec as _ },
        last_modification: Timespec { tv_sec: stat.st_mtime, tv_nsec: stat.st_mtime_nsec as _ },
    }
}

/// Copies what is no directory.
fn copy_entry(
    session: &mut Session,
    held: BorrowedFd<'_>,
    stat: &Stat,
    from_path: &[u8],
    to: &Place,
    to_path: &[u8],
    manner: &Manner,
) -> Outcome<()> {
    let temporary = match kind_of(stat) {
        FileType::RegularFile => {
            let source = open_regular(held, OFlags::RDONLY, from_path)?;
            let (temporary, target) = Temporary::file(to.directory.as_fd()).about(to_path)?;
            copy_bytes(session, &source, &target, to_path)?;
            take_on(target.as_fd(), stat).about(to_path)?;
            temporary
        }
        FileType::Symlink => {
            let target = rustix::fs::readlinkat(held, "", Vec::new()).about(from_path)?;
            let directory = to.directory.as_fd();
            let (temporary, ()) = Temporary::new(directory, |name| {
                rustix::fs::symlinkat(&target, directory, name)?;
                let (uid, gid) = (Uid::from_raw(stat.st_uid), Gid::from_raw(stat.st_gid));
                let flags = AtFlags::SYMLINK_NOFOLLOW;
                rustix::fs::chownat(directory, name, Some(uid), Some(gid), flags)
            })
            .about(to_path)?;
            temporary
        }
        kind => {
            let detail = format!("is {}, which can't be copied", name_of(kind));
            return Err(failed(Reason::NotARegularFile, from_path, detail));
        }
    };
    temporary.put(&to.name, manner.overwrite).about(to_path)
}

/// Where the file system can, the copy shares its blocks; holes stay holes.
fn copy_bytes(
    session: &mut Session,
    source: &OwnedFd,
    target: &OwnedFd,
    path: &[u8],
) -> Outcome<()> {
    if rustix::fs::ioctl_ficlone(target, source).is_ok() {
        return Ok(());
    }
    let size = rustix::fs::fstat(source).about(path)?.st_size as u64;
    let mut offset = 0;
    while offset < size {
        // A file system without holes says that all is data.
        let start = match rustix::fs::seek(source, SeekFrom::Data(offset)) {
            Ok(start) => start,
            Err(Errno::NXIO) => break,
            Err(_) => offset,
        };
        let end = rustix::fs::seek(source, SeekFrom::Hole(start)).unwrap_or(size).min(size);
        if end <= start {
            break;
        }
        copy_range(session, source, target, start..end, path)?;
        offset = end;
    }
    rustix::fs::ftruncate(target, size).about(path)
}

fn copy_range(
    session: &mut Session,
    source: &OwnedFd,
    target: &OwnedFd,
    range: std::ops::Range<u64>,
    path: &[u8],
) -> Outcome<()> {
    let mut at = range.start;
    while at < range.end {
        session.look()?;
        let length = usize::try_from(range.end - at).map_or(PIECE, |left| left.min(PIECE));
        let (mut from, mut to) = (at, at);
        let copied =
            rustix::fs::copy_file_range(source, Some(&mut from), target, Some(&mut to), length);
        let count = match copied {
            Ok(count) => count,
            Err(Errno::XDEV | Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
                copy_piece(source, target, at, length).about(path)?
            }
            Err(Errno::INTR) => continue,
            Err(errno) => return Err(of_errno(errno, path)),
        };
        if count == 0 {
            // It was cut meanwhile.
            return Ok(());
        }
        at += count as u64;
    }
    Ok(())
}

/// By hand, where the kernel does not.
fn copy_piece(
    source: &OwnedFd,
    target: &OwnedFd,
    at: u64,
    length: usize,
) -> rustix::io::Result<usize> {
    let mut buffer = vec![0; length.min(BUFFER)];
    let count = rustix::io::pread(source, &mut buffer[..], at)?;
    rustix::fs::seek(target, SeekFrom::Start(at))?;
    write_all(target.as_fd(), &buffer[..count])?;
    Ok(count)
}
