//! Unpacks a tar archive into an empty directory.
//!
//! The archive is hostile: its names, links, owners, sizes and headers are
//! checked before they reach the file system, and every number of it is
//! bounded.

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::Path;

use tar::{Archive, Entry, EntryType};

use super::archive::{Allowance, ArchiveReader, ReadStop};
use super::place::{Attributes, MemberPath, PlaceError, Refusal, Root};

/// The most bytes that an image's files may have together, holes included.
const MAX_FILE_BYTES: u64 = 64 << 30;
/// The most members of an archive.
const MAX_ENTRIES: u64 = 4_000_000;
/// Owners that a sandbox can show.
const MAX_OWNER: u64 = 65_535;
/// The most bytes of directory names that are kept to set their times again
/// at the end; directories beyond it have the time of the import.
const MAX_TIMED_NAME_BYTES: usize = 64 << 20;
/// The most of a member's name that an error repeats.
const SHOWN_NAME_BYTES: usize = 256;
/// What PAX puts before the name of an extended attribute.
const XATTR_PREFIX: &[u8] = b"SCHILY.xattr.";

/// What was unpacked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Unpacked {
    /// Bytes of its files.
    pub(super) bytes: u64,
    /// Files, directories and links.
    pub(super) entries: u64,
}

/// Why an archive was not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// A member that no image may have.
    #[error("member {member} is refused: {refusal}")]
    Member {
        /// Its name, printable and shortened.
        member: String,
        /// Why.
        refusal: Refusal,
    },
    /// Not a tar archive, or cut short.
    #[error("the archive is damaged: {0}")]
    Damaged(String),
    /// No member at all.
    #[error("the archive is empty")]
    Empty,
    /// Beyond a bound.
    #[error("the archive has more than {max} {what}")]
    TooMuch {
        /// Of what.
        what: &'static str,
        /// The bound.
        max: u64,
    },
    /// Its sender went away before the end.
    #[error("the archive's sender went away")]
    Aborted,
    /// The host could not store it.
    #[error("can't store {member}: {error}")]
    Store {
        /// The member at hand.
        member: String,
        /// Why.
        error: io::Error,
    },
}

/// Unpacks all of `source` into the empty directory `root`, which nobody else
/// writes to. What is there after a failure is the caller's to remove.
pub(super) fn unpack(source: impl Read, root: &Path) -> Result<Unpacked, UnpackError> {
    let reader = ArchiveReader::open(source).map_err(read_failed)?;
    let root = Root::open(root)
        .map_err(|error| UnpackError::Store { member: "the image's root".to_owned(), error })?;
    let allowance = reader.allowance();
    let mut archive = Archive::new(reader);
    let mut unpacking = Unpacking { root, done: Unpacked::default(), times: DirectoryTimes::default() };
    unpacking.members(&mut archive, &allowance)?;
    unpacking.times.set(&unpacking.root);
    let mut rest = archive.into_inner();
    // To the end, so that a checksum of the wrapping is checked.
    io::copy(&mut rest, &mut io::sink()).map_err(read_failed)?;
    Ok(unpacking.done)
}

struct Unpacking {
    root: Root,
    done: Unpacked,
    times: DirectoryTimes,
}

impl Unpacking {
    fn members(
        &mut self,
        archive: &mut Archive<ArchiveReader<'_>>,
        allowance: &Allowance,
    ) -> Result<(), UnpackError> {
        let mut entries = archive.entries().map_err(read_failed)?;
        loop {
            allowance.expect_headers();
            let Some(entry) = entries.next() else { break };
            let mut entry = entry.map_err(read_failed)?;
            allowance.expect_content();
            self.member(&mut entry)?;
            // What of its content was not wanted; the next headers have a
            // bound that it must not count against.
            io::copy(&mut entry, &mut io::sink()).map_err(read_failed)?;
        }
        if self.done.entries == 0 { Err(UnpackError::Empty) } else { Ok(()) }
    }

    fn member(&mut self, entry: &mut Entry<'_, impl Read>) -> Result<(), UnpackError> {
        let raw = entry.path_bytes().into_owned();
        let placed = self.place(&raw, entry);
        placed.map_err(|error| match error {
            MemberError::TooMuch { what, max } => UnpackError::TooMuch { what, max },
            MemberError::Place(PlaceError::Read(error)) => read_failed(error),
            MemberError::Place(PlaceError::Write(error)) => {
                UnpackError::Store { member: shown(&raw), error }
            }
            MemberError::Place(PlaceError::Refused(refusal)) => {
                UnpackError::Member { member: shown(&raw), refusal }
            }
        })
    }

    fn place(&mut self, raw: &[u8], entry: &mut Entry<'_, impl Read>) -> Result<(), MemberError> {
        let kind = entry.header().entry_type();
        if kind.is_pax_global_extensions() {
            return Ok(());
        }
        self.count()?;
        let path = MemberPath::parse(raw)?;
        let attributes = attributes(entry)?;
        match kind {
            EntryType::Directory => self.directory(&path, &attributes)?,
            // Archives of before 1988 tell a directory by its name alone.
            EntryType::Regular if raw.ends_with(b"/") => self.directory(&path, &attributes)?,
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                self.file(&path, &attributes, entry)?;
            }
            EntryType::Symlink => {
                self.root.symlink(&path, &attributes, &link_target(entry)?)?;
            }
            EntryType::Link => {
                self.root.hard_link(&path, &MemberPath::parse(&link_target(entry)?)?)?;
            }
            EntryType::Fifo => self.root.fifo(&path, &attributes)?,
            EntryType::Block | EntryType::Char => return Err(Refusal::Device.into()),
            other => return Err(Refusal::UnknownType(char::from(other.as_byte())).into()),
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), MemberError> {
        self.done.entries += 1;
        if self.done.entries > MAX_ENTRIES {
            return Err(MemberError::TooMuch { what: "members", max: MAX_ENTRIES });
        }
        Ok(())
    }

