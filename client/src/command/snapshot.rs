//! `skerry snapshot`.

mod archive;

use std::time::SystemTime;

use clap::{Args, Subcommand};
use skerry_client::v1;
use skerry_client::v1::{CreateSnapshotRequest, ListSnapshotsRequest, SnapshotScope};

use super::Context;
use super::volume::show_counted;
use crate::failure::Failure;
use crate::output::{Cell, Table};
use crate::units::{parse_pair, show_age, show_cpus, show_size, show_time};

/// What every sandbox's id starts with; no name does.
const SANDBOX_PREFIX: &str = "sbx_";

/// Take, list, move and remove snapshots: disks of sandboxes as they once were
#[derive(Debug, Subcommand)]
#[command(after_help = "\
A snapshot is a sandbox's disk as it was at one instant, to make other
sandboxes from. It stays when the sandbox goes.

Examples:
  skerry snapshot create web --name ready        Take one
  skerry create --snapshot ready --name web-2    A sandbox that starts from it
  skerry run --snapshot ready -- make test       A command in a fresh one
  skerry snapshot ls                             See what is there
  skerry snapshot export ready ready.tar.zst     Take it elsewhere
  skerry snapshot rm ready                       Remove it")]
pub(super) enum Snapshot {
    Create(Create),
    Ls(Ls),
    Inspect(Inspect),
    Export(archive::Export),
    Import(archive::Import),
    Rm(Rm),
}

impl Snapshot {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        match self {
            Self::Create(create) => create.run(context).await,
            Self::Ls(ls) => ls.run(context).await,
            Self::Inspect(inspect) => inspect.run(context).await,
            Self::Export(export) => export.run(context).await,
            Self::Import(import) => import.run(context).await,
            Self::Rm(rm) => rm.run(context).await,
        }
    }
}

/// Take a snapshot of a sandbox's disk
#[derive(Debug, Args)]
#[command(after_help = "\
Prints its name. A sandbox that runs stands still for the instant and goes
on. A volume that was made for it by --storage is in the snapshot, volumes
of --volume are not.

Examples:
  skerry snapshot create web --name ready        One with a name
  skerry snapshot create web --workspace --name work
                                                 Only what is at /workspace
  id=$(skerry snapshot create web) && skerry create --snapshot $id
                                                 In a script")]
pub(super) struct Create {
    /// The sandbox's name or id
    sandbox: String,
    /// Its name, unique: letters a-z, digits and `-` [default: its id]
    #[arg(short, long)]
    name: Option<String>,
    /// Label it, to find it by `skerry snapshot ls --label`
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    label: Vec<(String, String)>,
    /// Take what is at /workspace alone, to be had with any image
    #[arg(long)]
    workspace: bool,
}

impl Create {
    async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("take a snapshot of {}", self.sandbox);
        let scope = match self.workspace {
            true => SnapshotScope::Workspace,
            false => SnapshotScope::Disk,
        };
        let request = CreateSnapshotRequest {
            sandbox_id: self.sandbox,
            name: self.name.unwrap_or_default(),
            labels: self.label.into_iter().collect(),
            scope: scope.into(),
        };
        let snapshot = context.call(&what, context.client.create_snapshot(request)).await?;
        if context.output.is_json() {
            context.output.json(&snapshot)?;
        } else {
            context.output.line(&snapshot.name)?;
        }
        Ok(0)
    }
}

/// List snapshots
#[derive(Debug, Args)]
#[command(
    visible_alias = "list",
    after_help = "\
Examples:
  skerry snapshot ls                             All of them
  skerry snapshot ls --sandbox web               Those of one sandbox
  skerry snapshot ls -q -l draft=yes | xargs skerry snapshot rm
                                                 Only names, for another command
  skerry snapshot ls -o json | jq -r '.[].name'  For programs"
)]
pub(super) struct Ls {
    /// Only those of this sandbox; by its id also when it is gone
    #[arg(short, long, value_name = "SANDBOX")]
    sandbox: Option<String>,
    /// Only those with this label; several must all be there
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    label: Vec<(String, String)>,
    /// Only names
    #[arg(short, long)]
    quiet: bool,
}

