//! Unpacks a tar archive: first into a directory beside what is there, then,
//! when all of it has come and is sound, each name into its place.

mod member;
mod merge;
mod stage;

use std::io::{self, Read};
use std::os::fd::AsFd;
use std::rc::Rc;

use rustix::fs::Mode;
use rustix::io::Errno;
use skerry_api::init::FileUnpack;
use skerry_api::init::file_failure::Reason;
use tar::{Archive, Entry, EntryType};

use super::failure::{About, Outcome, Stop, failed, of_errno};
use super::info::info_of;
use super::place::open_directory;
use super::session::{InputReader, InputState, Session};
use super::temporary::Temporary;
use super::write::owner_named;
use crate::user::Ownership;
use member::{Attributes, MemberPath};
use stage::Stage;

/// Members of an archive.
const MAX_MEMBERS: u64 = 4_000_000;
/// Bytes of its files together, holes included.
const MAX_BYTES: u64 = 256 << 30;
/// Bytes of headers between two members: names and PAX records.
const MAX_HEADER_BYTES: u64 = 1 << 20;

pub(super) fn unpack(session: &mut Session, request: &FileUnpack) -> Outcome<()> {
    session.expect_input();
    let path = &request.path[..];
    let owner = request.owner.as_deref().map(owner_named).transpose()?;
    let made = MadeDirectories::make(path)?;
    let directory = open_directory(path)?;
    let (staging, stage) = Temporary::directory(directory.as_fd()).about(path)?;
    let mut unpacking = Unpacking { stage: Stage::new(stage), owner, members: 0, bytes: 0 };
    unpacking.archive(session)?;
    unpacking.stage.set_times();
    merge::merge(session, unpacking.stage.root(), directory.as_fd(), path)?;
    drop(staging);
    made.keep();
    session.tell_info(info_of(path, true)?)
}

/// Directories that were made for a call, and go when it fails.
struct MadeDirectories(Vec<Vec<u8>>);

impl MadeDirectories {
    fn make(path: &[u8]) -> Outcome<Self> {
        let mut made = Self(Vec::new());
        let slashes = path.iter().enumerate().skip(1).filter(|(_, byte)| **byte == b'/');
        let ends: Vec<usize> = slashes.map(|(at, _)| at).chain([path.len()]).collect();
        for end in ends {
            match rustix::fs::mkdir(&path[..end], Mode::from_raw_mode(0o755)) {
                Ok(()) => made.0.push(path[..end].to_vec()),
                Err(Errno::EXIST) => {}
                Err(errno) => return Err(of_errno(errno, &path[..end])),
            }
        }
        Ok(made)
    }

    fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for MadeDirectories {
    fn drop(&mut self) {
        for path in self.0.iter().rev() {
            // What somebody has put something into stays.
            let _ = rustix::fs::rmdir(&path[..]);
        }
    }
}

struct Unpacking {
    stage: Stage,
    owner: Option<Ownership>,
    members: u64,
    bytes: u64,
}

impl Unpacking {
    fn archive(&mut self, session: &mut Session) -> Outcome<()> {
        let reader = InputReader::new(session);
        let state = reader.state();
        let mut archive = Archive::new(reader);
        self.members(&mut archive, &state)?;
        archive.into_inner().drain()
    }

    fn members(
        &mut self,
        archive: &mut Archive<InputReader<'_>>,
        state: &Rc<InputState>,
    ) -> Outcome<()> {
        let damaged = |error: io::Error| read_failed(state, b"", &error);
        let mut entries = archive.entries().map_err(damaged)?;
        loop {
            state.allowance.set(MAX_HEADER_BYTES);
            let Some(entry) = entries.next() else { break };
            let mut entry = entry.map_err(damaged)?;
            state.allowance.set(u64::MAX);
            self.member(&mut entry, state)?;
            io::copy(&mut entry, &mut io::sink()).map_err(damaged)?;
        }
        // Blocks of zeros end an archive, and nothing is read after them. One
        // that just stops may be the part that came before its sender was cut
        // off.
        match state.exhausted.get() {
            true => Err(failed(Reason::BadArchive, b"", "the archive has no end")),
            false => Ok(()),
        }
    }

