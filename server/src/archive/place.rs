//! Places the members of an archive below a root, and nowhere else.
//!
//! Every parent is resolved with openat2(RESOLVE_IN_ROOT | NO_MAGICLINKS |
//! NO_XDEV): links of the archive mean what they would mean inside the image.
//! The last part of a name is never followed: what stands in its place is
//! removed, and the member made with O_EXCL.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::path::Path;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, ResolveFlags, Timespec, Timestamps, XattrFlags};
use rustix::io::Errno;

use super::lower::Made;
use super::member::{Attributes, MemberPath, Refusal};

/// A name longer than this is not given to the kernel in one piece, which
/// takes 4,096 bytes with the final NUL.
const PATH_PIECE: usize = 4095;
/// Read at once from an archive; zeros of this many bytes make a hole.
const COPY_BYTES: usize = 128 << 10;

/// Why a member could not be placed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlaceError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The archive's content could not be read.
    #[error(transparent)]
    Read(io::Error),
    /// The host could not store it.
    #[error(transparent)]
    Write(#[from] io::Error),
}

impl From<Errno> for PlaceError {
    fn from(errno: Errno) -> Self {
        Self::Write(errno.into())
    }
}

/// The directory that members are placed below.
pub(crate) struct Root {
    dir: OwnedFd,
    /// The parent of the member before, which is mostly the next one's too.
    last: Option<(Vec<u8>, OwnedFd)>,
    /// What the layer at hand has made; `None` where there are no layers.
    made: Option<Made>,
}

