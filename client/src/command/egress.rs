//! What a sandbox may reach, as options, and as text.

use std::net::Ipv4Addr;

use clap::{Args, ValueEnum};
use skerry_client::v1::{EgressMode, NetworkPolicy};

/// What it may reach.
#[derive(Debug, Args)]
#[command(next_help_heading = "Network options")]
pub(super) struct NetworkOptions {
    /// What it reaches: nothing, or every public address [default: as the
    /// daemon says, which is deny unless it was told otherwise]
    #[arg(long, value_name = "MODE", value_enum)]
    egress: Option<Egress>,
    /// It reaches this host, all below *.HOST, or these addresses, and nothing
    /// that is not listed: api.example.com, *.example.com, 203.0.113.0/24
    #[arg(long, value_name = "HOST|BLOCK", conflicts_with = "egress")]
    allow: Vec<String>,
    /// Of what --allow lists, only these ports: 443
    #[arg(long, value_name = "PORT", requires = "allow")]
    allow_port: Vec<u16>,
    /// It never reaches this, whatever else is said
    #[arg(long, value_name = "HOST|BLOCK")]
    deny: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Egress {
    Deny,
    Open,
}

impl NetworkOptions {
    /// The policy that they ask for, if any.
    pub(super) fn policy(&self) -> Option<NetworkPolicy> {
        let mode = match self.egress {
            Some(Egress::Deny) => EgressMode::Deny,
            Some(Egress::Open) => EgressMode::Open,
            None if !self.allow.is_empty() => EgressMode::Allowlist,
            // What is left when some is denied is the rest.
            None if !self.deny.is_empty() => EgressMode::Open,
            None => return None,
        };
        let (cidrs, hosts) = self.allow.iter().cloned().partition(|entry| is_block(entry));
        let (deny_cidrs, deny_hosts) = self.deny.iter().cloned().partition(|entry| is_block(entry));
        let ports = self.allow_port.iter().map(|port| i32::from(*port)).collect();
        Some(NetworkPolicy { mode: mode.into(), hosts, cidrs, ports, deny_hosts, deny_cidrs })
    }
}

/// Whether it can only be meant as addresses; the daemon says what is wrong
/// with it.
fn is_block(entry: &str) -> bool {
    entry.contains(['/', ':']) || entry.parse::<Ipv4Addr>().is_ok()
}

/// A policy in one line: `allowlist: api.example.com, ports 443; never x`.
pub(super) fn show_policy(policy: &NetworkPolicy) -> String {
    let mut text = match policy.mode() {
        EgressMode::Unspecified | EgressMode::Deny => "deny".to_owned(),
        EgressMode::Open => "open".to_owned(),
        EgressMode::Allowlist => {
            let entries: Vec<_> = policy.hosts.iter().chain(&policy.cidrs).cloned().collect();
            format!(
                "only {}",
                if entries.is_empty() { "nothing".into() } else { entries.join(", ") }
            )
        }
    };
    if !policy.ports.is_empty() {
        let ports: Vec<_> = policy.ports.iter().map(ToString::to_string).collect();
        text.push_str(&format!("; ports {}", ports.join(", ")));
    }
    let denied: Vec<_> = policy.deny_hosts.iter().chain(&policy.deny_cidrs).cloned().collect();
    if !denied.is_empty() {
        text.push_str(&format!("; never {}", denied.join(", ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(allow: &[&str], deny: &[&str]) -> Option<NetworkPolicy> {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let (allow, deny) = (texts(allow), texts(deny));
        NetworkOptions { egress: None, allow, allow_port: vec![443], deny }.policy()
    }

    #[test]
    fn hosts_and_blocks_are_told_apart() {
        let policy = policy(&["a.test", "10.0.0.0/8", "1.2.3.4", "::1"], &["b.test"]);
        let policy = policy.expect("one was asked for");
        assert_eq!(policy.hosts, ["a.test"]);
        assert_eq!(policy.cidrs, ["10.0.0.0/8", "1.2.3.4", "::1"]);
        assert_eq!(policy.mode(), EgressMode::Allowlist);
        let wanted = "only a.test, 10.0.0.0/8, 1.2.3.4, ::1; ports 443; never b.test";
        assert_eq!(show_policy(&policy), wanted);
    }

    #[test]
    fn to_deny_something_opens_the_rest() {
        assert_eq!(policy(&[], &["b.test"]).map(|policy| policy.mode()), Some(EgressMode::Open));
        assert_eq!(policy(&[], &[]), None);
    }
}
