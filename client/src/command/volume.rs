//! `skerry volume`.

use std::time::SystemTime;

use clap::{Args, Subcommand};
use skerry_client::v1;
use skerry_client::v1::CreateVolumeRequest;

use super::Context;
use super::mount::parse_bound;
use crate::failure::Failure;
use crate::output::{Cell, Table};
use crate::units::{parse_pair, show_age, show_size, show_time};

/// Make, list, change and remove volumes: directories that outlive sandboxes
#[derive(Debug, Subcommand)]
#[command(after_help = "\
A volume is a directory that several sandboxes may have at once, each at a
path of its own. A sandbox gets its volumes when it is made.

Examples:
  skerry volume create data --size 10G           Make one
  skerry create host --name web --volume data    A sandbox with it at /workspace
  skerry run host --volume data:/srv:ro -- ls /srv
                                                 Read it in another
  skerry volume ls                               See what is there
  skerry volume rm data                          Remove it with all in it")]
pub(super) enum Volume {
    Create(Create),
    Ls(Ls),
    Inspect(Inspect),
    Update(Update),
    Rm(Rm),
}

impl Volume {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        match self {
            Self::Create(create) => create.run(context).await,
            Self::Ls(ls) => ls.run(context).await,
            Self::Inspect(inspect) => inspect.run(context).await,
            Self::Update(update) => update.run(context).await,
            Self::Rm(rm) => rm.run(context).await,
        }
    }
}

/// Make an empty volume
#[derive(Debug, Args)]
#[command(after_help = "\
Prints its name.

Examples:
  skerry volume create data                      As large as the storage has room
  skerry volume create data --size 10G           With a bound of its own
  id=$(skerry volume create) && skerry run host --volume $id -- touch note
                                                 In a script")]
pub(super) struct Create {
    /// Its name, unique: letters a-z, digits and `-` [default: its id]
    name: Option<String>,
    /// What it may hold: 512M, 10G, none [default: none]
    #[arg(short, long, value_name = "SIZE", value_parser = parse_bound)]
    size: Option<i64>,
    /// Label it, to find it by `skerry volume ls --label`
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    label: Vec<(String, String)>,
}

impl Create {
    async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = match &self.name {
            None => "create a volume".to_owned(),
            Some(name) => format!("create volume {name}"),
        };
        let request = CreateVolumeRequest {
            name: self.name.unwrap_or_default(),
            size_bytes: self.size.unwrap_or_default(),
            labels: self.label.into_iter().collect(),
        };
        let volume = context.call(&what, context.client.create_volume(request)).await?;
        answer(context, &volume)
    }
}

/// List volumes
#[derive(Debug, Args)]
#[command(
    visible_alias = "list",
    after_help = "\
Examples:
  skerry volume ls                               All of them
  skerry volume ls -l team=web                   Those that have the label
  skerry volume ls -q | xargs skerry volume rm   Only names, for another command
  skerry volume ls -o json | jq -r '.[].usedBytes'
                                                 For programs"
)]
pub(super) struct Ls {
    /// Only those with this label; several must all be there
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    label: Vec<(String, String)>,
    /// Only names
    #[arg(short, long)]
    quiet: bool,
}

impl Ls {
    async fn run(self, context: &Context) -> Result<u8, Failure> {
        let labels = self.label.into_iter().collect();
        let volumes = context.call("list volumes", context.client.list_volumes(labels)).await?;
        let shown = |all: &[_]| table(all, SystemTime::now());
        context.output.list(&volumes, self.quiet, |one| &one.name, shown)?;
        Ok(0)
    }
}

/// Show everything about a volume
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  skerry volume inspect data                     For people
  skerry volume inspect data -o json | jq -r '.sandboxIds[]'
                                                 Which sandboxes have it")]
pub(super) struct Inspect {
    /// Name or id
    volume: String,
}

impl Inspect {
    async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("inspect volume {}", self.volume);
        let volume = context.call(&what, context.client.volume(&self.volume)).await?;
        context.output.one(&volume, details)?;
        Ok(0)
    }
}

/// Change a volume's size or labels
#[derive(Debug, Args)]
#[command(after_help = "\
A new size is in force at once, also in sandboxes that run; what is in the
volume stays. What is not named stays as it is.

Examples:
  skerry volume update data --size 20G           A new size
  skerry volume update data --size none          No bound of its own any more
  skerry volume update data --label env=prod --remove-label draft
                                                 Other labels are kept")]
pub(super) struct Update {
    /// Name or id
    volume: String,
    /// What it may hold: 512M, 10G, none
    #[arg(short, long, value_name = "SIZE", value_parser = parse_bound)]
    size: Option<i64>,
    /// Set a label
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    label: Vec<(String, String)>,
    /// Remove a label
    #[arg(long, value_name = "KEY")]
    remove_label: Vec<String>,
}

