//! The host's own network: a bridge, rules, and who answers names.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::os::fd::OwnedFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Mutex;

use super::element::{Element, Elements};
use super::flows::Flows;
use super::gate::{Gate, Roots};
use super::guests::Guests;
use super::judging::Judging;
use super::links::{Links, Netlink, taken};
use super::names::Names;
use super::refusals::Refusals;
use super::rules::{KNOWN_TIME, Place};
use super::upstream::Upstream;
use super::{
    AddressPool, Egress, EgressReason, Gateway, MAX_GROUP, Member, Network, NetworkConfig,
    NetworkError, RangeError, Traffic, check_range, member, nft, rules,
};
use crate::model::Group;

/// A name among those of the network namespace's sockets: whoever has it
/// serves the network. The kernel frees it when that process ends.
const LOCK: &[u8] = b"skerryd-network";
/// The set of those who reach every public address.
const OPEN_SET: &str = "open";
/// Sets of addresses that names had: for new connections, and for those that
/// are there.
const LEARNED_SET: &str = "learned";
const KNOWN_SET: &str = "known";
/// Sets by sandbox that packets fill: what is refused, and what is begun.
const FILLED_SETS: [&str; 3] = ["refused", "flows", "flow_rate"];

/// The network of this host.
pub struct HostNetwork {
    parts: Arc<Parts>,
    /// Until it answers names.
    upstream: parking_lot::Mutex<Option<Upstream>>,
    names: parking_lot::Mutex<Option<Names>>,
}

/// What all calls share, and who answers names.
pub(super) struct Parts {
    place: Place,
    addresses: AddressPool,
    links: Links,
    elements: Elements,
    flows: Flows,
    /// What the rules hold. Locked while they change.
    members: Mutex<HashMap<Ipv4Addr, Member>>,
    pub(super) guests: Arc<Guests>,
    pub(super) egress: Arc<Egress>,
    /// From the adoption on.
    gate: OnceLock<Gate>,
    /// Until then.
    roots: parking_lot::Mutex<Option<Roots>>,
    _refusals: Refusals,
    _lock: UnixDatagram,
}

/// Takes the network of this network namespace, as long as the answer lives.
pub(super) fn lock() -> Result<UnixDatagram, NetworkError> {
    let name = SocketAddr::from_abstract_name(LOCK).expect("a short name");
    UnixDatagram::bind_addr(&name).map_err(|_| NetworkError::Busy)
}

impl HostNetwork {
    /// Looks whether the host can have it, and makes the bridge.
    pub async fn open(config: &NetworkConfig) -> Result<Self, NetworkError> {
        nft::version().await.map_err(NetworkError::Off)?;
        let place = Place { bridge: config.bridge.clone(), range: config.range };
        check_range(config.range, &[])?;
        let roots = match &config.egress_ca {
            Some(path) => Roots::with(path).map_err(NetworkError::EgressCa)?,
            None => Roots::default(),
        };
        let lock = lock()?;
        let netlink = Netlink::open()?;
        check_range(config.range, &taken(&netlink, &place.bridge).await?)?;
        let (guests, egress) = (Arc::<Guests>::default(), Arc::<Egress>::default());
        let upstream = Upstream::new(&config.dns_upstream, &config.resolv_conf);
        let upstream = upstream.map_err(|error| NetworkError::Failed {
            step: "set up the resolver of names".to_owned(),
            cause: error.to_string(),
        })?;
        let parts = Parts {
            addresses: AddressPool::new(config.range, config.addresses()),
            links: Links::open(netlink, &place).await?,
            elements: Elements::open()?,
            flows: Flows::open()?,
            members: Mutex::default(),
            _refusals: Refusals::listen(Arc::clone(&guests), Arc::clone(&egress))?,
            guests,
            egress,
            gate: OnceLock::new(),
            roots: parking_lot::Mutex::new(Some(roots)),
            place,
            _lock: lock,
        };
        Ok(Self {
            parts: Arc::new(parts),
            upstream: parking_lot::Mutex::new(Some(upstream)),
            names: parking_lot::Mutex::default(),
        })
    }

    /// Does it to its end, also where the caller leaves: rules and what is
    /// known of them must not differ.
    async fn whole<F>(&self, work: impl FnOnce(Arc<Parts>) -> F) -> Result<(), NetworkError>
    where
        F: Future<Output = Result<(), NetworkError>> + Send + 'static,
    {
        let step = || "change the network".to_owned();
        tokio::spawn(work(Arc::clone(&self.parts))).await.unwrap_or_else(|error| {
            Err(NetworkError::Failed { step: step(), cause: error.to_string() })
        })
    }
}

