//! `cloudflared` as a process: with nothing but its token, and never without
//! the daemon.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

use rustix::fs::{Access, access};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use tokio::sync::mpsc;

use super::TunnelToken;

/// What it is called.
const NAME: &str = "cloudflared";
/// Runs it without rights, and has the kernel kill it with the thread that
/// began it.
const RUNNER: &str = "setpriv";
/// Without an account, and without a file to read that is not everybody's.
const NOBODY: &str = "65534";
/// Bytes of a line of its log; what is longer is cut.
const MAX_LINE_BYTES: u64 = 16 << 10;
/// Lines that were not looked at yet; it waits then.
const MAX_LINES: usize = 64;
/// What it may know of the daemon's environment: the way through a network.
const PASSED: [&str; 9] = [
    "PATH",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// What comes of it, in order; the end comes last.
#[derive(Debug)]
pub(super) enum Sign {
    /// A line of its log.
    Line(String),
    /// It has ended.
    Ended(io::Result<ExitStatus>),
}

/// One that runs. Dropped, it is killed.
#[derive(Debug)]
pub(super) struct Program {
    process: OwnedFd,
    pub(super) signs: mpsc::Receiver<Sign>,
}

/// The program, where PATH has it.
pub(super) fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(NAME))
        .find(|program| program.is_absolute() && is_program(program))
}

fn is_program(path: &Path) -> bool {
    path.is_file() && access(path, Access::EXEC_OK).is_ok()
}

impl Program {
    /// Runs it in a thread of its own, which lives as long: the kernel kills
    /// the process with the thread, and so with the daemon, however that ends.
    pub(super) async fn start(
        program: &Path,
        token: Option<&TunnelToken>,
        local_port: u16,
    ) -> io::Result<Self> {
        let mut command = command(program, token, local_port);
        let (signs, coming) = mpsc::channel(MAX_LINES);
        let (started, starting) = tokio::sync::oneshot::channel();
        thread::Builder::new().name("tunnel".to_owned()).spawn(move || {
            let begun = command.spawn().and_then(|child| {
                let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
                let pid = pid.expect("a process has a number above 0");
                // Not waited for yet, so that the number is still its own.
                Ok((pidfd_open(pid, PidfdFlags::empty())?, child))
            });
            match begun {
                Err(error) => drop(started.send(Err(error))),
                Ok((process, mut child)) => {
                    drop(started.send(Ok(process)));
                    if let Some(log) = child.stderr.take() {
                        read_lines(log, &signs);
                    }
                    let _gone = signs.blocking_send(Sign::Ended(child.wait()));
                }
            }
        })?;
        let process = starting.await.map_err(io::Error::other)??;
        Ok(Self { process, signs: coming })
    }

    /// Asks it to end.
    pub(super) fn stop(&self) {
        self.send(Signal::TERM);
    }

    pub(super) fn kill(&self) {
        self.send(Signal::KILL);
    }

    fn send(&self, signal: Signal) {
        // One that has ended needs none.
        let _ended = pidfd_send_signal(&self.process, signal);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

fn command(program: &Path, token: Option<&TunnelToken>, local_port: u16) -> Command {
    let mut command = Command::new(RUNNER);
    command
        .args(["--pdeathsig", "KILL", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"])
        .args(["--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--"])
        .arg(program)
        // No settings of this machine's.
        .args(["tunnel", "--no-autoupdate", "--config", "/dev/null", "--loglevel", "info"])
        .args(["--metrics", "127.0.0.1:0", "--grace-period", "2s", "--url"])
        .arg(format!("http://127.0.0.1:{local_port}"))
        .args(token.map(|_| "run"))
        .env_clear()
        .envs(
            std::env::vars_os()
                .filter(|(name, _)| PASSED.iter().any(|known| name == OsStr::new(known))),
        )
        .env("HOME", "/nonexistent")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    if let Some(token) = token {
        // Its arguments are for everybody to see; its environment is its own.
        command.env("TUNNEL_TOKEN", token.reveal());
    }
    command
}

fn read_lines(log: impl Read, signs: &mpsc::Sender<Sign>) {
    let mut log = BufReader::new(log);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        match log.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut bytes) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        // It is read on when nobody listens: it would wait otherwise.
        let _gone = signs.blocking_send(Sign::Line(line));
    }
}
