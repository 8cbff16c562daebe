//! `skerry-init`: one small static program with two roles.
//!
//! ```text
//! skerryd ──exec──▶ zygote ──fork──▶ stage ──clone3──▶ init (PID 1 of a machine)
//!                   stays            mounts, then ends   stays
//! ```
//!
//! The *zygote* is executed once by the daemon from a sealed memfd, with a
//! socket as its standard input. It has one thread, so that it may fork
//! without care, and lives in a nearly empty mount namespace of its own. For
//! each request it forks a *stage*, which makes the machine's namespaces, maps
//! its ids and mounts its root. Inside, *init* sets up the rest, gives up what
//! it no longer needs, and then serves the daemon on a socket that outlives it.
//!
//! init never executes anything to become init: a machine shares the zygote's
//! pages, and holds only what it wrote itself. Since the zygote's memory
//! belongs to the host's user namespace and is not dumpable, no process in the
//! machine, its root included, can trace init or look at it through /proc.

mod connection;
mod devices;
mod exec;
mod exec_log;
mod files;
mod guard;
mod input;
mod machine;
mod mounts;
mod program;
mod server;
mod small_file;
mod stage;
mod user;
mod wire;
mod zygote;

use std::process::ExitCode;

fn main() -> ExitCode {
    match zygote::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("skerry-init: {error}");
            ExitCode::FAILURE
        }
    }
}
