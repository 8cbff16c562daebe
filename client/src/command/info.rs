//! `skerry info`.

use std::time::SystemTime;

use clap::Args;
use skerry_client::v1::{CapabilityStatus, Limits, StorageInfo, SystemInfo};

use super::Context;
use super::sandbox::state_name;
use crate::failure::Failure;
use crate::output::{Cell, Table, Tone};
use crate::units::{show_age, show_cpus, show_size};

/// Show the daemon, its limits, and what isolation this host really gives
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  skerry info                                    For people
  skerry info -o json | jq '.capabilities[] | select(.status != \"CAPABILITY_STATUS_ON\")'
                                                 What this host lacks")]
pub(super) struct Info {}

impl Info {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let info = context.call("read the daemon's state", context.client.system_info()).await?;
        if context.output.is_json() {
            context.output.json(&info)?;
            return Ok(0);
        }
        let address = context.client.config().address.to_string();
        context.output.table(&summary(&info, &address, SystemTime::now()))?;
        context.output.text("\n")?;
        context.output.table(&capabilities(&info))?;
        Ok(0)
    }
}

fn summary(info: &SystemInfo, address: &str, now: SystemTime) -> Table {
    let mut table = Table::new(&[]);
    table.pair("address", address);
    table.pair("version", format!("{} ({})", info.version, info.api_version));
    table.pair("runtime", &info.runtime);
    table.pair("kernel", &info.kernel);
    let start = info.start_time.and_then(|time| SystemTime::try_from(time).ok());
    table.pair("up", start.map_or_else(String::new, |start| show_age(start, now)));
    table.pair("sandboxes", sandboxes(info));
    table.pair("execs", info.running_execs.to_string());
    table.pair("images", info.images.to_string());
    if let Some(storage) = &info.storage {
        table.pair("storage", show_storage(storage));
        table.pair("volumes", storage.volumes.to_string());
        table.pair("snapshots", storage.snapshots.to_string());
    }
    table.pair("default limits", limits(info.default_limits));
    table.pair("most a sandbox gets", limits(info.max_limits));
    table
}

fn sandboxes(info: &SystemInfo) -> String {
    let total: i64 = info.sandbox_counts.iter().map(|state| state.count).sum();
    let by_state: Vec<_> = info
        .sandbox_counts
        .iter()
        .filter(|state| state.count > 0)
        .map(|state| format!("{} {}", state.count, state_name(state.state())))
        .collect();
    match by_state.as_slice() {
        [] => format!("{total} of at most {}", info.max_sandboxes),
        states => format!("{total} of at most {} ({})", info.max_sandboxes, states.join(", ")),
    }
}

fn show_storage(storage: &StorageInfo) -> String {
    let (free, total) = (show_size(storage.free_bytes), show_size(storage.total_bytes));
    format!("{}, {free} free of {total}", storage.driver)
}

fn limits(limits: Option<Limits>) -> String {
    let limits = limits.unwrap_or_default();
    let named = [
        limits.cpu_millis.map(|millis| format!("{} cpus", show_cpus(millis))),
        limits.memory_bytes.map(|bytes| format!("{} memory", show_size(bytes))),
        limits.pids.map(|pids| format!("{pids} pids")),
        limits.disk_bytes.map(|bytes| format!("{} disk", show_size(bytes))),
    ];
    named.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn capabilities(info: &SystemInfo) -> Table {
    let mut table = Table::new(&["CAPABILITY", "STATUS", "DETAIL"]);
    for capability in &info.capabilities {
        let (status, tone) = match capability.status() {
            CapabilityStatus::On => ("on", Tone::Good),
            CapabilityStatus::Degraded => ("degraded", Tone::Middling),
            CapabilityStatus::Off => ("off", Tone::Bad),
            CapabilityStatus::Unspecified => ("unknown", Tone::Bad),
        };
        table.row([
            Cell::from(&capability.name),
            Cell::toned(status, tone),
            Cell::from(&capability.detail),
        ]);
    }
    table
}
