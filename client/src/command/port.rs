//! Ports of sandboxes: options that open them, and `skerry url`.

use std::time::Duration;

use clap::Args;
use skerry_client::v1::{CreateSandboxRequest, HealthCheck, Port, TunnelSpec};

use super::Context;
use crate::failure::Failure;
use crate::output::Table;
use crate::units::parse_duration;

/// Ports that may be reached from outside.
#[derive(Debug, Args)]
pub(super) struct PortOptions {
    /// Open a port to previews: by link, or with `:public` to everybody; may be repeated
    #[arg(short, long, value_name = "PORT[:public]", value_parser = parse_port)]
    port: Vec<Port>,
    /// Publish a port at one of the host's, or at whichever is free
    #[arg(long, value_name = "[HOST_PORT:]PORT", value_parser = parse_publish)]
    publish: Vec<Port>,
    /// A port is ready when this path answers, not when it listens
    #[arg(long, value_name = "PORT/PATH", value_parser = parse_ready)]
    ready: Vec<Port>,
}

/// What a new sandbox has to pass.
#[derive(Debug, Args)]
pub(super) struct HealthOptions {
    /// Wait until a port listens, or answers to a path
    #[arg(long, value_name = "PORT[/PATH]", value_parser = parse_health)]
    health_check: Option<HealthCheck>,
    /// Look so often, a second apart, and then fail [default: 30]
    #[arg(long, value_name = "NUMBER", requires = "health_check")]
    health_attempts: Option<i32>,
    /// Remove a sandbox that fails
    #[arg(long, requires = "health_check")]
    remove_unhealthy: bool,
}

impl PortOptions {
    /// Whether any is named.
    pub(super) fn names_any(&self) -> bool {
        !(self.port.is_empty() && self.publish.is_empty() && self.ready.is_empty())
    }

    /// Opens them beside those that are open.
    pub(super) fn add_to(self, ports: &mut Vec<Port>) {
        for new in self.port {
            of(ports, new.port).public = new.public;
        }
        for new in self.publish {
            let port = of(ports, new.port);
            (port.lan, port.host_port) = (new.lan, new.host_port);
        }
        for new in self.ready {
            of(ports, new.port).ready_path = new.ready_path;
        }
    }
}

impl HealthOptions {
    /// Asks for it.
    pub(super) fn ask(self, request: &mut CreateSandboxRequest) {
        let (attempts, delete_on_failure) = (self.health_attempts, self.remove_unhealthy);
        request.health_check = self.health_check.map(|check| HealthCheck {
            attempts: attempts.unwrap_or_default(),
            delete_on_failure,
            ..check
        });
    }
}

/// Opens them, each with a quick tunnel.
pub(super) fn add_tunnels(numbers: &[u16], request: &mut CreateSandboxRequest) {
    for number in numbers {
        let port = of(&mut request.ports, i32::from(*number)).port;
        request.tunnels.push(TunnelSpec { port, ..TunnelSpec::default() });
    }
}

/// The port in a list, added where it is not there.
fn of(ports: &mut Vec<Port>, number: i32) -> &mut Port {
    let at = ports.iter().position(|port| port.port == number).unwrap_or_else(|| {
        ports.push(Port { port: number, ..Port::default() });
        ports.len() - 1
    });
    &mut ports[at]
}

/// What a port is open to, for people.
pub(super) fn show_port(port: &Port) -> String {
    let mut text = port.port.to_string();
    if port.public {
        text.push_str(", public");
    }
    if port.host_port > 0 {
        text.push_str(&format!(", published at {}", port.host_port));
    }
    if !port.ready_path.is_empty() {
        text.push_str(&format!(", ready when {} answers", port.ready_path));
    }
    text
}

fn number(text: &str) -> Result<i32, String> {
    match text.parse::<u16>() {
        Ok(port @ 1..) => Ok(port.into()),
        _ => Err("a port is 1 to 65535".to_owned()),
    }
}

fn parse_port(text: &str) -> Result<Port, String> {
    let (port, public) = match text.split_once(':') {
        None => (text, false),
        Some((port, "public")) => (port, true),
        Some(_) => return Err("write PORT or PORT:public".to_owned()),
    };
    Ok(Port { port: number(port)?, public, ..Port::default() })
}

fn parse_publish(text: &str) -> Result<Port, String> {
    match text.split_once(':') {
        None => Ok(Port { port: number(text)?, lan: true, ..Port::default() }),
        Some((host, port)) => {
            Ok(Port { port: number(port)?, host_port: number(host)?, ..Port::default() })
        }
    }
}

fn parse_ready(text: &str) -> Result<Port, String> {
    let at = text.find('/').ok_or("write PORT/PATH")?;
    let (port, path) = text.split_at(at);
    Ok(Port { port: number(port)?, ready_path: path.to_owned(), ..Port::default() })
}

