//! A tree as the members of a tar archive.
//!
//! What [`super::unpack`] takes comes out of it again as it was. Everything is
//! opened from its directory's descriptor and no link is followed; the tree is
//! nobody's to change meanwhile.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, SeekFrom, Stat};
use rustix::io::Errno;
use tar::{Builder, EntryType, Header};

use super::attribute::{Attribute, Contents, kind_record};
use super::member::MAX_DEPTH;
use super::place::{dir_flags, open_child};

/// The kernel's bound of all names of a file, and of one value.
const MAX_XATTR_BYTES: usize = 64 << 10;
/// What `stat` counts in.
const BLOCK: u64 = 512;
/// A file that is so much longer than what is stored of it is written without
/// its holes.
const WORTH_BYTES: u64 = 64 << 10;
/// Holes of a file that are told apart: the archive's headers have a bound.
const MAX_HOLES: usize = 32 << 10;

/// Writes all below `root`, which nobody changes, as long as it is wanted. The
/// same files make the same members. Their names start with `prefix`, which
/// may be empty.
pub(crate) fn pack<W: Write>(
    root: &Path,
    prefix: &str,
    contents: Contents,
    builder: &mut Builder<W>,
    wanted: &dyn Fn() -> bool,
) -> io::Result<()> {
    let mut dir = rustix::fs::open(root, dir_flags(), Mode::empty())?;
    let mut writer = Writer { builder, contents, links: HashMap::new() };
    let name = if prefix.is_empty() { b"." } else { prefix.as_bytes() };
    writer.member(&dir, b".", name, &rustix::fs::fstat(&dir)?)?;
    // Depth first, by name. One descriptor however deep it goes: the way up is
    // `..`, and nobody moves anything.
    let mut levels = vec![Level { name: prefix.as_bytes().to_vec(), pending: names(&dir)? }];
    while let Some(level) = levels.last_mut() {
        if !wanted() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let Some(child) = level.pending.pop() else {
            levels.pop();
            if !levels.is_empty() {
                dir = rustix::fs::openat(&dir, "..", dir_flags(), Mode::empty())?;
            }
            continue;
        };
        let name = match level.name.is_empty() {
            true => child.clone(),
            false => [&level.name[..], &child].join(&b'/'),
        };
        let stat = rustix::fs::statat(&dir, &*child, AtFlags::SYMLINK_NOFOLLOW)?;
        writer.member(&dir, &child, &name, &stat)?;
        if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
            let below = open_child(&dir, &child)?;
            levels.push(Level { name, pending: names(&below)? });
            dir = below;
            if levels.len() > MAX_DEPTH {
                return Err(io::Error::other("its directories are too deep for an archive"));
            }
        }
    }
    Ok(())
}

/// A directory on the way down, and what of it is still to be written.
struct Level {
    name: Vec<u8>,
    pending: Vec<Vec<u8>>,
}

/// The last one first.
fn names(dir: &OwnedFd) -> io::Result<Vec<Vec<u8>>> {
    let mut names = Vec::new();
    for entry in Dir::read_from(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if !matches!(name, b"." | b"..") {
            names.push(name.to_vec());
        }
    }
    names.sort_unstable_by(|one, other| other.cmp(one));
    Ok(names)
}

struct Writer<'a, W: Write> {
    builder: &'a mut Builder<W>,
    contents: Contents,
    /// The first name of files that have several.
    links: HashMap<u64, Vec<u8>>,
}