impl Parts {
    async fn adopt(&self, adopted: Vec<Member>) -> Result<(), NetworkError> {
        let mut members = self.members.lock().await;
        let mut addresses = self.addresses.clone();
        let lost: Vec<_> = adopted
            .iter()
            .map(|member| member.network.address)
            .filter(|address| !addresses.claim(*address))
            .collect();
        if let Some(address) = lost.first().copied() {
            let (range, count) = (self.place.range, lost.len());
            return Err(RangeError::Records { range, count, address }.into());
        }
        let there = nft::names().await?;
        let known = match there.chains.is_empty() {
            true => Vec::new(),
            false => nft::learned().await?,
        };
        for member in &adopted {
            self.guests.set(member);
        }
        let mut script = rules::whole(&self.place, addresses.all(), &adopted, &there);
        for learned in known {
            let name = learned.name.as_deref();
            if !self.guests.recall(learned.sandbox, learned.address, name) {
                script.push_str(&member::forget(learned.sandbox, &[learned.address]));
            }
        }
        nft::apply("make the rules", &script).await?;
        members.extend(adopted.into_iter().map(|member| (member.network.address, member)));
        Ok(())
    }

    async fn admit(&self, new: Member) -> Result<(), NetworkError> {
        let mut members = self.members.lock().await;
        let address = new.network.address;
        let old = members.get(&address);
        if let Some(group) = new.network.group.as_ref().filter(|group| is_full(&members, group)) {
            let joins = old.is_none_or(|old| old.network.group.as_ref() != Some(group));
            if joins {
                return Err(NetworkError::GroupFull(group.name.clone()));
            }
        }
        let simple = |member: &Member| member::is_simple(&member.network);
        let gone = self.guests.not_allowed(address, &new.network.policy);
        if simple(&new) && old.is_none_or(simple) && gone.is_empty() {
            self.open_or_close(address, old, member::is_open(&new.network))?;
        } else {
            let mut script = match old {
                None => member::enter(&new),
                Some(old) => member::change(old, &new, is_alone(&members, old)),
            };
            script.push_str(&member::forget(address, &gone));
            nft::apply("change a sandbox's rules", &script).await?;
            self.guests.forget(address, &gone);
        }
        self.guests.set(&new);
        self.judge_again(address).await;
        members.insert(address, new);
        Ok(())
    }

    async fn release(&self, address: Ipv4Addr) -> Result<(), NetworkError> {
        self.leave(address).await?;
        self.flows.forget(address).await
    }

    async fn leave(&self, address: Ipv4Addr) -> Result<(), NetworkError> {
        let mut members = self.members.lock().await;
        self.links.detach(address).await?;
        let Some(old) = members.get(&address) else { return Ok(()) };
        let learned = self.guests.learned(address);
        if member::is_simple(&old.network) && learned.is_empty() {
            self.open_or_close(address, Some(old), false)?;
        } else {
            let mut script = member::leave(old, is_alone(&members, old));
            script.push_str(&member::forget(address, &learned));
            nft::apply("remove a sandbox's rules", &script).await?;
        }
        for set in FILLED_SETS {
            self.elements.remove(set, &Element::address(address))?;
        }
        self.guests.remove(address);
        self.judge_again(address).await;
        self.egress.forget(&old.id);
        members.remove(&address);
        Ok(())
    }

    /// Lets a sandbox reach the addresses of a name from here on, for a time,
    /// if its policy still allows the name.
    pub(super) async fn learn(
        &self,
        sandbox: Ipv4Addr,
        name: &str,
        addresses: &[Ipv4Addr],
        time: Duration,
    ) -> Result<Result<(), EgressReason>, NetworkError> {
        // No policy changes meanwhile.
        let _members = self.members.lock().await;
        let dropped = match self.guests.learn(sandbox, name, addresses) {
            Ok(dropped) => dropped,
            Err(reason) => return Ok(Err(reason)),
        };
        let pairs = |time: Duration, name: Option<&str>| {
            let pair = |address: &Ipv4Addr| Element::pair(sandbox, *address, time, name);
            addresses.iter().map(pair).collect::<Vec<_>>()
        };
        let known = pairs(KNOWN_TIME, Some(name));
        self.elements.renew(&[(LEARNED_SET, pairs(time, None)), (KNOWN_SET, known)])?;
        for address in dropped {
            for set in [LEARNED_SET, KNOWN_SET] {
                self.elements.remove(set, &Element::pair(sandbox, address, time, None))?;
            }
        }
        Ok(Ok(()))
    }

