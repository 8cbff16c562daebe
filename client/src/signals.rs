//! The signals that ask `skerry` to end.

use std::io;

use tokio::signal::unix::{self, Signal, SignalKind};

/// Added to a signal's number: how a shell tells an end by signal from others.
const SIGNAL_EXIT_BASE: i32 = 128;

/// A signal that was caught.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caught(SignalKind);

impl Caught {
    /// Its number.
    pub(crate) fn number(self) -> i32 {
        self.0.as_raw_value()
    }

    /// The exit code of a program that it ended.
    pub(crate) fn exit_code(self) -> u8 {
        u8::try_from(SIGNAL_EXIT_BASE + self.number()).unwrap_or(u8::MAX)
    }
}

/// From its creation on, SIGINT, SIGTERM and SIGHUP are caught.
#[derive(Debug)]
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    /// Catches them; must be called in a tokio runtime.
    pub(crate) fn catch() -> io::Result<Self> {
        Ok(Self {
            interrupt: unix::signal(SignalKind::interrupt())?,
            terminate: unix::signal(SignalKind::terminate())?,
            hangup: unix::signal(SignalKind::hangup())?,
        })
    }

    /// The next one. Cancel-safe.
    pub(crate) async fn next(&mut self) -> Caught {
        Caught(tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt(),
            _ = self.terminate.recv() => SignalKind::terminate(),
            _ = self.hangup.recv() => SignalKind::hangup(),
        })
    }
}
