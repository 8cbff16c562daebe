//! From the stage to its place: first a look at whether all can go there, then
//! each name by a rename. A directory that is new goes at once with all in it.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{AtFlags, FileType};
use rustix::io::Errno;
use skerry_api::init::file_failure::Reason;

use crate::files::failure::{About, Outcome, failed, of_errno};
use crate::files::place::{kind_of, open_below};
use crate::files::session::Session;
use crate::files::walk::{Step, Walk};

/// What to do about a name.
enum Turn {
    Put,
    Enter(OwnedFd),
}

pub(super) fn merge(
    session: &mut Session,
    stage: BorrowedFd<'_>,
    target: BorrowedFd<'_>,
    path: &[u8],
) -> Outcome<()> {
    each(session, stage, target, path, |_, _, _| Ok(()))?;
    each(session, stage, target, path, |from, to, name| rustix::fs::renameat(from, name, to, name))
}

fn each(
    session: &mut Session,
    stage: BorrowedFd<'_>,
    target: BorrowedFd<'_>,
    path: &[u8],
    put: impl Fn(BorrowedFd<'_>, BorrowedFd<'_>, &[u8]) -> rustix::io::Result<()>,
) -> Outcome<()> {
    let source = open_below(stage, b".").about(path)?;
    let mut walk = Walk::new(source, path);
    let mut targets = vec![rustix::io::fcntl_dupfd_cloexec(target, 3).about(path)?];
    while let Some(step) = walk.next()? {
        session.step()?;
        let Step::Entry(entry) = step else {
            targets.pop();
            continue;
        };
        let shown = walk.path_of(&entry.name);
        let to = targets.last().expect("as deep as the walk");
        match turn(to, &entry.name, entry.kind, &shown)? {
            Turn::Put => put(walk.directory(), to.as_fd(), &entry.name).about(&shown)?,
            Turn::Enter(below) => {
                if walk.enter(&entry.name)? {
                    targets.push(below);
                }
            }
        }
    }
    Ok(())
}

fn turn(to: &OwnedFd, name: &[u8], kind: FileType, shown: &[u8]) -> Outcome<Turn> {
    let there = match rustix::fs::statat(to, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(there) => kind_of(&there),
        Err(Errno::NOENT) => return Ok(Turn::Put),
        Err(errno) => return Err(of_errno(errno, shown)),
    };
    match (kind == FileType::Directory, there == FileType::Directory) {
        (true, true) => open_below(to.as_fd(), name).map(Turn::Enter).about(shown),
        (false, false) => Ok(Turn::Put),
        (true, false) => Err(failed(Reason::NotADirectory, shown, "is there and no directory")),
        (false, true) => Err(failed(Reason::IsADirectory, shown, "is there and a directory")),
    }
}
