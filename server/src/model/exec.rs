//! An exec as the engine and the runtime know it.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// What to run and how; checked at the edge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecSpec {
    /// Program and arguments.
    pub command: Vec<String>,
    /// Over the sandbox's environment.
    pub env: BTreeMap<String, String>,
    /// Absolute; empty: /workspace.
    pub cwd: String,
    /// `user[:group]`; empty: root.
    pub user: String,
    /// File mode creation mask; `None`: 022.
    #[serde(default)]
    pub umask: Option<u32>,
    /// Limits of each of its processes.
    #[serde(default)]
    pub rlimits: Vec<Rlimit>,
    /// Run it on a terminal of this size.
    #[serde(default)]
    pub terminal: Option<TerminalSize>,
    /// Keep its standard input open for what is sent later.
    #[serde(default)]
    pub stdin: bool,
    /// How long it may run; `None`: for ever.
    #[serde(default)]
    pub timeout: Option<Duration>,
    /// Between SIGTERM and the kill when the timeout has run out.
    #[serde(default)]
    pub grace: Duration,
    /// What happens when the caller that streams it goes away.
    #[serde(default)]
    pub on_disconnect: OnDisconnect,
}

/// What happens to an exec whose caller goes away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnDisconnect {
    /// It goes on.
    #[default]
    Keep,
    /// All its processes are killed.
    Kill,
}

/// A limit of one process: setrlimit(2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rlimit {
    /// The kernel's number of what is limited.
    pub resource: u32,
    /// The limit in force; `u64::MAX` is none.
    pub soft: u64,
    /// How far the process may raise it; `u64::MAX` is none.
    pub hard: u64,
}

/// A terminal's size in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminalSize {
    /// Lines.
    pub rows: u16,
    /// Characters in a line.
    pub columns: u16,
}

/// One of a process's two outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutputStream {
    /// Descriptor 1.
    Stdout,
    /// Descriptor 2.
    Stderr,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExitStatus {
    /// 0 to 255; 0 where a signal ended it.
    pub code: i32,
    /// The signal that ended it, or 0.
    pub signal: i32,
    /// The kernel killed for want of memory while it ran, and it ended by
    /// SIGKILL.
    pub oom_killed: bool,
    /// Its timeout ran out before it ended.
    pub timed_out: bool,
    /// When it ended.
    pub end_time: SystemTime,
}

impl ExitStatus {
    /// The code as a shell would say it: 128 and the signal's number where a
    /// signal ended it.
    pub fn exit_code(&self) -> i32 {
        if self.signal == 0 { self.code } else { 128 + self.signal }
    }
}
