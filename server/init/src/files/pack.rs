//! Packs a file or a tree into a tar archive.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{FileType, OFlags, Stat};
use rustix::io::Errno;
use skerry_api::init::FilePack;
use skerry_api::init::file_failure::Reason;
use skerry_api::init::file_news::News;
use tar::{Builder, EntryType, Header};

use super::failure::{About, Outcome, Stop, failed, of_errno};
use super::place::{hold, hold_at, kind_of, name_of, open_regular, reopen, split};
use super::read::CHUNK;
use super::session::Session;
use super::walk::{Step, Walk};

/// Files with several names that are remembered; the names of one beyond that
/// are packed as files of their own.
const MAX_LINKED: usize = 100_000;
const PERMISSIONS: u32 = 0o7777;

pub(super) fn pack(session: &mut Session, request: &FilePack) -> Outcome<()> {
    let path = &request.path[..];
    let held = hold(path, false)?;
    let name = split(path).map_or(&b"."[..], |(_, name)| name);
    let stat = rustix::fs::fstat(&held).about(path)?;
    let mut packing = Packing {
        builder: Builder::new(Output { session, chunk: Vec::new(), gone: false }),
        linked: HashMap::new(),
    };
    packing.builder.sparse(true);
    // A path that ends in no name, or in a slash, may be held as a directory.
    if kind_of(&stat) == FileType::Directory {
        packing.member(held.as_fd(), &stat, path, name)?;
        packing.below(held.as_fd(), path, name)?;
    } else {
        packing.top(held.as_fd(), &stat, path, name)?;
    }
    packing.finish(path)
}

/// Sends what is written to it, in pieces.
struct Output<'a> {
    session: &'a mut Session,
    chunk: Vec<u8>,
    gone: bool,
}

impl Output<'_> {
    fn send(&mut self) -> io::Result<()> {
        let chunk = std::mem::take(&mut self.chunk);
        if !chunk.is_empty() && self.session.tell(News::Data(chunk.into())).is_err() {
            self.gone = true;
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        Ok(())
    }
}

impl Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = CHUNK - self.chunk.len();
        let taken = bytes.len().min(room);
        self.chunk.extend_from_slice(&bytes[..taken]);
        if self.chunk.len() == CHUNK {
            self.send()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}

struct Packing<'a> {
    builder: Builder<Output<'a>>,
    /// The first name of each file that has several.
    linked: HashMap<(u64, u64), Vec<u8>>,
}

impl Packing<'_> {
    fn top(&mut self, held: BorrowedFd<'_>, stat: &Stat, path: &[u8], name: &[u8]) -> Outcome<()> {
        match kind_of(stat) {
            FileType::RegularFile | FileType::Symlink => self.member(held, stat, path, name),
            kind => Err(failed(Reason::NotARegularFile, path, format!("is {}", name_of(kind)))),
        }
    }

    fn below(&mut self, held: BorrowedFd<'_>, path: &[u8], name: &[u8]) -> Outcome<()> {
        let directory = reopen(held, OFlags::RDONLY | OFlags::DIRECTORY).about(path)?;
        let mut walk = Walk::new(directory, path);
        let above = walk.path_of(b"").len();
        while let Some(step) = walk.next()? {
            self.builder.get_mut().session.step()?;
            let Step::Entry(entry) = step else { continue };
            let path = walk.path_of(&entry.name);
            let held = match hold_at(walk.directory(), &entry.name) {
                Ok(held) => held,
                Err(Errno::NOENT) => continue,
                Err(errno) => return Err(of_errno(errno, &path)),
            };
            let stat = rustix::fs::fstat(&held).about(&path)?;
            let member = [name, b"/", &path[above..]].concat();
            self.member(held.as_fd(), &stat, &path, &member)?;
            if kind_of(&stat) == FileType::Directory {
                walk.enter(&entry.name)?;
            }
        }
        Ok(())
    }

    fn member(
        &mut self,
        held: BorrowedFd<'_>,
        stat: &Stat,
        path: &[u8],
        name: &[u8],
    ) -> Outcome<()> {
        let kind = kind_of(stat);
        let mut header = header(stat);
        if kind == FileType::RegularFile && stat.st_nlink > 1 {
            let key = (stat.st_dev, stat.st_ino);
            if let Some(first) = self.linked.get(&key).cloned() {
                header.set_entry_type(EntryType::Link);
                let written = self.builder.append_link(&mut header, as_path(name), as_path(&first));
                return self.written(written, path);
            }
            if self.linked.len() < MAX_LINKED {
                self.linked.insert(key, name.to_vec());
            }
        }
        let written = match kind {
            FileType::RegularFile => return self.file(held, stat, header, path, name),
            FileType::Symlink => {
                header.set_entry_type(EntryType::Symlink);
                let target = rustix::fs::readlinkat(held, "", Vec::new()).about(path)?;
                let target = target.into_bytes();
                self.builder.append_link(&mut header, as_path(name), as_path(&target))
            }
            FileType::Directory => {
                header.set_entry_type(EntryType::Directory);
                self.builder.append_data(&mut header, as_path(name), io::empty())
            }
            // Pipes, sockets and devices mean nothing elsewhere, and no
            // archive with one is unpacked.
            _ => Ok(()),
        };
        self.written(written, path)
    }

    fn file(
        &mut self,
        held: BorrowedFd<'_>,
        stat: &Stat,
        mut header: Header,
        path: &[u8],
        name: &[u8],
    ) -> Outcome<()> {
        let file = open_regular(held, OFlags::RDONLY, path)?;
        let mut file = File::from(file);
        let size = stat.st_size as u64;
        // With holes: those are told, not sent.
        let written = if (stat.st_blocks as u64).saturating_mul(512) < size {
            self.builder.append_file(as_path(name), &mut file)
        } else {
            header.set_size(size);
            let exactly = (&file).take(size).chain(io::repeat(0)).take(size);
            self.builder.append_data(&mut header, as_path(name), exactly)
        };
        self.written(written, path)
    }

    fn written(&self, written: io::Result<()>, path: &[u8]) -> Outcome<()> {
        match written {
            Err(_) if self.builder.get_ref().gone => Err(Stop::Gone),
            written => written.about(path),
        }
    }

    fn finish(mut self, path: &[u8]) -> Outcome<()> {
        let finished = self.builder.finish().and_then(|()| self.builder.get_mut().flush());
        self.written(finished, path)
    }
}

fn header(stat: &Stat) -> Header {
    let mut header = Header::new_gnu();
    header.set_mode(stat.st_mode & PERMISSIONS);
    header.set_uid(stat.st_uid.into());
    header.set_gid(stat.st_gid.into());
    // The format has no time before 1970.
    header.set_mtime(u64::try_from(stat.st_mtime).unwrap_or_default());
    header.set_size(0);
    header
}

fn as_path(name: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(name))
}
