//! `skerry create`, and the options of everything that makes a sandbox.

use std::time::Duration;

use clap::{Args, ValueEnum};
use skerry_client::v1::{CreateSandboxRequest, Limits, OnExec, OnIdle, Sandbox, Timeouts};

use super::Context;
use super::credential::CredentialOptions;
use super::egress::NetworkOptions;
use super::image::pull_image;
use super::main_process::MainOptions;
use super::mount::MountOptions;
use super::port::{HealthOptions, PortOptions, add_tunnels};
use crate::failure::Failure;
use crate::output::waiting;
use crate::units::{parse_cpus, parse_duration, parse_pair, parse_size};

/// The image of a sandbox that names none.
const DEFAULT_IMAGE: &str = "host";

/// Make a sandbox that stays until it is removed
#[derive(Debug, Args)]
#[command(after_help = "\
Prints its name. It runs at once; give it commands with `skerry exec`.

Examples:
  skerry create                                  A sandbox of the image host
  skerry create host --name web --cpus 1.5       One with a name and a limit
  skerry create host --idle-timeout 30m --on-idle delete
                                                 One that goes when it is not used
  skerry create --volume data --volume models:/models:ro
                                                 One with volumes
  skerry create --name web --port 8000           One with a port to look at: `skerry url web 8000`
  skerry create --allow pypi.org --allow '*.pythonhosted.org' --allow-port 443
                                                 One that reaches these alone
  skerry create --allow api.github.com --credential host=api.github.com,env=GITHUB_TOKEN
                                                 One whose requests there have a token that
                                                 nothing in it can read
  skerry create --snapshot ready                 One that starts from a snapshot
  skerry create nginx --main                     One that runs its image's command; the image
                                                 is pulled where it is not there
  skerry create host -- python3 -m http.server   One that runs yours
  skerry create alpine --snapshot work           One with the files of a snapshot of
                                                 /workspace
  id=$(skerry create host) && skerry exec $id -- id
                                                 In a script")]
pub(super) struct Create {
    /// The image to make it from; `skerry image ls` shows all [default: host, or the snapshot's]
    image: Option<String>,
    #[command(flatten)]
    main: MainOptions,
    #[command(flatten)]
    options: SandboxOptions,
    #[command(flatten)]
    pull: PullOptions,
}

impl Create {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let image = match self.options.has_snapshot() {
            true => String::new(),
            false => DEFAULT_IMAGE.to_owned(),
        };
        let mut request = self.options.request(self.image.unwrap_or(image));
        self.main.ask(&mut request);
        let sandbox = self.pull.create(context, request).await?;
        if context.output.is_json() {
            context.output.json(&sandbox)?;
        } else {
            context.output.line(&sandbox.name)?;
        }
        Ok(0)
    }
}

/// What is being done by a create.
pub(super) fn creating(request: &CreateSandboxRequest) -> String {
    match (request.name.as_str(), request.snapshot_id.as_str()) {
        ("", "") => format!("create a sandbox of {}", request.image),
        ("", snapshot) => format!("create a sandbox from snapshot {snapshot}"),
        (name, _) => format!("create sandbox {name}"),
    }
}

/// Whether an image is pulled for a sandbox.
#[derive(Debug, Args)]
pub(super) struct PullOptions {
    /// Whether an image that is not there is pulled first
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = PullWhen::Missing)]
    pull: PullWhen,
}

/// When an image is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PullWhen {
    Missing,
    Never,
}

impl PullOptions {
    /// Makes the sandbox. An image that is missing is pulled by a call of its
    /// own, which tells how far it is.
    pub(super) async fn create(
        &self,
        context: &Context,
        request: CreateSandboxRequest,
    ) -> Result<Sandbox, Failure> {
        let what = creating(&request);
        let image = request.image.clone();
        let first = waiting(&what, context.client.create_sandbox(request.clone())).await;
        match first {
            Err(error)
                if self.pull == PullWhen::Missing
                    && error.reason.as_deref() == Some("IMAGE_NOT_FOUND") =>
            {
                pull_image(context, &image).await?;
                context.call(&what, context.client.create_sandbox(request)).await
            }
            first => first.map_err(|error| context.failure(&what, &error)),
        }
    }
}

