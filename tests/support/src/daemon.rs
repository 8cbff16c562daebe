//! A daemon of the test's own, as a process.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use skerry_client::{Ca, Client, Config};

use crate::patience::eventually;
use crate::{leaks, programs};

/// How long a daemon has to end after SIGTERM.
const SHUTDOWN: Duration = Duration::from_secs(120);
/// Lines of its log that a failed test prints.
const LOG_TAIL: usize = 60;

/// How a daemon is started.
#[derive(Debug, Default, Clone)]
pub struct Options {
    /// Dies by SIGKILL here: `create.machine`, or `create.machine:3`.
    pub failpoint: Option<String>,
    /// Guards of a sandbox to leave out, to see that a check needs them.
    pub guards_off: Vec<String>,
    /// More arguments.
    pub arguments: Vec<String>,
    /// More of the environment.
    pub environment: Vec<(&'static str, String)>,
    /// A file of who has signed its certificate: it is called over TLS then.
    pub ca: Option<PathBuf>,
    /// As in the background of a script: SIGHUP, SIGINT and SIGQUIT ignored.
    pub background: bool,
}

impl Options {
    fn asks_for_no_token(&self) -> bool {
        self.arguments.iter().any(|argument| argument == "--no-auth")
    }
}

/// A daemon on a port and a data directory of its own. Dropping it deletes
/// its sandboxes and ends it.
pub struct Daemon {
    child: Owned,
    address: String,
    client: Client,
    options: Options,
    folder: PathBuf,
}

impl Daemon {
    /// Starts one and waits until it answers.
    pub async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    /// Starts one and waits until it answers.
    pub async fn start_with(options: Options) -> Self {
        // Short: the data directory holds sockets, whose paths are bounded.
        let folder = tempfile::Builder::new().prefix("sk").tempdir_in("/tmp");
        let folder = folder.expect("/tmp is writable").keep();
        let mut child = spawn(&folder, "127.0.0.1:0", &options);
        let address = announced(&mut child, &folder).await;
        let client = eventually("the daemon writes its token", async || {
            let ready = options.asks_for_no_token() || folder.join("data/admin.token").exists();
            ready.then(|| connect(&address, &folder, &options))
        })
        .await;
        let mut daemon = Self { child, address, client, options, folder };
        daemon.answered().await;
        daemon
    }

    /// Where it listens: `127.0.0.1:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A client that knows its token. It finds the daemon again after a
    /// restart.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Its admin token.
    pub fn token(&self) -> String {
        token(&self.folder)
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.0.id()
    }

    /// Process ids of its children, which must not outlive it.
    pub fn children(&self) -> Vec<u32> {
        leaks::children(self.pid())
    }

    /// Its data directory.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Its storage, as it sees it itself: its mounts are its own.
    pub fn pool(&self) -> PathBuf {
        let seen = PathBuf::from(format!("/proc/{}/root", self.pid()));
        let data = seen.join(self.data_dir().strip_prefix("/").expect("it is absolute"));
        match data.join("pool.btrfs").exists() {
            true => data.join("pool"),
            false => data,
        }
    }

    /// All that it printed.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Ends it by SIGKILL.
    pub fn kill9(&mut self) {
        self.child.kill();
    }

    /// Asks it to end, as a service manager does, and waits.
    pub async fn terminate(&mut self) -> ExitStatus {
        signal(&self.child, rustix::process::Signal::TERM);
        eventually("the daemon ends after SIGTERM", async || self.child.ended()).await
    }

    /// Waits until its failpoint has ended it.
    pub async fn died(&mut self) {
        let status =
            eventually("the daemon reaches its failpoint", async || self.child.ended()).await;
        assert_eq!(status.signal(), Some(9), "{status}\n{}", tail(&self.log()));
    }

    /// Starts it again on the same address and data, without a failpoint.
    /// It must have ended.
    pub async fn restart(&mut self) {
        self.restart_at(None).await;
    }

    /// Starts it again with this failpoint, at which it may die at once.
    pub async fn restart_at(&mut self, failpoint: Option<&str>) {
        self.options.failpoint = failpoint.map(str::to_owned);
        self.child = spawn(&self.folder, &self.address, &self.options);
        self.answered().await;
    }

    /// Waits until it answers, or has died at its failpoint.
    async fn answered(&mut self) {
        let token_file = self.folder.join("data/admin.token");
        eventually("the daemon answers", async || {
            let ended = self.child.ended();
            if let Some(status) = ended {
                let wanted = self.options.failpoint.is_some();
                assert!(wanted, "the daemon ended: {status}\n{}", tail(&self.log()));
                return Some(());
            }
            // A daemon that lost its store makes a new token.
            if !self.options.asks_for_no_token() {
                let token = fs::read_to_string(&token_file).ok()?.parse().ok()?;
                if self.client.config().token.as_ref() != Some(&token) {
                    self.client = connect(&self.address, &self.folder, &self.options);
                }
            }
            self.client.system_info().await.ok().map(drop)
        })
        .await;
    }

