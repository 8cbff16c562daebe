//! `skerry tunnel`.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand};
use skerry_client::v1;
use skerry_client::v1::{CreateTunnelRequest, TunnelState};

use super::Context;
use crate::failure::Failure;
use crate::output::{Cell, Table, Tone};
use crate::units::parse_duration;

/// What a token may have; the daemon takes less.
const MAX_TOKEN_BYTES: u64 = 64 << 10;

/// Lead the world to sandboxes' ports through Cloudflare
#[derive(Debug, Subcommand)]
#[command(after_help = "\
The daemon runs a cloudflared for each. A private port stays one: a visitor
needs a link, `skerry url --tunnel`. A tunnel ends with its sandbox's stop, and
with the daemon.

Examples:
  skerry tunnel create web 8000                  For a while, at a host that is given
  skerry tunnel create web 8000 --token-file t --local-port 8080
                                                 One of your account at Cloudflare
  skerry tunnel check web 8000                   Whether the world finds it
  skerry tunnel rm web 8000                      End it")]
pub(super) enum Tunnel {
    Create(Create),
    Ls(Ls),
    Check(Check),
    Rm(Rm),
}

impl Tunnel {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        match self {
            Self::Create(create) => create.run(context).await,
            Self::Ls(ls) => ls.run(context).await,
            Self::Check(check) => check.run(context).await,
            Self::Rm(rm) => rm.run(context).await,
        }
    }
}

/// A port of a sandbox.
#[derive(Debug, Args)]
struct Place {
    /// Name or id
    sandbox: String,
    /// The port inside
    #[arg(value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
}

/// Make a tunnel to a port, and print its address
#[derive(Debug, Args)]
#[command(after_help = "\
Prints its URL, once cloudflared has registered it. Without a token it is a quick
tunnel: no account, another host each time. For a named one, lead a public
hostname to http://localhost:LOCAL_PORT in its settings at Cloudflare.

Examples:
  skerry tunnel create web 8000 --check          And see that the world finds it
  pass tunnel | skerry tunnel create web 8000 --token-file - --local-port 8080
                                                 With a token that is in no file")]
pub(super) struct Create {
    #[command(flatten)]
    place: Place,
    /// A named tunnel's token, in a file; `-` for standard input
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// The port of the daemon's 127.0.0.1 at which cloudflared finds it [default:
    /// any that is free]
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    local_port: Option<u16>,
    /// Ask for its URL until it answers, and end it where it does not
    #[arg(long)]
    check: bool,
}

impl Create {
    async fn run(self, context: &Context) -> Result<u8, Failure> {
        let Place { sandbox, port } = self.place;
        let what = format!("make a tunnel to port {port} of {sandbox}");
        let token = match &self.token_file {
            None => String::new(),
            Some(path) => read_token(path).map_err(|error| {
                let why = format!("{}: {error}", path.display());
                Failure::new(&what, &why, "give a file with the tunnel's token")
            })?,
        };
        let request = CreateTunnelRequest {
            sandbox_id: sandbox,
            port: port.into(),
            token,
            local_port: self.local_port.unwrap_or_default().into(),
            check: self.check,
        };
        let tunnel = context.call(&what, context.client.create_tunnel(request)).await?;
        if context.output.is_json() {
            context.output.json(&tunnel)?;
        } else {
            context.output.line(&address(&tunnel))?;
        }
        Ok(0)
    }
}

fn read_token(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    match path.as_os_str() == "-" {
        true => io::stdin().lock().take(MAX_TOKEN_BYTES).read_to_string(&mut text)?,
        false => std::fs::File::open(path)?.take(MAX_TOKEN_BYTES).read_to_string(&mut text)?,
    };
    match text.trim() {
        "" => Err(io::Error::other("it is empty")),
        token => Ok(token.to_owned()),
    }
}

/// Its URL, or where its settings must lead one to.
fn address(tunnel: &v1::Tunnel) -> String {
    match tunnel.url.as_str() {
        "" => format!("http://localhost:{}", tunnel.local_port),
        url => url.to_owned(),
    }
}

/// List tunnels
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  skerry tunnel ls                               All
  skerry tunnel ls web                           Those to one sandbox")]
pub(super) struct Ls {
    /// Those to one sandbox, by name or id
    sandbox: Option<String>,
}

impl Ls {
    async fn run(self, context: &Context) -> Result<u8, Failure> {
        let call = context.client.list_tunnels(self.sandbox.as_deref());
        let tunnels = context.call("list tunnels", call).await?;
        if context.output.is_json() {
            context.output.json_list(&tunnels)?;
            return Ok(0);
        }
        let mut table = Table::new(&["SANDBOX", "PORT", "STATE", "KIND", "URL", "REASON"]);
        for tunnel in &tunnels {
            table.row([
                tunnel.sandbox_id.as_str().into(),
                tunnel.port.to_string().into(),
                state_cell(tunnel.state()),
                (if tunnel.named { "named" } else { "quick" }).into(),
                tunnel.url.as_str().into(),
                tunnel.reason.as_str().into(),
            ]);
        }
        context.output.table(&table)?;
        Ok(0)
    }
}

fn state_cell(state: TunnelState) -> Cell {
    match state {
        TunnelState::Ready => Cell::toned("ready", Tone::Good),
        TunnelState::Failed => Cell::toned("failed", Tone::Bad),
        TunnelState::Starting => "starting".into(),
        TunnelState::Unspecified => "unknown".into(),
    }
}

/// Ask for a tunnel's URL as the world would
#[derive(Debug, Args)]
#[command(after_help = "\
Exits with 1 where it does not answer well.

Examples:
  skerry tunnel check web 8000 && echo there     In a script")]
pub(super) struct Check {
    #[command(flatten)]
    place: Place,
    /// Ask again and again for so long, 1s to 5m
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = parse_duration)]
    timeout: Duration,
}

impl Check {
    async fn run(self, context: &Context) -> Result<u8, Failure> {
        let Place { sandbox, port } = &self.place;
        let what = format!("check the tunnel to port {port} of {sandbox}");
        let call = context.client.check_tunnel(sandbox, *port, Some(self.timeout));
        let health = context.call(&what, call).await?;
        if context.output.is_json() {
            context.output.json(&health)?;
        }
        if !health.healthy {
            return Err(Failure::answer(&what, "TUNNEL_UNHEALTHY", &health.reason));
        }
        if !context.output.is_json() {
            context.output.line(&health.status.to_string())?;
        }
        Ok(0)
    }
}

/// End a tunnel
#[derive(Debug, Args)]
#[command(after_help = "\
One that is not there is no error.

Examples:
  skerry tunnel rm web 8000                      The world finds it no more")]
pub(super) struct Rm {
    #[command(flatten)]
    place: Place,
}

impl Rm {
    async fn run(self, context: &Context) -> Result<u8, Failure> {
        let Place { sandbox, port } = &self.place;
        let what = format!("end the tunnel to port {port} of {sandbox}");
        context.call(&what, context.client.delete_tunnel(sandbox, *port)).await?;
        Ok(0)
    }
}
