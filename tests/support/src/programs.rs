//! The programs under test, built once.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

static BUILT: LazyLock<Programs> = LazyLock::new(build);

struct Programs {
    skerryd: PathBuf,
    skerry: PathBuf,
}

/// The daemon, with its failpoints.
pub fn skerryd() -> &'static Path {
    &BUILT.skerryd
}

/// The command-line client.
pub fn skerry() -> &'static Path {
    &BUILT.skerry
}

/// Builds as the tests were built, the whole workspace's features together,
/// so that nothing is compiled twice.
fn build() -> Programs {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from(env!("CARGO")));
    let mut command = Command::new(cargo);
    command
        .args(["build", "--workspace", "--bin=skerryd", "--bin=skerry"])
        .args([
            "--features=skerry-server/failpoints,skerry-server/guards-off",
            "--locked",
            "--quiet",
        ])
        .args((!cfg!(debug_assertions)).then_some("--release"))
        .arg("--message-format=json-render-diagnostics")
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .stderr(Stdio::inherit());
    // What cargo tells this program of its own package, some build scripts take
    // for a change, and build again.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let own = ["CARGO_PKG_", "CARGO_MANIFEST_", "OUT_DIR"];
        if own.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    let output = command.output().expect("cargo can be run");
    assert!(output.status.success(), "the programs do not build");
    Programs { skerryd: keep("skerryd", &output.stdout), skerry: keep("skerry", &output.stdout) }
}

/// Keeps a copy of what was built: a build with other features replaces
/// cargo's own.
fn keep(name: &str, messages: &[u8]) -> PathBuf {
    let built = executable(name, messages).expect("cargo says what it built");
    let folder = built.with_file_name("test-programs");
    fs::create_dir_all(&folder).expect("the target folder is writable");
    let lock = File::create(folder.join("lock")).expect("the target folder is writable");
    lock.lock().expect("files can be locked");
    let kept = folder.join(name);
    let modified = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
    if modified(&kept) < modified(&built) {
        // Renamed into place: a program that runs can't be written.
        let fresh = kept.with_extension("new");
        fs::copy(&built, &fresh).expect("the target folder is writable");
        fs::rename(&fresh, &kept).expect("the target folder is writable");
    }
    kept
}

/// Where cargo's messages say that this program is.
fn executable(name: &str, messages: &[u8]) -> Option<PathBuf> {
    let lines = messages.split(|byte| *byte == b'\n');
    let mut parsed = lines.filter_map(|line| serde_json::from_slice(line).ok());
    parsed.find_map(|message: serde_json::Value| {
        let path = message["executable"].as_str()?;
        (message["target"]["name"] == name).then(|| PathBuf::from(path))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_among_cargos_messages() {
        let messages = br#"
            {"reason":"compiler-artifact","target":{"name":"a"},"executable":null}
            {"reason":"compiler-artifact","target":{"name":"b"},"executable":"/t/debug/b"}
        "#;
        assert_eq!(executable("b", messages), Some(PathBuf::from("/t/debug/b")));
        assert_eq!(executable("a", messages), None);
    }
}
