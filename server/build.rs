//! Builds skerry-init, static, and leaves it where the daemon embeds it.
//!
//! A build of its own, with a target directory of its own: the program needs
//! other flags than the daemon (`+crt-static`), and cargo holds a lock on the
//! directory that this build uses.

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() -> Result<(), Box<dyn Error>> {
    // For who builds it apart from the daemon: the path of a finished one.
    println!("cargo:rerun-if-env-changed=SKERRY_INIT_PROGRAM");
    if let Ok(program) = env::var("SKERRY_INIT_PROGRAM") {
        println!("cargo:rustc-env=SKERRY_INIT={program}");
        return Ok(());
    }
    for path in ["init", "linux", "../proto/skerry/init", "../Cargo.lock"] {
        println!("cargo:rerun-if-changed={path}");
    }
    let variable = |name: &str| env::var(name).map_err(|_| format!("{name} is not set"));
    let guards_off = env::var_os("CARGO_FEATURE_GUARDS_OFF").is_some();
    let out = PathBuf::from(variable("OUT_DIR")?);
    let directory = shared_directory(&out, guards_off)?;
    let target = variable("TARGET")?;
    let mut cargo = Command::new(variable("CARGO")?);
    cargo
        .args(["build", "--package", "skerry-init", "--profile", "init", "--target", &target])
        .arg("--target-dir")
        .arg(&directory)
        // What cargo set for this build would be taken as asked for.
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("RUSTFLAGS", "-C target-feature=+crt-static -C relocation-model=static");
    if guards_off {
        cargo.args(["--features", "guards-off"]);
    }
    if !cargo.status()?.success() {
        return Err("building skerry-init failed".into());
    }
    let program = directory.join(&target).join("init/skerry-init");
    println!("cargo:rustc-env=SKERRY_INIT={}", program.display());
    Ok(())
}

/// One directory beside the profiles' own for all builds of this package:
/// OUT_DIR is `<target>/<profile>/build/<package>/out`.
fn shared_directory(out: &Path, guards_off: bool) -> Result<PathBuf, Box<dyn Error>> {
    let target = out.ancestors().nth(4).ok_or("OUT_DIR is not where cargo puts it")?;
    Ok(target.join(if guards_off { "skerry-init-guards-off" } else { "skerry-init" }))
}