fn parse_health(text: &str) -> Result<HealthCheck, String> {
    let (port, path) = text.split_at(text.find('/').unwrap_or(text.len()));
    Ok(HealthCheck { port: number(port)?, path: path.to_owned(), ..HealthCheck::default() })
}

/// Print a link that opens a sandbox's port in a browser
#[derive(Debug, Args)]
#[command(after_help = "\
The port must be open: `skerry create --port`, `skerry update --port`. A link
becomes a cookie in the browser that follows it; who gets the link gets in.
A public port has an address and needs no link. A sandbox that sleeps is
woken by who comes.

Examples:
  skerry url web 8000                            A link for an hour
  skerry url web 8000 --ttl 7d                   For a week
  curl -Lb '' \"$(skerry url web 8000)\"           With curl
  skerry url web 8000 --tunnel                   By its tunnel, for the world
  skerry url web 8000 --revoke                   End all links to it, and what is open")]
pub(super) struct Url {
    /// Name or id
    sandbox: String,
    /// The port inside
    #[arg(value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// How long it opens the port, 1m to 30d
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_duration)]
    ttl: Duration,
    /// At its tunnel, which `skerry tunnel create` makes
    #[arg(long)]
    tunnel: bool,
    /// End the links that were made until now, and cut who is there
    #[arg(long, conflicts_with_all = ["ttl", "tunnel"])]
    revoke: bool,
}

impl Url {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let client = &context.client;
        if self.revoke {
            let what = format!("revoke links to port {} of {}", self.port, self.sandbox);
            let call = client.revoke_previews(&self.sandbox, Some(self.port));
            context.call(&what, call).await?;
            return Ok(0);
        }
        let what = format!("link to port {} of {}", self.port, self.sandbox);
        let (sandbox, ttl) = (&self.sandbox, Some(self.ttl));
        let link = match self.tunnel {
            true => context.call(&what, client.tunnel_url(sandbox, self.port, ttl)).await?,
            false => context.call(&what, client.preview_url(sandbox, self.port, ttl)).await?,
        };
        if context.output.is_json() {
            context.output.json(&link)?;
        } else {
            context.output.line(&link.url)?;
        }
        Ok(0)
    }
}

/// Show where a sandbox's ports are found
#[derive(Debug, Args)]
#[command(after_help = "\
A private port's preview and tunnel open with a link: `skerry url`.

Examples:
  skerry ports web                               Its preview, published port and tunnel
  skerry ports web -o json | jq -r '.[].preview'
                                                 For programs")]
pub(super) struct Ports {
    /// Name or id
    sandbox: String,
}

impl Ports {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("tell the ports of {}", self.sandbox);
        let ports = context.call(&what, context.client.list_urls(&self.sandbox)).await?;
        if context.output.is_json() {
            context.output.json_list(&ports)?;
            return Ok(0);
        }
        let mut table = Table::new(&["PORT", "ACCESS", "PREVIEW", "PUBLISHED", "TUNNEL"]);
        for port in &ports {
            let access = if port.public { "public" } else { "link" };
            table.row([
                port.port.to_string().into(),
                access.into(),
                port.preview.as_str().into(),
                port.lan.as_str().into(),
                port.tunnel.as_str().into(),
            ]);
        }
        context.output.table(&table)?;
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(port: i32) -> Port {
        Port { port, ..Port::default() }
    }

    #[test]
    fn ports_are_read_as_they_are_written() {
        assert_eq!(parse_port("80"), Ok(port(80)));
        assert_eq!(parse_port("80:public"), Ok(Port { public: true, ..port(80) }));
        assert_eq!(parse_publish("80"), Ok(Port { lan: true, ..port(80) }));
        assert_eq!(parse_publish("9000:80"), Ok(Port { host_port: 9000, ..port(80) }));
        let ready = Port { ready_path: "/a:b".to_owned(), ..port(80) };
        assert_eq!(parse_ready("80/a:b"), Ok(ready));
        let health = HealthCheck { port: 80, path: "/".to_owned(), ..HealthCheck::default() };
        assert_eq!(parse_health("80/"), Ok(health));
        for wrong in ["", "0", "65536", "80:", "80:private", "x", "-1"] {
            assert!(parse_port(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "0:80", "80:0", ":80", "80:", "a:b"] {
            assert!(parse_publish(wrong).is_err(), "{wrong}");
        }
        assert!(parse_ready("80").is_err() && parse_health("/x").is_err());
    }

    #[test]
    fn options_of_one_port_come_together() {
        let options = PortOptions {
            port: vec![Port { public: true, ..port(80) }],
            publish: vec![Port { host_port: 9000, ..port(80) }, Port { lan: true, ..port(81) }],
            ready: vec![],
        };
        let mut ports = vec![port(80), port(22)];
        options.add_to(&mut ports);
        let shown: Vec<_> = ports.iter().map(show_port).collect();
        assert_eq!(shown, ["80, public, published at 9000", "22", "81"]);
        assert!(ports[2].lan);
    }
}
