//! Unpacks a tar archive into an empty directory.
//!
//! The archive is hostile: its names, links, owners, sizes and headers are
//! checked before they reach the file system, and every number of it is
//! bounded.

use std::io::{self, Read};
use std::path::Path;

use rustix::fs::FileType;
use tar::{Archive, Entry, EntryType};

use super::attribute::{Contents, is_socket, is_whiteout};
use super::digest::{Digest, HashedReader};
use super::member::{Attributes, MemberPath, Refusal};
use super::place::{PlaceError, Root};
use super::reader::{Allowance, ArchiveReader, ReadStop};
use super::times::{DirectoryTimes, pax_time};

/// The most bytes that an image's files may have together, holes included.
const MAX_FILE_BYTES: u64 = 64 << 30;
/// The most that a sandbox's tree may have, of which its storage bounds what is
/// no hole: zeros are made and looked at faster than they are sent.
const MAX_TREE_BYTES: u64 = 1 << 40;
/// The most members of an archive.
const MAX_ENTRIES: u64 = 4_000_000;
/// Owners that a sandbox can show.
const MAX_OWNER: u64 = 65_535;
/// The most of a member's name that an error repeats.
const SHOWN_NAME_BYTES: usize = 256;
/// What the name of a whiteout starts with: it hides the name that follows.
const WHITEOUT_PREFIX: &[u8] = b".wh.";
/// After the prefix: hides all that lower layers have in its directory.
const OPAQUE_MARK: &[u8] = b".wh..opq";

/// What was unpacked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Unpacked {
    /// Bytes of its files.
    pub(crate) bytes: u64,
    /// Files, directories and links.
    pub(crate) entries: u64,
}

/// Why an archive was not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// A member that no image may have.
    #[error("member {member} is refused: {refusal}")]
    Member {
        /// Its name, printable and shortened.
        member: String,
        /// Why.
        refusal: Refusal,
    },
    /// Not a tar archive, or cut short.
    #[error("the archive is damaged: {0}")]
    Damaged(String),
    /// No member at all.
    #[error("the archive is empty")]
    Empty,
    /// Beyond a bound.
    #[error("the archive has more than {max} {what}")]
    TooMuch {
        /// Of what.
        what: &'static str,
        /// The bound.
        max: u64,
    },
    /// A layer that is another than the image names.
    #[error("layer {layer} is damaged: it must be {wanted}, is {got}")]
    WrongDigest {
        /// Its place among the layers, from 1.
        layer: usize,
        /// What the image says.
        wanted: Digest,
        /// What it is.
        got: Digest,
    },
    /// Its sender went away before the end.
    #[error("the archive's sender went away")]
    Aborted,
    /// The host could not store it.
    #[error("can't store {member}: {error}")]
    Store {
        /// The member at hand.
        member: String,
        /// Why.
        error: io::Error,
    },
}

/// Unpacks all of `source` into the empty directory `root`, which nobody else
/// writes to. What is there after a failure is the caller's to remove.
pub(crate) fn unpack(source: impl Read, root: &Path) -> Result<Unpacked, UnpackError> {
    let mut unpacking = Unpacking::new(root)?;
    unpacking.archive(source)?;
    Ok(unpacking.finish())
}

/// A root that archives are unpacked into. All of them together keep to the
/// bounds.
pub(crate) struct Unpacking {
    root: Root,
    done: Unpacked,
    times: DirectoryTimes,
    allowance: Allowance,
    layered: bool,
    contents: Contents,
    /// What the names of its members start with.
    prefix: &'static [u8],
    /// The most bytes of its files, holes included.
    max_bytes: u64,
}

impl Unpacking {
    /// Begins with the empty directory `root`, for an image.
    pub(crate) fn new(root: &Path) -> Result<Self, UnpackError> {
        Ok(Self { max_bytes: MAX_FILE_BYTES, ..Self::part(root, Contents::Image, b"")? })
    }

