//! `skerry image`.

mod build;
mod export;
mod keep;
mod pull;

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bytes::Bytes;
use clap::{Args, Subcommand};
use futures::stream::{BoxStream, StreamExt};
use skerry_client::v1;
use tokio::fs::File;
use tokio::io::AsyncRead;
use tokio::sync::oneshot;
use tokio_stream::wrappers::ReceiverStream;

pub(super) use pull::pull_image;

use super::Context;
use super::transfer::not_sent;
use crate::archive::{Archive, LeftOut, Pipes};
use crate::failure::Failure;
use crate::output::{Cell, Table, TransferProgress};
use crate::units::{show_age, show_size};

/// Pull, build, import, list and remove images
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  skerry image pull alpine                       One from a registry
  skerry image import debian ./rootfs            Make one of a directory
  skerry image ls                                See what is there
  skerry image rm debian                         Remove it")]
pub(super) enum Image {
    Pull(pull::Pull),
    Import(Import),
    Build(build::Build),
    Ls(Ls),
    Inspect(keep::Inspect),
    Tag(keep::Tag),
    Export(export::Export),
    Rm(Rm),
    Prune(keep::Prune),
}

impl Image {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        match self {
            Self::Pull(pull) => pull.run(context).await,
            Self::Import(import) => import.run(context).await,
            Self::Build(build) => build.run(context).await,
            Self::Ls(ls) => ls.run(context).await,
            Self::Inspect(inspect) => inspect.run(context).await,
            Self::Tag(tag) => tag.run(context).await,
            Self::Export(export) => export.run(context).await,
            Self::Rm(rm) => rm.run(context).await,
            Self::Prune(prune) => prune.run(context).await,
        }
    }
}

/// Make an image of a directory or a tar archive
#[derive(Debug, Args)]
#[command(after_help = "\
A directory is sent with its owners, modes, links, FIFOs, file
capabilities and user attributes. An archive is sent as it is: plain, gzip
or zstd. `-` reads one from stdin. Both hold a root file system, or one
image with its layers and its config: an OCI layout, or what `docker save`
writes.

Examples:
  skerry image import debian ./rootfs            A directory
  skerry image import alpine:3.20 alpine.tar.gz  An archive
  docker save app | skerry image import app -    With its config
  docker export c1 | skerry image import mine -  From another program
  skerry run mine -- cat /etc/os-release         Use it")]
pub(super) struct Import {
    /// The image's name: letters a-z, digits and `-_.:/@`
    name: String,
    /// A directory, a tar archive, or `-`
    path: PathBuf,
}

impl Import {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("import image {}", self.name);
        let source = Source::open(&self.path).await.map_err(|error| {
            let why = format!("{}: {error}", self.path.display());
            Failure::new(&what, &why, "give a directory, a tar archive, or - for stdin")
        })?;
        let progress = TransferProgress::new(&what, source.length);
        let chunks = progress.counted(source.chunks);
        let import = context.client.import_image_chunks(&self.name, chunks);
        let image = progress.waiting(import).await;
        let image = image.map_err(|error| not_sent(context, &what, error))?;
        if let Some(Ok(left_out)) = source.left_out.map(|mut left_out| left_out.try_recv()) {
            say_left_out(&what, left_out);
        }
        if context.output.is_json() {
            context.output.json(&image)?;
        } else {
            context.output.line(&image.name)?;
        }
        Ok(0)
    }
}

/// Where an archive comes from.
struct Source {
    chunks: BoxStream<'static, io::Result<Bytes>>,
    length: Option<u64>,
    left_out: Option<oneshot::Receiver<LeftOut>>,
}

impl Source {
    async fn open(path: &Path) -> io::Result<Self> {
        if path == Path::new("-") {
            return Ok(Self::of_reader(tokio::io::stdin(), None));
        }
        let metadata = tokio::fs::metadata(path).await?;
        if !metadata.is_dir() {
            let length = metadata.is_file().then_some(metadata.len());
            return Ok(Self::of_reader(File::open(path).await?, length));
        }
        // One that can't be read at all is no reason to begin.
        drop(tokio::fs::read_dir(path).await?);
        let archive = Archive::of_directory(path.to_owned(), Pipes::Keep)?;
        Ok(Self {
            chunks: ReceiverStream::new(archive.chunks).boxed(),
            length: None,
            left_out: Some(archive.left_out),
        })
    }

    fn of_reader<R>(reader: R, length: Option<u64>) -> Self
    where
        R: AsyncRead + Send + Unpin + 'static,
    {
        Self { chunks: skerry_client::chunks(reader).boxed(), length, left_out: None }
    }
}

fn say_left_out(what: &str, left_out: LeftOut) {
    let LeftOut { special_files, mount_points } = left_out;
    if special_files > 0 {
        let why = format!("{special_files} devices or sockets were left out");
        Failure::new(what, &why, "a sandbox has a /dev of its own").say();
    }
    if mount_points > 0 {
        let why = format!("{mount_points} mount points were left empty");
        Failure::new(what, &why, "unmount or copy what the image needs of them").say();
    }
}

/// List images
#[derive(Debug, Args)]
#[command(
    visible_alias = "list",
    after_help = "\
Examples:
  skerry image ls                                All of them
  skerry image ls -o json                        For programs"
)]
pub(super) struct Ls {
    /// Only names
    #[arg(short, long)]
    quiet: bool,
}

impl Ls {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let images = context.call("list images", context.client.list_images()).await?;
        if self.quiet {
            let names: String = images.iter().map(|image| format!("{}\n", image.name)).collect();
            context.output.text(&names)?;
        } else if context.output.is_json() {
            context.output.json_list(&images)?;
        } else {
            context.output.table(&table(&images, SystemTime::now()))?;
        }
        Ok(0)
    }
}

fn table(images: &[v1::Image], now: SystemTime) -> Table {
    let mut table = Table::new(&["NAME", "ID", "SIZE", "ENTRIES", "AGE"]);
    for image in images {
        let made = image.create_time.and_then(|time| SystemTime::try_from(time).ok());
        // The built-in image is the host's own files: it has no size.
        let counted = |text: String| {
            if image.entries == 0 { "-".to_owned() } else { text }
        };
        table.row([
            Cell::from(&image.name),
            Cell::from(&image.id),
            Cell::from(counted(show_size(image.size_bytes))),
            Cell::from(counted(image.entries.to_string())),
            Cell::from(made.map_or_else(|| "-".to_owned(), |time| show_age(time, now))),
        ]);
    }
    table
}

/// Remove images
///
/// One that is not there is no error; one that a sandbox was made from stays.
#[derive(Debug, Args)]
#[command(
    visible_alias = "delete",
    after_help = "\
Examples:
  skerry image rm debian                         One
  skerry image rm debian alpine:3.20             Several"
)]
pub(super) struct Rm {
    /// Names or ids
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<String>,
}

impl Rm {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        for image in &self.images {
            let what = format!("remove image {image}");
            context.call(&what, context.client.delete_image(image)).await?;
            if !context.output.is_json() {
                context.output.line(image)?;
            }
        }
        if context.output.is_json() {
            context.output.text(&format!("{}\n", serde_json::json!(self.images)))?;
        }
        Ok(0)
    }
}