/// How a new sandbox shall be.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sandbox options")]
pub(super) struct SandboxOptions {
    /// Its name, unique: letters a-z, digits and `-` [default: its id]
    #[arg(short, long)]
    name: Option<String>,
    /// Start from a snapshot, by name or id; its image is the sandbox's, unless
    /// it has /workspace alone
    #[arg(long, value_name = "NAME")]
    snapshot: Option<String>,
    #[command(flatten)]
    mounts: MountOptions,
    #[command(flatten)]
    ports: PortOptions,
    /// Open a port and lead the world to it by a tunnel, which `skerry tunnel ls`
    /// shows; may be repeated
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    tunnel: Vec<u16>,
    #[command(flatten)]
    health: HealthOptions,
    #[command(flatten)]
    limits: LimitOptions,
    /// Set a variable for every command in it; without a value, your own
    #[arg(short, long, value_name = "KEY[=VALUE]", value_parser = parse_env)]
    env: Vec<(String, String)>,
    /// Label it, to find it by `skerry ls --label`
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    label: Vec<(String, String)>,
    /// Its host name inside [default: its name]
    #[arg(long)]
    hostname: Option<String>,
    #[command(flatten)]
    timeouts: TimeoutOptions,
    /// What a command does when it is stopped or frozen [default: refuse]
    #[arg(long, value_name = "ACTION", value_enum)]
    on_exec: Option<ExecAction>,
    /// Put it in a group, whose sandboxes reach each other
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    #[command(flatten)]
    network: NetworkOptions,
    #[command(flatten)]
    credentials: CredentialOptions,
}

impl SandboxOptions {
    /// Whether the caller said what happens when it is idle.
    pub(super) fn names_idle(&self) -> bool {
        self.timeouts.idle_timeout.is_some() || self.timeouts.on_idle.is_some()
    }

    /// Whether it starts from a snapshot, which has its image with it.
    pub(super) fn has_snapshot(&self) -> bool {
        self.snapshot.is_some()
    }

    /// The request for it. Its `request_id` makes a repeated call safe.
    pub(super) fn request(self, image: String) -> CreateSandboxRequest {
        let mut request = CreateSandboxRequest {
            name: self.name.unwrap_or_default(),
            image,
            snapshot_id: self.snapshot.unwrap_or_default(),
            labels: self.label.into_iter().collect(),
            limits: Some(self.limits.limits()),
            timeouts: Some(self.timeouts.timeouts()),
            env: self.env.into_iter().collect(),
            hostname: self.hostname.unwrap_or_default(),
            request_id: uuid::Uuid::now_v7().to_string(),
            on_exec: self.on_exec.map_or(OnExec::Unspecified, OnExec::from).into(),
            network_policy: self.network.policy(),
            group: self.group.unwrap_or_default(),
            credentials: self.credentials.credential,
            ..CreateSandboxRequest::default()
        };
        self.mounts.ask(&mut request);
        self.ports.add_to(&mut request.ports);
        add_tunnels(&self.tunnel, &mut request);
        self.health.ask(&mut request);
        request
    }
}

/// What its processes may use together.
#[derive(Debug, Args)]
pub(super) struct LimitOptions {
    /// Its memory, swap included: 512M, 4G
    #[arg(short, long, value_name = "SIZE", value_parser = parse_size)]
    pub(super) memory: Option<i64>,
    /// Its processors: 2, 1.5
    #[arg(short, long, value_name = "NUMBER", value_parser = parse_cpus)]
    pub(super) cpus: Option<i64>,
    /// Its processes and threads
    #[arg(long, value_name = "NUMBER")]
    pub(super) pids: Option<i64>,
    /// Its disk, beyond the image: 10G
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(super) disk: Option<i64>,
}

impl LimitOptions {
    pub(super) fn limits(&self) -> Limits {
        Limits {
            memory_bytes: self.memory,
            cpu_millis: self.cpus,
            pids: self.pids,
            disk_bytes: self.disk,
        }
    }
}

