//! What comes back of a call on files.

use std::fmt;

use bytes::Bytes;

/// A piece of a call's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileEvent {
    /// A file or directory as it is now.
    Info(FileInfo),
    /// Bytes; at most [`MAX_FILE_CHUNK`](super::MAX_FILE_CHUNK).
    Data(Bytes),
    /// A page of a list.
    Entries {
        /// In the directory's own order.
        entries: Vec<FileInfo>,
        /// Where the next page starts, where there is one.
        next_cursor: Option<Bytes>,
    },
    /// What a link says.
    Link(Vec<u8>),
    /// Found.
    Match {
        /// The file.
        path: Vec<u8>,
        /// Counted from 1; 0 where only the name was looked for.
        line_number: u64,
        /// The line without its end, cut at a bound; empty where only the name
        /// was looked for.
        line: Vec<u8>,
        /// The first match's bytes in `line`, start and end.
        range: (u32, u32),
    },
    /// A file was changed.
    Replaced {
        /// The file.
        path: Vec<u8>,
        /// So many matches.
        count: u64,
    },
    /// Something happened to a file that is watched.
    Change {
        /// What.
        kind: ChangeKind,
        /// Its path, below the path that is watched.
        path: Vec<u8>,
        /// Of `Moved`: where it is now.
        to: Option<Vec<u8>>,
    },
    /// Changes were lost: look at everything again.
    Overflow,
    /// The search stopped at its bound of results.
    Truncated,
    /// The command was done; of a watch: it watches.
    Done,
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new, or was moved here from elsewhere.
    Created,
    /// Its bytes changed.
    Modified,
    /// Its owner, permissions or times changed.
    Attributes,
    /// It is gone, or was moved elsewhere.
    Removed,
    /// It has another name, which is watched as well.
    Moved,
}

/// What a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum FileKind {
    Regular,
    Directory,
    Symlink,
    Fifo,
    Socket,
    CharacterDevice,
    BlockDevice,
}

/// A time of a file: nanoseconds after 1970, and before it where negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileTime {
    /// Whole seconds since 1970.
    pub seconds: i64,
    /// 0 to 999,999,999 on top.
    pub nanos: u32,
}

/// A file or directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileInfo {
    /// As it was asked for; in a list, the directory's path and the name.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: FileKind,
    /// Bytes.
    pub size: u64,
    /// Bytes that it takes on the disk.
    pub allocated: u64,
    /// Permission bits, 0 to 07777.
    pub mode: u32,
    /// User id inside.
    pub uid: u32,
    /// Group id inside.
    pub gid: u32,
    /// Its name in the sandbox's /etc/passwd, where it has one.
    pub user: Option<String>,
    /// Its name in the sandbox's /etc/group, where it has one.
    pub group: Option<String>,
    /// Last change of its bytes.
    pub modify_time: FileTime,
    /// Last access.
    pub access_time: FileTime,
    /// Last change of anything.
    pub change_time: FileTime,
    /// What a link says.
    pub link_target: Option<Vec<u8>>,
    /// Names that it has.
    pub links: u64,
    /// Its number in its file system.
    pub inode: u64,
}

/// Why a call on files failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileReason {
    /// There is nothing of that name.
    NotFound,
    /// There is something already.
    Exists,
    /// A directory is needed.
    NotADirectory,
    /// It is a directory.
    IsADirectory,
    /// The directory is not empty.
    NotEmpty,
    /// A FIFO, device or socket, which is never opened.
    NotARegularFile,
    /// A link is needed.
    NotALink,
    /// The kernel refuses.
    PermissionDenied,
    /// Links that lead in a circle.
    TooManyLinks,
    /// A name over 255 bytes, or a path over 4095.
    NameTooLong,
    /// The disk is full, or at a bound.
    NoSpace,
    /// A read-only file system.
    ReadOnly,
    /// Would go across file systems where that can't be.
    CrossDevice,
    /// In use, for example as a mount point or a program that runs.
    Busy,
    /// Over what the file system can hold.
    TooLarge,
    /// A path or argument that can't be.
    Invalid,
    /// The pattern or glob is none.
    InvalidPattern,
    /// The cursor is not of this list.
    InvalidCursor,
    /// A member that is refused, or no archive. The path is the member's.
    BadArchive,
    /// Not in the sandbox's /etc/passwd or /etc/group.
    UserNotFound,
    /// At the bound of calls on files at once.
    TooManyCalls,
    /// At a bound of the call, such as watches or members.
    TooMany,
    /// The sandbox has no memory or process left for it.
    OutOfMemory,
    /// It changed while the call was under way.
    Changed,
    /// Not of this driver.
    Unsupported,
    /// Something else.
    Other,
}

/// A call on files that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFailure {
    /// Why.
    pub reason: FileReason,
    /// What it is about; empty where it is about no file.
    pub path: Vec<u8>,
    /// For people; never empty.
    pub detail: String,
}

impl fmt::Display for FileFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.is_empty() {
            true => formatter.write_str(&self.detail),
            false => write!(formatter, "{}: {}", self.path.escape_ascii(), self.detail),
        }
    }
}

impl std::error::Error for FileFailure {}
