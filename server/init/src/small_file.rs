//! Small files of the daemon's in a machine's root: who it is, and where names
//! are asked for. The image is hostile: no link is followed, and a directory
//! that is not there or not as it should be is left alone.

use std::os::fd::{AsFd, BorrowedFd};

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::{Errno, Result};
use skerry_api::init::SmallFile;

use crate::mounts::open_beneath;

/// What a file is called until it is whole.
const UNFINISHED: &str = ".skerry-unfinished";
/// Bytes of a first line that is compared.
const FIRST_LINE: usize = 256;

/// Writes what can be written: a full disk must not keep a machine from its
/// start.
pub(crate) fn write_all(root: BorrowedFd<'_>, files: &[SmallFile]) {
    for file in files {
        let _may_fail = write(root, file);
    }
}

fn write(root: BorrowedFd<'_>, file: &SmallFile) -> Result<()> {
    let (directory, name) = file.path.rsplit_once('/').ok_or(Errno::INVAL)?;
    let directory = open_beneath(root, directory)?;
    let directory = directory.as_fd();
    if !file.replace && is_anothers(directory, name, &file.content)? {
        return Ok(());
    }
    match rustix::fs::unlinkat(directory, UNFINISHED, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(error) => return Err(error),
    }
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mode = Mode::from_raw_mode(0o644);
    let unfinished = rustix::fs::openat(directory, UNFINISHED, flags, mode)?;
    let mut rest = file.content.as_bytes();
    while !rest.is_empty() {
        let written = rustix::io::write(&unfinished, rest)?;
        rest = &rest[written..];
    }
    // A link of that name is replaced, not followed.
    rustix::fs::renameat(directory, UNFINISHED, directory, name)
}

/// Whether a regular file is there whose first line is not ours.
fn is_anothers(directory: BorrowedFd<'_>, name: &str, content: &str) -> Result<bool> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::openat(directory, name, flags, Mode::empty()) {
        // Not there, or a link.
        Err(Errno::NOENT | Errno::LOOP) => return Ok(false),
        opened => opened?,
    };
    if !FileType::from_raw_mode(rustix::fs::fstat(&file)?.st_mode).is_file() {
        return Ok(true);
    }
    let mut start = [0; FIRST_LINE];
    let length = rustix::io::read(&file, &mut start)?;
    let ours = content.lines().next().unwrap_or_default().as_bytes();
    Ok(!start[..length].starts_with(ours))
}
