//! What most tests do to a daemon.

use skerry_client::Client;
use skerry_client::v1::{CreateSandboxRequest, EgressMode, NetworkPolicy, Sandbox};

pub(crate) use skerry_test_support::shell::{run, stdout};

pub(crate) fn deny() -> NetworkPolicy {
    NetworkPolicy { mode: EgressMode::Deny.into(), ..NetworkPolicy::default() }
}

pub(crate) fn open() -> NetworkPolicy {
    NetworkPolicy { mode: EgressMode::Open.into(), ..NetworkPolicy::default() }
}

/// An allowlist of these hosts, blocks and ports.
pub(crate) fn allow(hosts: &[&str], cidrs: &[&str], ports: &[i32]) -> NetworkPolicy {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    NetworkPolicy {
        mode: EgressMode::Allowlist.into(),
        hosts: texts(hosts),
        cidrs: texts(cidrs),
        ports: ports.to_vec(),
        ..NetworkPolicy::default()
    }
}

/// Makes a sandbox under a policy.
pub(crate) async fn create(client: &Client, policy: NetworkPolicy) -> Sandbox {
    create_in(client, policy, "").await
}

/// Makes a sandbox under a policy and in a group.
pub(crate) async fn create_in(client: &Client, policy: NetworkPolicy, group: &str) -> Sandbox {
    let request = CreateSandboxRequest {
        network_policy: Some(policy),
        group: group.to_owned(),
        ..CreateSandboxRequest::default()
    };
    client.create_sandbox(request).await.expect("a sandbox")
}

/// Puts a sandbox under another policy.
pub(crate) async fn set_policy(client: &Client, sandbox: &str, policy: NetworkPolicy) -> Sandbox {
    let values = Sandbox { network_policy: Some(policy), ..Sandbox::default() };
    let paths = vec!["network_policy".to_owned()];
    client.update_sandbox(sandbox, values, paths).await.expect("another policy")
}
