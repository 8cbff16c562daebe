//! Commands about images that are there.

use std::time::SystemTime;

use clap::Args;
use skerry_client::v1;

use crate::command::Context;
use crate::failure::Failure;
use crate::output::Table;
use crate::units::{show_size, show_time};

/// Show everything about an image
#[derive(Debug, Args)]
#[command(after_help = "\
Its env, user and working dir are the defaults of commands in its sandboxes.

Examples:
  skerry image inspect alpine                    For people
  skerry image inspect alpine -o json | jq .config
                                                 For programs")]
pub(in crate::command) struct Inspect {
    /// Name or id
    image: String,
}

impl Inspect {
    pub(in crate::command) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("inspect image {}", self.image);
        let image = context.call(&what, context.client.image(&self.image)).await?;
        if context.output.is_json() {
            context.output.json(&image)?;
        } else {
            context.output.table(&details(&image))?;
        }
        Ok(0)
    }
}

fn details(image: &v1::Image) -> Table {
    let made = image.create_time.and_then(|time| SystemTime::try_from(time).ok());
    let mut table = Table::new(&[]);
    table.pair("name", &image.name);
    table.pair("id", &image.id);
    table.pair("reference", &image.reference);
    table.pair("digest", &image.digest);
    if !image.architecture.is_empty() {
        table.pair("platform", format!("{}/{}", image.os, image.architecture));
    }
    // The built-in image is the host's own files: it has no size.
    if image.entries > 0 {
        table.pair("size", show_size(image.size_bytes));
        table.pair("entries", image.entries.to_string());
    }
    table.pair("made", made.map_or_else(String::new, show_time));
    for layer in &image.layers {
        table.pair("layer", layer);
    }
    let Some(config) = &image.config else { return table };
    let words = |words: &[String]| match words {
        [] => String::new(),
        words => serde_json::json!(words).to_string(),
    };
    table.pair("entrypoint", words(&config.entrypoint));
    table.pair("cmd", words(&config.cmd));
    table.pair("user", &config.user);
    table.pair("working dir", &config.working_dir);
    table.pair("stop signal", &config.stop_signal);
    for port in &config.exposed_ports {
        table.pair("port", port);
    }
    for volume in &config.volumes {
        table.pair("volume", volume);
    }
    table.pairs("env", &config.env);
    table.pairs("label", &config.labels);
    table
}

/// Give an image one more name
#[derive(Debug, Args)]
#[command(after_help = "\
Its files are there as long as one of its names is.

Examples:
  skerry image tag ghcr.io/owner/app:1.2 app     A shorter one
  skerry image rm ghcr.io/owner/app:1.2          `app` stays")]
pub(in crate::command) struct Tag {
    /// Name or id
    image: String,
    /// The name that it gets
    name: String,
}

impl Tag {
    pub(in crate::command) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("tag image {}", self.image);
        let call = context.client.tag_image(&self.image, &self.name);
        let image = context.call(&what, call).await?;
        if context.output.is_json() {
            context.output.json(&image)?;
        } else {
            context.output.line(&image.name)?;
        }
        Ok(0)
    }
}

/// Remove images that no sandbox was made from
#[derive(Debug, Args)]
#[command(after_help = "\
Layers that were kept for pulls and that no image has any more go too.

Examples:
  skerry image prune --dry-run                   See what would go
  skerry image prune                             Remove it
  skerry image prune --layers                    Keep images, remove old layers")]
pub(in crate::command) struct Prune {
    /// Only say what would be removed
    #[arg(long)]
    dry_run: bool,
    /// Keep all images; remove only layers that none of them has
    #[arg(long)]
    layers: bool,
}

impl Prune {
    pub(in crate::command) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let request = v1::PruneImagesRequest { dry_run: self.dry_run, only_blobs: self.layers };
        let pruned = context.call("prune images", context.client.prune_images(request)).await?;
        if context.output.is_json() {
            context.output.json(&pruned)?;
            return Ok(0);
        }
        for image in &pruned.images {
            context.output.line(image)?;
        }
        let would = if self.dry_run { "would free" } else { "freed" };
        let (images, layers) = (pruned.images.len(), pruned.blobs);
        let freed = show_size(pruned.freed_bytes);
        context.output.line(&format!("{would} {freed}: {images} images, {layers} layers"))?;
        Ok(0)
    }
}
