//! Sandboxes as those who ask for names: their policies, what they have
//! learned, and how much they ask.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::budget::Budget;
use super::gate::Knock;
use super::{EgressReason, Member};
use crate::model::{Credentials, EgressMode, NetworkPolicy, SandboxId};

/// Addresses that one sandbox has learned; the one that was learned longest
/// ago gives way.
const MAX_LEARNED: usize = 1024;
/// Names of one address: a server of many.
const MAX_NAMES: usize = 8;
/// Questions of one sandbox that wait for an answer.
const MAX_WAITING: usize = 32;

/// All of them, by address.
#[derive(Default)]
pub(super) struct Guests {
    all: Mutex<HashMap<Ipv4Addr, Guest>>,
}

struct Guest {
    id: SandboxId,
    policy: Arc<NetworkPolicy>,
    credentials: Arc<Credentials>,
    learned: HashMap<Ipv4Addr, Learned>,
    budget: Budget,
    waiting: Arc<Semaphore>,
}

/// An address that some names had.
struct Learned {
    /// None where an earlier daemon knew them.
    names: Vec<String>,
    when: Instant,
}

/// Who asks, and by which policy.
pub(super) struct Asking {
    pub(super) id: SandboxId,
    pub(super) policy: Arc<NetworkPolicy>,
    pub(super) credentials: Arc<Credentials>,
    /// Held until the answer is known.
    pub(super) permit: OwnedSemaphorePermit,
}

/// Why there is no answer.
pub(super) enum NotAsking {
    /// No sandbox has the address.
    Stranger,
    /// It asks too much.
    TooMany(SandboxId),
}

impl Guests {
    /// Takes a sandbox in, or another policy of one that is there.
    pub(super) fn set(&self, member: &Member) {
        let policy = Arc::new(member.network.policy.clone());
        let credentials = Arc::new(member.network.credentials.clone());
        let mut all = self.all.lock();
        match all.get_mut(&member.network.address) {
            Some(guest) if guest.id == member.id => {
                guest.policy = policy;
                guest.credentials = credentials;
            }
            _ => {
                let guest = Guest {
                    id: member.id.clone(),
                    policy,
                    credentials,
                    learned: HashMap::new(),
                    budget: Budget::new(Instant::now()),
                    waiting: Arc::new(Semaphore::new(MAX_WAITING)),
                };
                all.insert(member.network.address, guest);
            }
        }
    }

    pub(super) fn remove(&self, address: Ipv4Addr) {
        self.all.lock().remove(&address);
    }

    /// Who has an address.
    pub(super) fn id(&self, address: Ipv4Addr) -> Option<SandboxId> {
        self.all.lock().get(&address).map(|guest| guest.id.clone())
    }

    /// Lets a sandbox ask once more, or not.
    pub(super) fn ask(&self, address: Ipv4Addr) -> Result<Asking, NotAsking> {
        let mut all = self.all.lock();
        let guest = all.get_mut(&address).ok_or(NotAsking::Stranger)?;
        let permit = Arc::clone(&guest.waiting).try_acquire_owned();
        match permit {
            Ok(permit) if guest.budget.take(Instant::now()) => {
                let (id, policy) = (guest.id.clone(), Arc::clone(&guest.policy));
                Ok(Asking { id, policy, credentials: Arc::clone(&guest.credentials), permit })
            }
            _ => Err(NotAsking::TooMany(guest.id.clone())),
        }
    }

    /// Notes addresses of a name, where the policy still allows it, and says
    /// which others gave way.
    pub(super) fn learn(
        &self,
        sandbox: Ipv4Addr,
        name: &str,
        addresses: &[Ipv4Addr],
    ) -> Result<Vec<Ipv4Addr>, EgressReason> {
        let mut all = self.all.lock();
        let guest = all.get_mut(&sandbox).ok_or(EgressReason::Policy)?;
        if !guest.policy.allows_name(name) {
            return Err(EgressReason::Policy);
        }
        let now = Instant::now();
        for address in addresses {
            guest.note(*address, Some(name), now);
        }
        let mut dropped = Vec::new();
        while guest.learned.len() > MAX_LEARNED {
            let oldest = guest.learned.iter().min_by_key(|(_, learned)| learned.when);
            let Some(address) = oldest.map(|(address, _)| *address) else { break };
            guest.learned.remove(&address);
            dropped.push(address);
        }
        Ok(dropped)
    }

    /// Notes what the rules hold of an earlier daemon.
    pub(super) fn recall(&self, sandbox: Ipv4Addr, address: Ipv4Addr, name: Option<&str>) -> bool {
        let mut all = self.all.lock();
        let Some(guest) = all.get_mut(&sandbox) else { return false };
        guest.note(address, name, Instant::now());
        true
    }

    /// How a sandbox may reach a port of an address.
    pub(super) fn knock(&self, sandbox: Ipv4Addr, address: Ipv4Addr, port: u16) -> Knock {
        let all = self.all.lock();
        let Some(policy) = all.get(&sandbox).map(|guest| &guest.policy) else {
            return Knock::Refused;
        };
        let listed = policy.ports.is_empty() || policy.ports.contains(&port);
        if !listed || !policy.allows_answer(address) {
            return Knock::Refused;
        }
        let by_address = policy.cidrs.iter().any(|cidr| cidr.contains(&address));
        match by_address || policy.mode == EgressMode::Open {
            true => Knock::Freely,
            false => Knock::ByName,
        }
    }

