//! The engine over the fake runtime and a real store: what callers see when
//! things are slow, go wrong, happen at once, or end in the middle.

mod crash;
mod create;
mod files;
mod lives;
mod recovery;
mod rig;
mod sequences;
mod times;
mod watch;