    /// Begins with the empty directory `root`, for those members of an archive
    /// whose names start with `prefix`, given one by one.
    pub(crate) fn part(
        root: &Path,
        contents: Contents,
        prefix: &'static [u8],
    ) -> Result<Self, UnpackError> {
        let root = Root::open(root)
            .map_err(|error| UnpackError::Store { member: "the root".to_owned(), error })?;
        Ok(Self {
            root,
            done: Unpacked::default(),
            times: DirectoryTimes::default(),
            allowance: Allowance::new(),
            layered: false,
            contents,
            prefix,
            max_bytes: MAX_TREE_BYTES,
        })
    }

    /// Unpacks the one archive that is all of the image.
    fn archive(&mut self, source: impl Read) -> Result<(), UnpackError> {
        let reader = ArchiveReader::open(source, self.allowance.clone()).map_err(read_failed)?;
        let mut archive = Archive::new(reader);
        self.members(&mut archive)?;
        if self.done.entries == 0 {
            return Err(UnpackError::Empty);
        }
        // Blocks of zeros end an archive, and nothing is read after them. One
        // that just stops may be the part that came before its sender was cut
        // off: tonic shows a call that was taken back as the stream's end.
        if self.allowance.is_exhausted() {
            return Err(UnpackError::Damaged("it has no end".to_owned()));
        }
        // To the end, so that a checksum of the wrapping is checked.
        io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(read_failed)?;
        Ok(())
    }

    /// Unpacks a layer over what is there; answers with the digest of what it
    /// unwraps to, for the caller to compare.
    pub(crate) fn layer(&mut self, source: impl Read) -> Result<Digest, UnpackError> {
        self.layered = true;
        self.root.begin_layer();
        let reader = ArchiveReader::open(source, self.allowance.clone()).map_err(read_failed)?;
        let mut archive = Archive::new(HashedReader::new(reader));
        self.members(&mut archive)?;
        archive.into_inner().finish().map_err(read_failed)
    }

    /// Sets what must be set last.
    pub(crate) fn finish(self) -> Unpacked {
        self.times.set(&self.root);
        self.done
    }

    fn members(&mut self, archive: &mut Archive<impl Read>) -> Result<(), UnpackError> {
        let mut entries = archive.entries().map_err(read_failed)?;
        loop {
            self.allowance.expect_headers();
            let Some(entry) = entries.next() else { break };
            let mut entry = entry.map_err(read_failed)?;
            self.allowance.expect_content();
            self.member(&mut entry)?;
            // What of its content was not wanted; the next headers have a
            // bound that it must not count against.
            io::copy(&mut entry, &mut io::sink()).map_err(read_failed)?;
        }
        self.allowance.expect_content();
        Ok(())
    }

    /// Unpacks one member.
    pub(crate) fn member(&mut self, entry: &mut Entry<'_, impl Read>) -> Result<(), UnpackError> {
        let raw = entry.path_bytes().into_owned();
        let placed = self.place(&raw, entry);
        placed.map_err(|error| match error {
            MemberError::TooMuch { what, max } => UnpackError::TooMuch { what, max },
            MemberError::Place(PlaceError::Read(error)) => read_failed(error),
            MemberError::Place(PlaceError::Write(error)) => {
                UnpackError::Store { member: shown(&raw), error }
            }
            MemberError::Place(PlaceError::Refused(refusal)) => refused(&raw, refusal),
        })
    }

