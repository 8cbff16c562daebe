//! `skerry update`.

use clap::Args;
use skerry_client::v1::{OnExec, Sandbox};

use super::Context;
use super::create::{ExecAction, LimitOptions, TimeoutOptions};
use super::credential::{self, CredentialOptions};
use super::egress::NetworkOptions;
use super::port::PortOptions;
use crate::failure::Failure;
use crate::units::parse_pair;

/// Change a sandbox's name, labels, ports, limits, timeouts, network or credentials
#[derive(Debug, Args)]
#[command(after_help = "\
New limits are in force at once, also while it runs, and so is what it may
reach, which --egress, --allow and --deny say as a whole. What is not named
stays as it is.

Examples:
  skerry update web --memory 4G --cpus 2         New limits
  skerry update web --label env=prod --remove-label draft
                                                 Other labels are kept
  skerry update web --port 8000 --close-port 80  Other ports
  skerry update web --idle-timeout 10m --on-idle pause
                                                 Freeze it when it is not used
  skerry update web --max-lifetime none          No limit any more
  skerry update web --egress deny                Cut it off, connections included
  skerry update web --credential name=api,host=api.example.com,file=token
                                                 Another secret, or a first one
  skerry update web --remove-credential api      None any more, for no request")]
pub(super) struct Update {
    /// Name or id
    sandbox: String,
    /// Its new name
    #[arg(short, long)]
    name: Option<String>,
    #[command(flatten)]
    limits: LimitOptions,
    /// Set a label
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    label: Vec<(String, String)>,
    /// Remove a label
    #[arg(long, value_name = "KEY")]
    remove_label: Vec<String>,
    #[command(flatten)]
    ports: PortOptions,
    /// Close a port, and cut who is there
    #[arg(long, value_name = "PORT")]
    close_port: Vec<u16>,
    #[command(flatten)]
    timeouts: TimeoutOptions,
    /// What a command does when it is stopped or frozen
    #[arg(long, value_name = "ACTION", value_enum)]
    on_exec: Option<ExecAction>,
    /// Put it in a group, whose sandboxes reach each other; '' takes it out
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    #[command(flatten)]
    network: NetworkOptions,
    #[command(flatten)]
    credentials: CredentialOptions,
    /// Add this credential to no request any more
    #[arg(long, value_name = "NAME")]
    remove_credential: Vec<String>,
}

impl Update {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("update {}", self.sandbox);
        let paths = self.paths();
        if paths.is_empty() {
            let next = "name one, as `skerry update --help` shows";
            return Err(Failure::new(&what, "nothing to change was named", next));
        }
        let mut values = Sandbox {
            name: self.name.clone().unwrap_or_default(),
            limits: Some(self.limits.limits()),
            timeouts: Some(self.timeouts.timeouts()),
            on_exec: self.on_exec.map_or(OnExec::Unspecified, OnExec::from).into(),
            network_policy: self.network.policy(),
            group: self.group.clone().unwrap_or_default(),
            ..Sandbox::default()
        };
        if paths.iter().any(|path| ["labels", "ports", "credentials"].contains(&&**path)) {
            // They change as a whole: what others set meanwhile is lost.
            let present = context.call(&what, context.client.sandbox(&self.sandbox)).await?;
            values.labels = present.labels;
            values.labels.retain(|key, _| !self.remove_label.contains(key));
            values.labels.extend(self.label);
            values.ports = present.ports;
            values.ports.retain(|port| {
                !self.close_port.iter().any(|number| port.port == i32::from(*number))
            });
            self.ports.add_to(&mut values.ports);
            values.credentials = present.credentials;
            let new = &self.credentials.credential;
            credential::change(&mut values.credentials, new, &self.remove_credential);
        }
        let call = context.client.update_sandbox(&self.sandbox, values, paths);
        let sandbox = context.call(&what, call).await?;
        if context.output.is_json() {
            context.output.json(&sandbox)?;
        } else {
            context.output.line(&sandbox.name)?;
        }
        Ok(0)
    }

    fn names_credentials(&self) -> bool {
        !self.credentials.credential.is_empty() || !self.remove_credential.is_empty()
    }

    /// The fields that are named.
    fn paths(&self) -> Vec<String> {
        let timeouts = &self.timeouts;
        let named = [
            ("name", self.name.is_some()),
            ("labels", !self.label.is_empty() || !self.remove_label.is_empty()),
            ("limits.memory_bytes", self.limits.memory.is_some()),
            ("limits.cpu_millis", self.limits.cpus.is_some()),
            ("limits.pids", self.limits.pids.is_some()),
            ("limits.disk_bytes", self.limits.disk.is_some()),
            ("timeouts.idle_timeout", timeouts.idle_timeout.is_some()),
            ("timeouts.on_idle", timeouts.on_idle.is_some()),
            ("timeouts.max_lifetime", timeouts.max_lifetime.is_some()),
            ("timeouts.auto_delete", timeouts.auto_delete.is_some()),
            ("timeouts.always_on", timeouts.always_on.is_some()),
            ("on_exec", self.on_exec.is_some()),
            ("ports", self.ports.names_any() || !self.close_port.is_empty()),
            ("group", self.group.is_some()),
            ("network_policy", self.network.policy().is_some()),
            ("credentials", self.names_credentials()),
        ];
        named.iter().filter(|(_, named)| *named).map(|(path, _)| (*path).to_owned()).collect()
    }
}