    fn member(&mut self, entry: &mut Entry<'_, impl Read>, state: &InputState) -> Outcome<()> {
        let kind = entry.header().entry_type();
        if kind.is_pax_global_extensions() {
            return Ok(());
        }
        let raw = entry.path_bytes().into_owned();
        let refuse = |why: &str| failed(Reason::BadArchive, &raw, why);
        self.members += 1;
        if self.members > MAX_MEMBERS {
            return Err(failed(Reason::TooMany, &raw, format!("more than {MAX_MEMBERS} members")));
        }
        if is_pax_sparse(entry) {
            return Err(refuse("is a sparse file in PAX format; use tar's --format=gnu"));
        }
        let path = MemberPath::parse(&raw).map_err(refuse)?;
        let attributes = Attributes::of(entry.header(), self.owner).map_err(refuse)?;
        match kind {
            EntryType::Directory => self.stage.directory(&path, &attributes),
            EntryType::Regular if raw.ends_with(b"/") => self.stage.directory(&path, &attributes),
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                self.file(&path, &attributes, entry, state)
            }
            EntryType::Symlink => {
                // Wherever it leads, inside the machine, nothing is written
                // through it.
                let target = link_target(entry, &raw)?;
                self.stage.symlink(&path, &attributes, &target)
            }
            EntryType::Link => {
                let target = link_target(entry, &raw)?;
                let target = MemberPath::parse(&target)
                    .map_err(|_| refuse("is a hard link that leads out of the archive"))?;
                self.stage.hard_link(&path, &target)
            }
            EntryType::Block | EntryType::Char => Err(refuse("is a device")),
            EntryType::Fifo => Err(refuse("is a FIFO")),
            other => {
                let letter = char::from(other.as_byte());
                Err(refuse(&format!("is of the unknown type {letter:?}")))
            }
        }
    }

    fn file(
        &mut self,
        path: &MemberPath,
        attributes: &Attributes,
        entry: &mut Entry<'_, impl Read>,
        state: &InputState,
    ) -> Outcome<()> {
        let size = entry.size();
        self.bytes = self.bytes.saturating_add(size);
        if self.bytes > MAX_BYTES {
            let detail = format!("files of more than {MAX_BYTES} bytes");
            return Err(failed(Reason::TooLarge, path.as_bytes(), detail));
        }
        let file = self.stage.file(path)?;
        let read = stage::fill(file.as_fd(), entry, size);
        read.map_err(|error| match error {
            stage::FillError::Read(error) => read_failed(state, path.as_bytes(), &error),
            stage::FillError::Write(errno) => of_errno(errno, path.as_bytes()),
        })?;
        attributes.apply(file.as_fd()).about(path.as_bytes())
    }
}

/// Its content would be a map, then pieces.
fn is_pax_sparse(entry: &mut Entry<'_, impl Read>) -> bool {
    let Ok(Some(records)) = entry.pax_extensions() else { return false };
    records.flatten().any(|record| record.key_bytes().starts_with(b"GNU.sparse."))
}

fn link_target(entry: &Entry<'_, impl Read>, raw: &[u8]) -> Outcome<Vec<u8>> {
    let target = entry.link_name_bytes().map(|target| target.into_owned()).unwrap_or_default();
    if target.is_empty() || target.contains(&0) {
        return Err(failed(Reason::BadArchive, raw, "is a link without a target"));
    }
    Ok(target)
}

fn read_failed(state: &InputState, path: &[u8], error: &io::Error) -> Stop {
    match state.gone.get() {
        true => Stop::Gone,
        false => failed(Reason::BadArchive, path, error.to_string()),
    }
}