    /// Ends connections at the gate that the policy does not allow any more.
    async fn judge_again(&self, sandbox: Ipv4Addr) {
        if let Some(gate) = self.gate.get() {
            gate.judge_again(sandbox).await;
        }
    }

    /// Opens the gate, once.
    async fn open_gate(&self) -> Result<(), NetworkError> {
        let (guests, egress) = (Arc::clone(&self.guests), Arc::clone(&self.egress));
        let judge = Arc::new(Judging { guests, egress });
        let roots = self.roots.lock().take().unwrap_or_default();
        let gate = Gate::open(self.addresses.gateway(), judge, roots).await;
        let gate = gate.map_err(|error| NetworkError::Failed {
            step: "open the gate".to_owned(),
            cause: error.to_string(),
        })?;
        // It is adopted once.
        let _ = self.gate.set(gate);
        Ok(())
    }

    fn open_or_close(
        &self,
        address: Ipv4Addr,
        old: Option<&Member>,
        open: bool,
    ) -> Result<(), NetworkError> {
        let was_open = old.is_some_and(|old| member::is_open(&old.network));
        match (was_open, open) {
            (false, true) => self.elements.add(OPEN_SET, &Element::address(address)),
            (true, false) => self.elements.remove(OPEN_SET, &Element::address(address)),
            _ => Ok(()),
        }
    }
}

fn is_full(members: &HashMap<Ipv4Addr, Member>, group: &Group) -> bool {
    let of_group = |member: &&Member| member.network.group.as_ref() == Some(group);
    members.values().filter(of_group).count() >= MAX_GROUP
}

/// Whether nobody else is in a member's group.
fn is_alone(members: &HashMap<Ipv4Addr, Member>, member: &Member) -> bool {
    let group = &member.network.group;
    members.values().filter(|other| other.network.group == *group).count() <= 1
}

#[async_trait]
impl Network for HostNetwork {
    fn status(&self) -> Result<Gateway, String> {
        Ok(Gateway { address: self.parts.addresses.gateway() })
    }

    fn addresses(&self) -> Option<AddressPool> {
        Some(self.parts.addresses.clone())
    }

    async fn adopt(&self, members: Vec<Member>) -> Result<(), NetworkError> {
        self.whole(|parts| async move { parts.adopt(members).await }).await?;
        let upstream = self.upstream.lock().take();
        if let Some(upstream) = upstream {
            let gateway = self.parts.addresses.gateway();
            let names = Names::open(gateway, Arc::clone(&self.parts), upstream).await?;
            *self.names.lock() = Some(names);
            self.parts.open_gate().await?;
        }
        Ok(())
    }

    async fn sweep(&self, running: &[Ipv4Addr]) -> Result<(), NetworkError> {
        for address in self.parts.links.attached().await? {
            if !running.contains(&address) {
                tracing::info!(%address, "swept a link without a sandbox");
                self.parts.links.detach(address).await?;
            }
        }
        Ok(())
    }

    async fn is_attached(&self, address: Ipv4Addr) -> Result<bool, NetworkError> {
        self.parts.links.is_attached(address).await
    }

    async fn admit(&self, member: &Member) -> Result<(), NetworkError> {
        let member = member.clone();
        self.whole(|parts| async move { parts.admit(member).await }).await
    }

    async fn attach(&self, address: Ipv4Addr, namespace: OwnedFd) -> Result<(), NetworkError> {
        self.whole(move |parts| async move { parts.links.attach(address, namespace).await }).await
    }

    async fn release(&self, address: Ipv4Addr) -> Result<(), NetworkError> {
        self.whole(move |parts| async move { parts.release(address).await }).await
    }

    fn egress(&self) -> &Egress {
        &self.parts.egress
    }

    async fn refused_packets(&self, address: Ipv4Addr) -> Result<u64, NetworkError> {
        nft::refused(address).await
    }

    async fn traffic(&self, address: Ipv4Addr) -> Result<Option<Traffic>, NetworkError> {
        self.parts.links.traffic(address).await
    }

    async fn close(&self) {
        let names = self.names.lock().take();
        if let Some(names) = names {
            names.close().await;
        }
    }
}
