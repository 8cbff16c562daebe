//! What a sandbox may reach.

use serde::Deserialize;
use serde_json::{Value, json};
use skerry_api::v1::{EgressMode, NetworkPolicy};

use super::super::failure::Failure;

/// `true` for everything, or what exactly.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Network {
    Open(bool),
    Exact(Exact),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Exact {
    mode: Option<String>,
    allowed_hosts: Option<Vec<String>>,
}

/// As it is told again.
pub(super) fn told(asked: Option<&Network>) -> Value {
    match asked {
        None | Some(Network::Open(false)) => json!({ "mode": "deny" }),
        Some(Network::Open(true)) => json!({ "mode": "open" }),
        Some(Network::Exact(exact)) => json!({
            "mode": exact.mode.as_deref().unwrap_or("deny"),
            "allowedHosts": exact.allowed_hosts.as_deref().unwrap_or_default(),
        }),
    }
}

/// The policy. Hosts that are listed are all that is reached, whatever the
/// mode. Where sandboxes have no network, nothing is reached without one.
pub(super) fn policy(
    asked: Option<Network>,
    has_network: bool,
) -> Result<Option<NetworkPolicy>, Failure> {
    let (mode, hosts) = match asked {
        None | Some(Network::Open(false)) => (EgressMode::Deny, Vec::new()),
        Some(Network::Open(true)) => (EgressMode::Open, Vec::new()),
        Some(Network::Exact(Exact { mode, allowed_hosts })) => {
            let hosts = allowed_hosts.unwrap_or_default();
            let mode = match mode.as_deref() {
                None | Some("deny" | "open" | "allowlist") if !hosts.is_empty() => {
                    EgressMode::Allowlist
                }
                None | Some("deny" | "allowlist") => EgressMode::Deny,
                Some("open") => EgressMode::Open,
                Some(_) => return Err(Failure::invalid("network.mode", "must be deny or open")),
            };
            (mode, hosts)
        }
    };
    if mode == EgressMode::Deny && !has_network {
        return Ok(None);
    }
    let mut policy = NetworkPolicy { hosts, ..Default::default() };
    policy.set_mode(mode);
    Ok(Some(policy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_denied_unless_it_is_asked_for() {
        let policy = |asked: Value, has_network| {
            let asked: Option<Network> = serde_json::from_value(asked).unwrap();
            let policy = super::policy(asked, has_network).unwrap();
            policy.map(|policy| (policy.mode(), policy.hosts.len()))
        };
        for (asked, wanted) in [
            (json!(null), (EgressMode::Deny, 0)),
            (json!(false), (EgressMode::Deny, 0)),
            (json!(true), (EgressMode::Open, 0)),
            (json!({}), (EgressMode::Deny, 0)),
            (json!({ "mode": "open" }), (EgressMode::Open, 0)),
            (json!({ "allowedHosts": ["a.example"] }), (EgressMode::Allowlist, 1)),
            (json!({ "mode": "open", "allowedHosts": ["a.example"] }), (EgressMode::Allowlist, 1)),
        ] {
            assert_eq!(policy(asked.clone(), true), Some(wanted), "{asked}");
            let there = wanted.0 != EgressMode::Deny;
            assert_eq!(policy(asked, false).is_some(), there);
        }
        let wrong = Network::Exact(Exact { mode: Some("some".to_owned()), allowed_hosts: None });
        assert!(super::policy(Some(wrong), true).is_err());
    }
}
