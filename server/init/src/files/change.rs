//! Calls that change names and owners.

use std::ffi::CString;
use std::os::fd::{AsFd, BorrowedFd};

use rustix::fs::{AtFlags, CWD, FileType, Gid, Mode, Uid};
use rustix::io::Errno;
use skerry_api::init::file_failure::Reason;
use skerry_api::init::file_news::News;
use skerry_api::init::{FileChmod, FileChown, FileMakeDir, FileReadLink, FileRemove, FileSymlink};
use skerry_linux::tree::remove_tree_while;

use super::failure::{About, Outcome, Stop, failed, of_errno};
use super::info::info_of;
use super::place::{Place, chmod_held, hold, hold_at, kind_of, make_all, open_directory};
use super::session::Session;
use super::walk::{Step, Walk};
use super::write::owner_named;

const PERMISSIONS: u32 = 0o7777;

pub(super) fn make_dir(session: &mut Session, request: &FileMakeDir) -> Outcome<()> {
    let path = &request.path[..];
    let mode = Mode::from_raw_mode(request.mode.unwrap_or(0o755) & PERMISSIONS);
    if request.parents {
        make_all(path, mode)?;
    } else {
        rustix::fs::mkdir(path, mode).about(path)?;
    }
    session.tell_info(info_of(path, true)?)
}

pub(super) fn remove(session: &mut Session, request: &FileRemove) -> Outcome<()> {
    let path = &request.path[..];
    let place = Place::of(path)?;
    let directory = place.directory.as_fd();
    let there = place.look().about(path)?.ok_or_else(|| of_errno(Errno::NOENT, path))?;
    if kind_of(&there) != FileType::Directory {
        return rustix::fs::unlinkat(directory, &place.name[..], AtFlags::empty()).about(path);
    }
    if !request.recursive {
        return rustix::fs::unlinkat(directory, &place.name[..], AtFlags::REMOVEDIR).about(path);
    }
    remove_all(session, &place, path)
}

/// Removes a tree; a daemon that goes away stops it where it is.
pub(super) fn remove_all(session: &mut Session, place: &Place, path: &[u8]) -> Outcome<()> {
    let name = CString::new(&place.name[..]).expect("a path has no NUL");
    let mut gone = false;
    let removed = remove_tree_while(place.directory.as_fd(), &name, &mut || {
        gone |= session.step().is_err();
        !gone
    });
    if gone { Err(Stop::Gone) } else { removed.about(path) }
}

pub(super) fn chmod(session: &mut Session, request: &FileChmod) -> Outcome<()> {
    let path = &request.path[..];
    if request.mode > PERMISSIONS {
        return Err(failed(Reason::Invalid, path, "a mode is 0 to 07777"));
    }
    let mode = Mode::from_raw_mode(request.mode);
    rustix::fs::chmod(path, mode).about(path)?;
    if request.recursive {
        below(session, path, |directory, name| {
            let held = hold_at(directory, name)?;
            match kind_of(&rustix::fs::fstat(&held)?) {
                // A link has no permissions of its own.
                FileType::Symlink => Ok(()),
                _ => chmod_held(held.as_fd(), mode),
            }
        })?;
    }
    session.tell_info(info_of(path, true)?)
}

pub(super) fn chown(session: &mut Session, request: &FileChown) -> Outcome<()> {
    let path = &request.path[..];
    let owner = owner_named(&request.owner)?;
    let (uid, gid) = (owner.uid.map(Uid::from_raw), owner.gid.map(Gid::from_raw));
    rustix::fs::chownat(CWD, path, uid, gid, AtFlags::empty()).about(path)?;
    if request.recursive {
        below(session, path, |directory, name| {
            rustix::fs::chownat(directory, name, uid, gid, AtFlags::SYMLINK_NOFOLLOW)
        })?;
    }
    session.tell_info(info_of(path, true)?)
}

/// Does the same to everything below a directory, links not followed. What
/// went away meanwhile is passed over.
fn below(
    session: &mut Session,
    path: &[u8],
    change: impl Fn(BorrowedFd<'_>, &[u8]) -> rustix::io::Result<()>,
) -> Outcome<()> {
    let held = hold(path, true)?;
    if kind_of(&rustix::fs::fstat(&held).about(path)?) != FileType::Directory {
        return Ok(());
    }
    let mut walk = Walk::new(open_directory(path)?, path);
    while let Some(step) = walk.next()? {
        session.step()?;
        let Step::Entry(entry) = step else { continue };
        match change(walk.directory(), &entry.name) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(errno) => return Err(of_errno(errno, &walk.path_of(&entry.name))),
        }
        if entry.kind == FileType::Directory {
            walk.enter(&entry.name)?;
        }
    }
    Ok(())
}

pub(super) fn symlink(session: &mut Session, request: &FileSymlink) -> Outcome<()> {
    let path = &request.path[..];
    if request.target.contains(&0) {
        return Err(failed(Reason::Invalid, path, "a link's target has no NUL"));
    }
    rustix::fs::symlinkat(&request.target[..], CWD, path).about(path)?;
    session.tell_info(info_of(path, false)?)
}

pub(super) fn read_link(session: &mut Session, request: &FileReadLink) -> Outcome<()> {
    let path = &request.path[..];
    match rustix::fs::readlink(path, Vec::new()) {
        Ok(target) => session.tell(News::Link(target.into_bytes().into())),
        Err(Errno::INVAL) => Err(failed(Reason::NotALink, path, "is no symbolic link")),
        Err(errno) => Err(of_errno(errno, path)),
    }
}
