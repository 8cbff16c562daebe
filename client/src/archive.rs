//! A directory as a tar archive, made while it is sent.
//!
//! Owners, modes, times, links, FIFOs, file capabilities and `user.`
//! attributes are kept. Left out and counted: devices and sockets, which a
//! sandbox has of its own, and what is mounted below the directory.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread;

use bytes::{Bytes, BytesMut};
use rustix::fs::OFlags;
use rustix::io::Errno;
use tar::{Builder, EntryType, Header};
use tokio::sync::{mpsc, oneshot};

/// How much of the archive goes into one message; the API takes up to 1 MiB.
const CHUNK_SIZE: usize = 256 << 10;
/// Chunks that wait to be sent: the disk runs ahead of the network by 1 MiB.
const CHUNKS_AHEAD: usize = 4;
/// The name of the archived directory itself.
const ROOT: &str = ".";
/// How PAX records name an extended attribute.
const XATTR_RECORD: &str = "SCHILY.xattr.";

/// What was left out of an archive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// Devices and sockets.
    pub(crate) special_files: usize,
    /// Directories on which something else is mounted; they are empty.
    pub(crate) mount_points: usize,
}

/// What becomes of FIFOs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pipes {
    /// They are members.
    Keep,
    /// They are left out, with devices and sockets.
    LeaveOut,
}

/// An archive in the making.
#[derive(Debug)]
pub(crate) struct Archive {
    /// Its pieces; an error is the last of them.
    pub(crate) chunks: mpsc::Receiver<io::Result<Bytes>>,
    /// Comes after the last piece.
    pub(crate) left_out: oneshot::Receiver<LeftOut>,
}

impl Archive {
    /// Starts to archive a directory. It stops when `chunks` is dropped.
    pub(crate) fn of_directory(root: PathBuf, pipes: Pipes) -> io::Result<Self> {
        let (sender, chunks) = mpsc::channel(CHUNKS_AHEAD);
        let (report, left_out) = oneshot::channel();
        thread::Builder::new().name("archive".to_owned()).spawn(move || {
            let errors = sender.clone();
            match write_archive(
                &root,
                pipes,
                ChunkWriter { buffer: BytesMut::new(), chunks: sender },
            ) {
                // Nobody reads the report of an import that has failed.
                Ok(left_out) => drop(report.send(left_out)),
                Err(error) => drop(errors.blocking_send(Err(error))),
            }
        })?;
        Ok(Self { chunks, left_out })
    }
}

/// Cuts what is written into chunks.
struct ChunkWriter {
    buffer: BytesMut,
    chunks: mpsc::Sender<io::Result<Bytes>>,
}

