//! How tests make things die: this process, and a file system's power.

use std::os::fd::AsFd;

use rustix::ioctl;
use rustix::process::{Signal, getpid, kill_process};

/// `EXT4_IOC_SHUTDOWN`.
const SHUTDOWN: ioctl::Opcode = 0x8004_587d;
/// Neither data nor journal is written any more.
const NO_LOG_FLUSH: u32 = 2;

/// Ends this process by SIGKILL, as the kernel's OOM killer would: nothing is
/// flushed, no destructor runs.
pub fn kill_self() -> ! {
    // The signal is delivered before the call returns; the loop is for the
    // compiler.
    let _ = kill_process(getpid(), Signal::KILL);
    loop {
        std::thread::park();
    }
}

/// Cuts the power of the ext4 file system that a file is on: what has not
/// reached its device is lost, and every later access fails.
pub fn cut_power(file: impl AsFd) -> rustix::io::Result<()> {
    // SAFETY: the opcode takes a pointer to a u32 that the kernel only reads.
    unsafe { ioctl::ioctl(file, ioctl::Setter::<SHUTDOWN, u32>::new(NO_LOG_FLUSH)) }
}
