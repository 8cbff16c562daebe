//! Network policies: from messages and to them.

use skerry_api::v1;

use super::check::Checks;
use crate::model::{EgressMode, HostPattern, MAX_POLICY_ENTRIES, NetworkPolicy, parse_cidr};

/// A policy, or `None` where it leaves the choice to the daemon. `path` is
/// where it stands.
pub(super) fn policy(
    checks: &mut Checks,
    path: &str,
    given: v1::NetworkPolicy,
) -> Option<NetworkPolicy> {
    let mode = v1::EgressMode::try_from(given.mode).unwrap_or_else(|error| {
        checks.fail(format!("{path}.mode"), error.to_string());
        v1::EgressMode::Unspecified
    });
    let listed = "EGRESS_MODE_ALLOWLIST";
    let some = "EGRESS_MODE_ALLOWLIST or EGRESS_MODE_OPEN";
    for (name, empty, wanted) in [
        ("hosts", given.hosts.is_empty(), listed),
        ("cidrs", given.cidrs.is_empty(), listed),
        ("ports", given.ports.is_empty(), listed),
        ("deny_hosts", given.deny_hosts.is_empty(), some),
        ("deny_cidrs", given.deny_cidrs.is_empty(), some),
    ] {
        let fits = match mode {
            v1::EgressMode::Allowlist => true,
            v1::EgressMode::Open => wanted == some,
            v1::EgressMode::Unspecified | v1::EgressMode::Deny => false,
        };
        if !empty && !fits {
            checks.fail(format!("{path}.{name}"), format!("needs the mode {wanted}"));
        }
    }
    let policy = NetworkPolicy {
        mode: match mode {
            v1::EgressMode::Unspecified | v1::EgressMode::Deny => EgressMode::Deny,
            v1::EgressMode::Open => EgressMode::Open,
            v1::EgressMode::Allowlist => EgressMode::Allowlist,
        },
        hosts: list(checks, path, "hosts", &given.hosts, |text| text.parse()),
        cidrs: list(checks, path, "cidrs", &given.cidrs, |text| parse_cidr(text)),
        ports: list(checks, path, "ports", &given.ports, |port| port_of(*port)),
        deny_hosts: list(checks, path, "deny_hosts", &given.deny_hosts, |text| text.parse()),
        deny_cidrs: list(checks, path, "deny_cidrs", &given.deny_cidrs, |text| parse_cidr(text)),
    };
    (mode != v1::EgressMode::Unspecified).then_some(policy)
}

fn port_of(port: i32) -> Result<u16, String> {
    match u16::try_from(port) {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(format!("must be 1 to 65535, is {port}")),
    }
}

/// Reads the entries of one list, each once.
fn list<G, T: PartialEq, E: ToString>(
    checks: &mut Checks,
    path: &str,
    name: &str,
    given: &[G],
    read: impl Fn(&G) -> Result<T, E>,
) -> Vec<T> {
    let mut entries = Vec::new();
    if given.len() > MAX_POLICY_ENTRIES {
        let message = format!("must be at most {MAX_POLICY_ENTRIES}, are {}", given.len());
        checks.fail(format!("{path}.{name}"), message);
        return entries;
    }
    for (index, entry) in given.iter().enumerate() {
        match read(entry) {
            Ok(entry) if entries.contains(&entry) => {}
            Ok(entry) => entries.push(entry),
            Err(error) => checks.fail(format!("{path}.{name}[{index}]"), error.to_string()),
        }
    }
    entries
}

/// A policy as it is shown.
pub(super) fn message(policy: &NetworkPolicy) -> v1::NetworkPolicy {
    let hosts = |hosts: &[HostPattern]| hosts.iter().map(ToString::to_string).collect();
    let cidrs = |cidrs: &[ipnet::Ipv4Net]| cidrs.iter().map(ToString::to_string).collect();
    let mode = match policy.mode {
        EgressMode::Deny => v1::EgressMode::Deny,
        EgressMode::Open => v1::EgressMode::Open,
        EgressMode::Allowlist => v1::EgressMode::Allowlist,
    };
    v1::NetworkPolicy {
        mode: mode.into(),
        hosts: hosts(&policy.hosts),
        cidrs: cidrs(&policy.cidrs),
        ports: policy.ports.iter().map(|port| i32::from(*port)).collect(),
        deny_hosts: hosts(&policy.deny_hosts),
        deny_cidrs: cidrs(&policy.deny_cidrs),
    }
}
