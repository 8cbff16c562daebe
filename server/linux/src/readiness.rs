//! Descriptors that tokio has no type for, watched by its reactor.

use std::io;
use std::os::fd::OwnedFd;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Watches a descriptor until it is readable, a pidfd until its process has
/// ended. Must be called in a tokio runtime.
///
/// # Errors
/// EMFILE, ENOMEM, or EPERM for a descriptor that can't be watched.
pub fn watch_readable(descriptor: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an OwnedFd is one and the same open descriptor as long as it
    // lives, which is what `register` asks for.
    Ok(unsafe { AsyncFd::register_with_interest(descriptor, Interest::READABLE)? })
}
