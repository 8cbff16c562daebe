//! Between the model and the workers' messages. What comes from a worker is
//! checked here; its length was before.

use bytes::Bytes;
use skerry_api::init::file_command::Command;
use skerry_api::init::file_failure::Reason;
use skerry_api::init::file_news::News;
use skerry_api::init::file_request::Request;
use skerry_api::init::{self, FileEnd, file_change};

use crate::model::{
    ChangeKind, FileEvent, FileFailure, FileInfo, FileInput, FileKind, FilePath, FileReason,
    FileRequest, FileSearch, FileTime, MAX_FILE_CHUNK, MAX_FILE_ENTRIES,
};

/// Bytes of a failure's text that are kept.
const MAX_DETAIL: usize = 1024;

fn bytes(path: &FilePath) -> Bytes {
    Bytes::copy_from_slice(path.as_bytes())
}

pub(super) fn request(request: FileRequest) -> Command {
    let request = match request {
        FileRequest::Read { path, offset, length } => {
            Request::Read(init::FileRead { path: bytes(&path), offset, length })
        }
        FileRequest::Write { path, mode, owner, append, create_new, make_parents } => {
            let path = bytes(&path);
            Request::Write(init::FileWrite { path, mode, owner, append, create_new, make_parents })
        }
        FileRequest::Pack { path } => Request::Pack(init::FilePack { path: bytes(&path) }),
        FileRequest::Unpack { path, owner } => {
            Request::Unpack(init::FileUnpack { path: bytes(&path), owner })
        }
        FileRequest::Open { path, options } => Request::Open(init::FileOpen {
            path: bytes(&path),
            read: options.read,
            write: options.write,
            append: options.append,
            create: options.create,
            create_new: options.create_new,
            truncate: options.truncate,
            mode: options.mode,
        }),
        FileRequest::Search(wanted) => Request::Search(search(wanted)),
        FileRequest::Replace { search: wanted, replacement } => {
            Request::Replace(init::FileReplace { search: Some(search(wanted)), replacement })
        }
        FileRequest::Watch { path, recursive } => {
            Request::Watch(init::FileWatch { path: bytes(&path), recursive })
        }
        of_names => names(of_names),
    };
    Command::Request(init::FileRequest { request: Some(request) })
}

/// The requests that are about names and what the kernel keeps of them.
fn names(request: FileRequest) -> Request {
    match request {
        FileRequest::Stat { path, follow } => {
            Request::Stat(init::FileStat { path: bytes(&path), follow })
        }
        FileRequest::List { path, recursive, cursor, limit } => {
            Request::List(init::FileList { path: bytes(&path), recursive, cursor, limit })
        }
        FileRequest::MakeDir { path, mode, parents } => {
            Request::MakeDir(init::FileMakeDir { path: bytes(&path), mode, parents })
        }
        FileRequest::Move { from, to, overwrite } => {
            Request::Move(init::FileMove { from: bytes(&from), to: bytes(&to), overwrite })
        }
        FileRequest::Copy { from, to, recursive, overwrite } => {
            let (from, to) = (bytes(&from), bytes(&to));
            Request::Copy(init::FileCopy { from, to, recursive, overwrite })
        }
        FileRequest::Remove { path, recursive } => {
            Request::Remove(init::FileRemove { path: bytes(&path), recursive })
        }
        FileRequest::Chmod { path, mode, recursive } => {
            Request::Chmod(init::FileChmod { path: bytes(&path), mode, recursive })
        }
        FileRequest::Chown { path, owner, recursive } => {
            Request::Chown(init::FileChown { path: bytes(&path), owner, recursive })
        }
        FileRequest::Symlink { target, path } => {
            Request::Symlink(init::FileSymlink { target: target.into(), path: bytes(&path) })
        }
        FileRequest::ReadLink { path } => {
            Request::ReadLink(init::FileReadLink { path: bytes(&path) })
        }
        _ => unreachable!("the caller has taken the others"),
    }
}

fn search(wanted: FileSearch) -> init::FileSearch {
    init::FileSearch {
        path: bytes(&wanted.path),
        glob: wanted.glob,
        pattern: wanted.pattern,
        case_insensitive: wanted.case_insensitive,
        hidden: wanted.hidden,
        max_results: wanted.max_results,
    }
}

/// Bytes over the bound go as several commands.
pub(super) fn input(input: FileInput) -> Vec<Command> {
    vec![match input {
        FileInput::Data(mut data) => {
            let mut commands = Vec::new();
            while !data.is_empty() {
                let piece = data.split_to(data.len().min(MAX_FILE_CHUNK));
                commands.push(Command::Data(piece));
            }
            return commands;
        }
        FileInput::End => Command::End(FileEnd {}),
        FileInput::ReadAt { offset, length } => {
            Command::ReadAt(init::FileReadAt { offset, length })
        }
        FileInput::WriteAt { offset, data } => Command::WriteAt(init::FileWriteAt { offset, data }),
        FileInput::Stat => Command::Stat(FileEnd {}),
        FileInput::SetStat(wanted) => Command::SetStat(init::FileSetStat {
            size: wanted.size,
            mode: wanted.mode,
            uid: wanted.uid,
            gid: wanted.gid,
            access_time: wanted.access_time.map(time_message),
            modify_time: wanted.modify_time.map(time_message),
        }),
        FileInput::Sync => Command::Sync(FileEnd {}),
    }]
}

