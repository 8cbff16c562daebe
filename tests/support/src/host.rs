//! Who has the host: tests that count what is on it have it alone.

use std::fs::File;

/// Held while a daemon of a test is on this host.
pub(crate) struct HostLock {
    _file: File,
}

impl HostLock {
    /// Together with other daemons of tests.
    pub(crate) fn shared() -> Self {
        let file = open();
        file.lock_shared().expect("files can be locked");
        Self { _file: file }
    }

    /// Without any other.
    pub(crate) fn alone() -> Self {
        let file = open();
        file.lock().expect("files can be locked");
        Self { _file: file }
    }
}

fn open() -> File {
    let path = std::env::temp_dir().join("skerry-tests.lock");
    File::create(path).expect("the temporary folder is writable")
}
