//! `skerry df`.

use std::collections::BTreeMap;

use clap::Args;
use skerry_client::v1::{Sandbox, StorageInfo, Volume};

use super::Context;
use super::volume::{show_bound, show_counted};
use crate::failure::Failure;
use crate::output::{Cell, Table, Tone, json_list_of, json_of};
use crate::units::show_size;

/// What is at least so full, in hundredths, needs someone's eye.
const NEARLY_FULL: i64 = 90;

/// Show how much room the storage has, and who uses it
#[derive(Debug, Args)]
#[command(after_help = "\
What uses most comes first. A fork and its parent, or a sandbox and a
snapshot of it, share what neither has changed: what they use together may
be less than the sum.

Examples:
  skerry df                                      For people
  skerry df -o json | jq -r .storage.freeBytes   For programs")]
pub(super) struct Df {}

impl Df {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let client = &context.client;
        let info = context.call("read the daemon's state", client.system_info()).await?;
        let list = client.list_sandboxes(BTreeMap::new());
        let mut sandboxes = context.call("list sandboxes", list).await?;
        let list = client.list_volumes(BTreeMap::new());
        let mut volumes = context.call("list volumes", list).await?;
        let storage = info.storage.unwrap_or_default();
        // Stable: what uses the same stays in the order of its list.
        sandboxes.sort_by_key(|one| -one.disk_used_bytes.unwrap_or(0));
        volumes.sort_by_key(|one| -one.used_bytes.unwrap_or(0));
        if context.output.is_json() {
            return context
                .output
                .json_fields(&[
                    ("storage", json_of(&storage)),
                    ("sandboxes", json_list_of(&sandboxes)),
                    ("volumes", json_list_of(&volumes)),
                ])
                .map(|()| 0);
        }
        context.output.table(&summary(&storage))?;
        context.output.text("\n")?;
        context.output.table(&users(&sandboxes, &volumes))?;
        Ok(0)
    }
}

fn summary(storage: &StorageInfo) -> Table {
    let used = storage.total_bytes.saturating_sub(storage.free_bytes);
    let mut table = Table::new(&[]);
    table.pair("driver", &storage.driver);
    table.pair("total", show_size(storage.total_bytes));
    table.pair("free", full_cell(&show_size(storage.free_bytes), used, storage.total_bytes));
    table.pair("sizes", if storage.limits { "bounded" } else { "not bounded by this driver" });
    table.pair("snapshots", storage.snapshots.to_string());
    table
}

fn users(sandboxes: &[Sandbox], volumes: &[Volume]) -> Table {
    let mut table = Table::new(&["KIND", "NAME", "USED", "SIZE"]);
    let mut row = |kind: &str, name: &str, used: Option<i64>, size: i64| {
        let shown = full_cell(&show_counted(used), used.unwrap_or(0), size);
        table.row([kind.into(), name.into(), shown, show_bound(size).into()]);
    };
    for sandbox in sandboxes {
        let size = sandbox.limits.and_then(|limits| limits.disk_bytes).unwrap_or(0);
        row("sandbox", &sandbox.name, sandbox.disk_used_bytes, size);
    }
    for volume in volumes {
        row("volume", &volume.name, volume.used_bytes, volume.size_bytes);
    }
    table
}

/// A cell that calls where little room is left; without a size there is none.
fn full_cell(text: &str, used: i64, size: i64) -> Cell {
    let full = size > 0 && i128::from(used) * 100 >= i128::from(size) * i128::from(NEARLY_FULL);
    Cell::toned(text, if full { Tone::Bad } else { Tone::Plain })
}