    fn directory(&mut self, path: &MemberPath, attributes: &Attributes) -> Result<(), PlaceError> {
        self.root.directory(path, attributes)?;
        self.times.remember(path, attributes.mtime);
        Ok(())
    }

    fn file(
        &mut self,
        path: &MemberPath,
        attributes: &Attributes,
        entry: &mut Entry<'_, impl Read>,
    ) -> Result<(), MemberError> {
        let too_much = MemberError::TooMuch { what: "bytes of files", max: MAX_FILE_BYTES };
        let left = MAX_FILE_BYTES - self.done.bytes;
        // A sparse file's own length counts, so that a small archive can't
        // make the daemon read zeros for hours.
        if entry.size() > left || entry.header().size().is_ok_and(|size| size > left) {
            return Err(too_much);
        }
        let length = self.root.file(path, attributes, &mut entry.take(left + 1))?;
        if length > left {
            return Err(too_much);
        }
        self.done.bytes += length;
        Ok(())
    }
}

/// Directories' times, set at the end: every member changes its parent's.
#[derive(Default)]
struct DirectoryTimes {
    times: HashMap<MemberPath, (i64, i64)>,
    name_bytes: usize,
}

impl DirectoryTimes {
    fn remember(&mut self, path: &MemberPath, mtime: (i64, i64)) {
        if self.name_bytes < MAX_TIMED_NAME_BYTES {
            self.name_bytes += path.len();
            self.times.insert(path.clone(), mtime);
        }
    }

    fn set(&self, root: &Root) {
        for (path, mtime) in &self.times {
            root.set_directory_time(path, *mtime);
        }
    }
}

enum MemberError {
    Place(PlaceError),
    TooMuch { what: &'static str, max: u64 },
}

impl From<PlaceError> for MemberError {
    fn from(error: PlaceError) -> Self {
        Self::Place(error)
    }
}

impl From<Refusal> for MemberError {
    fn from(refusal: Refusal) -> Self {
        Self::Place(refusal.into())
    }
}

fn link_target(entry: &Entry<'_, impl Read>) -> Result<Vec<u8>, Refusal> {
    entry.link_name_bytes().map(|target| target.into_owned()).ok_or(Refusal::BadTarget)
}

fn attributes(entry: &mut Entry<'_, impl Read>) -> Result<Attributes, MemberError> {
    let header = entry.header();
    let number = |field: io::Result<u64>| field.map_err(PlaceError::Read);
    let (uid, gid) = (number(header.uid())?, number(header.gid())?);
    if uid > MAX_OWNER || gid > MAX_OWNER {
        return Err(Refusal::Owner { uid, gid }.into());
    }
    let mut attributes = Attributes {
        mode: header.mode().map_err(PlaceError::Read)? & 0o7777,
        uid: uid as u32,
        gid: gid as u32,
        mtime: (i64::try_from(number(header.mtime())?).unwrap_or(0), 0),
        xattrs: Vec::new(),
    };
    let kind = header.entry_type();
    let takes_xattrs = kind.is_dir() || kind.is_file() || kind.is_contiguous();
    for extension in entry.pax_extensions().map_err(PlaceError::Read)?.into_iter().flatten() {
        let extension = extension.map_err(PlaceError::Read)?;
        let (key, value) = (extension.key_bytes(), extension.value_bytes());
        if key.starts_with(b"GNU.sparse.") {
            return Err(Refusal::PaxSparse.into());
        } else if key == b"mtime" {
            attributes.mtime = pax_time(value).unwrap_or(attributes.mtime);
        } else if let Some(name) = key.strip_prefix(XATTR_PREFIX) {
            if takes_xattrs && is_kept_xattr(name, kind) {
                attributes.xattrs.push((name.to_vec(), value.to_vec()));
            }
        }
    }
    Ok(attributes)
}

/// File capabilities, and the user's own attributes but for those by which
/// overlayfs keeps its books.
fn is_kept_xattr(name: &[u8], kind: EntryType) -> bool {
    if name.contains(&0) {
        return false;
    }
    match name.strip_prefix(b"user.") {
        Some(rest) => !rest.is_empty() && !rest.starts_with(b"overlay."),
        None => name == b"security.capability" && !kind.is_dir(),
    }
}

/// Seconds since 1970, perhaps with a fraction, of which nine digits count.
fn pax_time(value: &[u8]) -> Option<(i64, i64)> {
    let text = std::str::from_utf8(value).ok()?;
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = seconds.parse().ok()?;
    if seconds < 0 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanos = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Some((seconds, nanos))
}

fn shown(name: &[u8]) -> String {
    let end = name.len().min(SHOWN_NAME_BYTES);
    let more = if end < name.len() { "…" } else { "" };
    format!("\"{}{more}\"", name[..end].escape_ascii())
}

fn read_failed(error: io::Error) -> UnpackError {
    match ReadStop::of(&error) {
        Some(ReadStop::Aborted) => UnpackError::Aborted,
        Some(stop @ (ReadStop::HeadersTooBig | ReadStop::UnknownWrapping(_))) => {
            UnpackError::Damaged(stop.to_string())
        }
        Some(ReadStop::TooBig) => {
            UnpackError::TooMuch { what: "bytes", max: super::archive::MAX_ARCHIVE_BYTES }
        }
        None => UnpackError::Damaged(error.to_string()),
    }
}