fn time_message(time: FileTime) -> init::FileTime {
    init::FileTime { seconds: time.seconds, nanos: time.nanos }
}

/// `None` for what no worker of ours says.
pub(super) fn event(news: News) -> Option<FileEvent> {
    Some(match news {
        News::Info(found) => FileEvent::Info(info(found)?),
        News::Data(data) => FileEvent::Data((data.len() <= MAX_FILE_CHUNK).then_some(data)?),
        News::Entries(page) => {
            if page.entries.len() > MAX_FILE_ENTRIES as usize {
                return None;
            }
            let entries = page.entries.into_iter().map(info).collect::<Option<_>>()?;
            FileEvent::Entries { entries, next_cursor: page.next_cursor }
        }
        News::Link(target) => FileEvent::Link(target.into()),
        News::Match(found) => {
            let length = u32::try_from(found.line.len()).ok()?;
            if found.start > found.end || found.end > length {
                return None;
            }
            FileEvent::Match {
                path: found.path.into(),
                line_number: found.line_number,
                line: found.line.into(),
                range: (found.start, found.end),
            }
        }
        News::Replaced(done) => FileEvent::Replaced { path: done.path.into(), count: done.count },
        News::Change(change) => FileEvent::Change {
            kind: change_kind(change.kind())?,
            path: change.path.into(),
            to: change.to.map(Into::into),
        },
        News::Overflow(_) => FileEvent::Overflow,
        News::Truncated(_) => FileEvent::Truncated,
        News::Done(_) => FileEvent::Done,
        News::Over(_) | News::Failed(_) => return None,
    })
}

fn change_kind(kind: file_change::Kind) -> Option<ChangeKind> {
    use file_change::Kind;
    Some(match kind {
        Kind::Unspecified => return None,
        Kind::Created => ChangeKind::Created,
        Kind::Modified => ChangeKind::Modified,
        Kind::Attributes => ChangeKind::Attributes,
        Kind::Removed => ChangeKind::Removed,
        Kind::Moved => ChangeKind::Moved,
    })
}

fn info(found: init::FileInfo) -> Option<FileInfo> {
    let name = |name: Option<Bytes>| Some(String::from_utf8_lossy(&name?).into_owned());
    let time = |time: Option<init::FileTime>| {
        let time = time.unwrap_or_default();
        FileTime { seconds: time.seconds, nanos: time.nanos.min(999_999_999) }
    };
    Some(FileInfo {
        kind: kind(found.mode)?,
        path: found.path.into(),
        size: found.size,
        allocated: found.allocated,
        mode: found.mode & 0o7777,
        uid: found.uid,
        gid: found.gid,
        user: name(found.user),
        group: name(found.group),
        modify_time: time(found.modify_time),
        access_time: time(found.access_time),
        change_time: time(found.change_time),
        link_target: found.link_target.map(Into::into),
        links: found.links,
        inode: found.inode,
    })
}

fn kind(mode: u32) -> Option<FileKind> {
    use rustix::fs::FileType;
    Some(match FileType::from_raw_mode(mode) {
        FileType::RegularFile => FileKind::Regular,
        FileType::Directory => FileKind::Directory,
        FileType::Symlink => FileKind::Symlink,
        FileType::Fifo => FileKind::Fifo,
        FileType::Socket => FileKind::Socket,
        FileType::CharacterDevice => FileKind::CharacterDevice,
        FileType::BlockDevice => FileKind::BlockDevice,
        FileType::Unknown => return None,
    })
}

pub(super) fn failure(failure: init::FileFailure) -> FileFailure {
    let reason = reason(failure.reason());
    let mut detail: String = failure.detail.chars().take(MAX_DETAIL).collect();
    if detail.is_empty() {
        "it failed".clone_into(&mut detail);
    }
    FileFailure { reason, path: failure.path.into(), detail }
}

fn reason(reason: Reason) -> FileReason {
    match reason {
        Reason::NotFound => FileReason::NotFound,
        Reason::Exists => FileReason::Exists,
        Reason::NotADirectory => FileReason::NotADirectory,
        Reason::IsADirectory => FileReason::IsADirectory,
        Reason::NotEmpty => FileReason::NotEmpty,
        Reason::NotARegularFile => FileReason::NotARegularFile,
        Reason::NotALink => FileReason::NotALink,
        Reason::PermissionDenied => FileReason::PermissionDenied,
        Reason::TooManyLinks => FileReason::TooManyLinks,
        Reason::NameTooLong => FileReason::NameTooLong,
        Reason::NoSpace => FileReason::NoSpace,
        Reason::ReadOnly => FileReason::ReadOnly,
        Reason::CrossDevice => FileReason::CrossDevice,
        Reason::Busy => FileReason::Busy,
        Reason::TooLarge => FileReason::TooLarge,
        Reason::Invalid => FileReason::Invalid,
        Reason::InvalidPattern => FileReason::InvalidPattern,
        Reason::InvalidCursor => FileReason::InvalidCursor,
        Reason::BadArchive => FileReason::BadArchive,
        Reason::UserNotFound => FileReason::UserNotFound,
        Reason::TooMany => FileReason::TooMany,
        Reason::OutOfMemory => FileReason::OutOfMemory,
        Reason::Changed => FileReason::Changed,
        Reason::Other | Reason::Unspecified => FileReason::Other,
    }
}
