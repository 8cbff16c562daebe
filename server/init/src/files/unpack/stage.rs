//! Where members are unpacked. Every name is walked part by part, without
//! following a link, so that none leads through one that the archive made.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{AtFlags, Mode, OFlags, SeekFrom, Timestamps};
use rustix::io::Errno;
use skerry_api::init::file_failure::Reason;

use super::member::{Attributes, MemberPath};
use crate::files::failure::{About, Outcome, Stop, failed, of_errno};
use crate::files::place::open_below;
use crate::files::write::write_all;

/// Directories whose times are set again at the end; those beyond have the
/// time of the call.
const MAX_TIMED: usize = 100_000;
/// Bytes read and written at once. A piece of zeros becomes a hole.
const PIECE: usize = 64 << 10;

pub(super) struct Stage {
    root: OwnedFd,
    times: Vec<(MemberPath, Timestamps)>,
}

pub(super) enum FillError {
    Read(io::Error),
    Write(Errno),
}

impl Stage {
    pub(super) fn new(root: OwnedFd) -> Self {
        Self { root, times: Vec::new() }
    }

    pub(super) fn root(&self) -> BorrowedFd<'_> {
        self.root.as_fd()
    }

    pub(super) fn directory(&mut self, path: &MemberPath, attributes: &Attributes) -> Outcome<()> {
        // The archive's own root: what is there keeps what it has.
        let Some((parents, name)) = path.split() else { return Ok(()) };
        let parent = self.parent(&parents, path)?;
        let directory = make_directory(&parent, name).map_err(|errno| through(errno, path))?;
        attributes.apply(directory.as_fd()).about(path.as_bytes())?;
        if self.times.len() < MAX_TIMED {
            self.times.push((path.clone(), attributes.times()));
        }
        Ok(())
    }

    /// A new regular file, in place of what an earlier member made.
    pub(super) fn file(&mut self, path: &MemberPath) -> Outcome<OwnedFd> {
        self.make(path, |parent, name| {
            let flags =
                OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            rustix::fs::openat(parent, name, flags, Mode::from_raw_mode(0o600))
        })
    }

    pub(super) fn symlink(
        &mut self,
        path: &MemberPath,
        attributes: &Attributes,
        target: &[u8],
    ) -> Outcome<()> {
        self.make(path, |parent, name| {
            rustix::fs::symlinkat(target, parent, name)?;
            let flags = AtFlags::SYMLINK_NOFOLLOW;
            rustix::fs::chownat(parent, name, Some(attributes.uid), Some(attributes.gid), flags)?;
            rustix::fs::utimensat(parent, name, &attributes.times(), flags)
        })
    }

    pub(super) fn hard_link(&mut self, path: &MemberPath, target: &MemberPath) -> Outcome<()> {
        let missing = || {
            failed(
                Reason::BadArchive,
                path.as_bytes(),
                "is a hard link to what is no earlier member",
            )
        };
        let (parents, target_name) = target.split().ok_or_else(missing)?;
        let mut directory = self.copy_of_root(path)?;
        for part in parents {
            directory = open_below(directory.as_fd(), part).map_err(|_| missing())?;
        }
        let linked = self.make(path, |parent, name| {
            rustix::fs::linkat(&directory, target_name, parent, name, AtFlags::empty())
        });
        match linked {
            Err(Stop::Failed(failure)) if failure.reason() == Reason::NotFound => Err(missing()),
            linked => linked,
        }
    }

    /// In the order of their making, children last: so from the end.
    pub(super) fn set_times(&mut self) {
        for (path, times) in std::mem::take(&mut self.times).into_iter().rev() {
            let Some((parents, name)) = path.split() else { continue };
            if let Ok(parent) = self.parent(&parents, &path) {
                // Replaced by a later member: that one has its own.
                let _ = rustix::fs::utimensat(&parent, name, &times, AtFlags::SYMLINK_NOFOLLOW);
            }
        }
    }

    fn make<T>(
        &self,
        path: &MemberPath,
        mut make: impl FnMut(&OwnedFd, &[u8]) -> rustix::io::Result<T>,
    ) -> Outcome<T> {
        let Some((parents, name)) = path.split() else {
            return Err(failed(Reason::BadArchive, b".", "the root can only be a directory"));
        };
        let parent = self.parent(&parents, path)?;
        let made = match make(&parent, name) {
            Err(Errno::EXIST) => rustix::fs::unlinkat(&parent, name, AtFlags::empty())
                .and_then(|()| make(&parent, name)),
            made => made,
        };
        made.map_err(|errno| match errno {
            Errno::ISDIR | Errno::PERM => failed(
                Reason::BadArchive,
                path.as_bytes(),
                "a directory of the archive is in its place",
            ),
            errno => of_errno(errno, path.as_bytes()),
        })
    }

    /// The directory of a member, made where the archive has none for it.
    fn parent(&self, parents: &[&[u8]], path: &MemberPath) -> Outcome<OwnedFd> {
        let mut directory = self.copy_of_root(path)?;
        for part in parents {
            directory = make_directory(&directory, part).map_err(|errno| through(errno, path))?;
        }
        Ok(directory)
    }

    fn copy_of_root(&self, path: &MemberPath) -> Outcome<OwnedFd> {
        rustix::io::fcntl_dupfd_cloexec(&self.root, 3).about(path.as_bytes())
    }
}

fn make_directory(parent: &OwnedFd, name: &[u8]) -> rustix::io::Result<OwnedFd> {
    match open_below(parent.as_fd(), name) {
        Err(Errno::NOENT) => {}
        opened => return opened,
    }
    rustix::fs::mkdirat(parent, name, Mode::from_raw_mode(0o755))?;
    open_below(parent.as_fd(), name)
}

fn through(errno: Errno, path: &MemberPath) -> Stop {
    match errno {
        Errno::LOOP | Errno::NOTDIR => {
            failed(Reason::BadArchive, path.as_bytes(), "goes through what is no directory")
        }
        errno => of_errno(errno, path.as_bytes()),
    }
}

/// Writes a member's bytes, of which there must be `size`.
pub(super) fn fill(
    file: BorrowedFd<'_>,
    source: &mut impl Read,
    size: u64,
) -> Result<(), FillError> {
    let mut piece = vec![0; PIECE];
    let mut written = 0;
    while written < size {
        let mut filled = 0;
        while filled < piece.len() {
            match source.read(&mut piece[filled..]).map_err(FillError::Read)? {
                0 => break,
                count => filled += count,
            }
        }
        if filled == 0 {
            let short = io::Error::other("the archive ends in the middle of it");
            return Err(FillError::Read(short));
        }
        let bytes = &piece[..filled];
        let stored = match filled == PIECE && bytes.iter().all(|byte| *byte == 0) {
            true => rustix::fs::seek(file, SeekFrom::Current(filled as i64)).map(drop),
            false => write_all(file, bytes),
        };
        stored.map_err(FillError::Write)?;
        written += filled as u64;
    }
    rustix::fs::ftruncate(file, size).map_err(FillError::Write)
}
