//! `skerry run`: a sandbox for one command.

use std::cell::OnceCell;

use clap::Args;
use skerry_client::v1::{CreateSandboxRequest, ExecSpec, OnDisconnect, OnIdle, Sandbox, Timeouts};

use super::Context;
use super::create::{PullOptions, SandboxOptions};
use super::interactive::{End, InputOptions, interact};
use super::stream::{self, carry};
use crate::failure::{Failure, usage_exit};
use crate::output::{RawOutput, waiting};
use crate::signals::{Caught, Signals};

/// Should this process die before it can delete the sandbox, the daemon does
/// so when the command has ended and this many seconds have passed.
const ORPHAN_SECONDS: i64 = 60;

/// Run a command in a fresh sandbox, then remove the sandbox
#[derive(Debug, Args)]
#[command(override_usage = "skerry run [OPTIONS] <IMAGE> -- <CMD>...
       skerry run [OPTIONS] --snapshot <NAME> -- <CMD>...")]
#[command(after_help = "\
Its output comes out here as it is, and its exit code is this one's; 125
is a failure of Skerry's own, 126 a program that can't be executed, 127
one that is not there. Ctrl-C removes the sandbox as well.

Examples:
  skerry run host -- python3 -c 'print(6*7)'     Print 42
  skerry run host --memory 256M --cpus 0.5 -- make -j4
                                                 With limits
  skerry run host -e API_KEY -- sh -c 'echo $API_KEY'
                                                 With a variable of your own
  skerry run -it host -- bash                    A shell on a terminal
  skerry run host --keep --name build -- make    Keep the sandbox for a look
  skerry run host --volume cache -- make         With a volume at /workspace
  skerry run --snapshot ready -- make test       From a snapshot, which has its image
  skerry run --snapshot work --image alpine -- ls
                                                 From a snapshot of /workspace, over an image
  skerry run host -- head -c 1G /dev/urandom | sha256sum
                                                 In a pipe")]
pub(super) struct Run {
    /// The image to make it from, unless --snapshot does; `skerry image ls` shows all
    // With --snapshot, what stands here is the command's first word.
    #[arg(required_unless_present = "snapshot")]
    image: Option<String>,
    /// The command and its arguments, run without a shell
    #[arg(trailing_var_arg = true, required_unless_present = "snapshot", value_name = "CMD")]
    command: Vec<String>,
    /// Another image than the snapshot's, which is put over it
    #[arg(long = "image", value_name = "IMAGE", requires = "snapshot")]
    below: Option<String>,
    /// Keep the sandbox, and say its name on stderr
    #[arg(long)]
    keep: bool,
    /// The user to run as: name or id, optionally `:` and a group [default: root]
    #[arg(short, long)]
    user: Option<String>,
    /// The directory to run in [default: /workspace]
    #[arg(short = 'w', long, value_name = "DIR")]
    cwd: Option<String>,
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    sandbox: SandboxOptions,
    #[command(flatten)]
    pull: PullOptions,
}

/// How the wait for a command was over.
enum Outcome {
    Exited(u8),
    Caught(Caught),
    Failed(Failure),
}

impl Run {
    pub(super) async fn run(mut self, context: &Context) -> Result<u8, Failure> {
        if self.sandbox.has_snapshot() {
            self.command.splice(..0, self.image.take());
            self.image = self.below;
        }
        if self.command.is_empty() {
            let exit = usage_exit(Some("run"));
            return Err(Failure::usage("a command is missing; see `skerry run --help`", exit));
        }
        let (mut signals, output) = stream::prepare()?;
        let spec = ExecSpec {
            command: self.command,
            cwd: self.cwd.unwrap_or_default(),
            user: self.user.unwrap_or_default(),
            terminal: self.input.terminal(),
            // Nobody is left to give it input.
            on_disconnect: match self.input.wants_input() {
                true => OnDisconnect::Kill.into(),
                false => OnDisconnect::Unspecified.into(),
            },
            ..ExecSpec::default()
        };
        let leave_to_daemon = self.keep || self.sandbox.names_idle();
        let mut request = self.sandbox.request(self.image.unwrap_or_default());
        if !leave_to_daemon {
            delete_orphan(request.timeouts.get_or_insert_default());
        }
        let (sandbox, caught) = create(context, &self.pull, request, &mut signals).await?;
        let outcome = match caught {
            Some(caught) => Outcome::Caught(caught),
            None => run_in(context, &sandbox, spec, self.input, output, &mut signals).await,
        };
        if self.keep {
            say_kept(&sandbox);
        } else {
            delete(context, &sandbox, &mut signals).await;
        }
        match outcome {
            Outcome::Exited(code) => Ok(code),
            Outcome::Caught(caught) => Err(Failure::silent(caught.exit_code())),
            Outcome::Failed(failure) => Err(failure),
        }
    }
}

