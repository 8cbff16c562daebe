//! Tests that can't run here: skipped with the reason, and counted.

use std::fs::OpenOptions;
use std::io::Write;

/// Names the file to which `tests/run` wants every skipped test written.
const LIST: &str = "SKERRY_TEST_SKIPS";

/// Ends this test as skipped, for a reason that people read:
/// `skip!("no {tool} on this machine")`.
#[macro_export]
macro_rules! skip {
    ($($reason:tt)+) => {{
        $crate::skip::record(module_path!(), &format!($($reason)+));
        return;
    }};
}

/// Ends this test as skipped unless it runs as root.
#[macro_export]
macro_rules! needs_root {
    () => {
        if !$crate::skip::is_root() {
            $crate::skip!("sandboxes are made by root alone");
        }
    };
}

/// Ends this test as skipped unless the host can make a btrfs in a file.
#[macro_export]
macro_rules! needs_btrfs {
    () => {
        if let Some(reason) = $crate::skip::no_btrfs() {
            $crate::skip!("{reason}");
        }
    };
}

/// Why the host can't make a btrfs in a file. For [`needs_btrfs!`].
pub fn no_btrfs() -> Option<&'static str> {
    let loops = std::path::Path::new("/dev/loop-control").exists();
    let program = std::process::Command::new("mkfs.btrfs").arg("--version").output().is_ok();
    match (loops, program) {
        (true, true) => None,
        (false, _) => Some("this host has no loop devices"),
        (true, false) => Some("mkfs.btrfs is not installed; Debian has it in btrfs-progs"),
    }
}

/// Prints and counts a skipped test. For [`skip!`].
pub fn record(module: &str, reason: &str) {
    let thread = std::thread::current();
    let binary = module.split("::").next().unwrap_or(module);
    let name = format!("{binary}::{}", thread.name().unwrap_or("?"));
    // Written past the capture of output: who runs the test must see it.
    let line = format!("SKIPPED {name}: {reason}\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
    let Some(list) = std::env::var_os(LIST) else {
        return;
    };
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(&list)
        .and_then(|mut list| list.write_all(format!("{name}: {reason}\n").as_bytes()))
        .expect("the list of skipped tests can be written");
}

/// True where this process may make sandboxes.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
