//! An image's files as a layer.

use std::collections::HashMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::io::Errno;
use tar::{Builder, EntryType, Header};

/// How PAX names an extended attribute.
const XATTR_RECORD: &str = "SCHILY.xattr.";
/// The kernel's bound of all names of a file, and of one value.
const MAX_XATTR_BYTES: usize = 64 << 10;
/// The name of the root itself.
const ROOT: &str = ".";

/// Writes all below `root`, which nobody changes, as long as it is wanted.
/// The same files make the same layer.
pub(super) fn write(
    root: &Path,
    out: &mut impl Write,
    wanted: &dyn Fn() -> bool,
) -> io::Result<()> {
    let mut writer = Writer { builder: Builder::new(out), links: HashMap::new() };
    // Depth first, by name.
    let mut waiting = vec![(root.to_owned(), PathBuf::from(ROOT))];
    while let Some((path, name)) = waiting.pop() {
        if !wanted() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let meta = fs::symlink_metadata(&path)?;
        writer.member(&path, &name, &meta)?;
        if !meta.is_dir() {
            continue;
        }
        let mut children = Vec::new();
        for child in fs::read_dir(&path)? {
            let child = child?.file_name();
            let below = match name.as_os_str() == ROOT {
                true => PathBuf::from(&child),
                false => name.join(&child),
            };
            children.push((path.join(&child), below));
        }
        children.sort_unstable_by(|one, other| other.1.cmp(&one.1));
        waiting.append(&mut children);
    }
    writer.builder.into_inner()?.flush()
}

struct Writer<'a, W: Write> {
    builder: Builder<&'a mut W>,
    /// The first name of files that have several.
    links: HashMap<u64, PathBuf>,
}

impl<W: Write> Writer<'_, W> {
    fn member(&mut self, path: &Path, name: &Path, meta: &Metadata) -> io::Result<()> {
        let kind = meta.file_type();
        if !kind.is_dir() && meta.nlink() > 1 {
            if let Some(first) = self.links.get(&meta.ino()) {
                return self.builder.append_link(&mut header(EntryType::Link, meta), name, first);
            }
            self.links.insert(meta.ino(), name.to_owned());
        }
        if kind.is_symlink() {
            let mut header = header(EntryType::Symlink, meta);
            return self.builder.append_link(&mut header, name, fs::read_link(path)?);
        }
        if kind.is_file() {
            let flags = OFlags::NOFOLLOW.bits().cast_signed();
            let file = File::options().read(true).custom_flags(flags).open(path)?;
            self.attributes(path)?;
            let mut header = header(EntryType::Regular, meta);
            header.set_size(meta.len());
            return self.builder.append_data(&mut header, name, file);
        }
        // No image has anything else.
        let kind = if kind.is_fifo() { EntryType::Fifo } else { EntryType::Directory };
        self.attributes(path)?;
        self.builder.append_data(&mut header(kind, meta), name, io::empty())
    }

    /// File capabilities and what users set, as an import takes them.
    fn attributes(&mut self, path: &Path) -> io::Result<()> {
        let mut names = vec![0; MAX_XATTR_BYTES];
        let length = match rustix::fs::llistxattr(path, names.as_mut_slice()) {
            Err(Errno::NOTSUP) => return Ok(()),
            length => length?,
        };
        names.truncate(length);
        let mut records = Vec::new();
        for name in names.split(|byte| *byte == 0) {
            let Ok(name) = std::str::from_utf8(name) else { continue };
            if !name.starts_with("user.") && name != "security.capability" {
                continue;
            }
            let mut value = vec![0; MAX_XATTR_BYTES];
            let length = rustix::fs::lgetxattr(path, name, value.as_mut_slice())?;
            value.truncate(length);
            records.push((format!("{XATTR_RECORD}{name}"), value));
        }
        if records.is_empty() {
            return Ok(());
        }
        let records = records.iter().map(|(key, value)| (key.as_str(), value.as_slice()));
        self.builder.append_pax_extensions(records)
    }
}

fn header(kind: EntryType, meta: &Metadata) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(meta.mode() & 0o7777);
    header.set_uid(meta.uid().into());
    header.set_gid(meta.gid().into());
    header.set_mtime(u64::try_from(meta.mtime()).unwrap_or(0));
    header.set_size(0);
    header
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use rustix::fs::XattrFlags;

    use super::*;

    #[test]
    fn a_layer_has_all_that_an_import_takes() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path();
        fs::create_dir(root.join("d")).unwrap();
        fs::write(root.join("d/file"), "content").unwrap();
        fs::set_permissions(root.join("d/file"), PermissionsExt::from_mode(0o4755)).unwrap();
        fs::hard_link(root.join("d/file"), root.join("hard")).unwrap();
        symlink("/nowhere", root.join("soft")).unwrap();
        let marked =
            rustix::fs::setxattr(root.join("d"), "user.note", b"\xff", XattrFlags::empty());
        let mut layer = Vec::new();
        write(root, &mut layer, &|| true).unwrap();
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
        assert!(write(root, &mut Vec::new(), &|| false).is_err());
    }
}
