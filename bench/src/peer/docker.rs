//! Docker: a dockerd of the run's own, without bridge and firewall rules, and
//! Debian's client.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{IDLE, IMAGE, Peer, PeerError, Setting, make_dir, program};
use crate::command::{output, version};

/// How long dockerd may take until it answers.
const START: Duration = Duration::from_secs(60);
/// How long it may take to end when asked to.
const STOP: Duration = Duration::from_secs(20);
/// Between two looks at it.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) struct Docker {
    client: PathBuf,
    server: PathBuf,
    socket: String,
    log: PathBuf,
    daemon: Child,
}

impl Docker {
    pub(super) fn start(setting: &Setting<'_>) -> Result<Self, PeerError> {
        let (client, server) = (program("docker")?, program("dockerd")?);
        let dir = setting.dir.join("docker");
        make_dir(&dir)?;
        let socket = format!("unix://{}", dir.join("socket").display());
        let log = dir.join("log");
        let file =
            File::create(&log).map_err(|source| PeerError::Write { path: log.clone(), source })?;
        let daemon = Command::new(&server)
            .arg("--data-root")
            .arg(dir.join("data"))
            .arg("--exec-root")
            .arg(dir.join("exec"))
            .arg("--pidfile")
            .arg(dir.join("pid"))
            .arg(format!("--cgroup-parent=/{}", setting.cgroup))
            .args(["--host", &socket, "--bridge=none"])
            .args(["--iptables=false", "--ip6tables=false"])
            .args(["--ip-forward=false", "--ip-masq=false"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .map_err(|source| PeerError::Daemon(source.to_string()))?;
        let mut docker = Self { client, server, socket, log, daemon };
        docker.wait_until_up()?;
        output(docker.command("import").arg(&setting.rootfs.tar).arg(IMAGE))?;
        Ok(docker)
    }

    fn wait_until_up(&mut self) -> Result<(), PeerError> {
        let started = Instant::now();
        loop {
            let answer = output(&mut self.command("version"));
            let ended = self.daemon.try_wait().ok().flatten();
            match (answer, ended) {
                (Ok(_), None) => return Ok(()),
                (Err(_), None) if started.elapsed() < START => std::thread::sleep(PAUSE),
                _ => return Err(PeerError::Daemon(self.last_words())),
            }
        }
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().last().unwrap_or("it said nothing").to_owned()
    }

    fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(&self.client);
        command.args(["--host", &self.socket, verb]);
        command
    }
}

impl Peer for Docker {
    fn name(&self) -> &'static str {
        "docker"
    }

    fn version(&self) -> String {
        format!("{}; {}", version(&self.client), version(&self.server))
    }

    fn run(&self) -> Command {
        let mut command = self.command("run");
        command.args(["--rm", "--network", "none", IMAGE, "/bin/true"]);
        command
    }

    fn run_image(&self, image: &str) -> Option<Command> {
        let mut command = self.command("run");
        command.args(["--rm", "--network", "none", image, "/bin/true"]);
        Some(command)
    }

    fn start(&self, id: &str) -> Option<Command> {
        let mut command = self.command("run");
        command.args(["--detach", "--network", "none", "--name", id, IMAGE]).args(IDLE);
        Some(command)
    }

    fn engine(&self, verb: &str) -> Option<Command> {
        Some(self.command(verb))
    }

    fn host(&self) -> Option<&str> {
        Some(&self.socket)
    }

    fn remove(&self, id: &str) -> Option<Command> {
        let mut command = self.command("rm");
        command.args(["--force", id]);
        Some(command)
    }
}

impl Drop for Docker {
    /// Lets dockerd unmount and end its containerd; what is left after that
    /// goes with the enclosure.
    fn drop(&mut self) {
        if let Ok(pid) = i32::try_from(self.daemon.id())
            && let Some(pid) = rustix::process::Pid::from_raw(pid)
        {
            // Already gone is as good.
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let asked = Instant::now();
        while asked.elapsed() < STOP && matches!(self.daemon.try_wait(), Ok(None)) {
            std::thread::sleep(PAUSE);
        }
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
