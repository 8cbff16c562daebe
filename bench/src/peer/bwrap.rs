//! bubblewrap: all namespaces, no control groups, nothing that stays.

use std::path::PathBuf;
use std::process::Command;

use super::{Peer, PeerError, Setting, program};
use crate::command::version;

pub(super) struct Bwrap {
    program: PathBuf,
    root: PathBuf,
}

impl Bwrap {
    pub(super) fn new(setting: &Setting<'_>) -> Result<Self, PeerError> {
        Ok(Self { program: program("bwrap")?, root: setting.rootfs.dir.clone() })
    }
}

impl Peer for Bwrap {
    fn name(&self) -> &'static str {
        "bwrap"
    }

    fn version(&self) -> String {
        version(&self.program)
    }

    fn run(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["--unshare-all", "--die-with-parent", "--bind"]).arg(&self.root).args([
            "/",
            "--proc",
            "/proc",
            "--dev",
            "/dev",
            "/bin/true",
        ]);
        command
    }

    fn start(&self, _id: &str) -> Option<Command> {
        None
    }

    fn exec(&self, _id: &str, _command: &[&str]) -> Option<Command> {
        None
    }

    fn remove(&self, _id: &str) -> Option<Command> {
        None
    }
}
