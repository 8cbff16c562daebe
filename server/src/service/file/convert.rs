//! What comes of a request on files, as messages.

use bytes::Bytes;
use prost_types::Timestamp;
use skerry_api::v1::{self, read_file_response, search_files_response, watch_files_response};

use crate::model::{ChangeKind, FileEvent, FileInfo, FileKind, FileTime};
use crate::service::convert::signed;

/// Bytes as text, and as bytes too where they are no text.
pub(super) fn text(bytes: Vec<u8>) -> (String, Bytes) {
    match String::from_utf8(bytes) {
        Ok(text) => (text, Bytes::new()),
        Err(error) => {
            let shown = String::from_utf8_lossy(error.as_bytes()).into_owned();
            (shown, Bytes::from(error.into_bytes()))
        }
    }
}

/// What is known of a file.
pub(super) fn info(info: FileInfo) -> v1::FileInfo {
    let (path, raw_path) = text(info.path);
    v1::FileInfo {
        path,
        raw_path,
        kind: kind(info.kind).into(),
        size_bytes: signed(info.size),
        mode: info.mode,
        uid: info.uid,
        gid: info.gid,
        modify_time: Some(time(info.modify_time)),
        access_time: Some(time(info.access_time)),
        change_time: Some(time(info.change_time)),
        allocated_bytes: signed(info.allocated),
        user: info.user.unwrap_or_default(),
        group: info.group.unwrap_or_default(),
        links: signed(info.links),
        inode: info.inode,
        target: info.link_target.unwrap_or_default().into(),
    }
}

fn time(time: FileTime) -> Timestamp {
    Timestamp { seconds: time.seconds, nanos: time.nanos.cast_signed() }
}

fn kind(kind: FileKind) -> v1::FileKind {
    match kind {
        FileKind::Regular => v1::FileKind::Regular,
        FileKind::Directory => v1::FileKind::Directory,
        FileKind::Symlink => v1::FileKind::Symlink,
        FileKind::Fifo => v1::FileKind::Fifo,
        FileKind::Socket => v1::FileKind::Socket,
        FileKind::CharacterDevice => v1::FileKind::CharacterDevice,
        FileKind::BlockDevice => v1::FileKind::BlockDevice,
    }
}

/// Of a read; `None` for what is not of it.
pub(super) fn read(event: FileEvent) -> Option<v1::ReadFileResponse> {
    let part = match event {
        FileEvent::Info(found) => read_file_response::Part::Info(info(found)),
        FileEvent::Data(data) => read_file_response::Part::Data(data),
        _ => return None,
    };
    Some(v1::ReadFileResponse { part: Some(part) })
}

/// Of a search.
pub(super) fn found(event: FileEvent) -> Option<v1::SearchFilesResponse> {
    use search_files_response::Part;
    let part = match event {
        FileEvent::Match { path, line_number, line, range } => {
            let (path, raw_path) = text(path);
            Part::Match(v1::FileMatch {
                path,
                raw_path,
                line_number: signed(line_number),
                line: line.into(),
                match_start: range.0.cast_signed(),
                match_end: range.1.cast_signed(),
            })
        }
        FileEvent::Truncated => Part::Truncated(v1::SearchTruncated {}),
        _ => return None,
    };
    Some(v1::SearchFilesResponse { part: Some(part) })
}

/// Of a replacement.
pub(super) fn replaced(event: FileEvent) -> Option<v1::ReplaceInFilesResponse> {
    let FileEvent::Replaced { path, count } = event else { return None };
    let (path, raw_path) = text(path);
    Some(v1::ReplaceInFilesResponse { path, raw_path, count: signed(count) })
}

/// Of a watch.
pub(super) fn watched(event: FileEvent) -> Option<v1::WatchFilesResponse> {
    use watch_files_response::Event;
    let event = match event {
        FileEvent::Done => Event::Watching(v1::FilesWatching {}),
        FileEvent::Overflow => Event::Overflow(v1::FilesOverflow {}),
        FileEvent::Change { kind, path, to } => {
            let (path, raw_path) = text(path);
            let (to_path, raw_to_path) = text(to.unwrap_or_default());
            let kind = change(kind).into();
            Event::Change(v1::FileChange { kind, path, raw_path, to_path, raw_to_path })
        }
        _ => return None,
    };
    Some(v1::WatchFilesResponse { event: Some(event) })
}

fn change(kind: ChangeKind) -> v1::ChangeKind {
    match kind {
        ChangeKind::Created => v1::ChangeKind::Created,
        ChangeKind::Modified => v1::ChangeKind::Modified,
        ChangeKind::Attributes => v1::ChangeKind::Attributes,
        ChangeKind::Removed => v1::ChangeKind::Removed,
        ChangeKind::Moved => v1::ChangeKind::Moved,
    }
}
