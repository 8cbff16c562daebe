//! What the tests share: the programs built once, a daemon of their own, the
//! audit of what it leaves behind, bodies without end, and tests that are
//! skipped and counted.

mod daemon;
mod openssl;
mod patience;
mod programs;

pub mod flood;
pub mod leaks;
pub mod shell;
pub mod site;
pub mod skip;
pub mod tools;
pub mod tour;

pub use daemon::{Daemon, Options};
pub use openssl::openssl;
pub use patience::eventually;
pub use programs::{skerry, skerryd};
