//! What a sandbox has at /workspace, as a disk of its own.
//!
//! The directory is in two places: what the sandbox has changed is on its
//! disk, the rest is its image's. Where the image has none of it, which is
//! mostly so, the disk's part is all and is shared with it; else both are put
//! together by an overlay that is mounted nowhere, and copied.
//!
//! No name that a sandbox has made is followed: /workspace is opened below its
//! root and not through a link, and what is copied is nobody's to change.

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{Dir, Mode, OFlags, ResolveFlags, XattrFlags};
use rustix::io::Errno;

use super::dir::copy_files;
use super::mount::merged;
use super::{StorageError, disk};

const WORKSPACE: &str = "workspace";
/// By which overlayfs knows a directory that hides what is below it.
const OPAQUE: &str = "trusted.overlay.opaque";
/// What overlayfs may do that makes a disk's part of a directory unreadable
/// without the image: it is asked for by no mount of ours, but a host may have
/// it on for all.
const SHORTCUTS: [&str; 2] = ["redirect_dir", "metacopy"];

/// Fills the empty tree `to` with a disk that has what `whole`, the copy of a
/// disk, has at /workspace over `lowers`, and nothing else. It hides what
/// another image has there.
///
/// # Errors
/// [`StorageError::NoWorkspace`] where something else is in its place.
pub fn extract(whole: &Path, lowers: &[PathBuf], to: &Path) -> Result<(), StorageError> {
    disk::make(to)?;
    let made = disk::upper(to).join(WORKSPACE);
    let at = StorageError::at(&made);
    fs::create_dir(&made).map_err(StorageError::at(&made))?;
    if let Some(source) = source(whole, lowers)? {
        let path = format!("/proc/{}/fd/{}", std::process::id(), source.as_raw_fd());
        copy_files(Path::new(&path), &made)?;
    }
    rustix::fs::setxattr(&made, OPAQUE, b"y", XattrFlags::empty()).map_err(|errno| at(errno.into()))
}

/// The directory with all that is at /workspace; `None` where there is none.
fn source(whole: &Path, lowers: &[PathBuf]) -> Result<Option<OwnedFd>, StorageError> {
    let upper = disk::upper(whole);
    let at = |error: io::Error| StorageError::at(&upper)(error);
    let layers: Vec<_> = std::iter::once(&upper).chain(lowers).collect();
    let all = merged(&layers).map_err(at)?;
    let Some(all) = open(&all)? else { return Ok(None) };
    let mut alone = !takes_shortcuts();
    for lower in lowers {
        alone &= is_empty(lower).map_err(StorageError::at(lower))?;
    }
    let own = File::open(&upper).map_err(at)?;
    match alone {
        // None where the sandbox has changed nothing of it.
        true => Ok(Some(open(&own)?.unwrap_or(all))),
        false => Ok(Some(all)),
    }
}

fn open(root: impl AsFd) -> Result<Option<OwnedFd>, StorageError> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_XDEV;
    match rustix::fs::openat2(root, WORKSPACE, flags, Mode::empty(), resolve) {
        Ok(directory) => Ok(Some(directory)),
        Err(Errno::NOENT) => Ok(None),
        Err(Errno::NOTDIR | Errno::LOOP) => Err(StorageError::NoWorkspace),
        Err(errno) => Err(StorageError::at(Path::new("/workspace"))(errno.into())),
    }
}

/// Whether an image has nothing at /workspace. What is no directory counts as
/// something.
fn is_empty(lower: &Path) -> io::Result<bool> {
    let Ok(directory) = open(File::open(lower)?) else { return Ok(false) };
    let Some(directory) = directory else { return Ok(true) };
    for entry in Dir::new(directory)? {
        if !matches!(entry?.file_name().to_bytes(), b"." | b"..") {
            return Ok(false);
        }
    }
    Ok(true)
}

fn takes_shortcuts() -> bool {
    SHORTCUTS.iter().any(|name| {
        let path = format!("/sys/module/overlay/parameters/{name}");
        fs::read_to_string(path).is_ok_and(|text| text.trim() != "N")
    })
}
