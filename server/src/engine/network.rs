//! Sandboxes and the network: when a sandbox is admitted, joined and
//! released. A record without a network, or a daemon without one, is passed
//! over: such a sandbox has loopback alone.

use std::net::Ipv4Addr;
use std::sync::Arc;

use serde_json::Value;

use super::request::{CreateSandbox, SandboxPatch};
use super::shared::Shared;
use super::{Engine, EngineError};
use crate::model::{
    Credential, Credentials, Group, NetworkPolicy, Sandbox, SandboxId, SandboxNetwork,
    SandboxState, SnapshotId, SnapshotScope,
};
use crate::network::{EgressCounts, EgressWatch, Member, Network, NetworkError, new_authority};
use crate::runtime::{Capability, CapabilityStatus, MachineFile, RuntimeError};

/// First line of the files that are written for every start. Whoever wants to
/// keep a file of their own takes the line out.
const OURS: &str = "# Written by Skerry at every start, as long as this line is here.";

impl Engine {
    /// What isolation this host really gives.
    pub fn capabilities(&self) -> Vec<Capability> {
        let shared = &self.core.shared;
        let mut all = shared.runtime.capabilities();
        all.push(capability(&*shared.network));
        all
    }

    /// Watches what is refused to sandboxes.
    pub fn watch_egress(&self) -> Result<EgressWatch, EngineError> {
        let network = &self.core.shared.network;
        network.status().map_err(NetworkError::Off)?;
        Ok(network.egress().watch())
    }

    /// How much was refused to a sandbox.
    pub async fn egress_counts(&self, id_or_name: &str) -> Result<EgressCounts, EngineError> {
        let shared = &self.core.shared;
        let record = shared.find(id_or_name)?.record();
        let Some(network) = &record.network else {
            let reason = "this one was made while the daemon had none".to_owned();
            return Err(NetworkError::Off(reason).into());
        };
        let packets = shared.network.refused_packets(network.address).await?;
        Ok(EgressCounts { packets, ..shared.network.egress().counts(&record.id) })
    }
}

/// Whether sandboxes reach anything.
fn capability(network: &dyn Network) -> Capability {
    let (status, detail) = match network.status() {
        Ok(gateway) => {
            let detail =
                format!("an address of its own, policy by sandbox, gateway {}", gateway.address);
            (CapabilityStatus::On, detail)
        }
        Err(reason) => (CapabilityStatus::Off, reason),
    };
    Capability { name: "network", status, detail }
}

/// The network of a new sandbox, whose address is not taken yet.
pub(super) fn plan(
    shared: &Shared,
    request: &CreateSandbox,
    id: &SandboxId,
) -> Result<Option<SandboxNetwork>, EngineError> {
    let asked = request.network_policy.is_some()
        || !request.group.is_empty()
        || !request.credentials.is_empty();
    match shared.network.status() {
        Ok(_) => {
            let policy = request.network_policy.clone();
            let policy = policy.unwrap_or_else(|| NetworkPolicy::of(shared.config.default_egress));
            let group = Group::named(&request.tenant, &request.group);
            let credentials = credentials(id, &Credentials::default(), &request.credentials)?;
            let address = Ipv4Addr::UNSPECIFIED;
            Ok(Some(SandboxNetwork { address, policy, group, credentials }))
        }
        Err(reason) if asked => Err(NetworkError::Off(reason).into()),
        Err(_) => Ok(None),
    }
}

/// The network of a sandbox after an update.
pub(super) fn patched(
    shared: &Shared,
    old: &Sandbox,
    patch: &SandboxPatch,
) -> Result<Option<SandboxNetwork>, EngineError> {
    let mut network = old.network.clone();
    let same = patch.network_policy.is_none() && patch.group.is_none();
    if same && patch.credentials.is_none() {
        return Ok(network);
    }
    shared.network.status().map_err(NetworkError::Off)?;
    let Some(new) = &mut network else {
        let reason = "this one was made while the daemon had none; make another".to_owned();
        return Err(NetworkError::Off(reason).into());
    };
    if let Some(policy) = &patch.network_policy {
        new.policy = policy.clone();
    }
    if let Some(group) = &patch.group {
        new.group = Group::named(&old.tenant, group);
    }
    if let Some(given) = &patch.credentials {
        new.credentials = credentials(&old.id, &new.credentials, given)?;
    }
    Ok(network)
}

/// Credentials in the place of old ones, with an authority from the first one
/// on.
fn credentials(
    id: &SandboxId,
    old: &Credentials,
    given: &[Credential],
) -> Result<Credentials, EngineError> {
    let known = |credential: &Credential| {
        let kept = old.all.iter().find(|old| old.is_same_but_for_value(credential));
        kept.cloned().ok_or_else(|| EngineError::Invalid {
            field: "credentials",
            message: format!(
                "{:?} must have a value: no credential is there that is the same otherwise",
                credential.name
            ),
        })
    };
    let all: Vec<_> = given
        .iter()
        .map(|credential| match credential.value.is_empty() {
            true => known(credential),
            false => Ok(credential.clone()),
        })
        .collect::<Result<_, _>>()?;
    let authority = match &old.authority {
        None if !all.is_empty() => Some(new_authority(id)?),
        authority => authority.clone(),
    };
    Ok(Credentials { all, authority })
}

