//! The Linux kernel made safe: the one crate of Skerry with unsafe code, for
//! the calls that rustix does not wrap, and the few compounds of calls whose
//! order is what makes them safe.

pub mod btrfs;
pub mod capability;
#[cfg(feature = "crash")]
pub mod crash;
pub mod fork;
pub mod frame;
pub mod idmap;
pub mod loop_device;
pub mod loopback;
pub mod pass;
#[cfg(feature = "readiness")]
pub mod readiness;
pub mod seccomp;
pub mod signal;
pub mod spawn;
pub mod tree;
