//! Ways in by SSH, which it declares: `ssh` in a create asks for one, and a
//! sandbox that has one tells it.

use serde::Deserialize;
use serde_json::{Value, json};
use skerry_api::v1;

use super::super::ask::Ask;
use super::super::failure::Failure;

/// `true` for a pair that the daemon makes, or the caller's own key.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Ssh {
    Wanted(bool),
    Exact(Exact),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Exact {
    public_key: Option<String>,
    ttl_seconds: Option<i64>,
}

/// Opens a way in. The private key of a pair that the daemon makes is told here
/// and never again.
pub(super) async fn make(ask: &Ask, sandbox: &str, asked: Ssh) -> Result<Option<Value>, Failure> {
    let exact = match asked {
        Ssh::Wanted(false) => return Ok(None),
        Ssh::Wanted(true) => Exact { public_key: None, ttl_seconds: None },
        Ssh::Exact(exact) => exact,
    };
    let request = v1::CreateSshAccessRequest {
        sandbox_id: sandbox.to_owned(),
        ttl: exact.ttl_seconds.map(|seconds| prost_types::Duration { seconds, nanos: 0 }),
        public_key: exact.public_key.unwrap_or_default(),
    };
    let made = ask.calls.ssh().create_ssh_access(ask.calls.by(request)).await?.into_inner();
    let mut shown = shown(&made.access.unwrap_or_default());
    shown["command"] = json!(made.command);
    shown["knownHosts"] = json!(made.known_hosts_line);
    if !made.private_key.is_empty() {
        // What stands for the file in the command.
        shown["identityFile"] = json!("KEY_FILE");
        shown["privateKey"] = json!(made.private_key);
    }
    Ok(Some(shown))
}

/// The way in that a sandbox has; where it has none, or SSH is off, `None`.
pub(super) async fn open(ask: &Ask, sandbox: &str) -> Option<Value> {
    let request = v1::ListSshAccessesRequest {
        sandbox_id: sandbox.to_owned(),
        page_size: 1,
        page_token: String::new(),
    };
    let page = ask.calls.ssh().list_ssh_accesses(ask.calls.by(request)).await.ok()?.into_inner();
    page.accesses.first().map(shown)
}

fn shown(access: &v1::SshAccess) -> Value {
    let v1::SshAccess { host, port, user, .. } = access;
    json!({
        "host": host,
        "port": port,
        "user": user,
        "command": format!("ssh -p {port} {user}@{host}"),
    })
}
