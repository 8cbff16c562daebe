//! `skerry stats`.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};

use clap::Args;
use futures::stream::{self, StreamExt, TryStreamExt};
use skerry_client::v1::{Sandbox, SandboxState, SandboxStats};
use skerry_client::{Code, Error};

use super::Context;
use super::sandbox::state_cell;
use super::volume::show_counted;
use crate::failure::Failure;
use crate::output::{Cell, Table, Tone};
use crate::units::{parse_duration, show_cpus, show_size};

/// Readings that are asked for at once.
const AT_ONCE: usize = 16;
/// Between the two readings of which processors in use are told.
const SPAN: Duration = Duration::from_secs(1);
/// What is at least so full, in hundredths, needs someone's eye.
const NEARLY_FULL: i64 = 90;

/// Show what sandboxes use: processors, memory, processes, disk, network
#[derive(Debug, Args)]
#[command(after_help = "\
CPUS is how many processors were busy in the last second, or since the table
before. RECEIVED and SENT count from the last start. What is not counted is a
dash: all but the disk of a sandbox that does not run. To look is no work on a
sandbox: its idle timeout runs on.

Examples:
  skerry stats                                   All that run or are paused
  skerry stats web db                            These
  skerry stats --watch                           Again and again
  skerry stats web -o json | jq -r .memoryUsedBytes
                                                 For programs")]
pub(super) struct Stats {
    /// Names or ids; all that run or are paused where none is given
    #[arg(value_name = "SANDBOX")]
    sandboxes: Vec<String>,
    /// Go on until it is interrupted
    #[arg(short, long)]
    watch: bool,
    /// From one table to the next: 500ms, 10s [default: 1s]
    #[arg(long, value_name = "SPAN", value_parser = parse_duration, requires = "watch")]
    interval: Option<Duration>,
}

/// A sandbox's name and what it uses.
type Reading = (String, SandboxStats);

impl Stats {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let interval = self.interval.unwrap_or(SPAN).max(Duration::from_millis(100));
        if context.output.is_json() {
            return self.print_json(context, interval).await;
        }
        let mut before = HashMap::new();
        loop {
            let readings = self.read(context).await?;
            // Of the first alone nobody can tell how many processors are busy.
            if !before.is_empty() || readings.is_empty() {
                if self.watch {
                    context.output.clear()?;
                }
                context.output.table(&table(&readings, &before))?;
                if !self.watch {
                    return Ok(0);
                }
            }
            before =
                readings.into_iter().map(|(_, stats)| (stats.sandbox_id.clone(), stats)).collect();
            tokio::time::sleep(interval).await;
        }
    }

    async fn print_json(self, context: &Context, interval: Duration) -> Result<u8, Failure> {
        loop {
            let readings = self.read(context).await?;
            let readings: Vec<_> = readings.into_iter().map(|(_, stats)| stats).collect();
            match (self.watch, readings.as_slice()) {
                (true, all) => all.iter().try_for_each(|one| context.output.json_line(one))?,
                (false, [one]) if self.sandboxes.len() == 1 => context.output.json(one)?,
                (false, all) => context.output.json_list(all)?,
            }
            if !self.watch {
                return Ok(0);
            }
            tokio::time::sleep(interval).await;
        }
    }

    /// Reads all that are asked for, in their order.
    async fn read(&self, context: &Context) -> Result<Vec<Reading>, Failure> {
        if self.sandboxes.is_empty() {
            let list = context.client.list_sandboxes(BTreeMap::new());
            let all = context.call("list sandboxes", list).await?;
            let alive = all.into_iter().filter(is_alive).map(|sandbox| (sandbox.name, sandbox.id));
            let readings = stream::iter(alive).map(async |(name, id)| {
                match context.client.sandbox_stats(&id).await {
                    Ok(stats) => Ok(Some((name, stats))),
                    // It was deleted meanwhile.
                    Err(error) if error.code == Code::NotFound => Ok(None),
                    Err(error) => Err(read_failure(context, &name, &error)),
                }
            });
            let readings: Vec<Option<Reading>> = readings.buffered(AT_ONCE).try_collect().await?;
            return Ok(readings.into_iter().flatten().collect());
        }
        let readings = stream::iter(&self.sandboxes).map(async |name| {
            let stats = context.client.sandbox_stats(name).await;
            stats
                .map(|stats| (name.clone(), stats))
                .map_err(|error| read_failure(context, name, &error))
        });
        readings.buffered(AT_ONCE).try_collect().await
    }
}

fn read_failure(context: &Context, name: &str, error: &Error) -> Failure {
    context.failure(&format!("read what {name} uses"), error)
}

fn is_alive(sandbox: &Sandbox) -> bool {
    !matches!(sandbox.state(), SandboxState::Stopped | SandboxState::Failed)
}

fn table(readings: &[Reading], before: &HashMap<String, SandboxStats>) -> Table {
    let mut table =
        Table::new(&["NAME", "STATE", "CPUS", "MEMORY", "PIDS", "DISK", "RECEIVED", "SENT"]);
    for (name, stats) in readings {
        let limits = stats.limits.unwrap_or_default();
        let busy = before.get(&stats.sandbox_id).and_then(|before| busy_millis(before, stats));
        table.row([
            Cell::from(name),
            state_cell(stats.state()),
            of(busy, limits.cpu_millis, show_cpus, false),
            of(stats.memory_used_bytes, limits.memory_bytes, show_size, true),
            of(stats.pids, limits.pids, |pids| pids.to_string(), true),
            of(stats.disk_used_bytes, limits.disk_bytes, show_size, true),
            Cell::from(show_counted(stats.network_received_bytes)),
            Cell::from(show_counted(stats.network_sent_bytes)),
        ]);
    }
    table
}

/// Thousandths of processors that were busy between two readings, to the
/// hundredth; `None` where it was started in between.
fn busy_millis(before: &SandboxStats, now: &SandboxStats) -> Option<i64> {
    let span = |stats: &SandboxStats| Duration::try_from(stats.cpu_time?).ok();
    let time = |stats: &SandboxStats| SystemTime::try_from(stats.time?).ok();
    let used = span(now)?.checked_sub(span(before)?)?;
    let passed = time(now)?.duration_since(time(before)?).ok()?;
    let busy = used.as_secs_f64() / passed.as_secs_f64();
    busy.is_finite().then(|| (busy * 100.0).round() as i64 * 10)
}

/// What is used and how much it may be: `30M / 512M`.
fn of(used: Option<i64>, limit: Option<i64>, show: impl Fn(i64) -> String, calls: bool) -> Cell {
    let Some(used) = used else { return Cell::toned("-", Tone::Faint) };
    let Some(limit) = limit else { return Cell::from(show(used)) };
    let full = calls && i128::from(used) * 100 >= i128::from(limit) * i128::from(NEARLY_FULL);
    let tone = if full { Tone::Bad } else { Tone::Plain };
    Cell::toned(&format!("{} / {}", show(used), show(limit)), tone)
}
