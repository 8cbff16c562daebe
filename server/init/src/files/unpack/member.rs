//! A member's name and what it has beside its content, checked.

use std::os::fd::BorrowedFd;

use rustix::fs::{Gid, Mode, Timespec, Timestamps, Uid};
use tar::Header;

use crate::user::Ownership;

/// Directories below one another.
const MAX_DEPTH: usize = 512;
/// Owners that a machine has.
const MAX_OWNER: u64 = 65_535;
const PERMISSIONS: u32 = 0o7777;

/// A member's name: plain parts between single slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MemberPath(Vec<u8>);

impl MemberPath {
    pub(super) fn parse(raw: &[u8]) -> Result<Self, &'static str> {
        if raw.is_empty() || raw.contains(&0) {
            return Err("has no name, or one with a NUL");
        }
        if raw.starts_with(b"/") {
            return Err("has an absolute name");
        }
        let parts: Vec<&[u8]> = raw
            .split(|byte| *byte == b'/')
            .filter(|part| !part.is_empty() && *part != b".")
            .collect();
        if parts.contains(&&b".."[..]) {
            return Err("has a name with a part `..`");
        }
        if parts.len() > MAX_DEPTH {
            return Err("lies too deep");
        }
        Ok(Self(parts.join(&b'/')))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The parts of the directory, and the last one; `None` for the archive's
    /// own root.
    pub(super) fn split(&self) -> Option<(Vec<&[u8]>, &[u8])> {
        let mut parts: Vec<&[u8]> = self.0.split(|byte| *byte == b'/').collect();
        let name = parts.pop().filter(|name| !name.is_empty())?;
        Some((parts, name))
    }
}

/// What a member has beside its content.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attributes {
    mode: u32,
    pub(super) uid: Uid,
    pub(super) gid: Gid,
    mtime: i64,
}

impl Attributes {
    pub(super) fn of(header: &Header, owner: Option<Ownership>) -> Result<Self, &'static str> {
        let mode = header.mode().map_err(|_| "has a mode that is none")? & PERMISSIONS;
        let id = |id: std::io::Result<u64>, wanted: Option<u32>| match (wanted, id) {
            (Some(wanted), _) => Ok(wanted),
            (None, Ok(id)) if id <= MAX_OWNER => Ok(id as u32),
            _ => Err("has an owner beyond 65535"),
        };
        let uid = id(header.uid(), owner.and_then(|owner| owner.uid))?;
        let gid = id(header.gid(), owner.and_then(|owner| owner.gid))?;
        let mtime = header.mtime().map_err(|_| "has a time that is none")?;
        let mtime = i64::try_from(mtime).unwrap_or(i64::MAX);
        Ok(Self { mode, uid: Uid::from_raw(uid), gid: Gid::from_raw(gid), mtime })
    }

    /// The owner before the mode: a change of owner takes set-id bits away.
    pub(super) fn apply(&self, file: BorrowedFd<'_>) -> rustix::io::Result<()> {
        rustix::fs::fchown(file, Some(self.uid), Some(self.gid))?;
        rustix::fs::fchmod(file, Mode::from_raw_mode(self.mode))?;
        rustix::fs::futimens(file, &self.times())
    }

    pub(super) fn times(&self) -> Timestamps {
        let time = Timespec { tv_sec: self.mtime, tv_nsec: 0 };
        Timestamps { last_access: time, last_modification: time }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside() {
        let parse = |raw: &[u8]| MemberPath::parse(raw).map(|path| path.0);
        assert_eq!(parse(b"./a//b/./c/"), Ok(b"a/b/c".to_vec()));
        assert_eq!(parse(b"./"), Ok(Vec::new()));
        for refused in [&b"/etc/passwd"[..], b"../x", b"a/../b", b"..", b"", b"a\0b"] {
            assert!(parse(refused).is_err(), "{refused:?}");
        }
    }
}
