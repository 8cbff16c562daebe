//! The real daemon, the native runtime, real processes: what a user is
//! promised, and what stays true when the daemon dies.

mod crash;
mod crowd;
mod cuts;
mod identity;
mod lifecycle;
mod limits;
mod main_process;
mod many_execs;
mod output;
mod stats;
mod steps;
mod survival;
mod sweep;
mod tour;
mod tree;
