//! Calls on a sandbox's files: what is asked, what is sent along, what comes
//! back. Names are bytes, as the kernel has them.

mod event;
mod path;

use bytes::Bytes;

pub use event::{ChangeKind, FileEvent, FileFailure, FileInfo, FileKind, FileReason, FileTime};
pub use path::{FilePath, FilePathError};

/// The most bytes in one [`FileEvent::Data`], and in one [`FileInput::Data`].
pub const MAX_FILE_CHUNK: usize = 256 << 10;
/// The most entries in one [`FileEvent::Entries`].
pub const MAX_FILE_ENTRIES: u32 = 10_000;
/// The most matches that one search reports.
pub const MAX_FILE_MATCHES: u32 = 100_000;

/// One call on a sandbox's files. Its answer is a stream of [`FileEvent`]s;
/// when that ends without an error, all was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileRequest {
    /// Reads a regular file: `Info`, then `Data`.
    Read {
        /// The file; links are followed.
        path: FilePath,
        /// First byte.
        offset: u64,
        /// At most so many bytes; all of them where unset.
        length: Option<u64>,
    },
    /// Writes a regular file: takes `Data` and `End`, answers `Info`. Without
    /// `append` the file is replaced at once when all has come.
    Write {
        /// The file; a link is followed.
        path: FilePath,
        /// Permission bits; unset: those of the file that was there, or 0644.
        mode: Option<u32>,
        /// `user[:group]`; unset: the owner of the file that was there, or root.
        owner: Option<String>,
        /// Add to the end.
        append: bool,
        /// Fail where there is something already.
        create_new: bool,
        /// Make the directories above it.
        make_parents: bool,
    },
    /// Answers one `Info`.
    Stat {
        /// Of what.
        path: FilePath,
        /// Of a link's target rather than the link.
        follow: bool,
    },
    /// Answers one `Entries`. A page costs what is in it, however large the
    /// directory; a directory comes before what is in it.
    List {
        /// The directory; links are followed.
        path: FilePath,
        /// With all below; links are not followed there.
        recursive: bool,
        /// Where the page before ended.
        cursor: Option<Bytes>,
        /// At most so many entries; 1 to [`MAX_FILE_ENTRIES`].
        limit: u32,
    },
    /// Answers one `Info`.
    MakeDir {
        /// The directory.
        path: FilePath,
        /// Permission bits; unset: 0755.
        mode: Option<u32>,
        /// Make those above as well, and accept one that is there.
        parents: bool,
    },
    /// Answers one `Info`. Across file systems it copies, then removes.
    Move {
        /// From.
        from: FilePath,
        /// To: the new name itself, not a directory to move into.
        to: FilePath,
        /// Replace what is there.
        overwrite: bool,
    },
    /// Answers one `Info`. Links are copied, not followed; holes stay holes.
    Copy {
        /// From.
        from: FilePath,
        /// To: the new name itself.
        to: FilePath,
        /// A directory with all below.
        recursive: bool,
        /// Replace files that are there; directories are merged.
        overwrite: bool,
    },
    /// Answers nothing. A link is removed, not what it names.
    Remove {
        /// What.
        path: FilePath,
        /// A directory with all below.
        recursive: bool,
    },
    /// Answers one `Info`.
    Chmod {
        /// Of what; a link is followed, but not below.
        path: FilePath,
        /// Permission bits, 0 to 07777.
        mode: u32,
        /// With all below.
        recursive: bool,
    },
    /// Answers one `Info`.
    Chown {
        /// Of what; a link is followed, but not below.
        path: FilePath,
        /// `user[:group]` or `:group`, names or ids of the sandbox.
        owner: String,
        /// With all below.
        recursive: bool,
    },
    /// Makes a symbolic link; answers one `Info`.
    Symlink {
        /// What it says, as it is.
        target: Vec<u8>,
        /// The link.
        path: FilePath,
    },
    /// Answers one `Link`.
    ReadLink {
        /// The link.
        path: FilePath,
    },
    /// Looks for names, and in regular files for lines; answers `Match`es.
    Search(FileSearch),
    /// Replaces what a pattern matches, each file at once; answers `Replaced`
    /// for each file that changed.
    Replace {
        /// Where and what; it must have a pattern.
        search: FileSearch,
        /// `$1` and `${name}` are what was matched, `$$` is `$`.
        replacement: Bytes,
    },
    /// Answers `Done` when it watches, then `Change`s until dropped.
    Watch {
        /// A file or directory.
        path: FilePath,
        /// With all below.
        recursive: bool,
    },
    /// Answers a tar archive as `Data`.
    Pack {
        /// A file or directory. The members' names start with its last name;
        /// of `/` or a path that ends in `/.`, with `.`.
        path: FilePath,
    },
    /// Takes a tar archive as `Data` and `End`: all of it is unpacked, or
    /// nothing stays. Answers one `Info`, of the directory.
    Unpack {
        /// The directory; made where there is none.
        path: FilePath,
        /// `user[:group]` of everything; unset: the archive's ids.
        owner: Option<String>,
    },
    /// Opens a regular file for commands; answers one `Info`, then one event
    /// for each command, in order. A command that fails ends the call. Neither
    /// for reading nor for writing, it is for `Stat` and `SetStat`, and may be
    /// a directory.
    Open {
        /// The file; links are followed.
        path: FilePath,
        /// How.
        options: OpenOptions,
    },
}

