//! Skerry's side: a daemon of the run's own, or one that runs already, and
//! one warm connection of the client library to it.

mod files;
mod preview;
mod terminal;

use std::fs::File;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use skerry_client::v1::{CreateSandboxRequest, ExecSpec, ForkSandboxRequest, NetworkPolicy};
use skerry_client::{Client, ConfigError, Error, ExecEvent, UploadError};
use thiserror::Error;

use crate::command::{CommandError, last_lines, output};
use crate::options::Options;
use crate::rootfs::RootFs;
pub(crate) use preview::Preview;
pub(crate) use terminal::Terminal;

/// How long the daemon may take until it answers.
const START: Duration = Duration::from_secs(30);
/// How long it may take to end when asked to.
const STOP: Duration = Duration::from_secs(20);
/// Between two looks at it.
const PAUSE: Duration = Duration::from_millis(20);
/// The file that the daemon writes its first token to.
const TOKEN_FILE: &str = "admin.token";

/// Why there is no figure of Skerry.
#[derive(Debug, Error)]
pub(crate) enum SkerryError {
    /// Its program could not be built.
    #[error("can't build skerryd: {0}")]
    Build(#[from] CommandError),
    /// There is no program to start.
    #[error("skerryd is neither beside skerry-bench nor named by --skerryd")]
    NoProgram,
    /// The daemon could not be started.
    #[error("can't start skerryd: {0}")]
    Start(io::Error),
    /// The daemon ended or does not answer.
    #[error("skerryd does not answer: {0}")]
    NotUp(String),
    /// A token or an address is none.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Something can't be uploaded.
    #[error("can't upload: {0}")]
    Upload(#[from] UploadError),
    /// The archive can't be read.
    #[error("can't read the root file system's archive: {0}")]
    Archive(io::Error),
    /// A file of the host can't be read or written.
    #[error("the host's file: {0}")]
    File(io::Error),
    /// A call failed.
    #[error("{call}: {source}")]
    Call {
        /// The call.
        call: &'static str,
        /// Why it failed.
        source: Error,
    },
    /// A command ended otherwise than it should have.
    #[error("the command ended with {code} after {bytes} bytes")]
    Ended {
        /// Its exit code.
        code: i32,
        /// How much of its output came.
        bytes: u64,
    },
}

/// A daemon with the root file system imported, and a connection to it.
#[derive(Debug)]
pub(crate) struct Skerry {
    client: Client,
    token: String,
    image: String,
    daemon: Option<Daemon>,
}

impl Skerry {
    /// Starts a daemon in `dir` whose sandboxes have a network.
    pub(crate) async fn start_networked(
        options: &Options,
        dir: &Path,
        rootfs: &RootFs,
        image: &str,
    ) -> Result<Self, SkerryError> {
        let mut daemon = Daemon::start(options, dir, "on")?;
        let connected = daemon.connect().await?;
        Self::with_image(connected, Some(daemon), rootfs, image).await
    }

    /// How long the first create of a daemon takes that was just started in `dir`,
    /// with `--network` as given. The sandbox is of the image `host`: nothing
    /// was imported, nothing was made ahead by an earlier call.
    pub(crate) async fn first_create(
        options: &Options,
        dir: &Path,
        network: &str,
    ) -> Result<Duration, SkerryError> {
        let mut daemon = Daemon::start(options, dir, network)?;
        let (client, _) = daemon.connect().await?;
        let started = Instant::now();
        let made = client.create_sandbox(CreateSandboxRequest::default()).await;
        let took = started.elapsed();
        client.delete_sandbox(&made.map_err(call("create"))?.id).await.map_err(call("delete"))?;
        drop(client);
        // Its connection is closed here, while another thread waits for the daemon.
        let ended = tokio::task::spawn_blocking(move || drop(daemon)).await;
        ended.map_err(|error| SkerryError::NotUp(error.to_string()))?;
        Ok(took)
    }

    /// Connects to the daemon that `options` name, or starts one in `dir`,
    /// whose sandboxes have no network.
    pub(crate) async fn start(
        options: &Options,
        dir: &Path,
        rootfs: &RootFs,
        image: &str,
    ) -> Result<Self, SkerryError> {
        let (connected, daemon) = match options.address {
            Some(address) => {
                let token = options.token.as_deref();
                let client = Client::connect(&address.to_string(), token)?;
                ((client, token.unwrap_or_default().to_owned()), None)
            }
            None => {
                let mut daemon = Daemon::start(options, dir, "off")?;
                (daemon.connect().await?, Some(daemon))
            }
        };
        Self::with_image(connected, daemon, rootfs, image).await
    }

    /// `token` is what the client shows.
    async fn with_image(
        (client, token): (Client, String),
        daemon: Option<Daemon>,
        rootfs: &RootFs,
        image: &str,
    ) -> Result<Self, SkerryError> {
        let archive = tokio::fs::File::open(&rootfs.tar).await;
        let archive = archive.map_err(SkerryError::Archive)?;
        client.import_image(image, archive).await?;
        let image = image.to_owned();
        Ok(Self { client, token, image, daemon })
    }

    /// Version of the daemon, and its kind of isolation.
    pub(crate) async fn version(&self) -> Result<String, SkerryError> {
        let info = self.client.system_info().await.map_err(call("system info"))?;
        Ok(format!("{}, runtime {}", info.version, info.runtime))
    }

    /// Resident memory of the daemon in MiB; none where it was not started
    /// here.
    pub(crate) fn daemon_mib(&self) -> Option<f64> {
        let daemon = self.daemon.as_ref()?;
        let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kib: f64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
        Some(kib / 1024.0)
    }

    /// Makes a sandbox and answers with its id.
    pub(crate) async fn create(&self) -> Result<String, SkerryError> {
        let request =
            CreateSandboxRequest { image: self.image.clone(), ..CreateSandboxRequest::default() };
        let sandbox = self.client.create_sandbox(request).await;
        Ok(sandbox.map_err(call("create"))?.id)
    }

    /// Makes a sandbox under a policy and answers with its id.
    pub(crate) async fn create_with(&self, policy: NetworkPolicy) -> Result<String, SkerryError> {
        let image = self.image.clone();
        let network_policy = Some(policy);
        let request =
            CreateSandboxRequest { image, network_policy, ..CreateSandboxRequest::default() };
        let sandbox = self.client.create_sandbox(request).await;
        Ok(sandbox.map_err(call("create"))?.id)
    }

    /// Makes `count` sandboxes at once, over the one connection.
    pub(crate) async fn create_at_once(&self, count: u32) -> Vec<Result<String, SkerryError>> {
        futures::future::join_all((0..count).map(|_| self.create())).await
    }

    /// Forks a sandbox; answers with the forks' ids.
    pub(crate) async fn fork(&self, id: &str, count: i32) -> Result<Vec<String>, SkerryError> {
        let request = ForkSandboxRequest { sandbox_id: id.to_owned(), count, ..Default::default() };
        let forks = self.client.fork_sandbox(request).await.map_err(call("fork"))?;
        Ok(forks.into_iter().map(|fork| fork.id).collect())
    }

    /// The daemon's address.
    pub(crate) fn address(&self) -> SocketAddr {
        self.client.config().address.to_string().parse().expect("it is one of this machine's")
    }

    /// The token; empty where none is asked for.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Reads a sandbox.
    pub(crate) async fn get(&self, id: &str) -> Result<(), SkerryError> {
        self.client.sandbox(id).await.map(drop).map_err(call("get"))
    }

    /// Removes a sandbox.
    pub(crate) async fn delete(&self, id: &str) -> Result<(), SkerryError> {
        self.client.delete_sandbox(id).await.map_err(call("delete"))
    }

    /// Runs a command that succeeds, by the unary call.
    pub(crate) async fn exec(&self, id: &str, argv: &[&str]) -> Result<(), SkerryError> {
        let answer = self.client.exec(id, spec(argv)).await;
        let answer = answer.map_err(call("exec"))?;
        let code = answer.result.map_or(-1, |result| result.exit_code);
        ended(code, answer.stdout.len() as u64, 0)
    }

    /// Runs a command that succeeds and writes `wanted` bytes, by the
    /// streaming call.
    pub(crate) async fn stream(
        &self,
        id: &str,
        argv: &[&str],
        wanted: u64,
    ) -> Result<(), SkerryError> {
        let stream = self.client.exec_stream(id, spec(argv)).await;
        let mut stream = stream.map_err(call("exec stream"))?;
        let (mut bytes, mut code) = (0, -1);
        while let Some(event) = stream.next().await.map_err(call("exec stream"))? {
            match event {
                ExecEvent::Stdout(data) => bytes += data.len() as u64,
                ExecEvent::Exited(result) => code = result.exit_code,
                _ => {}
            }
        }
        ended(code, bytes, wanted)
    }

    /// Removes the image and ends the daemon that was started here.
    pub(crate) async fn stop(self) -> Result<(), SkerryError> {
        let removed = self.client.delete_image(&self.image).await;
        drop(self.daemon);
        removed.map_err(call("delete image"))
    }
}

/// A daemon that was started here; it ends with this value.
#[derive(Debug)]
struct Daemon {
    child: Child,
    address: SocketAddr,
    token: PathBuf,
    log: PathBuf,
}

impl Daemon {
    fn start(options: &Options, dir: &Path, network: &str) -> Result<Self, SkerryError> {
        let program = program(options)?;
        let data = dir.join("skerry");
        let address = free_address().map_err(SkerryError::Start)?;
        let log = dir.join("skerryd.log");
        let child = Command::new(program)
            .arg("--listen")
            .arg(address.to_string())
            .arg("--data-dir")
            .arg(&data)
            .arg("--network")
            .arg(network)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log).map_err(SkerryError::Start)?)
            .spawn()
            .map_err(SkerryError::Start)?;
        let token = data.join(TOKEN_FILE);
        Ok(Self { child, address, token, log })
    }

