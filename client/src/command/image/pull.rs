//! `skerry image pull`.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use clap::Args;
use skerry_client::v1::pull_image_request::{BasicCredentials, Credentials};
use skerry_client::v1::pull_image_response::Event;
use skerry_client::v1::{Image, PullImageRequest, PullPhase, PullProgress};

use crate::command::Context;
use crate::failure::Failure;
use crate::output::LayerBars;
use crate::units::show_size;

/// Characters of a digest that tell layers apart.
const SHORT_DIGEST: usize = 12;
/// The most that is read of a password.
const MAX_PASSWORD_BYTES: u64 = 64 << 10;

/// Pull an image from a registry
#[derive(Debug, Args)]
#[command(after_help = "\
The daemon pulls: it must reach the registry. What is here already is not
fetched again, and what was broken off goes on where it stopped. A registry
on the daemon's own machine is called without TLS.

Examples:
  skerry image pull alpine                       docker.io/library/alpine:latest
  skerry image pull ghcr.io/owner/app:1.2 --name app
                                                 Under a shorter name
  skerry image pull registry.lan:5000/app --ca ca.pem
                                                 With a CA of your own
  skerry image pull registry.lan/app -u me --password-stdin < password
                                                 With credentials, which are not kept
  skerry run alpine -- cat /etc/os-release       Use it")]
pub(in crate::command) struct Pull {
    /// As Docker takes it: `alpine`, `ghcr.io/owner/app:1.2`, `app@sha256:...`
    reference: String,
    /// The image's name here [default: the reference]
    #[arg(long)]
    name: Option<String>,
    /// For which machine: `linux/arm64` [default: the daemon's]
    #[arg(long)]
    platform: Option<String>,
    /// Call the registry without TLS
    #[arg(long)]
    plain_http: bool,
    /// Certificates to trust, in PEM
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Whom the registry knows
    #[arg(short, long, requires = "password_stdin")]
    username: Option<String>,
    /// Read the password from stdin
    #[arg(long, requires = "username")]
    password_stdin: bool,
    /// Say nothing of the progress
    #[arg(short, long)]
    quiet: bool,
}

impl Pull {
    pub(in crate::command) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = what(&self.reference);
        let quiet = self.quiet;
        let request = self.request(&what)?;
        let image = pulled(context, &what, request, quiet).await?;
        match context.output.is_json() {
            true => context.output.json(&image)?,
            false => context.output.line(&image.name)?,
        }
        Ok(0)
    }

    fn request(self, what: &str) -> Result<PullImageRequest, Failure> {
        let ca_certificate = match &self.ca {
            None => String::new(),
            Some(path) => std::fs::read_to_string(path).map_err(|error| {
                let why = format!("{}: {error}", path.display());
                Failure::new(what, &why, "give a file with certificates in PEM")
            })?,
        };
        let credentials = match self.username {
            None => None,
            Some(username) => {
                let password = password().map_err(|error| {
                    let why = format!("the password can't be read: {error}");
                    Failure::new(what, &why, "give it on stdin")
                })?;
                Some(Credentials::Basic(BasicCredentials { username, password }))
            }
        };
        Ok(PullImageRequest {
            reference: self.reference,
            name: self.name.unwrap_or_default(),
            platform: self.platform.unwrap_or_default(),
            plain_http: self.plain_http,
            ca_certificate,
            credentials,
        })
    }
}

/// Pulls an image by its name alone.
pub(in crate::command) async fn pull_image(
    context: &Context,
    reference: &str,
) -> Result<(), Failure> {
    let request = PullImageRequest { reference: reference.to_owned(), ..Default::default() };
    pulled(context, &what(reference), request, false).await.map(drop)
}

fn what(reference: &str) -> String {
    format!("pull image {reference}")
}

/// Pulls to the end, and tells how far it is unless `quiet`.
async fn pulled(
    context: &Context,
    what: &str,
    request: PullImageRequest,
    quiet: bool,
) -> Result<Image, Failure> {
    let mut pull = context.call(what, context.client.pull_image(request)).await?;
    let mut shown = Shown::new(quiet);
    let pulled = loop {
        match pull.next().await {
            Ok(Some(Event::Progress(progress))) => shown.progress(&progress),
            Ok(Some(Event::Image(image))) => break Ok(image),
            Ok(None) => {
                break Err(Failure::new(what, "the daemon ended the pull", "pull again"));
            }
            Err(error) => break Err(context.failure(what, &error)),
        }
    };
    shown.end();
    pulled
}

/// Without the end of its line.
fn password() -> io::Result<String> {
    let mut password = String::new();
    io::stdin().take(MAX_PASSWORD_BYTES).read_to_string(&mut password)?;
    Ok(password.trim_end_matches(['\r', '\n']).to_owned())
}

/// A line for each layer on a terminal; elsewhere one for each change of what
/// is done with it.
enum Shown {
    Bars(LayerBars),
    Lines(HashMap<String, PullPhase>),
    Nothing,
}

impl Shown {
    fn new(quiet: bool) -> Self {
        match LayerBars::on_terminal() {
            _ if quiet => Self::Nothing,
            Some(bars) => Self::Bars(bars),
            None => Self::Lines(HashMap::new()),
        }
    }

    fn progress(&mut self, progress: &PullProgress) {
        if progress.layer.is_empty() {
            return;
        }
        let hex = progress.layer.trim_start_matches("sha256:");
        let layer: String =
            hex.chars().filter(char::is_ascii_hexdigit).take(SHORT_DIGEST).collect();
        let phase = progress.phase();
        let said = say(phase);
        match self {
            Self::Nothing => {}
            Self::Bars(bars) => {
                let bytes = |number: i64| u64::try_from(number).unwrap_or(0);
                let (have, total) = (bytes(progress.downloaded_bytes), bytes(progress.total_bytes));
                bars.show(&layer, said, have, total);
            }
            Self::Lines(phases) => {
                if phases.insert(progress.layer.clone(), phase) != Some(phase) {
                    let size = show_size(progress.total_bytes);
                    // Where stderr is closed there is nobody to tell.
                    writeln!(io::stderr(), "{layer} {said} ({size})").ok();
                }
            }
        }
    }

    fn end(&mut self) {
        if let Self::Bars(bars) = self {
            bars.end();
        }
    }
}

fn say(phase: PullPhase) -> &'static str {
    match phase {
        PullPhase::Unspecified | PullPhase::Waiting => "waits",
        PullPhase::Downloading => "downloading",
        PullPhase::Downloaded => "downloaded",
        PullPhase::Unpacking => "unpacking",
        PullPhase::Done => "done",
    }
}