impl Ls {
    async fn run(self, context: &Context) -> Result<u8, Failure> {
        let sandbox_id = match self.sandbox {
            Some(name) if !name.starts_with(SANDBOX_PREFIX) => {
                let what = format!("list snapshots of {name}");
                context.call(&what, context.client.sandbox(&name)).await?.id
            }
            given => given.unwrap_or_default(),
        };
        let filter = ListSnapshotsRequest {
            sandbox_id,
            labels: self.label.into_iter().collect(),
            ..ListSnapshotsRequest::default()
        };
        let snapshots =
            context.call("list snapshots", context.client.list_snapshots(filter)).await?;
        let shown = |all: &[_]| table(all, SystemTime::now());
        context.output.list(&snapshots, self.quiet, |one| &one.name, shown)?;
        Ok(0)
    }
}

/// Show everything about a snapshot
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  skerry snapshot inspect ready                  For people
  skerry snapshot inspect ready -o json | jq .env
                                                 For programs")]
pub(super) struct Inspect {
    /// Name or id
    snapshot: String,
}

impl Inspect {
    async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("inspect snapshot {}", self.snapshot);
        let snapshot = context.call(&what, context.client.snapshot(&self.snapshot)).await?;
        context.output.one(&snapshot, details)?;
        Ok(0)
    }
}

/// Remove snapshots
#[derive(Debug, Args)]
#[command(
    visible_alias = "delete",
    after_help = "\
One that is not there is no error. Sandboxes that were made from it stay
as they are.

Examples:
  skerry snapshot rm ready                       One
  skerry snapshot rm ready snap_01h2x…           Several, by name or id"
)]
pub(super) struct Rm {
    /// Names or ids
    #[arg(required = true, value_name = "SNAPSHOT")]
    snapshots: Vec<String>,
}

impl Rm {
    async fn run(self, context: &Context) -> Result<u8, Failure> {
        for snapshot in &self.snapshots {
            let what = format!("remove snapshot {snapshot}");
            context.call(&what, context.client.delete_snapshot(snapshot)).await?;
            if !context.output.is_json() {
                context.output.line(snapshot)?;
            }
        }
        if context.output.is_json() {
            context.output.text(&format!("{}\n", serde_json::json!(self.snapshots)))?;
        }
        Ok(0)
    }
}

fn table(snapshots: &[v1::Snapshot], now: SystemTime) -> Table {
    let mut table = Table::new(&["NAME", "ID", "SANDBOX", "IMAGE", "SIZE", "AGE"]);
    for snapshot in snapshots {
        let taken = snapshot.create_time.and_then(|time| SystemTime::try_from(time).ok());
        table.row([
            Cell::from(&snapshot.name),
            Cell::from(&snapshot.id),
            Cell::from(&snapshot.sandbox_id),
            Cell::from(&snapshot.image),
            Cell::from(show_counted(snapshot.size_bytes)),
            Cell::from(taken.map_or_else(|| "-".to_owned(), |time| show_age(time, now))),
        ]);
    }
    table
}

fn details(snapshot: &v1::Snapshot) -> Table {
    let limits = snapshot.limits.unwrap_or_default();
    let taken = snapshot.create_time.and_then(|time| SystemTime::try_from(time).ok());
    let mut table = Table::new(&[]);
    table.pair("name", &snapshot.name);
    table.pair("id", &snapshot.id);
    table.pair("sandbox", &snapshot.sandbox_id);
    table.pair("image", &snapshot.image);
    if snapshot.scope() == SnapshotScope::Workspace {
        table.pair("part", "/workspace");
    }
    table.pair("size", snapshot.size_bytes.map_or_else(String::new, show_size));
    table.pair("cpus", limits.cpu_millis.map_or_else(String::new, show_cpus));
    table.pair("memory", limits.memory_bytes.map_or_else(String::new, show_size));
    table.pair("pids", limits.pids.map_or_else(String::new, |pids| pids.to_string()));
    table.pair("disk", limits.disk_bytes.map_or_else(String::new, show_size));
    table.pairs("label", &snapshot.labels);
    table.pairs("env", &snapshot.env);
    table.pair("created", taken.map_or_else(String::new, show_time));
    table
}