    fn place(&mut self, raw: &[u8], entry: &mut Entry<'_, impl Read>) -> Result<(), MemberError> {
        let kind = entry.header().entry_type();
        if kind.is_pax_global_extensions() {
            return Ok(());
        }
        self.count()?;
        let path = self.path(raw)?;
        if self.layered && self.whiteout(&path)? {
            return Ok(());
        }
        let (attributes, is_socket) = attributes(entry, self.contents)?;
        match kind {
            EntryType::Regular if is_socket => {
                self.root.node(&path, &attributes, FileType::Socket)?;
            }
            EntryType::Directory => self.directory(&path, &attributes)?,
            // Archives of before 1988 tell a directory by its name alone.
            EntryType::Regular if raw.ends_with(b"/") => self.directory(&path, &attributes)?,
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                self.file(&path, &attributes, entry)?;
            }
            EntryType::Symlink => {
                self.root.symlink(&path, &attributes, &link_target(entry)?)?;
            }
            EntryType::Link => {
                self.root.hard_link(&path, &self.path(&link_target(entry)?)?)?;
            }
            EntryType::Fifo => self.root.node(&path, &attributes, FileType::Fifo)?,
            EntryType::Char if self.contents.takes_nodes() && is_whiteout(entry.header())? => {
                self.root.node(&path, &attributes, FileType::CharacterDevice)?;
            }
            EntryType::Block | EntryType::Char => return Err(Refusal::Device.into()),
            other => return Err(Refusal::UnknownType(char::from(other.as_byte())).into()),
        }
        Ok(())
    }

    /// A name below the prefix.
    fn path(&self, raw: &[u8]) -> Result<MemberPath, Refusal> {
        let below = match self.prefix {
            b"" => return MemberPath::parse(raw),
            prefix => raw.strip_prefix(prefix).ok_or(Refusal::Outside)?,
        };
        match below {
            b"" | b"/" => MemberPath::parse(b"."),
            [b'/', name @ ..] => MemberPath::parse(name),
            _ => Err(Refusal::Outside),
        }
    }

    /// Does what a whiteout says, where this is one.
    fn whiteout(&mut self, path: &MemberPath) -> Result<bool, PlaceError> {
        let Some((parent, name)) = path.split() else { return Ok(false) };
        let Some(hidden) = name.strip_prefix(WHITEOUT_PREFIX) else { return Ok(false) };
        match hidden {
            OPAQUE_MARK => self.root.opaque(parent)?,
            // What an earlier file system kept its books with.
            _ if hidden.starts_with(WHITEOUT_PREFIX) => {}
            b"" | b"." | b".." => return Err(Refusal::BadWhiteout.into()),
            _ => {
                let parent = path.as_bytes().len() - name.len();
                let path = [&path.as_bytes()[..parent], hidden].concat();
                self.root.whiteout(&MemberPath::parse(&path)?)?;
            }
        }
        Ok(true)
    }

    fn count(&mut self) -> Result<(), MemberError> {
        self.done.entries += 1;
        if self.done.entries > MAX_ENTRIES {
            return Err(MemberError::TooMuch { what: "members", max: MAX_ENTRIES });
        }
        Ok(())
    }

    fn directory(&mut self, path: &MemberPath, attributes: &Attributes) -> Result<(), PlaceError> {
        self.root.directory(path, attributes)?;
        self.times.remember(path, attributes.mtime);
        Ok(())
    }

    fn file(
        &mut self,
        path: &MemberPath,
        attributes: &Attributes,
        entry: &mut Entry<'_, impl Read>,
    ) -> Result<(), MemberError> {
        let too_much = MemberError::TooMuch { what: "bytes of files", max: self.max_bytes };
        let left = self.max_bytes - self.done.bytes;
        // A sparse file's own length counts, so that a small archive can't
        // make the daemon read zeros for hours.
        if entry.size() > left || entry.header().size().is_ok_and(|size| size > left) {
            return Err(too_much);
        }
        let length = self.root.file(path, attributes, &mut entry.take(left + 1))?;
        if length > left {
            return Err(too_much);
        }
        self.done.bytes += length;
        Ok(())
    }
}

