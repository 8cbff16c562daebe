//! crun and runc on a bundle, as `spec` describes it: pid, mount, network,
//! ipc, uts and cgroup namespaces and no limits; no user namespace, no
//! seccomp, no engine and no record.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::{IDLE, Peer, PeerError, Setting, make_dir, program, write};
use crate::command::{output, version};

pub(super) struct Bundle {
    name: &'static str,
    program: PathBuf,
    state: PathBuf,
    once: PathBuf,
    idle: PathBuf,
    id: String,
}

impl Bundle {
    pub(super) fn new(setting: &Setting<'_>, name: &'static str) -> Result<Self, PeerError> {
        let dir = setting.dir.join(name);
        let bundle = Self {
            name,
            program: program(name)?,
            state: dir.join("state"),
            once: dir.join("once"),
            idle: dir.join("idle"),
            id: format!("{}-{name}", setting.cgroup),
        };
        bundle.describe(setting, &bundle.once, &["/bin/true"])?;
        bundle.describe(setting, &bundle.idle, &IDLE)?;
        Ok(bundle)
    }

    /// Makes a bundle: the runtime's own description with the command and the
    /// root file system put in.
    fn describe(
        &self,
        setting: &Setting<'_>,
        dir: &Path,
        command: &[&str],
    ) -> Result<(), PeerError> {
        make_dir(dir)?;
        output(Command::new(&self.program).args(["spec", "--bundle"]).arg(dir))?;
        let path = dir.join("config.json");
        let text = std::fs::read(&path)
            .map_err(|source| PeerError::Write { path: path.clone(), source })?;
        let mut spec: Value = serde_json::from_slice(&text)?;
        spec["process"]["terminal"] = json!(false);
        spec["process"]["args"] = json!(command);
        spec["root"]["path"] = json!(setting.rootfs.dir);
        write(&path, spec.to_string())
    }

    fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--root").arg(&self.state).arg(verb);
        command
    }
}

impl Peer for Bundle {
    fn name(&self) -> &'static str {
        self.name
    }

    fn version(&self) -> String {
        version(&self.program)
    }

    fn run(&self) -> Command {
        let mut command = self.command("run");
        command.arg("--bundle").arg(&self.once).arg(&self.id);
        command
    }

    fn start(&self, id: &str) -> Option<Command> {
        let mut command = self.command("run");
        command.arg("--detach").arg("--bundle").arg(&self.idle).arg(id);
        Some(command)
    }

    fn exec(&self, id: &str, argv: &[&str]) -> Option<Command> {
        let mut command = self.command("exec");
        command.arg(id).args(argv);
        Some(command)
    }

    fn remove(&self, id: &str) -> Option<Command> {
        let mut command = self.command("delete");
        command.args(["--force", id]);
        Some(command)
    }
}