impl Root {
    /// Opens an existing directory that nobody else writes to.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let dir = rustix::fs::open(path, dir_flags(), Mode::empty())?;
        Ok(Self { dir, last: None, made: None })
    }

    /// From here on members are of a layer above all that is there: what it
    /// has may replace what it finds, and whiteouts remove that.
    pub(crate) fn begin_layer(&mut self) {
        self.made = Some(Made::default());
    }

    /// Removes what lower layers have at `path`.
    pub(crate) fn whiteout(&mut self, path: &MemberPath) -> Result<(), PlaceError> {
        let Some((parent, name)) = path.split() else { return Ok(()) };
        self.last = None;
        match (self.open_dir(parent), &self.made) {
            (Ok(parent), Some(made)) => made.remove_lower(&parent, name),
            // There is nothing to hide.
            (Err(Errno::NOENT | Errno::NOTDIR), _) | (_, None) => Ok(()),
            (Err(errno), _) => Err(unreachable_or_host(parent, errno)),
        }
    }

    /// Removes all that lower layers have in the directory `path`.
    pub(crate) fn opaque(&mut self, path: &[u8]) -> Result<(), PlaceError> {
        self.last = None;
        match (self.open_dir(path), &self.made) {
            (Ok(dir), Some(made)) => made.remove_lower_content(&dir),
            (Err(Errno::NOENT | Errno::NOTDIR), _) | (_, None) => Ok(()),
            (Err(errno), _) => Err(unreachable_or_host(path, errno)),
        }
    }

    /// Makes a directory, or gives one that is there its attributes.
    pub(crate) fn directory(
        &mut self,
        path: &MemberPath,
        attributes: &Attributes,
    ) -> Result<(), PlaceError> {
        let Some((parent, name)) = path.split() else {
            return apply(self.dir.as_fd(), attributes);
        };
        let parent = self.parent(parent)?;
        let made = match rustix::fs::mkdirat(&parent, name, Mode::RWXU) {
            Err(Errno::EXIST) => Err(Errno::EXIST),
            other => Ok(other.map_err(host_or_name)?),
        };
        let dir = match (made, open_child(&parent, name)) {
            (_, Ok(dir)) => dir,
            (Err(_), Err(Errno::LOOP | Errno::NOTDIR)) => {
                self.clear(&parent, name)?;
                rustix::fs::mkdirat(&parent, name, Mode::RWXU)?;
                open_child(&parent, name)?
            }
            (_, Err(errno)) => return Err(errno.into()),
        };
        apply(dir.as_fd(), attributes)?;
        self.note(&parent, name)?;
        self.keep(path, parent);
        Ok(())
    }

    /// Makes what is missing of a directory, as `mkdir -p` does.
    pub(crate) fn promised(&mut self, path: &MemberPath) -> Result<(), PlaceError> {
        self.parent(path.as_bytes()).map(drop)
    }

    /// Makes a regular file of `content`; runs of zeros become holes. Returns
    /// its length.
    pub(crate) fn file(
        &mut self,
        path: &MemberPath,
        attributes: &Attributes,
        content: &mut impl Read,
    ) -> Result<u64, PlaceError> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW;
        let flags = flags | OFlags::CLOEXEC;
        let open = |dir: BorrowedFd<'_>, name: &[u8]| {
            rustix::fs::openat(dir, name, flags, Mode::RUSR | Mode::WUSR)
        };
        let file = File::from(self.create(path, open)?);
        let length = copy(content, &file)?;
        apply(file.as_fd(), attributes)?;
        Ok(length)
    }

    /// Makes a symbolic link; its target is any bytes but NUL.
    pub(crate) fn symlink(
        &mut self,
        path: &MemberPath,
        attributes: &Attributes,
        target: &[u8],
    ) -> Result<(), PlaceError> {
        if target.is_empty() || target.contains(&0) || target.len() > PATH_PIECE {
            return Err(Refusal::BadTarget.into());
        }
        let (uid, gid) = attributes.owner();
        self.create(path, |dir, name| {
            rustix::fs::symlinkat(target, dir, name)?;
            rustix::fs::chownat(dir, name, uid, gid, AtFlags::SYMLINK_NOFOLLOW)?;
            rustix::fs::utimensat(dir, name, &attributes.times(), AtFlags::SYMLINK_NOFOLLOW)
        })
    }

    /// Makes a fifo, a socket, or the device without a number by which an
    /// overlay knows what is deleted.
    pub(crate) fn node(
        &mut self,
        path: &MemberPath,
        attributes: &Attributes,
        kind: FileType,
    ) -> Result<(), PlaceError> {
        let (uid, gid) = attributes.owner();
        let mode = Mode::from_raw_mode(attributes.mode);
        self.create(path, |dir, name| {
            rustix::fs::mknodat(dir, name, kind, Mode::RUSR, 0)?;
            rustix::fs::chownat(dir, name, uid, gid, AtFlags::SYMLINK_NOFOLLOW)?;
            // It was made this moment and nobody else writes here: no link
            // can be in its place.
            rustix::fs::chmodat(dir, name, mode, AtFlags::empty())?;
            rustix::fs::utimensat(dir, name, &attributes.times(), AtFlags::SYMLINK_NOFOLLOW)
        })
    }

    /// Makes one more name of a member that is there.
    pub(crate) fn hard_link(
        &mut self,
        path: &MemberPath,
        target: &MemberPath,
    ) -> Result<(), PlaceError> {
        if path == target {
            return Ok(());
        }
        let unreachable =
            || Refusal::Unreachable(String::from_utf8_lossy(target.as_bytes()).into_owned());
        let (target_parent, target_name) = target.split().ok_or_else(unreachable)?;
        let target_dir = self.open_dir(target_parent).map_err(|_| unreachable())?;
        let linked = self.create(path, |dir, name| {
            rustix::fs::linkat(&target_dir, target_name, dir, name, AtFlags::empty())
        });
        match linked {
            Err(PlaceError::Write(error))
                if matches!(Errno::from_io_error(&error), Some(Errno::NOENT | Errno::PERM)) =>
            {
                Err(unreachable().into())
            }
            other => other,
        }
    }

    /// Sets a directory's time again after its content was made.
    pub(crate) fn set_directory_time(&self, path: &MemberPath, mtime: (i64, i64)) {
        let time = Timespec { tv_sec: mtime.0, tv_nsec: mtime.1 };
        let times = Timestamps { last_access: time, last_modification: time };
        // What a later member put in its place keeps its own time; a link is
        // not followed, or another directory would get this one's.
        let opened = match path.split() {
            None => open_child(&self.dir, b"."),
            Some((parent, name)) => self.open_dir(parent).and_then(|dir| open_child(&dir, name)),
        };
        if let Ok(dir) = opened {
            let _kept_as_it_is = rustix::fs::futimens(dir, &times);
        }
    }

    /// Makes something with `make`, after removing what is in its place.
    fn create<T>(
        &mut self,
        path: &MemberPath,
        make: impl Fn(BorrowedFd<'_>, &[u8]) -> Result<T, Errno>,
    ) -> Result<T, PlaceError> {
        let (parent, name) = path.split().ok_or(Refusal::DirectoryInPlace)?;
        let parent = self.parent(parent)?;
        let made = match make(parent.as_fd(), name) {
            Err(Errno::EXIST) => {
                self.clear(&parent, name)?;
                let made = make(parent.as_fd(), name).map_err(host_or_name)?;
                self.note(&parent, name)?;
                return Ok(made);
            }
            other => other.map_err(host_or_name)?,
        };
        self.note(&parent, name)?;
        self.keep(path, parent);
        Ok(made)
    }

    /// Removes what has this name: a file, a link, an empty directory, or one
    /// that only lower layers have filled.
    fn clear(&self, parent: &OwnedFd, name: &[u8]) -> Result<(), PlaceError> {
        let removed = remove_one(parent, name);
        let (Err(Errno::NOTEMPTY | Errno::EXIST), Some(made)) = (removed, &self.made) else {
            return removed.map_err(in_place);
        };
        made.remove_lower(parent, name)?;
        match remove_one(parent, name) {
            Err(Errno::NOENT) => Ok(()),
            other => other.map_err(in_place),
        }
    }

    /// Remembers that the layer at hand has made this.
    fn note(&mut self, parent: &OwnedFd, name: &[u8]) -> Result<(), PlaceError> {
        match &mut self.made {
            Some(made) => Ok(made.note(parent, name)?),
            None => Ok(()),
        }
    }

    /// Keeps the parent for the next member. Not called where something was
    /// removed: a name may mean another directory from then on.
    fn keep(&mut self, path: &MemberPath, parent: OwnedFd) {
        if let Some((parent_path, _)) = path.split() {
            self.last = Some((parent_path.to_vec(), parent));
        }
    }

    /// Opens a parent, making what is missing of it.
    fn parent(&mut self, path: &[u8]) -> Result<OwnedFd, PlaceError> {
        if let Some((last, dir)) = self.last.take()
            && last == path
        {
            return Ok(dir);
        }
        match self.open_dir(path) {
            Ok(dir) => Ok(dir),
            Err(Errno::NOENT) => self.make_parent(path),
            Err(errno) => Err(unreachable_or_host(path, errno)),
        }
    }

    /// Goes down part by part; a link is resolved from the root again.
    fn make_parent(&self, path: &[u8]) -> Result<OwnedFd, PlaceError> {
        let mut end = 0;
        let mut dir = self.dir.try_clone()?;
        for part in path.split(|byte| *byte == b'/') {
            end += part.len();
            let here = &path[..end];
            let next = match open_child(&dir, part) {
                Err(Errno::LOOP | Errno::NOTDIR) => self.open_dir(here),
                Err(Errno::NOENT) => {
                    let made = rustix::fs::mkdirat(&dir, part, Mode::from_raw_mode(0o755));
                    made.and_then(|()| open_child(&dir, part))
                }
                other => other,
            };
            dir = next.map_err(|errno| unreachable_or_host(here, errno))?;
            end += 1;
        }
        Ok(dir)
    }

    fn open_dir(&self, path: &[u8]) -> Result<OwnedFd, Errno> {
        if path.is_empty() {
            return open_child(&self.dir, b".");
        }
        if path.len() > PATH_PIECE {
            return self.walk(path);
        }
        let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS | ResolveFlags::NO_XDEV;
        rustix::fs::openat2(&self.dir, path, dir_flags(), Mode::empty(), resolve)
    }

    /// Opens a directory part by part, following no link: its name is too
    /// long for one call.
    fn walk(&self, path: &[u8]) -> Result<OwnedFd, Errno> {
        let mut parts = path.split(|byte| *byte == b'/');
        let first = parts.next().unwrap_or(b".");
        parts.try_fold(open_child(&self.dir, first)?, |dir, part| open_child(&dir, part))
    }
}