impl Write for ChunkWriter {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.buffer.reserve(CHUNK_SIZE);
        let part = &data[..data.len().min(CHUNK_SIZE - self.buffer.len())];
        self.buffer.extend_from_slice(part);
        if self.buffer.len() == CHUNK_SIZE {
            self.flush()?;
        }
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let chunk = self.buffer.split().freeze();
        self.chunks.blocking_send(Ok(chunk)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

fn write_archive(root: &Path, pipes: Pipes, out: ChunkWriter) -> io::Result<LeftOut> {
    let device = fs::metadata(root)?.dev();
    let mut writer = Writer {
        builder: Builder::new(out),
        device,
        pipes,
        links: HashMap::new(),
        left_out: LeftOut::default(),
    };
    // Depth first, by name: the same directory makes the same archive.
    let mut waiting = vec![(root.to_owned(), PathBuf::from(ROOT))];
    while let Some((path, name)) = waiting.pop() {
        let descend = writer.entry(&path, &name).map_err(|error| named(&path, &error))?;
        if !descend {
            continue;
        }
        let mut children = Vec::new();
        for child in fs::read_dir(&path).map_err(|error| named(&path, &error))? {
            let child = child.map_err(|error| named(&path, &error))?.file_name();
            let below =
                if name == Path::new(ROOT) { PathBuf::from(&child) } else { name.join(&child) };
            children.push((path.join(&child), below));
        }
        children.sort_unstable_by(|a, b| b.1.cmp(&a.1));
        waiting.append(&mut children);
    }
    writer.builder.into_inner()?.flush()?;
    Ok(writer.left_out)
}

/// The error with the path that it is about.
fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

struct Writer {
    builder: Builder<ChunkWriter>,
    device: u64,
    pipes: Pipes,
    links: HashMap<u64, PathBuf>,
    left_out: LeftOut,
}

impl Writer {
    /// Archives one entry; says whether it is a directory to go into.
    fn entry(&mut self, path: &Path, name: &Path) -> io::Result<bool> {
        // The root itself may be named through a link.
        let root = name == Path::new(ROOT);
        let metadata = if root { fs::metadata(path)? } else { fs::symlink_metadata(path)? };
        let kind = metadata.file_type();
        if kind.is_dir() {
            self.special(EntryType::Directory, path, name, &metadata)?;
            if metadata.dev() != self.device {
                self.left_out.mount_points += 1;
            }
            return Ok(metadata.dev() == self.device);
        }
        if kind.is_symlink() {
            let mut header = header(EntryType::Symlink, &metadata);
            self.builder.append_link(&mut header, name, fs::read_link(path)?)?;
        } else if kind.is_file() {
            self.file(path, name)?;
        } else if kind.is_fifo() && self.pipes == Pipes::Keep {
            self.special(EntryType::Fifo, path, name, &metadata)?;
        } else {
            self.left_out.special_files += 1;
        }
        Ok(false)
    }

    fn special(
        &mut self,
        kind: EntryType,
        path: &Path,
        name: &Path,
        metadata: &Metadata,
    ) -> io::Result<()> {
        self.attributes(path)?;
        self.builder.append_data(&mut header(kind, metadata), name, io::empty())
    }

    fn file(&mut self, path: &Path, name: &Path) -> io::Result<()> {
        // It may have become a link or a FIFO since it was looked at.
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
        let file = File::options().read(true).custom_flags(flags).open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("changed while it was read"));
        }
        if metadata.nlink() > 1 {
            if let Some(first) = self.links.get(&metadata.ino()) {
                let mut header = header(EntryType::Link, &metadata);
                return self.builder.append_link(&mut header, name, first);
            }
            self.links.insert(metadata.ino(), name.to_owned());
        }
        self.attributes(path)?;
        let mut header = header(EntryType::Regular, &metadata);
        header.set_size(metadata.len());
        // One that shrinks meanwhile is filled up, so that the archive stays
        // whole; one that grows is cut.
        let data = file.chain(io::repeat(0)).take(metadata.len());
        self.builder.append_data(&mut header, name, data)
    }

    fn attributes(&mut self, path: &Path) -> io::Result<()> {
        let attributes = match extended_attributes(path) {
            Err(Errno::NOTSUP) => return Ok(()),
            attributes => attributes?,
        };
        if attributes.is_empty() {
            return Ok(());
        }
        let records = attributes.iter().map(|(key, value)| (key.as_str(), value.as_slice()));
        self.builder.append_pax_extensions(records)
    }
}

fn header(kind: EntryType, metadata: &Metadata) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(metadata.mode() & 0o7777);
    header.set_uid(metadata.uid().into());
    header.set_gid(metadata.gid().into());
    header.set_mtime(u64::try_from(metadata.mtime()).unwrap_or(0));
    header.set_size(0);
    header
}

