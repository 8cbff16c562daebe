//! Ports of a sandbox that are reached from outside it.

use serde::{Deserialize, Serialize};

/// Ports of one sandbox.
pub const MAX_PORTS: usize = 32;
/// Bytes of a path that is asked for.
const MAX_PATH_BYTES: usize = 1024;

/// A port that is open to previews.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    /// Its number inside.
    pub port: u16,
    /// Everybody may see its preview; else only who has a link or a token.
    pub public: bool,
    /// Answers below 400 to this path say that it is ready; empty: that it
    /// takes connections.
    pub ready_path: String,
    /// A port of the host leads to it, whichever is free.
    #[serde(default)]
    pub lan: bool,
    /// The port of the host that leads to it; 0: none, or not yet.
    #[serde(default)]
    pub host_port: u16,
    /// Links of an earlier generation open it no more.
    #[serde(default)]
    pub since: u64,
}

impl Port {
    /// The same port of another sandbox.
    pub fn elsewhere(&self) -> Self {
        Self { lan: self.lan || self.host_port > 0, host_port: 0, since: 0, ..self.clone() }
    }
}

/// What a create waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCheck {
    /// A port of the sandbox's.
    pub port: u16,
    /// What to ask it for; empty: that it takes connections is enough.
    pub path: String,
    /// For one attempt.
    pub timeout_millis: u64,
    /// Between two.
    pub interval_millis: u64,
    /// At most so many.
    pub attempts: u32,
    /// A sandbox that does not pass is deleted; otherwise it stays.
    pub delete_on_failure: bool,
}

/// What is wrong with a list of ports.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PortError {
    /// Which of them; `None`: the list.
    pub index: Option<usize>,
    /// Which of its fields.
    pub field: &'static str,
    /// What it must be.
    pub message: String,
}

/// Holds ports to what a sandbox may have.
pub fn check_ports(ports: &[Port]) -> Result<(), PortError> {
    if ports.len() > MAX_PORTS {
        let message = format!("must be at most {MAX_PORTS}, are {}", ports.len());
        return Err(PortError { index: None, field: "", message });
    }
    for (index, port) in ports.iter().enumerate() {
        let wrong = |field, message: &str| {
            Err(PortError { index: Some(index), field, message: message.to_owned() })
        };
        if port.port == 0 {
            return wrong("port", "must be 1 to 65535");
        }
        if ports[..index].iter().any(|earlier| earlier.port == port.port) {
            return wrong("port", "is in the list already");
        }
        let same = |earlier: &Port| earlier.host_port == port.host_port;
        if port.host_port > 0 && ports[..index].iter().any(same) {
            return wrong("host_port", "is in the list already");
        }
        if !port.ready_path.is_empty() && !is_path(&port.ready_path) {
            return wrong(
                "ready_path",
                "must be a path from / on, of at most 1024 visible ASCII characters without #",
            );
        }
    }
    Ok(())
}

/// A path as it stands in a request, with its query.
pub fn is_path(text: &str) -> bool {
    text.starts_with('/')
        && text.len() <= MAX_PATH_BYTES
        && text.bytes().all(|byte| matches!(byte, b'!'..=b'~') && byte != b'#')
}

/// Puts new ports in the place of old ones. Links to one that is new, or is
/// not public any more, begin with a generation of their own.
pub fn replace_ports(old: &[Port], new: Vec<Port>, generation: &mut u64) -> Vec<Port> {
    let mut ports = new;
    for port in &mut ports {
        let old = old.iter().find(|old| old.port == port.port);
        match old {
            Some(old) if port.public || !old.public => port.since = old.since,
            _ => {
                *generation += 1;
                port.since = *generation;
            }
        }
        // Whichever of the host's it got, it keeps.
        if let Some(old) = old.filter(|old| old.lan && port.lan && port.host_port == 0) {
            port.host_port = old.host_port;
        }
    }
    ports
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(port: u16) -> Port {
        Port { port, ..Port::default() }
    }

    fn wrong(ports: &[Port]) -> Option<(Option<usize>, &'static str)> {
        check_ports(ports).err().map(|error| (error.index, error.field))
    }

    #[test]
    fn ports_are_few_distinct_and_not_zero() {
        assert_eq!(wrong(&[port(1), port(65535)]), None);
        assert_eq!(wrong(&[port(1), port(0)]), Some((Some(1), "port")));
        assert_eq!(wrong(&[port(80), port(81), port(80)]), Some((Some(2), "port")));
        let many: Vec<_> = (1..=33).map(port).collect();
        assert_eq!(wrong(&many), Some((None, "")));
        for path in ["x", "/a b", "/\n", "/é", "/#x", "//\r\nHost: x"] {
            let ports = [Port { ready_path: path.to_owned(), ..port(80) }];
            assert_eq!(wrong(&ports), Some((Some(0), "ready_path")), "{path:?}");
        }
        let ports = [Port { ready_path: "/health?a=b".to_owned(), ..port(80) }];
        assert_eq!(wrong(&ports), None);
    }

    #[test]
    fn a_port_that_is_new_or_closed_to_the_public_has_new_links() {
        let public = Port { public: true, ..port(80) };
        let mut generation = 4;
        let opened = replace_ports(&[], vec![port(80)], &mut generation);
        assert_eq!((opened[0].since, generation), (5, 5));
        let made_public = replace_ports(&opened, vec![public], &mut generation);
        assert_eq!((made_public[0].since, generation), (5, 5));
        let closed = replace_ports(&made_public, vec![port(80)], &mut generation);
        assert_eq!((closed[0].since, generation), (6, 6));
    }

    #[test]
    fn another_sandboxs_port_has_a_host_port_of_its_own() {
        let published = Port { host_port: 9000, since: 3, public: true, ..port(80) };
        let wanted = Port { lan: true, public: true, ..port(80) };
        assert_eq!(published.elsewhere(), wanted);
        assert_eq!(port(80).elsewhere(), port(80));
    }
}
