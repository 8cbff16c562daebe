//! A file that stays open for commands.

use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{FileType, Mode, OFlags, Timespec, Timestamps, UTIME_OMIT};
use rustix::io::Errno;
use skerry_api::init::file_command::Command;
use skerry_api::init::file_failure::Reason;
use skerry_api::init::file_news::News;
use skerry_api::init::{FileEnd, FileOpen, FileReadAt, FileSetStat, FileTime, FileWriteAt};

use super::failure::{About, Outcome, Stop, failed, of_errno};
use super::info::info_of_open;
use super::place::{Place, hold, hold_at, kind_of, open_regular};
use super::read::CHUNK;
use super::session::Session;
use super::write::{NEW_MODE, set_owner};

const PERMISSIONS: u32 = 0o7777;

pub(super) fn open(session: &mut Session, request: &FileOpen) -> Outcome<()> {
    session.expect_input();
    let path = &request.path[..];
    let file = open_file(request)?;
    session.tell_info(info_of_open(file.as_fd(), path)?)?;
    loop {
        let news = match session.receive()? {
            Command::ReadAt(wanted) => News::Data(read_at(&file, &wanted).about(path)?.into()),
            Command::WriteAt(wanted) => {
                write_at(&file, request.append, &wanted).about(path)?;
                News::Done(FileEnd {})
            }
            Command::Stat(FileEnd {}) => News::Info(info_of_open(file.as_fd(), path)?),
            Command::SetStat(wanted) => {
                set_stat(&file, &wanted).about(path)?;
                News::Done(FileEnd {})
            }
            Command::Sync(FileEnd {}) => {
                rustix::fs::fsync(&file).about(path)?;
                News::Done(FileEnd {})
            }
            Command::End(FileEnd {}) => return Ok(()),
            _ => return Err(Stop::Gone),
        };
        session.tell(news)?;
    }
}

fn open_file(request: &FileOpen) -> Outcome<OwnedFd> {
    let path = &request.path[..];
    let mut flags = match (request.read, request.write || request.append) {
        (true, true) => OFlags::RDWR,
        (false, true) => OFlags::WRONLY,
        (true, false) => OFlags::RDONLY,
        (false, false) => return open_attributes(request),
    };
    flags.set(OFlags::APPEND, request.append);
    let mode = Mode::from_raw_mode(request.mode.unwrap_or(NEW_MODE) & PERMISSIONS);
    let made = OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    if request.create_new {
        let place = Place::of(path)?;
        return rustix::fs::openat(&place.directory, &place.name[..], flags | made, mode)
            .about(path);
    }
    let place = Place::followed(path)?;
    if request.create {
        match rustix::fs::openat(&place.directory, &place.name[..], flags | made, mode) {
            Err(Errno::EXIST) => {}
            opened => return opened.about(path),
        }
    }
    flags.set(OFlags::TRUNC, request.truncate);
    let held = match hold_at(place.directory.as_fd(), &place.name) {
        Ok(held) => held,
        Err(errno) => return Err(of_errno(errno, path)),
    };
    open_regular(held.as_fd(), flags, path)
}

/// For its attributes alone: also of a directory.
fn open_attributes(request: &FileOpen) -> Outcome<OwnedFd> {
    let path = &request.path[..];
    if request.create || request.create_new || request.truncate {
        return Err(failed(Reason::Invalid, path, "open it for reading or writing"));
    }
    let held = hold(path, true)?;
    match kind_of(&rustix::fs::fstat(&held).about(path)?) {
        FileType::Directory => {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            rustix::fs::openat(&held, ".", flags, Mode::empty()).about(path)
        }
        _ => open_regular(held.as_fd(), OFlags::RDONLY, path),
    }
}

fn read_at(file: &OwnedFd, wanted: &FileReadAt) -> rustix::io::Result<Vec<u8>> {
    let mut data = vec![0; (wanted.length as usize).min(CHUNK)];
    let mut filled = 0;
    while filled < data.len() {
        let offset = wanted.offset.saturating_add(filled as u64);
        if i64::try_from(offset).is_err() {
            break;
        }
        let space = &mut data[filled..];
        match rustix::io::retry_on_intr(|| rustix::io::pread(file, &mut *space, offset))? {
            0 => break,
            count => filled += count,
        }
    }
    data.truncate(filled);
    Ok(data)
}

fn write_at(file: &OwnedFd, append: bool, wanted: &FileWriteAt) -> rustix::io::Result<()> {
    let mut written = 0;
    while written < wanted.data.len() {
        let rest = &wanted.data[written..];
        let offset = wanted.offset.saturating_add(written as u64);
        written += rustix::io::retry_on_intr(|| match append {
            true => rustix::io::write(file, rest),
            false => rustix::io::pwrite(file, rest, offset),
        })?;
    }
    Ok(())
}

/// The owner before the mode: a change of owner takes set-id bits away.
fn set_stat(file: &OwnedFd, wanted: &FileSetStat) -> rustix::io::Result<()> {
    if let Some(size) = wanted.size {
        rustix::fs::ftruncate(file, size)?;
    }
    if wanted.uid.is_some() || wanted.gid.is_some() {
        set_owner(file.as_fd(), wanted.uid, wanted.gid)?;
    }
    if let Some(mode) = wanted.mode {
        rustix::fs::fchmod(file, Mode::from_raw_mode(mode & PERMISSIONS))?;
    }
    if wanted.access_time.is_some() || wanted.modify_time.is_some() {
        let times = Timestamps {
            last_access: time(wanted.access_time.as_ref()),
            last_modification: time(wanted.modify_time.as_ref()),
        };
        rustix::fs::futimens(file, &times)?;
    }
    Ok(())
}

fn time(wanted: Option<&FileTime>) -> Timespec {
    match wanted {
        Some(time) => Timespec { tv_sec: time.seconds, tv_nsec: time.nanos.into() },
        None => Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
    }
}
