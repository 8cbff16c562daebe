//! Certificates by openssl(1).

use std::path::Path;
use std::process::{Command, Stdio};

/// Runs openssl in a folder, with arguments that have no spaces.
///
/// # Panics
///
/// Where it is not installed, or refuses, with what it said.
pub fn openssl(dir: &Path, arguments: &str) {
    let made = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .expect("openssl runs");
    assert!(made.status.success(), "{arguments}: {}", String::from_utf8_lossy(&made.stderr));
}
