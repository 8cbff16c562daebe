//! The command line: what may be said, and who does it.

mod copy;
mod create;
mod credential;
mod df;
mod egress;
mod exec;
mod files;
mod fork;
mod image;
mod info;
mod inspect;
mod interactive;
mod kill;
mod logs;
mod main_process;
mod mount;
mod network;
mod pair;
mod port;
mod remove;
mod run;
mod sandbox;
mod snapshot;
mod ssh;
mod stats;
mod stream;
mod token;
mod transfer;
mod tree;
mod tunnel;
mod update;
mod volume;
mod watch;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::error::ErrorKind;
use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use skerry_client::{Address, Ca, Client, Config, Error, Token};
use tokio::runtime;

use crate::failure::{self, Failure};
use crate::output::{Format, Output, waiting};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const AFTER_HELP: &str = "\
Examples:
  skerry run host -- python3 -c 'print(6*7)'    Run a command in a fresh sandbox
  skerry create host --name web --memory 512M   Make a sandbox that stays
  skerry exec web -- sh -c 'echo hi > note'     Run a command in it
  skerry ls                                     See what is there
  skerry rm web                                 Remove it

A sandbox is given by its name or its id. The daemon is found by --address or
SKERRY_ADDRESS; on this machine its token is found by itself. `skerry COMMAND
--help` tells more about each command.";

/// Isolated Linux machines in milliseconds.
#[derive(Debug, Parser)]
#[command(name = "skerry", version, styles = STYLES, after_help = AFTER_HELP)]
#[command(disable_help_subcommand = true, disable_help_flag = true, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// The daemon's address, or https://HOST:PORT [default: SKERRY_ADDRESS, else
    /// the local one]
    #[arg(long, global = true, value_name = "HOST:PORT")]
    address: Option<Address>,
    /// Who signed its certificate, a PEM file [default: SKERRY_TLS_CA, else whom
    /// the system trusts]
    #[arg(long, global = true, value_name = "FILE")]
    tls_ca: Option<PathBuf>,
    /// The token it knows you by [default: SKERRY_TOKEN, else the local daemon's]
    #[arg(long, global = true, value_name = "TOKEN")]
    token: Option<String>,
    /// How results are printed: for people, or for programs
    #[arg(short, long, global = true, value_name = "FORMAT", value_enum, default_value_t)]
    output: Format,
    /// Print help
    // Not clap's own, which takes four lines for an option.
    #[arg(short, long, global = true, action = ArgAction::HelpShort)]
    help: Option<bool>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Run),
    Create(create::Create),
    Exec(exec::Exec),
    Ls(sandbox::Ls),
    Ps(exec::Ps),
    Attach(interactive::Attach),
    Logs(logs::Logs),
    Kill(kill::Kill),
    Cp(copy::Cp),
    LsFiles(files::LsFiles),
    Ssh(ssh::Ssh),
    Url(port::Url),
    Ports(port::Ports),
    #[command(subcommand)]
    Tunnel(tunnel::Tunnel),
    Inspect(inspect::Inspect),
    Update(update::Update),
    Start(sandbox::Start),
    Stop(sandbox::Stop),
    Pause(sandbox::Pause),
    Resume(sandbox::Resume),
    KeepAlive(sandbox::KeepAlive),
    Rm(remove::Rm),
    Fork(fork::Fork),
    Tree(tree::Tree),
    Coalesce(fork::Coalesce),
    Watch(watch::Watch),
    Stats(stats::Stats),
    Info(info::Info),
    Df(df::Df),
    #[command(subcommand)]
    Volume(volume::Volume),
    #[command(subcommand)]
    Snapshot(snapshot::Snapshot),
    #[command(subcommand)]
    Network(network::Network),
    #[command(subcommand)]
    Image(image::Image),
    Pair(pair::Pair),
    Login(pair::Login),
    #[command(subcommand)]
    Token(token::Token),
    Completions(Completions),
}

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  skerry completions bash > ~/.local/share/bash-completion/completions/skerry
  skerry completions fish > ~/.config/fish/completions/skerry.fish")]
struct Completions {
    /// The shell that will read it
    shell: Shell,
}

/// What every command has at hand.
#[derive(Debug)]
struct Context {
    client: Client,
    output: Output,
}

impl Context {
    /// Waits for a call, with a sign of life once it takes its time.
    async fn call<T>(
        &self,
        what: &str,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        waiting(what, call).await.map_err(|error| self.failure(what, &error))
    }

    fn failure(&self, what: &str, error: &Error) -> Failure {
        Failure::call(what, error, self.client.config())
    }
}

/// Reads the command line and does what it says; the exit code, or why not.
pub(crate) fn run() -> Result<u8, Failure> {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error, &arguments),
    };
    let output = Output::new(cli.global.output);
    if let Command::Completions(completions) = &cli.command {
        return completions.print(output);
    }
    // One thread: a worker of its own for the connection made streams no
    // faster, and a short command a quarter slower. Output is written by yet
    // another, so that nothing here waits for a reader.
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| out_of_resources("start", &error))?;
    let result = runtime.block_on(dispatch(cli, output));
    // What still runs has nobody left to wait for it.
    runtime.shutdown_background();
    result
}