    /// A sandbox's credentials, where one is for this host, and the sandbox
    /// reaches the address under that name.
    pub(super) fn credentials(
        &self,
        sandbox: Ipv4Addr,
        address: Ipv4Addr,
        host: &str,
    ) -> Option<Arc<Credentials>> {
        if !self.reaches(sandbox, address, Some(host)) {
            return None;
        }
        let all = self.all.lock();
        let credentials = &all.get(&sandbox)?.credentials;
        credentials.has_host(host).then(|| Arc::clone(credentials))
    }

    /// Whether a sandbox has any.
    pub(super) fn has_credentials(&self, sandbox: Ipv4Addr) -> bool {
        self.all.lock().get(&sandbox).is_some_and(|guest| !guest.credentials.all.is_empty())
    }

    /// Whether a sandbox may reach an address under a name: one that it has
    /// learned the address from. `None`: it says none.
    pub(super) fn reaches(&self, sandbox: Ipv4Addr, address: Ipv4Addr, name: Option<&str>) -> bool {
        let all = self.all.lock();
        let Some((guest, name)) = all.get(&sandbox).zip(name) else { return false };
        let known = guest.learned.get(&address);
        guest.policy.allows_name(name)
            && known.is_some_and(|learned| learned.names.iter().any(|known| known == name))
    }

    /// What a sandbox has learned that a policy does not allow.
    pub(super) fn not_allowed(&self, sandbox: Ipv4Addr, policy: &NetworkPolicy) -> Vec<Ipv4Addr> {
        let all = self.all.lock();
        let Some(guest) = all.get(&sandbox) else { return Vec::new() };
        let stays = |address: Ipv4Addr, learned: &Learned| {
            policy.allows_answer(address)
                && learned.names.iter().any(|name| policy.allows_name(name))
        };
        let goes = guest.learned.iter().filter(|(address, learned)| !stays(**address, learned));
        goes.map(|(address, _)| *address).collect()
    }

    /// All that a sandbox has learned.
    pub(super) fn learned(&self, sandbox: Ipv4Addr) -> Vec<Ipv4Addr> {
        let all = self.all.lock();
        all.get(&sandbox).map_or_else(Vec::new, |guest| guest.learned.keys().copied().collect())
    }

    pub(super) fn forget(&self, sandbox: Ipv4Addr, addresses: &[Ipv4Addr]) {
        if let Some(guest) = self.all.lock().get_mut(&sandbox) {
            guest.learned.retain(|address, _| !addresses.contains(address));
        }
    }

    /// A name that a sandbox knows an address by.
    pub(super) fn name_of(&self, sandbox: Ipv4Addr, address: Ipv4Addr) -> Option<String> {
        self.all.lock().get(&sandbox)?.learned.get(&address)?.names.last().cloned()
    }
}

impl Guest {
    fn note(&mut self, address: Ipv4Addr, name: Option<&str>, now: Instant) {
        let learned =
            self.learned.entry(address).or_insert(Learned { names: Vec::new(), when: now });
        learned.when = now;
        if let Some(name) = name {
            learned.names.retain(|known| known != name);
            if learned.names.len() == MAX_NAMES {
                learned.names.remove(0);
            }
            learned.names.push(name.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SandboxNetwork;

    const SANDBOX: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

    fn policy(hosts: &[&str]) -> NetworkPolicy {
        let hosts = hosts.iter().map(|host| host.parse().expect(host)).collect();
        NetworkPolicy { hosts, ..NetworkPolicy::of(EgressMode::Allowlist) }
    }

    fn guests(hosts: &[&str]) -> Guests {
        let guests = Guests::default();
        let network = SandboxNetwork {
            address: SANDBOX,
            policy: policy(hosts),
            group: None,
            credentials: Credentials::default(),
        };
        guests.set(&Member { id: SandboxId::from_uuid(1), network });
        guests
    }

    fn public(number: u16) -> Ipv4Addr {
        let [high, low] = number.to_be_bytes();
        Ipv4Addr::new(93, 184, high, low)
    }

    #[test]
    fn an_address_stays_as_long_as_one_of_its_names_is_allowed() {
        let guests = guests(&["a.test", "b.test"]);
        guests.learn(SANDBOX, "a.test", &[public(1), public(2)]).expect("allowed");
        guests.learn(SANDBOX, "b.test", &[public(2)]).expect("allowed");
        guests.recall(SANDBOX, public(3), None);
        assert_eq!(guests.not_allowed(SANDBOX, &policy(&["a.test"])), [public(3)]);
        let mut gone = guests.not_allowed(SANDBOX, &policy(&["b.test"]));
        gone.sort();
        assert_eq!(gone, [public(1), public(3)]);
        assert_eq!(guests.learn(SANDBOX, "c.test", &[public(4)]), Err(EgressReason::Policy));
    }

    #[test]
    fn what_was_learned_longest_ago_gives_way() {
        let guests = guests(&["a.test"]);
        let count = u16::try_from(MAX_LEARNED).expect("it is small");
        for number in 0..count {
            assert_eq!(guests.learn(SANDBOX, "a.test", &[public(number)]), Ok(Vec::new()));
        }
        guests.learn(SANDBOX, "a.test", &[public(0)]).expect("allowed");
        assert_eq!(guests.learn(SANDBOX, "a.test", &[public(count)]), Ok(vec![public(1)]));
        assert_eq!(guests.learned(SANDBOX).len(), MAX_LEARNED);
    }
}
