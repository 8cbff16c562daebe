//! Files and directories that are made beside their place and put there when
//! they are whole.

use std::ffi::CString;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use skerry_linux::tree::remove_tree;

/// Tries at a name that nobody has.
const MAX_TRIES: u32 = 100;

/// Something that is removed with all below it unless it is put in its place.
pub(crate) struct Temporary {
    directory: OwnedFd,
    name: Option<CString>,
}

impl Temporary {
    /// A regular file, open for writing, beside `directory`'s other entries.
    pub(crate) fn file(directory: BorrowedFd<'_>) -> rustix::io::Result<(Self, OwnedFd)> {
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(0o600);
        Self::new(directory, |name| rustix::fs::openat(directory, name, flags, mode))
    }

    /// A directory, open.
    pub(crate) fn directory(directory: BorrowedFd<'_>) -> rustix::io::Result<(Self, OwnedFd)> {
        Self::new(directory, |name| {
            rustix::fs::mkdirat(directory, name, Mode::from_raw_mode(0o700))?;
            super::place::open_below(directory, name.to_bytes())
        })
    }

    /// A name for `make` to make.
    pub(crate) fn new<T>(
        directory: BorrowedFd<'_>,
        mut make: impl FnMut(&std::ffi::CStr) -> rustix::io::Result<T>,
    ) -> rustix::io::Result<(Self, T)> {
        for _ in 0..MAX_TRIES {
            let mut random = [0; 8];
            rustix::rand::getrandom(&mut random, rustix::rand::GetRandomFlags::empty())?;
            let name = format!(".skerry-{:016x}", u64::from_le_bytes(random));
            let name = CString::new(name).expect("it has no NUL");
            match make(&name) {
                Ok(made) => {
                    let directory = rustix::io::fcntl_dupfd_cloexec(directory, 3)?;
                    return Ok((Self { directory, name: Some(name) }, made));
                }
                Err(Errno::EXIST) => {}
                Err(errno) => return Err(errno),
            }
        }
        Err(Errno::EXIST)
    }

    /// Gives it its name, over what has it where `replace` is set.
    pub(crate) fn put(mut self, name: &[u8], replace: bool) -> rustix::io::Result<()> {
        let own = self.name.as_deref().expect("it is put once");
        let flags = if replace { RenameFlags::empty() } else { RenameFlags::NOREPLACE };
        rustix::fs::renameat_with(&self.directory, own, &self.directory, name, flags)?;
        self.name = None;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(name) = self.name.take() {
            // A name that can't be removed is the machine's own doing.
            if rustix::fs::unlinkat(&self.directory, &name, AtFlags::empty()).is_err() {
                let _ = remove_tree(self.directory.as_fd(), &name);
            }
        }
    }
}
