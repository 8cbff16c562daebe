//! Sandboxes over SSH with OpenSSH's own programs, as Debian has them, and the
//! real daemon.

mod calls;
mod command;
mod ends;
mod files;
mod load;
mod refused;
mod session;
mod signal;
mod steps;
mod sync;