/// How long it may live.
#[derive(Debug, Args)]
pub(super) struct TimeoutOptions {
    /// How long without a command until --on-idle happens: 90s, 10m, 2h, none
    #[arg(long, value_name = "SPAN", value_parser = parse_timeout)]
    pub(super) idle_timeout: Option<Timeout>,
    /// What happens then: stop it, freeze it, remove it [default: stop]
    #[arg(long, value_name = "ACTION", value_enum)]
    pub(super) on_idle: Option<IdleAction>,
    /// How long after its start it is stopped
    #[arg(long, value_name = "SPAN", value_parser = parse_timeout)]
    pub(super) max_lifetime: Option<Timeout>,
    /// How long after its stop it is deleted
    #[arg(long, value_name = "SPAN", value_parser = parse_timeout)]
    pub(super) auto_delete: Option<Timeout>,
    /// Never idle, and started again with the daemon where it was lost with its
    /// host
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) always_on: Option<bool>,
}

impl TimeoutOptions {
    pub(super) fn timeouts(&self) -> Timeouts {
        let span = |timeout: Option<Timeout>| timeout.and_then(Timeout::proto);
        Timeouts {
            idle_timeout: span(self.idle_timeout),
            on_idle: self.on_idle.map_or(OnIdle::Unspecified, OnIdle::from).into(),
            max_lifetime: span(self.max_lifetime),
            auto_delete: span(self.auto_delete),
            always_on: self.always_on.unwrap_or_default(),
        }
    }
}

/// A span, or that it never runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timeout {
    Never,
    After(Duration),
}

impl Timeout {
    fn proto(self) -> Option<prost_types::Duration> {
        match self {
            Self::Never => None,
            Self::After(span) => {
                Some(span.try_into().expect("the longest that is parsed fits: 64 bits of ms"))
            }
        }
    }
}

/// What happens to an idle sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum IdleAction {
    Stop,
    Pause,
    Delete,
}

impl From<IdleAction> for OnIdle {
    fn from(action: IdleAction) -> Self {
        match action {
            IdleAction::Stop => Self::Stop,
            IdleAction::Pause => Self::Pause,
            IdleAction::Delete => Self::Delete,
        }
    }
}

/// What a command does to a sandbox that does not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ExecAction {
    /// It fails
    Refuse,
    /// It starts or resumes the sandbox first
    Wake,
}

impl From<ExecAction> for OnExec {
    fn from(action: ExecAction) -> Self {
        match action {
            ExecAction::Refuse => Self::Refuse,
            ExecAction::Wake => Self::Wake,
        }
    }
}

/// `KEY=VALUE`, or `KEY` for the variable of this process.
pub(super) fn parse_env(text: &str) -> Result<(String, String), String> {
    if text.contains('=') {
        return parse_pair(text).map_err(|error| error.to_string());
    }
    match std::env::var(text) {
        Ok(value) => Ok((text.to_owned(), value)),
        Err(_) => Err("not set here; write KEY=VALUE".to_owned()),
    }
}

fn parse_timeout(text: &str) -> Result<Timeout, String> {
    match text {
        "none" | "never" => Ok(Timeout::Never),
        _ => parse_duration(text).map(Timeout::After).map_err(|error| format!("{error}, none")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_may_be_none() {
        assert_eq!(parse_timeout("none"), Ok(Timeout::Never));
        assert_eq!(parse_timeout("10m"), Ok(Timeout::After(Duration::from_secs(600))));
        assert!(parse_timeout("soon").is_err());
        let longest = parse_timeout("106751991167d").expect("it fits 64 bits of ms");
        let Timeout::After(span) = longest else { panic!("a span") };
        assert_eq!(Timeout::After(span).proto().map(|p| p.seconds), Some(9_223_372_036_828_800));
    }

    #[test]
    fn a_variable_without_value_is_ones_own() {
        assert_eq!(parse_env("A=b"), Ok(("A".to_owned(), "b".to_owned())));
        let path = std::env::var("PATH").expect("cargo sets it");
        assert_eq!(parse_env("PATH"), Ok(("PATH".to_owned(), path)));
        assert!(parse_env("SKERRY_SURELY_NOT_SET").is_err());
        assert!(parse_env("=x").is_err());
    }
}