impl Update {
    async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("update volume {}", self.volume);
        let (mut values, mut paths) = (v1::Volume::default(), Vec::new());
        if let Some(size) = self.size {
            values.size_bytes = size;
            paths.push("size_bytes".to_owned());
        }
        if !self.label.is_empty() || !self.remove_label.is_empty() {
            // Labels change as a whole: what others set meanwhile is lost.
            let present = context.call(&what, context.client.volume(&self.volume)).await?;
            values.labels = present.labels;
            values.labels.retain(|key, _| !self.remove_label.contains(key));
            values.labels.extend(self.label);
            paths.push("labels".to_owned());
        }
        if paths.is_empty() {
            let next = "name one, as `skerry volume update --help` shows";
            return Err(Failure::new(&what, "nothing to change was named", next));
        }
        let call = context.client.update_volume(&self.volume, values, paths);
        answer(context, &context.call(&what, call).await?)
    }
}

/// Remove volumes with all in them
#[derive(Debug, Args)]
#[command(
    visible_alias = "delete",
    after_help = "\
One that is not there is no error. One that a sandbox has stays, and the
others go all the same. With --force it goes as well: sandboxes that run
keep what they have open until they stop, and can't be started again.

Examples:
  skerry volume rm data                          One
  skerry volume rm data cache vol_01h2x…         Several, by name or id
  skerry volume rm data --force                  Though sandboxes have it"
)]
pub(super) struct Rm {
    /// Names or ids
    #[arg(required = true, value_name = "VOLUME")]
    volumes: Vec<String>,
    /// Remove them though sandboxes have them
    #[arg(short, long)]
    force: bool,
}

impl Rm {
    async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = match self.volumes.as_slice() {
            [one] => format!("remove volume {one}"),
            several => format!("remove {} volumes", several.len()),
        };
        let call = context.client.delete_volumes(&self.volumes, self.force);
        let mut removed = Vec::new();
        let mut first_failure = None;
        for answer in context.call(&what, call).await? {
            if answer.deleted {
                if !context.output.is_json() {
                    context.output.line(&answer.volume_id)?;
                }
                removed.push(answer.volume_id);
                continue;
            }
            let what = format!("remove volume {}", answer.volume_id);
            let failure = Failure::answer(&what, &answer.reason, &answer.message);
            if let Some(earlier) = first_failure.replace(failure) {
                Failure::say(&earlier);
            }
        }
        if context.output.is_json() {
            context.output.text(&format!("{}\n", serde_json::json!(removed)))?;
        }
        first_failure.map_or(Ok(0), Err)
    }
}

/// A size that may be none.
pub(super) fn show_bound(bytes: i64) -> String {
    if bytes == 0 { "-".to_owned() } else { show_size(bytes) }
}

/// Bytes that may not be counted.
pub(super) fn show_counted(bytes: Option<i64>) -> String {
    bytes.map_or_else(|| "-".to_owned(), show_size)
}

fn answer(context: &Context, volume: &v1::Volume) -> Result<u8, Failure> {
    if context.output.is_json() {
        context.output.json(volume)?;
    } else {
        context.output.line(&volume.name)?;
    }
    Ok(0)
}

fn table(volumes: &[v1::Volume], now: SystemTime) -> Table {
    let mut table = Table::new(&["NAME", "ID", "USED", "SIZE", "SANDBOXES", "AGE"]);
    for volume in volumes {
        let made = volume.create_time.and_then(|time| SystemTime::try_from(time).ok());
        table.row([
            Cell::from(&volume.name),
            Cell::from(&volume.id),
            Cell::from(show_counted(volume.used_bytes)),
            Cell::from(show_bound(volume.size_bytes)),
            Cell::from(volume.sandbox_ids.len().to_string()),
            Cell::from(made.map_or_else(|| "-".to_owned(), |time| show_age(time, now))),
        ]);
    }
    table
}

fn details(volume: &v1::Volume) -> Table {
    let time = |stamp: Option<prost_types::Timestamp>| {
        stamp.and_then(|time| SystemTime::try_from(time).ok()).map_or_else(String::new, show_time)
    };
    let mut table = Table::new(&[]);
    table.pair("name", &volume.name);
    table.pair("id", &volume.id);
    table.pair("used", volume.used_bytes.map_or_else(String::new, show_size));
    table.pair(
        "size",
        match volume.size_bytes {
            0 => "no bound of its own".to_owned(),
            bytes => show_size(bytes),
        },
    );
    for sandbox in &volume.sandbox_ids {
        table.pair("sandbox", sandbox);
    }
    table.pair("made for", &volume.owner_id);
    table.pairs("label", &volume.labels);
    table.pair("created", time(volume.create_time));
    table.pair("updated", time(volume.update_time));
    table
}