/// The attributes that mean the same elsewhere: file capabilities and what
/// users set. Access lists, overlay marks and security labels do not.
fn extended_attributes(path: &Path) -> rustix::io::Result<Vec<(String, Vec<u8>)>> {
    // An empty buffer would be answered with nothing: the size has a query.
    let mut names = vec![0; rustix::fs::llistxattr_query(path)?];
    let length = rustix::fs::llistxattr(path, names.as_mut_slice())?;
    names.truncate(length);
    let mut attributes = Vec::new();
    for name in names.split(|byte| *byte == 0) {
        // The record's key is text; another name could not be read back.
        let Ok(text) = std::str::from_utf8(name) else {
            continue;
        };
        if !text.starts_with("user.") && text != "security.capability" {
            continue;
        }
        let name = OsStr::from_bytes(name);
        let mut value = vec![0; rustix::fs::lgetxattr_query(path, name)?];
        let length = rustix::fs::lgetxattr(path, name, value.as_mut_slice())?;
        value.truncate(length);
        attributes.push((format!("{XATTR_RECORD}{text}"), value));
    }
    Ok(attributes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn archived(root: &Path) -> (Vec<u8>, LeftOut) {
        let mut archive = Archive::of_directory(root.to_owned(), Pipes::Keep).expect("a thread");
        let mut bytes = Vec::new();
        while let Some(chunk) = archive.chunks.blocking_recv() {
            bytes.extend_from_slice(&chunk.expect("a chunk"));
        }
        (bytes, archive.left_out.blocking_recv().expect("a report"))
    }

    #[test]
    fn an_archive_holds_files_links_fifos_and_modes() {
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path();
        let long = "d".repeat(180);
        fs::create_dir(root.join(&long)).expect("made");
        let file = root.join(&long).join("file");
        fs::write(&file, vec![7; 600_000]).expect("written");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o4755)).expect("set");
        fs::hard_link(&file, root.join("zhard")).expect("linked");
        symlink("/nowhere/at/all", root.join("soft")).expect("linked");
        let mode = rustix::fs::Mode::RWXU;
        let fifo = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, root.join("fifo"), fifo, mode, 0).expect("made");
        let socket = std::os::unix::net::UnixListener::bind(root.join("socket")).expect("bound");

        let (bytes, left_out) = archived(root);
        drop(socket);
        assert_eq!(left_out, LeftOut { special_files: 1, mount_points: 0 });
        let mut archive = tar::Archive::new(bytes.as_slice());
        let mut seen = Vec::new();
        for entry in archive.entries().expect("entries") {
            let mut entry = entry.expect("an entry");
            let path = entry.path().expect("a path").display().to_string();
            let link = entry.link_name().expect("a link").map(|l| l.display().to_string());
            let mut data = Vec::new();
            entry.read_to_end(&mut data).expect("data");
            let header = entry.header();
            seen.push((
                path,
                header.entry_type(),
                header.mode().expect("a mode"),
                data.len(),
                link,
            ));
        }
        let kinds: Vec<_> = seen.iter().map(|entry| entry.1).collect();
        use EntryType::{Directory, Fifo, Link, Regular, Symlink};
        assert_eq!(kinds, [Directory, Directory, Regular, Fifo, Symlink, Link], "{seen:?}");
        assert_eq!((seen[2].0.len(), seen[2].2, seen[2].3), (185, 0o4755, 600_000));
        assert_eq!(seen[4].4.as_deref(), Some("/nowhere/at/all"));
        assert_eq!(seen[5].4.as_ref(), Some(&seen[2].0));
    }

    #[test]
    fn attributes_of_users_go_along() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("file");
        fs::write(&file, "x").expect("written");
        let flags = rustix::fs::XattrFlags::empty();
        if rustix::fs::setxattr(&file, "user.note", b"kept", flags).is_err() {
            eprintln!("skipped: the file system has no attributes of users");
            return;
        }
        let (bytes, _) = archived(directory.path());
        let record = b"SCHILY.xattr.user.note=kept";
        assert!(bytes.windows(record.len()).any(|window| window == record));
    }

    #[test]
    fn what_cannot_be_read_is_an_error_with_its_path() {
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path().join("missing");
        let mut archive = Archive::of_directory(root, Pipes::Keep).expect("a thread");
        let error = archive.chunks.blocking_recv().expect("a result").expect_err("an error");
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(archive.chunks.blocking_recv().is_none());
    }
}
