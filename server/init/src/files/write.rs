//! Writing a file: whole and at once, or at the end of what is there.

use std::os::fd::{AsFd, BorrowedFd};

use rustix::fs::{FileType, Gid, Mode, OFlags, Uid};
use skerry_api::init::FileWrite;
use skerry_api::init::file_failure::Reason;

use super::failure::{About, Outcome, failed};
use super::info::info_of_open;
use super::place::{Place, hold_at, kind_of, make_above, name_of, open_regular};
use super::session::Session;
use super::temporary::Temporary;
use crate::user::{Ownership, ownership};

/// Permission bits of a new file.
pub(super) const NEW_MODE: u32 = 0o644;
const PERMISSIONS: u32 = 0o7777;

pub(super) fn write(session: &mut Session, request: &FileWrite) -> Outcome<()> {
    session.expect_input();
    let path = &request.path[..];
    let owner = request.owner.as_deref().map(|owner| owner_named(owner)).transpose()?;
    if request.make_parents {
        make_above(path)?;
    }
    let place = if request.create_new { Place::of(path)? } else { Place::followed(path)? };
    let there = place.look().about(path)?;
    if let Some(there) = &there {
        if request.create_new {
            return Err(failed(Reason::Exists, path, "it exists"));
        }
        match kind_of(there) {
            FileType::RegularFile => {}
            FileType::Directory => {
                return Err(failed(Reason::IsADirectory, path, "is a directory"));
            }
            kind => {
                return Err(failed(Reason::NotARegularFile, path, format!("is {}", name_of(kind))));
            }
        }
    }
    if request.append && there.is_some() {
        return append(session, request, &place, owner);
    }
    let (temporary, file) = Temporary::file(place.directory.as_fd()).about(path)?;
    take_all(session, file.as_fd(), path)?;
    let (uid, gid) = match (owner, &there) {
        (Some(owner), _) => (owner.uid, owner.gid),
        (None, Some(there)) => (Some(there.st_uid), Some(there.st_gid)),
        (None, None) => (None, None),
    };
    set_owner(file.as_fd(), uid, gid).about(path)?;
    let before = there.map(|there| there.st_mode & PERMISSIONS);
    let mode = request.mode.or(before).unwrap_or(NEW_MODE) & PERMISSIONS;
    rustix::fs::fchmod(&file, Mode::from_raw_mode(mode)).about(path)?;
    temporary.put(&place.name, !request.create_new).about(path)?;
    session.tell_info(info_of_open(file.as_fd(), path)?)
}

fn append(
    session: &mut Session,
    request: &FileWrite,
    place: &Place,
    owner: Option<Ownership>,
) -> Outcome<()> {
    let path = &request.path[..];
    let held = hold_at(place.directory.as_fd(), &place.name).about(path)?;
    let file = open_regular(held.as_fd(), OFlags::WRONLY | OFlags::APPEND, path)?;
    take_all(session, file.as_fd(), path)?;
    if let Some(owner) = owner {
        set_owner(file.as_fd(), owner.uid, owner.gid).about(path)?;
    }
    if let Some(mode) = request.mode {
        rustix::fs::fchmod(&file, Mode::from_raw_mode(mode & PERMISSIONS)).about(path)?;
    }
    session.tell_info(info_of_open(file.as_fd(), path)?)
}

fn take_all(session: &mut Session, file: BorrowedFd<'_>, path: &[u8]) -> Outcome<()> {
    while let Some(data) = session.next_data()? {
        write_all(file, &data).about(path)?;
    }
    Ok(())
}

pub(super) fn write_all(file: BorrowedFd<'_>, data: &[u8]) -> rustix::io::Result<()> {
    let mut rest = data;
    while !rest.is_empty() {
        let written = rustix::io::retry_on_intr(|| rustix::io::write(file, rest))?;
        rest = &rest[written..];
    }
    Ok(())
}

pub(super) fn set_owner(
    file: BorrowedFd<'_>,
    uid: Option<u32>,
    gid: Option<u32>,
) -> rustix::io::Result<()> {
    rustix::fs::fchown(file, uid.map(Uid::from_raw), gid.map(Gid::from_raw))
}

pub(super) fn owner_named(owner: &str) -> Outcome<Ownership> {
    ownership(owner)
        .ok_or_else(|| failed(Reason::UserNotFound, b"", format!("there is no user {owner:?}")))
}
