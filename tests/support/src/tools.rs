//! Programs of others that `tests/run` installs.

use std::path::PathBuf;

/// Names the folder into which `tests/run` installs.
const FOLDER: &str = "SKERRY_TEST_TOOLS";

/// The program at this path below the tools' folder, for example
/// `bin/grpcurl`; the error says why it is not there.
///
/// # Errors
///
/// The reason to skip a test that needs it.
pub fn find(path: &str) -> Result<PathBuf, String> {
    let folder =
        std::env::var_os(FOLDER).ok_or_else(|| format!("{path}: run tests/run to install it"))?;
    let program = PathBuf::from(folder).join(path);
    if program.exists() { Ok(program) } else { Err(format!("{path} did not install")) }
}