async fn dispatch(cli: Cli, output: Output) -> Result<u8, Failure> {
    let config = config(cli.global)?;
    let context = &Context { client: Client::new(&config), output };
    match cli.command {
        Command::Run(run) => run.run(context).await.map_err(Failure::of_exec),
        Command::Exec(exec) => exec.run(context).await.map_err(Failure::of_exec),
        Command::Create(create) => create.run(context).await,
        Command::Ls(ls) => ls.run(context).await,
        Command::Ps(ps) => ps.run(context).await,
        Command::Attach(attach) => attach.run(context).await.map_err(Failure::of_exec),
        Command::Logs(logs) => logs.run(context).await,
        Command::Kill(kill) => kill.run(context).await,
        Command::Cp(cp) => cp.run(context).await,
        Command::LsFiles(ls) => ls.run(context).await,
        Command::Ssh(ssh) => ssh.run(context).await.map_err(Failure::of_exec),
        Command::Url(url) => url.run(context).await,
        Command::Ports(ports) => ports.run(context).await,
        Command::Tunnel(tunnel) => tunnel.run(context).await,
        Command::Inspect(inspect) => inspect.run(context).await,
        Command::Update(update) => update.run(context).await,
        Command::Start(start) => start.run(context).await,
        Command::Stop(stop) => stop.run(context).await,
        Command::Pause(pause) => pause.run(context).await,
        Command::KeepAlive(keep) => keep.run(context).await,
        Command::Resume(resume) => resume.run(context).await,
        Command::Rm(rm) => rm.run(context).await,
        Command::Fork(fork) => fork.run(context).await,
        Command::Tree(tree) => tree.run(context).await,
        Command::Coalesce(coalesce) => coalesce.run(context).await,
        Command::Watch(watch) => watch.run(context).await,
        Command::Stats(stats) => stats.run(context).await,
        Command::Info(info) => info.run(context).await,
        Command::Df(df) => df.run(context).await,
        Command::Volume(volume) => volume.run(context).await,
        Command::Snapshot(snapshot) => snapshot.run(context).await,
        Command::Network(network) => network.run(context).await,
        Command::Image(image) => image.run(context).await,
        Command::Pair(pair) => pair.run(context).await,
        Command::Login(login) => login.run(context).await,
        Command::Token(token) => token.run(context).await,
        Command::Completions(completions) => completions.print(output),
    }
}

fn config(global: Global) -> Result<Config, Failure> {
    let find = |why: String| Failure::new("find the daemon", &why, "correct it");
    // Not by the parser, which would repeat a wrong token.
    let token: Option<Token> = match global.token.as_deref().map(str::parse) {
        None => None,
        Some(Ok(token)) => Some(token),
        Some(Err(error)) => return Err(find(format!("--token: {error}"))),
    };
    let ca = global.tls_ca.as_deref().map(Ca::read).transpose();
    let ca = ca.map_err(|error| find(format!("--tls-ca: {error}")))?;
    Config::or_env(global.address, token, ca).map_err(|error| find(error.to_string()))
}

impl Completions {
    fn print(&self, output: Output) -> Result<u8, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "skerry", &mut script);
        output.text(&String::from_utf8_lossy(&script))?;
        Ok(0)
    }
}

/// Answers a command line that asks for help, or is wrong.
fn refuse(error: &clap::Error, arguments: &[OsString]) -> Result<u8, Failure> {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        error.print().map_err(|error| Failure::output(&error))?;
        return Ok(0);
    }
    let spoken = spoken_commands(arguments);
    let exit = failure::usage_exit(spoken.first().map(String::as_str));
    let asked = ["skerry".to_owned()].into_iter().chain(spoken).collect::<Vec<_>>().join(" ");
    let why = match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            "a command is missing".to_owned()
        }
        _ => one_line(&error.render().to_string()),
    };
    Err(Failure::usage(&format!("{why}; see `{asked} --help`"), exit))
}

/// The part of a parser's message before its usage, on one line, with the
/// first of its tips.
fn one_line(message: &str) -> String {
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let end = ["\n\nUsage:", "\n\nFor more"].iter().filter_map(|mark| message.find(mark)).min();
    let mut parts = message[..end.unwrap_or(message.len())].split("  tip: ").map(|part| {
        let words: Vec<&str> = part.split_whitespace().collect();
        words.join(" ")
    });
    let why = parts.next().unwrap_or_default();
    parts.next().map_or(why.clone(), |tip| format!("{why}; {tip}"))
}

/// The subcommands that a command line names, as far as it can be told.
fn spoken_commands(arguments: &[OsString]) -> Vec<String> {
    let mut command = Cli::command();
    let mut spoken = Vec::new();
    for argument in arguments.iter().skip(1).filter_map(|argument| argument.to_str()) {
        if argument == "--" {
            break;
        }
        if let Some(next) = command.find_subcommand(argument) {
            spoken.push(next.get_name().to_owned());
            command = next.clone();
        }
    }
    spoken
}

/// This process can't get what it needs from the system.
fn out_of_resources(what: &str, error: &io::Error) -> Failure {
    Failure::new(what, &error.to_string(), "raise the limits of this process")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_wrong_command_line_is_one_line_with_the_command_to_ask() {
        let said = |arguments: &[&str]| {
            let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
            let error = Cli::try_parse_from(&arguments).expect_err("it is wrong");
            format!("{:?}", refuse(&error, &arguments).expect_err("it is no help"))
        };
        let missing = said(&["skerry", "image", "import"]);
        assert!(missing.contains("<NAME> <PATH>; see `skerry image import --help`"), "{missing}");
        assert!(said(&["skerry"]).contains("a command is missing; see `skerry --help`"));
        let size = said(&["skerry", "run", "host", "--memory", "lots", "--", "ls"]);
        assert!(size.contains("not a size") && size.contains("exit: 125"), "{size}");
    }
}
