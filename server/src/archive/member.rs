//! A member of an archive: its name, checked, and what it has beside its
//! content.

use rustix::fs::{Gid, Timespec, Timestamps, Uid};

/// Directories below one another: the walk of a name has an end.
pub(crate) const MAX_DEPTH: usize = 4096;

/// Why a member is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Starts with `/`.
    #[error("its name is absolute")]
    Absolute,
    /// Has a part `..`.
    #[error("its name has a part `..`")]
    DotDot,
    /// Has a NUL byte, is empty, or deeper than the bound.
    #[error("its name is empty, has a NUL byte or is too deep")]
    BadName,
    /// A block or character device.
    #[error("it is a device node; leave devices out, every sandbox has its own /dev")]
    Device,
    /// Owner outside 0 to 65,535.
    #[error("its owner {uid}:{gid} is beyond 65535")]
    Owner {
        /// User.
        uid: u64,
        /// Group.
        gid: u64,
    },
    /// A sparse file as PAX has it.
    #[error("it is a sparse file in PAX format; use tar's --format=gnu")]
    PaxSparse,
    /// No kind of file that is known here.
    #[error("it is of the unknown type {0:?}")]
    UnknownType(char),
    /// What it goes into, or links to, can't be reached inside the image.
    #[error("{0} is not there, or leads nowhere inside the image")]
    Unreachable(String),
    /// A directory with content is in its place.
    #[error("a directory that is not empty is in its place")]
    DirectoryInPlace,
    /// A link without a target, or one that is too long.
    #[error("its link target is empty or too long")]
    BadTarget,
    /// A whiteout that names nothing.
    #[error("it is a whiteout that hides no name")]
    BadWhiteout,
    /// Outside of the tree that the archive is of.
    #[error("it is in none of the archive's trees")]
    Outside,
    /// A name that the file system can't hold.
    #[error("its name is too long for the file system")]
    NameTooLong,
}

/// A member's name: parts between single slashes, none of them `.` or `..`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct MemberPath(Vec<u8>);

impl MemberPath {
    /// Checks a name as an archive has it. `./` is the root itself.
    pub(crate) fn parse(raw: &[u8]) -> Result<Self, Refusal> {
        if raw.is_empty() || raw.contains(&0) {
            return Err(Refusal::BadName);
        }
        if raw.starts_with(b"/") {
            return Err(Refusal::Absolute);
        }
        let mut path = Vec::with_capacity(raw.len());
        let mut depth = 0;
        for part in raw.split(|byte| *byte == b'/') {
            match part {
                b"" | b"." => continue,
                b".." => return Err(Refusal::DotDot),
                _ => depth += 1,
            }
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(part);
        }
        if depth > MAX_DEPTH { Err(Refusal::BadName) } else { Ok(Self(path)) }
    }

    /// The whole name.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Bytes of the name.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The parent's name and the last part; `None` for the root itself.
    pub(crate) fn split(&self) -> Option<(&[u8], &[u8])> {
        if self.0.is_empty() {
            return None;
        }
        Some(split_last(&self.0))
    }
}

fn split_last(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (b"", path),
    }
}

/// What a member has beside its content.
#[derive(Debug, Clone)]
pub(crate) struct Attributes {
    /// Permission bits, set-id and sticky included.
    pub(crate) mode: u32,
    /// 0 to 65,535.
    pub(crate) uid: u32,
    /// 0 to 65,535.
    pub(crate) gid: u32,
    /// Seconds and nanoseconds since 1970.
    pub(crate) mtime: (i64, i64),
    /// Extended attributes; only those that an image may have.
    pub(crate) xattrs: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Attributes {
    /// As the kernel's calls take it.
    pub(crate) fn owner(&self) -> (Option<Uid>, Option<Gid>) {
        (Some(Uid::from_raw(self.uid)), Some(Gid::from_raw(self.gid)))
    }

    /// As the kernel's calls take it.
    pub(crate) fn times(&self) -> Timestamps {
        let time = Timespec { tv_sec: self.mtime.0, tv_nsec: self.mtime.1 };
        Timestamps { last_access: time, last_modification: time }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_path_is_plain_parts() {
        let parsed = |raw: &[u8]| MemberPath::parse(raw).map(|path| path.0);
        assert_eq!(parsed(b"./a//b/./c/"), Ok(b"a/b/c".to_vec()));
        assert_eq!(parsed(b"./"), Ok(Vec::new()));
        assert_eq!(parsed(b"a/...\xff/b"), Ok(b"a/...\xff/b".to_vec()));
        assert_eq!(parsed(b"/etc/passwd"), Err(Refusal::Absolute));
        assert_eq!(parsed(b"a/../../b"), Err(Refusal::DotDot));
        assert_eq!(parsed(b".."), Err(Refusal::DotDot));
        assert_eq!(parsed(b"a\0b"), Err(Refusal::BadName));
        assert_eq!(parsed(b""), Err(Refusal::BadName));
        assert_eq!(parsed(&b"a/".repeat(MAX_DEPTH + 1)), Err(Refusal::BadName));
    }
}
