//! How much a tree holds, by looking at each of its files: for what the file
//! system counts to somebody else.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags};

/// Directories below one another that are looked into: each is a descriptor.
const MAX_DEPTH: usize = 256;
/// Files that are looked at: some seconds' worth.
const MAX_FILES: usize = 1 << 20;
/// What `stat` counts in.
const BLOCK: u64 = 512;

/// Bytes of all files below a directory, links not followed; a file of several
/// names counts for each. `None` where it is deeper or has more of them than
/// are looked at: who made it may have wanted that.
pub(super) fn allocated(directory: &Path) -> Option<u64> {
    let (mut bytes, mut files) = (0, 0);
    let mut levels = vec![Dir::new(open(CWD, directory).ok()?).ok()?];
    while let Some(level) = levels.last_mut() {
        let Some(entry) = level.next() else {
            levels.pop();
            continue;
        };
        let entry = entry.ok()?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        files += 1;
        let parent = level.fd().ok()?;
        let found = rustix::fs::statat(parent, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        bytes += found.st_blocks as u64 * BLOCK;
        if files > MAX_FILES || levels.len() > MAX_DEPTH {
            return None;
        }
        if FileType::from_raw_mode(found.st_mode) == FileType::Directory {
            let parent = levels.last()?.fd().ok()?;
            let below = Dir::new(open(parent, name).ok()?).ok()?;
            levels.push(below);
        }
    }
    Some(bytes)
}

fn open(parent: impl std::os::fd::AsFd, name: impl rustix::path::Arg) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(parent, name, flags, Mode::empty())?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_can_not_be_looked_through_is_not_told() {
        let scratch = tempfile::tempdir().expect("a directory");
        fs::write(scratch.path().join("f"), vec![1; 100_000]).expect("written");
        std::os::unix::fs::symlink("/", scratch.path().join("root")).expect("linked");
        let bytes = allocated(scratch.path()).expect("it is small");
        assert!((100_000..1 << 20).contains(&bytes), "{bytes}");
        let mut path = scratch.path().to_owned();
        for _ in 0..MAX_DEPTH + 1 {
            path.push("d");
            fs::create_dir(&path).expect("made");
        }
        assert_eq!(allocated(scratch.path()), None);
    }
}
