//! Memory of an idle sandbox, by what the whole machine has less of.

use std::fs;
use std::time::Duration;

use super::{Field, RowError};
use crate::peer::Peer;
use crate::report::{Bound, Row};
use crate::skerry::Skerry;

const SKERRY: &str = "skerry";
const MEMINFO: &str = "/proc/meminfo";
const DROP_CACHES: &str = "/proc/sys/vm/drop_caches";

/// The machine has settled when two looks this far apart differ by less than
/// this; after so many looks it is taken as it is.
const PAUSE: Duration = Duration::from_millis(500);
const SETTLED_MIB: f64 = 1.0;
const LOOKS: u32 = 30;

pub(super) async fn measure(field: &Field<'_>) -> Row {
    let mut row = Row::new(
        "memory",
        "drop of MemAvailable for each idle sandbox, daemons' growth included",
        "MiB",
    );
    let (idle, peer_idle) = (field.options.idle, field.options.peer_idle);
    row.notes.push(format!(
        "at {idle} sandboxes of Skerry and {peer_idle} of each peer, once; a peer's run sleep, Skerry's its init alone"
    ));
    if let Some(skerry) = field.skerry {
        match skerry_idle(&mut row, skerry, idle).await {
            Ok(each) => row.add(SKERRY, vec![each]),
            Err(error) => row.leave_out(SKERRY, error),
        }
    }
    for peer in field.peers {
        match peer_idle_memory(field, &**peer, peer_idle).await {
            Ok(Some(each)) => row.add(peer.name(), vec![each]),
            Ok(None) => row.leave_out(peer.name(), "has no sandbox that stays"),
            Err(error) => row.leave_out(peer.name(), error),
        }
    }
    row.bound(SKERRY, Bound::AtMost(0.9));
    row
}

async fn skerry_idle(row: &mut Row, skerry: &Skerry, count: u32) -> Result<f64, RowError> {
    let before = settled().await?;
    let resident_before = skerry.daemon_mib();
    let mut ids = Vec::new();
    let mut outcome = Ok(());
    for _ in 0..count {
        match skerry.create().await {
            Ok(id) => ids.push(id),
            Err(error) => {
                outcome = Err(error);
                break;
            }
        }
    }
    let after = settled().await?;
    if let Some((before, after)) = resident_before.zip(skerry.daemon_mib()) {
        row.notes.push(format!(
            "skerryd's resident memory: {before:.1} MiB before, {after:.1} MiB at {}",
            ids.len()
        ));
    }
    for id in &ids {
        skerry.delete(id).await?;
    }
    outcome?;
    Ok((before - after) / f64::from(count))
}

async fn peer_idle_memory(
    field: &Field<'_>,
    peer: &dyn Peer,
    count: u32,
) -> Result<Option<f64>, RowError> {
    let ids: Vec<String> =
        (0..count).map(|number| format!("{}-idle-{number}", field.prefix)).collect();
    let before = settled().await?;
    let mut outcome = Ok(());
    for id in &ids {
        let Some(mut start) = peer.start(id) else {
            return Ok(None);
        };
        outcome = field.stopwatch.run(&mut start).map(drop);
        if outcome.is_err() {
            break;
        }
    }
    let after = settled().await?;
    for mut remove in ids.iter().filter_map(|id| peer.remove(id)) {
        let removed = field.stopwatch.run(&mut remove);
        // The first failure is the one to tell.
        outcome = outcome.and(removed.map(drop));
    }
    outcome?;
    Ok(Some((before - after) / f64::from(count)))
}

/// Available memory in MiB, caches dropped, once it no longer changes.
async fn settled() -> Result<f64, RowError> {
    let machine =
        |path| move |error: std::io::Error| RowError::Machine { path, reason: error.to_string() };
    let mut last = f64::INFINITY;
    for _ in 0..LOOKS {
        tokio::time::sleep(PAUSE).await;
        rustix::fs::sync();
        fs::write(DROP_CACHES, "3").map_err(machine(DROP_CACHES))?;
        let text = fs::read_to_string(MEMINFO).map_err(machine(MEMINFO))?;
        let now = available_mib(&text).ok_or_else(|| RowError::Machine {
            path: MEMINFO,
            reason: "it has no MemAvailable".to_owned(),
        })?;
        if (now - last).abs() < SETTLED_MIB {
            return Ok(now);
        }
        last = now;
    }
    Ok(last)
}

fn available_mib(meminfo: &str) -> Option<f64> {
    let mut lines = meminfo.lines();
    let rest = lines.find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: f64 = rest.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::available_mib;

    #[test]
    fn available_memory_is_read_in_mib() {
        let text = "MemTotal:       8000 kB\nMemAvailable:    2048 kB\n";
        assert_eq!(available_mib(text), Some(2.0));
        assert_eq!(available_mib("MemTotal: 1 kB\n"), None);
    }
}
