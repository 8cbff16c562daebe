//! `skerry exec` and `skerry ps`: commands in a sandbox that is there.

use std::cell::OnceCell;
use std::io;
use std::time::{Duration, SystemTime};

use clap::Args;
use skerry_client::v1::{ExecInfo, ExecSpec, ExecState};

use super::Context;
use super::create::parse_env;
use super::interactive::{End, InputOptions, interact};
use super::stream::{self, StreamError, carry};
use crate::failure::Failure;
use crate::output::{Cell, RawOutput, Table, Tone};
use crate::signals::{Caught, Signals};
use crate::units::{parse_duration, show_age, show_size};

/// What ends a writer whose reader has left.
const SIGPIPE: i32 = 13;

/// Run a command in a sandbox
#[derive(Debug, Args)]
#[command(override_usage = "skerry exec [OPTIONS] <SANDBOX> -- <CMD>...")]
#[command(after_help = "\
Its output comes out here as it is, and its exit code is this one's; 125
is a failure of Skerry's own, 126 a program that can't be executed, 127
one that is not there. Ctrl-C goes to the command; a second one leaves it.

Examples:
  skerry exec web -- ls -l                       See its /workspace
  skerry exec web --user 1000:1000 --cwd /tmp -- id
                                                 As another user, elsewhere
  skerry exec web -e DEBUG=1 -- ./server         With a variable
  skerry exec web -- sh -c 'exit 3'; echo $?     Print 3
  skerry exec web -- tar c . > backup.tar        Bytes come out as they are
  skerry exec web -i -- tar x < backup.tar       And go in
  skerry exec web -it -- bash                    A terminal in it
  skerry exec web -d -- ./server                 In the background")]
pub(super) struct Exec {
    /// Name or id
    sandbox: String,
    /// The command and its arguments, run without a shell
    #[arg(trailing_var_arg = true, required = true, value_name = "CMD")]
    command: Vec<String>,
    /// Set a variable for it; without a value, your own
    #[arg(short, long, value_name = "KEY[=VALUE]", value_parser = parse_env)]
    env: Vec<(String, String)>,
    /// The user to run as: name or id, optionally `:` and a group [default: root]
    #[arg(short, long)]
    user: Option<String>,
    /// The directory to run in [default: /workspace]
    #[arg(short = 'w', long, value_name = "DIR")]
    cwd: Option<String>,
    /// End it after so long, with all that it has started: 90s, 10m, 2h
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    timeout: Option<Duration>,
    /// Start it in the background and print its id
    #[arg(short, long, conflicts_with_all = ["interactive", "tty"])]
    detach: bool,
    #[command(flatten)]
    input: InputOptions,
}

impl Exec {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        if self.detach {
            return self.start(context).await;
        }
        let (mut signals, output) = stream::prepare()?;
        let (sandbox, what) = (&self.sandbox, self.what());
        let started = OnceCell::new();
        let result = {
            // Dropped before anything is said: it sets our terminal back.
            let running = self.carry(context, output, &started);
            tokio::pin!(running);
            tokio::select! {
                result = &mut running => Ok(result),
                caught = signals.next() => {
                    pass_on(context, sandbox, &started, caught).await?;
                    tokio::select! {
                        result = running => Ok(result),
                        again = signals.next() => Err(again),
                    }
                }
            }
        };
        match result {
            Ok(Ok(End::Exited(result))) => Ok(stream::exit_code(&result)),
            Ok(Ok(End::Detached)) => {
                left(sandbox, &started).say();
                Ok(0)
            }
            Ok(Err(error)) => {
                if let (StreamError::Output(cause), Some(exec)) = (&error, started.get()) {
                    end_writer(context, sandbox, exec, cause, &mut signals).await;
                }
                Err(error.failure(&what, context))
            }
            Err(caught) => Err(left(sandbox, &started).exiting(caught.exit_code())),
        }
    }

    /// Runs the command, with our input where that is asked for.
    async fn carry(
        &self,
        context: &Context,
        output: RawOutput,
        started: &OnceCell<String>,
    ) -> Result<End, StreamError> {
        let (client, sandbox, spec) = (&context.client, &self.sandbox, self.spec());
        if self.input.wants_input() {
            let interaction = client.interact(sandbox, spec).await.map_err(StreamError::Call)?;
            return interact(interaction, self.input, output, started).await;
        }
        let events = client.exec_stream(sandbox, spec).await.map_err(StreamError::Call)?;
        carry(events, output, started).await.map(End::Exited)
    }

    fn spec(&self) -> ExecSpec {
        ExecSpec {
            command: self.command.clone(),
            env: self.env.iter().cloned().collect(),
            cwd: self.cwd.clone().unwrap_or_default(),
            user: self.user.clone().unwrap_or_default(),
            timeout: self.timeout.and_then(|timeout| timeout.try_into().ok()),
            terminal: self.input.terminal(),
            ..ExecSpec::default()
        }
    }

    fn what(&self) -> String {
        format!("run {} in {}", self.command[0], self.sandbox)
    }

    async fn start(self, context: &Context) -> Result<u8, Failure> {
        let call = context.client.start_exec(&self.sandbox, self.spec());
        let exec = context.call(&self.what(), call).await?;
        match context.output.is_json() {
            true => context.output.json(&exec)?,
            false => context.output.text(&format!("{}\n", exec.id))?,
        }
        Ok(0)
    }
}