fn delete_orphan(timeouts: &mut Timeouts) {
    timeouts.idle_timeout = Some(prost_types::Duration { seconds: ORPHAN_SECONDS, nanos: 0 });
    timeouts.set_on_idle(OnIdle::Delete);
}

/// Makes the sandbox. A signal meanwhile does not drop the call, since only
/// its answer says what to delete; a second one does.
async fn create(
    context: &Context,
    pull: &PullOptions,
    request: CreateSandboxRequest,
    signals: &mut Signals,
) -> Result<(Sandbox, Option<Caught>), Failure> {
    let call = pull.create(context, request);
    tokio::pin!(call);
    let caught = tokio::select! {
        sandbox = &mut call => return Ok((sandbox?, None)),
        caught = signals.next() => caught,
    };
    tokio::select! {
        sandbox = call => Ok((sandbox?, Some(caught))),
        again = signals.next() => Err(Failure::silent(again.exit_code())),
    }
}

async fn run_in(
    context: &Context,
    sandbox: &Sandbox,
    spec: ExecSpec,
    input: InputOptions,
    output: RawOutput,
    signals: &mut Signals,
) -> Outcome {
    let what = format!("run {}", spec.command[0]);
    let running = async {
        if input.wants_input() {
            let call = context.client.interact(&sandbox.id, spec);
            let interaction = call.await.map_err(|error| context.failure(&what, &error))?;
            let ended = interact(interaction, input, output, &OnceCell::new()).await;
            return ended.map_err(|error| error.failure(&what, context));
        }
        let stream = context
            .client
            .exec_stream(&sandbox.id, spec)
            .await
            .map_err(|error| context.failure(&what, &error))?;
        let ended = carry(stream, output, &OnceCell::new()).await.map(End::Exited);
        ended.map_err(|error| error.failure(&what, context))
    };
    tokio::select! {
        biased;
        caught = signals.next() => Outcome::Caught(caught),
        result = running => match result {
            Ok(End::Exited(result)) => Outcome::Exited(stream::exit_code(&result)),
            // Left by its keys: the sandbox goes, as at any other end.
            Ok(End::Detached) => Outcome::Exited(0),
            Err(failure) => Outcome::Failed(failure),
        },
    }
}

/// Deletes the sandbox. The command's end is what counts for our own, so that
/// a failure is only told; one signal more and the daemon is left to do it.
async fn delete(context: &Context, sandbox: &Sandbox, signals: &mut Signals) {
    let what = format!("remove sandbox {}", sandbox.name);
    let call = waiting(&what, context.client.delete_sandbox(&sandbox.id));
    tokio::select! {
        deleted = call => if let Err(error) = deleted {
            let next = format!("remove it with `skerry rm {}`", sandbox.name);
            Failure::new(&what, &error.message, &next).say();
        },
        _ = signals.next() => {}
    }
}

/// Says which sandbox was kept; stdout is the command's own.
fn say_kept(sandbox: &Sandbox) {
    let next = format!("remove it with `skerry rm {}`", sandbox.name);
    Failure::new("run", &format!("sandbox {} was kept", sandbox.name), &next).say();
}
