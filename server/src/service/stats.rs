//! What sandboxes use.

use std::time::Duration;

use futures::stream::{self, BoxStream, StreamExt};
use skerry_api::v1::{self, SandboxStats};
use tokio::time::{Interval, MissedTickBehavior};
use tonic::Status;

use super::check::Checks;
use super::{Drain, convert, status};
use crate::engine::{Engine, Stats};

const MIN_INTERVAL: Duration = Duration::from_millis(100);
/// Below the silence after which other streams send a keep-alive.
const MAX_INTERVAL: Duration = Duration::from_secs(10);
const DEFAULT_INTERVAL: Duration = Duration::from_secs(1);

/// A watch of one sandbox, which is there now.
pub(super) fn watch(
    engine: &Engine,
    drain: Drain,
    request: v1::WatchSandboxStatsRequest,
) -> Result<BoxStream<'static, Result<SandboxStats, Status>>, Status> {
    let mut checks = Checks::default();
    checks.sandbox_ref(&request.sandbox_id);
    let interval = checks.duration("interval", request.interval, MIN_INTERVAL, MAX_INTERVAL);
    checks.finish()?;
    // By its id: the name may become another one's.
    let id = engine.record(&request.sandbox_id)?.id.to_string();
    let mut ticks = tokio::time::interval(interval.unwrap_or(DEFAULT_INTERVAL));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let watching = Watching { engine: engine.clone(), id, ticks, drain };
    let all = stream::unfold(Some(watching), |watching| async move {
        let mut watching = watching?;
        match watching.next().await {
            Ok(stats) => Some((Ok(stats), Some(watching))),
            Err(status) => Some((Err(status), None)),
        }
    });
    Ok(all.boxed())
}

struct Watching {
    engine: Engine,
    id: String,
    ticks: Interval,
    drain: Drain,
}

impl Watching {
    async fn next(&mut self) -> Result<SandboxStats, Status> {
        tokio::select! {
            biased;
            () = self.drain.begun() => {
                Err(status::shutting_down("the daemon is shutting down; watch anew"))
            }
            _ = self.ticks.tick() => Ok(message(self.engine.stats(&self.id).await?)),
        }
    }
}

/// As the API tells it.
pub(super) fn message(stats: Stats) -> SandboxStats {
    let Stats { id, state, time, limits, machine, traffic, disk_used, oom_kills } = stats;
    SandboxStats {
        sandbox_id: id.into(),
        state: convert::state(state).into(),
        time: Some(convert::timestamp(time)),
        limits: Some(convert::limits(&limits)),
        cpu_time: machine.cpu_time.map(convert::duration),
        memory_used_bytes: machine.memory.map(convert::signed),
        memory_peak_bytes: machine.memory_peak.map(convert::signed),
        pids: machine.pids.map(convert::signed),
        disk_used_bytes: disk_used.map(convert::signed),
        network_received_bytes: traffic.map(|traffic| convert::signed(traffic.received)),
        network_sent_bytes: traffic.map(|traffic| convert::signed(traffic.sent)),
        oom_kills: convert::signed(oom_kills),
    }
}
