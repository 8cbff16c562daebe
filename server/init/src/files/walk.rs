//! Walks a tree, parents first, in the directories' own order, without
//! following a link. It holds one descriptor and one batch of names for each
//! directory on the way down, and can be taken up where it was left.

use std::collections::VecDeque;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{AtFlags, FileType, RawDir, SeekFrom};
use rustix::io::Errno;
use skerry_api::init::file_failure::Reason;

use super::failure::{About, Outcome, failed, of_errno};
use super::place::{kind_of, open_below};

/// Directories below one another; each is a descriptor.
const MAX_DEPTH: usize = 1024;
/// Bytes of entries read at once.
const BATCH: usize = 16 << 10;

/// A name in the directory where the walk is.
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    pub(crate) kind: FileType,
}

pub(crate) enum Step {
    Entry(Entry),
    /// The directory that was entered last is done.
    Left,
}

/// A place in a walk: for each directory its name (the first one's is empty)
/// and where its next entry is.
pub(crate) type Position = Vec<(Vec<u8>, u64)>;

struct Level {
    directory: OwnedFd,
    name: Vec<u8>,
    batch: VecDeque<(Entry, u64)>,
    /// Where the entry after the last that was given is.
    offset: u64,
    /// Bytes of the path above this level's name.
    path_length: usize,
}

pub(crate) struct Walk {
    levels: Vec<Level>,
    path: Vec<u8>,
}

impl Walk {
    pub(crate) fn new(directory: OwnedFd, path: &[u8]) -> Self {
        let level = Level {
            directory,
            name: Vec::new(),
            batch: VecDeque::new(),
            offset: 0,
            path_length: path.len(),
        };
        Self { levels: vec![level], path: path.to_vec() }
    }

    /// Takes an earlier walk up. Directories that are gone are passed over.
    pub(crate) fn resume(directory: OwnedFd, path: &[u8], position: &Position) -> Outcome<Self> {
        let mut walk = Self::new(directory, path);
        for (number, (name, offset)) in position.iter().enumerate() {
            if number > 0 && !walk.enter(name)? {
                break;
            }
            let level = walk.levels.last_mut().expect("there is the first");
            level.offset = *offset;
            rustix::fs::seek(&level.directory, SeekFrom::Start(*offset)).about(path)?;
        }
        Ok(walk)
    }

    /// Where the walk is.
    pub(crate) fn position(&self) -> Position {
        self.levels.iter().map(|level| (level.name.clone(), level.offset)).collect()
    }

    /// The next entry, or the end of a directory; `None` when all is done.
    pub(crate) fn next(&mut self) -> Outcome<Option<Step>> {
        let Some(level) = self.levels.last_mut() else { return Ok(None) };
        if level.batch.is_empty() {
            let read = level.read_batch();
            read.map_err(|errno| of_errno(errno, &self.path))?;
        }
        let level = self.levels.last_mut().expect("it was there");
        if let Some((entry, offset)) = level.batch.pop_front() {
            level.offset = offset;
            return Ok(Some(Step::Entry(entry)));
        }
        let done = self.levels.pop().expect("it was there");
        self.path.truncate(done.path_length);
        Ok((!self.levels.is_empty()).then_some(Step::Left))
    }

    /// Goes into a directory of the entry's name; says whether it is there and
    /// a directory.
    pub(crate) fn enter(&mut self, name: &[u8]) -> Outcome<bool> {
        if self.levels.len() >= MAX_DEPTH {
            let detail = format!("directories lie more than {MAX_DEPTH} deep");
            return Err(failed(Reason::TooMany, &self.path, detail));
        }
        let directory = match open_below(self.directory(), name) {
            Ok(directory) => directory,
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Ok(false),
            Err(errno) => return Err(of_errno(errno, &self.path_of(name))),
        };
        let path_length = self.path.len();
        self.path = self.path_of(name);
        self.levels.push(Level {
            directory,
            name: name.to_vec(),
            batch: VecDeque::new(),
            offset: 0,
            path_length,
        });
        Ok(true)
    }

    /// The directory of the entry that was given last.
    pub(crate) fn directory(&self) -> BorrowedFd<'_> {
        self.levels.last().expect("an entry was given").directory.as_fd()
    }

    /// The path of an entry there.
    pub(crate) fn path_of(&self, name: &[u8]) -> Vec<u8> {
        let slash: &[u8] = if self.path.ends_with(b"/") { b"" } else { b"/" };
        [&self.path, slash, name].concat()
    }
}

impl Level {
    fn read_batch(&mut self) -> rustix::io::Result<()> {
        let mut space = [MaybeUninit::<u8>::uninit(); BATCH];
        let mut entries = RawDir::new(&self.directory, &mut space);
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                // The directory was removed.
                Err(Errno::NOENT) => break,
                Err(errno) => return Err(errno),
            };
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                let found = Entry { name: name.to_vec(), kind: entry.file_type() };
                self.batch.push_back((found, entry.next_entry_cookie()));
            }
            if entries.is_buffer_empty() && !self.batch.is_empty() {
                break;
            }
        }
        for (entry, _) in &mut self.batch {
            if entry.kind == FileType::Unknown {
                let flags = AtFlags::SYMLINK_NOFOLLOW;
                let found = rustix::fs::statat(&self.directory, &entry.name[..], flags);
                entry.kind = found.map_or(FileType::Unknown, |found| kind_of(&found));
            }
        }
        Ok(())
    }
}
