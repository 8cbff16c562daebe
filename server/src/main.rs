//! `skerryd`: arguments, logging, and the server until a signal ends it.

use std::error::Error;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use skerry_server::auth::AdminToken;
use skerry_server::config::{
    Arguments, Command, Config, DEFAULT_DATA_DIR, DEFAULT_LISTEN, NetworkCommand,
};
use skerry_server::network;
use skerry_server::runtime::linux::LinuxRuntime;
use skerry_server::runtime::{Runtime, RuntimeError};
use skerry_server::server::{Server, token_path};
use skerry_server::storage::{Pool, own_mounts};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let arguments = Arguments::parse_from(arguments(std::env::args_os()));
    let done = match arguments.command {
        None => start(arguments.config),
        Some(Command::Network(NetworkCommand::Reset)) => reset(&arguments.config),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where stderr is closed, the exit code says it.
            let _closed = writeln!(io::stderr(), "skerryd: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `skerryd serve …` and `skerryd start …` are `skerryd …`.
fn arguments(given: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    let serves = |argument: &OsString| argument == "serve" || argument == "start";
    given
        .enumerate()
        .filter(move |(index, word)| *index != 1 || !serves(word))
        .map(|(_, word)| word)
}

fn start(config: Config) -> Result<(), Box<dyn Error>> {
    let config = config.checked()?;
    let filter = EnvFilter::try_new(&config.log)
        .map_err(|error| format!("--log {:?}: {error}; use a level such as info", config.log))?;
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
    own_mounts()
        .map_err(|error| format!("can't have mounts of its own: {error}; run it as root"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(&config))
}

/// Says what it has removed.
fn reset(config: &Config) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let removed = runtime.block_on(network::reset(&config.network_bridge))?;
    let text = match removed.as_slice() {
        [] => "there was nothing to remove\n".to_owned(),
        some => some.iter().map(|one| format!("removed {one}\n")).collect(),
    };
    // Where stdout is closed, the exit code says it.
    let _closed = io::stdout().write_all(text.as_bytes());
    Ok(())
}

async fn run(config: &Config) -> Result<(), Box<dyn Error>> {
    let mut signals = Signals::new()?;
    let server = tokio::select! {
        server = Server::bind(config, open_runtime) => server?,
        () = signals.next() => return Ok(()),
    };
    // People read it; nothing depends on a stdout that is closed.
    let _closed = io::stdout().write_all(greeting(config, &server).as_bytes());
    server.run(async move { signals.next().await }).await;
    Ok(())
}

fn open_runtime(data_dir: &Path, pool: &Arc<dyn Pool>) -> Result<Arc<dyn Runtime>, RuntimeError> {
    Ok(Arc::new(LinuxRuntime::open(data_dir, Arc::clone(pool))?))
}

/// SIGTERM, as service managers send it, and SIGINT, as a terminal does.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        let (terminate, interrupt) = (SignalKind::terminate(), SignalKind::interrupt());
        Ok(Self { terminate: signal(terminate)?, interrupt: signal(interrupt)? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// What to know and what to type next.
fn greeting(config: &Config, server: &Server) -> String {
    let mut text = format!("skerryd listens on {}\n", server.local_addr());
    let token = token_path(&config.data_dir);
    let token = token.display();
    let line = match server.admin_token() {
        None => "it asks for no token\n".to_owned(),
        Some(AdminToken::Kept) => format!("token:  {token}\n"),
        Some(AdminToken::Made) => format!("token:  {token} (made just now)\n"),
        Some(AdminToken::Replaced) => {
            format!("token:  {token} (made anew: the one before opens nothing any more)\n")
        }
    };
    text.push_str(&line);
    if let Some(address) = server.ssh_addr() {
        // Writing to a text can't fail.
        let _written = writeln!(text, "ssh:    {address}");
    }
    if let Some(address) = server.preview_addr() {
        let _written = writeln!(text, "previews: {address}");
    }
    if let Some(url) = server.world_url() {
        let _written = writeln!(text, "world:  {url}");
    }
    for (name, address) in server.compat_addrs() {
        let _written = writeln!(text, "{name}: {address}");
    }
    let _written = writeln!(text, "socket: {}", server.socket().display());
    text.push_str("try:    ");
    let scheme = if config.is_secure() { "https://" } else { "" };
    if config.is_secure() || server.local_addr().to_string() != DEFAULT_LISTEN {
        let _written = write!(text, "SKERRY_ADDRESS={scheme}{} ", server.local_addr());
    }
    if config.data_dir != Path::new(DEFAULT_DATA_DIR) {
        let _written = write!(text, "SKERRY_DATA_DIR={} ", config.data_dir.display());
    }
    text.push_str("skerry run host -- uname -a\n");
    if config.pairing || io::stdout().is_terminal() {
        text.push_str(&invitation(server));
    }
    text
}

/// How another device gets a token.
fn invitation(server: &Server) -> String {
    let Some(invitation) = server.invite() else { return String::new() };
    let (code, url, qr) = (invitation.code, invitation.url, invitation.qr);
    format!(
        "\n{qr}\npair:   {code} at {url}\n        good for 5 minutes and one device; `skerry pair` prints another\n"
    )
}
