//! Podman with storage and state of the run's own, and control groups made by
//! itself, not by systemd.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{IDLE, IMAGE, Peer, PeerError, Setting, make_dir, program, write};
use crate::command::{output, version};

/// Podman asks for higher limits than it was given unless told not to, which
/// fails where raising them is not allowed.
const CONFIG: &str = "[containers]\ndefault_ulimits = []\n";
const LIMITS: [&str; 4] = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096"];

pub(super) struct Podman {
    program: PathBuf,
    dir: PathBuf,
    cgroup: String,
}

impl Podman {
    pub(super) fn import(setting: &Setting<'_>) -> Result<Self, PeerError> {
        let podman = Self {
            program: program("podman")?,
            dir: setting.dir.join("podman"),
            cgroup: setting.cgroup.clone(),
        };
        make_dir(&podman.dir)?;
        write(&podman.config(), CONFIG)?;
        let mut import = podman.command("import");
        output(import.arg("--quiet").arg(&setting.rootfs.tar).arg(IMAGE))?;
        Ok(podman)
    }

    fn config(&self) -> PathBuf {
        self.dir.join("containers.conf")
    }

    fn command(&self, verb: &str) -> Command {
        let path = |name: &str| -> PathBuf { Path::new(&self.dir).join(name) };
        let mut command = Command::new(&self.program);
        command
            .env("CONTAINERS_CONF", self.config())
            .arg("--root")
            .arg(path("root"))
            .arg("--runroot")
            .arg(path("run"))
            .arg("--tmpdir")
            .arg(path("tmp"))
            .args(["--cgroup-manager", "cgroupfs", "--events-backend", "none"])
            .arg(verb);
        command
    }

    fn sandbox(&self) -> Command {
        let mut command = self.command("run");
        command
            .args(["--network", "none", "--cgroup-parent"])
            .arg(format!("/{}", self.cgroup))
            .args(LIMITS);
        command
    }
}

impl Peer for Podman {
    fn name(&self) -> &'static str {
        "podman"
    }

    fn version(&self) -> String {
        version(&self.program)
    }

    fn run(&self) -> Command {
        let mut command = self.sandbox();
        command.args(["--rm", IMAGE, "/bin/true"]);
        command
    }

    fn run_image(&self, image: &str) -> Option<Command> {
        let mut command = self.sandbox();
        command.args(["--rm", image, "/bin/true"]);
        Some(command)
    }

    fn start(&self, id: &str) -> Option<Command> {
        let mut command = self.sandbox();
        command.args(["--detach", "--name", id, IMAGE]).args(IDLE);
        Some(command)
    }

    fn engine(&self, verb: &str) -> Option<Command> {
        Some(self.command(verb))
    }

    fn remove(&self, id: &str) -> Option<Command> {
        let mut command = self.command("rm");
        command.args(["--force", "--time", "0", id]);
        Some(command)
    }
}
