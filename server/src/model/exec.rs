//! An exec as the engine and the runtime know it.

use std::collections::BTreeMap;
use std::time::SystemTime;

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