/// What to look for, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileSearch {
    /// A file or directory; links are not followed below it.
    pub path: FilePath,
    /// What names must match: with a `/` the path below `path`, without one
    /// the last name.
    pub glob: Option<String>,
    /// What a line must match, as a regular expression. Without it the names
    /// alone are looked for. Binary files are passed over.
    pub pattern: Option<String>,
    /// Upper and lower case are one, in the pattern and in the glob.
    pub case_insensitive: bool,
    /// With names that begin with a dot.
    pub hidden: bool,
    /// At most so many matches (or changed files), 1 to [`MAX_FILE_MATCHES`].
    pub max_results: u32,
}

/// How a file is opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpenOptions {
    /// For reading.
    pub read: bool,
    /// For writing.
    pub write: bool,
    /// Every write goes to the end.
    pub append: bool,
    /// Made where there is none.
    pub create: bool,
    /// Made, or an error where there is one.
    pub create_new: bool,
    /// Emptied.
    pub truncate: bool,
    /// Permission bits of one that is made; unset: 0644.
    pub mode: Option<u32>,
}

/// What goes along with a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileInput {
    /// The next bytes of a `Write` or `Unpack`.
    Data(Bytes),
    /// There are no more.
    End,
    /// Of an `Open`: answers one `Data`, empty at the end of the file.
    ReadAt {
        /// First byte.
        offset: u64,
        /// At most so many bytes, and at most [`MAX_FILE_CHUNK`].
        length: u32,
    },
    /// Of an `Open`: answers `Done` when all is written.
    WriteAt {
        /// First byte; without meaning in a file opened to append.
        offset: u64,
        /// At most [`MAX_FILE_CHUNK`] bytes.
        data: Bytes,
    },
    /// Of an `Open`: answers one `Info`.
    Stat,
    /// Of an `Open`: answers `Done`.
    SetStat(SetStat),
    /// Of an `Open`: answers `Done` when all is on the disk.
    Sync,
}

/// What to change of an open file; the rest stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetStat {
    /// Length in bytes.
    pub size: Option<u64>,
    /// Permission bits.
    pub mode: Option<u32>,
    /// User id inside.
    pub uid: Option<u32>,
    /// Group id inside.
    pub gid: Option<u32>,
    /// Last access.
    pub access_time: Option<FileTime>,
    /// Last change of its bytes.
    pub modify_time: Option<FileTime>,
}