    /// Waits until it answers an authorised call.
    /// Answers with the token as well.
    async fn connect(&mut self) -> Result<(Client, String), SkerryError> {
        let started = Instant::now();
        loop {
            if let Ok(token) = std::fs::read_to_string(&self.token) {
                let client = Client::connect(&self.address.to_string(), Some(token.trim()))?;
                if client.system_info().await.is_ok() {
                    return Ok((client, token.trim().to_owned()));
                }
            }
            let running = matches!(self.child.try_wait(), Ok(None));
            if !running || started.elapsed() > START {
                return Err(SkerryError::NotUp(last_lines(&self.log)));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // Already gone is as good.
            let _ = kill_process(pid, Signal::TERM);
        }
        let asked = Instant::now();
        while asked.elapsed() < STOP && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(PAUSE);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The daemon's program: the one that was named, else a fresh build where
/// cargo runs this program, else the one beside it.
fn program(options: &Options) -> Result<PathBuf, SkerryError> {
    if let Some(program) = &options.skerryd {
        return Ok(program.clone());
    }
    let beside = std::env::current_exe().map_err(SkerryError::Start)?;
    let beside = beside.with_file_name("skerryd");
    if let Some(cargo) = std::env::var_os("CARGO") {
        let mut build = Command::new(cargo);
        build.args(["build", "--release", "--quiet", "--package", "skerry-server"]);
        output(build.current_dir(env!("CARGO_MANIFEST_DIR")))?;
    }
    if beside.is_file() { Ok(beside) } else { Err(SkerryError::NoProgram) }
}

/// A port that was free a moment ago; nobody else is given it so soon.
fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind(("127.0.0.1", 0))?.local_addr()
}

fn spec(argv: &[&str]) -> ExecSpec {
    ExecSpec {
        command: argv.iter().map(|word| (*word).to_owned()).collect(),
        ..ExecSpec::default()
    }
}

fn ended(code: i32, bytes: u64, wanted: u64) -> Result<(), SkerryError> {
    if code == 0 && bytes == wanted { Ok(()) } else { Err(SkerryError::Ended { code, bytes }) }
}

fn call(call: &'static str) -> impl FnOnce(Error) -> SkerryError {
    move |source| SkerryError::Call { call, source }
}
