//! Commands that read a sandbox or move it through its life.

use std::time::{Duration, SystemTime};

use clap::Args;
use skerry_client::Error;
use skerry_client::v1::{Sandbox, SandboxState};

use super::Context;
use crate::failure::Failure;
use crate::output::{Cell, Table, Tone};
use crate::units::{parse_duration, parse_pair, show_age, show_cpus, show_size};

/// List sandboxes
#[derive(Debug, Args)]
#[command(
    visible_alias = "list",
    after_help = "\
Examples:
  skerry ls                                      All of them
  skerry ls -l team=web -l env=test              Those that have both labels
  skerry ls -q | xargs skerry rm                 Only ids, for another command
  skerry ls -o json | jq -r '.[].name'           For programs"
)]
pub(super) struct Ls {
    /// Only those with this label; several must all be there
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    label: Vec<(String, String)>,
    /// Only ids
    #[arg(short, long)]
    quiet: bool,
}

impl Ls {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let labels = self.label.into_iter().collect();
        let sandboxes =
            context.call("list sandboxes", context.client.list_sandboxes(labels)).await?;
        let shown = |all: &[_]| table(all, SystemTime::now());
        context.output.list(&sandboxes, self.quiet, |one| &one.id, shown)?;
        Ok(0)
    }
}

/// Start stopped sandboxes on their own disks
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  skerry start web                               One
  skerry start web db                            Several")]
pub(super) struct Start {
    #[command(flatten)]
    named: Named,
}

impl Start {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        self.named.each(context, "start", async |one| context.client.start_sandbox(one).await).await
    }
}

/// Stop sandboxes: their processes end, their disks are kept
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  skerry stop web                                SIGTERM, then SIGKILL after 10 s
  skerry stop web -t 1m                          With more time
  skerry stop web -t 0                           At once")]
pub(super) struct Stop {
    #[command(flatten)]
    named: Named,
    /// How long processes have after SIGTERM: 90s, 5m [default: 10s]
    #[arg(short, long, value_name = "SPAN", value_parser = parse_duration)]
    time: Option<Duration>,
}

impl Stop {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let stop = async |one: &str| context.client.stop_sandbox(one, self.time).await;
        self.named.each(context, "stop", stop).await
    }
}

/// Freeze sandboxes in memory
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  skerry pause web                               Its processes stand still
  skerry resume web                              They go on where they were")]
pub(super) struct Pause {
    #[command(flatten)]
    named: Named,
}

impl Pause {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        self.named.each(context, "pause", async |one| context.client.pause_sandbox(one).await).await
    }
}

/// Let paused sandboxes go on
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  skerry resume web                              After `skerry pause web`")]
pub(super) struct Resume {
    #[command(flatten)]
    named: Named,
}

impl Resume {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let resume = async |one: &str| context.client.resume_sandbox(one).await;
        self.named.each(context, "resume", resume).await
    }
}

/// Keep sandboxes from being idle
#[derive(Debug, Args)]
#[command(after_help = "\
Their idle timeout starts anew: now, or when --for is over. A maximum lifetime
still runs out.

Examples:
  skerry keep-alive web                          As if it had been used now
  skerry keep-alive web --for 2h                 Whatever happens, for two hours")]
pub(super) struct KeepAlive {
    #[command(flatten)]
    named: Named,
    /// How long: 90s, 30m, at most 24h [default: this moment]
    #[arg(long = "for", value_name = "SPAN", value_parser = parse_duration)]
    period: Option<Duration>,
}

impl KeepAlive {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let keep = async |one: &str| context.client.keep_alive(one, self.period).await;
        self.named.each(context, "keep alive", keep).await
    }
}

#[derive(Debug, Args)]
struct Named {
    /// Names or ids
    #[arg(required = true, value_name = "SANDBOX")]
    sandboxes: Vec<String>,
}

impl Named {
    /// Does the same to each and prints its name, or the sandboxes as JSON:
    /// one as an object, several as an array. The first failure ends it.
    async fn each(
        &self,
        context: &Context,
        verb: &str,
        act: impl AsyncFn(&str) -> Result<Sandbox, Error>,
    ) -> Result<u8, Failure> {
        let mut done = Vec::new();
        for one in &self.sandboxes {
            let sandbox = context.call(&format!("{verb} {one}"), act(one)).await?;
            if !context.output.is_json() {
                context.output.line(&sandbox.name)?;
            }
            done.push(sandbox);
        }
        match done.as_slice() {
            _ if !context.output.is_json() => {}
            [one] => context.output.json(one)?,
            several => context.output.json_list(several)?,
        }
        Ok(0)
    }
}

/// A state as people read it.
pub(super) fn state_name(state: SandboxState) -> &'static str {
    match state {
        SandboxState::Unspecified => "unknown",
        SandboxState::Creating => "creating",
        SandboxState::Running => "running",
        SandboxState::Pausing => "pausing",
        SandboxState::Paused => "paused",
        SandboxState::Resuming => "resuming",
        SandboxState::Stopping => "stopping",
        SandboxState::Stopped => "stopped",
        SandboxState::Starting => "starting",
        SandboxState::Failed => "failed",
        SandboxState::Deleting => "deleting",
    }
}

/// A state with what its colour says.
pub(super) fn state_cell(state: SandboxState) -> Cell {
    let tone = match state {
        SandboxState::Running => Tone::Good,
        SandboxState::Stopped => Tone::Faint,
        SandboxState::Failed | SandboxState::Unspecified => Tone::Bad,
        _ => Tone::Middling,
    };
    Cell::toned(state_name(state), tone)
}

fn table(sandboxes: &[Sandbox], now: SystemTime) -> Table {
    let mut table = Table::new(&["NAME", "ID", "IMAGE", "STATE", "AGE", "CPUS", "MEMORY"]);
    for sandbox in sandboxes {
        let limits = sandbox.limits.unwrap_or_default();
        let made = sandbox.create_time.and_then(|time| SystemTime::try_from(time).ok());
        table.row([
            Cell::from(&sandbox.name),
            Cell::from(&sandbox.id),
            Cell::from(&sandbox.image),
            state_cell(sandbox.state()),
            Cell::from(made.map_or_else(String::new, |time| show_age(time, now))),
            Cell::from(limits.cpu_millis.map_or_else(String::new, show_cpus)),
            Cell::from(limits.memory_bytes.map_or_else(String::new, show_size)),
        ]);
    }
    table
}
