//! `skerry` as its users meet it: what it prints, how it exits, what it asks
//! of the daemon. The daemon is a [`stage::Stage`], which answers as each test
//! wants, faults included; `real` has the real one.

mod archives;
mod disks;
mod errors;
mod files;
mod forks;
mod help;
mod images;
mod program;
mod real;
mod removal;
mod requests;
mod snapshot;
mod stage;
mod stats;
mod storage;
mod streams;
mod tables;
mod terminal;
mod volumes;