/// Puts the new network in force where it differs from the old one.
pub(super) async fn change(
    shared: &Shared,
    old: &Sandbox,
    new: &Sandbox,
) -> Result<(), EngineError> {
    if old.network == new.network {
        return Ok(());
    }
    admit(shared, new).await
}

fn member(shared: &Shared, record: &Sandbox) -> Option<Member> {
    shared.network.status().ok()?;
    let network = record.network.clone()?;
    Some(Member { id: record.id.clone(), network })
}

/// Puts a sandbox under its policy.
pub(super) async fn admit(shared: &Shared, record: &Sandbox) -> Result<(), EngineError> {
    match member(shared, record) {
        Some(member) => Ok(shared.network.admit(&member).await?),
        None => Ok(()),
    }
}

/// Gives a machine that was just born its link.
pub(super) async fn join(
    shared: &Shared,
    record: &Sandbox,
    note: Value,
) -> Result<(), EngineError> {
    let Some(member) = member(shared, record) else { return Ok(()) };
    let namespace = shared.runtime.network_namespace(&record.id, &note).await?;
    match namespace {
        Some(namespace) => Ok(shared.network.attach(member.network.address, namespace).await?),
        None => Ok(()),
    }
}

/// Gives a machine that was found again its link, where it has none.
pub(super) async fn rejoin(
    shared: &Shared,
    record: &Sandbox,
    note: &Value,
) -> Result<(), RuntimeError> {
    let rejoined = async {
        let Some(member) = member(shared, record) else { return Ok(()) };
        if shared.network.is_attached(member.network.address).await? {
            return Ok(());
        }
        join(shared, record, note.clone()).await
    };
    rejoined.await.map_err(|error| match error {
        EngineError::Runtime(error) => error,
        other => {
            let step = "join the machine to the network".to_owned();
            RuntimeError::Failed { step, cause: other.to_string() }
        }
    })
}

/// Takes a sandbox out of the network.
pub(super) async fn release(shared: &Shared, record: &Sandbox) -> Result<(), EngineError> {
    match &record.network {
        Some(network) => Ok(shared.network.release(network.address).await?),
        None => Ok(()),
    }
}

/// The rules of all sandboxes of an earlier daemon, before anything is done
/// with them.
pub(super) async fn adopt(shared: &Shared, records: &[Sandbox]) -> Result<(), EngineError> {
    let stay = |record: &&Sandbox| {
        !matches!(record.state, SandboxState::Creating | SandboxState::Deleting)
    };
    let members = records.iter().filter(stay).filter_map(|record| member(shared, record));
    Ok(shared.network.adopt(members.collect()).await?)
}

/// Removes links that no machine has.
pub(super) async fn sweep(shared: &Arc<Shared>) {
    let entries: Vec<_> = shared.index.lock().after(None).map(Arc::clone).collect();
    let running = entries.iter().filter(|entry| entry.live(|live| live.machine.is_some()));
    let addresses: Vec<_> = running
        .filter_map(|entry| entry.record().network.as_ref().map(|network| network.address))
        .collect();
    if let Err(error) = shared.network.sweep(&addresses).await {
        tracing::warn!(%error, "links without a sandbox stay");
    }
}

/// What a machine has to know of its network.
pub(super) fn files(shared: &Shared, record: &Sandbox) -> Vec<MachineFile> {
    let starts = matches!(record.state, SandboxState::Creating | SandboxState::Starting);
    let (Ok(gateway), Some(network), true) = (shared.network.status(), &record.network, starts)
    else {
        return Vec::new();
    };
    let (hostname, address) = (&record.hostname, network.address);
    let hosts = format!(
        "{OURS}\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n{address}\t{hostname}\n"
    );
    let resolv = format!("{OURS}\nnameserver {}\noptions timeout:3\n", gateway.address);
    // A copy of a disk has what its owner made of the files.
    let of_disk = |id: &SnapshotId| {
        let snapshot = shared.snapshots.get(id.as_str());
        !snapshot.is_ok_and(|snapshot| snapshot.scope == SnapshotScope::Workspace)
    };
    let copied = record.parent.is_some() || record.snapshot.as_ref().is_some_and(of_disk);
    let replace = record.state == SandboxState::Creating && !copied;
    [("etc/hosts", hosts), ("etc/resolv.conf", resolv)]
        .map(|(path, content)| MachineFile { path, content, replace })
        .into()
}