impl<W: Write> Writer<'_, W> {
    fn member(&mut self, dir: &OwnedFd, child: &[u8], name: &[u8], stat: &Stat) -> io::Result<()> {
        let kind = FileType::from_raw_mode(stat.st_mode);
        if kind != FileType::Directory && stat.st_nlink > 1 {
            if let Some(first) = self.links.get(&stat.st_ino) {
                let first = first.clone();
                return self.link(header(EntryType::Link, stat), name, &first);
            }
            self.links.insert(stat.st_ino, name.to_vec());
        }
        let mut extensions = self.times(stat);
        match kind {
            FileType::Symlink => {
                self.extend(&extensions)?;
                let target = rustix::fs::readlinkat(dir, child, Vec::new())?;
                return self.link(header(EntryType::Symlink, stat), name, target.to_bytes());
            }
            FileType::RegularFile | FileType::Directory => {
                let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                let file = rustix::fs::openat(dir, child, flags, Mode::empty())?;
                extensions.extend(self.xattrs(&file, kind)?);
                self.extend(&extensions)?;
                if kind == FileType::RegularFile {
                    return self.file(File::from(file), name, stat);
                }
            }
            _ => {
                extensions.extend(self.contents.takes_nodes().then(|| kind_record(kind)).flatten());
                self.extend(&extensions)?;
            }
        }
        let kind = match kind {
            FileType::Directory => EntryType::Directory,
            FileType::Fifo => EntryType::Fifo,
            FileType::Socket if self.contents.takes_nodes() => EntryType::Regular,
            FileType::CharacterDevice if self.contents.takes_nodes() && stat.st_rdev == 0 => {
                EntryType::Char
            }
            other => return Err(io::Error::other(format!("no archive has a {other:?}"))),
        };
        self.append(header(kind, stat), name)
    }

    fn file(&mut self, mut file: File, name: &[u8], stat: &Stat) -> io::Result<()> {
        let name = Path::new(OsStr::from_bytes(name));
        if self.contents.takes_nodes() && is_sparse(&file, stat) {
            return self.builder.append_file(name, &mut file);
        }
        let mut header = header(EntryType::Regular, stat);
        header.set_size(stat.st_size.cast_unsigned());
        self.builder.append_data(&mut header, name, file)
    }

    fn append(&mut self, mut header: Header, name: &[u8]) -> io::Result<()> {
        if header.entry_type() == EntryType::Char {
            header.set_device_major(0)?;
            header.set_device_minor(0)?;
        }
        self.builder.append_data(&mut header, Path::new(OsStr::from_bytes(name)), io::empty())
    }

    /// Either kind of link. Its target is told as it is: the library would
    /// take `a//b` for `a/b`.
    fn link(&mut self, mut header: Header, name: &[u8], target: &[u8]) -> io::Result<()> {
        if header.set_link_name_literal(target).is_err() {
            let mut long = Header::new_gnu();
            long.set_path("././@LongLink")?;
            long.set_entry_type(EntryType::GNULongLink);
            long.set_mode(0o644);
            long.set_uid(0);
            long.set_gid(0);
            long.set_mtime(0);
            long.set_size(target.len() as u64 + 1);
            long.set_cksum();
            self.builder.append(&long, &*[target, b"\0"].concat())?;
        }
        self.append(header, name)
    }

    /// A time's fraction, which a header has no place for.
    fn times(&self, stat: &Stat) -> Vec<(String, Vec<u8>)> {
        if !self.contents.takes_nodes() || stat.st_mtime_nsec == 0 || stat.st_mtime < 0 {
            return Vec::new();
        }
        let time = format!("{}.{:09}", stat.st_mtime, stat.st_mtime_nsec);
        vec![("mtime".to_owned(), time.into_bytes())]
    }

    /// The extended attributes that an unpacking takes.
    fn xattrs(&self, file: impl AsFd, kind: FileType) -> io::Result<Vec<(String, Vec<u8>)>> {
        let mut names = vec![0; MAX_XATTR_BYTES];
        let length = match rustix::fs::flistxattr(&file, names.as_mut_slice()) {
            Err(Errno::NOTSUP) => return Ok(Vec::new()),
            length => length?,
        };
        names.truncate(length);
        let mut records = Vec::new();
        for name in names.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
            self.contents.check_written(name)?;
            let mut value = vec![0; MAX_XATTR_BYTES];
            let length = rustix::fs::fgetxattr(&file, name, value.as_mut_slice())?;
            value.truncate(length);
            let attribute = Attribute { name: name.to_vec(), value };
            let directory = kind == FileType::Directory;
            if self.contents.takes(&attribute, directory) {
                records.extend(self.contents.record(attribute));
            }
        }
        Ok(records)
    }

    fn extend(&mut self, records: &[(String, Vec<u8>)]) -> io::Result<()> {
        if records.is_empty() {
            return Ok(());
        }
        let records = records.iter().map(|(key, value)| (key.as_str(), value.as_slice()));
        self.builder.append_pax_extensions(records)
    }
}

fn header(kind: EntryType, stat: &Stat) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(stat.st_mode & 0o7777);
    header.set_uid(stat.st_uid.into());
    header.set_gid(stat.st_gid.into());
    header.set_mtime(u64::try_from(stat.st_mtime).unwrap_or(0));
    header.set_size(0);
    header
}

/// Whether a file has holes that are worth it, and not too many.
fn is_sparse(file: &File, stat: &Stat) -> bool {
    let stored = stat.st_blocks.cast_unsigned() * BLOCK;
    if stat.st_size.cast_unsigned() < stored + WORTH_BYTES {
        return false;
    }
    let mut at = 0;
    for _ in 0..MAX_HOLES {
        // No more data: the rest is a hole.
        let Ok(data) = rustix::fs::seek(file, SeekFrom::Data(at)) else { return true };
        let Ok(hole) = rustix::fs::seek(file, SeekFrom::Hole(data)) else { return false };
        at = hole;
    }
    false
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use rustix::fs::XattrFlags;

    use super::*;

    #[test]
    fn an_image_has_all_that_an_unpacking_takes() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path();
        fs::create_dir(root.join("d")).unwrap();
        fs::write(root.join("d/file"), "content").unwrap();
        fs::set_permissions(root.join("d/file"), PermissionsExt::from_mode(0o4755)).unwrap();
        fs::hard_link(root.join("d/file"), root.join("hard")).unwrap();
        symlink(".//no//where/", root.join("soft")).unwrap();
        let marked =
            rustix::fs::setxattr(root.join("d"), "user.note", b"\xff", XattrFlags::empty());
        let pack = |wanted: bool| {
            let mut builder = Builder::new(Vec::new());
            pack(root, "", Contents::Image, &mut builder, &|| wanted)?;
            builder.into_inner()
        };
        let layer = pack(true).unwrap();
        let mut archive = tar::Archive::new(&layer[..]);
        let mut seen = Vec::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let extensions = entry.pax_extensions().unwrap().into_iter().flatten();
            let notes: Vec<_> = extensions.map(|one| one.unwrap().value_bytes().to_vec()).collect();
            let kind = entry.header().entry_type();
            seen.push((entry.path().unwrap().display().to_string(), kind, notes));
        }
        use EntryType::{Directory, Link, Regular, Symlink};
        let notes = if marked.is_ok() { vec![vec![0xff]] } else { Vec::new() };
        let wanted = [
            (".", Directory, Vec::new()),
            ("d", Directory, notes),
            ("d/file", Regular, Vec::new()),
            ("hard", Link, Vec::new()),
            ("soft", Symlink, Vec::new()),
        ];
        let wanted = wanted.map(|(name, kind, notes)| (name.to_owned(), kind, notes));
        assert_eq!(seen, wanted);
        assert!(pack(false).is_err());
    }
}
