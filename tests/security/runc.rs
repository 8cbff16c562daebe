//! The reference: Debian's runc, as root, with the profile that `runc spec`
//! writes, or with that and the capabilities that Docker gives.

use std::cell::Cell;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::arena::{Bounds, Broken, Ran, Refused, Run, Running, Sandbox, Side};
use crate::root_tree::{HOST, RootTree};

/// Which capabilities its containers get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// What `runc spec` writes: AUDIT_WRITE, KILL, NET_BIND_SERVICE.
    Spec,
    /// Docker's fourteen.
    Docker,
}

const DOCKER_CAPABILITIES: [&str; 14] = [
    "CAP_AUDIT_WRITE",
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_MKNOD",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_RAW",
    "CAP_SETFCAP",
    "CAP_SETGID",
    "CAP_SETPCAP",
    "CAP_SETUID",
    "CAP_SYS_CHROOT",
];

/// runc with one profile.
pub(crate) struct Runc {
    profile: Profile,
    directory: PathBuf,
    made: Cell<u32>,
}

impl Runc {
    /// Keeps its bundles and its state below `directory`.
    pub(crate) fn new(profile: Profile, directory: PathBuf) -> Self {
        Self { profile, directory, made: Cell::new(0) }
    }

    /// The program, where it is installed.
    pub(crate) fn program() -> Option<PathBuf> {
        ["/usr/sbin/runc", "/usr/bin/runc"]
            .map(PathBuf::from)
            .into_iter()
            .find(|path| path.exists())
    }

    fn command(&self) -> Command {
        let mut command = Command::new("runc");
        command.arg("--root").arg(self.directory.join("state"));
        command
    }

    /// What `runc spec` writes, with a program to run and a writable root.
    fn bundle(&self, bundle: &Path, root: &RootTree) -> Result<(), Refused> {
        let broken =
            |what: &str, error: &dyn std::fmt::Display| Refused(format!("{what}: {error}"));
        fs::create_dir_all(bundle.join("rootfs")).map_err(|error| broken("bundle", &error))?;
        root.unpack(&bundle.join("rootfs")).map_err(|error| broken("unpack", &error))?;
        let spec = self.command().arg("spec").current_dir(bundle).output();
        spec.map_err(|error| broken("runc spec", &error))?;
        let path = bundle.join("config.json");
        let text = fs::read_to_string(&path).map_err(|error| broken("config.json", &error))?;
        let mut config: Value =
            serde_json::from_str(&text).map_err(|error| broken("config.json", &error))?;
        config["process"]["terminal"] = json!(false);
        config["process"]["args"] = json!(["/probe", "hold"]);
        config["root"]["readonly"] = json!(false);
        if self.profile == Profile::Docker {
            let set = json!(DOCKER_CAPABILITIES);
            config["process"]["capabilities"] =
                json!({ "bounding": set, "effective": set, "permitted": set });
        }
        fs::write(&path, config.to_string()).map_err(|error| broken("config.json", &error))
    }
}

impl Side for Runc {
    fn name(&self) -> &'static str {
        match self.profile {
            Profile::Spec => "runc",
            Profile::Docker => "runc with Docker's capabilities",
        }
    }

    fn sandbox(&self, root: &RootTree, _bounds: Bounds) -> Result<Box<dyn Sandbox>, Refused> {
        if root.name == HOST {
            return Err(Refused("runc has no image of the host".to_owned()));
        }
        self.made.set(self.made.get() + 1);
        let kind = if self.profile == Profile::Spec { "spec" } else { "docker" };
        let id = format!("skerry-reference-{kind}-{}-{}", std::process::id(), self.made.get());
        let bundle = self.directory.join(&id);
        self.bundle(&bundle, root)?;
        let state = self.directory.join("state");
        let container = Container { id, bundle, state };
        let output = self
            .command()
            .args(["run", "--detach", "--bundle"])
            .arg(&container.bundle)
            .arg(&container.id)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(
                fs::File::create(container.bundle.join("stderr"))
                    .map_err(|e| Refused(e.to_string()))?,
            )
            .status();
        match output {
            Ok(status) if status.success() => Ok(Box::new(container)),
            Ok(status) => {
                let said = fs::read_to_string(container.bundle.join("stderr")).unwrap_or_default();
                Err(Refused(format!("{status}: {}", said.trim())))
            }
            Err(error) => Err(Refused(error.to_string())),
        }
    }

    fn programs(&self) -> Vec<PathBuf> {
        Self::program().into_iter().collect()
    }

    fn daemon_pid(&self) -> Option<u32> {
        None
    }

    fn import(&self, _archive: Vec<u8>) -> Result<Option<String>, Broken> {
        Err(Broken("runc imports no archives".to_owned()))
    }

    fn outage(&self, _length: Duration) -> Result<bool, Broken> {
        Ok(false)
    }

    fn has_init(&self) -> bool {
        false
    }
}

struct Container {
    id: String,
    bundle: PathBuf,
    state: PathBuf,
}

impl Container {
    fn exec(&self, run: &Run) -> Command {
        let mut command = Command::new("runc");
        command.arg("--root").arg(&self.state).arg("exec");
        if !run.user.is_empty() {
            command.args(["--user", &run.user]);
        }
        if !run.cwd.is_empty() {
            command.args(["--cwd", &run.cwd]);
        }
        for (key, value) in &run.env {
            command.arg("--env").arg(format!("{key}={value}"));
        }
        command.arg(&self.id).args(&run.command);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

impl Sandbox for Container {
    fn run(&self, run: &Run) -> Result<Ran, Refused> {
        let output = self.exec(run).output().map_err(|error| Refused(error.to_string()))?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if said.contains("exec failed") || said.contains("level=error") {
            return Err(Refused(said.trim().to_owned()));
        }
        Ok(Ran { stdout: output.stdout, exit_code: code_of(output.status), oom_killed: None })
    }

    fn start(&self, run: &Run) -> Result<Box<dyn Running>, Refused> {
        let child = self.exec(run).spawn().map_err(|error| Refused(error.to_string()))?;
        // runc is a process of its own here; the container's comes after it.
        std::thread::sleep(Duration::from_millis(300));
        Ok(Box::new(RuncExec(child)))
    }

    fn restart(&self) -> Option<Result<(), Refused>> {
        None
    }

    fn host_root(&self) -> PathBuf {
        self.bundle.join("rootfs")
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let _ = Command::new("runc")
            .arg("--root")
            .arg(&self.state)
            .args(["delete", "--force", &self.id])
            .stdin(Stdio::null())
            .output();
        let _ = fs::remove_dir_all(&self.bundle);
    }
}

struct RuncExec(Child);

impl Running for RuncExec {
    fn wait(mut self: Box<Self>, at_most: Duration) -> Result<Ran, Refused> {
        let end = Instant::now() + at_most;
        let status = loop {
            match self.0.try_wait().map_err(|error| Refused(error.to_string()))? {
                Some(status) => break status,
                None if Instant::now() > end => return Err(Refused("no end in time".to_owned())),
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        let mut stdout = Vec::new();
        if let Some(mut pipe) = self.0.stdout.take() {
            pipe.read_to_end(&mut stdout).map_err(|error| Refused(error.to_string()))?;
        }
        Ok(Ran { stdout, exit_code: code_of(status), oom_killed: None })
    }
}

impl Drop for RuncExec {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn code_of(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}
