//! The /dev of every machine: what programs can't do without, made once by
//! the zygote, shown read-only. A user namespace can make no device nodes.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{FileType, Mode, makedev, mkdirat, mknodat, symlinkat};
use skerry_linux::idmap::{TreeAttributes, set_tree_attributes};

/// Name, major and minor number: Documentation/admin-guide/devices.txt.
const NODES: [(&str, u32, u32); 6] = [
    ("null", 1, 3),
    ("zero", 1, 5),
    ("full", 1, 7),
    ("random", 1, 8),
    ("urandom", 1, 9),
    ("tty", 5, 0),
];

const LINKS: [(&str, &str); 5] = [
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
    ("ptmx", "pts/ptmx"),
];

/// Mount points for what each machine has of its own.
const DIRECTORIES: [&str; 2] = ["pts", "shm"];

/// Fills an empty tree.
pub(crate) fn fill(tree: &OwnedFd) -> io::Result<()> {
    for (name, major, minor) in NODES {
        let mode = Mode::from_raw_mode(0o666);
        mknodat(tree, name, FileType::CharacterDevice, mode, makedev(major, minor))?;
    }
    for (name, target) in LINKS {
        symlinkat(target, tree, name)?;
    }
    for name in DIRECTORIES {
        mkdirat(tree, name, Mode::from_raw_mode(0o755))?;
    }
    let attributes =
        TreeAttributes { read_only: true, no_setuid: true, ..TreeAttributes::default() };
    set_tree_attributes(tree.as_fd(), attributes)
}
