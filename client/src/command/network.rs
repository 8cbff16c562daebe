//! `skerry network`.

use std::time::SystemTime;

use clap::{Args, Subcommand};
use skerry_client::Error;
use skerry_client::v1::{EgressReason, WatchEgressResponse};

use super::Context;
use super::credential;
use super::egress::show_policy;
use crate::failure::Failure;
use crate::output::{Cell, Table, Tone};
use crate::units::show_time;

/// See what sandboxes may reach, and what was refused
///
/// What a sandbox may reach is said by `skerry create` and `skerry update`:
/// --egress, --allow, --deny, --group.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  skerry network show web                        What web may reach, and how much was
                                                 refused
  skerry network watch web                       What is refused to it, as it happens")]
pub(super) enum Network {
    Show(Show),
    Watch(Watch),
}

impl Network {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        match self {
            Self::Show(show) => show.run(context).await,
            Self::Watch(watch) => watch.run(context).await,
        }
    }
}

/// Show a sandbox's address, its policy, and how much was refused
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  skerry network show web                        For people
  skerry network show web -o json                The counts, for programs")]
pub(super) struct Show {
    /// Name or id
    sandbox: String,
}

impl Show {
    async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("show the network of {}", self.sandbox);
        let counts = context.call(&what, context.client.egress_counts(&self.sandbox)).await?;
        if context.output.is_json() {
            context.output.json(&counts)?;
            return Ok(0);
        }
        let sandbox = context.call(&what, context.client.sandbox(&self.sandbox)).await?;
        let mut table = Table::new(&[]);
        table.pair("address", &sandbox.ip_address);
        table.pair("hardware", &sandbox.mac_address);
        table.pair("egress", show_policy(&sandbox.network_policy.unwrap_or_default()));
        table.pair("group", &sandbox.group);
        for one in &sandbox.credentials {
            table.pair("credential", credential::show(one));
        }
        table.pair(
            "refused",
            format!(
                "{} packets, {} names, {} connections",
                counts.refused_packets, counts.refused_names, counts.refused_connections
            ),
        );
        context.output.table(&table)?;
        Ok(0)
    }
}

/// Follow what is refused, as it happens
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  skerry network watch                           Of all sandboxes
  skerry network watch web                       Of one: what is missing in its
                                                 --allow shows here
  skerry network watch -o json | jq -c '[.name, .address, .port]'
                                                 One JSON object a line")]
pub(super) struct Watch {
    /// Name or id; all where none is given
    sandbox: Option<String>,
}

impl Watch {
    async fn run(self, context: &Context) -> Result<u8, Failure> {
        const WHAT: &str = "watch what is refused";
        loop {
            let call = context.client.watch_egress(self.sandbox.as_deref());
            let mut watch = context.call(WHAT, call).await?;
            loop {
                match watch.next().await {
                    Ok(Some(event)) => print(context, &event)?,
                    Ok(None) => {
                        return Err(Failure::new(
                            WHAT,
                            "the daemon ended the watch",
                            "watch again",
                        ));
                    }
                    // We were too slow, and go on with what comes now.
                    Err(error) if fell_behind(&error) => break,
                    Err(error) => return Err(context.failure(WHAT, &error)),
                }
            }
        }
    }
}

fn fell_behind(error: &Error) -> bool {
    error.reason.as_deref() == Some("WATCH_LAGGED")
}

fn print(context: &Context, event: &WatchEgressResponse) -> Result<(), Failure> {
    if context.output.is_json() {
        return context.output.json_line(event);
    }
    let mut line = Table::new(&[]);
    line.row([
        Cell::toned(&show_time(SystemTime::now()), Tone::Faint),
        Cell::from(&event.sandbox_id),
        Cell::from(&target(event)),
        Cell::toned(why(event.reason()), Tone::Middling),
    ]);
    context.output.table(&line)
}

/// `tcp 203.0.113.7:443 (api.example.com)`, or a name.
fn target(event: &WatchEgressResponse) -> String {
    if event.address.is_empty() {
        return format!("name {}", event.name);
    }
    let mut text = match event.protocol {
        1 => "icmp".to_owned(),
        6 => "tcp".to_owned(),
        17 => "udp".to_owned(),
        132 => "sctp".to_owned(),
        other => format!("protocol {other}"),
    };
    text.push_str(&format!(" {}", event.address));
    if event.port > 0 {
        text.push_str(&format!(":{}", event.port));
    }
    if !event.name.is_empty() {
        text.push_str(&format!(" ({})", event.name));
    }
    text
}

fn why(reason: EgressReason) -> &'static str {
    match reason {
        EgressReason::Unspecified => "refused",
        EgressReason::Policy => "not in its policy",
        EgressReason::Private => "a private or reserved address",
        EgressReason::Host => "an address of the host",
        EgressReason::Sandbox => "another sandbox, not of its group",
        EgressReason::Spoofed => "not its own address, or IPv6",
        EgressReason::Rebinding => "the name has a private address",
        EgressReason::QueryType => "not a question for an address",
        EgressReason::TooMany => "too many at once",
        EgressReason::ServerName => "says no name that is allowed there",
    }
}
