//! Reading a file, in pieces.

use std::os::fd::AsFd;

use rustix::fs::OFlags;
use skerry_api::init::FileRead;
use skerry_api::init::file_news::News;

use super::failure::{About, Outcome};
use super::info::info_of_open;
use super::place::{hold, open_regular};
use super::session::Session;

/// Bytes in one piece.
pub(super) const CHUNK: usize = 256 << 10;

pub(super) fn read(session: &mut Session, request: &FileRead) -> Outcome<()> {
    let path = &request.path[..];
    let held = hold(path, true)?;
    let file = open_regular(held.as_fd(), OFlags::RDONLY, path)?;
    session.tell_info(info_of_open(file.as_fd(), path)?)?;
    let mut offset = request.offset;
    let mut left = request.length.unwrap_or(u64::MAX);
    while left > 0 {
        let length = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
        let mut data = vec![0; length];
        // Beyond what an offset can be there is nothing.
        if i64::try_from(offset).is_err() {
            break;
        }
        let count = rustix::io::retry_on_intr(|| rustix::io::pread(&file, &mut data[..], offset))
            .about(path)?;
        if count == 0 {
            break;
        }
        data.truncate(count);
        (offset, left) = (offset + count as u64, left - count as u64);
        session.tell(News::Data(data.into()))?;
    }
    Ok(())
}
