//! Running a program and reading what it prints.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

/// Longer than any call takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a program printed and how it ended.
pub(crate) struct Printed {
    pub(crate) ok: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Printed {
}

/// Runs a program in a folder.
pub(crate) async fn run_in<S: AsRef<OsStr>>(
    folder: &Path,
    program: &Path,
    arguments: &[S],
) -> Printed {
    let mut command = tokio::process::Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output()).await;
    let output = output
        .expect("it ends")
        .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    Printed {
        ok: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
