//! What the tests share: the programs built once, a daemon of their own, the
//! audit of what it leaves behind, and tests that are skipped and counted.

mod daemon;
mod patience;
mod programs;

pub mod leaks;
pub mod skip;
pub mod tools;

pub use daemon::{Daemon, Options};
pub use patience::eventually;
pub use programs::{skerry, skerryd};
