//! Removing a directory tree that a hostile owner may have filled, and that
//! something may be mounted in.
//!
//! Nothing is resolved by path: each directory is opened from its parent's
//! descriptor, no link is followed and no mount entered. Depth costs neither
//! stack nor descriptors: what lies deeper than [`MAX_DEPTH`] is first moved
//! up to the top of the tree.

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, RenameFlags, ResolveFlags};
use rustix::io::Errno;

/// Subdirectories read from one directory before they are entered.
const BATCH: usize = 256;
/// Directories open at once; each is a descriptor.
const MAX_DEPTH: usize = 128;

/// Removes the entry `name` of `parent` with all below it. What is not there
/// is no error.
///
/// # Errors
/// EXDEV when something is mounted in the tree: all else is removed, what is
/// mounted stays untouched, and so do the directories that lead to it.
pub fn remove_tree(parent: BorrowedFd<'_>, name: &CStr) -> io::Result<()> {
    remove_tree_while(parent, name, &mut || true)
}

/// As [`remove_tree`], as long as `wanted`, which is asked before each entry.
///
/// # Errors
/// EINTR when it is not wanted any more: what is removed by then is gone.
pub fn remove_tree_while(
    parent: BorrowedFd<'_>,
    name: &CStr,
    wanted: &mut dyn FnMut() -> bool,
) -> io::Result<()> {
    match rustix::fs::unlinkat(parent, name, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => return Ok(()),
        Err(Errno::ISDIR | Errno::PERM) => {}
        Err(error) => return Err(error.into()),
    }
    let top = open_directory(parent, name)?;
    let mounted = empty_directory(top, wanted)?;
    if mounted {
        return Err(Errno::XDEV.into());
    }
    Ok(rustix::fs::unlinkat(parent, name, AtFlags::REMOVEDIR)?)
}

fn open_directory(parent: BorrowedFd<'_>, name: &CStr) -> rustix::io::Result<OwnedFd> {
    rustix::fs::openat2(
        parent,
        name,
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC,
        Mode::empty(),
        ResolveFlags::BENEATH | ResolveFlags::NO_XDEV | ResolveFlags::NO_SYMLINKS,
    )
}

/// A directory on the way down.
struct Level {
    directory: OwnedFd,
    /// Subdirectories still to remove.
    pending: Vec<CString>,
    /// Names that stay: something is mounted there.
    kept: Vec<CString>,
    name_in_parent: CString,
}