/// Sends a signal on to the command; before it has started, there is nothing
/// to send it to.
async fn pass_on(
    context: &Context,
    sandbox: &str,
    started: &OnceCell<String>,
    caught: Caught,
) -> Result<(), Failure> {
    let Some(exec) = started.get() else {
        return Err(Failure::silent(caught.exit_code()));
    };
    match context.client.signal_exec(sandbox, exec, caught.number()).await {
        Ok(()) => Ok(()),
        // It was faster; its result is on its way.
        Err(error) if error.reason.as_deref() == Some("EXEC_ENDED") => Ok(()),
        Err(error) => Err(context.failure(&format!("signal {exec}"), &error)),
    }
}

/// What to say of a command that goes on without us.
fn left(sandbox: &str, started: &OnceCell<String>) -> Failure {
    match started.get() {
        Some(exec) => Failure::new(
            "exec",
            &format!("{exec} was left running"),
            &format!("`skerry attach -i {sandbox} {exec}` comes back to it"),
        ),
        None => Failure::new("exec", "the command was left", "`skerry ps` shows whether it runs"),
    }
}

/// Our reader has left: the command gets what it would have got in a pipe of
/// its own. Where that fails it finds out by nobody reading.
async fn end_writer(
    context: &Context,
    sandbox: &str,
    exec: &str,
    cause: &io::Error,
    signals: &mut Signals,
) {
    if cause.kind() == io::ErrorKind::BrokenPipe {
        tokio::select! {
            _ = context.client.signal_exec(sandbox, exec, SIGPIPE) => {}
            _ = signals.next() => {}
        }
    }
}

/// List the commands of a sandbox, the latest ended ones included
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  skerry ps web                                  What runs and ran in it
  skerry ps web --running -q                     Only ids of those that run
  skerry ps web -o json                          For programs")]
pub(super) struct Ps {
    /// Name or id
    sandbox: String,
    /// Only those that run
    #[arg(short, long)]
    running: bool,
    /// Only ids
    #[arg(short, long)]
    quiet: bool,
}

impl Ps {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("list the commands of {}", self.sandbox);
        let mut execs = context.call(&what, context.client.list_execs(&self.sandbox)).await?;
        if self.running {
            execs.retain(|exec| exec.state() == ExecState::Running);
        }
        if self.quiet {
            let ids: String = execs.iter().map(|exec| format!("{}\n", exec.id)).collect();
            context.output.text(&ids)?;
        } else if context.output.is_json() {
            context.output.json_list(&execs)?;
        } else {
            context.output.table(&table(&execs, SystemTime::now()))?;
        }
        Ok(0)
    }
}

fn table(execs: &[ExecInfo], now: SystemTime) -> Table {
    let mut table = Table::new(&["EXEC", "STATE", "PID", "AGE", "OUTPUT", "COMMAND"]);
    for exec in execs {
        let state = match (exec.state(), &exec.result) {
            (ExecState::Running, _) => Cell::toned("running", Tone::Good),
            (_, Some(result)) if result.oom_killed => Cell::toned("out of memory", Tone::Bad),
            (_, Some(result)) if result.exit_code == 0 => Cell::toned("exit 0", Tone::Faint),
            (_, Some(result)) => Cell::toned(&format!("exit {}", result.exit_code), Tone::Middling),
            (_, None) => Cell::from("unknown"),
        };
        let age = exec.start_time.and_then(|time| SystemTime::try_from(time).ok());
        let command = exec.spec.as_ref().map(|spec| spec.command.join(" "));
        table.row([
            Cell::from(&exec.id),
            state,
            Cell::from(exec.pid.to_string()),
            Cell::from(age.map_or_else(String::new, |time| show_age(time, now))),
            Cell::from(show_size(exec.output_end)),
            Cell::from(command.unwrap_or_default()),
        ]);
    }
    table
}
