//! Builds the probe: C, because it makes raw system calls of every calling
//! convention; static, because it runs in root file systems without libraries.

use std::path::Path;
use std::process::Command;

/// The program's bytes. `Err` where no C compiler is here, or no static libc.
pub(crate) fn build(into: &Path) -> Result<Vec<u8>, String> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/security/probe");
    let program = into.join("probe");
    let files = ["abi", "identity", "load", "main", "paths", "process", "shared"];
    let output = Command::new("cc")
        .args(["-static", "-O1", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE", "-o"])
        .arg(&program)
        .args(files.map(|name| sources.join(name).with_extension("c")))
        .output()
        .map_err(|error| format!("cc: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    std::fs::read(&program).map_err(|error| error.to_string())
}
