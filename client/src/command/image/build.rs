//! `skerry image build`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use skerry_client::UploadError;
use skerry_client::v1::build_image_request::Start;
use skerry_client::v1::build_image_response::Event;

use super::Source;
use crate::command::Context;
use crate::failure::Failure;
use crate::units::{parse_duration, parse_pair, parse_size};

/// Build an image of a Containerfile
#[derive(Debug, Args)]
#[command(after_help = "\
The directory is sent to the daemon, whose machine's buildah does the steps,
as nobody there and without a network. `--network` gives them, and the pull
of the base image, the network of that machine.

Examples:
  skerry image build app .                       By ./Containerfile or ./Dockerfile
  skerry image build app . -f build/Containerfile
                                                 By another one
  skerry image build tool . --build-arg BASE=app
                                                 FROM an image that the daemon has
  skerry image build app . --network             FROM an image of a registry
  skerry run app -- true                         Use it")]
pub(in crate::command) struct Build {
    /// The image's name: letters a-z, digits and `-_.:/@`
    name: String,
    /// A directory: what the steps may COPY
    context: PathBuf,
    /// The steps [default: CONTEXT/Containerfile, else CONTEXT/Dockerfile]
    #[arg(short, long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// A value of an ARG; may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    build_arg: Vec<(String, String)>,
    /// With the network of the daemon's machine
    #[arg(long)]
    network: bool,
    /// How long it may take: 90s, 5m [default: 30m]
    #[arg(long, value_name = "SPAN", value_parser = parse_duration)]
    timeout: Option<Duration>,
    /// What it may have on the disk at once: 512M, 10G [default: 32G, where the
    /// storage holds sizes]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    disk: Option<i64>,
    /// Print no log, unless it fails
    #[arg(short, long)]
    quiet: bool,
}

impl Build {
    pub(in crate::command) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("build image {}", self.name);
        let source = Source::open(&self.context).await.map_err(|error| {
            let why = format!("{}: {error}", self.context.display());
            Failure::new(&what, &why, "give a directory that can be read")
        })?;
        let start = Start {
            containerfile: self.containerfile(&what)?,
            name: self.name,
            build_args: self.build_arg.into_iter().collect(),
            network: self.network,
            disk_bytes: self.disk.unwrap_or_default(),
            timeout: self.timeout.and_then(|span| span.try_into().ok()),
        };
        let build = context.client.build_image(start, source.chunks).await;
        let mut build = build.map_err(|error| match error {
            UploadError::Call(error) => context.failure(&what, &error),
            UploadError::Source(_) => {
                Failure::new(&what, &error.to_string(), "make it readable and build again")
            }
        })?;
        loop {
            match build.next().await.map_err(|error| context.failure(&what, &error))? {
                // Where stderr is closed there is nobody to tell.
                Some(Event::Log(piece)) if !self.quiet => {
                    io::stderr().write_all(&piece).ok();
                }
                Some(Event::Log(_)) => {}
                Some(Event::Image(image)) => {
                    match context.output.is_json() {
                        true => context.output.json(&image)?,
                        false => context.output.line(&image.name)?,
                    }
                    return Ok(0);
                }
                None => {
                    let why = "the daemon ended the build";
                    return Err(Failure::new(&what, why, "build again"));
                }
            }
        }
    }

    fn containerfile(&self, what: &str) -> Result<String, Failure> {
        let path = match &self.file {
            Some(path) => path.clone(),
            None => {
                let names = ["Containerfile", "Dockerfile"].map(|name| self.context.join(name));
                let [first, _] = &names;
                names.iter().find(|path| path.exists()).unwrap_or(first).clone()
            }
        };
        std::fs::read_to_string(&path).map_err(|error| {
            let why = format!("{}: {error}", path.display());
            Failure::new(what, &why, "give the steps with --file")
        })
    }
}