    /// Deletes what the test left, ends the daemon, and removes its files.
    fn clean(&mut self) -> io::Result<()> {
        let ended = self.child.ended().is_some();
        if ended {
            self.options.failpoint = None;
            self.child = spawn(&self.folder, &self.address, &self.options);
        }
        let (address, folder) = (self.address.clone(), self.folder.clone());
        let options = self.options.clone();
        let deleted = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async { delete_all(&connect(&address, &folder, &options)).await })
        });
        deleted.join().map_err(|_| io::Error::other("the sandboxes can't be deleted"))??;
        signal(&self.child, rustix::process::Signal::TERM);
        let start = Instant::now();
        while self.child.ended().is_none() {
            if start.elapsed() > SHUTDOWN {
                self.child.kill();
                return Err(io::Error::other("the daemon did not end after SIGTERM"));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        remove(&self.folder)
    }
}

/// A process that does not outlive its owner.
struct Owned(Child);

impl Owned {
    fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().expect("a child can be waited for")
    }

    /// By SIGKILL, where it has not ended.
    fn kill(&mut self) {
        self.0.kill().expect("a child can be killed");
        self.0.wait().expect("a child can be waited for");
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the daemon's log ends:\n{}", tail(&self.log()));
        }
        let cleaned = self.clean();
        if let Err(error) = &cleaned {
            eprintln!("{} is left: {error}", self.folder.display());
        }
        assert!(cleaned.is_ok() || std::thread::panicking(), "{cleaned:?}");
    }
}

fn spawn(folder: &Path, listen: &str, options: &Options) -> Owned {
    let log = File::options().append(true).create(true).open(folder.join("log"));
    let log = log.expect("the daemon's folder is writable");
    let mut command = Command::new(programs::skerryd());
    if options.background {
        command = Command::new("sh");
        command.args(["-c", "trap '' HUP INT QUIT; exec \"$0\" \"$@\""]);
        command.arg(programs::skerryd());
    }
    command
        .args(&options.arguments)
        .env_remove("SKERRY_TOKEN")
        .env("SKERRY_LISTEN", listen)
        // A test that wants one has a network namespace of its own and says so.
        .env("SKERRY_NETWORK", "off")
        .env("SKERRY_DATA_DIR", folder.join("data"))
        .envs(options.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("descriptors are left"))
        .stderr(log);
    match &options.failpoint {
        Some(failpoint) => command.env("SKERRY_FAILPOINT", failpoint),
        None => command.env_remove("SKERRY_FAILPOINT"),
    };
    match options.guards_off.as_slice() {
        [] => command.env_remove("SKERRY_TEST_GUARD_OFF"),
        guards => command.env("SKERRY_TEST_GUARD_OFF", guards.join(",")),
    };
    Owned(command.spawn().expect("the daemon can be run"))
}

/// The address that it prints.
async fn announced(child: &mut Owned, folder: &Path) -> String {
    eventually("the daemon prints its address", async || {
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        let ended = child.0.try_wait().expect("the daemon is this process's own");
        assert!(ended.is_none(), "the daemon ended: {}\n{log}", ended.unwrap_or_default());
        address_in(&log)
    })
    .await
}

fn address_in(log: &str) -> Option<String> {
    const HOSTS: [&str; 2] = ["127.0.0.1:", "0.0.0.0:"];
    let (start, host) = HOSTS.iter().find_map(|host| Some((log.find(host)?, host)))?;
    let digits = log[start + host.len()..].split(|letter: char| !letter.is_ascii_digit());
    // A line that is not written to its end may hold half a number.
    let port = digits.into_iter().next().filter(|_| log[start..].contains('\n'))?;
    (!port.is_empty() && port != "0").then(|| format!("127.0.0.1:{port}"))
}

fn token(folder: &Path) -> String {
    let path = folder.join("data/admin.token");
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.trim().to_owned()
}

fn connect(address: &str, folder: &Path, options: &Options) -> Client {
    let token = folder.join("data/admin.token").exists().then(|| token(folder));
    let Some(ca) = &options.ca else {
        return Client::connect(address, token.as_deref()).expect("an address and a token");
    };
    let config = Config::at(format!("https://{address}").parse().expect("an address"));
    let config = config.with_ca(Ca::read(ca).expect("an authority"));
    Client::new(&match token {
        Some(token) => config.with_token(token.parse().expect("a token")),
        None => config,
    })
}

async fn delete_all(client: &Client) -> io::Result<()> {
    eventually("the daemon answers", async || client.system_info().await.ok()).await;
    let sandboxes = client.list_sandboxes(BTreeMap::new()).await;
    for sandbox in sandboxes.map_err(io::Error::other)? {
        client.delete_sandbox(&sandbox.id).await.map_err(io::Error::other)?;
    }
    Ok(())
}

/// Removes the daemon's files, never across a mount.
fn remove(folder: &Path) -> io::Result<()> {
    let parent = File::open(folder.parent().expect("it is below /tmp"))?;
    let name = folder.file_name().expect("it has a name");
    let name = std::ffi::CString::new(name.as_bytes())?;
    skerry_linux::tree::remove_tree(parent.as_fd(), &name)
}

fn signal(child: &Owned, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_child(&child.0);
    // It may have ended by itself.
    let _ = rustix::process::kill_process(pid, signal);
}

fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(LOG_TAIL)..].join("\n")
}
