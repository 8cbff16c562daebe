//! Directories' times, which their members change.

use std::collections::HashMap;

use super::member::MemberPath;
use super::place::Root;

/// The most bytes of directory names that are kept to set their times again
/// at the end; directories beyond it have the time of the import.
const MAX_TIMED_NAME_BYTES: usize = 64 << 20;

/// Directories' times, set at the end: every member changes its parent's.
#[derive(Default)]
pub(super) struct DirectoryTimes {
    times: HashMap<MemberPath, (i64, i64)>,
    name_bytes: usize,
}

impl DirectoryTimes {
    pub(super) fn remember(&mut self, path: &MemberPath, mtime: (i64, i64)) {
        if self.name_bytes < MAX_TIMED_NAME_BYTES {
            self.name_bytes += path.len();
            self.times.insert(path.clone(), mtime);
        }
    }

    pub(super) fn set(&self, root: &Root) {
        for (path, mtime) in &self.times {
            root.set_directory_time(path, *mtime);
        }
    }
}

/// Seconds since 1970, perhaps with a fraction, of which nine digits count.
pub(super) fn pax_time(value: &[u8]) -> Option<(i64, i64)> {
    let text = std::str::from_utf8(value).ok()?;
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = seconds.parse().ok()?;
    if seconds < 0 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanos = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Some((seconds, nanos))
}
