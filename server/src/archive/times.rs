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
