//! Why a call on files stops, and what the kernel's numbers mean to it.

use std::io;

use rustix::io::Errno;
use skerry_api::init::FileFailure;
use skerry_api::init::file_failure::Reason;

/// Why a call stops before its end.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The daemon has closed the socket: the worker ends.
    Gone,
    /// What is told to the daemon.
    Failed(FileFailure),
}

pub(crate) type Outcome<T> = Result<T, Stop>;

/// A failure about a path.
pub(crate) fn failed(reason: Reason, path: &[u8], detail: impl Into<String>) -> Stop {
    Stop::Failed(FileFailure {
        reason: reason.into(),
        path: path.to_vec().into(),
        detail: detail.into(),
    })
}

/// Names the path that a kernel's answer is about.
pub(crate) trait About<T> {
    fn about(self, path: &[u8]) -> Outcome<T>;
}

impl<T> About<T> for rustix::io::Result<T> {
    fn about(self, path: &[u8]) -> Outcome<T> {
        self.map_err(|errno| of_errno(errno, path))
    }
}

impl<T> About<T> for io::Result<T> {
    fn about(self, path: &[u8]) -> Outcome<T> {
        self.map_err(|error| match Errno::from_io_error(&error) {
            Some(errno) => of_errno(errno, path),
            None => failed(Reason::Other, path, error.to_string()),
        })
    }
}

pub(crate) fn of_errno(errno: Errno, path: &[u8]) -> Stop {
    failed(reason(errno), path, words(errno))
}

fn reason(errno: Errno) -> Reason {
    match errno {
        Errno::NOENT => Reason::NotFound,
        Errno::EXIST => Reason::Exists,
        Errno::NOTDIR => Reason::NotADirectory,
        Errno::ISDIR => Reason::IsADirectory,
        Errno::NOTEMPTY => Reason::NotEmpty,
        Errno::NXIO | Errno::NODEV => Reason::NotARegularFile,
        Errno::PERM | Errno::ACCESS => Reason::PermissionDenied,
        Errno::LOOP => Reason::TooManyLinks,
        Errno::NAMETOOLONG => Reason::NameTooLong,
        Errno::NOSPC | Errno::DQUOT => Reason::NoSpace,
        Errno::ROFS => Reason::ReadOnly,
        Errno::XDEV => Reason::CrossDevice,
        Errno::BUSY | Errno::TXTBSY | Errno::AGAIN => Reason::Busy,
        Errno::FBIG | Errno::OVERFLOW | Errno::MLINK => Reason::TooLarge,
        Errno::INVAL => Reason::Invalid,
        Errno::MFILE | Errno::NFILE => Reason::TooMany,
        Errno::NOMEM => Reason::OutOfMemory,
        Errno::STALE => Reason::Changed,
        _ => Reason::Other,
    }
}

/// The kernel's words, without the number.
fn words(errno: Errno) -> String {
    let text = io::Error::from(errno).to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_lowercase()
}