pub(crate) fn dir_flags() -> OFlags {
    OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC
}

pub(crate) fn open_child(dir: &OwnedFd, name: &[u8]) -> Result<OwnedFd, Errno> {
    rustix::fs::openat(dir, name, dir_flags() | OFlags::NOFOLLOW, Mode::empty())
}

/// Removes a file, a link or an empty directory.
fn remove_one(dir: &OwnedFd, name: &[u8]) -> Result<(), Errno> {
    match rustix::fs::unlinkat(dir, name, AtFlags::empty()) {
        Err(Errno::ISDIR) => rustix::fs::unlinkat(dir, name, AtFlags::REMOVEDIR),
        other => other,
    }
}

fn in_place(errno: Errno) -> PlaceError {
    match errno {
        Errno::NOTEMPTY | Errno::EXIST => Refusal::DirectoryInPlace.into(),
        other => other.into(),
    }
}

/// Owner first: a change of it clears set-id bits and file capabilities.
fn apply(file: BorrowedFd<'_>, attributes: &Attributes) -> Result<(), PlaceError> {
    let (uid, gid) = attributes.owner();
    rustix::fs::fchown(file, uid, gid)?;
    rustix::fs::fchmod(file, Mode::from_raw_mode(attributes.mode))?;
    for (name, value) in &attributes.xattrs {
        rustix::fs::fsetxattr(file, name.as_slice(), value, XattrFlags::empty())?;
    }
    Ok(rustix::fs::futimens(file, &attributes.times())?)
}

