//! What a layer may take away: the files of the layers below it, and never
//! its own.
//!
//! A whiteout stands anywhere in its layer, before or after members of the
//! same directory, and hides only what was there before the layer began. So
//! each name that the layer makes is remembered, by the directory it is in
//! and not by its path, which links give several of.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::os::fd::OwnedFd;

use rustix::fs::{AtFlags, Dir};
use rustix::io::Errno;

use super::place::{PlaceError, dir_flags, open_child};

/// The names that one layer has made. A name costs 16 bytes: its directory's
/// inode number and a hash with a key of this process, which no archive's
/// maker knows.
#[derive(Default)]
pub(crate) struct Made {
    names: HashSet<(u64, u64)>,
    key: RandomState,
}

/// A directory on the way down, and what of it is still to be looked at.
struct Level {
    name: Vec<u8>,
    pending: Vec<Vec<u8>>,
}

impl Made {
    /// Remembers a name.
    pub(crate) fn note(&mut self, dir: &OwnedFd, name: &[u8]) -> Result<(), Errno> {
        let key = (rustix::fs::fstat(dir)?.st_ino, self.key.hash_one(name));
        self.names.insert(key);
        Ok(())
    }

    fn has(&self, dir: &OwnedFd, name: &[u8]) -> Result<bool, Errno> {
        Ok(self.names.contains(&(rustix::fs::fstat(dir)?.st_ino, self.key.hash_one(name))))
    }

    /// Removes `name` with all below it, but for what this layer has made and
    /// the directories that lead to it.
    pub(crate) fn remove_lower(&self, parent: &OwnedFd, name: &[u8]) -> Result<(), PlaceError> {
        let mut dir = match open_child(parent, name) {
            Ok(dir) => dir,
            Err(Errno::NOENT) => return Ok(()),
            Err(Errno::LOOP | Errno::NOTDIR) => return self.remove_file(parent, name),
            Err(errno) => return Err(errno.into()),
        };
        let mut path = vec![Level { name: name.to_vec(), pending: names(&dir)? }];
        // One descriptor however deep it goes: the way up is `..`, and nobody
        // else moves anything here.
        loop {
            let level = path.last_mut().expect("it ends with the first");
            let Some(next) = level.pending.pop() else {
                let done = path.pop().expect("there is one");
                let above = match path.is_empty() {
                    true => parent.try_clone()?,
                    false => {
                        rustix::fs::openat(&dir, "..", dir_flags(), rustix::fs::Mode::empty())?
                    }
                };
                self.remove_directory(&above, &done.name)?;
                if path.is_empty() {
                    return Ok(());
                }
                dir = above;
                continue;
            };
            match open_child(&dir, &next) {
                Ok(child) => {
                    path.push(Level { name: next, pending: names(&child)? });
                    dir = child;
                }
                Err(Errno::LOOP | Errno::NOTDIR) => self.remove_file(&dir, &next)?,
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// Removes all in a directory that this layer has not made.
    pub(crate) fn remove_lower_content(&self, dir: &OwnedFd) -> Result<(), PlaceError> {
        names(dir)?.iter().try_for_each(|name| self.remove_lower(dir, name))
    }

    fn remove_file(&self, dir: &OwnedFd, name: &[u8]) -> Result<(), PlaceError> {
        if !self.has(dir, name)? {
            rustix::fs::unlinkat(dir, name, AtFlags::empty())?;
        }
        Ok(())
    }

    fn remove_directory(&self, dir: &OwnedFd, name: &[u8]) -> Result<(), PlaceError> {
        if self.has(dir, name)? {
            return Ok(());
        }
        match rustix::fs::unlinkat(dir, name, AtFlags::REMOVEDIR) {
            // It leads to what this layer has made.
            Err(Errno::NOTEMPTY | Errno::EXIST) => Ok(()),
            other => Ok(other?),
        }
    }
}

fn names(dir: &OwnedFd) -> Result<Vec<Vec<u8>>, Errno> {
    let mut names = Vec::new();
    for entry in Dir::read_from(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name != b"." && name != b".." {
            names.push(name.to_vec());
        }
    }
    Ok(names)
}
