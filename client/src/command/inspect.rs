//! `skerry inspect`.

use std::time::{Duration, SystemTime};

use clap::Args;
use skerry_client::v1::{OnExec, OnIdle, Sandbox, Timeouts};
use skerry_client::{Code, Error};

use super::Context;
use super::egress::show_policy;
use super::port::show_port;
use super::sandbox::state_cell;
use crate::failure::Failure;
use crate::output::{Cell, Table, Tone};
use crate::units::{show_cpus, show_duration, show_size, show_time};

/// Show everything about a sandbox
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  skerry inspect web                             For people
  skerry inspect web -o json | jq .state         For programs")]
pub(super) struct Inspect {
    /// Name or id
    sandbox: String,
}

impl Inspect {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("inspect {}", self.sandbox);
        let sandbox = context.call(&what, context.client.sandbox(&self.sandbox)).await?;
        if context.output.is_json() {
            context.output.json(&sandbox)?;
        } else {
            let names = Names::of(&sandbox, context).await;
            context.output.table(&details(&sandbox, &names))?;
        }
        Ok(0)
    }
}

/// What its ids stand for, for people.
#[derive(Debug)]
struct Names {
    parent: String,
    snapshot: String,
    /// As many as it has mounts.
    volumes: Vec<String>,
    /// Of ports that have one, with its address.
    tunnels: Vec<(i32, String)>,
}

impl Names {
    async fn of(sandbox: &Sandbox, context: &Context) -> Self {
        let client = &context.client;
        let parent = async |id: &str| client.sandbox(id).await.map(|parent| parent.name);
        let snapshot = async |id: &str| client.snapshot(id).await.map(|snapshot| snapshot.name);
        let volume = async |id: &str| client.volume(id).await.map(|volume| volume.name);
        let mut volumes = Vec::new();
        for mount in &sandbox.mounts {
            volumes.push(name_of(&mount.volume_id, volume).await);
        }
        let mut tunnels = Vec::new();
        if !sandbox.ports.is_empty() {
            // Only told by the way, as well.
            let urls = client.list_urls(&sandbox.id).await.unwrap_or_default();
            tunnels.extend(urls.into_iter().map(|port| (port.port, port.tunnel)));
        }
        Self {
            tunnels,
            parent: name_of(&sandbox.parent_id, parent).await,
            snapshot: name_of(&sandbox.snapshot_id, snapshot).await,
            volumes,
        }
    }
}

/// The name of an id, or why it has none. It is only told by the way: a call
/// that fails otherwise leaves the id to stand for itself.
async fn name_of(id: &str, read: impl AsyncFnOnce(&str) -> Result<String, Error>) -> String {
    if id.is_empty() {
        return String::new();
    }
    match read(id).await {
        Ok(name) if name == id => name,
        Ok(name) => format!("{name} ({id})"),
        Err(error) if error.code == Code::NotFound => format!("{id} (gone)"),
        Err(_) => id.to_owned(),
    }
}

fn details(sandbox: &Sandbox, names: &Names) -> Table {
    let time = |stamp: Option<prost_types::Timestamp>| {
        stamp.and_then(|time| SystemTime::try_from(time).ok()).map_or_else(String::new, show_time)
    };
    let limits = sandbox.limits.unwrap_or_default();
    let timeouts = sandbox.timeouts.unwrap_or_default();
    let mut table = Table::new(&[]);
    table.pair("name", &sandbox.name);
    table.pair("id", &sandbox.id);
    table.pair("state", state_cell(sandbox.state()));
    table.pair("reason", &sandbox.state_reason);
    table.pair("image", &sandbox.image);
    table.pair("snapshot", &names.snapshot);
    table.pair("parent", &names.parent);
    table.pair("hostname", &sandbox.hostname);
    table.pair("cpus", limits.cpu_millis.map_or_else(String::new, show_cpus));
    table.pair("memory", limits.memory_bytes.map_or_else(String::new, show_size));
    table.pair("pids", limits.pids.map_or_else(String::new, |pids| pids.to_string()));
    table.pair("disk", show_disk(sandbox.disk_used_bytes, limits.disk_bytes));
    for (mount, volume) in sandbox.mounts.iter().zip(&names.volumes) {
        let read_only = if mount.read_only { ", read-only" } else { "" };
        table.pair("volume", format!("{volume} at {}{read_only}", mount.path));
    }
    for port in &sandbox.ports {
        let tunnel = names.tunnels.iter().find(|(of, url)| *of == port.port && !url.is_empty());
        let tunnel = tunnel.map_or_else(String::new, |(_, url)| format!(", tunnel {url}"));
        table.pair("port", show_port(port) + &tunnel);
    }
    if let Some(policy) = &sandbox.network_policy {
        table.pair("address", &sandbox.ip_address);
        table.pair("egress", show_policy(policy));
        table.pair("group", &sandbox.group);
    }
    table.pair("idle timeout", show_idle(&timeouts));
    if timeouts.always_on {
        table.pair("always on", "yes");
    }
    table.pair("max lifetime", show_span(timeouts.max_lifetime));
    table.pair("auto delete", show_span(timeouts.auto_delete));
    if sandbox.on_exec() == OnExec::Wake {
        table.pair("on exec", "wake");
    }
    if let Some(main) = &sandbox.main {
        let words: Vec<_> = main.entrypoint.iter().chain(&main.command).collect();
        table.pair("main", serde_json::json!(words).to_string());
        table.pair("main exec", &main.exec_id);
        table.pair("main exit", main.exit_code.map_or_else(String::new, |code| code.to_string()));
    }
    table.pair("user", &sandbox.user);
    table.pair("cwd", &sandbox.cwd);
    table.pairs("label", &sandbox.labels);
    table.pairs("env", &sandbox.env);
    table.pair("created", time(sandbox.create_time));
    table.pair("updated", time(sandbox.update_time));
    table.pair("started", time(sandbox.start_time));
    table.pair("stopped", time(sandbox.stop_time));
    if sandbox.oom_kills > 0 {
        table.pair("oom kills", Cell::toned(&sandbox.oom_kills.to_string(), Tone::Bad));
    }
    table.pair("runtime", &sandbox.runtime);
    table.pair("host uids", format!("{} and 65535 more", sandbox.host_uid_base));
    table
}

fn show_disk(used: Option<i64>, limit: Option<i64>) -> String {
    match (used.map(show_size), limit.map(show_size)) {
        (Some(used), Some(limit)) => format!("{used} of {limit}"),
        (Some(used), None) => used,
        (None, limit) => limit.unwrap_or_default(),
    }
}

fn show_idle(timeouts: &Timeouts) -> String {
    let action = match timeouts.on_idle() {
        OnIdle::Unspecified | OnIdle::Stop => "stop",
        OnIdle::Pause => "pause",
        OnIdle::Delete => "delete",
    };
    match show_span(timeouts.idle_timeout) {
        span if span.is_empty() => span,
        span => format!("{span}, then {action}"),
    }
}

fn show_span(span: Option<prost_types::Duration>) -> String {
    span.and_then(|span| Duration::try_from(span).ok()).map_or_else(String::new, show_duration)
}