fn copy(content: &mut impl Read, file: &File) -> Result<u64, PlaceError> {
    let mut buffer = vec![0; COPY_BYTES];
    let mut length = 0;
    loop {
        let read = content.read(&mut buffer).map_err(PlaceError::Read)?;
        if read == 0 {
            file.set_len(length)?;
            return Ok(length);
        }
        let piece = &buffer[..read];
        if piece.iter().any(|byte| *byte != 0) {
            file.write_all_at(piece, length)?;
        }
        length += read as u64;
    }
}

fn host_or_name(errno: Errno) -> PlaceError {
    match errno {
        Errno::NAMETOOLONG => Refusal::NameTooLong.into(),
        other => other.into(),
    }
}

fn unreachable_or_host(path: &[u8], errno: Errno) -> PlaceError {
    match errno {
        Errno::NOENT | Errno::EXIST | Errno::NOTDIR | Errno::LOOP | Errno::XDEV => {
            Refusal::Unreachable(String::from_utf8_lossy(path).into_owned()).into()
        }
        other => host_or_name(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deep_name_longer_than_a_path_may_be_is_made() {
        let temp = tempfile::tempdir().unwrap();
        let mut root = Root::open(temp.path()).unwrap();
        let name = [b"d".repeat(200), b"/".to_vec()].concat().repeat(40);
        let path = MemberPath::parse(&[name, b"file".to_vec()].concat()).unwrap();
        let attributes =
            Attributes { mode: 0o640, uid: 1, gid: 2, mtime: (5, 0), xattrs: Vec::new() };
        let length = root.file(&path, &attributes, &mut &b"x"[..]).unwrap();
        assert_eq!(length, 1);
        assert_eq!(root.file(&path, &attributes, &mut &b"xy"[..]).unwrap(), 2);
    }
}