/// Removes all below `top`; says whether a mount made something stay.
fn empty_directory(top: OwnedFd, wanted: &mut dyn FnMut() -> bool) -> io::Result<bool> {
    let mut path = vec![enter(top, CString::default(), wanted)?];
    let mut mounted = false;
    let mut moved = 0u64;
    while !path.is_empty() {
        let depth = path.len();
        let level = path.last_mut().expect("not empty");
        if let Some(name) = level.pending.pop() {
            if depth == MAX_DEPTH && move_up(&path, &name, &mut moved)? {
                continue;
            }
            let level = path.last_mut().expect("the loop saw it");
            match open_directory(level.directory.as_fd(), &name) {
                Ok(below) => {
                    let below = enter(below, name, wanted)?;
                    path.push(below);
                }
                Err(Errno::XDEV) => level.kept.push(name),
                Err(Errno::NOENT) => {}
                Err(error) => return Err(error.into()),
            }
            continue;
        }
        // Only a batch was read: more may be left.
        let more = remove_entries(&level.directory, &level.kept, wanted)?;
        if !more.is_empty() {
            level.pending = more;
            continue;
        }
        let done = path.pop().expect("the loop saw it");
        mounted |= !done.kept.is_empty();
        if let Some(above) = path.last_mut() {
            match rustix::fs::unlinkat(&above.directory, &done.name_in_parent, AtFlags::REMOVEDIR) {
                Ok(()) | Err(Errno::NOENT) => {}
                Err(Errno::BUSY | Errno::NOTEMPTY) => above.kept.push(done.name_in_parent),
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(mounted)
}

/// Moves a directory from the end of the path to its start, where the next
/// look at the entries finds it; says whether it could.
fn move_up(path: &[Level], name: &CStr, moved: &mut u64) -> io::Result<bool> {
    let (Some(top), Some(last)) = (path.first(), path.last()) else { return Ok(false) };
    loop {
        *moved += 1;
        let new_name = format!(".skerry-moved-{moved}");
        match rustix::fs::renameat_with(
            &last.directory,
            name,
            &top.directory,
            new_name,
            RenameFlags::NOREPLACE,
        ) {
            Ok(()) | Err(Errno::NOENT) => return Ok(true),
            Err(Errno::EXIST) => {}
            // Something is mounted on it.
            Err(Errno::BUSY | Errno::XDEV) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
    }
}

fn enter(
    directory: OwnedFd,
    name_in_parent: CString,
    wanted: &mut dyn FnMut() -> bool,
) -> io::Result<Level> {
    // A mode of 000 does not stop root, but a mapped owner's might.
    let pending = remove_entries(&directory, &[], wanted)?;
    Ok(Level { directory, pending, kept: Vec::new(), name_in_parent })
}

/// Removes every entry that is no directory, of at most a batch of
/// directories; says which directories were met.
fn remove_entries(
    directory: &OwnedFd,
    kept: &[CString],
    wanted: &mut dyn FnMut() -> bool,
) -> io::Result<Vec<CString>> {
    let mut directories = Vec::new();
    let mut entries = Dir::read_from(directory)?;
    entries.rewind();
    for entry in entries {
        if !wanted() {
            return Err(Errno::INTR.into());
        }
        let entry = entry?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") || kept.iter().any(|one| **one == *name) {
            continue;
        }
        if entry.file_type() != FileType::Directory {
            match rustix::fs::unlinkat(directory, name, AtFlags::empty()) {
                Ok(()) | Err(Errno::NOENT) => continue,
                Err(Errno::ISDIR | Errno::PERM) => {}
                Err(error) => return Err(error.into()),
            }
        }
        directories.push(name.to_owned());
        if directories.len() == BATCH {
            break;
        }
    }
    Ok(directories)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_deep_and_wide_tree_goes_and_what_its_links_show_stays() {
        let scratch = tempfile::tempdir().expect("makes a directory");
        let outside = scratch.path().join("outside");
        fs::create_dir(&outside).expect("makes");
        fs::write(outside.join("kept"), b"x").expect("writes");
        let top = scratch.path().join("tree");
        fs::create_dir(&top).expect("makes");
        std::os::unix::fs::symlink(&outside, top.join("link")).expect("links");
        for n in 0..600 {
            fs::create_dir(top.join(format!("d{n}"))).expect("makes");
            fs::write(top.join(format!("d{n}/f\n")), b"x").expect("writes");
        }
        let mut directory = rustix::fs::open(&top, OFlags::PATH, Mode::empty()).expect("opens");
        for _ in 0..3000 {
            rustix::fs::mkdirat(&directory, "deep", Mode::from_raw_mode(0o755)).expect("makes");
            directory =
                rustix::fs::openat(&directory, "deep", OFlags::PATH, Mode::empty()).expect("opens");
        }
        let parent = fs::File::open(scratch.path()).expect("opens");
        let mut left = 300;
        let unwanted = remove_tree_while(parent.as_fd(), c"tree", &mut || {
            left -= 1;
            left > 0
        });
        assert_eq!(unwanted.map_err(|error| error.kind()), Err(io::ErrorKind::Interrupted));
        assert!(top.exists());
        remove_tree(parent.as_fd(), c"tree").expect("removes");
        assert!(!top.exists());
        assert!(outside.join("kept").exists());
        remove_tree(parent.as_fd(), c"tree").expect("what is not there is no error");
    }
}
