//! Files as SFTP shows them.

use chrono::DateTime;
use russh_sftp::protocol::{File, FileAttributes, StatusCode};

use crate::model::{FileInfo, FileKind, FileReason, FileTime};

/// What a failure is called. Most have no name of their own in version 3.
pub(super) fn code(reason: Option<FileReason>) -> StatusCode {
    match reason {
        Some(FileReason::NotFound) => StatusCode::NoSuchFile,
        Some(FileReason::PermissionDenied | FileReason::ReadOnly) => StatusCode::PermissionDenied,
        Some(FileReason::Unsupported) => StatusCode::OpUnsupported,
        _ => StatusCode::Failure,
    }
}

/// A name as text: what is no UTF-8 is shown replaced, and refused when it
/// comes back.
pub(super) fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// A name of which nothing more is told.
pub(super) fn bare(name: String) -> File {
    let attrs = FileAttributes { size: None, ..nothing() };
    File { longname: name.clone(), filename: name, attrs }
}

/// One name of a directory, with a line as `ls -l` has it.
pub(super) fn entry(info: &FileInfo) -> File {
    let name = info.path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let filename = text(name);
    let owner = |name: &Option<String>, id: u32| name.clone().unwrap_or_else(|| id.to_string());
    let longname = format!(
        "{}{} {:>3} {:<8} {:<8} {:>8} {} {filename}",
        letter(info.kind),
        bits(info.mode),
        info.links,
        owner(&info.user, info.uid),
        owner(&info.group, info.gid),
        info.size,
        date(info.modify_time),
    );
    File { filename, longname, attrs: attributes(info) }
}

/// Its attributes; times are whole seconds up to 2106.
pub(super) fn attributes(info: &FileInfo) -> FileAttributes {
    let seconds = |time: FileTime| {
        u32::try_from(time.seconds).unwrap_or(if time.seconds < 0 { 0 } else { u32::MAX })
    };
    FileAttributes {
        size: Some(info.size),
        uid: Some(info.uid),
        gid: Some(info.gid),
        permissions: Some(type_bits(info.kind) | info.mode),
        atime: Some(seconds(info.access_time)),
        mtime: Some(seconds(info.modify_time)),
        ..nothing()
    }
}

fn nothing() -> FileAttributes {
    FileAttributes {
        size: None,
        uid: None,
        user: None,
        gid: None,
        group: None,
        permissions: None,
        atime: None,
        mtime: None,
    }
}

fn type_bits(kind: FileKind) -> u32 {
    match kind {
        FileKind::Fifo => 0o010_000,
        FileKind::CharacterDevice => 0o020_000,
        FileKind::Directory => 0o040_000,
        FileKind::BlockDevice => 0o060_000,
        FileKind::Regular => 0o100_000,
        FileKind::Symlink => 0o120_000,
        FileKind::Socket => 0o140_000,
    }
}

fn letter(kind: FileKind) -> char {
    match kind {
        FileKind::Fifo => 'p',
        FileKind::CharacterDevice => 'c',
        FileKind::Directory => 'd',
        FileKind::BlockDevice => 'b',
        FileKind::Regular => '-',
        FileKind::Symlink => 'l',
        FileKind::Socket => 's',
    }
}

/// `rwxr-xr-x`, with s, S, t and T where they belong.
fn bits(mode: u32) -> String {
    let mut text = String::with_capacity(9);
    for (shift, special, letters) in [(6, 0o4000, "sS"), (3, 0o2000, "sS"), (0, 0o1000, "tT")] {
        let part = mode >> shift;
        text.push(if part & 4 != 0 { 'r' } else { '-' });
        text.push(if part & 2 != 0 { 'w' } else { '-' });
        let mut letters = letters.chars();
        let (with, without) = (letters.next().unwrap_or('s'), letters.next().unwrap_or('S'));
        text.push(match (mode & special != 0, part & 1 != 0) {
            (true, true) => with,
            (true, false) => without,
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    text
}

/// A day in UTC; the first of 1970 for what no calendar has.
fn date(time: FileTime) -> String {
    let time = DateTime::from_timestamp(time.seconds, 0).unwrap_or_default();
    time.format("%b %e  %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        let said = |seconds| date(FileTime { seconds, nanos: 0 });
        assert_eq!(said(0), "Jan  1  1970");
        assert_eq!(said(951_782_400), "Feb 29  2000");
        assert_eq!(said(951_868_800), "Mar  1  2000");
        assert_eq!(said(1_704_067_199), "Dec 31  2023");
        assert_eq!(said(-1), "Dec 31  1969");
    }

    #[test]
    fn modes_are_nine_letters() {
        assert_eq!(bits(0o755), "rwxr-xr-x");
        assert_eq!(bits(0o1777), "rwxrwxrwt");
        assert_eq!(bits(0o4644), "rwSr--r--");
        assert_eq!(bits(0o2070), "---rws---");
    }

    #[test]
    fn an_entry_is_its_last_name() {
        let info = FileInfo {
            path: b"/workspace/a b".to_vec(),
            kind: FileKind::Directory,
            size: 7,
            allocated: 0,
            mode: 0o750,
            uid: 1,
            gid: 2,
            user: Some("ada".to_owned()),
            group: None,
            modify_time: FileTime { seconds: 5, nanos: 9 },
            access_time: FileTime { seconds: -5, nanos: 0 },
            change_time: FileTime::default(),
            link_target: None,
            links: 3,
            inode: 1,
        };
        let shown = entry(&info);
        assert_eq!(shown.filename, "a b");
        assert!(shown.longname.starts_with("drwxr-x---   3 ada      2 "), "{}", shown.longname);
        assert_eq!(shown.attrs.permissions, Some(0o040_750));
        assert_eq!((shown.attrs.mtime, shown.attrs.atime), (Some(5), Some(0)));
    }
}