enum MemberError {
    Place(PlaceError),
    TooMuch { what: &'static str, max: u64 },
}

impl From<PlaceError> for MemberError {
    fn from(error: PlaceError) -> Self {
        Self::Place(error)
    }
}

impl From<Refusal> for MemberError {
    fn from(refusal: Refusal) -> Self {
        Self::Place(refusal.into())
    }
}

fn link_target(entry: &Entry<'_, impl Read>) -> Result<Vec<u8>, Refusal> {
    entry.link_name_bytes().map(|target| target.into_owned()).ok_or(Refusal::BadTarget)
}

/// What a member has beside its content, and whether it is a socket.
fn attributes(
    entry: &mut Entry<'_, impl Read>,
    contents: Contents,
) -> Result<(Attributes, bool), MemberError> {
    let header = entry.header();
    let number = |field: io::Result<u64>| field.map_err(PlaceError::Read);
    let (uid, gid) = (number(header.uid())?, number(header.gid())?);
    if uid > MAX_OWNER || gid > MAX_OWNER {
        return Err(Refusal::Owner { uid, gid }.into());
    }
    let mut attributes = Attributes {
        mode: header.mode().map_err(PlaceError::Read)? & 0o7777,
        uid: uid as u32,
        gid: gid as u32,
        mtime: (i64::try_from(number(header.mtime())?).unwrap_or(0), 0),
        xattrs: Vec::new(),
    };
    let kind = header.entry_type();
    let takes_xattrs =
        kind.is_dir() || kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse();
    let mut socket = false;
    for extension in entry.pax_extensions().map_err(PlaceError::Read)?.into_iter().flatten() {
        let extension = extension.map_err(PlaceError::Read)?;
        let (key, value) = (extension.key_bytes(), extension.value_bytes());
        if key.starts_with(b"GNU.sparse.") {
            return Err(Refusal::PaxSparse.into());
        } else if key == b"mtime" {
            attributes.mtime = pax_time(value).unwrap_or(attributes.mtime);
        } else if contents.takes_nodes() && is_socket(key, value) {
            socket = true;
        } else if let Some(attribute) = contents.attribute(key, value)
            && takes_xattrs
            && contents.takes(&attribute, kind.is_dir())
        {
            attributes.xattrs.push((attribute.name, attribute.value));
        }
    }
    Ok((attributes, socket))
}

pub(crate) fn refused(name: &[u8], refusal: Refusal) -> UnpackError {
    UnpackError::Member { member: shown(name), refusal }
}

pub(crate) fn shown(name: &[u8]) -> String {
    let end = name.len().min(SHOWN_NAME_BYTES);
    let more = if end < name.len() { "…" } else { "" };
    format!("\"{}{more}\"", name[..end].escape_ascii())
}

pub(crate) fn read_failed(error: io::Error) -> UnpackError {
    match ReadStop::of(&error) {
        Some(ReadStop::Aborted) => UnpackError::Aborted,
        Some(stop @ (ReadStop::HeadersTooBig | ReadStop::UnknownWrapping(_))) => {
            UnpackError::Damaged(stop.to_string())
        }
        Some(ReadStop::TooBig) => {
            UnpackError::TooMuch { what: "bytes", max: super::reader::MAX_ARCHIVE_BYTES }
        }
        None => UnpackError::Damaged(error.to_string()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fs;
    use std::os::unix::fs::{FileTypeExt, MetadataExt, symlink};

    use tar::{Builder, Header};

    use super::*;

    pub(crate) fn header(kind: EntryType, size: u64) -> Header {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(1_000);
        header
    }

    /// Writes a name as it is, which the tar crate would refuse.
    fn raw_name(header: &mut Header, name: &[u8]) {
        let field = &mut header.as_old_mut().name;
        field.fill(0);
        field[..name.len()].copy_from_slice(name);
        header.set_cksum();
    }

    pub(crate) struct Tar(Builder<Vec<u8>>);

    impl Tar {
        pub(crate) fn new() -> Self {
            Self(Builder::new(Vec::new()))
        }

        pub(crate) fn with(mut self, mut header: Header, name: &[u8], content: &[u8]) -> Self {
            raw_name(&mut header, name);
            self.0.append(&header, content).unwrap();
            self
        }

        pub(crate) fn file(self, name: &[u8], content: &[u8]) -> Self {
            self.with(header(EntryType::Regular, content.len() as u64), name, content)
        }

        pub(crate) fn kind(self, kind: EntryType, name: &[u8]) -> Self {
            self.with(header(kind, 0), name, b"")
        }

        pub(crate) fn link(self, kind: EntryType, name: &[u8], target: &str) -> Self {
            let mut header = header(kind, 0);
            header.set_link_name_literal(target).unwrap();
            self.with(header, name, b"")
        }

        pub(crate) fn pax(mut self, extensions: &[(&str, &[u8])]) -> Self {
            self.0.append_pax_extensions(extensions.iter().copied()).unwrap();
            self
        }

        pub(crate) fn end(self) -> Vec<u8> {
            self.0.into_inner().unwrap()
        }

        fn unpack(self) -> (tempfile::TempDir, Result<Unpacked, UnpackError>) {
            let temp = tempfile::tempdir().unwrap();
            fs::create_dir(temp.path().join("root")).unwrap();
            let unpacked = unpack(&self.end()[..], &temp.path().join("root"));
            (temp, unpacked)
        }

        fn refusal(self) -> Refusal {
            match self.unpack().1 {
                Err(UnpackError::Member { refusal, .. }) => refusal,
                other => panic!("not refused: {other:?}"),
            }
        }
    }

    pub(crate) fn skip_without_root() -> bool {
        let skip = !rustix::process::geteuid().is_root();
        if skip {
            eprintln!("skipped: needs root to give files away");
        }
        skip
    }

    #[test]
    fn names_that_lead_out_are_refused() {
        assert_eq!(Tar::new().file(b"/etc/passwd", b"x").refusal(), Refusal::Absolute);
        assert_eq!(Tar::new().file(b"../evil", b"x").refusal(), Refusal::DotDot);
        assert_eq!(Tar::new().file(b"a/../../evil", b"x").refusal(), Refusal::DotDot);
        let hard = Tar::new().link(EntryType::Link, b"shadow", "/etc/shadow");
        assert_eq!(hard.refusal(), Refusal::Absolute);
        let hard = Tar::new().link(EntryType::Link, b"shadow", "../../etc/shadow");
        assert_eq!(hard.refusal(), Refusal::DotDot);
    }

    #[test]
    fn an_archive_without_its_end_is_damaged() {
        if skip_without_root() {
            return;
        }
        let whole = Tar::new().file(b"a", b"x").file(b"b", b"y").end();
        let unpack_first = |length: usize| {
            let temp = tempfile::tempdir().unwrap();
            unpack(&whole[..length], temp.path())
        };
        // Two members of a header and a block each, then two blocks of zeros.
        assert_eq!(whole.len(), 6 * 512);
        assert_eq!(unpack_first(6 * 512).unwrap().entries, 2);
        for cut in [2 * 512, 4 * 512] {
            assert!(matches!(unpack_first(cut), Err(UnpackError::Damaged(_))), "{cut}");
        }
    }

    #[test]
    fn a_link_that_leads_out_leads_nowhere() {
        if skip_without_root() {
            return;
        }
        let outside = tempfile::tempdir().unwrap();
        let target = outside.path().to_str().unwrap();
        for link in [target, &format!("../../../../../../../..{target}")] {
            let tar = Tar::new().link(EntryType::Symlink, b"out", link).file(b"out/evil", b"x");
            assert!(matches!(tar.refusal(), Refusal::Unreachable(_)));
            let tar = Tar::new()
                .link(EntryType::Symlink, b"out", &format!("{link}/evil"))
                .file(b"out", b"x");
            // The link itself is replaced, not followed.
            tar.unpack().1.unwrap();
        }
        fs::write(outside.path().join("secret"), "x").unwrap();
        let tar = Tar::new().link(EntryType::Symlink, b"out", target).link(
            EntryType::Link,
            b"copy",
            "out/secret",
        );
        assert!(matches!(tar.refusal(), Refusal::Unreachable(_)));
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
        assert_eq!(fs::metadata(outside.path().join("secret")).unwrap().nlink(), 1);
    }

    #[test]
    fn a_link_inside_is_followed_as_the_image_means_it() {
        if skip_without_root() {
            return;
        }
        let (temp, unpacked) = Tar::new()
            .kind(EntryType::Directory, b"usr/")
            .kind(EntryType::Directory, b"usr/bin/")
            .link(EntryType::Symlink, b"bin", "/usr/bin")
            .file(b"bin/sh", b"#!")
            .link(EntryType::Link, b"usr/bin/dash", "bin/sh")
            .unpack();
        assert_eq!(unpacked.unwrap(), Unpacked { bytes: 2, entries: 5 });
        let sh = fs::metadata(temp.path().join("root/usr/bin/sh")).unwrap();
        assert_eq!(sh.nlink(), 2);
    }

    #[test]
    fn devices_foreign_owners_and_unknown_types_are_refused() {
        assert_eq!(Tar::new().kind(EntryType::Char, b"dev/null").refusal(), Refusal::Device);
        assert_eq!(Tar::new().kind(EntryType::Block, b"dev/sda").refusal(), Refusal::Device);
        assert_eq!(
            Tar::new().kind(EntryType::new(b'Z'), b"z").refusal(),
            Refusal::UnknownType('Z')
        );
        let mut foreign = header(EntryType::Regular, 0);
        foreign.set_uid(65_536);
        let refusal = Tar::new().with(foreign, b"f", b"").refusal();
        assert_eq!(refusal, Refusal::Owner { uid: 65_536, gid: 0 });
        let wrapped = Tar::new().pax(&[("uid", b"4294967296")]).file(b"f", b"").refusal();
        assert_eq!(wrapped, Refusal::Owner { uid: 1 << 32, gid: 0 });
    }

    #[test]
    fn modes_owners_times_capabilities_and_odd_names_are_kept() {
        if skip_without_root() {
            return;
        }
        let mut setuid = header(EntryType::Regular, 1);
        setuid.set_mode(0o4755);
        setuid.set_uid(7);
        setuid.set_gid(65_535);
        let capability = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let (temp, unpacked) = Tar::new()
            .kind(EntryType::Directory, b"d/")
            .pax(&[
                ("mtime", b"1234567890.5"),
                ("SCHILY.xattr.security.capability", &capability),
                ("SCHILY.xattr.user.note", b"kept"),
                ("SCHILY.xattr.user.overlay.redirect", b"/etc"),
                ("SCHILY.xattr.trusted.overlay.opaque", b"y"),
            ])
            .with(setuid, b"d/\xff\n\xfe", b"x")
            .kind(EntryType::Fifo, b"d/fifo")
            .unpack();
        unpacked.unwrap();
        let directory = temp.path().join("root/d");
        let name = std::ffi::OsStr::new("d");
        assert_eq!(directory.file_name(), Some(name));
        assert_eq!(fs::metadata(&directory).unwrap().mtime(), 1_000);
        let file = directory
            .join(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"\xff\n\xfe"));
        let meta = fs::metadata(&file).unwrap();
        assert_eq!((meta.mode() & 0o7777, meta.uid(), meta.gid()), (0o4755, 7, 65_535));
        assert_eq!((meta.mtime(), meta.mtime_nsec()), (1_234_567_890, 500_000_000));
        let mut buffer = [0; 256];
        let length = rustix::fs::listxattr(&file, &mut buffer).unwrap();
        let mut names: Vec<_> = buffer[..length].split(|byte| *byte == 0).collect();
        names.sort_unstable();
        assert_eq!(names, [&b""[..], b"security.capability", b"user.note"]);
        assert!(fs::metadata(directory.join("fifo")).unwrap().file_type().is_fifo());
    }

    #[test]
    fn a_later_member_replaces_an_earlier_one_but_no_full_directory() {
        if skip_without_root() {
            return;
        }
        let (temp, unpacked) = Tar::new()
            .link(EntryType::Symlink, b"a", "/nowhere")
            .file(b"a", b"now a file")
            .kind(EntryType::Directory, b"a/")
            .file(b"a/inside", b"")
            .unpack();
        unpacked.unwrap();
        assert!(temp.path().join("root/a/inside").is_file());
        let full = Tar::new().file(b"d/f", b"").file(b"d", b"");
        assert_eq!(full.refusal(), Refusal::DirectoryInPlace);
    }

    #[test]
    fn a_name_of_many_parts_reaches_the_disk() {
        if skip_without_root() {
            return;
        }
        let long = [&b"d/".repeat(3_000)[..], b"file"].concat();
        let mut name = header(EntryType::GNULongName, long.len() as u64);
        name.set_cksum();
        let (_temp, unpacked) =
            Tar::new().with(name, b"././@LongLink", &long).file(b"short", b"x").unpack();
        assert_eq!(unpacked.unwrap(), Unpacked { bytes: 1, entries: 1 });
    }

    #[test]
    fn a_sparse_file_is_whole_and_its_length_counts() {
        if skip_without_root() {
            return;
        }
        let sparse = |real_size: u64| {
            let mut header = header(EntryType::GNUSparse, 512);
            let gnu = header.as_gnu_mut().unwrap();
            gnu.set_real_size(real_size);
            gnu.sparse[0].set_offset(real_size - 512);
            gnu.sparse[0].set_length(512);
            Tar::new().with(header, b"sparse", &[b'x'; 512]).unpack()
        };
        let (temp, unpacked) = sparse(64 << 20);
        assert_eq!(unpacked.unwrap().bytes, 64 << 20);
        let meta = fs::metadata(temp.path().join("root/sparse")).unwrap();
        assert_eq!(meta.len(), 64 << 20);
        assert!(meta.blocks() * 512 < 1 << 20, "{} blocks", meta.blocks());
        assert!(matches!(sparse(1 << 40).1, Err(UnpackError::TooMuch { .. })));
        let pax = Tar::new().pax(&[("GNU.sparse.major", b"1")]).file(b"f", b"");
        assert_eq!(pax.refusal(), Refusal::PaxSparse);
    }

    #[test]
    fn damaged_cut_and_empty_archives_are_told_apart() {
        let unpacked = |bytes: &[u8]| {
            let temp = tempfile::tempdir().unwrap();
            unpack(bytes, temp.path()).unwrap_err()
        };
        assert!(matches!(unpacked(b""), UnpackError::Empty));
        assert!(matches!(unpacked(&[0; 1024]), UnpackError::Empty));
        assert!(matches!(unpacked(&b"no archive".repeat(100)), UnpackError::Damaged(_)));
        let whole = Tar::new().file(b"f", &[b'x'; 5_000]).end();
        assert!(matches!(unpacked(&whole[..3_000]), UnpackError::Damaged(_)));
        let zstd = zstd::encode_all(&whole[..], 1).unwrap();
        assert!(matches!(unpacked(&zstd[..zstd.len() - 3]), UnpackError::Damaged(_)));
    }

    #[test]
    fn a_bomb_of_headers_is_refused() {
        let mut bomb = header(EntryType::XHeader, 8 << 30);
        bomb.set_cksum();
        let source = bomb.as_bytes().chain(io::repeat(b'0'));
        let temp = tempfile::tempdir().unwrap();
        assert!(matches!(unpack(source, temp.path()), Err(UnpackError::Damaged(_))));
    }

    #[test]
    fn nothing_of_a_links_target_is_touched_by_directory_times() {
        if skip_without_root() {
            return;
        }
        let outside = tempfile::tempdir().unwrap();
        let before = fs::metadata(outside.path()).unwrap().mtime();
        let temp = tempfile::tempdir().unwrap();
        symlink(outside.path(), temp.path().join("d")).unwrap();
        let root = Root::open(temp.path()).unwrap();
        root.set_directory_time(&MemberPath::parse(b"d").unwrap(), (1, 0));
        assert_eq!(fs::metadata(outside.path()).unwrap().mtime(), before);
    }
}
