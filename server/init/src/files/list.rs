//! Lists: a page at a time, each found again by where the directories were
//! left. The last list's directories stay open for its next page: overlayfs
//! reads a directory as a whole for everyone who opens it, which would make a
//! list's cost grow with the square of its length.

use rustix::fs::FileType;
use rustix::io::Errno;
use skerry_api::init::file_failure::Reason;
use skerry_api::init::file_news::News;
use skerry_api::init::{FileEntries, FileList};

use super::failure::{Outcome, failed, of_errno};
use super::info::{Owners, info_at};
use super::place::open_directory;
use super::session::Session;
use super::walk::{Position, Step, Walk};

/// Entries of a page.
const MAX_ENTRIES: usize = 10_000;
/// Bytes of a page: it has to fit a frame.
const MAX_BYTES: usize = 1 << 20;
/// Bytes of an entry beside its path and names.
const ENTRY_BYTES: usize = 128;

/// A list that has more pages: where it was left, and its directories.
pub(super) struct Left {
    path: Vec<u8>,
    cursor: Vec<u8>,
    walk: Walk,
}

pub(super) fn list(
    session: &mut Session,
    left: &mut Option<Left>,
    request: &FileList,
) -> Outcome<()> {
    let limit = (request.limit as usize).clamp(1, MAX_ENTRIES);
    let mut walk = find(left.take(), request)?;
    let mut owners = Owners::default();
    let (mut entries, mut bytes, mut more) = (Vec::new(), 0, true);
    while entries.len() < limit && bytes < MAX_BYTES {
        session.step()?;
        let entry = match walk.next()? {
            None => {
                more = false;
                break;
            }
            Some(Step::Left) => continue,
            Some(Step::Entry(entry)) => entry,
        };
        let entry_path = walk.path_of(&entry.name);
        match info_at(walk.directory(), &entry.name, &entry_path, &mut owners) {
            Ok(info) => {
                let target = info.link_target.as_ref().map_or(0, |target| target.len());
                bytes += ENTRY_BYTES + entry_path.len() + target;
                entries.push(info);
            }
            // Gone since it was read.
            Err(Errno::NOENT) => continue,
            Err(errno) => return Err(of_errno(errno, &entry_path)),
        }
        if request.recursive && entry.kind == FileType::Directory {
            walk.enter(&entry.name)?;
        }
    }
    let cursor = encode(&walk.position());
    let next_cursor = more.then(|| cursor.clone().into());
    *left = more.then(|| Left { path: request.path.to_vec(), cursor, walk });
    session.tell(News::Entries(FileEntries { entries, next_cursor }))
}

/// Where the page begins.
fn find(left: Option<Left>, request: &FileList) -> Outcome<Walk> {
    let path = &request.path[..];
    let Some(cursor) = &request.cursor else {
        return Ok(Walk::new(open_directory(path)?, path));
    };
    match left {
        Some(left) if left.path == path && left.cursor == cursor[..] => Ok(left.walk),
        _ => {
            let position = decode(cursor).ok_or_else(|| {
                failed(Reason::InvalidCursor, path, "the cursor is not of this list")
            })?;
            Walk::resume(open_directory(path)?, path, &position)
        }
    }
}

/// For each directory: its offset, its name's length, its name.
fn encode(position: &Position) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, offset) in position {
        bytes.extend_from_slice(&offset.to_le_bytes());
        bytes.extend_from_slice(&(name.len() as u16).to_le_bytes());
        bytes.extend_from_slice(name);
    }
    bytes
}

fn decode(bytes: &[u8]) -> Option<Position> {
    let mut position = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (offset, after) = rest.split_first_chunk::<8>()?;
        let (length, after) = after.split_first_chunk::<2>()?;
        let (name, after) = after.split_at_checked(u16::from_le_bytes(*length).into())?;
        let plain = !name.contains(&b'/') && !name.contains(&0) && name != b"..";
        if !plain || name.is_empty() != position.is_empty() {
            return None;
        }
        let offset = u64::from_le_bytes(*offset);
        i64::try_from(offset).ok()?;
        position.push((name.to_vec(), offset));
        rest = after;
    }
    (!position.is_empty()).then_some(position)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_and_a_forged_one_nowhere() {
        let position = vec![(Vec::new(), 7), (b"a\n\xff".to_vec(), u64::MAX >> 1)];
        assert_eq!(decode(&encode(&position)), Some(position));
        for forged in [
            vec![(b"a".to_vec(), 0)],
            vec![(Vec::new(), 0), (Vec::new(), 0)],
            vec![(Vec::new(), 0), (b"..".to_vec(), 0)],
            vec![(Vec::new(), 0), (b"a/b".to_vec(), 0)],
            vec![(Vec::new(), u64::MAX)],
        ] {
            assert_eq!(decode(&encode(&forged)), None);
        }
        assert_eq!(decode(b"abc"), None);
        assert_eq!(decode(b""), None);
    }
}
