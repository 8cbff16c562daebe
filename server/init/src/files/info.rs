//! What a file is.

use std::collections::HashMap;
use std::os::fd::BorrowedFd;

use bytes::Bytes;
use rustix::fs::{AtFlags, CWD, FileType, Statx, StatxFlags, StatxTimestamp, statx};
use skerry_api::init::{FileInfo, FileStat, FileTime};

use super::failure::{About, Outcome};
use super::session::Session;
use crate::user;

/// The names of a machine's users and groups, read when first asked for.
#[derive(Default)]
pub(crate) struct Owners {
    names: Option<(HashMap<u32, Bytes>, HashMap<u32, Bytes>)>,
}

impl Owners {
    fn name(&mut self, info: &mut FileInfo) {
        let (users, groups) =
            self.names.get_or_insert_with(|| (user::user_names(), user::group_names()));
        info.user = users.get(&info.uid).cloned();
        info.group = groups.get(&info.gid).cloned();
    }
}

pub(super) fn stat(session: &mut Session, request: &FileStat) -> Outcome<()> {
    let info = info_of(&request.path, request.follow)?;
    session.tell_info(info)
}

/// Of a path.
pub(crate) fn info_of(path: &[u8], follow: bool) -> Outcome<FileInfo> {
    let follow = if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
    look(CWD, path, follow, path, &mut Owners::default()).about(path)
}

/// Of what is open or held.
pub(crate) fn info_of_open(file: BorrowedFd<'_>, path: &[u8]) -> Outcome<FileInfo> {
    look(file, b"", AtFlags::EMPTY_PATH, path, &mut Owners::default()).about(path)
}

/// Of a directory's entry, a link itself.
pub(crate) fn info_at(
    directory: BorrowedFd<'_>,
    name: &[u8],
    path: &[u8],
    owners: &mut Owners,
) -> rustix::io::Result<FileInfo> {
    look(directory, name, AtFlags::SYMLINK_NOFOLLOW, path, owners)
}

fn look(
    directory: BorrowedFd<'_>,
    name: &[u8],
    flags: AtFlags,
    path: &[u8],
    owners: &mut Owners,
) -> rustix::io::Result<FileInfo> {
    // No automount is started, and a remote file system is not asked anew.
    let flags = flags | AtFlags::NO_AUTOMOUNT;
    let found = statx(directory, name, flags, StatxFlags::BASIC_STATS)?;
    let mut info = translate(&found, path);
    owners.name(&mut info);
    if FileType::from_raw_mode(found.stx_mode.into()) == FileType::Symlink && !name.is_empty() {
        // Swapped meanwhile: then there is no target to show.
        let target = rustix::fs::readlinkat(directory, name, Vec::new());
        info.link_target = target.ok().map(|target| target.into_bytes().into());
    }
    Ok(info)
}

fn translate(found: &Statx, path: &[u8]) -> FileInfo {
    FileInfo {
        path: path.to_vec().into(),
        mode: found.stx_mode.into(),
        size: found.stx_size,
        allocated: found.stx_blocks.saturating_mul(512),
        uid: found.stx_uid,
        gid: found.stx_gid,
        user: None,
        group: None,
        modify_time: Some(time(found.stx_mtime)),
        access_time: Some(time(found.stx_atime)),
        change_time: Some(time(found.stx_ctime)),
        link_target: None,
        links: found.stx_nlink.into(),
        inode: found.stx_ino,
    }
}

fn time(time: StatxTimestamp) -> FileTime {
    FileTime { seconds: time.tv_sec, nanos: time.tv_nsec }
}
